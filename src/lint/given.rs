//! A file to be checked.

use zeroize::Zeroizing;

/// A file of others. Its bytes may be secret.
pub struct Given {
    /// What it is called in messages.
    pub name: String,
    /// Its path, from which its role may follow; beneath the host's root where there is a host.
    pub path: String,
    /// The host off which it was copied.
    pub host: Option<String>,
    /// Whether it was named itself, and not found in a folder: then it has to be something that is known.
    pub named: bool,
    /// Its permission bits; none where they say nothing.
    pub mode: Option<u32>,
    /// What it holds, or why it cannot be read.
    pub bytes: Result<Zeroizing<Vec<u8>>, String>,
}
