//! Parses arguments as package `flag` of Go's standard library does.

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
        if text.len() < 2 || !text.starts_with('-') {
            arguments.rest.push(word.clone());
            arguments.rest.extend(words.by_ref().cloned());
            break;
        }
        if !flag(&mut arguments, known, word, &mut words) {
            return arguments;
        }
    }
    if let Some(word) = arguments.rest.first() {
        let place = word.place.clone();
        arguments.refuse(&place, Refusal::Stray);
    }
    arguments
}

/// One flag; false where the program stops reading.
fn flag<'w>(
    arguments: &mut Arguments,
    known: Known<'_>,
    word: &Word,
    words: &mut impl Iterator<Item = &'w Word>,
) -> bool {
    let text = &*word.text;
    let dashes = if text.starts_with("--") { 2 } else { 1 };
    let body = text.get(dashes..).unwrap_or_default();
    if body.is_empty() || body.starts_with(['-', '=']) {
        arguments.refuse(&word.place, Refusal::Syntax);
        return false;
    }
    let (name, value) = match body.find('=') {
        Some(at) => (body.get(..at).unwrap_or_default(), Some(part(word, dashes + at + 1))),
        None => (body, None),
    };
    let found = if unknown_before(word, dashes + name.len()) { None } else { known.find(name) };
    let Some(Found { kind, adds }) = found else {
        arguments.refuse(&word.place, Refusal::Unknown(name.into()));
        // What follows may be its value, or not.
        return value.is_some();
    };
    match (value, kind) {
        (Some(value), _) => arguments.take(name, kind, adds, value),
        (None, Some(FlagKind::Bool)) => {
            arguments.take(name, kind, adds, Word::new("true", word.place.clone()));
        }
        (None, None) => return false,
        (None, Some(_)) => match words.next() {
            Some(value) => arguments.take(name, kind, adds, value.clone()),
            None => arguments.refuse(&word.place, Refusal::Missing(name.into())),
        },
    }
    true
}
