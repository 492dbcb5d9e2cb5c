//! What Kubernetes itself fixes and no catalog can change: the forms of its tokens and groups.

mod token;

pub use token::{BOOTSTRAPPERS, BootstrapGroup, TokenField};
