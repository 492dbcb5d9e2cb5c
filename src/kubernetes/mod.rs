//! What Kubernetes itself fixes and no catalog can change: the forms of its tokens, groups and encryption keys.

mod encryption;
mod group;
mod token;

pub use encryption::encryption_key_sizes;
pub use group::MASTERS;
pub use token::{BOOTSTRAPPERS, BootstrapGroup, TOKEN_SECRET, TokenField, is_bootstrap_token};
