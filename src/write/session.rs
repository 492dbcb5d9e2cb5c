//! One build: from locking the trees until everything is visible, or everything is as before.

use super::access::stranger;
use super::certificates::Certificates;
use super::change::UnitChange;
use super::disk::{Disk, Fault, PRIVATE};
use super::error::WriteError;
use super::folder::{Folder, mode_of};
use super::layout::Layout;
use super::lock_file::LockFile;
use super::look::{Names, Shared};
use super::manifest::{Beside, Kind, Leaving, Ours};
use super::marker::{self, Marker};
use super::path::UnitName;
use super::record::{Record, Recorded};
use super::secret::{open_parent, write_with};
use super::seen::Seen;
use super::staged::{Move, Replace, Staged};
use super::staging::{self, Staging};
use super::survey::{Survey, survey};
use super::unit::Unit;
use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Where everything lies.
#[derive(Clone, Debug)]
pub struct Site {
    /// The folder of the trees.
    pub trees: PathBuf,
    /// The lock.
    pub lock: PathBuf,
    /// The folder of the certificates beside the lock.
    pub certificates: PathBuf,
}

/// How to write.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Whether to wait for the disk before the lock is replaced. Without it a power cut can leave torn files.
    pub sync: bool,
    /// A disk that fails, for tests.
    pub fault: Option<Fault>,
}

impl Default for Options {
    fn default() -> Self {
        Self { sync: true, fault: None }
    }
}

/// A build that is under way. Dropped without a commit, it leaves everything as it was.
pub struct Session {
    pub(super) sync: bool,
    pub(super) trees: Arc<Folder>,
    pub(super) lock: LockFile,
    pub(super) certificates: Certificates,
    pub(super) staging: Staging,
    /// Where the folder of the trees lies, if this session made it.
    pub(super) made: Option<(Folder, OsString)>,
    visible: Mutex<BTreeMap<String, Arc<Folder>>>,
    units: Mutex<Units>,
    /// What an earlier build left; read when it is first asked for.
    pub(super) record: OnceLock<Record>,
    pub(super) names: Shared,
    /// Dropped last, with which the lock of the trees ends.
    _marker: Marker,
}

/// The units so far.
#[derive(Default)]
struct Units {
    /// `None` while a unit is staged, and for ever if that failed.
    staged: BTreeMap<UnitName, Option<Staged>>,
    groups: BTreeSet<String>,
}

type Done<T = ()> = Result<T, WriteError>;

impl Session {
    /// Takes the lock of the trees, or says at once that another build has it, and ends what a crashed one
    /// left.
    ///
    /// Begin before the lock file and the certificates are read: another build may be about to replace them,
    /// and certificates that a crashed one did not get to put in place appear here.
    pub fn begin(site: &Site, options: Options) -> Done<Self> {
        let disk = Disk::new(options.fault);
        let (parent, name) = open_parent(&disk, &site.trees)?;
        let is_new = parent.stat(name)?.is_none();
        let trees = parent.open_or_make(name, 0o700)?;
        is_safe(&trees, is_new)?;
        let marker = marker::take(&trees)?;
        let session = Self {
            sync: options.sync,
            lock: LockFile::open(&disk, &site.lock)?,
            certificates: Certificates::open(&disk, &site.certificates)?,
            trees: Arc::new(trees),
            staging: Staging::default(),
            made: is_new.then(|| (parent, name.to_owned())),
            visible: Mutex::default(),
            units: Mutex::default(),
            record: OnceLock::new(),
            names: Shared::default(),
            _marker: marker,
        };
        session.clean()?;
        Ok(session)
    }

    /// Writes a secret that did not exist, as [`write_new_secret`](super::write_new_secret) does.
    pub fn write_new_secret(&self, path: &Path, bytes: &[u8]) -> Done {
        write_with(self.trees.disk(), path, bytes, PRIVATE)
    }

    /// Compares a unit with what lies on disk, and makes what differs beside it. Many threads may do that at
    /// once.
    pub fn stage(&self, unit: &Unit) -> Done<UnitChange> {
        self.register(&unit.name)?;
        let (staged, change) = self.prepare(unit)?;
        self.units().staged.insert(unit.name.clone(), Some(staged));
        Ok(change)
    }

    /// Notes a unit that stays as the record has it.
    pub(super) fn stays(&self, unit: &UnitName, recorded: Recorded) -> Done {
        self.register(unit)?;
        self.units().staged.insert(unit.clone(), Some(Staged::kept(recorded)));
        Ok(())
    }

    fn prepare(&self, unit: &Unit) -> Done<(Staged, UnitChange)> {
        let name = &unit.name;
        let mut layout = Layout::new(unit)?;
        let beside = Beside::new(unit);
        let group = self.visible(name.group())?;
        let manifest = beside.manifest(&[]);
        let before = group.as_ref().and_then(|group| Seen::before(group, name, &self.names).ok());
        let earlier = read_earlier(group.as_deref(), name, &manifest)?;
        let folder = match &group {
            Some(group) => group.open(name.base())?,
            None => None,
        };
        // While the manifest stays as it is, what it lists is what is to be there.
        let ours = match &earlier {
            Earlier::Same => None,
            Earlier::Other(ours) => Some(ours),
        };
        let found = survey(folder.as_ref(), &mut layout, ours)?;
        let leaving = match ours {
            Some(ours) if found.differs => leaving(ours, &layout),
            _ => Vec::new(),
        };
        let checksums = beside.checksums();
        let mut staged = Staged {
            folder: match (found.differs, found.exists) {
                (false, _) => Move::Stay,
                (true, false) => Move::Appear,
                (true, true) => Move::Exchange,
            },
            leaving: !leaving.is_empty(),
            manifest: if ours.is_none() { Replace::Keep } else { Replace::Put },
            checksums: compare_checksums(group.as_deref(), name, checksums.as_deref(), ours)?,
            written: found.written,
            unchanged: found.unchanged,
            removed: found.removed,
            recorded: None,
            seen: None,
        };
        if !staged.is_empty() {
            let (at, modes) = (self.staging.group(&self.trees, name.group())?, &self.staging.modes);
            if staged.folder != Move::Stay {
                staging::build(&at, name.base(), &layout, &found, folder.as_ref(), modes)?;
            }
            if staged.leaving {
                let leaving = beside.manifest(&leaving);
                modes.create(&at, format!(".{}.json", name.base()), PRIVATE, &leaving)?;
            }
            if staged.manifest == Replace::Put {
                modes.create(&at, format!("{}.json", name.base()), PRIVATE, &manifest)?;
            }
            if let (Replace::Put, Some(checksums)) = (staged.checksums, &checksums) {
                modes.create(&at, format!("{}.sha256", name.base()), PRIVATE, checksums)?;
            }
        }
        staged.seen = match staged.folder {
            _ if staged.is_empty() => before,
            // A checksum list that stays was left by somebody: only what is written now is known to be right.
            Move::Appear if staged.checksums == Replace::Put || checksums.is_none() => {
                self.seen_new(name, &layout, staged.checksums).ok()
            }
            _ => None,
        };
        let change = reported(name, &staged, found);
        Ok((staged, change))
    }

    /// Looks at a unit that was made from nothing.
    fn seen_new(&self, unit: &UnitName, layout: &Layout<'_>, checksums: Replace) -> Done<Seen> {
        let names = self.names.one(Names::of_new(layout, checksums == Replace::Put));
        Seen::staged(&*self.staging.group(&self.trees, unit.group())?, unit, names)
    }

    /// Notes a unit, and refuses one that has no place.
    fn register(&self, name: &UnitName) -> Done {
        let mut units = self.units();
        let (group, base) = (name.group(), name.base());
        let reason = if group.is_empty() && units.groups.contains(base) {
            Some("it is also the directory of other units; give it another name")
        } else if units.staged.contains_key(group) {
            Some("a unit has the same name as its directory; give one of them another name")
        } else {
            None
        };
        if let Some(reason) = reason {
            return Err(WriteError::Unit { unit: name.clone(), reason });
        }
        if !group.is_empty() && !units.groups.contains(group) {
            units.groups.insert(group.to_owned());
        }
        match units.staged.entry(name.clone()) {
            Slot::Vacant(slot) => _ = slot.insert(None),
            Slot::Occupied(_) => {
                return Err(WriteError::Unit { unit: name.clone(), reason: "it is staged twice" });
            }
        }
        Ok(())
    }

    /// The visible folder of a group, if there is one.
    pub(super) fn visible(&self, group: &str) -> Done<Option<Arc<Folder>>> {
        if group.is_empty() {
            return Ok(Some(Arc::clone(&self.trees)));
        }
        let mut visible = self.visible.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = visible.get(group) {
            return Ok(Some(Arc::clone(folder)));
        }
        let Some(folder) = self.trees.open(group)?.map(Arc::new) else { return Ok(None) };
        visible.insert(group.to_owned(), Arc::clone(&folder));
        Ok(Some(folder))
    }

    /// Everything that was staged, or the first unit that could not be.
    pub(super) fn take_staged(&self) -> Done<BTreeMap<UnitName, Staged>> {
        let all = std::mem::take(&mut self.units().staged);
        all.into_iter()
            .map(|(unit, staged)| match staged {
                Some(staged) => Ok((unit, staged)),
                None => {
                    Err(WriteError::Unit { unit, reason: "it could not be staged, so nothing is written" })
                }
            })
            .collect()
    }

    fn units(&self) -> MutexGuard<'_, Units> {
        self.units.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what was begun, by this build or by an earlier one.
    pub(super) fn clean(&self) -> Done {
        let lock = self.lock.clean();
        let certificates = self.certificates.settle(&self.lock);
        let trees = staging::clean(&self.trees);
        lock.and(certificates).and(trees).and(Record::clean(&self.trees))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // What cannot be cleaned now the next build cleans, and says what is in its way.
        let _ = self.clean();
    }
}

/// Whether nobody else may exchange what is written into the trees.
fn is_safe(trees: &Folder, is_new: bool) -> Done {
    let path = || trees.path().to_owned();
    let stat = trees.stat(".")?.filter(|_| !is_new);
    // What was just made has its mode, unless the file system keeps none, which is reported where files are made.
    let Some(stat) = stat else { return Ok(()) };
    if let Some(owner) = stranger(&stat) {
        return Err(WriteError::Stranger { path: path(), owner });
    }
    if mode_of(&stat) & 0o002 != 0 {
        return Err(WriteError::Open { path: path() });
    }
    Ok(())
}

/// What an earlier manifest says.
enum Earlier {
    /// Exactly what the new one says.
    Same,
    Other(Ours),
}

fn read_earlier(group: Option<&Folder>, name: &UnitName, manifest: &[u8]) -> Done<Earlier> {
    let file = format!("{}.json", name.base());
    let Some(group) = group else { return Ok(Earlier::Other(Ours::none())) };
    match group.read(&file)? {
        None => Ok(Earlier::Other(Ours::none())),
        Some(text) if *text == manifest => Ok(Earlier::Same),
        Some(text) => match Ours::read(&text, name.as_str()) {
            Ok(ours) => Ok(Earlier::Other(ours)),
            Err(reason) => Err(WriteError::Manifest { path: group.place(&file), reason }),
        },
    }
}

fn compare_checksums(
    group: Option<&Folder>,
    name: &UnitName,
    new: Option<&[u8]>,
    ours: Option<&Ours>,
) -> Done<Replace> {
    let file = format!("{}.sha256", name.base());
    let old = match group {
        Some(group) => group.read(&file)?,
        None => None,
    };
    match (old, new) {
        (None, None) => Ok(Replace::Keep),
        (Some(old), Some(new)) if *old == new => Ok(Replace::Keep),
        // The list is written after the manifest, so without a manifest it is not ours.
        (Some(_), _) if ours.is_some_and(Ours::is_new) => Err(WriteError::Foreign {
            path: group.map(|group| group.place(&file)).unwrap_or_default(),
            artefact: format!("the checksum list of {name}"),
        }),
        (_, Some(_)) => Ok(Replace::Put),
        (_, None) => Ok(Replace::Drop),
    }
}

/// What was ours and is not in the next folder.
fn leaving(ours: &Ours, layout: &Layout<'_>) -> Vec<Leaving> {
    ours.leaving(|path, kind| {
        layout.nodes.get(path).is_some_and(|node| node.bytes().is_some() == (kind == Kind::File))
    })
}

fn reported(name: &UnitName, staged: &Staged, found: Survey) -> UnitChange {
    UnitChange {
        unit: name.clone(),
        written: staged.written,
        unchanged: staged.unchanged,
        removed: staged.removed,
        beside: staged.manifest != Replace::Keep || staged.checksums != Replace::Keep,
        paths: found.paths,
    }
}
