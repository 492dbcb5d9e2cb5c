//! One unit (a host, a user, or the manifests for the API), from its sheets to its staged files.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::made_from::made_from;
use super::stopped::{Stopped, Unmade, mismatch};
use crate::catalog::{Class, Effect};
use crate::expand::Blueprint;
use crate::fill::{Credentials, Filled, Mismatch};
use crate::host::{Access, Memory};
use crate::render::{self, Content, Sheet};
use crate::resolve::NodeIndex;
use crate::specification::CertificateIndex;
use crate::values::{UnitId, hex};
use crate::write::{self, Entry, Session, TreePath, Unit, UnitName, WriteError};

/// One unit to be made.
#[derive(Debug, Clone, Copy)]
pub enum Job {
    /// What is applied to the API.
    Cluster,
    /// A host.
    Host(NodeIndex),
    /// A certificate that lies on no host.
    User(CertificateIndex),
}

/// A unit with the text of its files, and holes in it.
pub struct RenderedUnit {
    unit: UnitId,
    sheets: Vec<Sheet>,
}

/// A unit with the bytes of its files.
pub struct FilledUnit {
    unit: Unit,
    digests: Vec<(CertificateIndex, [u8; 32])>,
    made_from: Option<[u8; 32]>,
}

impl RenderedUnit {
    pub(super) fn unit(&self) -> &UnitId {
        &self.unit
    }

    pub(super) fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }
}

/// The files of a unit as its host will find them, `/` for the root of its tree; what others write is known to come.
///
/// # Errors
/// As [`fill`].
pub fn files(credentials: &Credentials<'_>, rendered: RenderedUnit) -> Result<(UnitName, Memory), Unmade> {
    let RenderedUnit { unit, sheets } = rendered;
    let (name, filled, _) = filled(credentials, &unit, &sheets)?;
    // What it was made from is for those that write it.
    let unit = written(credentials.blueprint(), name, (sheets, filled), &[])?;
    let mut files = Memory::default();
    for Entry { path, class, content, mode, owner, group, .. } in unit.entries {
        let access = Access { mode: Some(mode), owner: Some(owner), group: Some(group) };
        match content {
            write::Content::File(bytes) => files.file(path.as_str(), bytes, access),
            write::Content::Folder => files.folder(path.as_str(), access),
            write::Content::Nothing if class == write::Class::Runtime => files.made_later(path.as_str()),
            write::Content::Nothing => {}
        }
    }
    Ok((unit.name, files))
}

/// A unit whose files lie beside those that it will replace.
pub struct StagedUnit {
    pub(super) name: UnitName,
    /// The fingerprints of its certificates.
    pub(super) digests: Vec<(CertificateIndex, [u8; 32])>,
    /// What it is made from.
    pub(super) made_from: Option<[u8; 32]>,
}

/// All units of a blueprint.
pub(super) fn jobs(blueprint: &Blueprint<'_>) -> Vec<Job> {
    let hosts = blueprint.model.nodes.indices().map(Job::Host);
    let users = blueprint.certificates.indices().filter(|&i| blueprint.is_personal(i)).map(Job::User);
    hosts.chain(users).chain([Job::Cluster]).collect()
}

/// The unit of a job; none where only its sheets say it.
pub(super) fn unit_of(blueprint: &Blueprint<'_>, job: Job) -> Option<UnitId> {
    match job {
        Job::Host(node) => Some(blueprint.unit_of_node(node)),
        Job::Cluster => Some(UnitId::Cluster),
        Job::User(_) => None,
    }
}

/// Renders the sheets of a unit; none where there is nothing to write.
///
/// # Errors
/// What is wrong with a template or an expression.
pub fn render(blueprint: &Blueprint<'_>, job: Job) -> Result<Option<RenderedUnit>, Unmade> {
    let rendered = match job {
        Job::Host(node) => {
            let sheets = render::host(blueprint, node).map_err(Stopped::Diagnostics)?;
            Some((blueprint.unit_of_node(node), sheets))
        }
        Job::User(certificate) => render::user(blueprint, certificate),
        Job::Cluster => Some((UnitId::Cluster, render::cluster(blueprint).map_err(Stopped::Diagnostics)?)),
    };
    let rendered = rendered.filter(|(_, sheets)| !sheets.is_empty());
    Ok(rendered.map(|(unit, sheets)| RenderedUnit { unit, sheets }))
}

/// Issues the certificates of a unit and fills the holes of its sheets.
///
/// # Errors
/// A secret is missing, or what is made is not what the lock recorded.
pub fn fill(credentials: &Credentials<'_>, rendered: RenderedUnit) -> Result<FilledUnit, Unmade> {
    let RenderedUnit { unit, sheets } = rendered;
    let (name, filled, digests) = filled(credentials, &unit, &sheets)?;
    let made_from = made_from(credentials, &sheets, &digests.iter().copied().collect());
    let unit = written(credentials.blueprint(), name, (sheets, filled), &digests)?;
    Ok(FilledUnit { unit, digests, made_from })
}

type Made = (UnitName, Vec<Filled>, Vec<(CertificateIndex, [u8; 32])>);

fn filled(credentials: &Credentials<'_>, unit: &UnitId, sheets: &[Sheet]) -> Result<Made, Unmade> {
    let name = UnitName::new(&unit.to_string())?;
    match credentials.fill(sheets) {
        Err(Mismatch::Secret { secret, .. }) => Err(Unmade::Lacks(name, secret)),
        Err(error) => Err(mismatch(credentials.blueprint(), &error).into()),
        Ok((filled, digests)) => Ok((name, filled, digests)),
    }
}

/// Writes the files of a unit beside those that they will replace.
///
/// # Errors
/// The disk's.
pub fn stage(session: &Session, filled: FilledUnit) -> Result<StagedUnit, Unmade> {
    let FilledUnit { unit, digests, made_from } = filled;
    session.stage(&unit)?;
    Ok(StagedUnit { name: unit.name, digests, made_from })
}

/// What is written of sheets and what fills each of them; `digests` are those of the certificates made for the unit, in
/// their order.
///
/// # Errors
/// A path that no tree can have.
pub fn written(
    blueprint: &Blueprint<'_>,
    name: UnitName,
    (sheets, filled): (Vec<Sheet>, Vec<Filled>),
    digests: &[(CertificateIndex, [u8; 32])],
) -> Result<Unit, WriteError> {
    let lock = (!digests.is_empty()).then(|| digest(blueprint, digests));
    let entries: Result<Vec<Entry>, WriteError> =
        sheets.into_iter().zip(filled).map(|(sheet, filled)| entry(sheet, filled)).collect();
    Ok(Unit { name, lock, entries: entries? })
}

/// A digest of the lock's lines that a unit hangs on, so that it does not change with every lock.
fn digest(blueprint: &Blueprint<'_>, digests: &[(CertificateIndex, [u8; 32])]) -> String {
    let mut hash = Sha256::new();
    for (position, digest) in digests {
        hash.update(blueprint.certificates[*position].id.as_bytes());
        hash.update([0]);
        hash.update(digest);
    }
    hex(&hash.finalize())
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
