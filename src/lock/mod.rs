//! The lock: the public, readable record of the decisions of earlier builds, which is kept in git.
//!
//! Format 1 is TOML in one canonical form, so that the same content is always the same bytes: fixed order of sections
//! and keys, ids sorted by their bytes, one word of a specification on a line. [`Lock::parse`] reads this form with a
//! small reader of its own. Only if that reader fails does a full TOML parser run, which accepts any spelling of the
//! same content or reports what is wrong with it.

mod any_spelling;
mod compare;
mod merge;
mod piece;
mod record;
mod scan;
mod secrets;
mod text;
mod whole;
mod words;
mod write;

pub use compare::Change;
pub use merge::{Conflict, Merged, merge};
pub use piece::Piece;
pub use record::{CertificateRecord, FORMAT, KeyRecord, Lock, SecretRecord, Tombstone};
pub use text::escape;
pub use words::Words;

use crate::diagnostics::Diagnostics;
use crate::source::SourceId;

/// Whether a text is to be a lock of ours, whole or not: before anything else it says its format.
#[must_use]
pub fn is_lock(text: &str) -> bool {
    let says = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    says.and_then(|line| line.strip_prefix("format")).is_some_and(|rest| rest.trim_start().starts_with('='))
}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    /// Conflict markers, a newer format, a lock that was cut off, or anything else that is not a lock, each with
    /// its place.
    pub fn parse(text: &str, source: SourceId) -> Result<Self, Diagnostics> {
        let lock = scan::scan(text).map_or_else(|| any_spelling::read(text, source), Ok)?;
        match lock.forgotten() {
            Some(issuer) => Err(any_spelling::cut_off(text, source, &issuer)),
            None => Ok(lock),
        }
    }

    /// The canonical text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(write::length(self));
        write::write(self, &mut |piece| text.push_str(piece));
        text
    }

    /// Gives the bytes of the canonical text piece by piece: that of a hundred thousand hosts has 150 MB.
    pub fn pieces(&self, each: &mut dyn FnMut(&[u8])) {
        write::write(self, &mut |piece| each(piece.as_bytes()));
    }
}
