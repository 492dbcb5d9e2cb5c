//! A KMS plugin of the API server, which encrypts with its own key.
//!
//! The interface is version 2 of KMSConfiguration
//! (staging/src/k8s.io/apiserver/pkg/apis/apiserver/types_encryption.go).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::values::{Duration, Invalid};

/// A plugin, by which the API server encrypts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kms {
    /// What is stored carries it.
    pub name: KmsName,
    /// Where the plugin listens.
    pub endpoint: KmsEndpoint,
    /// How long the API server waits for an answer; none: as long as it usually does.
    pub timeout: Option<Duration>,
}

impl Kms {
    /// The provider's word, in plans and in an EncryptionConfiguration.
    pub const WORD: &str = "kms";
    /// The version of the interface.
    pub const API_VERSION: &str = "v2";

    /// The provider and the name: what decides how a generation encrypts.
    #[must_use]
    pub fn identity(&self) -> String {
        format!("{}:{}", Self::WORD, self.name)
    }

    /// The timeout as Go writes durations.
    #[must_use]
    pub fn go_timeout(&self) -> Option<String> {
        self.timeout.map(|timeout| format!("{}s", timeout.seconds()))
    }
}

/// The name of a plugin: API servers refuse `:` in it, because it ends the name in what is stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KmsName(Arc<str>);

impl FromStr for KmsName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if text.is_empty() || text.len() > 63 || !text.chars().all(plain) {
            let message = format!("`{text}` is not the name of a KMS plugin");
            return Err(Invalid::new(message).help("write letters, digits, `-`, `_` and `.`, at most 63"));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for KmsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `unix:///PATH`: the socket of a plugin. Nothing else is a way to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KmsEndpoint(Arc<str>);

impl KmsEndpoint {
    const SCHEME: &str = "unix://";

    /// The path of the socket.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0
    }
}

impl FromStr for KmsEndpoint {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let path = text.strip_prefix(Self::SCHEME).filter(|path| is_socket(path));
        path.map(|path| Self(path.into())).ok_or_else(|| {
            let message = format!("`{text}` is not the socket of a KMS plugin");
            Invalid::new(message)
                .help("write `unix:///run/kms/socket`: the API server only uses plugins on its own host")
        })
    }
}

fn is_socket(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@+/".contains(c);
    let part = |part: &str| !["", ".", ".."].contains(&part);
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(part)) && path.chars().all(plain)
}

impl fmt::Display for KmsEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::SCHEME, self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_are_reached_by_sockets_alone() {
        let read = |text: &str| text.parse::<KmsEndpoint>().map(|endpoint| endpoint.to_string()).ok();
        assert_eq!(read("unix:///run/kms/vault.sock").as_deref(), Some("unix:///run/kms/vault.sock"));
        for wrong in
            ["", "unix://", "unix:///", "unix://run/kms", "/run/kms", "tcp://127.0.0.1:1", "unix:///a/../b"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert!("a:b".parse::<KmsName>().is_err());
        assert!("vault-1".parse::<KmsName>().is_ok());
    }
}
