//! Keyrings: what the plan says of each and the profile where the plan says nothing, and what their users can use.

use std::collections::BTreeMap;

use super::{BootstrapToken, Keyring, KeyringKind, Model, Resolver, StaticToken};
use crate::diagnostics::{Code, Diagnostic};
use crate::kubernetes::TokenField;
use crate::read::plan::{Keyring as Written, Text};
use crate::source::Span;
use crate::values::{Duration, KeyAlgorithm};

/// Characters of passwords where nothing says so.
const PASSWORD: i64 = 16;
const KINDS: &str = "`bootstrap-token`, `encryption`, `key-pair`, `password` or `static-token`";

/// A keyring as plan and profile say it together.
#[derive(Clone, Copy)]
struct Merged<'a> {
    plan: Option<&'a Written>,
    profile: Option<&'a Written>,
    origin: Span,
}

impl<'a> Merged<'a> {
    fn get<T>(self, field: impl Fn(&'a Written) -> Option<&'a T>) -> Option<&'a T> {
        self.plan.and_then(&field).or_else(|| self.profile.and_then(&field))
    }
}

impl Resolver<'_> {
    pub(super) fn keyrings(&mut self, model: &mut Model) {
        let document = self.document;
        let of_profile = self.profile.map(|profile| profile.keyrings.as_slice()).unwrap_or_default();
        let mut names: BTreeMap<&str, Merged<'_>> = BTreeMap::new();
        for (name, table) in of_profile {
            names.insert(&name.value, Merged { plan: None, profile: Some(table), origin: name.span });
        }
        for (name, table) in &document.keyrings {
            if self.parsed::<crate::values::Name>(name, Code::BadName).is_some() {
                let profile = names.get(name.value.as_str()).and_then(|merged| merged.profile);
                names.insert(&name.value, Merged { plan: Some(table), profile, origin: name.span });
            }
        }
        for (name, merged) in names {
            if let Some(keyring) = self.keyring(name, merged) {
                model.keyrings.insert(name.into(), keyring);
            }
        }
    }

    fn keyring(&mut self, name: &str, merged: Merged<'_>) -> Option<Keyring> {
        let kind = merged.get(|k| k.kind.as_ref());
        if let (Some(text), Some(other)) = (kind, merged.profile.and_then(|k| k.kind.as_ref()))
            && text.value != other.value
        {
            let message = format!("the profile's keyring `{name}` is of the kind `{}`", other.value);
            let help = format!("leave `kind` out, or write `{}`", other.value);
            self.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
            return None;
        }
        let kind = self.kind(name, kind, merged)?;
        self.fitting(name, &kind, merged);
        Some(Keyring {
            name: name.into(),
            id: format!("keyring.{name}").into(),
            generations: self.generations(merged.get(|k| k.generations.as_ref()))?,
            imported: self.imported_keys(&kind, merged.plan),
            kind,
            secret: self.secret(&[merged.plan.and_then(|k| k.secret.as_ref())]),
            origin: merged.origin,
        })
    }

    fn kind(&mut self, name: &str, kind: Option<&Text>, merged: Merged<'_>) -> Option<KeyringKind> {
        match kind.map(|text| text.value.as_str()) {
            Some("bootstrap-token") => self.bootstrap_token(merged).map(KeyringKind::BootstrapToken),
            Some("encryption") => Some(KeyringKind::Encryption),
            Some("key-pair") => self.taken_key(name, merged).map(KeyringKind::KeyPair),
            Some("password") => self.password(merged).map(KeyringKind::Password),
            Some("static-token") => self.static_token(name, merged).map(KeyringKind::StaticToken),
            other => {
                let message = match other {
                    Some(other) => format!("`{other}` is not a kind of keyring"),
                    None => format!("keyring `{name}` needs a `kind`"),
                };
                let span = kind.map_or(merged.origin, |text| text.span);
                let help = format!("write {KINDS}");
                self.push(Diagnostic::new(Code::BadValue, message).at(span, "").help(help));
                None
            }
        }
    }

    fn password(&mut self, merged: Merged<'_>) -> Option<usize> {
        let length = merged.get(|k| k.length.as_ref());
        let wanted = length.map_or(PASSWORD, |length| length.value);
        let valid = usize::try_from(wanted).ok().filter(|length| (4..=128).contains(length));
        if valid.is_none() {
            let span = length.map_or(merged.origin, |length| length.span);
            self.push(Diagnostic::new(Code::BadValue, "a password has 4 to 128 characters").at(span, ""));
        }
        valid
    }

    fn bootstrap_token(&mut self, merged: Merged<'_>) -> Option<BootstrapToken> {
        let groups = self.parsed_all(merged.get(|k| k.groups.as_ref()), Code::BootstrapGroup);
        let validity = match merged.get(|k| k.validity.as_ref()) {
            Some(text) => Some(self.parsed::<Duration>(text, Code::BadDuration)?),
            None => None,
        };
        Some(BootstrapToken { groups, validity })
    }

    fn static_token(&mut self, name: &str, merged: Merged<'_>) -> Option<StaticToken> {
        let groups = self.parsed_all(merged.get(|k| k.groups.as_ref()), Code::BadValue);
        let Some(user) = merged.get(|k| k.user.as_ref()) else {
            let message = format!("keyring `{name}` does not say whom its token stands for");
            let help = "write `user = \"NAME\"`, the user that the bearer is";
            self.push(Diagnostic::new(Code::MissingKey, message).at(merged.origin, "").help(help));
            return None;
        };
        let uid = merged.get(|k| k.uid.as_ref()).unwrap_or(user);
        let user: TokenField = self.parsed(user, Code::BadValue)?;
        Some(StaticToken { user, uid: self.parsed(uid, Code::BadValue)?, groups })
    }

    /// The kind of key of a key pair, if those who use the keyring can use it.
    fn taken_key(&mut self, name: &str, merged: Merged<'_>) -> Option<KeyAlgorithm> {
        let written = merged.get(|k| k.key.as_ref());
        let key = self.key(written)?;
        let takes = merged.profile.and_then(|k| k.takes.as_deref());
        let takes = takes.or_else(|| merged.plan?.takes.as_deref());
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

    /// Keys that mean nothing for this kind.
    fn fitting(&mut self, name: &str, kind: &KeyringKind, merged: Merged<'_>) {
        let Some(plan) = merged.plan else { return };
        let is_static = matches!(kind, KeyringKind::StaticToken(_));
        let is_bootstrap = matches!(kind, KeyringKind::BootstrapToken(_));
        let span = |text: &Option<Text>| text.as_ref().map(|text| text.span);
        let written = [
            ("key", span(&plan.key), matches!(kind, KeyringKind::KeyPair(_))),
            ("length", plan.length.as_ref().map(|l| l.span), matches!(kind, KeyringKind::Password(_))),
            ("user", span(&plan.user), is_static),
            ("uid", span(&plan.uid), is_static),
            ("validity", span(&plan.validity), is_bootstrap),
            (
                "groups",
                plan.groups.as_ref().map(|groups| groups.first().map_or(merged.origin, |text| text.span)),
                is_static || is_bootstrap,
            ),
        ];
        for (key, span, fits) in written {
            if let (Some(span), false) = (span, fits) {
                let message =
                    format!("`{key}` means nothing for keyring `{name}` of the kind `{}`", kind.word());
                self.push(Diagnostic::new(Code::BadValue, message).at(span, "").help("leave it out"));
            }
        }
    }
}
