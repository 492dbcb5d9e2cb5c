//! Completion candidates for `pkiplan explain`.

use std::ffi::OsStr;

use clap_complete::CompletionCandidate;

use super::candidates::fitting;
use super::plan;
use crate::lookup::{self, keys};
use crate::read::FileKind;

/// The codes of messages and findings.
pub(in crate::cli) fn codes(current: &OsStr) -> Vec<CompletionCandidate> {
    fitting(current, lookup::codes().map(|code| (code, None)))
}

/// Codes, keys, components and their settings, a part of them after the other: `cluster.` before what stands in it.
pub(in crate::cli) fn explainable(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(written) = current.to_str() else { return Vec::new() };
    plan::at_hand(|at_hand| {
        let mut all: Vec<String> = lookup::codes().map(str::to_owned).collect();
        all.extend(FileKind::ALL.into_iter().flat_map(keys).map(|key| key.written()));
        for component in &at_hand.documents.components {
            let name = &component.name.value;
            all.push(name.clone());
            all.extend(component.settings.iter().map(|(setting, _)| format!("{name}.{}", setting.value)));
        }
        let parts: Vec<&str> = all.iter().filter_map(|word| part(word, written)).collect();
        fitting(current, parts.into_iter().map(|part| (part, None)))
    })
}

/// A word up to the next mark behind what is written.
fn part<'w>(word: &'w str, written: &str) -> Option<&'w str> {
    let rest = word.strip_prefix(written)?;
    let end = match (rest.find("::"), rest.find('.')) {
        (Some(at), _) => at + 2,
        (None, Some(at)) => at + 1,
        (None, None) => rest.len(),
    };
    word.get(..written.len() + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_part_by_part() {
        assert_eq!(part("cluster.endpoint", ""), Some("cluster."));
        assert_eq!(part("cluster.endpoint", "cluster.e"), Some("cluster.endpoint"));
        assert_eq!(part("read::syntax", "re"), Some("read::"));
        assert_eq!(part("read::syntax", "read::s"), Some("read::syntax"));
        assert_eq!(part("read::syntax", "reed"), None);
    }
}
