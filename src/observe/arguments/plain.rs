//! Parses arguments of a program that has no flag table.

use super::given::{Argument, Arguments};
use crate::observe::command::Word;

/// What such a program may take: `-f FILE`, `--flag=VALUE`.
#[must_use]
pub fn plain(words: &[Word]) -> Arguments {
    let mut found = Arguments::default();
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        let Some(name) = word.text.strip_prefix('-').map(|text| text.trim_start_matches('-')) else {
            continue;
        };
        let (name, value) = match name.split_once('=') {
            Some((name, value)) => (name, Word { text: value.into(), ..word.clone() }),
            None => match rest.next_if(|next| !next.text.starts_with('-')) {
                Some(next) => (name, next.clone()),
                None => continue,
            },
        };
        found.given.push(Argument { name: name.into(), value });
    }
    found
}
