//! Recognises files of another kind that were given as a plan, to suggest what to do.
//!
//! Their contents are never shown.

use std::io::{Error, ErrorKind};
use std::path::Path;

use super::refusal::Refusal;
use super::world::World;

const BEGIN: &str = "a plan says `format = 1` before its first table; pkiplan shows nothing from other files";

/// What to do with a text that is no plan.
pub(super) fn instead_of(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let form = if text.starts_with(['{', '[']) && text.trim_end().ends_with(['}', ']']) && !has_header(text) {
        "JSON"
    } else if text.starts_with("---") || text.lines().any(is_yaml) {
        "YAML"
    } else {
        return BEGIN.to_owned();
    };
    format!(
        "this looks like {form}, but plans are written in TOML: `format = 1`, then tables such as `[cluster]` \
         with lines such as `name = \"kubernetes\"`; write one with `pkiplan init`"
    )
}

/// `[table]`
fn has_header(text: &str) -> bool {
    text.starts_with('[') && text.lines().any(|line| line.contains('='))
}

/// `key: value`
fn is_yaml(line: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let key = line.split_once(':').filter(|(_, rest)| rest.is_empty() || rest.starts_with(' '));
    key.is_some_and(|(key, _)| !key.is_empty() && key.chars().all(plain))
}

/// What to do with a file that cannot be read.
pub(super) fn instead_of_unreadable(world: &dyn World, path: &Path, error: &Error) -> Option<String> {
    let name = world.name(path);
    match error.kind() {
        ErrorKind::NotFound => Some("write a first plan with `pkiplan init`".to_owned()),
        ErrorKind::PermissionDenied => Some(format!(
            "your user may not read it: `ls -l {name}` shows who may, and `chmod u+r {name}` allows its owner"
        )),
        ErrorKind::InvalidData => {
            let bytes = world.bytes(path).unwrap_or_default();
            Some(match bytes.as_slice() {
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                    format!("it is in UTF-16; save it as UTF-8 (`iconv -f UTF-16 -t UTF-8 {name}`)")
                }
                _ => "save it as UTF-8".to_owned(),
            })
        }
        _ => Refusal::of(error).and_then(Refusal::help),
    }
}
