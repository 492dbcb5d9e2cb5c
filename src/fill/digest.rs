//! A digest that changes when the files change that a program reads only at its start.
//!
//! It is computed from public values only. It may therefore be stored in public files, and a review without the secret
//! computes the same digest.

use sha2::{Digest, Sha256};

use crate::decide::Draft;
use crate::expand::Blueprint;
use crate::render::{Entries, Filling, Form, Hole, KeyringItem, Piece, StorePassword};
use crate::resolve::{Keyring, KeyringKind};
use crate::specification::CertificateIndex;
use crate::values::{SecretEpoch, hex};

/// The first line under the digest.
const VERSION: &str = "pkiplan start digest 1";

/// The digest of artefacts, each with the pieces of its text.
pub(super) fn digest(blueprint: &Blueprint<'_>, draft: &Draft, artefacts: &[(String, Vec<Piece>)]) -> String {
    let mut words = vec![VERSION.to_owned()];
    for (artefact, pieces) in artefacts {
        words.push(format!("artefact {artefact}"));
        for piece in pieces {
            match piece {
                Piece::Hole(hole) => add(blueprint, draft, &hole.filling, &mut words),
                Piece::Text(text) => words.push(format!("text {}", hex(&Sha256::digest(text)))),
            }
        }
    }
    hex(&Sha256::digest(words.join("\n")))
}

/// What may be said of what fills a hole: two holes with the same words are filled with the same bytes.
#[must_use]
pub fn words(blueprint: &Blueprint<'_>, draft: &Draft, hole: &Hole) -> Vec<String> {
    let mut words = Vec::new();
    if hole.form != Form::Text {
        words.push(format!("{:?}", hole.form));
    }
    match &hole.filling {
        Filling::Digest(artefacts) => words.push(digest(blueprint, draft, artefacts)),
        Filling::Keyring { item, .. } if *item != KeyringItem::NotAfter => words.push(format!("{item:?}")),
        Filling::Crl(_, encoding) => words.push(format!("{encoding:?}")),
        Filling::Store(_) => words.push("Store".to_owned()),
        _ => {}
    }
    add(blueprint, draft, &hole.filling, &mut words);
    words
}

/// What may be said of what fills a hole: identities and decisions, never what they lead to.
fn add(blueprint: &Blueprint<'_>, draft: &Draft, filling: &Filling, words: &mut Vec<String>) {
    match filling {
        Filling::Store(store) => {
            match &store.entries {
                Entries::Key { alias, chain } => {
                    words.push(format!("key-store {alias}"));
                    chain
                        .first()
                        .into_iter()
                        .for_each(|key| add(blueprint, draft, &Filling::Key(*key), words));
                }
                Entries::Trusted(_) => words.push("trust-store".to_owned()),
            }
            let certificates = Filling::Certificates(store.certificates().to_vec());
            add(blueprint, draft, &certificates, words);
            match &store.password {
                StorePassword::Declared(text) => {
                    words.push(format!("text {}", hex(&Sha256::digest(&**text))))
                }
                StorePassword::Keyring(name, generation) => {
                    words.push(key(draft, &blueprint.model.keyrings[name], *generation));
                }
            }
        }
        Filling::Certificates(positions) => {
            for &position in positions {
                let (id, made) = (&blueprint.certificates[position].id, &draft.certificates[position]);
                let dates = format!("{} {}", made.not_before, made.not_after);
                words.push(format!("certificate {id} {} {dates} {}", made.serial, hex(&made.fingerprint)));
            }
        }
        Filling::Crl(position, _) => words.extend(crl(blueprint, draft, *position)),
        Filling::Digest(_) => {}
        Filling::Key(position) => {
            let (id, key) = (&blueprint.certificates[*position].id, &draft.certificates[*position].key);
            words.push(format!("key {id} {key}"));
        }
        Filling::Keyring { name, item, generations } => {
            let keyring = &blueprint.model.keyrings[name];
            words.extend(generations.iter().filter_map(|generation| match item {
                KeyringItem::NotAfter => {
                    let not_after = draft.lock.keys.get(&keyring.id)?.not_after.get(generation)?;
                    Some(format!("not-after {name} {generation} {not_after}"))
                }
                _ => Some(key(draft, keyring, *generation)),
            }));
        }
    }
}

/// What stands in the revocation list that an authority's certificate signs, and whose key that is.
fn crl(blueprint: &Blueprint<'_>, draft: &Draft, position: CertificateIndex) -> Vec<String> {
    let Some(crl) = blueprint.crl(position) else { return Vec::new() };
    let (id, made) = (&blueprint.certificates[position].id, &draft.certificates[position]);
    let dates = format!("{} {}", crl.issued, crl.expires);
    let mut words = vec![format!("crl {id} {} {} {} {dates}", made.key, hex(&made.fingerprint), crl.number)];
    words.extend(crl.revoked.iter().map(|revoked| {
        let reason = revoked.reason.map(|reason| format!(" {}", reason.word())).unwrap_or_default();
        format!("revoked {} {}{reason}", revoked.serial, revoked.at)
    }));
    words
}

/// Which of a keyring's keys is meant.
fn key(draft: &Draft, keyring: &Keyring, generation: u32) -> String {
    let kind = match &keyring.kind {
        KeyringKind::BootstrapToken(_) | KeyringKind::Encryption(_) | KeyringKind::StaticToken(_) => {
            keyring.kind.word().to_owned()
        }
        KeyringKind::KeyPair(algorithm) => algorithm.word().to_owned(),
        KeyringKind::Password(length) => format!("password {length}"),
    };
    let id = &keyring.id;
    match keyring.imported.get(&generation) {
        Some(imported) => format!("key {id} {kind} {generation} imported {}", hex(&imported.digest)),
        None => {
            let record = draft.lock.keys.get(id);
            match record.map(|record| record.secret(generation)).unwrap_or_default() {
                secret if secret == SecretEpoch::default() => format!("key {id} {kind} {generation}"),
                secret => format!("key {id} {kind} {generation} {secret}"),
            }
        }
    }
}
