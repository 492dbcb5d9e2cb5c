//! Resolves imported generations of keys, and checks whether their certificates agree with the plan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::keys;
use super::model::{Authority, Generations, ImportedAuthority, ImportedKey, KeyringKind};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::Literal;
use crate::read::plan::{AuthorityTable as WrittenAuthority, KeyringTable as WrittenKeyring, Text};
use crate::source::{Span, Spanned};
use crate::specification::KeyIdentity;
use crate::stored::Stored;

/// What derived generations take after: the latest that was made elsewhere before the first of them. Where none
/// is derived, the one in use.
pub(super) fn model<'a>(
    imported: &'a BTreeMap<u32, ImportedAuthority>,
    generations: &Generations,
) -> Option<&'a Stored> {
    let derived = generations.trust.iter().filter(|generation| !imported.contains_key(*generation)).min();
    let model = match derived {
        Some(first) => imported.range(..first).next_back().map(|(_, imported)| imported),
        None => imported.get(&generations.used),
    };
    model.map(|imported| &*imported.certificate)
}

/// The generations of an authority whose certificates can be used.
pub(super) fn of_authority(
    id: &str,
    written: Option<&WrittenAuthority>,
    stored: &BTreeMap<String, Arc<Stored>>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<u32, ImportedAuthority> {
    let mut found = BTreeMap::new();
    for (number, value) in written.into_iter().flat_map(|written| &written.imported) {
        let digest = digest(value.span, value.value.as_text(), "sha256:", diagnostics);
        let Some((number, digest)) = generation(number, diagnostics).zip(digest) else { continue };
        // What is not there was reported when it was looked for.
        let Some(certificate) = stored.get(&format!("{id}/{number}")) else { continue };
        match refused(certificate, &digest) {
            Some((message, help)) => {
                let message = format!("the certificate of `{id}/{number}` {message}");
                let diagnostic = Diagnostic::new(Code::ImportedCertificate, message);
                diagnostics.push(diagnostic.at(value.span, "imported here").help(help));
            }
            None => {
                let certificate = Arc::clone(certificate);
                found.insert(number, ImportedAuthority { certificate, origin: value.span });
            }
        }
    }
    found
}

/// The generations of a keyring that were made elsewhere.
pub(super) fn of_keyring(
    kind: &KeyringKind,
    written: Option<&WrittenKeyring>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<u32, ImportedKey> {
    let mut found = BTreeMap::new();
    for (number, value) in written.into_iter().flat_map(|written| &written.imported) {
        let key = match kind {
            KeyringKind::KeyPair(_) => pair(value, diagnostics),
            KeyringKind::Encryption(_) => encryption_key(value, diagnostics),
            KeyringKind::BootstrapToken(_) | KeyringKind::Password(_) | KeyringKind::StaticToken(_) => {
                text(kind, value, diagnostics)
            }
        };
        found.extend(generation(number, diagnostics).zip(key));
    }
    found
}

fn pair(value: &Spanned<Literal>, diagnostics: &mut Diagnostics) -> Option<ImportedKey> {
    let digest = digest(value.span, value.value.as_text(), "sha256:", diagnostics)?;
    Some(ImportedKey { digest, name: None, provider: None, origin: value.span })
}

/// A token or password, of which the plan has a keyed digest.
fn text(kind: &KeyringKind, value: &Spanned<Literal>, diagnostics: &mut Diagnostics) -> Option<ImportedKey> {
    const KEYED: &str = "hmac-sha256:";
    let text = value.value.as_text();
    if text != Some(keys::EXTERNAL) && text.is_none_or(|text| !text.starts_with(KEYED)) {
        let message = format!("a `{}` must not be in a plan, where everyone can read it", kind.word());
        let help = "run `pkiplan import --plan PLAN --as keyring.NAME FILE`: it adds this line and stores the contents of the file next to the plan";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(value.span, "").help(help));
        return None;
    }
    let digest = digest(value.span, text, KEYED, diagnostics)?;
    Some(ImportedKey { digest, name: None, provider: None, origin: value.span })
}

fn encryption_key(value: &Spanned<Literal>, diagnostics: &mut Diagnostics) -> Option<ImportedKey> {
    let text = |key: &str| value.value.get(key).and_then(|value| value.value.as_text());
    let known = |entries: &[(Text, Spanned<Literal>)]| {
        entries.iter().map(|(name, _)| name.value.as_str()).collect::<BTreeSet<_>>()
            == BTreeSet::from(["key", "name", "provider"])
    };
    let whole = matches!(&value.value, Literal::Table(entries) if known(entries));
    let word =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    match (text("name").filter(|t| word(t)), text("provider").filter(|t| word(t))) {
        (Some(name), Some(provider)) if whole => Some(ImportedKey {
            digest: digest(value.span, text("key"), "hmac-sha256:", diagnostics)?,
            name: Some(name.into()),
            provider: Some(provider.into()),
            origin: value.span,
        }),
        _ => {
            let message = "an imported encryption key has a digest, a name and a provider";
            let help = "use `pkiplan import`, which writes this line: \
                        `{ key = \"hmac-sha256:...\", name = \"...\", provider = \"...\" }`";
            diagnostics.push(Diagnostic::new(Code::BadValue, message).at(value.span, "").help(help));
            None
        }
    }
}

fn generation(number: &Text, diagnostics: &mut Diagnostics) -> Option<u32> {
    let canonical = !number.value.starts_with(['0', '+']);
    let generation = number.value.parse().ok().filter(|_| canonical);
    if generation.is_none() {
        let message = format!("`{}` is not a generation", number.value);
        let help = "generations start at 1: write `imported.1`";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(number.span, "").help(help));
    }
    generation
}

pub(super) fn digest(
    span: Span,
    text: Option<&str>,
    kind: &str,
    diagnostics: &mut Diagnostics,
) -> Option<[u8; 32]> {
    let digits = text.and_then(|text| text.strip_prefix(kind));
    if let Some(sha256) = digits.and_then(pinned) {
        return Some(sha256);
    }
    if text == Some(keys::EXTERNAL) {
        diagnostics.push(keys::external(span));
        return None;
    }
    let message = "this does not identify the imported key";
    let help =
        format!("use `pkiplan import`, which writes this line: `\"{kind}\"` and 64 hexadecimal digits");
    diagnostics.push(Diagnostic::new(Code::BadValue, message).at(span, "").help(help));
    None
}

/// A digest, from the digits in which plans write it.
pub(crate) fn pinned(digits: &str) -> Option<[u8; 32]> {
    match format!("imported sha256:{digits}").parse() {
        Ok(KeyIdentity::Imported { sha256 }) => Some(sha256),
        _ => None,
    }
}

/// What the plan says of an authority holds for the keys that it derives. Where there are none, it can
/// only repeat what the certificates say.
pub(super) fn contradictions(
    authority: &Authority,
    written: &WrittenAuthority,
    diagnostics: &mut Diagnostics,
) {
    let trusted = &authority.generations.trust;
    if !trusted.iter().all(|generation| authority.imported.contains_key(generation)) {
        return;
    }
    let Some(imported) = authority.imported.get(&authority.generations.used) else { return };
    let stored = &*imported.certificate;
    let mut wrong: Vec<(Span, String)> = Vec::new();
    let mut compare = |span: Option<Span>, same: bool, key: &str, value: String| {
        wrong.extend(span.filter(|_| !same).map(|span| (span, format!("{key} {value}"))));
    };
    let subject = &stored.plain_subject;
    let own = subject.common_name().unwrap_or("(none)");
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.span);
    compare(
        text(&written.common_name),
        authority.subject.common_name() == subject.common_name(),
        "the common name",
        format!("`{own}`"),
    );
    let organizations: Vec<&str> = subject.organizations().collect();
    let place = written.organizations.as_ref().map(|all| all.first().map_or(authority.origin, |t| t.span));
    let same = authority.subject.organizations().eq(organizations.iter().copied());
    compare(place, same, "the organizations", format!("{organizations:?}"));
    let kind = stored.key.map_or("another kind", |key| key.word());
    compare(text(&written.key), Some(authority.key) == stored.key, "a key of the kind", format!("`{kind}`"));
    let validity = stored.not_before.until(stored.not_after);
    compare(text(&written.own), authority.own.value == validity, "a validity of", format!("`{validity}`"));
    let length = written.path_length.as_ref();
    let same = length.is_some_and(|length| stored.path_length.map(i64::from) == Some(length.value));
    let has = stored.path_length.map_or("(none)".to_owned(), |length| format!("`{length}`"));
    compare(length.map(|length| length.span), same, "the path length", has);
    for (span, what) in wrong {
        let message = format!("the imported certificate of authority `{}` has {what}", authority.name);
        let diagnostic = Diagnostic::new(Code::ContradictsCertificate, message).at(span, "not this");
        diagnostics.push(
            diagnostic
                .at(imported.origin, "imported here")
                .help("remove this key: imported certificates stay as they are"),
        );
    }
}

/// RFC 5280, 4.2.1.9: what was made elsewhere may not allow what the plan puts below it.
pub(super) fn path_length(authority: &Authority, depth: u8, diagnostics: &mut Diagnostics) {
    for (generation, imported) in &authority.imported {
        let Some(allowed) = imported.certificate.path_length.filter(|length| *length < u32::from(depth))
        else {
            continue;
        };
        let message = format!(
            "the certificate of `{}/{generation}` allows {allowed} authorities below it, but the plan has {depth}",
            authority.id
        );
        let help = "set another `issuer` for those authorities";
        diagnostics.push(Diagnostic::new(Code::PathLength, message).at(imported.origin, "").help(help));
    }
}

/// Why a certificate cannot stand for a generation, and what to do.
fn refused(certificate: &Stored, digest: &[u8; 32]) -> Option<(String, &'static str)> {
    if let Some((why, help)) = unusable(certificate, digest) {
        return Some((why.to_owned(), help));
    }
    let unknown = certificate.unknown_critical.first()?;
    let help = "nobody accepts its certificates: have it reissued with the same key, without this extension \
                or with a non-critical one";
    Some((format!("has a critical extension that programs do not know, {unknown}"), help))
}

/// What is wrong with a certificate whose key no program here handles.
pub(super) const OTHER_KEY: &str = "has a kind of key that pkiplan does not support";

fn unusable(certificate: &Stored, digest: &[u8; 32]) -> Option<(&'static str, &'static str)> {
    if certificate.key_sha256() != *digest {
        let help = "restore the imported certificate; a new key needs a new generation";
        return Some(("has a different key than the plan says", help));
    }
    if !certificate.authority {
        let help = "a CA needs CA:TRUE and a key usage that allows signing certificates";
        return Some(("is not a CA certificate", help));
    }
    if certificate.key.is_none() {
        return Some((
            OTHER_KEY,
            "keys are ECDSA on P-256 or P-384, Ed25519, or RSA of 2048, 3072 or 4096 bits; or add a generation, which is derived",
        ));
    }
    None
}
