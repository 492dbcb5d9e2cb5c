//! Replaces `$NAME` and `${NAME}` in words (systemd.service(5), command lines), as env-util.c of systemd does.

use std::sync::Arc;

use super::assignments::Variables;
use super::word::{self, Rules};
use crate::observe::command::{Unknown, Word};

/// Bytes of a word at most, and words of a command.
const LONGEST: usize = 1 << 20;
pub(super) const MOST_WORDS: usize = 20_000;

/// Variables that systemd or its own environment sets.
const OF_SYSTEMD: &[&str] = &[
    "CACHE_DIRECTORY",
    "CONFIGURATION_DIRECTORY",
    "CREDENTIALS_DIRECTORY",
    "EXIT_CODE",
    "EXIT_STATUS",
    "FDSTORE",
    "HOME",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "LANG",
    "LISTEN_FDNAMES",
    "LISTEN_FDS",
    "LISTEN_PID",
    "LOGNAME",
    "LOGS_DIRECTORY",
    "MAINPID",
    "MANAGERPID",
    "NOTIFY_SOCKET",
    "PATH",
    "PIDFILE",
    "RUNTIME_DIRECTORY",
    "SERVICE_RESULT",
    "SHELL",
    "STATE_DIRECTORY",
    "SYSTEMD_EXEC_PID",
    "TERM",
    "USER",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
    "XDG_RUNTIME_DIR",
];

/// The words with their variables replaced.
pub(super) fn substitute(words: Vec<Word>, variables: &Variables) -> Vec<Word> {
    let mut made = Vec::new();
    for word in words {
        if made.len() >= MOST_WORDS {
            break;
        }
        match word.text.strip_prefix('$').filter(|rest| !rest.starts_with(['{', '$'])) {
            Some(name) if !unknown_before(&word, word.text.len()) => split(&word, name, variables, &mut made),
            _ => made.push(within(&word, variables)),
        }
    }
    made
}

fn unknown_before(word: &Word, end: usize) -> bool {
    word.unknown.as_ref().is_some_and(|unknown| unknown.from < end)
}

/// A word that is a variable becomes the words of its value, or none.
fn split(word: &Word, name: &str, variables: &Variables, made: &mut Vec<Word>) {
    let Some(value) = variables.get(name) else {
        if let Some(unknown) = of_systemd(name, 0) {
            made.push(Word { unknown: Some(unknown), ..word.clone() });
        }
        return;
    };
    if let Some(unknown) = &value.unknown {
        // How many words there are is unknown, too.
        let unknown = Some(Unknown { from: 0, why: Arc::clone(&unknown.why) });
        return made.push(Word { unknown, ..word.clone() });
    }
    let mut at = 0;
    while let Ok(Some(found)) = word::next(value.text.as_bytes(), at, Rules::Variable) {
        at = found.next;
        let text = String::from_utf8_lossy(&found.word).into_owned();
        made.push(Word::new(text, value.place.clone()));
        if made.len() >= MOST_WORDS {
            break;
        }
    }
}

/// `${NAME}` within a word is replaced by the value as it is, and `$$` by a dollar sign.
fn within(word: &Word, variables: &Variables) -> Word {
    let text = &*word.text;
    if !text.contains('$') {
        return word.clone();
    }
    let mut made = Made { text: String::with_capacity(text.len()), unknown: None };
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let begun = made.text.len();
        let (literal, length) = made.piece(rest, variables);
        if let Some(own) = word.unknown.as_ref().filter(|own| (at..at + length).contains(&own.from)) {
            let from = if literal { begun + own.from - at } else { begun };
            made.unknown.get_or_insert_with(|| Unknown { from, why: Arc::clone(&own.why) });
        }
        at += length;
        if made.text.len() > LONGEST {
            let why = "the word is too long".into();
            return Word { unknown: Some(Unknown { from: 0, why }), ..word.clone() };
        }
    }
    Word { text: made.text.into(), place: word.place.clone(), unknown: made.unknown }
}

/// A word that is being made.
struct Made {
    text: String,
    unknown: Option<Unknown>,
}

impl Made {
    /// Adds what the beginning of a text stands for; whether that is itself, and how long the beginning is.
    fn piece(&mut self, rest: &str, variables: &Variables) -> (bool, usize) {
        if rest.starts_with("$$") {
            self.text.push('$');
            return (false, 2);
        }
        let name = rest.strip_prefix("${").and_then(|inner| inner.split_once('}'));
        let Some((name, _)) = name else {
            // What is not closed stays as it is, to the end.
            let dollar = rest.char_indices().skip(1).find(|(_, c)| *c == '$' && !rest.starts_with("${"));
            let next = dollar.map_or(rest.len(), |(at, _)| at);
            self.text.push_str(rest.get(..next).unwrap_or_default());
            return (true, next);
        };
        match variables.get(name) {
            Some(value) => {
                if let Some(Unknown { from, why }) = &value.unknown {
                    let from = self.text.len() + from;
                    self.unknown.get_or_insert_with(|| Unknown { from, why: Arc::clone(why) });
                }
                self.text.push_str(&value.text);
            }
            None => {
                if let Some(unknown) = of_systemd(name, self.text.len()) {
                    self.unknown.get_or_insert(unknown);
                    self.text.extend(["${", name, "}"]);
                }
            }
        }
        (false, name.len() + "${}".len())
    }
}

fn of_systemd(name: &str, from: usize) -> Option<Unknown> {
    let is_its = OF_SYSTEMD.binary_search(&name).is_ok();
    is_its
        .then(|| Unknown { from, why: format!("`{name}` is set by systemd when the service starts").into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Place;

    fn words(written: &[&str]) -> Vec<String> {
        let place = Place::file("/u");
        let variables = [("FOO", "BAR BAR"), ("ONE", "x"), ("Q", "--a 'b c' d\\ e"), ("EMPTY", "")];
        let variables = variables.map(|(name, value)| (Arc::from(name), Word::new(value, place.clone())));
        let words = written.iter().map(|&text| Word::new(text, place.clone())).collect();
        let made = substitute(words, &variables.into_iter().collect());
        made.iter().map(|word| word.known().unwrap_or("?").to_owned()).collect()
    }

    /// After the vectors of test-env-util.c, in words of ours.
    #[test]
    fn variables_are_replaced_as_systemd_replaces_them() {
        assert_eq!(words(&["FOO$FOO", "FOO$FOOFOO"]), ["FOO$FOO", "FOO$FOOFOO"]);
        assert_eq!(words(&["FOO${FOO}$FOO", "FOO${FOO}"]), ["FOOBAR BAR$FOO", "FOOBAR BAR"]);
        assert_eq!(words(&["${FOO}", "$FOO"]), ["BAR BAR", "BAR", "BAR"]);
        assert_eq!(words(&["$FOO$FOO", "${FOO}${ONE}", "${FOO"]), ["BAR BARx", "${FOO"]);
        assert_eq!(
            words(&["$$FOO", "a$$b", "${NOPE}", "$NOPE", "$EMPTY", "${EMPTY}"]),
            ["$FOO", "a$b", "", ""]
        );
        assert_eq!(words(&["$Q", "$", "${ONE}$"]), ["--a", "b c", "d e", "x$"]);
        assert_eq!(words(&["${HOME}/x", "$PATH"]), ["?", "?"]);
    }

    #[test]
    fn the_list_of_variables_is_sorted() {
        assert!(OF_SYSTEMD.is_sorted());
    }
}
