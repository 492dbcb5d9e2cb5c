//! Reads the certificates and keys that inputs name.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::inputs::{Input, Inputs};
use crate::host::{File, Place, Why};
use crate::issue::imported::private_key;
use crate::issue::key_error::KeyError;
use crate::issue::pem;
use crate::judge::shown;
use crate::wiring::{Chain, Der, Held, Interned, Key, Missing, Pool, Slot};

/// Certificates and chains, each once.
#[derive(Default)]
pub(super) struct Store {
    ders: Interned<[u8]>,
    chains: Interned<[Der]>,
}

/// PEM that was found.
pub(super) struct Pem {
    pub(super) text: Zeroizing<Vec<u8>>,
    pub(super) at: Place,
    pub(super) access: Option<(u32, Arc<str>)>,
}

impl Store {
    /// Certificates in the order of a file, as loaders of Kubernetes and etcd read them: other blocks do not count, and
    /// one that Go cannot read spoils all.
    pub(super) fn chain(&self, pem: &[u8]) -> Result<Chain, Missing> {
        let wrong = |why: String| Missing::Wrong(why);
        let text = std::str::from_utf8(pem).map_err(|_| wrong("it is not PEM".to_owned()))?;
        let mut ders = Vec::new();
        for block in pem::blocks(text).iter().filter(|block| block.label == "CERTIFICATE") {
            if let Err(what) = shown(&block.der) {
                let number = ders.len() + 1;
                return Err(wrong(format!("certificate {number} in it cannot be read: {what}")));
            }
            ders.push(self.ders.get(&block.der));
        }
        if ders.is_empty() {
            return Err(wrong("it contains no certificate".to_owned()));
        }
        Ok(self.chains.get(&ders))
    }

    /// The first private key of a file.
    pub(super) fn key(pem: &[u8]) -> Result<Key, Missing> {
        let wrong = |why: &str| Missing::Wrong(why.to_owned());
        let text = std::str::from_utf8(pem).map_err(|_| wrong("it is not PEM"))?;
        let key = private_key(text, || None).map_err(|error| match error {
            KeyError::Kind(_) => Missing::Unknown(error.to_string()),
            other => Missing::Wrong(other.to_string()),
        })?;
        let private = key.to_pkcs8_pem();
        Ok(Key { public: key.public().spki_der().into(), private: Some(Arc::new(private)) })
    }

    /// Public keys of a file: public keys, and those of certificates and private keys (keyutil.ParsePublicKeysPEM).
    pub(super) fn public_keys(pem: &[u8]) -> Result<Vec<Key>, Missing> {
        let text = std::str::from_utf8(pem).map_err(|_| Missing::Wrong("it is not PEM".to_owned()))?;
        let mut keys = Vec::new();
        for block in pem::blocks(text) {
            match &*block.label {
                "PUBLIC KEY" => keys.push(Key { public: block.der.as_slice().into(), private: None }),
                "CERTIFICATE" => {
                    let shown = shown(&block.der).map_err(|what| {
                        Missing::Wrong(format!("a certificate in it cannot be read: {what}"))
                    })?;
                    keys.push(Key { public: shown.public_key.into(), private: None });
                }
                label if label.ends_with("PRIVATE KEY") => keys.push(Self::key(pem)?),
                _ => {}
            }
        }
        if keys.is_empty() {
            Err(Missing::Wrong("there is no public key in it".to_owned()))
        } else {
            Ok(keys)
        }
    }
}

impl Inputs<'_> {
    /// What a file holds that an input names.
    pub(super) fn held<T>(
        &self,
        slot: &Slot,
        input: &Input,
        read: impl FnOnce(&[u8]) -> Result<T, Missing>,
    ) -> Held<T> {
        let said = input.at.clone().unwrap_or_else(|| self.command.place.clone());
        let missing =
            |at: Place, missing| Held { slot: slot.clone(), at, access: None, content: Err(missing) };
        if let Some(unknown) = &input.unknown {
            return missing(said, Missing::Unknown(unknown.why.to_string()));
        }
        match self.open(&input.text, input.of_host) {
            Ok(pem) => Held { slot: slot.clone(), at: pem.at, access: pem.access, content: read(&pem.text) },
            Err((at, why)) => missing(at.unwrap_or(said), why),
        }
    }

    /// Opens a file as the program sees it.
    fn open(&self, path: &str, of_host: bool) -> Result<Pem, (Option<Place>, Missing)> {
        let located = if of_host { Ok(Arc::from(path)) } else { self.locate(path) };
        let path = located.map_err(|why| (None, Missing::Wrong(why)))?;
        let at = Place::file(Arc::clone(&path));
        if let Some(why) = self.shut(&path) {
            return Err((Some(at), Missing::Wrong(why)));
        }
        match self.files.read(&path) {
            Ok(Some(File { bytes, mode, owner, .. })) => Ok(Pem { text: bytes, at, access: mode.zip(owner) }),
            Ok(None) if self.files.is_made_later(&path) => Err((Some(at), Missing::MadeLater)),
            Ok(None) if self.files.knows(&path) => Err((Some(at), Missing::Absent)),
            Ok(None) => Err((Some(at), Missing::Unknown("it was not given".to_owned()))),
            Err(problem) => {
                let why = problem.why.to_string();
                let missing = match problem.why {
                    Why::TooLarge(_) | Why::TooMany(_) | Why::System(_) => Missing::Unknown(why),
                    _ => Missing::Wrong(why),
                };
                Err((Some(at), missing))
            }
        }
    }

    /// Why the program's user does not get to a path: a folder on the way lets in others alone. Groups are not known here.
    fn shut(&self, path: &str) -> Option<String> {
        let user = self.command.user.as_ref().filter(|user| !matches!(&***user, "root" | "0"))?;
        path.match_indices('/').skip(1).find_map(|(end, _)| {
            let folder = path.get(..end)?;
            let status = self.files.status(folder).ok()??;
            let (mode, owner) = (status.mode?, status.owner.unwrap_or_else(|| "root".into()));
            let bit = if owner == *user { 0o100 } else { 0o011 };
            (mode & bit == 0).then(|| {
                format!("{folder} belongs to {owner} with mode {mode:04o}, so {user} cannot enter it")
            })
        })
    }

    /// The chain that a slot names.
    pub(super) fn chain(&self, store: &Store, slot: &crate::catalog::Slot) -> Option<Held<Chain>> {
        let said = self.said(slot)?;
        let input = said.values.first()?;
        Some(self.held(&said.slot, input, |pem| store.chain(pem)))
    }

    /// The pool that a slot names.
    pub(super) fn pool(&self, store: &Store, slot: &crate::catalog::Slot) -> Option<Held<Pool>> {
        self.chain(store, slot)
    }

    /// The private key that a slot names.
    pub(super) fn key(&self, slot: &crate::catalog::Slot) -> Option<Held<Key>> {
        let said = self.said(slot)?;
        let input = said.values.first()?;
        Some(self.held(&said.slot, input, Store::key))
    }

    /// The public keys that a slot names, file by file.
    pub(super) fn public_keys(&self, slot: &crate::catalog::Slot) -> Vec<Held<Vec<Key>>> {
        let Some(said) = self.list(slot) else { return Vec::new() };
        said.values.iter().map(|input| self.held(&said.slot, input, Store::public_keys)).collect()
    }
}
