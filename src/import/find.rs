//! Decides which of the given files are imported.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::adopted::{Adopted, AdoptedKey};
use super::expected::{self, Fit, What};
use super::finder::{Finder, Request};
use super::found::Found;
use super::left::left;
use super::piece::{Piece, read_all, whose};
use crate::issue::key::{PrivateKey, PublicKey};
use crate::issue::verify::verify;
use crate::plan::Plan;
use crate::read::World;
use crate::resolve::KeyringKind;
use crate::stored::Stored;

/// Looks through files for what the plan can take over.
///
/// # Errors
/// A path that cannot be read, or a target that the plan does not have.
pub fn find(world: &dyn World, plan: &Plan, request: &Request<'_>) -> Result<Found, String> {
    let pieces = read_all(world, request.paths, request.passphrase)?;
    let mut finder =
        Finder { plan, request, pieces: &pieces, taken: BTreeSet::new(), found: Found::default() };
    match request.target {
        Some(target) => finder.target(target, world)?,
        None => {
            for path in request.paths.iter().filter(|path| world.list(path).is_ok()) {
                finder.folder(path);
            }
            finder.lone_key(world);
            finder.encryption(None)?;
        }
    }
    let Finder { taken, mut found, .. } = finder;
    found.left = left(&pieces, &taken, &found.adopted);
    Ok(found)
}

impl<'a> Finder<'a> {
    /// What a folder has of what a layout says.
    fn folder(&mut self, folder: &'a Path) {
        let plan = self.plan;
        let Some(fit) = expected::fit(plan, folder, self.pieces) else { return };
        let mut served: BTreeSet<Arc<str>> = BTreeSet::new();
        for expected in expected::expected(plan, fit.layout) {
            let (Some(key), certificates) = fit.pieces(&expected, self.pieces) else { continue };
            match &expected.what {
                What::Purpose(purpose) => {
                    let Some(certificate) = certificates.first() else { continue };
                    served.insert(purpose.clone());
                    let Some(&authority) = plan.model.purposes.get(purpose) else { continue };
                    let name = plan.model.authorities[authority].name.clone();
                    self.take_authority(&name, purpose, certificate, key);
                }
                What::Keyring(name) => self.pair(name, key),
            }
        }
        self.also_serve(&fit, &served);
    }

    /// Authorities that issued what a layout's lines say of other purposes, which have none of their own.
    fn also_serve(&mut self, fit: &Fit<'_>, served: &BTreeSet<Arc<str>>) {
        let (engine, sources) = (&self.plan.catalog.engine, &self.plan.sources);
        let mut evidence: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        for definition in self.plan.catalog.components.values() {
            let own = definition.layouts.get(&fit.layout.name);
            for certificate in definition.certificates.iter().filter(|c| !served.contains(&c.purpose)) {
                let artefact = (&*definition.name, "certificate", &*certificate.name, Some("certificate"));
                let path =
                    fit.layout.component(engine, sources, own, artefact).and_then(|p| fit.path(&p.value));
                let piece = self.pieces.iter().find(|piece| Some(&piece.path) == path.as_ref());
                let leaf = piece.and_then(|piece| piece.certificates.first()?.as_ref());
                let issuer = leaf.and_then(|leaf| self.found.adopted.iter().position(|a| issued(a, leaf)));
                evidence.extend(issuer.map(|issuer| (certificate.purpose.clone(), issuer)));
            }
        }
        let model = &self.plan.model;
        for (purpose, issuer) in evidence {
            let Some(serving) = model.authority_for(&purpose).map(|a| &model.authorities[a].name) else {
                continue;
            };
            if *serving != self.found.adopted[issuer].name {
                self.serve(issuer, purpose);
            }
        }
        let reported: Vec<Arc<str>> =
            self.found.adopted.iter().flat_map(|a| a.serves.iter().cloned()).collect();
        let missing = model.purposes.keys().filter(|purpose| {
            let serving = &model.authorities[model.purposes[*purpose]].name;
            !served.contains(*purpose) && !reported.contains(purpose) && !self.has("authority", serving)
        });
        let missing: Vec<String> = missing.map(|purpose| format!("`{purpose}`")).collect();
        if !missing.is_empty() {
            let note = format!(
                "no authority was found for {}, so the next build creates one; if an imported authority serves this purpose, add it to `serves` in its table",
                missing.join(", ")
            );
            self.found.notes.push(note);
        }
    }

    /// An authority that is imported serves a purpose beside those that it has in the plan.
    fn serve(&mut self, adopted: usize, purpose: Arc<str>) {
        let adopted = &mut self.found.adopted[adopted];
        if adopted.serves.is_empty() {
            let own = self.plan.model.authorities.iter().find(|authority| authority.name == adopted.name);
            adopted.serves.extend(own.into_iter().flat_map(|authority| authority.serves.iter().cloned()));
        }
        adopted.serves.push(purpose);
    }

    fn has(&self, table: &str, name: &str) -> bool {
        self.found.adopted.iter().any(|adopted| adopted.table == table && *adopted.name == *name)
    }

    /// A certificate and a key are an authority of the plan.
    fn take_authority(&mut self, name: &str, purpose: &Arc<str>, certificate: &'a Piece, key: &'a Piece) {
        self.taken.extend([certificate.path.as_path(), key.path.as_path()]);
        let Some(stored) = self.only_certificate(certificate) else { return };
        if !stored.authority {
            let why = "it is not a CA certificate: it lacks CA:TRUE, or its key usage does not allow signing";
            return self.problem(&certificate.path, why);
        }
        let Some(private) = self.readable(key) else { return };
        if private.public().sha256() != stored.key_sha256() {
            let why = format!("the key in {} is not this certificate's", key.path.display());
            return self.problem(&certificate.path, why);
        }
        let same = |adopted: &Adopted| matches!(&adopted.key, AdoptedKey::Authority(known, _) if known.key_sha256() == stored.key_sha256());
        if let Some(known) = self.found.adopted.iter().position(same) {
            // The same authority under another line: it serves both purposes.
            if *self.found.adopted[known].name != *name {
                self.serve(known, purpose.clone());
            }
            return;
        }
        if self.has("authority", name) {
            let why = format!(
                "two different authorities would both be `{name}`; give each one a table in the plan"
            );
            return self.problem(&certificate.path, why);
        }
        if !stored.is_root() {
            self.found.notes.push(format!(
                "{} is an intermediate: programs that need a root in their bundles cannot verify with it",
                certificate.path.display()
            ));
        }
        let key_made = AdoptedKey::Authority(Box::new(stored.clone()), private);
        self.adopt("authority", name, 1, key, key_made);
    }

    /// A certificate alone is an authority that issues nothing here: it stands above another one.
    fn certificate(&mut self, name: &str, piece: &'a Piece) {
        self.taken.insert(&piece.path);
        let Some(stored) = self.only_certificate(piece) else { return };
        if !stored.authority {
            let why = "it is not a CA certificate: it lacks CA:TRUE, or its key usage does not allow signing";
            return self.problem(&piece.path, why);
        }
        let key = AdoptedKey::Certificate(Box::new(stored.clone()));
        self.found.notes.push(format!(
            "{} is imported without its key, so it cannot issue anything here; if it has issued another CA of the plan, \
             write `issuer = \"{name}\"` in the table of that CA",
            piece.path.display()
        ));
        self.adopt("authority", name, 1, piece, key);
    }

    fn only_certificate(&mut self, piece: &'a Piece) -> Option<&'a Stored> {
        match piece.certificates.len() {
            0 => self.problem(&piece.path, "it contains no certificate"),
            1 => {
                if piece.certificate().is_none() {
                    self.problem(&piece.path, "its certificate cannot be read");
                }
            }
            count => {
                let why = format!(
                    "it contains {count} certificates; put the one that signs into a separate file, and give that with its key and `--as authority.NAME`"
                );
                self.problem(&piece.path, why);
            }
        }
        piece.certificate()
    }

    fn readable(&mut self, piece: &'a Piece) -> Option<Arc<PrivateKey>> {
        match &piece.key {
            Some(Ok(key)) => Some(Arc::clone(key)),
            Some(Err(why)) => {
                self.problem(&piece.path, why);
                None
            }
            None => {
                self.problem(&piece.path, "there is no private key in it");
                None
            }
        }
    }

    fn pair(&mut self, name: &str, piece: &'a Piece) {
        self.taken.insert(&piece.path);
        if let Some(key) = self.readable(piece) {
            self.adopt("keyring", name, 1, piece, AdoptedKey::Pair(key));
        }
    }

    /// The files are what the user says they are.
    fn target(&mut self, target: &str, world: &dyn World) -> Result<(), String> {
        let model = &self.plan.model;
        match target.split_once('.') {
            Some(("authority", name)) if model.authorities.iter().any(|a| *a.name == *name) => {
                let certificate = self.pieces.iter().find(|piece| !piece.certificates.is_empty());
                let key = self.pieces.iter().find(|piece| piece.key.is_some());
                match (certificate, key) {
                    (Some(certificate), Some(key)) => {
                        self.take_authority(name, &name.into(), certificate, key)
                    }
                    (None, _) => self.found.problems.push("none of the files is a certificate".to_owned()),
                    // A file that is no certificate was to be the key.
                    (Some(certificate), None)
                        if self.pieces.iter().all(|piece| !piece.certificates.is_empty()) =>
                    {
                        self.certificate(name, certificate);
                    }
                    (_, None) => self.found.problems.push("none of the files is a private key".to_owned()),
                }
            }
            Some(("keyring", name)) => match model.keyrings.get(name).map(|keyring| &keyring.kind) {
                Some(KeyringKind::KeyPair(_)) => match self.pieces.iter().find(|piece| piece.key.is_some()) {
                    Some(piece) => self.pair(name, piece),
                    None => self.found.problems.push("none of the files is a private key".to_owned()),
                },
                Some(KeyringKind::Encryption(_)) => self.encryption(Some(name))?,
                Some(
                    kind @ (KeyringKind::BootstrapToken(_)
                    | KeyringKind::Password(_)
                    | KeyringKind::StaticToken(_)),
                ) => self.text(name, kind, world)?,
                None => return Err(self.unknown(target)),
            },
            _ => return Err(self.unknown(target)),
        }
        Ok(())
    }

    fn unknown(&self, target: &str) -> String {
        let model = &self.plan.model;
        let authorities = model.authorities.iter().map(|authority| format!("authority.{}", authority.name));
        let known: Vec<String> =
            authorities.chain(model.keyrings.keys().map(|name| format!("keyring.{name}"))).collect();
        format!("the plan has no `{target}`; it has {}", known.join(", "))
    }

    /// A private key that is given as a file, and is no certificate's, can only be that of the key pair.
    fn lone_key(&mut self, world: &dyn World) {
        let pairs = self.plan.model.keyrings.iter();
        let mut pairs = pairs.filter(|(_, keyring)| matches!(keyring.kind, KeyringKind::KeyPair(_)));
        let (Some((name, _)), None) = (pairs.next(), pairs.next()) else { return };
        let (pieces, paths) = (self.pieces, self.request.paths);
        let mut lone = pieces.iter().filter(|piece| {
            paths.contains(&piece.path)
                && piece.key.is_some()
                && whose(piece, self.pieces).is_none()
                && world.list(&piece.path).is_err()
        });
        let (Some(piece), None) = (lone.next(), lone.next()) else { return };
        self.pair(name, piece);
    }
}

/// Whether an authority that is imported has signed a certificate.
fn issued(adopted: &Adopted, leaf: &Stored) -> bool {
    let AdoptedKey::Authority(authority, _) = &adopted.key else { return false };
    let key = PublicKey::of(authority);
    leaf.issuer == authority.subject && key.is_some_and(|key| verify(&leaf.der, &key).is_ok())
}
