//! The reader for the canonical form, which is several times faster than a TOML parser, and stricter.
//!
//! It accepts nothing that TOML would read differently. It gives up on everything that is not canonical.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{CertificateRecord, KeyRecord, Lock, SecretRecord, Tombstone, Words, text, write};
use crate::values::{KeyAlgorithm, PlainText, SecretEpoch};

/// The lock, or none if the text is not in canonical form.
pub(super) fn scan(text: &str) -> Option<Lock> {
    let mut rest = Scanner(text.strip_prefix(write::COMMENT)?);
    rest.literal("format = 1\n")?;
    let mut lock = Lock::new(rest.field("id")?);
    if !text::is_hex(&lock.id, 32) {
        return None;
    }
    if rest.skip("\n[secrets]\n") {
        lock.secrets = rest.lines(Scanner::secret)?;
    }
    if rest.skip("\n[catalog]\n") {
        lock.catalog = rest.lines(Scanner::digest)?;
    }
    lock.certificates = rest.section("\n[certificate.", Scanner::certificate)?;
    lock.keys = rest.section("\n[key.", Scanner::key)?;
    lock.tombstones = rest.section("\n[tombstone.", Scanner::tombstone)?;
    rest.0.is_empty().then_some(lock)
}

/// What is left of the text.
struct Scanner<'a>(&'a str);

impl<'a> Scanner<'a> {
    fn skip(&mut self, literal: &str) -> bool {
        self.literal(literal).is_some()
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(literal)?;
        Some(())
    }

    /// What stands before `end`, which is skipped.
    fn until(&mut self, end: &str) -> Option<&'a str> {
        let (before, after) = self.0.split_once(end)?;
        self.0 = after;
        Some(before)
    }

    /// A string without its opening quote, up to `end`, which begins with the closing one and ends
    /// the line.
    fn string(&mut self, end: &str) -> Option<Cow<'a, str>> {
        let (line, after) = self.0.split_once('\n')?;
        self.0 = after;
        text::unescape(line.strip_suffix(end)?)
    }

    /// `key = "value"`
    fn field(&mut self, key: &str) -> Option<Cow<'a, str>> {
        self.literal(key)?;
        self.literal(" = \"")?;
        self.string("\"")
    }

    /// `key = 1`
    fn number(&mut self, key: &str) -> Option<u32> {
        self.literal(key)?;
        self.literal(" = ")?;
        text::generation(self.until("\n")?)
    }

    /// Entries of one line each, up to an empty line.
    fn lines<V>(
        &mut self,
        one: impl Fn(&mut Self) -> Option<(Cow<'a, str>, V)>,
    ) -> Option<BTreeMap<Arc<str>, V>> {
        let mut entries = Vec::new();
        while !self.0.is_empty() && !self.0.starts_with('\n') {
            let (name, value) = one(self)?;
            entries.push((Arc::from(name), value));
        }
        (!entries.is_empty()).then_some(())?;
        ascending(entries)
    }

    /// Tables with the same `header`.
    fn section<V>(
        &mut self,
        header: &str,
        one: impl Fn(&mut Self) -> Option<V>,
    ) -> Option<BTreeMap<Arc<str>, V>> {
        let mut entries = Vec::new();
        while self.skip(header) {
            self.literal("\"")?;
            let id = Arc::from(self.string("\"]")?);
            entries.push((id, one(self)?));
        }
        ascending(entries)
    }

    fn secret(&mut self) -> Option<(Cow<'a, str>, SecretRecord)> {
        // An earlier epoch has a dot in its name, which is quoted.
        let name = self.until(" = { epoch = ")?;
        let (name, quoted) = match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
            Some(name) => (name, true),
            None => (name, false),
        };
        let epoch = text::generation(self.until(", identity = \"")?)?;
        let identity = self.string("\" }")?;
        let plain = text::is_plain(name) && text::is_bare(name) != quoted;
        let good = plain && text::is_hex(&identity, 16);
        good.then(|| (name.into(), SecretRecord { epoch, identity: identity.into() }))
    }

    fn digest(&mut self) -> Option<(Cow<'a, str>, [u8; 32])> {
        self.literal("\"")?;
        let name = text::unescape(self.until("\" = \"")?)?;
        Some((name, text::unhex(&self.string("\"")?)?))
    }

    fn certificate(&mut self) -> Option<CertificateRecord> {
        let serial = text::serial(&self.field("serial")?)?;
        let not_before = text::instant(&self.field("not-before")?)?;
        let not_after = text::instant(&self.field("not-after")?)?;
        let key = self.field("key")?.parse().ok()?;
        let sha256 = match self.0.starts_with("sha256") {
            true => Some(text::unhex(&self.field("sha256")?)?),
            false => None,
        };
        self.literal("specification = [\n")?;
        let specification = Words::take(&mut self.0)?;
        self.literal("]\n")?;
        (not_before <= not_after).then_some(())?;
        Some(CertificateRecord { serial, not_before, not_after, key, sha256, specification })
    }

    fn key(&mut self) -> Option<KeyRecord> {
        let kind = self.field("kind")?.into();
        let algorithm = match self.0.starts_with("algorithm") {
            true => Some(self.field("algorithm")?.parse::<KeyAlgorithm>().ok()?),
            false => None,
        };
        let used = self.number("use")?;
        self.literal("trust = [")?;
        let trust = self.until("]\n")?;
        let trust = match trust {
            "" => Vec::new(),
            list => list.split(", ").map(text::generation).collect::<Option<_>>()?,
        };
        trust.is_sorted_by(|a, b| a < b).then_some(())?;
        let plain_text = match self.0.starts_with("plain-text") {
            true => PlainText::from_word(&self.field("plain-text")?)?,
            false => PlainText::Unsaid,
        };
        // They are rare, and the full parser reads them.
        let (resources, providers, unused) = (Vec::new(), BTreeMap::new(), Vec::new());
        let highest = self.number("highest")?;
        let not_after = self.by_generation("not-after = { ", text::instant)?;
        let derives_from = self.by_generation("derives-from = { ", |value| {
            let words: Vec<&str> = value.split(' ').collect();
            // The default one is left out.
            SecretEpoch::from_words(&words).filter(|secret| !value.is_empty() && secret.to_string() == value)
        })?;
        let sha256 = self.by_generation("sha256 = { ", text::unhex)?;
        Some(KeyRecord {
            kind,
            algorithm,
            used,
            trust,
            plain_text,
            resources,
            providers,
            unused,
            highest,
            not_after,
            derives_from,
            sha256,
        })
    }

    /// `sha256 = { 1 = "...", 2 = "..." }`
    fn by_generation<V>(
        &mut self,
        start: &str,
        value: impl Fn(&str) -> Option<V>,
    ) -> Option<BTreeMap<u32, V>> {
        if !self.skip(start) {
            return Some(BTreeMap::new());
        }
        let one = |item: &str| {
            let (generation, text) = item.split_once(" = \"")?;
            Some((text::generation(generation)?, value(text.strip_suffix('"')?)?))
        };
        let list: Vec<_> = self.until(" }\n")?.split(", ").map(one).collect::<Option<_>>()?;
        list.is_sorted_by(|a, b| a.0 < b.0).then(|| list.into_iter().collect())
    }

    fn tombstone(&mut self) -> Option<Tombstone> {
        let generation = self.number("generation")?;
        let not_after = match self.0.starts_with("not-after") {
            true => Some(text::instant(&self.field("not-after")?)?),
            false => None,
        };
        Some(Tombstone { generation, not_after })
    }
}

/// Entries that ascend strictly; duplicates and disorder are the other reader's business.
fn ascending<V>(entries: Vec<(Arc<str>, V)>) -> Option<BTreeMap<Arc<str>, V>> {
    entries.is_sorted_by(|a, b| a.0 < b.0).then(|| entries.into_iter().collect())
}
