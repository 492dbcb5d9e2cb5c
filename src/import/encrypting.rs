//! Finds out how the running cluster encrypts stored data, so that the plan continues in the same way.

use std::sync::Arc;

use super::adopted::{AdoptedKey, Encrypting};
use super::encryption::{Encryption, Found};
use super::finder::Finder;
use super::piece::Piece;
use crate::issue::imported::EncryptionKey;
use crate::resolve::Keyring;
use crate::values::PlainText;

impl<'a> Finder<'a> {
    /// Looks for the keys that encrypted what the cluster stores.
    pub(super) fn encryption(&mut self, target: Option<&str>) -> Result<(), String> {
        let mut files = self.pieces.iter().filter(|piece| piece.encryption.is_some());
        let (piece, more) = (files.next(), files.next());
        let Some(piece) = piece else {
            match target {
                Some(_) => {
                    self.found.problems.push("none of the files is an EncryptionConfiguration".to_owned());
                }
                None => self.goes_on_in_plain_text(),
            }
            return Ok(());
        };
        self.taken.insert(&piece.path);
        if let Some(more) = more {
            self.problem(
                &more.path,
                format!("{} also contains encryption keys; give only one of them", piece.path.display()),
            );
            return Ok(());
        }
        let name = match (target, self.encrypting()) {
            (Some(target), _) => Arc::from(target),
            (None, Some(only)) => only.name.clone(),
            (None, None) => {
                self.problem(&piece.path, "say with `--as keyring.NAME` which keyring it is");
                return Ok(());
            }
        };
        match &piece.encryption {
            Some(Ok(encryption)) => self.encryption_keys(&name, piece, encryption),
            Some(Err(why)) => {
                self.problem(&piece.path, why);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The key that writes gets the highest generation, so that the order of the file stays what it was.
    fn encryption_keys(&mut self, name: &str, piece: &'a Piece, found: &Encryption) -> Result<(), String> {
        let shown = piece.path.display();
        self.found.notes.extend(found.notes.iter().map(|note| format!("{shown}: {note}")));
        for (generation, named) in (1..).zip(found.keys.iter().rev()) {
            let key = match named {
                Found::Key(named) => AdoptedKey::Encryption {
                    key: EncryptionKey::new(named.key.clone(), (self.request.random)()?),
                    provider: named.provider.clone(),
                    name: named.name.clone(),
                },
                Found::Plugin(kms) => AdoptedKey::Plugin(kms.clone()),
            };
            self.adopt("keyring", name, generation, piece, key);
        }
        let keys = u32::try_from(found.keys.len()).map_err(|_| "too many keys".to_owned())?;
        let resources = if found.resources == ["secrets"] { Vec::new() } else { found.resources.clone() };
        let encrypting = Encrypting { keyring: name.into(), keys, plain_text: found.plain_text, resources };
        self.found.encrypting = Some(encrypting);
        Ok(())
    }

    /// The one keyring of the plan that encrypts.
    fn encrypting(&self) -> Option<&'a Keyring> {
        let keyrings = self.plan.model.keyrings.values();
        let mut encrypting = keyrings.filter(|keyring| keyring.kind.encrypts());
        encrypting.next().filter(|_| encrypting.next().is_none())
    }

    /// A cluster whose authorities are imported, and that has no EncryptionConfiguration, stores plain text. What the
    /// first API server of the plan encrypts, the others could not read.
    fn goes_on_in_plain_text(&mut self) {
        let imports_authorities = self.found.adopted.iter().any(|adopted| adopted.table == "authority");
        let silent = |keyring: &&Keyring| keyring.generations.origin.is_none() && keyring.imported.is_empty();
        let Some(keyring) = self.encrypting().filter(silent) else { return };
        if !imports_authorities || !self.request.is_first {
            return;
        }
        let name = keyring.name.clone();
        self.found.notes.push(format!(
            "there is no EncryptionConfiguration, so `keyring.{name}` continues to store plain text; if \
             the cluster encrypts, import that file, too"
        ));
        self.found.encrypting = Some(Encrypting {
            keyring: name,
            keys: 0,
            plain_text: PlainText::Written,
            resources: Vec::new(),
        });
    }
}
