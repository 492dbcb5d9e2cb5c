//! What has to be done to make a staged unit visible.

use super::record::Recorded;
use super::seen::Seen;

/// A unit that is ready.
pub(super) struct Staged {
    pub(super) folder: Move,
    /// Whether a manifest for the time of the exchange is staged.
    pub(super) leaving: bool,
    pub(super) manifest: Replace,
    pub(super) checksums: Replace,
    pub(super) written: usize,
    pub(super) unchanged: usize,
    pub(super) removed: usize,
    /// What is recorded of a unit that was kept as it is.
    pub(super) recorded: Option<Recorded>,
    /// How it looked when its files were right; none where some of them were linked and not read again since.
    pub(super) seen: Option<Seen>,
}

impl Staged {
    /// A unit that stays as the record has it.
    pub(super) fn kept(recorded: Recorded) -> Self {
        Self {
            folder: Move::Stay,
            leaving: false,
            manifest: Replace::Keep,
            checksums: Replace::Keep,
            written: 0,
            unchanged: recorded.files,
            removed: 0,
            recorded: Some(recorded),
            seen: None,
        }
    }

    /// Files of ours that lie in its folder.
    pub(super) fn files(&self) -> usize {
        self.written + self.unchanged
    }

    /// Whether the unit stays as it is.
    pub(super) fn is_empty(&self) -> bool {
        self.folder == Move::Stay && self.manifest == Replace::Keep && self.checksums == Replace::Keep
    }
}

/// What happens to a unit's folder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    Stay,
    Appear,
    Exchange,
    Vanish,
}

/// What happens to a file beside a unit's folder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Replace {
    Keep,
    Put,
    Drop,
}
