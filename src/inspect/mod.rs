//! Describes the contents of a file: certificates, requests, revocation lists, keys, kubeconfigs, PKCS#12.
//!
//! Of a private key, it shows only the algorithm and the digest of the public key.

mod block;
mod certificate;
mod crl;
mod describe;
mod description;
mod digest;
mod key;
mod kubeconfig;
mod request;
mod store;
mod text;
mod textconv;
mod written;

pub use certificate::{CertificateDescription, State};
pub use crl::{CrlDescription, RevokedDescription, crls};
pub use describe::{NotRecognised, certificates, describe, one_certificate, public_sha256};
pub use description::{Cluster, Context, Credential, Description, KubeconfigDescription, User};
pub use key::Key;
pub use request::Request;
pub use store::{describe_store, is_store};
pub use textconv::textconv;
pub use written::{WrittenCertificate, held_keys, written_certificates, written_keys};

#[cfg(test)]
mod tests;
