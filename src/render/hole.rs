//! Holes: the places in a text that are filled after issuing. What fills a hole and in which form it is written
//! are independent of each other.

use crate::specification::CertificateIndex;
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
            Filling::Certificates(_) | Filling::Digest(_) => false,
            Filling::Key(_) => true,
            Filling::Keyring { item, .. } => item.is_secret(),
        }
    }

    /// Whether it is so short that it could be guessed from an unkeyed digest of the file.
    #[must_use]
    pub fn is_short(&self) -> bool {
        match self {
            Filling::Certificates(_) | Filling::Digest(_) | Filling::Key(_) => false,
            Filling::Keyring { item, .. } => item.is_short(),
        }
    }

    /// Whether its bytes are ASN.1 structures, which text has in PEM.
    fn is_der(&self) -> bool {
        match self {
            Filling::Certificates(_) | Filling::Key(_) => true,
            Filling::Digest(_) => false,
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
