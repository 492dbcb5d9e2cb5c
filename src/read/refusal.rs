//! The reasons why an existing file is not read.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// The reason; it comes as the inner error of an [`io::Error`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It does not lie beneath the folder within which a plan may name files.
    Outside(PathBuf),
    /// A device, a FIFO, a socket or a folder: its name.
    NotAFile(&'static str),
    /// Larger than [`LARGEST`].
    TooLarge,
    /// It is part of a git repository's own files.
    OfGit,
    /// It is part of built trees, which hold private keys.
    OfTrees,
    /// A link whose target has another extension: a template is no link to something else.
    OtherKind(PathBuf),
    /// It holds something private, in words.
    Private(&'static str),
    /// It was exchanged for another file while it was opened.
    Exchanged,
}

/// No file that is read is larger, in bytes: the lock of a hundred thousand hosts is smaller.
pub const LARGEST: u64 = 256 << 20;
/// Bytes of a plan: one of twenty thousand nodes, each with a table of its own, has fewer.
pub(super) const LARGEST_PLAN: usize = 8 << 20;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Outside(root) => write!(f, "it is not below {}", root.display()),
            Refusal::NotAFile(kind) => write!(f, "it is {kind}, not a regular file"),
            Refusal::TooLarge => write!(f, "it is larger than {} MiB", LARGEST >> 20),
            Refusal::OfGit => f.write_str("it belongs to git itself"),
            Refusal::OfTrees => f.write_str("it is in built trees, which contain private keys"),
            Refusal::OtherKind(target) => {
                let name = target.file_name().unwrap_or_default().to_string_lossy();
                write!(f, "it is a link to a file with another extension, `{name}`")
            }
            Refusal::Private(what) => write!(f, "it holds {what}"),
            Refusal::Exchanged => f.write_str("it was replaced while pkiplan read it; try again"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        io::Error::other(refusal)
    }
}

impl Refusal {
    /// The refusal behind an error, if it is one.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// What a person can do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Refusal::Outside(root) => Some(format!(
                "a plan may only name files within {}: the nearest directory above it with `.git` or \
                 `pkiplan.root`, or its own directory. Set another one with `--root DIR`, or add a shared directory with `--allow DIR`",
                root.display()
            )),
            Refusal::Private(_) | Refusal::OfTrees => Some(
                "pkiplan never reads a private file in place of another one; name another file".to_owned(),
            ),
            _ => None,
        }
    }
}
