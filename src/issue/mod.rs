//! Keys, and everything else that follows from the secret. A pure room: no clock, no randomness, no disk.

pub mod derivation;
mod ecdsa;
pub mod key;
pub mod pem;
mod rsa;
pub mod secret;
