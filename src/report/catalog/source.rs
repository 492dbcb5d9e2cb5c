//! Prints a file of a catalog with line numbers.

use super::answer::{Answer, FORMAT, Listing};
use crate::diagnostics::{nearest, resembles};
use crate::plan::AtHand;

/// Lines above and below one that was asked for.
const AROUND: usize = 10;

/// The file that messages call so, with or without `catalog:` in front; with `:LINE` behind it the lines around that
/// one.
///
/// # Errors
/// The catalog has none, in words.
pub fn listing(at_hand: &AtHand, asked: &str) -> Result<Answer, String> {
    let line = asked.rsplit_once(':').and_then(|(name, line)| Some((name, line.parse::<usize>().ok()?)));
    let (name, line) = line.map_or((asked, None), |(name, line)| (name, Some(line)));
    let sources = &at_hand.sources;
    let own = at_hand.own_folder.iter().map(|folder| format!("{folder}{name}"));
    let names = [name.to_owned()].into_iter().chain(own).chain([format!("catalog:{name}")]);
    let source = names.filter(|name| at_hand.is_of_the_catalog(name)).find_map(|name| sources.named(&name));
    let Some(source) = source else {
        let asked = name.trim_start_matches("catalog:");
        let files = at_hand.files().map(|file| file.strip_prefix("catalog:").unwrap_or(file));
        let near = nearest(asked, files.filter(|file| resembles(asked, file)));
        let help = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(format!("the catalog has no file `{name}`{help}"));
    };
    let source = sources.get(source);
    let all: Vec<&str> = source.text.lines().collect();
    if let Some(line) = line.filter(|line| !(1..=all.len()).contains(line)) {
        return Err(format!("{} has only {} lines, not {line}", source.name, all.len()));
    }
    let first = line.map_or(1, |line| line.saturating_sub(AROUND).max(1));
    let last = line.map_or(all.len(), |line| (line + AROUND).min(all.len()));
    Ok(Answer::Source(Listing {
        format: FORMAT,
        file: source.name.clone(),
        first,
        lines: all.get(first - 1..last).unwrap_or_default().iter().map(|line| (*line).to_owned()).collect(),
        line,
    }))
}
