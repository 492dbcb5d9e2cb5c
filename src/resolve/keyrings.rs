//! Keyrings: defaults of the profile, and what their users can use.

use std::collections::BTreeMap;

use super::{Keyring, KeyringKind, Model, Resolver};
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::{Keyring as WrittenKeyring, Text};
use crate::source::{Span, Spanned};
use crate::values::KeyAlgorithm;

/// Passwords of keyrings.
const PASSWORD: i64 = 16;

impl Resolver<'_> {
    pub(super) fn keyrings(&mut self, model: &mut Model) {
        let document = self.document;
        let of_profile = self.profile.map(|profile| profile.keyrings.as_slice()).unwrap_or_default();
        let mut names: BTreeMap<&str, (Option<&WrittenKeyring>, Option<&WrittenKeyring>, Span)> =
            BTreeMap::new();
        for (name, table) in of_profile {
            names.insert(&name.value, (None, Some(table), name.span));
        }
        for (name, table) in &document.keyrings {
            if self.parsed::<crate::values::Name>(name, Code::BadName).is_some() {
                let profile = names.get(name.value.as_str()).and_then(|(_, profile, _)| *profile);
                names.insert(&name.value, (Some(table), profile, name.span));
            }
        }
        for (name, (plan, profile, origin)) in names {
            if let Some(keyring) = self.keyring(name, plan, profile, origin) {
                model.keyrings.insert(name.into(), keyring);
            }
        }
    }

    fn keyring(
        &mut self,
        name: &str,
        plan: Option<&WrittenKeyring>,
        profile: Option<&WrittenKeyring>,
        origin: Span,
    ) -> Option<Keyring> {
        let kind = plan.and_then(|k| k.kind.as_ref()).or_else(|| profile.and_then(|k| k.kind.as_ref()));
        let key = plan.and_then(|k| k.key.as_ref()).or_else(|| profile.and_then(|k| k.key.as_ref()));
        let length = plan.and_then(|k| k.length.as_ref()).or_else(|| profile.and_then(|k| k.length.as_ref()));
        if let (Some(text), Some(other)) = (kind, profile.and_then(|k| k.kind.as_ref()))
            && text.value != other.value
        {
            let message = format!("the profile's keyring `{name}` is of the kind `{}`", other.value);
            let help = format!("leave `kind` out, or write `{}`", other.value);
            self.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
            return None;
        }
        let kind = match kind.map(|text| text.value.as_str()) {
            Some("key-pair") => KeyringKind::KeyPair(self.taken_key(name, key, plan, profile)?),
            Some("encryption") => KeyringKind::Encryption,
            Some("password") => KeyringKind::Password(self.password_length(length, origin)?),
            other => {
                let message = match other {
                    Some(other) => format!("`{other}` is not a kind of keyring"),
                    None => format!("keyring `{name}` needs a `kind`"),
                };
                let span = kind.map_or(origin, |text| text.span);
                let help = "write `key-pair`, `encryption` or `password`";
                self.push(Diagnostic::new(Code::BadValue, message).at(span, "").help(help));
                return None;
            }
        };
        let generations = plan.and_then(|k| k.generations.as_ref()).or_else(|| profile?.generations.as_ref());
        Some(Keyring {
            name: name.into(),
            id: format!("keyring.{name}").into(),
            kind,
            generations: self.generations(generations)?,
            imported: self.imported_keys(kind, plan),
            origin,
        })
    }

    fn password_length(&mut self, written: Option<&Spanned<i64>>, origin: Span) -> Option<usize> {
        let wanted = written.map_or(PASSWORD, |length| length.value);
        let length = usize::try_from(wanted).ok().filter(|length| (4..=128).contains(length));
        if length.is_none() {
            let span = written.map_or(origin, |length| length.span);
            self.push(Diagnostic::new(Code::BadValue, "a password has 4 to 128 characters").at(span, ""));
        }
        length
    }

    /// The kind of key of a key pair, if those who use the keyring can use it.
    fn taken_key(
        &mut self,
        name: &str,
        written: Option<&Text>,
        plan: Option<&WrittenKeyring>,
        profile: Option<&WrittenKeyring>,
    ) -> Option<KeyAlgorithm> {
        let key = self.key(written)?;
        let takes = profile.and_then(|k| k.takes.as_deref()).or_else(|| plan?.takes.as_deref());
        let Some(takes) = takes else { return Some(key) };
        let mut known = Vec::new();
        for text in takes {
            known.push(self.parsed::<KeyAlgorithm>(text, Code::BadValue)?);
        }
        if known.contains(&key) {
            return Some(key);
        }
        let place = written.or(takes.first())?.span;
        let words: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
        let message = format!("who uses the keyring `{name}` cannot use {key} keys");
        let mut diagnostic = Diagnostic::new(Code::UnsupportedKey, message).at(place, "");
        if let Some(first) = takes.first().filter(|first| first.span != place) {
            diagnostic = diagnostic.at(first.span, "what they take begins here");
        }
        self.push(diagnostic.help(format!("write one of {}", words.join(", "))));
        None
    }
}
