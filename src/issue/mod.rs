//! Derives keys from the secret, and issues certificates and revocation lists.
//!
//! This module uses no clock, no randomness and no disk.

pub mod algorithm;
mod base_point;
pub mod certificate;
pub mod crl;
mod curve;
mod der;
pub mod derivation;
mod ecdsa;
mod ed25519;
pub mod imported;
pub mod key;
pub mod key_error;
pub mod name;
pub mod pem;
pub mod pkcs12;
pub mod pkcs12_open;
pub mod rekeyed;
mod rsa;
pub mod secret;
pub mod signature;
mod signed;
mod splice;
pub(crate) mod stack;
pub mod verify;
