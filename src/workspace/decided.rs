//! The third step: all decisions with their inputs, which `build` carries out and `lock` writes.

use std::path::PathBuf;

use super::expanded::Expanded;
use super::failure::Failure;
use super::files::PlanFiles;
use super::given::Which;
use super::opened::read_lock;
use crate::decide::{Action, Draft, Request};
use crate::diagnostics::{Code, Diagnostic};
use crate::expand::Blueprint;
use crate::lock::Lock;
use crate::report::Decisions;
use crate::source::Sources;
use crate::values::Instant;
use crate::write::{Options, Session, Site, Text};

/// Decisions; nothing is written yet.
pub struct Decided<'a> {
    /// What they were made from, with what there is to say so far.
    pub expanded: Expanded<'a>,
    /// The lock that is there.
    pub previous: Option<&'a Lock>,
    /// The next lock, and what becomes of each certificate.
    pub draft: Draft,
    pub(super) request: Request,
}

/// A folder that nothing makes.
const NO_CERTIFICATES: &str = ".no-certificates";

impl<'a> Decided<'a> {
    /// What lies beside the plan.
    #[must_use]
    pub fn files(&self) -> &'a PlanFiles {
        &self.expanded.opened.files
    }

    /// What the plan wants.
    #[must_use]
    pub fn blueprint(&self) -> &Blueprint<'a> {
        &self.expanded.blueprint
    }

    /// What reports are made of.
    #[must_use]
    pub fn decisions(&self) -> Decisions<'_> {
        Decisions { blueprint: &self.expanded.blueprint, previous: self.previous, draft: &self.draft }
    }

    /// The text of the lock, where it stays as it is.
    #[must_use]
    pub fn unchanged(&self) -> Option<&'a str> {
        let lock = self.expanded.opened.lock.as_ref().filter(|_| self.previous == Some(&self.draft.lock));
        lock.map(|lock| &*lock.text)
    }

    /// When it was decided.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.request.at
    }

    /// All texts that were read.
    #[must_use]
    pub fn sources(&self) -> &'a Sources {
        self.expanded.opened.sources()
    }

    /// Why there is no going on, with the lock as the place.
    #[must_use]
    pub fn refuse_lock(&self, message: String, help: String) -> Failure {
        let diagnostic = Diagnostic::new(Code::LockSecret, message).help(help);
        self.expanded.refuse([match self.expanded.lock_place() {
            Some(place) => diagnostic.at(place, "this lock"),
            None => diagnostic,
        }])
    }

    /// Refuses to begin anew where trees say that there was a lock.
    ///
    /// # Errors
    /// There are trees and no lock.
    pub fn needs_its_lock(&self) -> Result<(), Failure> {
        let files = self.files();
        if self.previous.is_some() || !files.has_units() {
            return Ok(());
        }
        let (lost, help) = if files.secret_at(Which::default()).is_some() {
            (
                "no lock",
                "restore the lock from git; without it, every certificate would be reissued, \
                 and retired keys could return. If it is lost for good, move the trees away, then run \
                 `pkiplan lock` and `pkiplan secret share`. To start a new PKI, move trees and secret away",
            )
        } else {
            ("neither lock nor secret", "restore both, or move the trees away to start a new PKI")
        };
        let message = format!("there are trees in {} but {lost}", files.trees.display());
        Err(self.expanded.refuse([Diagnostic::new(Code::LockSecret, message).help(help)]))
    }

    /// Refuses dates that go back by more than `slack` seconds: then the clock is wrong, since nothing is issued before what
    /// it follows.
    ///
    /// # Errors
    /// A certificate that would begin before the one that it follows.
    pub fn goes_forward(&self, slack: i64) -> Result<(), Failure> {
        let Some(previous) = self.previous else { return Ok(()) };
        let all = self.draft.certificates.iter().zip(&self.blueprint().certificates);
        let made = all.filter(|(new, _)| matches!(new.action, Action::Reissue { .. } | Action::Renew { .. }));
        let back = made.filter_map(|(new, certificate)| {
            let old = previous.certificates.get(&certificate.id)?;
            (new.not_before.unix() + slack < old.not_before.unix()).then_some((certificate, old, new))
        });
        let Some((certificate, old, new)) = back.max_by_key(|(_, old, _)| old.not_before) else {
            return Ok(());
        };
        let message = format!(
            "the clock says {}, but {} starts at {}, and a new certificate starts at {}: its dates would go \
             back; set the clock, wait, or give the time with `--at`",
            self.at(),
            certificate.id,
            old.not_before,
            new.not_before
        );
        Err(message.into())
    }

    /// Writes the decisions down and makes nothing of them yet. Says whether the lock is another one now.
    ///
    /// # Errors
    /// The lock cannot be written, or is no longer the one that was read.
    pub fn write_lock(&self) -> Result<bool, Failure> {
        let changed = self.previous != Some(&self.draft.lock);
        if changed {
            let text: &Text<'_> = &|each| self.draft.lock.pieces(each);
            self.begin()?.commit_lock(text).map_err(|error| error.to_string())?;
        }
        Ok(changed)
    }

    /// Takes the lock of the trees.
    ///
    /// # Errors
    /// The plan's lock is no longer the one that was read, or another run writes the trees.
    pub fn begin(&self) -> Result<Session, Failure> {
        self.begin_with(self.files().certificates.clone())
    }

    /// The same for one of several runs that may go on at the same time: it leaves the certificates beside the lock alone.
    ///
    /// # Errors
    /// As above.
    pub fn begin_shard(&self) -> Result<Session, Failure> {
        self.begin_with(self.files().trees.join(NO_CERTIFICATES))
    }

    fn begin_with(&self, certificates: PathBuf) -> Result<Session, Failure> {
        let files = self.files();
        let site = Site { trees: files.trees.clone(), lock: files.lock.clone(), certificates };
        let session = Session::begin(&site, Options::default()).map_err(|error| error.to_string())?;
        let read = self.expanded.opened.lock.as_ref().map(|lock| &*lock.text);
        if read_lock(self.expanded.opened.world, &files.lock)?.as_deref() != read {
            return Err("another run has just replaced the lock; try again".to_owned().into());
        }
        Ok(session)
    }
}
