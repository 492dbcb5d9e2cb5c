//! The record that a build leaves for the next one: what each unit was made from, and how its files looked on disk.
//!
//! ```text
//! pkiplan state 3
//! inputs 9f86… 2c26…               what each unit hangs on, and what the whole build was made from
//! clock 1795305600.123456789       when the looks began, by the file system's clock
//! names .json .sha256  /etc /etc/kubernetes …   names of units, from 0 on: many units have the same
//! 60303ae… 4e07408… 23 0 hosts/master01          made from, look, files, names
//! ```
//!
//! It is stored in the trees and never in git, where anyone who may propose a change could change it. Whoever can write
//! it can write the trees, too. A record that cannot be read is ignored.

use super::disk::Moment;
use super::error::WriteError;
use super::folder::Folder;
use super::look::{Digest, Names};
use super::path::UnitName;
use crate::values::hex;
use rustix::fd::AsFd as _;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::sync::Arc;

const NAME: &str = ".pkiplan.state";
/// Until it is whole.
const NEW: &str = ".pkiplan.state.new";
/// What the last build says of itself, until that is whole.
pub(super) const NEW_LAST: &str = ".pkiplan.last.new";
const FIRST: &str = "pkiplan state 3";

/// What all was made from, as whoever makes it says.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// What the whole build was made from.
    pub inputs: Inputs,
    /// Of each unit, what it is made from; a unit of which that cannot be said is not in it.
    pub units: BTreeMap<UnitName, Digest>,
}

/// What a whole build is made from, as digests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// What each unit hangs on besides what it is made from: where it differs, nothing is known of any.
    pub base: Digest,
    /// Everything, with the base: where it is the same, each unit would be made the same.
    pub all: Digest,
}

/// What is the same as when the trees were made that lie there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// Nothing, as far as is known.
    Nothing,
    /// What each unit hangs on: one that is made from the same is the same.
    Base,
    /// Everything.
    Everything,
}

/// What an earlier build left.
#[derive(Default)]
pub(super) struct Record {
    pub(super) inputs: Inputs,
    /// What was changed since then may look as it did.
    pub(super) clock: Moment,
    pub(super) units: BTreeMap<UnitName, Recorded>,
}

/// What is known of one unit.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Recorded {
    pub(super) made_from: Digest,
    pub(super) look: Digest,
    /// Files of ours in it.
    pub(super) files: usize,
    /// What was looked at.
    pub(super) names: Arc<Names>,
}

impl Record {
    /// The record in the folder of the trees; an empty one where there is none that can be read.
    pub(super) fn read(trees: &Folder) -> Self {
        let bytes = trees.read(NAME).ok().flatten();
        let text = bytes.as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok());
        text.and_then(parse).unwrap_or_default()
    }

    /// The digest of the record, in hexadecimal digits; none where there is none.
    pub(super) fn identity(trees: &Folder) -> Option<String> {
        trees.read(NAME).ok().flatten().map(|bytes| hex(&Sha256::digest(&**bytes)))
    }

    /// Removes what a build left that did not get to its end.
    pub(super) fn clean(trees: &Folder) -> Result<(), WriteError> {
        trees.remove_file(NEW)?;
        trees.remove_file(NEW_LAST).map(drop)
    }

    /// Replaces the record. Looks are taken once the clock has gone on, so that what was written just now is older than
    /// the record.
    pub(super) fn replace(
        trees: &Folder,
        inputs: Inputs,
        looks: impl FnOnce() -> BTreeMap<UnitName, Recorded>,
    ) -> Result<(), WriteError> {
        let file = trees.create(NEW, 0o600, &[])?;
        let failed = |error| trees.error("write", NEW.as_ref(), error);
        let clock = trees.disk().next_moment(file.as_fd()).map_err(failed)?;
        let record = Self { inputs, clock, units: looks() };
        trees.disk().write(file.as_fd(), record.to_text().as_bytes()).map_err(failed)?;
        trees.rename_to(NEW, trees, NAME)
    }

    fn to_text(&self) -> String {
        let (seconds, nanoseconds) = self.clock;
        let mut text = format!(
            "{FIRST}\ninputs {} {}\nclock {seconds}.{nanoseconds:09}\n",
            hex(&self.inputs.base),
            hex(&self.inputs.all)
        );
        let mut all: BTreeMap<&Names, usize> = BTreeMap::new();
        for Recorded { names, .. } in self.units.values() {
            let next = all.len();
            all.entry(names).or_insert_with(|| {
                let words = names.0.iter().map(|name| format!(" {}", escaped(name.as_bytes())));
                let _ = writeln!(text, "names{}", words.collect::<String>());
                next
            });
        }
        for (unit, Recorded { made_from, look, files, names }) in &self.units {
            let names = all.get(&**names).copied().unwrap_or_default();
            let _ = writeln!(text, "{} {} {files} {names} {unit}", hex(made_from), hex(look));
        }
        text
    }
}

fn parse(text: &str) -> Option<Record> {
    let mut lines = text.lines().peekable();
    lines.next().filter(|first| *first == FIRST)?;
    let (base, all) = lines.next()?.strip_prefix("inputs ")?.split_once(' ')?;
    let inputs = Inputs { base: digest(base)?, all: digest(all)? };
    let (seconds, nanoseconds) = lines.next()?.strip_prefix("clock ")?.split_once('.')?;
    let clock = (seconds.parse().ok()?, nanoseconds.parse().ok()?);
    let mut all = Vec::new();
    while let Some(line) = lines.next_if(|line| line.starts_with("names")) {
        let words = line.split(' ').skip(1).map(unescaped);
        all.push(Arc::new(Names(words.collect::<Option<_>>()?)));
    }
    let units = lines.map(|line| unit(line, &all)).collect::<Option<_>>()?;
    Some(Record { inputs, clock, units })
}

fn unit(line: &str, all: &[Arc<Names>]) -> Option<(UnitName, Recorded)> {
    let mut words = line.splitn(5, ' ');
    let (made_from, look) = (digest(words.next()?)?, digest(words.next()?)?);
    let files: u32 = words.next()?.parse().ok()?;
    let files = usize::try_from(files).ok()?;
    let names = Arc::clone(all.get(words.next()?.parse::<usize>().ok()?)?);
    Some((UnitName::new(words.next()?).ok()?, Recorded { made_from, look, files, names }))
}

/// A name as one word of a line, `%20` for a space; that of the folder itself is empty.
fn escaped(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name {
        match byte {
            b'%' | 0..=b' ' | 0x7f.. => _ = write!(text, "%{byte:02x}"),
            byte => text.push(char::from(*byte)),
        }
    }
    text
}

fn unescaped(text: &str) -> Option<OsString> {
    let mut name = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = match byte {
            b'%' => {
                let (digits, after) = after.split_at_checked(2)?;
                name.push(value(digits[0])? << 4 | value(digits[1])?);
                after
            }
            byte => {
                name.push(*byte);
                after
            }
        };
    }
    Some(OsString::from_vec(name))
}

fn digest(text: &str) -> Option<Digest> {
    let mut digest = [0; 32];
    let bytes = text.as_bytes();
    let whole = bytes.len() == 64
        && digest.iter_mut().zip(bytes.chunks(2)).all(|(byte, pair)| {
            let both = value(pair[0]).zip(value(pair[1]));
            both.map(|(high, low)| *byte = high << 4 | low).is_some()
        });
    whole.then_some(digest)
}

/// A lower-case hexadecimal digit.
fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let name = UnitName::new("hosts/a b").unwrap();
        let odd = OsString::from_vec(b"/%\n \xff".to_vec());
        let names = Names(vec![".json".into(), OsString::new(), "/etc".into(), odd]);
        let recorded = Recorded { made_from: [0xab; 32], look: [1; 32], files: 7, names: Arc::new(names) };
        let units = [(name.clone(), recorded.clone())].into();
        let record = Record { inputs: Inputs { base: [0x5e; 32], all: [7; 32] }, clock: (12, 345), units };
        let again = parse(&record.to_text()).unwrap();
        assert_eq!((again.inputs, again.clock), (record.inputs, record.clock));
        assert!(again.units[&name] == recorded);
    }

    #[test]
    fn what_is_not_whole_is_none() {
        let text = format!("{FIRST}\ninputs {0} {0}\nclock 1.5\n", "ab".repeat(32));
        assert!(parse(&text).is_some());
        assert!(parse(&text.replace("state 3", "state 4")).is_none());
        assert!(parse(&text.replace("ab", "AB")).is_none());
        assert!(parse(&format!("{text}half a li")).is_none());
        let unit = |names: &str, rest: &str| format!("{text}{names}{0} {0} 1 {rest}\n", "00".repeat(32));
        assert!(parse(&unit("names  /etc\n", "0 x")).is_some());
        assert!(parse(&unit("names  /etc\n", "0 ../x")).is_none());
        assert!(parse(&unit("names  /etc\n", "1 x")).is_none());
        assert!(parse(&unit("", "0 x")).is_none());
        assert!(parse(&unit("names /%2\n", "0 x")).is_none());
        assert!(parse("").is_none());
    }
}
