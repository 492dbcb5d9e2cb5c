//! Errors while writing, each with what to do about it.

use super::path::{NameError, TreePath, UnitName};
use std::io;
use std::path::PathBuf;

/// Why nothing, or not everything, was written.
///
/// Whatever it is, every visible folder of a unit is whole, and the next build starts from there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The operating system refused an operation.
    #[error("cannot {action} `{}`: {source}; fix this and run it again; nothing was half-written", .path.display())]
    Io {
        /// What was tried, to be read after "cannot".
        action: &'static str,
        /// The file or folder that could not be used.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another build holds the lock of the trees.
    #[error("another build is writing `{}`; wait until it ends, and build again", .path.display())]
    Busy {
        /// The folder of the trees.
        path: PathBuf,
    },
    /// The folder of the trees holds something, and nothing says that it is ours.
    #[error(
        "`{}` is not empty and has no `.pkiplan` in it, so its contents are not pkiplan's; move it away or name another directory",
        .path.display()
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// The marker of the trees is not one that we know.
    #[error("`{}` was written by another version of pkiplan; build with that version, or move the folder away", .path.display())]
    OtherFormat {
        /// The marker.
        path: PathBuf,
    },
    /// A symbolic link lies where a file or a folder of ours belongs.
    #[error("`{}` is a symbolic link, which pkiplan does not follow; remove it and build again", .path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// Something of another kind lies where a file or a folder of ours belongs.
    #[error("`{}` is not {expected}; move it away and build again", .path.display())]
    Kind {
        /// What lies there.
        path: PathBuf,
        /// What belongs there: "a folder", "a file".
        expected: &'static str,
    },
    /// Something that pkiplan did not write lies where a file of ours belongs.
    #[error(
        "`{}` was not written by pkiplan, but `{artefact}` belongs there; move it away and build again",
        .path.display()
    )]
    Foreign {
        /// What lies there.
        path: PathBuf,
        /// What belongs there.
        artefact: String,
    },
    /// Two entries of one unit have one path.
    #[error("`{first}` and `{second}` are both at `{path}` of {unit}; give one of them another path")]
    Twice {
        /// The unit.
        unit: UnitName,
        /// The path.
        path: TreePath,
        /// One artefact.
        first: String,
        /// The other artefact.
        second: String,
    },
    /// A file lies where another entry needs a folder.
    #[error(
        "`{file}` is a file at `{path}` of {unit}, where `{below}` needs a directory; give one of them another path"
    )]
    Below {
        /// The unit.
        unit: UnitName,
        /// The path of the file.
        path: TreePath,
        /// The artefact of the file.
        file: String,
        /// The artefact that lies below it.
        below: String,
    },
    /// An entry contradicts itself.
    #[error("`{artefact}` at `{path}` of {unit}: {reason}")]
    Entry {
        /// The unit.
        unit: UnitName,
        /// The path.
        path: TreePath,
        /// The artefact.
        artefact: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A name that cannot lie in a tree.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A manifest of an earlier build cannot be understood.
    #[error(
        "`{}` is not a manifest that pkiplan can read ({reason}), so it cannot distinguish its own files from yours; restore it, or move it and the directory next to it away and build again",
        .path.display()
    )]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The file system keeps no modes, so a key would be open to everyone.
    #[error(
        "the file system of `{}` does not keep file modes, so private keys could be read by others; put the trees on another one",
        .path.display()
    )]
    NoModes {
        /// The folder of the trees.
        path: PathBuf,
    },
    /// The folder of the trees belongs to somebody else, who could exchange what is written there.
    #[error(
        "`{}` belongs to user {owner}, who could replace what a build writes there; make yourself the owner (`chown`), build as that user, or name another directory",
        .path.display()
    )]
    Stranger {
        /// The folder of the trees.
        path: PathBuf,
        /// The number of its owner.
        owner: u32,
    },
    /// Everybody may write in the folder of the trees.
    #[error(
        "anyone can write to `{0}` and replace what a build writes there; run `chmod go-w {0}`, or name another directory",
        .path.display()
    )]
    Open {
        /// The folder of the trees.
        path: PathBuf,
    },
    /// The units do not fit together: this is a mistake of the caller.
    #[error("unit {unit}: {reason}")]
    Unit {
        /// The unit.
        unit: UnitName,
        /// What is wrong.
        reason: &'static str,
    },
    /// A page replaces pages alone.
    #[error("`{}` exists and pkiplan did not write it, so it is not replaced; remove it, or name another file", .path.display())]
    NotAPage {
        /// What lies there.
        path: PathBuf,
    },
    /// A secret is never overwritten.
    #[error("`{}` already exists and is not overwritten: nothing can regenerate a lost secret", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
}
