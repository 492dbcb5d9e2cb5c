//! Putting credentials into the holes of sheets.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::credentials::{Credentials, Filled, Pair};
use super::digest::digest;
use crate::issue::secret::Secret;
use crate::issue::{derivation, pem};
use crate::render::{Content, Hole, Piece, Sheet, TokenPart};
use crate::resolve::{Keyring, KeyringKind};
use crate::values::hex;

impl Credentials<'_> {
    pub(super) fn sheet(&self, sheet: &Sheet, pairs: &BTreeMap<usize, Pair>) -> Filled {
        let Content::Pieces(pieces) = &sheet.content else { return Filled { bytes: None, keyed: None } };
        // Room for everything, so that no secret is left behind where a buffer grew.
        let count = pieces.iter().filter(|piece| matches!(piece, Piece::Hole(_))).count();
        let text: usize =
            pieces.iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 0 }).sum();
        let mut bytes = Zeroizing::new(Vec::with_capacity(text + count * 8192));
        for piece in pieces {
            match piece {
                Piece::Text(text) => bytes.extend_from_slice(text.as_bytes()),
                Piece::Hole(hole) => self.hole(hole, pairs, &mut bytes),
            }
        }
        let secret = || sheet.content.holes().find_map(|hole| self.secret_of_hole(hole));
        let secret = sheet.content.has_short_secret().then(secret).flatten();
        let keyed = secret.map(|secret| hex(&derivation::keyed_digest(secret, &bytes)));
        Filled { bytes: Some(bytes), keyed }
    }

    /// The secret from which what goes into a keyring's hole derives.
    fn secret_of_hole(&self, hole: &Hole) -> Option<&Secret> {
        let (keyring, generation) = match hole {
            Hole::EncryptionKey(name, generation) | Hole::Token(name, generation, _) => {
                (&self.blueprint.model.keyrings[name], *generation)
            }
            Hole::Password(name) | Hole::PrivateKey(name) => {
                let keyring = &self.blueprint.model.keyrings[name];
                (keyring, keyring.generations.used)
            }
            _ => return None,
        };
        self.keyring_secret(keyring, generation).ok()
    }

    fn hole(&self, hole: &Hole, pairs: &BTreeMap<usize, Pair>, bytes: &mut Zeroizing<Vec<u8>>) {
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
                let imported = self.at_hand.imported.encryption.get(&(id.clone(), *generation));
                let encoded = match (imported, self.secret_of_hole(hole)) {
                    (Some(key), _) => Base64::encode_string(key.bytes()),
                    (None, Some(secret)) => {
                        Base64::encode_string(&*derivation::encryption_key(secret, id, *generation))
                    }
                    (None, None) => String::new(),
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
                if let (KeyringKind::Password(length), Some(secret)) =
                    (&keyring.kind, self.secret_of_hole(hole))
                {
                    let used = keyring.generations.used;
                    let password = derivation::password(secret, &keyring.id, used, *length);
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
                let Some(secret) = self.secret_of_hole(hole) else { return };
                let token = token(secret, &self.blueprint.model.keyrings[keyring], *generation);
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
}

fn token(secret: &Secret, keyring: &Keyring, generation: u32) -> Zeroizing<String> {
    match keyring.kind {
        KeyringKind::StaticToken(_) => derivation::static_token(secret, &keyring.id, generation),
        _ => derivation::token(secret, &keyring.id, generation),
    }
}

/// The certificates that a sheet needs.
pub(super) fn certificates(sheet: &Sheet) -> Vec<usize> {
    let mut found = Vec::new();
    for hole in sheet.content.holes() {
        match hole {
            Hole::Certificates(positions) => found.extend(positions),
            Hole::Key(position) => found.push(*position),
            _ => {}
        }
    }
    found
}

/// The certificates whose keys a sheet needs.
pub(super) fn private(sheet: &Sheet) -> impl Iterator<Item = usize> {
    sheet
        .content
        .holes()
        .filter_map(|hole| if let Hole::Key(position) = hole { Some(*position) } else { None })
}
