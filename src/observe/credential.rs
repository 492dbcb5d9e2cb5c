//! The credentials that a program presents, and the authorities that it trusts.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::command::{Unknown, Unread};
use super::inputs::{Input, Inputs, Said};
use super::kubeconfig::{self, Kubeconfig, Named};
use super::material::Store;
use crate::catalog::{self, SeenDial};
use crate::wiring::{Credential, Held, Missing, Pool, Slot, Trust};

impl Inputs<'_> {
    /// Certificate and key that flags name.
    pub(super) fn pair(&self, store: &Store, dial: &SeenDial) -> Credential {
        let certificate = dial.certificate.as_ref().and_then(|slot| self.chain(store, slot));
        let key = dial.key.as_ref().and_then(|slot| self.key(slot));
        match (certificate, key) {
            (Some(certificate), Some(key)) => Credential::Pair { certificate, key },
            _ => Credential::Nobody,
        }
    }

    pub(super) fn trusted(&self, store: &Store, dial: &SeenDial) -> Trust {
        if !dial.verifies {
            return Trust::Everybody(None);
        }
        if let Some(slot) = self.unverified(dial) {
            return Trust::Everybody(Some(slot));
        }
        match dial.trusts.as_ref().and_then(|slot| self.pool(store, slot)) {
            Some(pool) => Trust::Pool(pool),
            None if dial.needs_trust => {
                let slot = dial.trusts.as_ref().map(|slot| self.absent(slot));
                Trust::Everybody(slot)
            }
            None => Trust::System,
        }
    }

    /// What says that no server is verified; where lines of several servers differ, all are taken for verified.
    fn unverified(&self, dial: &SeenDial) -> Option<Slot> {
        let (slot, value) = dial.unverified.as_ref()?;
        let said = self.said(slot)?;
        said.values.iter().all(|known| known.text == *value).then_some(said.slot)
    }

    /// None where nothing names one.
    pub(super) fn kubeconfig(
        &mut self,
        slot: &catalog::Slot,
    ) -> Option<Result<(Said, Kubeconfig), Held<Pool>>> {
        let mut said = self.said(slot)?;
        let input = said.values.first()?.clone();
        if let (Some(Unknown { why, .. }), Some(at)) = (&input.unknown, &input.at) {
            self.unread.push(Unread::new(at.clone(), &**why));
        }
        let text = self.held(&said.slot, &input, |bytes| {
            let text =
                std::str::from_utf8(bytes).map_err(|_| Missing::Wrong("it is not UTF-8".to_owned()))?;
            Ok(Zeroizing::new(text.to_owned()))
        });
        said.access.clone_from(&text.access);
        let path = Arc::clone(&text.at.path);
        let read = match &text.content {
            Ok(text) => kubeconfig::parse(&path, text)
                .map_err(|unread| (Some(unread.place), Missing::Wrong(unread.why))),
            Err(missing) => Err((None, missing.clone())),
        };
        Some(match read {
            Ok(read) => {
                for refused in &read.refused {
                    self.refuse(&refused.place, &refused.why);
                }
                Ok((said, read))
            }
            Err((at, missing)) => {
                let at = at.unwrap_or(text.at);
                Err(Held { slot: text.slot, at, access: text.access, content: Err(missing) })
            }
        })
    }

    pub(super) fn trust(&self, store: &Store, said: &Said, read: &Kubeconfig) -> Trust {
        if let Some(place) = &read.insecure {
            let name = Arc::from(format!("{} insecure-skip-tls-verify", said.slot.name));
            return Trust::Everybody(Some(Slot { name, at: Some(place.clone()) }));
        }
        match &read.authority {
            Some(material) => {
                Trust::Pool(self.material(said, "certificate-authority", material, |pem| store.chain(pem)))
            }
            None => Trust::System,
        }
    }

    pub(super) fn credential(&self, store: &Store, said: &Said, read: &Kubeconfig) -> Credential {
        let name = |field: &str| Arc::from(format!("{} {field}", said.slot.name));
        // An API server believes the certificate if it can, and asks for the token else
        // (k8s.io/apiserver/pkg/authentication/request/union).
        if read.token.is_some() && read.certificate.is_some() {
            return Credential::Unknown(
                "it has a certificate and a token, but one of them is enough".to_owned(),
            );
        }
        if let Some((token, place)) = &read.token {
            let digest = Sha256::digest(token.as_bytes()).into();
            return Credential::Token { digest, slot: Slot { name: name("token"), at: Some(place.clone()) } };
        }
        match (&read.certificate, &read.key) {
            (Some(certificate), key) => {
                let certificate =
                    self.material(said, "client-certificate", certificate, |pem| store.chain(pem));
                let key = match key {
                    Some(key) => self.material(said, "client-key", key, Store::key),
                    None => Held {
                        slot: Slot { name: name("client-key"), at: Some(certificate.at.clone()) },
                        at: certificate.at.clone(),
                        access: None,
                        content: Err(Missing::Wrong("there is a certificate but no key".to_owned())),
                    },
                };
                Credential::Pair { certificate, key }
            }
            (None, _) if read.exec.is_some() => {
                Credential::Unknown("a program fetches its credential".to_owned())
            }
            (None, _) if read.token_file.is_some() => {
                Credential::Unknown("its token is in a file".to_owned())
            }
            (None, _) if read.password.is_some() => Credential::Unknown("it has a password".to_owned()),
            (None, _) => Credential::Nobody,
        }
    }

    fn material<T>(
        &self,
        said: &Said,
        field: &str,
        material: &kubeconfig::Material,
        take: impl FnOnce(&[u8]) -> Result<T, Missing>,
    ) -> Held<T> {
        let name: Arc<str> = format!("{} {field}", said.slot.name).into();
        match material {
            kubeconfig::Material::File(Named { text, place }) => {
                let slot = Slot { name, at: Some(place.clone()) };
                let input = Input {
                    text: Arc::clone(text),
                    at: Some(place.clone()),
                    section: None,
                    unknown: None,
                    of_host: false,
                };
                self.held(&slot, &input, take)
            }
            kubeconfig::Material::Embedded { bytes, place } => {
                let slot = Slot { name, at: Some(place.clone()) };
                Held { slot, at: place.clone(), access: said.access.clone(), content: take(bytes) }
            }
        }
    }
}
