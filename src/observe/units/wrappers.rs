//! Finds the program that a wrapper such as `env` or `nice` starts, as far as it is certain.

use super::assignments::Variables;
use crate::host::Files;
use crate::observe::command::Word;

/// What a command comes to.
pub(super) enum Unwrapped {
    /// The program with its words; variables that a wrapper sets are added.
    Program(Word, Vec<Word>),
    /// Something that only its own program understands: why.
    Unread(&'static str),
}

/// Programs within one another at most.
const DEEPEST: usize = 8;

const SHELLS: &[&str] = &["ash", "bash", "busybox", "dash", "fish", "ksh", "mksh", "sh", "zsh"];
const INTERPRETERS: &[&str] = &["awk", "perl", "python", "python3", "ruby"];

/// What a command starts in the end.
pub(super) fn unwrap(
    files: &dyn Files,
    program: Word,
    words: Vec<Word>,
    variables: &mut Variables,
) -> Unwrapped {
    let (mut program, mut words) = (program, words);
    for _ in 0..DEEPEST {
        let Some(path) = program.known() else {
            return Unwrapped::Unread("only the running host knows which program it runs");
        };
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        if SHELLS.contains(&name) {
            return Unwrapped::Unread("a shell runs it, and pkiplan does not interpret that");
        }
        if INTERPRETERS.contains(&name) {
            return Unwrapped::Unread("it is a script, and pkiplan does not interpret it");
        }
        let left = match name {
            "env" => env(&words, variables),
            "nohup" | "setsid" => without(&words, 0),
            "nice" => nice(&words),
            _ if is_script(files, path) => {
                return Unwrapped::Unread("it is a script, and pkiplan does not interpret it");
            }
            _ => return Unwrapped::Program(program, words),
        };
        let Some((next, rest)) = left.and_then(|at| words.get(at).cloned().zip(words.get(at + 1..))) else {
            return Unwrapped::Unread("it runs another program in a way that pkiplan does not interpret");
        };
        let rest = rest.to_vec();
        (program, words) = (next, rest);
    }
    Unwrapped::Unread("it runs a program that runs a program, too many levels deep")
}

/// Where the program stands behind so many words, unless an option stands there.
fn without(words: &[Word], at: usize) -> Option<usize> {
    let word = words.get(at)?.known()?;
    (!word.starts_with('-')).then_some(at)
}

/// `env [NAME=VALUE]... PROGRAM`, without options.
fn env(words: &[Word], variables: &mut Variables) -> Option<usize> {
    let mut at = 0;
    while let Some((name, value)) = words.get(at)?.text.split_once('=') {
        let word = words.get(at)?;
        if name.is_empty() || word.unknown.as_ref().is_some_and(|unknown| unknown.from <= name.len()) {
            return None;
        }
        let mut set = Word::new(value, word.place.clone());
        set.unknown = word.unknown.clone().map(|mut unknown| {
            unknown.from -= name.len() + 1;
            unknown
        });
        variables.insert(name.into(), set);
        at += 1;
    }
    without(words, at)
}

/// `nice -n 5 PROGRAM`, `nice -5 PROGRAM`, `nice --adjustment=5 PROGRAM`
fn nice(words: &[Word]) -> Option<usize> {
    let first = words.first()?.known()?;
    let number = |text: &str| text.parse::<i32>().is_ok();
    if first == "-n" {
        return without(words, 2);
    }
    let option = first.strip_prefix("--adjustment=").or_else(|| first.strip_prefix("-n"));
    let option = option.or_else(|| first.strip_prefix('-'));
    without(words, usize::from(option.is_some_and(number)))
}

/// Whether a program's file names its interpreter.
fn is_script(files: &dyn Files, path: &str) -> bool {
    path.starts_with('/') && files.head(path, 2).ok().flatten().is_some_and(|head| head.starts_with(b"#!"))
}
