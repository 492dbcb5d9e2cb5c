//! Parses arguments as github.com/spf13/pflag does in the setup of Kubernetes' programs.
//!
//! Flags and other words may be mixed, and `_` stands for `-` in names.

use std::sync::Arc;

use super::given::{Arguments, Found, Known, Refusal, part, unknown_before};
use crate::catalog::FlagKind;
use crate::observe::command::Word;

pub(super) fn arguments(words: &[Word], known: Known<'_>) -> Arguments {
    let mut arguments = Arguments::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = &*word.text;
        if text == "--" && word.unknown.is_none() {
            arguments.rest.extend(words.by_ref().cloned());
            break;
        }
        if let Some(long) = text.strip_prefix("--") {
            long_flag(&mut arguments, known, word, long, &mut words);
        } else if text.len() > 1 && text.starts_with('-') {
            short_flags(&mut arguments, known, word, &mut words);
        } else {
            arguments.rest.push(word.clone());
        }
    }
    let stray = arguments.rest.iter().filter(|word| !word.text.is_empty() || word.unknown.is_some());
    for place in stray.map(|word| word.place.clone()).collect::<Vec<_>>() {
        arguments.refuse(&place, Refusal::Stray);
    }
    arguments
}

fn long_flag<'w>(
    arguments: &mut Arguments,
    known: Known<'_>,
    word: &Word,
    long: &str,
    words: &mut impl Iterator<Item = &'w Word>,
) {
    let (name, value) = match long.find('=') {
        Some(at) => (long.get(..at).unwrap_or_default(), Some(part(word, at + "--=".len()))),
        None => (long, None),
    };
    if name.is_empty() || name.starts_with('-') {
        return arguments.refuse(&word.place, Refusal::Syntax);
    }
    if unknown_before(word, "--".len() + name.len()) {
        return arguments.refuse(&word.place, Refusal::Unknown(name.into()));
    }
    let name = name.replace('_', "-");
    let Some(Found { kind, adds }) = known.find(&name) else {
        return arguments.refuse(&word.place, Refusal::Unknown(name.into()));
    };
    match (value, kind) {
        (Some(value), _) => arguments.take(&name, kind, adds, value),
        (None, Some(FlagKind::Bool)) => {
            arguments.take(&name, kind, adds, Word::new("true", word.place.clone()));
        }
        // Without a table nobody knows whether the next word belongs to it.
        (None, None) => {}
        (None, Some(_)) => match words.next() {
            Some(value) => arguments.take(&name, kind, adds, value.clone()),
            None => arguments.refuse(&word.place, Refusal::Missing(name.into())),
        },
    }
}

/// `-v 2`, `-v=2`, `-v2`, `-hv 2`: each letter is a flag, until one takes the rest for its value.
fn short_flags<'w>(
    arguments: &mut Arguments,
    known: Known<'_>,
    word: &Word,
    words: &mut impl Iterator<Item = &'w Word>,
) {
    let text = &*word.text;
    for (at, letter) in text.char_indices().skip(1) {
        let end = at + letter.len_utf8();
        let name: Arc<str> = letter.to_string().into();
        let found = if unknown_before(word, end) { None } else { known.find(&name) };
        let Some(Found { kind, adds }) = found else {
            return arguments.refuse(&word.place, Refusal::Unknown(name));
        };
        let rest = text.get(end..).unwrap_or_default();
        let value = if rest.len() > 1 && rest.starts_with('=') {
            Some(part(word, end + 1))
        } else if kind == Some(FlagKind::Bool) {
            arguments.take(&name, kind, adds, Word::new("true", word.place.clone()));
            continue;
        } else if !rest.is_empty() {
            Some(part(word, end))
        } else {
            words.next().cloned()
        };
        return match value {
            Some(value) => arguments.take(&name, kind, adds, value),
            None => arguments.refuse(&word.place, Refusal::Missing(name)),
        };
    }
}
