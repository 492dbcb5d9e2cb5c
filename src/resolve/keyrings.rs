//! Resolves `[keyring.NAME]` with the defaults of the profile, and checks that components can use the keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::encryption;
use super::generations::generations;
use super::imported;
use super::keys;
use super::merged::{self, Merged};
use super::model::{BootstrapToken, Keyring, KeyringKind, StaticToken};
use super::parse::{number, optional, parsed, parsed_all};
use super::secrets::Secrets;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::kubernetes::TokenField;
use crate::read::plan::{KeyringTable as Table, Text};
use crate::source::Spanned;
use crate::values::{Duration, KeyAlgorithm, Name};

/// Characters of passwords where nothing says so.
const PASSWORD: usize = 16;
const KINDS: &str = "`bootstrap-token`, `encryption`, `key-pair`, `password` or `static-token`";

/// What is written of each keyring.
pub(super) fn tables(written: Written<'_>) -> Vec<Merged<'_, Table>> {
    let of_profile = written.profile.known().map(|profile| profile.keyrings.as_slice());
    merged::merged(of_profile.unwrap_or_default(), &written.document.keyrings)
}

pub(super) fn keyrings(
    written: Written<'_>,
    tables: &[Merged<'_, Table>],
    secrets: &Secrets<'_>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<Arc<str>, Keyring> {
    let keyrings = tables.iter().filter_map(|merged| keyring(merged, written, secrets, diagnostics));
    keyrings.map(|keyring| (keyring.name.clone(), keyring)).collect()
}

fn keyring(
    merged: &Merged<'_, Table>,
    written: Written<'_>,
    secrets: &Secrets<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Keyring> {
    let name = parsed::<Name>(merged.name, Code::BadName, diagnostics);
    let kind = kind(merged, written, diagnostics);
    let encrypts = kind.as_ref().is_some_and(KeyringKind::encrypts);
    let generations = generations(merged.get(|k| k.generations.as_ref()), encrypts, diagnostics);
    let imported = kind.as_ref().map(|kind| {
        fitting(kind, merged, diagnostics);
        imported::of_keyring(kind, merged.plan, diagnostics)
    });
    let name = name?;
    Some(Keyring {
        id: format!("keyring.{name}").into(),
        name: name.shared(),
        generations: generations?,
        imported: imported?,
        kind: kind?,
        secret: secrets.of(merged.plan.and_then(|k| k.secret.as_ref())),
        origin: merged.name.span,
    })
}

fn kind(
    merged: &Merged<'_, Table>,
    written: Written<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<KeyringKind> {
    let (name, text) = (&merged.name.value, merged.get(|k| k.kind.as_ref()));
    let of_profile = merged.profile.and_then(|k| k.kind.as_ref());
    if let (Some(text), Some(other)) = (text, of_profile)
        && text.value != other.value
    {
        let message = format!("the profile's keyring `{name}` is of the kind `{}`", other.value);
        let help = format!("leave `kind` out, or write `{}`", other.value);
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
        return without_kind(merged, diagnostics);
    }
    match text.map(|text| text.value.as_str()) {
        Some("bootstrap-token") => bootstrap_token(merged, diagnostics).map(KeyringKind::BootstrapToken),
        Some("encryption") => encryption::encryption(merged, diagnostics).map(KeyringKind::Encryption),
        Some("key-pair") => usable_key(merged, diagnostics).map(KeyringKind::KeyPair),
        Some("password") => password(merged, diagnostics).map(KeyringKind::Password),
        Some("static-token") => static_token(merged, written, diagnostics).map(KeyringKind::StaticToken),
        other => {
            let message = match other {
                Some(other) => format!("`{other}` is not a kind of keyring"),
                None => format!("keyring `{name}` needs a `kind`"),
            };
            if text.is_some() || !is_poisoned(merged, written, "kind") {
                let span = text.map_or(merged.name.span, |text| text.span);
                let help = format!("write {KINDS}");
                diagnostics.push(Diagnostic::new(Code::BadValue, message).at(span, "").help(help));
            }
            without_kind(merged, diagnostics)
        }
    }
}

/// Whether a key that is absent may have been written in the plan or in the profile.
fn is_poisoned(merged: &Merged<'_, Table>, written: Written<'_>, key: &str) -> bool {
    written.profile.is_poisoned() || merged.plan.is_some_and(|plan| plan.unread.may_hold(key))
}

/// Where the kind is wrong, the values that mean the same for every kind are looked at all the same.
fn without_kind(merged: &Merged<'_, Table>, diagnostics: &mut Diagnostics) -> Option<KeyringKind> {
    keys::key(merged.get(|k| k.key.as_ref()), diagnostics);
    password(merged, diagnostics);
    optional::<Duration>(merged.get(|k| k.validity.as_ref()), Code::BadDuration, diagnostics);
    None
}

fn password(merged: &Merged<'_, Table>, diagnostics: &mut Diagnostics) -> Option<usize> {
    let message = "a password has 4 to 128 characters";
    let length = merged.get(|k| k.length.as_ref());
    length.map_or(Some(PASSWORD), |length| number::<usize>(length, 4..=128, message, diagnostics))
}

fn bootstrap_token(merged: &Merged<'_, Table>, diagnostics: &mut Diagnostics) -> Option<BootstrapToken> {
    let groups = parsed_all(merged.get(|k| k.groups.as_ref()), Code::BootstrapGroup, diagnostics);
    let validity = optional(merged.get(|k| k.validity.as_ref()), Code::BadDuration, diagnostics);
    Some(BootstrapToken { groups, validity: validity? })
}

fn static_token(
    merged: &Merged<'_, Table>,
    written: Written<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<StaticToken> {
    let groups = parsed_all(merged.get(|k| k.groups.as_ref()), Code::BadValue, diagnostics);
    let user = merged.get(|k| k.user.as_ref());
    if user.is_none() && !is_poisoned(merged, written, "user") {
        let message = format!("keyring `{}` needs the user of its token", merged.name.value);
        let help = "write `user = \"NAME\"`, the user that the token authenticates";
        diagnostics.push(Diagnostic::new(Code::MissingKey, message).at(merged.name.span, "").help(help));
    }
    let uid = merged.get(|k| k.uid.as_ref());
    let user = optional::<TokenField>(user, Code::BadValue, diagnostics);
    let uid = optional::<TokenField>(uid, Code::BadValue, diagnostics);
    let user = user??;
    Some(StaticToken { uid: uid?.unwrap_or_else(|| user.clone()), user, groups })
}

/// The kind of key of a key pair, if those who use the keyring can use it.
fn usable_key(merged: &Merged<'_, Table>, diagnostics: &mut Diagnostics) -> Option<KeyAlgorithm> {
    let written = merged.get(|k| k.key.as_ref());
    let key = keys::key(written, diagnostics);
    let takes = merged.profile.and_then(|k| k.takes.as_ref());
    let Some(takes) = takes.or_else(|| merged.plan?.takes.as_ref()) else { return key };
    let known: Vec<KeyAlgorithm> = parsed_all(Some(takes), Code::BadValue, diagnostics);
    let key = key?;
    // What is wrong with the list has been reported.
    if known.contains(&key) || known.len() < takes.len() {
        return Some(key);
    }
    let place = written.or(takes.first())?.span;
    let words: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
    let message =
        format!("the programs that use the keyring `{}` do not support {key} keys", merged.name.value);
    let mut diagnostic = Diagnostic::new(Code::UnsupportedKey, message).at(place, "");
    if let Some(first) = takes.first().filter(|first| first.span != place) {
        diagnostic = diagnostic.at(first.span, "supported kinds start here");
    }
    diagnostics.push(diagnostic.help(format!("write one of {}", words.join(", "))));
    None
}

/// Keys that mean nothing for this kind.
fn fitting(kind: &KeyringKind, merged: &Merged<'_, Table>, diagnostics: &mut Diagnostics) {
    let Some(plan) = merged.plan else { return };
    let is_static = matches!(kind, KeyringKind::StaticToken(_));
    let is_bootstrap = matches!(kind, KeyringKind::BootstrapToken(_));
    let span = |text: &Option<Text>| text.as_ref().map(|text| text.span);
    let groups = plan.groups.as_ref().map(|all| all.first().map_or(merged.name.span, |text| text.span));
    let written = [
        ("key", span(&plan.key), matches!(kind, KeyringKind::KeyPair(_))),
        (
            "length",
            plan.length.as_ref().map(|l: &Spanned<i64>| l.span),
            matches!(kind, KeyringKind::Password(_)),
        ),
        ("user", span(&plan.user), is_static),
        ("resources", plan.resources.as_ref().map(|_| merged.name.span), kind.encrypts()),
        ("provider", plan.providers.first().map(|(number, _)| number.span), kind.encrypts()),
        ("uid", span(&plan.uid), is_static),
        ("validity", span(&plan.validity), is_bootstrap),
        ("groups", groups, is_static || is_bootstrap),
    ];
    for (key, span, fits) in written {
        if let (Some(span), false) = (span, fits) {
            let name = &merged.name.value;
            let message = format!("`{key}` has no effect for keyring `{name}` of the kind `{}`", kind.word());
            diagnostics.push(Diagnostic::new(Code::BadValue, message).at(span, "").help("leave it out"));
        }
    }
}
