//! The reader for locks that are not in canonical form: slower, but it accepts any TOML spelling and locates errors.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{CertificateRecord, FORMAT, KeyRecord, Lock, SecretRecord, Tombstone, Words, text};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::SourceId;
use crate::values::{PlainText, SecretEpoch, Serial};

/// Bytes of a lock that nobody but people and their programs spell in this way.
const LARGEST: usize = 24 << 20;

const RESTORE: &str = "restore the lock from git, or take one side of a merge completely";

/// Reads any TOML that means a lock.
pub(super) fn read(text: &str, source: SourceId) -> Result<Lock, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    if text.len() > LARGEST {
        let message =
            format!("it has more than {} MiB, and pkiplan did not write it in this form", LARGEST >> 20);
        // Without its place: to show that takes as long as what is avoided.
        let message = format!("this is not a lock: {message}");
        diagnostics.push(Diagnostic::new(Code::LockSyntax, message).help(RESTORE));
        return Err(diagnostics);
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    let table = Table { entries: root.get_ref(), span: 0..text.len().min(1) };
    let problem = if let Some(at) = conflict(text).filter(|_| !errors.is_empty()) {
        let message = "the lock contains conflict markers of a git merge";
        Diagnostic::new(Code::LockConflict, message).at(source.span(at), "one side starts here").help(
            "take one side completely (`git checkout --ours` or `--theirs`), run `pkiplan lock PLAN`, and commit what it writes; \
             with `pkiplan lock merge` as git's merge driver there are no markers",
        )
    } else if let Some((at, format)) = newer(&table) {
        let message =
            format!("the lock has format {format}; this version of pkiplan reads up to format {FORMAT}");
        let help = "use the version of pkiplan that wrote it, or a newer one";
        Diagnostic::new(Code::LockFormat, message).at(source.span(at), "").help(help)
    } else if let Some(error) = errors.first() {
        let at = error.span().unwrap_or(0..0);
        let what = error.message().trim_end();
        let message = if at.end < text.trim_end().len() || text.is_empty() {
            what.to_owned()
        } else {
            format!("it ends in the middle, {what}")
        };
        Problem { at, message }.diagnostic(source)
    } else {
        match lock(&table) {
            Ok(lock) => return Ok(lock),
            Err(problem) => problem.diagnostic(source),
        }
    };
    diagnostics.push(problem);
    Err(diagnostics)
}

/// A lock that ends before what it speaks of.
pub(super) fn cut_off(text: &str, source: SourceId, issuer: &str) -> Diagnostics {
    let last = text.trim_end().rfind('\n').map_or(0, |newline| newline + 1);
    let message = format!("the lock is truncated: `{issuer}` issued certificates, but its key is missing");
    let diagnostic = Diagnostic::new(Code::LockSyntax, message);
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(diagnostic.at(source.span(last..text.trim_end().len()), "it ends here").help(RESTORE));
    diagnostics
}

/// The first line that begins like one of git's markers.
fn conflict(text: &str) -> Option<Range<usize>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if ["<<<<<<<", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker)) {
            return Some(start..start + line.trim_end().len());
        }
        start += line.len();
    }
    None
}

/// The place and number of a format that is too new.
fn newer(table: &Table<'_, '_>) -> Option<(Range<usize>, u32)> {
    let format = table.entries.get("format")?;
    number(format).ok().filter(|number| *number > FORMAT).map(|number| (format.span(), number))
}

/// What is wrong, and where. A lock is restored and not repaired, so the first is reported alone.
struct Problem {
    at: Range<usize>,
    message: String,
}

type Read<T> = Result<T, Problem>;
type TomlValue<'i> = Spanned<DeValue<'i>>;

impl Problem {
    fn new<T>(at: Range<usize>, message: impl Into<String>) -> Read<T> {
        Err(Self { at, message: message.into() })
    }

    fn diagnostic(self, source: SourceId) -> Diagnostic {
        let message = format!("this is not a lock: {}", self.message);
        Diagnostic::new(Code::LockSyntax, message).at(source.span(self.at), "").help(RESTORE)
    }
}

/// A table and where it is said to be.
struct Table<'a, 'i> {
    entries: &'a DeTable<'i>,
    span: Range<usize>,
}

impl<'a, 'i> Table<'a, 'i> {
    fn of(value: &'a TomlValue<'i>) -> Read<Self> {
        match value.get_ref() {
            DeValue::Table(entries) => Ok(Self { entries, span: value.span() }),
            _ => Problem::new(value.span(), "this must be a table"),
        }
    }

    /// Fails at the first key that this format does not have: rewriting the lock would lose it.
    fn only(&self, known: &[&str]) -> Read<()> {
        match self.entries.iter().find(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            Some((key, _)) => {
                Problem::new(key.span(), format!("format 1 has no key `{}` here", key.get_ref()))
            }
            None => Ok(()),
        }
    }

    fn optional<T>(&self, key: &str, read: impl FnOnce(&'a TomlValue<'i>) -> Read<T>) -> Read<Option<T>> {
        self.entries.get(key).map(read).transpose()
    }

    fn required<T>(&self, key: &str, read: impl FnOnce(&'a TomlValue<'i>) -> Read<T>) -> Read<T> {
        let absent = || Problem { at: self.span.clone(), message: format!("the key `{key}` is missing") };
        self.entries.get(key).ok_or_else(absent).and_then(read)
    }

    /// The entries of the table under `key`, which may be absent.
    fn entries<V>(
        &self,
        key: &str,
        read: impl Fn(&'a TomlValue<'i>) -> Read<V>,
    ) -> Read<BTreeMap<Arc<str>, V>> {
        let Some(table) = self.entries.get(key) else { return Ok(BTreeMap::new()) };
        let one = |(name, value): (&'a Spanned<_>, &'a TomlValue<'i>)| {
            let name: &toml::de::DeString<'_> = name.get_ref();
            Ok((Arc::from(name.as_ref()), read(value)?))
        };
        Table::of(table)?.entries.iter().map(one).collect()
    }
}

fn lock(root: &Table<'_, '_>) -> Read<Lock> {
    root.required("format", number)?;
    root.only(&["format", "id", "secrets", "catalog", "certificate", "key", "tombstone"])?;
    Ok(Lock {
        id: root.required("id", |value| digits(value, 32))?,
        secrets: root.entries("secrets", |value| secret(&Table::of(value)?))?,
        catalog: root.entries("catalog", digest)?,
        certificates: root.entries("certificate", |value| certificate(&Table::of(value)?))?,
        keys: root.entries("key", |value| key(&Table::of(value)?))?,
        tombstones: root.entries("tombstone", |value| tombstone(&Table::of(value)?))?,
    })
}

fn secret(table: &Table<'_, '_>) -> Read<SecretRecord> {
    table.only(&["epoch", "identity"])?;
    let identity = table.required("identity", |value| digits(value, 16))?;
    Ok(SecretRecord { epoch: table.required("epoch", number)?, identity })
}

fn certificate(table: &Table<'_, '_>) -> Read<CertificateRecord> {
    table.only(&["serial", "not-before", "not-after", "key", "sha256", "specification"])?;
    let record = CertificateRecord {
        serial: table.required("serial", serial)?,
        not_before: table.required("not-before", parsed)?,
        not_after: table.required("not-after", parsed)?,
        key: table.required("key", parsed)?,
        sha256: table.optional("sha256", digest)?,
        specification: Words::new(&table.required("specification", |value| list(value, string))?),
    };
    if record.not_before > record.not_after {
        return Problem::new(table.span.clone(), "`not-after` is before `not-before`");
    }
    Ok(record)
}

fn key(table: &Table<'_, '_>) -> Read<KeyRecord> {
    table.only(&[
        "kind",
        "algorithm",
        "use",
        "trust",
        "plain-text",
        "resources",
        "provider",
        "unused",
        "highest",
        "not-after",
        "derives-from",
        "sha256",
    ])?;
    let mut trust = table.required("trust", |value| list(value, number))?;
    trust.sort_unstable();
    trust.dedup();
    Ok(KeyRecord {
        kind: table.required("kind", string)?.to_owned(),
        algorithm: table.optional("algorithm", parsed)?,
        used: table.required("use", number)?,
        trust,
        plain_text: table.optional("plain-text", plain_text)?.unwrap_or_default(),
        resources: table.optional("resources", |value| list(value, owned))?.unwrap_or_default(),
        providers: by_generation(table, "provider", owned)?,
        unused: table.optional("unused", |value| list(value, number))?.unwrap_or_default(),
        highest: table.required("highest", number)?,
        not_after: by_generation(table, "not-after", parsed)?,
        derives_from: by_generation(table, "derives-from", secret_words)?,
        sha256: by_generation(table, "sha256", digest)?,
    })
}

fn by_generation<'i, V>(
    table: &Table<'_, 'i>,
    key: &str,
    one: impl Fn(&TomlValue<'i>) -> Read<V>,
) -> Read<BTreeMap<u32, V>> {
    let mut values = BTreeMap::new();
    let Some(entries) = table.optional(key, Table::of)? else { return Ok(values) };
    for (generation, value) in entries.entries.iter() {
        match text::generation(generation.get_ref()) {
            Some(number) => values.insert(number, one(value)?),
            None => return Problem::new(generation.span(), "this must be a generation"),
        };
    }
    Ok(values)
}

/// Which secret a generation derives from: `secret offline epoch 2`.
fn secret_words(value: &TomlValue<'_>) -> Read<SecretEpoch> {
    let words: Vec<&str> = string(value)?.split_whitespace().collect();
    let wanted = || Problem { at: value.span(), message: "this must be `secret NAME epoch N`".to_owned() };
    SecretEpoch::from_words(&words).filter(|_| !words.is_empty()).ok_or_else(wanted)
}

fn owned(value: &TomlValue<'_>) -> Read<String> {
    string(value).map(str::to_owned)
}

fn plain_text(value: &TomlValue<'_>) -> Read<PlainText> {
    let wanted =
        || Problem { at: value.span(), message: "this must be `refused`, `read` or `written`".to_owned() };
    PlainText::from_word(string(value)?).ok_or_else(wanted)
}

fn tombstone(table: &Table<'_, '_>) -> Read<Tombstone> {
    table.only(&["generation", "not-after"])?;
    let not_after = table.optional("not-after", parsed)?;
    Ok(Tombstone { generation: table.required("generation", number)?, not_after })
}

fn string<'a>(value: &'a TomlValue<'_>) -> Read<&'a str> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text),
        _ => Problem::new(value.span(), "this must be a string"),
    }
}

/// An instant, a key, an algorithm.
fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(value: &TomlValue<'_>) -> Read<T> {
    string(value)?.parse().map_err(|why: T::Err| Problem { at: value.span(), message: why.to_string() })
}

fn digest<const N: usize>(value: &TomlValue<'_>) -> Read<[u8; N]> {
    let wanted =
        || Problem { at: value.span(), message: format!("this must be {} hexadecimal digits", 2 * N) };
    text::unhex(string(value)?).ok_or_else(wanted)
}

fn serial(value: &TomlValue<'_>) -> Read<Serial> {
    let wanted =
        || Problem { at: value.span(), message: "this must be 2 to 40 hexadecimal digits".to_owned() };
    text::serial(string(value)?).ok_or_else(wanted)
}

fn digits(value: &TomlValue<'_>, count: usize) -> Read<String> {
    let text = string(value)?;
    if !text::is_hex(text, count) {
        return Problem::new(value.span(), format!("this must be {count} hexadecimal digits"));
    }
    Ok(text.to_owned())
}

/// A positive integer.
fn number(value: &TomlValue<'_>) -> Read<u32> {
    let DeValue::Integer(integer) = value.get_ref() else {
        return Problem::new(value.span(), "this must be an integer");
    };
    match u32::from_str_radix(integer.as_str(), integer.radix()) {
        Ok(number) if number > 0 => Ok(number),
        _ => Problem::new(value.span(), "this must be a number from 1"),
    }
}

fn list<'a, 'i, T>(value: &'a TomlValue<'i>, one: impl Fn(&'a TomlValue<'i>) -> Read<T>) -> Read<Vec<T>> {
    match value.get_ref() {
        DeValue::Array(items) => items.iter().map(one).collect(),
        _ => Problem::new(value.span(), "this must be an array"),
    }
}
