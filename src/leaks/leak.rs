//! The private data that was found, as types.

use std::fmt;
use std::ops::Range;

use zeroize::Zeroizing;

/// Something private.
pub struct Leak {
    /// The kind of what is private.
    pub what: What,
    /// How it is encoded, from the outside in.
    pub encodings: Vec<Encoding>,
    /// Which bytes of the file hold it.
    pub span: Range<usize>,
    /// The key in DER, where it is one that is not encrypted.
    pub key: Option<Zeroizing<Vec<u8>>>,
}

/// What is private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A secret of this program.
    Secret,
    /// A private key in the open.
    PrivateKey,
    /// A private key behind a password.
    EncryptedKey,
    /// A PKCS#12 file or a Java keystore with a private key.
    Keystore,
    /// A private key or token within a kubeconfig.
    Kubeconfig(Credential),
    /// A key that opens age files.
    AgeIdentity,
    /// A key that encrypts what the API server stores.
    EncryptionKey,
    /// A token that new nodes show.
    BootstrapToken,
    /// A row of a static token file.
    StaticToken,
    /// A token of a service account.
    ServiceAccountToken,
    /// A password of VRRP.
    VrrpPassword,
    /// A password in a Secret.
    SecretPassword,
    /// A key that opens the keys of a control plane, which kubeadm keeps in a Secret.
    CertificateKey,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// What a kubeconfig holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Credential {
    /// The key of a client's certificate.
    Key,
    /// A bearer token.
    Token,
    /// A password.
    Password,
}

impl What {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Secret => "a secret from which keys derive",
            Self::PrivateKey => "a private key",
            Self::EncryptedKey => "a private key behind a password",
            Self::Keystore => "a keystore with a private key",
            Self::Kubeconfig(Credential::Key) => "a kubeconfig with a private key",
            Self::Kubeconfig(Credential::Token) => "a kubeconfig with a token",
            Self::Kubeconfig(Credential::Password) => "a kubeconfig with a password",
            Self::AgeIdentity => "an age identity",
            Self::EncryptionKey => "a key that encrypts the API server's data",
            Self::BootstrapToken => "a bootstrap token",
            Self::StaticToken => "a static token",
            Self::ServiceAccountToken => "a service-account token",
            Self::VrrpPassword => "a password of VRRP",
            Self::SecretPassword => "a Secret with a password",
            Self::CertificateKey => "a key that opens the keys of a control plane",
        }
    }

    /// Whether it is a secret or a key; tokens and passwords may stand in a plan.
    #[must_use]
    pub fn is_key(self) -> bool {
        match self {
            Self::Secret
            | Self::PrivateKey
            | Self::EncryptedKey
            | Self::Keystore
            | Self::Kubeconfig(Credential::Key)
            | Self::AgeIdentity => true,
            Self::Kubeconfig(Credential::Token | Credential::Password)
            | Self::EncryptionKey
            | Self::BootstrapToken
            | Self::StaticToken
            | Self::ServiceAccountToken
            | Self::VrrpPassword
            | Self::SecretPassword
            | Self::CertificateKey => false,
        }
    }

    /// Whether it is so short that a digest of it would give it away.
    #[must_use]
    pub fn is_short(self) -> bool {
        matches!(self, Self::VrrpPassword | Self::SecretPassword | Self::Kubeconfig(Credential::Password))
    }
}

/// How something is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// RFC 4648, 4 and 5.
    Base64,
    /// Compressed, in gzip, zip, xz or bzip2.
    Archive,
    /// Digits in pairs, also as a dump of memory.
    Hexadecimal,
    /// Characters of two bytes.
    Utf16,
    /// Characters of four bytes.
    Utf32,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Base64 => "base64",
            Self::Archive => "an archive",
            Self::Hexadecimal => "hexadecimal digits",
            Self::Utf16 => "UTF-16",
            Self::Utf32 => "UTF-32",
        })
    }
}

impl fmt::Display for Leak {
    /// `a private key (in an archive, in base64)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        for (number, encoding) in self.encodings.iter().enumerate() {
            write!(f, "{}in {encoding}", if number == 0 { " (" } else { ", " })?;
        }
        f.write_str(if self.encodings.is_empty() { "" } else { ")" })
    }
}

/// What a rule finds, and where.
pub(super) struct Hit {
    pub(super) what: What,
    pub(super) span: Range<usize>,
    pub(super) key: Option<Zeroizing<Vec<u8>>>,
}

impl Hit {
    pub(super) fn new(what: What, span: Range<usize>) -> Self {
        Self { what, span, key: None }
    }
}
