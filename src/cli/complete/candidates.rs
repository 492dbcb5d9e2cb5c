//! Completion candidates: names of the plan and of its catalog.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use clap_complete::CompletionCandidate;

use super::plan;
use crate::plan::AtHand;
use crate::printable;
use crate::workspace::Opened;

/// Candidates of one answer.
const MOST: usize = 1000;
/// Hosts of a plan of which each certificate is known; of a larger one it would take longer than somebody waits.
const MOST_HOSTS: usize = 1000;

type Candidates = Vec<CompletionCandidate>;

/// Those of the words that go on as what is written. A word stands in somebody's command line before it is read: one
/// with any other character than names have is left out.
pub(super) fn fitting<'w>(
    current: &OsStr,
    words: impl IntoIterator<Item = (&'w str, Option<&'w str>)>,
) -> Candidates {
    let Some(current) = current.to_str() else { return Vec::new() };
    let harmless = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:".contains(c));
    let mut seen = BTreeSet::new();
    words
        .into_iter()
        .filter(|(word, _)| word.starts_with(current) && harmless(word) && seen.insert(*word))
        .take(MOST)
        .map(|(word, help)| {
            let help = help.map(|help| printable::line(help).into_owned().into());
            CompletionCandidate::new(word).help(help)
        })
        .collect()
}

fn plain(current: &OsStr, words: &[String]) -> Candidates {
    fitting(current, words.iter().map(|word| (word.as_str(), None)))
}

/// The hosts of the plan.
pub(in crate::cli) fn hosts(current: &OsStr) -> Candidates {
    plan::opened(|opened| plain(current, &names_of_hosts(opened)))
}

fn names_of_hosts(opened: &Opened<'_>) -> Vec<String> {
    opened.plan.model.nodes.iter().map(|node| node.name.to_string()).collect()
}

/// The certificates of the plan, by their ids.
pub(in crate::cli) fn certificates(current: &OsStr) -> Candidates {
    plan::opened(|opened| plain(current, &ids(opened)))
}

/// What `renew` takes: certificates and tokens.
pub(in crate::cli) fn renewable(current: &OsStr) -> Candidates {
    plan::opened(|opened| {
        let mut all = ids(opened);
        all.extend(opened.plan.model.keyrings.keys().map(|name| format!("keyring.{name}")));
        plain(current, &all)
    })
}

/// The components of the plan.
pub(in crate::cli) fn components(current: &OsStr) -> Candidates {
    plan::opened(|opened| {
        let components = opened.plan.model.components.iter();
        let words =
            components.map(|component| (&*component.definition.name, Some(&*component.definition.title)));
        fitting(current, words)
    })
}

fn ids(opened: &Opened<'_>) -> Vec<String> {
    if opened.plan.model.nodes.len() > MOST_HOSTS {
        return names_of_hosts(opened).into_iter().map(|name| format!("node.{name}/")).collect();
    }
    let Ok(expanded) = opened.expand() else { return Vec::new() };
    expanded.blueprint.certificates.iter().map(|certificate| certificate.id.to_string()).collect()
}

/// What `catalog show` takes.
pub(in crate::cli) fn definitions(current: &OsStr) -> Candidates {
    plan::at_hand(|at_hand| {
        let AtHand { documents, catalog, .. } = at_hand;
        let components = documents.components.iter();
        let components =
            components.map(|known| (known.name.value.as_str(), known.title.as_ref().map(|t| &*t.value)));
        let profiles = catalog.profiles.keys().map(|name| (name.as_str(), Some("profile")));
        let layouts = documents.layouts.iter().map(|known| (known.name.as_str(), Some("layout")));
        let flags: Vec<String> =
            documents.flags.iter().map(|known| format!("flags/{}", known.name)).collect();
        let flags = flags.iter().map(|name| (name.as_str(), Some("flag table")));
        fitting(current, components.chain(profiles).chain(layouts).chain(flags))
    })
}

/// The files of the catalog.
pub(in crate::cli) fn files(current: &OsStr) -> Candidates {
    plan::at_hand(|at_hand| {
        let files = at_hand.files().map(|file| file.strip_prefix("catalog:").unwrap_or(file));
        fitting(current, files.map(|file| (file, None)))
    })
}
