//! Rules for the rotation of keys that encrypt stored data.
//!
//! Every reader must know a key before any writer uses it. Plain text counts as one more key: it is first accepted,
//! then used, then dropped, like any key.

use super::generation::{Generation, with};
use super::place::{ASKED, placed};
use super::request::Request;
use super::wanted::WantedKey;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::lock::{KeyRecord, Lock};
use crate::values::{PlainText, written_generations};

/// Keys of this kind encrypt.
const ENCRYPTS: &str = "encryption";

/// Reports what programs that have not changed yet could not read, and what nobody could read any more.
pub(super) fn check(
    keys: &[WantedKey<'_>],
    (previous, next): (&Lock, &Lock),
    request: &Request,
    diagnostics: &mut Diagnostics,
) {
    for key in keys.iter().filter(|key| key.kind == ENCRYPTS) {
        let found = match previous.keys.get(key.id).filter(|before| before.kind == ENCRYPTS) {
            Some(before) => [other_provider(key, before), other_resources(key, before), changed(key, before)],
            // Before the first build nothing is stored.
            None if previous.certificates.is_empty() => [None, None, None],
            None => [appears(key), None, None],
        };
        let found = found.into_iter().flatten();
        found.for_each(|diagnostic| diagnostics.push(placed(diagnostic, key.origin, ASKED)));
    }
    let gone = previous.keys.iter().filter(|(id, record)| {
        record.kind == ENCRYPTS && record.plain_text != PlainText::Written && !next.keys.contains_key(*id)
    });
    let asked = |id: &str, number| request.drop_trust.contains(&Generation { id: id.into(), number });
    for (id, record) in gone.filter(|(id, record)| !asked(id, record.used)) {
        diagnostics.push(vanishes(id, record));
    }
}

/// Whether a step goes through plain text: these follow rules of their own, and not those of numbers.
pub(super) fn concerns_plain_text(key: &WantedKey<'_>, before: &KeyRecord) -> bool {
    [key.plain_text, before.plain_text].contains(&PlainText::Written)
}

fn changed(key: &WantedKey<'_>, before: &KeyRecord) -> Option<Diagnostic> {
    let (id, used) = (key.id, key.used);
    match (before.plain_text.said_or_read(), key.plain_text.said_or_read()) {
        (PlainText::Written, PlainText::Refused) => Some(early(
            Code::EarlyDrop,
            format!("`{id}` stops reading plain text too early: plain text was written until now"),
            (Some(used), key.trust),
            "and afterwards write everything that is stored again",
        )),
        // Who writes the numbers of a rotation alone, and forgets plain text, does not mean to drop it.
        (PlainText::Read, PlainText::Refused) if (before.used, &*before.trust) != (used, key.trust) => {
            Some(early(
                Code::EarlyDrop,
                format!(
                    "`{id}` stops reading plain text in the same step as another change of its generations"
                ),
                (Some(used), key.trust),
                "so that data from before the first key can still be read",
            ))
        }
        (PlainText::Written, PlainText::Read) if !before.trust.contains(&used) => Some(early(
            Code::EarlyUse,
            format!("`{id}` encrypts with generation {used}, which no host has yet"),
            (None, &with(&before.trust, used)),
            "so that every host can read what the first changed host writes",
        )),
        (PlainText::Refused, PlainText::Written) => Some(early(
            Code::EarlyUse,
            format!("`{id}` writes plain text, which no host reads yet"),
            (Some(before.used), &before.trust),
            "so that every host can read what the first changed host writes",
        )),
        (PlainText::Read, PlainText::Written) if !key.trust.contains(&before.used) => Some(early(
            Code::EarlyDrop,
            format!("`{id}` drops generation {} too early: it was in use until now", before.used),
            (None, &with(key.trust, before.used)),
            "and afterwards write everything that is stored again",
        )),
        _ => None,
    }
}

/// A generation that encrypts in another way than before: what it has encrypted could not be read.
fn other_provider(key: &WantedKey<'_>, before: &KeyRecord) -> Option<Diagnostic> {
    let kept = before.trust.iter().filter(|generation| key.trust.contains(generation));
    let mut other = kept.filter(|generation| {
        key.providers.get(generation).map(|word| &**word)
            != before.providers.get(generation).map(|word| &**word)
    });
    let generation = other.next()?;
    let message = format!("`{}/{generation}` would encrypt differently than the lock knows", key.id);
    let next = before.highest + 1;
    let help = format!(
        "restore `provider.{generation}`: another provider needs a new generation, such as `provider.{next}`"
    );
    Some(Diagnostic::new(Code::LockGeneration, message).help(help))
}

/// Resources that are encrypted from now on, or no longer, while a key is in use.
fn other_resources(key: &WantedKey<'_>, before: &KeyRecord) -> Option<Diagnostic> {
    let same =
        key.resources.iter().map(|resource| &**resource).eq(before.resources.iter().map(String::as_str));
    if same || before.plain_text == PlainText::Written {
        return None;
    }
    let named = |resources: Vec<&str>| {
        if resources.is_empty() { "the usual ones".to_owned() } else { resources.join(", ") }
    };
    let message = format!(
        "`{}` encrypts other resources while a key is in use: {} instead of {}",
        key.id,
        named(key.resources.iter().map(|resource| &**resource).collect()),
        named(before.resources.iter().map(String::as_str).collect()),
    );
    let first = written_generations(None, true, &with(key.trust, before.used));
    let help = format!(
        "build with `{first}` and `resources` as they were first, roll it out, write everything that is stored again, and then \
         change `resources` and use a key again"
    );
    Some(Diagnostic::new(Code::EarlyUse, message).help(help))
}

/// A keyring that is new where a cluster is not.
fn appears(key: &WantedKey<'_>) -> Option<Diagnostic> {
    (key.plain_text != PlainText::Written).then(|| {
        early(
            Code::EarlyUse,
            format!("`{}` encrypts at once, but hosts that have not changed yet cannot read that", key.id),
            (None, key.trust),
            "so that every host can read what the first changed host writes",
        )
    })
}

fn vanishes(id: &str, record: &KeyRecord) -> Diagnostic {
    let message =
        format!("`{id}` is removed, but stored data is encrypted with its generation {}", record.used);
    let (first, used) = (written_generations(None, true, &record.trust), record.used);
    let help = format!(
        "build with `{first}` first, roll it out, write everything that is stored again, and then remove it; \
         `--drop-trust {id}/{used}` does it anyway"
    );
    Diagnostic::new(Code::EarlyDrop, message).help(help)
}

/// A step that comes too early: which one comes first, and why.
fn early(code: Code, message: String, (used, trust): (Option<u32>, &[u32]), then: &str) -> Diagnostic {
    let first = written_generations(used, true, trust);
    Diagnostic::new(code, message).help(format!("build with `{first}` first and roll it out, {then}"))
}
