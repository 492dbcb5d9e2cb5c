//! The descriptions of what a file contains, as types.

use serde::Serialize;

use super::{CertificateDescription, CrlDescription, Key, Request};

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Description {
    /// An X.509 certificate.
    Certificate(Box<CertificateDescription>),
    /// A PKCS#10 certificate request.
    Request(Request),
    /// A revocation list.
    Crl(CrlDescription),
    /// A private key.
    PrivateKey(Key),
    /// A private key that only a password opens.
    EncryptedKey {
        /// Its encoding.
        format: &'static str,
    },
    /// A public key.
    PublicKey(Key),
    /// A kubeconfig.
    Kubeconfig(KubeconfigDescription),
    /// A PEM block that is not read here, or that does not hold what it says.
    Other {
        /// The block's label.
        label: String,
        /// What is the matter with it.
        problem: &'static str,
    },
}

/// A kubeconfig.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KubeconfigDescription {
    /// The context that is used when none is named.
    pub current_context: Option<String>,
    /// Its clusters.
    pub clusters: Vec<Cluster>,
    /// Its users.
    pub users: Vec<User>,
    /// Its contexts.
    pub contexts: Vec<Context>,
}

/// A cluster of a kubeconfig.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Where its API is, without a user or a password.
    pub server: Option<String>,
    /// The proxy by which it is reached, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// The name that is expected in the API's certificate instead of the server's.
    pub tls_server_name: Option<String>,
    /// Whether the API's certificate is not checked.
    pub insecure: bool,
    /// Whom the client trusts.
    pub authority: Option<Credential>,
}

/// A user of a kubeconfig.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// Its name.
    pub name: String,
    /// The certificate it shows.
    pub certificate: Option<Credential>,
    /// The certificate's key.
    pub key: Option<Credential>,
    /// Whether key and certificate, both embedded, belong together.
    pub key_fits: Option<bool>,
    /// Other ways to authenticate: `token`, `token-file`, `password`, `exec`, `auth-provider`.
    pub other: Vec<&'static str>,
    /// The program that fetches the credential, without its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<String>,
    /// As whom requests are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acts_as: Option<String>,
    /// The groups in which they are made then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acts_in: Vec<String>,
}

/// A context of a kubeconfig.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Context {
    /// Its name.
    pub name: String,
    /// The cluster's name.
    pub cluster: String,
    /// The user's name.
    pub user: String,
    /// The namespace.
    pub namespace: Option<String>,
}

/// A certificate or key of a kubeconfig.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credential {
    /// In a file of its own.
    File(String),
    /// Within.
    Embedded(Vec<Description>),
    /// Within, and neither base64 nor PEM.
    Unreadable,
}
