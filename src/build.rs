//! From a blueprint to trees on the disk: decide, render, issue, fill, write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::catalog::{Class, Effect};
use crate::decide::{Draft, Member, Request, Wanted, WantedKey, check_epochs, decide, review_founders};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::Blueprint;
use crate::fill::{Credentials, Filled, KeyMaterial, Mismatch};
use crate::lock::Lock;
use crate::render::{self, Content, Sheet};
use crate::resolve::{Keyring, KeyringKind, NodeIndex};
use crate::source::Span;
use crate::specification::CertificateIndex;
use crate::stored::file_name;
use crate::values::{UnitId, hex};
use crate::write::{self, Entry, Session, Summary, TreePath, Unit, UnitName, WriteError};

/// Decides what of a blueprint is kept and what is made.
pub fn draft(
    blueprint: &Blueprint<'_>,
    previous: Option<&Lock>,
    lock_id: &str,
    request: &Request,
    diagnostics: &mut Diagnostics,
) -> Draft {
    let wanted = blueprint.certificates.map(|certificate| Wanted {
        id: &certificate.id,
        specification: &certificate.specification,
        issuer: certificate.issuer,
        stored: certificate.stored.as_deref(),
        plan: blueprint.plan_of(certificate),
        generation: certificate.generation,
        spread: certificate.spread,
        rotated: certificate.rotated,
        secret: certificate.secret,
        origin: Some(certificate.origin),
    });
    // An authority's imported keys are told by its certificates.
    let (none, imported) = (BTreeMap::new(), imported_digests(blueprint));
    let mut keys: Vec<WantedKey<'_>> = Vec::new();
    for authority in &blueprint.model.authorities {
        keys.push(WantedKey {
            id: &authority.id,
            kind: "authority",
            algorithm: Some(authority.key),
            validity: None,
            used: authority.generations.used,
            trust: &authority.generations.trust,
            imported: &none,
            secret: authority.secret,
            origin: authority.generations.origin.or(Some(authority.origin)),
        });
    }
    for keyring in blueprint.model.keyrings.values() {
        let (algorithm, validity) = match &keyring.kind {
            KeyringKind::BootstrapToken(token) => (None, token.validity),
            KeyringKind::KeyPair(algorithm) => (Some(*algorithm), None),
            KeyringKind::Encryption | KeyringKind::Password(_) | KeyringKind::StaticToken(_) => (None, None),
        };
        keys.push(WantedKey {
            id: &keyring.id,
            kind: keyring.kind.word(),
            algorithm,
            validity,
            used: keyring.generations.used,
            trust: &keyring.generations.trust,
            imported: imported.get(&keyring.name).unwrap_or(&none),
            secret: keyring.secret,
            origin: keyring.generations.origin.or(Some(keyring.origin)),
        });
    }
    if let Some(previous) = previous {
        let secrets = blueprint.model.secrets.iter();
        check_epochs(
            secrets.map(|(name, secret)| (*name, secret.epoch, secret.origin)),
            previous,
            diagnostics,
        );
    }
    if let Some(previous) = previous {
        review_founders(&members(blueprint), previous, diagnostics);
    }
    decide(&wanted, &keys, &blueprint.catalog_digests(), previous, lock_id, request, diagnostics)
}

/// The members of everything that can be joined.
fn members<'a>(blueprint: &'a Blueprint<'_>) -> Vec<Member<'a>> {
    let mut members = Vec::new();
    for (c, component) in blueprint.model.components.enumerate() {
        let definition = &component.definition;
        if definition.joins.is_none() {
            continue;
        }
        for (i, instance) in component.instances.enumerate() {
            let node = &blueprint.model.nodes[instance.node];
            let made =
                (0..definition.certificates.len()).filter_map(|k| blueprint.instance_certificate(c, i, k));
            members.push(Member {
                component: &definition.name,
                node: node.name.as_str(),
                ids: made.map(|made| &*blueprint.certificates[made].id).collect(),
                joins: blueprint.joins(c, i),
                setting: definition.joining_setting(),
                origin: node.origin,
            });
        }
    }
    members
}

/// The digests of the keyrings' imported generations, by keyring.
fn imported_digests(blueprint: &Blueprint<'_>) -> BTreeMap<Arc<str>, BTreeMap<u32, [u8; 32]>> {
    let digests = |keyring: &Keyring| keyring.imported.iter().map(|(g, key)| (*g, key.digest)).collect();
    let keyrings = &blueprint.model.keyrings;
    keyrings.iter().map(|(name, keyring)| (Arc::clone(name), digests(keyring))).collect()
}

/// What a build did.
pub struct Built {
    /// What was written.
    pub summary: Summary,
    /// The lock as it is now.
    pub lock: Lock,
    /// What could not be made and stays as it is, each with a secret that it lacks.
    pub left: Vec<(UnitName, String)>,
}

/// Why a build stopped; nothing visible has changed.
pub enum Stopped {
    /// Something is wrong with the catalog.
    Diagnostics(Vec<Diagnostic>),
    /// The disk.
    Write(WriteError),
}

impl<E: Into<WriteError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Stopped::Write(error.into())
    }
}

/// Makes all trees and writes them: every host is staged, then the lock is replaced, then the hosts are.
///
/// `before_commit` runs when everything is staged and nothing is visible yet.
///
/// # Errors
/// As [`Stopped`] says; nothing visible has changed then.
pub fn build(
    blueprint: &Blueprint<'_>,
    draft: Draft,
    key_material: &KeyMaterial,
    session: Session,
    before_commit: impl FnOnce(&Session) -> Result<(), WriteError>,
) -> Result<Built, Stopped> {
    let credentials =
        Credentials::prepare(blueprint, &draft, key_material).map_err(|error| mismatch(blueprint, &error))?;
    let trees = Trees { blueprint, credentials: &credentials, session: &session };
    let jobs: Vec<Job> = jobs(blueprint);
    let done: Vec<Result<Staged, Stopped>> = jobs.par_iter().map(|job| trees.stage(job)).collect();
    let mut names = BTreeSet::new();
    let mut digests: Vec<(CertificateIndex, [u8; 32])> = credentials.authority_digests().collect();
    let (mut failures, mut left) = (Vec::new(), Vec::new());
    for result in done {
        match result {
            Ok(Staged::Made(name, made)) => {
                names.insert(name);
                digests.extend(made);
            }
            Ok(Staged::Left(name, secret)) => left.push((name, secret)),
            Ok(Staged::Nothing) => {}
            Err(Stopped::Diagnostics(more)) => failures.extend(more),
            Err(stopped) => return Err(stopped),
        }
    }
    if !failures.is_empty() {
        return Err(Stopped::Diagnostics(failures));
    }
    if names.is_empty() && !left.is_empty() {
        return Err(nothing_made(&left));
    }
    // What cannot be made now stays as it is.
    names.extend(left.iter().map(|(name, _)| name.clone()));
    let key_digests: Vec<_> =
        credentials.key_digests().map(|(id, g, digest)| (id.clone(), g, digest)).collect();
    let certificates: BTreeMap<String, String> =
        credentials.authority_certificates().map(|(id, pem)| (file_name(id), pem)).collect();
    let mut lock = draft.lock;
    for (position, digest) in digests {
        lock.record(&blueprint.certificates[position].id, digest);
    }
    for (id, generation, digest) in key_digests {
        lock.record_key(&id, generation, digest);
    }
    let needed = lock.derives_from();
    for (name, secret) in key_material.secrets.iter().filter(|(name, _)| needed.contains(name)) {
        lock.record_secret(*name, secret.identity());
    }
    before_commit(&session)?;
    let text = lock.to_text();
    let files: Vec<(&str, &[u8])> =
        certificates.iter().map(|(name, pem)| (name.as_str(), pem.as_bytes())).collect();
    let summary = session.commit(Some(text.as_bytes()), &files, &names)?;
    Ok(Built { summary, lock, left })
}

/// One unit to be made.
enum Job {
    Cluster,
    Host(NodeIndex),
    User(CertificateIndex),
}

fn jobs(blueprint: &Blueprint<'_>) -> Vec<Job> {
    let hosts = blueprint.model.nodes.indices().map(Job::Host);
    let users = blueprint.certificates.indices().filter(|&i| blueprint.is_personal(i)).map(Job::User);
    hosts.chain(users).chain([Job::Cluster]).collect()
}

struct Trees<'a> {
    blueprint: &'a Blueprint<'a>,
    credentials: &'a Credentials<'a>,
    session: &'a Session,
}

/// What became of a unit.
enum Staged {
    /// It lacks a secret.
    Left(UnitName, String),
    /// It was made: the fingerprints of its certificates.
    Made(UnitName, Vec<(CertificateIndex, [u8; 32])>),
    /// There is nothing to write.
    Nothing,
}

impl Trees<'_> {
    fn stage(&self, job: &Job) -> Result<Staged, Stopped> {
        let (unit, sheets) = match job {
            Job::Host(node) => {
                let sheets = render::host(self.blueprint, *node).map_err(Stopped::Diagnostics)?;
                (self.blueprint.unit_of_node(*node), sheets)
            }
            Job::User(certificate) => match render::user(self.blueprint, *certificate) {
                Some(rendered) => rendered,
                None => return Ok(Staged::Nothing),
            },
            Job::Cluster => (UnitId::Cluster, render::cluster(self.blueprint).map_err(Stopped::Diagnostics)?),
        };
        if sheets.is_empty() {
            return Ok(Staged::Nothing);
        }
        let name = UnitName::new(&unit.to_string())?;
        let (filled, digests) = match self.credentials.fill(&sheets) {
            Err(Mismatch::Secret { secret, .. }) => return Ok(Staged::Left(name, secret)),
            filled => filled.map_err(|error| mismatch(self.blueprint, &error))?,
        };
        let lock = (!digests.is_empty()).then(|| self.digest(&digests));
        let entries: Result<Vec<Entry>, WriteError> =
            sheets.into_iter().zip(filled).map(|(sheet, filled)| entry(sheet, filled)).collect();
        self.session.stage(&Unit { name: name.clone(), lock, entries: entries? })?;
        Ok(Staged::Made(name, digests))
    }

    /// A digest of the lock's lines that this unit hangs on, so that it does not change with every lock.
    fn digest(&self, digests: &[(CertificateIndex, [u8; 32])]) -> String {
        let mut hash = Sha256::new();
        for (position, digest) in digests {
            hash.update(self.blueprint.certificates[*position].id.as_bytes());
            hash.update([0]);
            hash.update(digest);
        }
        hex(&hash.finalize())
    }
}

fn entry(sheet: Sheet, filled: Filled) -> Result<Entry, WriteError> {
    let units = |effect: Effect| -> Vec<Arc<str>> {
        let reactions = sheet.reactions.iter().filter(|reaction| reaction.effect == effect);
        reactions.map(|reaction| reaction.unit.clone()).collect()
    };
    let (restart, reload) = (units(Effect::Restart), units(Effect::Reload));
    let content = match (&sheet.content, filled.bytes) {
        (Content::Folder, _) => write::Content::Folder,
        (Content::Pieces(_), Some(bytes)) => write::Content::File(bytes),
        _ => write::Content::Nothing,
    };
    Ok(Entry {
        path: TreePath::new(&sheet.path)?,
        class: match sheet.class {
            Class::Absent => write::Class::Absent,
            Class::Managed => write::Class::Managed,
            Class::Runtime => write::Class::Runtime,
            Class::Seed => write::Class::Seed,
        },
        content,
        mode: sheet.mode,
        owner: sheet.owner.clone(),
        group: sheet.owner,
        artefact: sheet.artefact,
        restart,
        reload,
        keyed: filled.keyed,
    })
}

/// Not one unit could be made.
fn nothing_made(left: &[(UnitName, String)]) -> Stopped {
    let secrets: BTreeSet<&str> = left.iter().map(|(_, secret)| secret.as_str()).collect();
    let list = secrets.into_iter().map(|secret| format!("`{secret}`")).collect::<Vec<_>>().join(", ");
    let message = format!("nothing can be made: every host and user needs a secret that is not here: {list}");
    let help = "put it back, or say where it is (`--secret NAME=FILE`)";
    Stopped::Diagnostics(vec![Diagnostic::new(Code::MissingSecret, message).help(help)])
}

fn mismatch(blueprint: &Blueprint<'_>, error: &Mismatch) -> Stopped {
    let code = match error {
        Mismatch::Recorded { .. } | Mismatch::Key { .. } => Code::KeepMismatch,
        Mismatch::Issue { .. } => Code::CannotIssue,
        Mismatch::Imported { .. } => Code::ImportedKey,
        Mismatch::Secret { .. } => Code::MissingSecret,
    };
    let diagnostic = Diagnostic::new(code, error.to_string());
    let diagnostic = match error {
        Mismatch::Recorded { .. } => {
            diagnostic.help("bring back the lock and the secret that were used together")
        }
        Mismatch::Key { .. } => diagnostic.help(
            "bring back the lock and the secret that were used together, and the plan's `imported` line if there was one",
        ),
        Mismatch::Imported { id, generation } => diagnostic.help(format!(
            "something is signed with it or holds it: bring back `{id}-{generation}.key` into the folder of imported keys"
        )),
        Mismatch::Issue { .. } => diagnostic,
        Mismatch::Secret { id, .. } => diagnostic.help(format!(
            "it has to be issued, or its certificate is not beside the lock: bring the secret for this one build (`secret new` makes one that never was), or `{}` from git",
            file_name(id)
        )),
    };
    let origin = origin(blueprint, error);
    Stopped::Diagnostics(vec![match origin {
        Some(span) => diagnostic.at(span, "asked for here"),
        None => diagnostic,
    }])
}

/// What of the plan asks for what could not be made.
fn origin(blueprint: &Blueprint<'_>, error: &Mismatch) -> Option<Span> {
    let model = blueprint.model;
    match error {
        Mismatch::Recorded { id } | Mismatch::Issue { id, .. } | Mismatch::Secret { id, .. } => {
            blueprint.certificates.iter().find(|certificate| certificate.id == *id).map(|found| found.origin)
        }
        Mismatch::Key { id, .. } => {
            model.keyrings.values().find(|keyring| keyring.id == *id).map(|keyring| keyring.origin)
        }
        Mismatch::Imported { id, generation } => {
            let authority = model.authorities.iter().find(|authority| authority.id == *id);
            let keyring = model.keyrings.values().find(|keyring| keyring.id == *id);
            let certificate = authority.and_then(|authority| authority.imported.get(generation));
            let key = keyring.and_then(|keyring| keyring.imported.get(generation));
            certificate.map(|imported| imported.origin).or(key.map(|imported| imported.origin))
        }
    }
}
