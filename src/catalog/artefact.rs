//! The artefacts that a reference `@NAME.PART` can name.

/// An artefact of the same component, named in a flag or a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// `@authority.PURPOSE.PART`; the index is into [`super::Definition::purposes`].
    Authority(usize, PairPart),
    /// `@BUNDLE`
    Bundle(usize),
    /// `@CERTIFICATE.PART`
    Certificate(usize, PairPart),
    /// `@FILE`
    File(usize),
    /// `@KUBECONFIG`
    Kubeconfig(usize),
    /// `@KEYRING.PART`; the index is into [`super::Definition::keyrings`].
    Keyring(usize, KeyringPart),
}

/// One file of a certificate and its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PairPart {
    /// `.certificate`
    Certificate,
    /// `.key`
    Key,
}

/// One file of a key pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyringPart {
    /// `.private-key`: the one in use.
    PrivateKey,
    /// `.public-keys`: all that are trusted.
    PublicKeys,
}
