//! The `keyring` of expressions in files and manifests: markers for the secrets of keyrings.

use super::hole::{Filling, Hole, KeyringItem};
use super::marker::Holes;
use crate::catalog::{Definition, Root};
use crate::expand::Blueprint;
use crate::expression::{Record, Value, field, list, text, texts};
use crate::kubernetes::{BOOTSTRAPPERS, Kms};
use crate::resolve::{Encryption, Generations, ImportedKey, Keyring, KeyringKind};

/// The `keyring` of expressions: those that the component reads and the plan has.
pub(super) fn keyrings(blueprint: &Blueprint<'_>, definition: &Definition, holes: &mut Holes) -> Value {
    let named = blueprint.model.keyrings.values().map(|keyring| (field(&keyring.name), keyring));
    named
        .filter(|(field, _)| definition.reads.reads(Root::Keyring, field))
        .map(|(field, keyring)| (field, keyring_of(keyring, holes)))
        .collect::<Record>()
        .build()
}

/// The sockets of the plugins by which the component encrypts.
pub(super) fn sockets<'b>(
    blueprint: &'b Blueprint<'_>,
    definition: &Definition,
) -> impl Iterator<Item = &'b str> {
    let read = |keyring: &&Keyring| definition.reads.reads(Root::Keyring, &field(&keyring.name));
    let of_kind = |keyring: &'b Keyring| match &keyring.kind {
        KeyringKind::Encryption(encryption) => Some((keyring, encryption)),
        _ => None,
    };
    let encrypting = blueprint.model.keyrings.values().filter(read).filter_map(of_kind);
    encrypting.flat_map(|(keyring, encryption)| {
        let trusted = encryption
            .plugins
            .iter()
            .filter(|(generation, _)| keyring.generations.trust.contains(generation));
        trusted.map(|(_, kms)| kms.endpoint.path())
    })
}

fn keyring_of(keyring: &Keyring, holes: &mut Holes) -> Value {
    let record = Record::new();
    let record = match &keyring.kind {
        KeyringKind::BootstrapToken(token) => record
            .with("groups", texts(&token.groups))
            .with("subject", subject(&token.groups, ("Group", BOOTSTRAPPERS)))
            .with("tokens", tokens(keyring, token.validity.is_some(), holes)),
        KeyringKind::Encryption(encryption) => record
            .with("keys", keys(keyring, encryption, holes))
            .with("resources", texts(&encryption.resources))
            .with("plain_text", keyring.generations.plain_text.word()),
        KeyringKind::KeyPair(_) => record,
        KeyringKind::Password(_) => {
            record.with("password", marker(keyring, KeyringItem::Password, keyring.generations.used, holes))
        }
        KeyringKind::StaticToken(token) => record
            .with("user", text(token.user.to_string()))
            .with("uid", text(token.uid.to_string()))
            .with("groups", texts(&token.groups))
            .with("subject", subject(&token.groups, ("User", &token.user.to_string())))
            .with("tokens", tokens(keyring, false, holes)),
    };
    record.build()
}

/// Whom a binding names (rbac.authorization.k8s.io/v1, Subject): the first group, which is enough for the bearer
/// and gives the other groups nothing, or who is there without any.
fn subject<T: ToString>(groups: &[T], otherwise: (&str, &str)) -> Value {
    let (kind, name) = match groups.first() {
        Some(group) => ("Group", group.to_string()),
        None => (otherwise.0, otherwise.1.to_owned()),
    };
    Record::new().with("kind", kind).with("name", name).build()
}

/// The generations that are trusted, the one in use first.
fn in_use_first(keyring: &Keyring) -> impl Iterator<Item = u32> {
    let Generations { used, trust, .. } = &keyring.generations;
    let others = trust.iter().rev().filter(move |generation| *generation != used);
    trust.iter().filter(move |generation| *generation == used).chain(others).copied()
}

fn keys(keyring: &Keyring, encryption: &Encryption, holes: &mut Holes) -> Value {
    list(in_use_first(keyring).map(|generation| {
        if let Some(kms) = encryption.plugins.get(&generation) {
            return plugin(kms);
        }
        let secret = marker(keyring, KeyringItem::EncryptionKey, generation, holes);
        let key = Record::new().with("name", key_name(keyring, generation)).with("secret", secret);
        let imported = keyring.imported.get(&generation).map(|imported| imported.provider.as_deref());
        match imported.unwrap_or_else(|| encryption.providers.get(&generation).map(|word| &**word)) {
            Some(provider) => key.with("provider", provider).build(),
            None => key.build(),
        }
    }))
}

/// A plugin in place of a key: it has no secret here.
fn plugin(kms: &Kms) -> Value {
    let settings = Record::new()
        .with("apiVersion", Kms::API_VERSION)
        .with("name", text(kms.name.to_string()))
        .with("endpoint", text(kms.endpoint.to_string()));
    let settings = match kms.go_timeout() {
        Some(timeout) => settings.with("timeout", timeout),
        None => settings,
    };
    Record::new().with("provider", Kms::WORD).with("settings", settings.build()).build()
}

/// What an encryption key is called in what it encrypts: an imported one as it was called before, and a derived
/// one by its generation, unless an imported one has that name.
fn key_name(keyring: &Keyring, generation: u32) -> String {
    let name = |imported: &ImportedKey| imported.name.as_deref().map(str::to_owned);
    if let Some(name) = keyring.imported.get(&generation).and_then(name) {
        return name;
    }
    let own = format!("key{generation}");
    let taken = keyring.imported.values().filter_map(name).any(|name| name == own);
    if taken { format!("derived-{own}") } else { own }
}

fn tokens(keyring: &Keyring, ends: bool, holes: &mut Holes) -> Value {
    list(in_use_first(keyring).map(|generation| {
        let mut marker = |item| marker(keyring, item, generation, holes);
        let record = Record::new()
            .with("id", marker(KeyringItem::TokenId))
            .with("secret", marker(KeyringItem::TokenSecret))
            .with("token", marker(KeyringItem::Token));
        let not_after = ends.then(|| marker(KeyringItem::NotAfter));
        record.with("not_after", not_after.map_or(Value::from(()), text)).build()
    }))
}

fn marker(keyring: &Keyring, item: KeyringItem, generation: u32, holes: &mut Holes) -> String {
    holes.marker(Hole::text(Filling::of_keyring(&keyring.name, item, generation)))
}
