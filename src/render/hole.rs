//! Holes: the places in a text that are filled after certificates have been issued.
//!
//! What fills a hole is independent of the form in which it is written.

use crate::specification::{CertificateIndex, CrlEncoding};
use std::sync::Arc;

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Filled after issuing.
    Hole(Hole),
    /// Final.
    Text(String),
}

/// A place in a text that is filled after issuing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hole {
    /// What fills it.
    pub filling: Filling,
    /// How that is written.
    pub form: Form,
}

/// What fills a hole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Filling {
    /// Certificates in this order.
    Certificates(Vec<CertificateIndex>),
    /// The revocation list that the key of an authority's certificate signs.
    Crl(CertificateIndex, CrlEncoding),
    /// A digest of public words about artefacts, each with its pieces: no byte of a secret goes into it.
    Digest(Vec<(String, Vec<Piece>)>),
    /// The private key of a certificate.
    Key(CertificateIndex),
    /// Something of a keyring.
    Keyring {
        /// The keyring's name in the plan.
        name: Arc<str>,
        /// What of it.
        item: KeyringItem,
        /// Of which generations, ascending: one, except for public keys. None of a token that is made for one node when
        /// it joins.
        generations: Vec<u32>,
    },
    /// A PKCS#12 file.
    Store(Box<Store>),
}

/// What stands in a PKCS#12 file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Store {
    /// Its entries.
    pub entries: Entries,
    /// What encrypts the key, and what a digest of the whole is keyed with.
    pub password: StorePassword,
}

/// The entries of a PKCS#12 file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entries {
    /// A certificate with its chain, and its key.
    Key {
        /// What the entry is called.
        alias: Arc<str>,
        /// The certificate first.
        chain: Vec<CertificateIndex>,
    },
    /// Certificates that are trusted, each called by its id.
    Trusted(Vec<CertificateIndex>),
}

/// The password of a PKCS#12 file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum StorePassword {
    /// One that is said where anybody may read it.
    Declared(Arc<str>),
    /// Of a keyring, and which of its generations.
    Keyring(Arc<str>, u32),
}

impl Store {
    /// The certificate whose key stands in it.
    #[must_use]
    pub fn key(&self) -> Option<CertificateIndex> {
        match &self.entries {
            Entries::Key { chain, .. } => chain.first().copied(),
            Entries::Trusted(_) => None,
        }
    }

    /// Its certificates.
    #[must_use]
    pub fn certificates(&self) -> &[CertificateIndex] {
        match &self.entries {
            Entries::Key { chain, .. } | Entries::Trusted(chain) => chain,
        }
    }
}

/// What a keyring has for each of its generations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyringItem {
    /// A key that encrypts.
    EncryptionKey,
    /// Until when a token is valid (RFC 3339).
    NotAfter,
    /// A password.
    Password,
    /// The private half of a key pair.
    PrivateKey,
    /// The public half of a key pair.
    PublicKey,
    /// A whole token.
    Token,
    /// What identifies a bootstrap token, before the dot. It is public.
    TokenId,
    /// What follows the dot.
    TokenSecret,
}

/// How the filling of a hole is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// As text: certificates and key pairs in PEM (RFC 7468), encryption keys in base64, all else as it is.
    Text,
    /// The text in base64, on one line, as kubeconfigs embed it.
    Base64,
}

impl Hole {
    /// A hole that is filled with text.
    #[must_use]
    pub fn text(filling: Filling) -> Self {
        Self { filling, form: Form::Text }
    }

    /// A hole that is filled with text in base64.
    #[must_use]
    pub fn base64(filling: Filling) -> Self {
        Self { filling, form: Form::Base64 }
    }

    /// Whether what fills it may have several lines.
    #[must_use]
    pub fn has_lines(&self) -> bool {
        self.form == Form::Text && self.filling.is_der()
    }
}

impl Filling {
    /// One item of one generation of a keyring.
    #[must_use]
    pub fn of_keyring(name: &Arc<str>, item: KeyringItem, generation: u32) -> Self {
        Filling::Keyring { name: name.clone(), item, generations: vec![generation] }
    }

    /// Whether it has private bytes.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        match self {
            Filling::Certificates(_) | Filling::Crl(..) | Filling::Digest(_) => false,
            Filling::Key(_) => true,
            Filling::Keyring { item, .. } => item.is_secret(),
            Filling::Store(store) => store.key().is_some(),
        }
    }

    /// Whether it is so short that it could be guessed from an unkeyed digest of the file.
    #[must_use]
    pub fn is_short(&self) -> bool {
        match self {
            Filling::Certificates(_) | Filling::Crl(..) | Filling::Digest(_) | Filling::Key(_) => false,
            Filling::Keyring { item, .. } => item.is_short(),
            // Whoever knows what else stands in it could try passwords on a digest of the whole.
            Filling::Store(store) => matches!(store.password, StorePassword::Keyring(..)),
        }
    }

    /// The certificates that stand in it, and the one whose key does.
    #[must_use]
    pub fn certificates(&self) -> &[CertificateIndex] {
        match self {
            Filling::Certificates(positions) => positions,
            Filling::Key(position) => std::slice::from_ref(position),
            Filling::Store(store) => store.certificates(),
            Filling::Crl(..) | Filling::Digest(_) | Filling::Keyring { .. } => &[],
        }
    }

    /// The certificate whose key stands in it.
    #[must_use]
    pub fn key(&self) -> Option<CertificateIndex> {
        match self {
            Filling::Key(position) => Some(*position),
            Filling::Store(store) => store.key(),
            Filling::Certificates(_) | Filling::Crl(..) | Filling::Digest(_) | Filling::Keyring { .. } => {
                None
            }
        }
    }

    /// The certificates that whoever reads it trusts, or shows.
    #[must_use]
    pub fn shown(&self) -> Option<&[CertificateIndex]> {
        match self {
            Filling::Certificates(positions) => Some(positions),
            Filling::Store(store) => Some(store.certificates()),
            Filling::Crl(..) | Filling::Digest(_) | Filling::Key(_) | Filling::Keyring { .. } => None,
        }
    }

    /// How many blocks of PEM fill it; none: it is no PEM.
    #[must_use]
    pub fn blocks(&self) -> Option<usize> {
        match self {
            Filling::Certificates(positions) => Some(positions.len()),
            Filling::Crl(_, CrlEncoding::Pem) | Filling::Key(_) => Some(1),
            Filling::Keyring {
                item: KeyringItem::PrivateKey | KeyringItem::PublicKey, generations, ..
            } => Some(generations.len()),
            Filling::Crl(_, CrlEncoding::Der)
            | Filling::Digest(_)
            | Filling::Keyring { .. }
            | Filling::Store(_) => None,
        }
    }

    /// Whether its bytes are ASN.1 structures, which text has in PEM.
    fn is_der(&self) -> bool {
        match self {
            Filling::Certificates(_) | Filling::Crl(_, CrlEncoding::Pem) | Filling::Key(_) => true,
            Filling::Crl(_, CrlEncoding::Der) | Filling::Digest(_) | Filling::Store(_) => false,
            Filling::Keyring { item, .. } => matches!(item, KeyringItem::PrivateKey | KeyringItem::PublicKey),
        }
    }
}

impl KeyringItem {
    /// Whether it has private bytes.
    #[must_use]
    pub fn is_secret(self) -> bool {
        !matches!(self, KeyringItem::NotAfter | KeyringItem::PublicKey | KeyringItem::TokenId)
    }

    /// Whether it is made from the generation's key; otherwise the lock alone says it.
    #[must_use]
    pub fn needs_key(self) -> bool {
        self != KeyringItem::NotAfter
    }

    /// Whether it could be guessed from an unkeyed digest of the file. An id counts, since the token comes from
    /// the same few bytes.
    fn is_short(self) -> bool {
        matches!(
            self,
            KeyringItem::Password | KeyringItem::Token | KeyringItem::TokenId | KeyringItem::TokenSecret
        )
    }
}
