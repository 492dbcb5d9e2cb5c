//! Writes the canonical text of a lock.

use std::fmt::{Display, Write as _};

use super::{CertificateRecord, FORMAT, KeyRecord, Lock, Tombstone, text};

/// The first line; what follows it is data.
pub(super) const COMMENT: &str =
    "# Written by pkiplan: commit it beside the plan, never edit it by hand. There is no secret in it.\n";

/// So many bytes are given at once, more or less: those of some records.
const PIECE: usize = 64 << 10;

/// Gives the text piece by piece.
pub(super) fn write(lock: &Lock, each: &mut dyn FnMut(&str)) {
    let mut out = String::with_capacity(PIECE + (PIECE >> 2));
    out.push_str(COMMENT);
    pair(&mut out, "format", FORMAT);
    string(&mut out, "id", &lock.id);
    secrets(&mut out, lock);
    catalog(&mut out, lock);
    for (id, record) in &lock.certificates {
        header(&mut out, "certificate", id);
        certificate(&mut out, record);
        give_if_large(&mut out, each);
    }
    for (id, record) in &lock.keys {
        header(&mut out, "key", id);
        key(&mut out, record);
        give_if_large(&mut out, each);
    }
    for (id, record) in &lock.tombstones {
        header(&mut out, "tombstone", id);
        tombstone(&mut out, *record);
        give_if_large(&mut out, each);
    }
    each(&out);
}

fn give_if_large(out: &mut String, each: &mut dyn FnMut(&str)) {
    if out.len() >= PIECE {
        each(out);
        out.clear();
    }
}

/// About how long the text is, in bytes.
pub(super) fn length(lock: &Lock) -> usize {
    let words: usize = lock.certificates.values().map(|c| c.specification.lines().len()).sum();
    let rest = lock.certificates.len() + lock.keys.len() + lock.tombstones.len() + lock.catalog.len();
    words + 400 * rest + 400
}

fn secrets(out: &mut String, lock: &Lock) {
    if !lock.secrets.is_empty() {
        out.push_str("\n[secrets]\n");
    }
    for (name, secret) in &lock.secrets {
        if text::is_bare(name) {
            out.push_str(name);
        } else {
            quoted(out, name);
        }
        let _ = write!(out, " = {{ epoch = {}, identity = ", secret.epoch);
        quoted(out, &secret.identity);
        out.push_str(" }\n");
    }
}

fn catalog(out: &mut String, lock: &Lock) {
    if !lock.catalog.is_empty() {
        out.push_str("\n[catalog]\n");
    }
    for (name, digest) in &lock.catalog {
        quoted(out, name);
        out.push_str(" = \"");
        text::hex(out, digest);
        out.push_str("\"\n");
    }
}

fn certificate(out: &mut String, record: &CertificateRecord) {
    displayed(out, "serial", record.serial);
    displayed(out, "not-before", record.not_before);
    displayed(out, "not-after", record.not_after);
    displayed(out, "key", record.key);
    if let Some(sha256) = &record.sha256 {
        digits(out, "sha256", sha256);
    }
    out.push_str("specification = [\n");
    out.push_str(record.specification.lines());
    out.push_str("]\n");
}

fn key(out: &mut String, record: &KeyRecord) {
    string(out, "kind", &record.kind);
    if let Some(algorithm) = record.algorithm {
        displayed(out, "algorithm", algorithm);
    }
    pair(out, "use", record.used);
    out.push_str("trust = [");
    joined(out, &record.trust, |out, generation| {
        let _ = write!(out, "{generation}");
    });
    out.push_str("]\n");
    if let Some(word) = record.plain_text.said() {
        displayed(out, "plain-text", word);
    }
    if !record.resources.is_empty() {
        out.push_str("resources = [");
        joined(out, &record.resources, |out, resource| quoted(out, resource));
        out.push_str("]\n");
    }
    if !record.providers.is_empty() {
        out.push_str("provider = { ");
        joined(out, &record.providers, |out, (generation, provider)| {
            let _ = write!(out, "{generation} = ");
            quoted(out, provider);
        });
        out.push_str(" }\n");
    }
    if !record.unused.is_empty() {
        out.push_str("unused = [");
        joined(out, &record.unused, |out, generation| {
            let _ = write!(out, "{generation}");
        });
        out.push_str("]\n");
    }
    pair(out, "highest", record.highest);
    if !record.not_after.is_empty() {
        out.push_str("not-after = { ");
        joined(out, &record.not_after, |out, (generation, not_after)| {
            let _ = write!(out, "{generation} = \"{not_after}\"");
        });
        out.push_str(" }\n");
    }
    if !record.derives_from.is_empty() {
        out.push_str("derives-from = { ");
        joined(out, &record.derives_from, |out, (generation, secret)| {
            let _ = write!(out, "{generation} = \"{secret}\"");
        });
        out.push_str(" }\n");
    }
    if !record.sha256.is_empty() {
        out.push_str("sha256 = { ");
        joined(out, &record.sha256, |out, (generation, sha256)| {
            let _ = write!(out, "{generation} = \"");
            text::hex(out, sha256);
            out.push('"');
        });
        out.push_str(" }\n");
    }
}

fn tombstone(out: &mut String, record: Tombstone) {
    pair(out, "generation", record.generation);
    if let Some(not_after) = record.not_after {
        displayed(out, "not-after", not_after);
    }
}

pub(super) fn header(out: &mut String, section: &str, id: &str) {
    out.push_str("\n[");
    out.push_str(section);
    out.push('.');
    quoted(out, id);
    out.push_str("]\n");
}

pub(super) fn quoted(out: &mut String, value: &str) {
    out.push('"');
    text::escape(out, value);
    out.push('"');
}

pub(super) fn string(out: &mut String, key: &str, value: &str) {
    out.push_str(key);
    out.push_str(" = ");
    quoted(out, value);
    out.push('\n');
}

/// A value whose text needs no escapes.
fn displayed(out: &mut String, key: &str, value: impl Display) {
    let _ = writeln!(out, "{key} = \"{value}\"");
}

pub(super) fn digits(out: &mut String, key: &str, bytes: &[u8]) {
    out.push_str(key);
    out.push_str(" = \"");
    text::hex(out, bytes);
    out.push_str("\"\n");
}

fn pair(out: &mut String, key: &str, value: u32) {
    let _ = writeln!(out, "{key} = {value}");
}

fn joined<T>(out: &mut String, items: impl IntoIterator<Item = T>, one: impl Fn(&mut String, T)) {
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        one(out, item);
    }
}
