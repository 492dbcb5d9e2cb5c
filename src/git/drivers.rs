//! The diff and merge drivers that `.gitattributes` names, as settings of this clone.

use super::program;
use super::repository::{Repository, parts};
use super::step::{Outcome, Step};

const CONFIG: &str = include_str!("files/config");

pub(super) fn set(repository: &Repository) -> Result<Vec<Step>, String> {
    let word = program::word();
    let settings = repository.answer(&["config", "--file", "-", "--list", "-z"], CONFIG.as_bytes())?;
    let settings = settings.unwrap_or_default();
    let mut steps = Vec::new();
    for setting in parts(&settings) {
        let setting = String::from_utf8_lossy(setting);
        let (key, template) = setting.split_once('\n').unwrap_or((&setting, ""));
        let outcome = one(repository, key, template, &word)?;
        steps.push(Step { what: key.to_owned(), outcome, shared: false });
    }
    Ok(steps)
}

fn one(repository: &Repository, key: &str, template: &str, word: &str) -> Result<Outcome, String> {
    let wanted = template.replace(program::PLACE, word);
    let there = repository.ask(&["config", "--local", "--get", key])?;
    let there = there.map(|value| String::from_utf8_lossy(&value).trim_end_matches('\n').to_owned());
    match there {
        Some(there) if there == wanted => return Ok(Outcome::Unchanged),
        // What only names the driver does nothing.
        Some(_) if !template.contains(program::PLACE) => return Ok(Outcome::Unchanged),
        Some(there) if !program::is_ours(&there, template) => {
            return Ok(Outcome::Conflict(format!(
                "it is `{there}`; run `git config --unset-all {key}` and set-up again to set it to `{wanted}`"
            )));
        }
        _ => {}
    }
    repository.get(&["config", "--local", key, &wanted])?;
    Ok(Outcome::Done(format!("set to `{wanted}`")))
}
