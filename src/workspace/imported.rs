//! Reads the imported keys next to a plan.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::bytes::of_file;
use super::expanded::Expanded;
use super::failure::Failure;
use super::files::sealed;
use super::opener::Opener;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::Blueprint;
use crate::fill::ImportedKeys;
use crate::issue::imported::{EncryptionKey, ImportedText, private_key};
use crate::issue::key::PrivateKey;
use crate::kubernetes::encryption_key_sizes;
use crate::resolve::{ImportedCertificate, ImportedKey, KeyringKind};
use crate::seal::is_sealed;
use crate::source::Span;
use crate::values::hex;
use crate::write::{Access, access_of_others};

/// The file of the key of a generation: `keyring.service-account-1.key`.
#[must_use]
pub fn key_file(folder: &Path, id: &str, generation: u32) -> PathBuf {
    folder.join(format!("{id}-{generation}.key"))
}

/// The file of the key of a certificate of a host or a client that others made: `certificate-9f86d081884c7d65.key`.
#[must_use]
pub fn leaf_key_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.key"))
}

/// The text of a key's file, or of the sealed one beside it; none if there is neither. Every imported key is
/// read here.
///
/// # Errors
/// It is there and cannot be read or opened.
pub fn read_key(path: &Path, opener: &Opener<'_>) -> Result<Option<Zeroizing<String>>, String> {
    let sealed = sealed(path);
    let Some(path) = [path, &sealed].into_iter().find(|path| path.symlink_metadata().is_ok()) else {
        return Ok(None);
    };
    let bytes = opener.file(path)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| format!("{} is not a key", path.display()))?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}

/// The imported keys of a plan that are at hand, each compared with the digest that the plan has. That one is
/// missing is reported when something needs it.
///
/// # Errors
/// What is there and cannot be opened, or is another key.
pub fn imported_keys(expanded: &mut Expanded<'_>, opener: &Opener<'_>) -> Result<ImportedKeys, Failure> {
    let (model, folder) = (expanded.blueprint.model, &expanded.opened.files.keys);
    let diagnostics = &mut expanded.diagnostics;
    let mut keys = ImportedKeys::default();
    for authority in &model.authorities {
        for (&generation, imported) in &authority.imported {
            let file = key_file(folder, &authority.id, generation);
            let place = Place { file, id: &authority.id, generation, span: imported.origin };
            if let Some(text) = place.text(opener, diagnostics) {
                place.pair(&text, imported.certificate.key_sha256(), &mut keys, diagnostics);
            }
        }
    }
    for imported in leaves(&expanded.blueprint) {
        let file = leaf_key_file(folder, &imported.name);
        let place = Place { file, id: &imported.name, generation: 1, span: imported.origin };
        if let Some(text) = place.text(opener, diagnostics)
            && let Some(key) = place.key(&text, imported.certificate.key_sha256(), diagnostics)
        {
            keys.leaves.insert(imported.name.clone(), Arc::new(key));
        }
    }
    for keyring in model.keyrings.values() {
        for (&generation, imported) in &keyring.imported {
            let file = key_file(folder, &keyring.id, generation);
            let place = Place { file, id: &keyring.id, generation, span: imported.origin };
            let Some(text) = place.text(opener, diagnostics) else { continue };
            match &keyring.kind {
                KeyringKind::Encryption(_) => place.encryption(&text, imported, &mut keys, diagnostics),
                KeyringKind::KeyPair(_) => place.pair(&text, imported.digest, &mut keys, diagnostics),
                kind => place.token(&text, (kind, imported.digest), &mut keys, diagnostics),
            }
        }
    }
    if diagnostics.has_errors() { Err(expanded.refuse([])) } else { Ok(keys) }
}

/// Reports keys of certificates of hosts and clients that others made which are another one's. What is not there, or is
/// sealed, is a build's matter.
pub fn review_plain_leaf_keys(expanded: &mut Expanded<'_>) {
    let folder = &expanded.opened.files.keys;
    for imported in leaves(&expanded.blueprint) {
        let file = leaf_key_file(folder, &imported.name);
        let Ok(bytes) = of_file(&file) else { continue };
        let Some(text) = std::str::from_utf8(&bytes).ok().filter(|_| !is_sealed(&bytes)) else { continue };
        let place = Place { file, id: &imported.name, generation: 1, span: imported.origin };
        place.key(text, imported.certificate.key_sha256(), &mut expanded.diagnostics);
    }
}

/// The certificates of hosts and clients that others made, each once.
fn leaves<'b>(blueprint: &'b Blueprint<'_>) -> Vec<&'b ImportedCertificate> {
    let all = blueprint.certificates.indices().filter_map(|position| blueprint.imported(position));
    let by_name: BTreeMap<&str, &ImportedCertificate> = all.map(|one| (&*one.name, one)).collect();
    by_name.into_values().collect()
}

/// Whose key it is, and where the plan says so.
struct Place<'a> {
    file: PathBuf,
    id: &'a Arc<str>,
    generation: u32,
    span: Span,
}

impl Place<'_> {
    fn text(&self, opener: &Opener<'_>, diagnostics: &mut Diagnostics) -> Option<Zeroizing<String>> {
        match read_key(&self.file, opener) {
            Ok(text) => text,
            Err(why) => {
                self.refuse(why, diagnostics);
                None
            }
        }
    }

    fn pair(&self, text: &str, digest: [u8; 32], keys: &mut ImportedKeys, diagnostics: &mut Diagnostics) {
        if let Some(key) = self.key(text, digest, diagnostics) {
            keys.pairs.insert((self.id.clone(), self.generation), Arc::new(key));
        }
    }

    /// The private key whose public half has this digest.
    fn key(&self, text: &str, digest: [u8; 32], diagnostics: &mut Diagnostics) -> Option<PrivateKey> {
        match private_key(text, || None) {
            Ok(key) if key.public().sha256() == digest => return Some(key),
            Ok(key) => self
                .another(&format!("its public key is sha256:{}", hex(&key.public().sha256())), diagnostics),
            Err(why) => self.refuse(format!("cannot use {}: {why}", self.file.display()), diagnostics),
        }
        None
    }

    fn encryption(
        &self,
        text: &str,
        imported: &ImportedKey,
        keys: &mut ImportedKeys,
        diagnostics: &mut Diagnostics,
    ) {
        let provider = imported.provider.as_deref().unwrap_or_default();
        match EncryptionKey::parse(text) {
            Some(key) if key.digest() == imported.digest => {
                let bytes = key.bytes().len();
                match encryption_key_sizes(provider, bytes) {
                    None => _ = keys.encryption.insert((self.id.clone(), self.generation), key),
                    Some(sizes) => self.refuse(
                        format!(
                            "the key in {} has {bytes} bytes, but `{provider}` needs {sizes}",
                            self.file.display()
                        ),
                        diagnostics,
                    ),
                }
            }
            Some(_) => self.another("its digest differs", diagnostics),
            None => {
                self.refuse(format!("{} is not an imported encryption key", self.file.display()), diagnostics)
            }
        }
    }

    /// A token or a password.
    fn token(
        &self,
        file: &str,
        (kind, digest): (&KeyringKind, [u8; 32]),
        keys: &mut ImportedKeys,
        diagnostics: &mut Diagnostics,
    ) {
        match ImportedText::parse(file) {
            Some(text) if text.digest() == digest => match kind.misfit(text.text()) {
                None => _ = keys.texts.insert((self.id.clone(), self.generation), text),
                Some(wanted) => {
                    self.refuse(
                        format!("the contents of {} are not {wanted}", self.file.display()),
                        diagnostics,
                    );
                }
            },
            Some(_) => self.another("its digest differs", diagnostics),
            None => {
                let message = format!("{} is not an imported `{}`", self.file.display(), kind.word());
                self.refuse(message, diagnostics);
            }
        }
    }

    fn another(&self, why: &str, diagnostics: &mut Diagnostics) {
        let message = format!("{} is not the key that was imported: {why}", self.file.display());
        self.refuse(message, diagnostics);
    }

    fn refuse(&self, message: String, diagnostics: &mut Diagnostics) {
        let help = "restore the file from a backup; import another key as another \
                    generation, or with another leaf certificate";
        diagnostics
            .push(Diagnostic::new(Code::ImportedKey, message).at(self.span, "imported here").help(help));
    }
}

/// The files of imported keys that are not sealed and that others may read or exchange: the plan says which keys they
/// hold, so that another one is found out.
#[must_use]
pub fn open_key_files(folder: &Path) -> Vec<(PathBuf, Access)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let plain = |path: &PathBuf| path.extension().is_none_or(|extension| extension != "age");
    let files = entries.map(|entry| entry.path()).filter(plain);
    let access = files.map(|path| (access_of_others(&path), path));
    let mut found: Vec<(PathBuf, Access)> =
        access.filter(|(access, _)| *access != Access::None).map(|(access, path)| (path, access)).collect();
    found.sort();
    found
}
