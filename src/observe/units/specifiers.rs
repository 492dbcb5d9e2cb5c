//! Replaces specifiers in the values of a unit (systemd.unit(5)).

use std::cell::OnceCell;

use super::names::{self, Parts, SERVICE};
use crate::host::Files;
use crate::observe::command::Unknown;

/// What specifiers stand for in one unit.
pub(super) struct Specifiers<'a> {
    files: &'a dyn Files,
    name: &'a str,
    fragment: &'a str,
    host: OnceCell<Option<String>>,
}

/// What a specifier stands for.
enum Meaning {
    Text(String),
    /// The running host knows it.
    Unknown(&'static str),
    /// It is none, and stays as it is written.
    None,
    /// It is none, and systemd refuses it.
    Refused,
}

/// A letter or digit behind `%` that is no specifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoSpecifier;

impl<'a> Specifiers<'a> {
    pub(super) fn new(files: &'a dyn Files, name: &'a str, fragment: &'a str) -> Self {
        Self { files, name, fragment, host: OnceCell::new() }
    }

    /// A text with its specifiers replaced, and what of it is unknown.
    pub(super) fn replace(&self, text: &str) -> Result<(String, Option<Unknown>), NoSpecifier> {
        let mut made = String::with_capacity(text.len());
        let mut unknown = None;
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                made.push(c);
                continue;
            }
            let Some(letter) = chars.next() else {
                made.push('%');
                break;
            };
            match self.meaning(letter) {
                Meaning::Text(text) => made.push_str(&text),
                Meaning::None => made.extend(['%', letter]),
                Meaning::Refused => return Err(NoSpecifier),
                Meaning::Unknown(what) => {
                    let why = || format!("`%{letter}` is {what}, which only the running host knows").into();
                    unknown.get_or_insert_with(|| Unknown { from: made.len(), why: why() });
                    made.extend(['%', letter]);
                }
            }
        }
        Ok((made, unknown))
    }

    fn meaning(&self, letter: char) -> Meaning {
        let Parts { prefix, instance } =
            names::parts(self.name).unwrap_or(Parts { prefix: self.name, instance: None });
        let instance = instance.unwrap_or_default();
        let text = |text: &str| Meaning::Text(text.to_owned());
        let known = |found: Option<String>, what| found.map_or(Meaning::Unknown(what), Meaning::Text);
        match letter {
            '%' => text("%"),
            'n' => text(self.name),
            'N' => text(self.name.strip_suffix(SERVICE).unwrap_or(self.name)),
            'p' => text(prefix),
            'P' => Meaning::Text(unescaped(prefix)),
            'i' => text(instance),
            'I' => Meaning::Text(unescaped(instance)),
            'j' => text(last(prefix)),
            'J' => Meaning::Text(unescaped(last(prefix))),
            'f' => {
                let of = if instance.is_empty() { prefix } else { instance };
                Meaning::Text(format!("/{}", unescaped(of).trim_start_matches('/')))
            }
            'y' => text(self.fragment),
            'Y' => text(self.fragment.rsplit_once('/').map_or("/", |(folder, _)| folder)),
            't' => text("/run"),
            'S' => text("/var/lib"),
            'C' => text("/var/cache"),
            'L' => text("/var/log"),
            'E' => text("/etc"),
            'T' => text("/tmp"),
            'V' => text("/var/tmp"),
            'd' => Meaning::Text(credentials(self.name)),
            'u' | 'g' => text("root"),
            'U' | 'G' => text("0"),
            'h' => text("/root"),
            'H' | 'q' => known(self.host(), "the host's name"),
            'l' => {
                let short = self.host().map(|host| host.split('.').next().unwrap_or_default().to_owned());
                known(short, "the host's name")
            }
            'm' => known(self.line("/etc/machine-id"), "the machine's id"),
            'b' => Meaning::Unknown("the id of the boot"),
            'v' => Meaning::Unknown("the kernel's release"),
            'a' => Meaning::Unknown("the architecture"),
            's' => Meaning::Unknown("the shell of root"),
            'o' | 'w' | 'W' | 'B' | 'A' | 'M' => Meaning::Unknown("a word of os-release"),
            'c' | 'r' | 'R' => Meaning::Unknown("a control group"),
            'D' => text("/usr/share"),
            _ if letter.is_ascii_alphanumeric() => Meaning::Refused,
            _ => Meaning::None,
        }
    }

    fn host(&self) -> Option<String> {
        self.host.get_or_init(|| self.line("/etc/hostname")).clone()
    }

    /// The first line of a file that is no comment.
    fn line(&self, path: &str) -> Option<String> {
        let (text, _) = self.files.text(path).ok()??;
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.next().map(str::to_owned)
    }
}

/// The folder in which a service finds its credentials.
pub(super) fn credentials(name: &str) -> String {
    format!("/run/credentials/{name}")
}

/// What stands behind the last dash.
fn last(prefix: &str) -> &str {
    prefix.rsplit_once('-').map_or(prefix, |(_, last)| last)
}

/// A part of a unit's name as it was before systemd-escape(1): a dash is a slash, `\x2d` a dash.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.strip_prefix(b"x").and_then(|hex| std::str::from_utf8(hex.get(..2)?).ok());
        match hex.filter(|_| first == b'\\').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(if first == b'-' { b'/' } else { first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
