//! Keyrings of the model.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::generations::Generations;
use crate::kubernetes::{BootstrapGroup, Kms, TokenField, is_bearer_token, is_bootstrap_token};
use crate::source::Span;
use crate::values::{Duration, KeyAlgorithm, SecretEpoch};

/// What a keyring holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyringKind {
    /// Tokens with which new nodes ask for certificates; the cluster holds them as Secrets.
    BootstrapToken(BootstrapToken),
    /// Keys of 32 bytes.
    Encryption(Encryption),
    /// A private key and the public keys that are trusted.
    KeyPair(KeyAlgorithm),
    /// A password of so many characters.
    Password(usize),
    /// Tokens of 128 bits that a file names together with their user.
    StaticToken(StaticToken),
}

/// What keys encrypt, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encryption {
    /// The resources that are stored encrypted, as the API server calls them.
    pub resources: Vec<Arc<str>>,
    /// How a generation encrypts that is not imported, where that is not the usual way: a method, or which plugin.
    pub providers: BTreeMap<u32, Arc<str>>,
    /// The generations whose keys a plugin holds.
    pub plugins: BTreeMap<u32, Kms>,
}

impl Encryption {
    /// What is encrypted where nothing says so.
    pub(in crate::resolve) const USUAL: &str = "secrets";

    /// What is encrypted; nothing where that is what usually is.
    #[must_use]
    pub fn unusual_resources(&self) -> &[Arc<str>] {
        match &*self.resources {
            [only] if **only == *Self::USUAL => &[],
            resources => resources,
        }
    }
}

/// What a bootstrap token gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootstrapToken {
    /// Its groups beside that of all bootstrap tokens.
    pub groups: Vec<BootstrapGroup>,
    /// How long a generation is valid from its first build on; none: for ever.
    pub validity: Option<Duration>,
}

/// Whom a static token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticToken {
    /// The user.
    pub user: TokenField,
    /// The user's id.
    pub uid: TokenField,
    /// Its groups.
    pub groups: Vec<TokenField>,
}

impl Keyring {
    /// Whether the lock decides which generation is in use, as of certificates: of bootstrap tokens, where the plan
    /// says nothing of generations. Whoever shows one is looked up by its id, so the next one takes its place at once.
    #[must_use]
    pub fn is_decided_by_lock(&self) -> bool {
        matches!(self.kind, KeyringKind::BootstrapToken(_)) && self.generations.origin.is_none()
    }

    /// The providers of its generations, where they are not the usual one, as an EncryptionConfiguration calls them.
    pub fn encryption_providers(&self) -> impl Iterator<Item = (u32, &str)> {
        let derived = match &self.kind {
            KeyringKind::Encryption(encryption) => Some(encryption),
            _ => None,
        };
        let derived = derived.into_iter().flat_map(|encryption| {
            encryption.providers.iter().map(|(generation, word)| {
                (*generation, if encryption.plugins.contains_key(generation) { Kms::WORD } else { &**word })
            })
        });
        let imported = self.imported.iter();
        derived.chain(imported.filter_map(|(generation, key)| Some((*generation, key.provider.as_deref()?))))
    }

    /// How long one of its tokens is valid; none: it has none, or they never end.
    #[must_use]
    pub fn token_validity(&self) -> Option<Duration> {
        match &self.kind {
            KeyringKind::BootstrapToken(token) => token.validity,
            _ => None,
        }
    }
}

impl KeyringKind {
    /// Whether its keys encrypt.
    #[must_use]
    pub fn encrypts(&self) -> bool {
        matches!(self, KeyringKind::Encryption(_))
    }

    /// What a token or password must be that is imported, where a text is not that.
    #[must_use]
    pub fn misfit(&self, text: &str) -> Option<&'static str> {
        let (fits, wanted) = match self {
            KeyringKind::BootstrapToken(_) => (
                is_bootstrap_token(text.as_bytes()),
                "six lower-case letters and digits, a dot and sixteen more: `[a-z0-9]{6}.[a-z0-9]{16}`",
            ),
            KeyringKind::StaticToken(_) => (
                is_bearer_token(text),
                "letters, digits and `-._~+/`, at least eight, perhaps `=` at the end",
            ),
            KeyringKind::Password(_) => {
                let sign = |c: char| c.is_ascii_alphanumeric() || "-_.+/=~@%^:".contains(c);
                (
                    (4..=128).contains(&text.len()) && text.chars().all(sign),
                    "4 to 128 letters, digits and `-_.+/=~@%^:`",
                )
            }
            KeyringKind::Encryption(_) | KeyringKind::KeyPair(_) => (true, ""),
        };
        (!fits).then_some(wanted)
    }

    /// The groups of whoever shows one of its tokens.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        match self {
            KeyringKind::BootstrapToken(token) => token.groups.iter().map(ToString::to_string).collect(),
            KeyringKind::StaticToken(token) => token.groups.iter().map(ToString::to_string).collect(),
            KeyringKind::Encryption(_) | KeyringKind::KeyPair(_) | KeyringKind::Password(_) => Vec::new(),
        }
    }

    /// As plans write it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            KeyringKind::BootstrapToken(_) => "bootstrap-token",
            KeyringKind::Encryption(_) => "encryption",
            KeyringKind::KeyPair(_) => "key-pair",
            KeyringKind::Password(_) => "password",
            KeyringKind::StaticToken(_) => "static-token",
        }
    }
}

/// Keys that several hosts share.
#[derive(Debug)]
pub struct Keyring {
    /// Its name.
    pub name: Arc<str>,
    /// `keyring.NAME`: what its keys derive from.
    pub id: Arc<str>,
    /// What it holds.
    pub kind: KeyringKind,
    /// Its keys.
    pub generations: Generations,
    /// The generations that were made elsewhere.
    pub imported: BTreeMap<u32, ImportedKey>,
    /// What the others derive from.
    pub secret: SecretEpoch,
    /// Its table.
    pub origin: Span,
}

/// A generation of a keyring that was made elsewhere.
#[derive(Debug, Clone)]
pub struct ImportedKey {
    /// Of a key pair SHA-256 of the public key, of an encryption key a keyed digest of it.
    pub digest: [u8; 32],
    /// What an encryption key is called where it was made; data carries this name.
    pub name: Option<Arc<str>>,
    /// The method of an encryption key, as programs call it.
    pub provider: Option<Arc<str>>,
    /// Where the plan says which it is.
    pub origin: Span,
}
