//! Fills the holes of sheets with credentials.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::digest::digest;
use super::{Credentials, Mismatch};
use crate::issue::derivation::{self, static_token, token};
use crate::issue::key::PrivateKey;
use crate::issue::secret::Secret;
use crate::issue::{pem, pkcs12};
use crate::render::{Content, Entries, Filling, Form, Hole, KeyringItem, Piece, Sheet, Store, StorePassword};
use crate::resolve::{Keyring, KeyringKind};
use crate::specification::{CertificateIndex, CrlEncoding};
use crate::values::hex;

/// Bytes that are enough for any hole but a store, so that no secret is left behind where a buffer grew.
const HOLE: usize = 8192;

/// A sheet's file, and a digest to show where the file's own would give a short secret away.
pub struct Filled {
    /// The bytes; none for folders and for what is not ours to write.
    pub bytes: Option<Zeroizing<Vec<u8>>>,
    /// A keyed digest.
    pub keyed: Option<String>,
}

/// A certificate with its key, made for one host.
struct Pair {
    key: Arc<PrivateKey>,
    der: Vec<u8>,
}

impl Credentials<'_> {
    /// Fills the sheets of one host; also returns the fingerprints of the certificates made for it.
    ///
    /// # Errors
    /// When a certificate cannot be made, or is not what the lock recorded.
    #[allow(clippy::type_complexity, reason = "two lists that are taken apart at once")]
    pub fn fill(
        &self,
        sheets: &[Sheet],
    ) -> Result<(Vec<Filled>, Vec<(CertificateIndex, [u8; 32])>), Mismatch> {
        let mut pairs: BTreeMap<CertificateIndex, Pair> = BTreeMap::new();
        for certificate in sheets.iter().flat_map(certificates) {
            if !self.authorities.contains_key(&certificate) && !pairs.contains_key(&certificate) {
                pairs.insert(certificate, self.leaf(certificate)?);
            }
        }
        self.keyrings_are_there(sheets)?;
        for position in sheets.iter().flat_map(private).filter(|i| self.authorities.contains_key(i)) {
            self.signer(position)?;
        }
        for position in sheets.iter().flat_map(|sheet| sheet.content.holes()).filter_map(signer_of_crl) {
            self.signer(position)?;
        }
        let filled = sheets.iter().map(|sheet| self.sheet(sheet, &pairs)).collect();
        let digests =
            pairs.iter().map(|(position, pair)| (*position, Sha256::digest(&pair.der).into())).collect();
        Ok((filled, digests))
    }

    /// A certificate of a host or a client with its key: made here, or by others.
    fn leaf(&self, certificate: CertificateIndex) -> Result<Pair, Mismatch> {
        let made = &self.blueprint.certificates[certificate];
        if let Some(stored) = &made.stored {
            let key = self.key_material.imported.leaves.get(&made.key_id).cloned();
            let missing = || Mismatch::Leaf { id: made.id.clone(), file: made.key_id.clone() };
            return Ok(Pair { key: key.ok_or_else(missing)?, der: stored.der.clone() });
        }
        let key = Arc::new(self.key(certificate)?);
        let der = self.issue(certificate, &key)?;
        Ok(Pair { key, der })
    }

    /// Whether everything is at hand that goes into the sheets from keyrings.
    fn keyrings_are_there(&self, sheets: &[Sheet]) -> Result<(), Mismatch> {
        for sheet in sheets {
            for hole in sheet.content.holes() {
                let (name, generations) = match &hole.filling {
                    Filling::Keyring { name, item, generations } if item.needs_key() => {
                        (name, generations.as_slice())
                    }
                    Filling::Store(store) => match &store.password {
                        StorePassword::Keyring(name, generation) => (name, std::slice::from_ref(generation)),
                        StorePassword::Declared(_) => continue,
                    },
                    _ => continue,
                };
                let keyring = &self.blueprint.model.keyrings[name];
                // What was imported derives from nothing, but a digest of it is keyed.
                let derives =
                    |g: &&u32| !keyring.imported.contains_key(*g) || sheet.content.has_short_secret();
                for &generation in generations.iter().filter(derives) {
                    self.keyring_secret(keyring, generation)?;
                }
            }
        }
        Ok(())
    }

    fn sheet(&self, sheet: &Sheet, pairs: &BTreeMap<CertificateIndex, Pair>) -> Filled {
        let Content::Pieces(pieces) = &sheet.content else { return Filled { bytes: None, keyed: None } };
        let length = |piece: &Piece| if let Piece::Text(text) = piece { text.len() } else { HOLE };
        let mut bytes = Zeroizing::new(Vec::with_capacity(pieces.iter().map(length).sum()));
        for piece in pieces {
            match piece {
                Piece::Text(text) => bytes.extend_from_slice(text.as_bytes()),
                Piece::Hole(hole) => self.hole(hole, pairs, &mut bytes),
            }
        }
        let secret = || sheet.content.holes().find_map(|hole| self.secret_of_filling(&hole.filling));
        let secret = sheet.content.has_short_secret().then(secret).flatten();
        let keyed = secret.map(|secret| hex(&derivation::keyed_digest(secret, &bytes)));
        Filled { bytes: Some(bytes), keyed }
    }

    /// The secret from which the private bytes of a keyring derive.
    fn secret_of_filling(&self, filling: &Filling) -> Option<&Secret> {
        match filling {
            Filling::Keyring { name, item, generations } if item.is_secret() => {
                self.keyring_secret(&self.blueprint.model.keyrings[name], *generations.first()?).ok()
            }
            Filling::Store(store) => match &store.password {
                StorePassword::Keyring(name, generation) => {
                    self.keyring_secret(&self.blueprint.model.keyrings[name], *generation).ok()
                }
                StorePassword::Declared(_) => None,
            },
            _ => None,
        }
    }

    /// Writes what fills a hole in the form that it wants.
    fn hole(&self, hole: &Hole, pairs: &BTreeMap<CertificateIndex, Pair>, bytes: &mut Zeroizing<Vec<u8>>) {
        match hole.form {
            Form::Text => self.text(&hole.filling, pairs, bytes),
            Form::Base64 => {
                let mut text = Zeroizing::new(Vec::with_capacity(HOLE));
                self.text(&hole.filling, pairs, &mut text);
                let encoded = Zeroizing::new(Base64::encode_string(&text));
                bytes.extend_from_slice(encoded.as_bytes());
            }
        }
    }

    fn text(
        &self,
        filling: &Filling,
        pairs: &BTreeMap<CertificateIndex, Pair>,
        bytes: &mut Zeroizing<Vec<u8>>,
    ) {
        match filling {
            Filling::Certificates(positions) => {
                for der in positions.iter().filter_map(|position| self.der(*position, pairs)) {
                    bytes.extend_from_slice(pem::encode("CERTIFICATE", der).as_bytes());
                }
            }
            Filling::Crl(position, encoding) => {
                let Some(der) = self.crls.get(position) else { return };
                match encoding {
                    CrlEncoding::Der => bytes.extend_from_slice(der),
                    CrlEncoding::Pem => bytes.extend_from_slice(pem::encode("X509 CRL", der).as_bytes()),
                }
            }
            Filling::Digest(artefacts) => {
                bytes.extend_from_slice(digest(self.blueprint, self.draft, artefacts).as_bytes());
            }
            Filling::Key(position) => {
                if let Some(key) = self.private(*position, pairs) {
                    bytes.extend_from_slice(key.to_pkcs8_pem().as_bytes());
                }
            }
            Filling::Store(store) => {
                if let Some(store) = self.store(store, pairs) {
                    bytes.extend_from_slice(&store);
                }
            }
            Filling::Keyring { name, item, generations } => {
                let keyring = &self.blueprint.model.keyrings[name];
                for &generation in generations {
                    let text = self.item(keyring, *item, generation).unwrap_or_default();
                    bytes.extend_from_slice(text.as_bytes());
                }
            }
        }
    }

    fn der<'p>(
        &'p self,
        position: CertificateIndex,
        pairs: &'p BTreeMap<CertificateIndex, Pair>,
    ) -> Option<&'p [u8]> {
        let authority = self.authorities.get(&position).map(|made| &*made.der);
        authority.or_else(|| pairs.get(&position).map(|pair| &*pair.der))
    }

    fn private<'p>(
        &'p self,
        position: CertificateIndex,
        pairs: &'p BTreeMap<CertificateIndex, Pair>,
    ) -> Option<&'p PrivateKey> {
        let authority = self.authorities.get(&position).and_then(|made| made.key.as_deref());
        authority.or_else(|| pairs.get(&position).map(|pair| &*pair.key))
    }

    /// A PKCS#12 file; none if what it takes is not at hand, which was found out before.
    fn store(&self, store: &Store, pairs: &BTreeMap<CertificateIndex, Pair>) -> Option<Zeroizing<Vec<u8>>> {
        let password = match &store.password {
            StorePassword::Declared(text) => Zeroizing::new(text.to_string()),
            StorePassword::Keyring(name, generation) => {
                let keyring = &self.blueprint.model.keyrings[name];
                self.item(keyring, KeyringItem::Password, *generation)?
            }
        };
        let der = |position: &CertificateIndex| self.der(*position, pairs);
        match &store.entries {
            Entries::Key { alias, chain } => {
                let key = self.private(*chain.first()?, pairs)?;
                let chain: Vec<&[u8]> = chain.iter().filter_map(der).collect();
                Some(pkcs12::key_store(alias, key, &chain, &password))
            }
            Entries::Trusted(positions) => {
                let alias = |position: &CertificateIndex| &*self.blueprint.certificates[*position].id;
                let trusted: Vec<(&str, &[u8])> =
                    positions.iter().filter_map(|at| Some((alias(at), der(at)?))).collect();
                Some(pkcs12::trust_store(&trusted, &password))
            }
        }
    }

    /// An item of a keyring as text; none if what it takes is not at hand, which was found out before.
    fn item(&self, keyring: &Keyring, item: KeyringItem, generation: u32) -> Option<Zeroizing<String>> {
        let id = &keyring.id;
        let imported = self.key_material.imported.texts.get(&(id.clone(), generation));
        let secret = || self.keyring_secret(keyring, generation).ok();
        match item {
            KeyringItem::EncryptionKey => {
                let key = match self.key_material.imported.encryption.get(&(id.clone(), generation)) {
                    Some(imported) => Base64::encode_string(imported.bytes()),
                    None => Base64::encode_string(&*derivation::encryption_key(secret()?, id, generation)),
                };
                Some(Zeroizing::new(key))
            }
            KeyringItem::NotAfter => {
                let not_after = self.draft.lock.keys.get(id)?.not_after.get(&generation)?;
                Some(Zeroizing::new(not_after.to_string()))
            }
            KeyringItem::Password => match keyring.kind {
                _ if imported.is_some() => {
                    imported.map(|imported| Zeroizing::new(imported.text().to_owned()))
                }
                KeyringKind::Password(length) => {
                    Some(derivation::password(secret()?, id, generation, length))
                }
                _ => None,
            },
            KeyringItem::PrivateKey => Some(self.key_pair(keyring, generation)?.to_pkcs8_pem()),
            KeyringItem::PublicKey => {
                Some(Zeroizing::new(self.key_pair(keyring, generation)?.public().to_pem()))
            }
            KeyringItem::Token | KeyringItem::TokenId | KeyringItem::TokenSecret => {
                let token = match (imported, &keyring.kind) {
                    (Some(imported), _) => Zeroizing::new(imported.text().to_owned()),
                    (None, KeyringKind::StaticToken(_)) => static_token(secret()?, id, generation),
                    (None, _) => token(secret()?, id, generation),
                };
                let (id, secret) = token.split_once('.').unwrap_or(("", &token));
                Some(match item {
                    KeyringItem::TokenId => Zeroizing::new(id.to_owned()),
                    KeyringItem::TokenSecret => Zeroizing::new(secret.to_owned()),
                    _ => token,
                })
            }
        }
    }

    fn key_pair(&self, keyring: &Keyring, generation: u32) -> Option<&PrivateKey> {
        self.pairs.get(&keyring.name)?.get(&generation).map(|key| &**key)
    }
}

/// The certificates that a sheet needs.
fn certificates(sheet: &Sheet) -> Vec<CertificateIndex> {
    sheet.content.holes().flat_map(|hole| hole.filling.certificates()).copied().collect()
}

/// The certificates whose keys a sheet needs.
fn private(sheet: &Sheet) -> impl Iterator<Item = CertificateIndex> {
    sheet.content.holes().filter_map(|hole| hole.filling.key())
}

/// The certificate whose key signs the revocation list in a hole.
fn signer_of_crl(hole: &Hole) -> Option<CertificateIndex> {
    match hole.filling {
        Filling::Crl(position, _) => Some(position),
        _ => None,
    }
}
