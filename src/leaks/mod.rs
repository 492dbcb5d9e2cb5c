//! Finds what is private in bytes, whatever the file is called and however it is encoded: secrets, private keys,
//! tokens and passwords, also within base64, hexadecimal digits, UTF-16 and archives.
//!
//! Modelled on the rules and decoders of gitleaks (<https://github.com/gitleaks/gitleaks>). A rule asks for the
//! structure of what it finds, so that certificates, public keys, digests and placeholders are left alone.

mod age;
mod archive;
mod encoded;
mod escape;
mod key_block;
mod key_der;
mod printed;
mod secret;
mod text;
mod token;

use std::cmp::Reverse;
use std::fmt;
use std::ops::Range;

use zeroize::Zeroizing;

use encoded::Layer;

/// How many encodings within each other are undone. A Helm release is base64, base64, gzip, and holds base64.
const DEPTH: usize = 6;

/// How many bytes are decoded of one file.
const BUDGET: usize = 64 << 20;

/// Bytes of a secret.
const SECRET: usize = 32;

/// Something private.
pub struct Leak {
    /// What it is.
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
}

/// What a kubeconfig holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Credential {
    /// The key of a client's certificate.
    Key,
    /// A bearer token.
    Token,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret => "a secret from which keys derive",
            Self::PrivateKey => "a private key",
            Self::EncryptedKey => "a private key behind a password",
            Self::Keystore => "a keystore with a private key",
            Self::Kubeconfig(Credential::Key) => "a kubeconfig with a private key",
            Self::Kubeconfig(Credential::Token) => "a kubeconfig with a token",
            Self::AgeIdentity => "an age identity",
            Self::EncryptionKey => "a key that encrypts what the API server stores",
            Self::BootstrapToken => "a bootstrap token",
            Self::StaticToken => "a static token",
            Self::ServiceAccountToken => "a token of a service account",
            Self::VrrpPassword => "a password of VRRP",
        })
    }
}

impl What {
    /// Whether it is so short that a digest of it would give it away.
    #[must_use]
    pub fn is_short(self) -> bool {
        matches!(self, Self::VrrpPassword)
    }
}

/// How something is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// RFC 4648, 4 and 5.
    Base64,
    /// Deflate (RFC 1951) in gzip or zip.
    Deflate,
    /// Digits in pairs, also as a dump of memory.
    Hexadecimal,
    /// Characters of two bytes.
    Utf16,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Base64 => "base64",
            Self::Deflate => "an archive",
            Self::Hexadecimal => "hexadecimal digits",
            Self::Utf16 => "UTF-16",
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

/// All that was found in a file.
#[derive(Default)]
pub struct Leaks {
    /// In the order of their places.
    pub found: Vec<Leak>,
    /// Whether something was left out, since it is too large or too deep when it is decoded.
    pub cut: bool,
}

/// Looks for everything private. `is_secret` knows a secret from other 32 bytes, which alone could be anything.
#[must_use]
pub fn find(bytes: &[u8], is_secret: IsSecret<'_>) -> Leaks {
    let mut budget = Budget { left: BUDGET, cut: false };
    let mut leaks = look(bytes, is_secret, &mut budget, 0);
    leaks.sort_by_key(|leak| (leak.span.start, Reverse(leak.span.end), leak.what));
    let mut found: Vec<Leak> = Vec::new();
    for leak in leaks {
        // The base64 of a block is found with it.
        let within = |other: &Leak| other.what == leak.what && leak.span.end <= other.span.end;
        if !found.last().is_some_and(within) {
            found.push(leak);
        }
    }
    Leaks { found, cut: budget.cut }
}

/// How much may still be decoded of a file.
struct Budget {
    left: usize,
    /// Whether that was too little.
    cut: bool,
}

impl Budget {
    /// Whether so many bytes may be decoded.
    fn take(&mut self, bytes: usize) -> bool {
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or(self.left);
        self.cut |= left.is_none();
        left.is_some()
    }
}

/// What a rule finds, and where.
struct Hit {
    what: What,
    span: Range<usize>,
    key: Option<Zeroizing<Vec<u8>>>,
}

impl Hit {
    fn new(what: What, span: Range<usize>) -> Self {
        Self { what, span, key: None }
    }
}

type IsSecret<'a> = &'a dyn Fn(&[u8; SECRET]) -> bool;

fn look(bytes: &[u8], is_secret: IsSecret<'_>, budget: &mut Budget, depth: usize) -> Vec<Leak> {
    let mut hits = key_block::find(bytes);
    hits.extend(key_der::find(bytes));
    hits.extend(printed::find(bytes));
    hits.extend(age::find(bytes));
    hits.extend(token::find(bytes));
    hits.extend(secret::find(bytes));
    hits.extend(secret::bare(bytes, is_secret));
    let leak = |hit: Hit| Leak { what: hit.what, encodings: Vec::new(), span: hit.span, key: hit.key };
    let mut leaks: Vec<Leak> = hits.into_iter().map(leak).collect();
    encoded::layers(bytes, budget, &mut |layer, budget| {
        if depth == DEPTH {
            budget.cut = true;
            return;
        }
        let within = look(&layer.bytes, is_secret, budget, depth + 1);
        leaks.extend(within.into_iter().map(|leak| leak.within(bytes, layer)));
    });
    leaks
}

impl Leak {
    /// As something that was found in a layer of `outer`.
    fn within(mut self, outer: &[u8], layer: &Layer) -> Self {
        self.span = layer.span.clone();
        if self.what == What::PrivateKey && text::is_value_of(outer, layer.span.start, b"client-key-data") {
            // Its base64 is the way of kubeconfigs.
            self.what = What::Kubeconfig(Credential::Key);
        } else {
            self.encodings.insert(0, layer.encoding);
        }
        self
    }
}

#[cfg(test)]
mod tests;
