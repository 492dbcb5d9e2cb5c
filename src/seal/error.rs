//! The reasons why a file cannot be sealed or opened.

/// Why a file cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The feature is not there.
    #[error(
        "this pkiplan was built without age, so it cannot seal or open files; use a build with the feature `age`, or `age --decrypt` and `--secret-fd`"
    )]
    Absent,
    /// It is cut off, or somebody changed it.
    #[error("it is incomplete or was changed after it was sealed; restore it from git or a backup")]
    Torn,
    /// It was sealed with another passphrase.
    #[error("the passphrase is wrong")]
    Passphrase,
    /// It was sealed to other keys.
    #[error(
        "none of the keys opens it; give `--identity FILE` with the private key of one of its recipients"
    )]
    Keys,
    /// A passphrase that takes minutes or hours of work: an attack on whoever opens it.
    #[error("opening it takes more work than pkiplan allows")]
    Work,
    /// There is nobody to seal to, or the kinds do not go together.
    #[error("it cannot be sealed to these recipients")]
    Recipients,
}
