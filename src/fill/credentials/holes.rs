//! What stands in a hole.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::{Credentials, Pair};
use crate::fill::digest::digest;
use crate::issue::{derivation, pem};
use crate::render::{Hole, TokenPart};
use crate::resolve::{Keyring, KeyringKind};

impl Credentials<'_> {
    pub(super) fn hole(&self, hole: &Hole, pairs: &BTreeMap<usize, Pair>, bytes: &mut Zeroizing<Vec<u8>>) {
        match hole {
            Hole::Base64(inner) => {
                let mut plain = Zeroizing::new(Vec::with_capacity(8192));
                self.hole(inner, pairs, &mut plain);
                let encoded = Zeroizing::new(Base64::encode_string(&plain));
                bytes.extend_from_slice(encoded.as_bytes());
            }
            Hole::Certificates(positions) => {
                for position in positions {
                    let authority = self.authorities.get(position).map(|made| &made.der);
                    if let Some(der) = authority.or_else(|| pairs.get(position).map(|pair| &pair.der)) {
                        bytes.extend_from_slice(pem::encode("CERTIFICATE", der).as_bytes());
                    }
                }
            }
            Hole::Digest(artefacts) => {
                let digest = digest(self.blueprint, self.draft, artefacts);
                bytes.extend_from_slice(digest.as_bytes());
            }
            Hole::EncryptionKey(keyring, generation) => {
                let id = &self.blueprint.model.keyrings[keyring].id;
                let encoded = match self.imported.encryption.get(&(id.clone(), *generation)) {
                    Some(key) => Base64::encode_string(key.bytes()),
                    None => Base64::encode_string(&*derivation::encryption_key(self.secret, id, *generation)),
                };
                let encoded = Zeroizing::new(encoded);
                bytes.extend_from_slice(encoded.as_bytes());
            }
            Hole::Key(position) => {
                let authority = self.authorities.get(position).and_then(|made| made.key.as_deref());
                if let Some(key) = authority.or_else(|| pairs.get(position).map(|pair| &pair.key)) {
                    bytes.extend_from_slice(key.to_pkcs8_pem().as_bytes());
                }
            }
            Hole::Password(keyring) => {
                let keyring = &self.blueprint.model.keyrings[keyring];
                if let KeyringKind::Password(length) = keyring.kind {
                    let password =
                        derivation::password(self.secret, &keyring.id, keyring.generations.used, length);
                    bytes.extend_from_slice(password.as_bytes());
                }
            }
            Hole::PrivateKey(keyring) => {
                let used = self.blueprint.model.keyrings[keyring].generations.used;
                if let Some(key) = self.pairs.get(keyring).and_then(|keys| keys.get(&used)) {
                    bytes.extend_from_slice(key.to_pkcs8_pem().as_bytes());
                }
            }
            Hole::PublicKeys(keyring) => {
                for key in self.pairs.get(keyring).into_iter().flat_map(BTreeMap::values) {
                    bytes.extend_from_slice(key.public().to_pem().as_bytes());
                }
            }
            Hole::NotAfter(keyring, generation) => {
                let id = &self.blueprint.model.keyrings[keyring].id;
                let record = self.draft.lock.keys.get(id);
                if let Some(not_after) = record.and_then(|record| record.not_after.get(generation)) {
                    bytes.extend_from_slice(not_after.to_string().as_bytes());
                }
            }
            Hole::Token(keyring, generation, part) => {
                let token = self.token(&self.blueprint.model.keyrings[keyring], *generation);
                let (id, secret) = token.split_once('.').unwrap_or(("", &token));
                let text = match part {
                    TokenPart::Id => id,
                    TokenPart::Secret => secret,
                    TokenPart::Whole => &token,
                };
                bytes.extend_from_slice(text.as_bytes());
            }
        }
    }

    fn token(&self, keyring: &Keyring, generation: u32) -> Zeroizing<String> {
        match keyring.kind {
            KeyringKind::StaticToken(_) => derivation::static_token(self.secret, &keyring.id, generation),
            _ => derivation::token(self.secret, &keyring.id, generation),
        }
    }
}
