//! What Kubernetes itself defines and no catalog can change.
//!
//! These are the formats of its tokens, users, groups, roles, kubeconfigs and encryption keys, and the rules that
//! determine which servers an API server calls.

mod called;
mod code;
mod encryption;
mod group;
mod identity;
mod join;
mod kms;
mod known_tokens;
mod kubeconfig;
mod node;
mod rbac;
mod refused;
mod token;
mod url;

pub use called::{Believed, Called, CalledAt, CalledKind, TlsSecret, called, secrets_behind, tls_secrets};
pub use code::runs_code;
pub use encryption::{
    ENCRYPTION_PROVIDERS, EncryptionFault, EncryptionProblem, encryption_faults, encryption_key_sizes,
    is_encryption,
};
pub use group::{AUTHENTICATED, MASTERS, NODES, OF_ALL};
pub use identity::{is_node_name, is_reserved, is_service_account, node_of};
pub use join::JoinToken;
pub use kms::{Kms, KmsEndpoint, KmsName};
pub use known_tokens::{KnownToken, bootstrap_tokens, token_file};
pub use kubeconfig::{ClusterView, ContextView, KubeconfigView, MaterialView, Member, UserView, embedded};
pub use node::preferred_address;
pub use rbac::{Grant, Power, Subject, bindings, grants, is_namespace, is_role_name};
pub use refused::{Refused, refused_user, refused_version};
pub use token::{
    BOOTSTRAPPERS, BootstrapGroup, TOKEN_CHARACTERS, TOKEN_ID, TOKEN_SECRET, TokenField, is_bearer_token,
    is_bootstrap_group, is_bootstrap_token,
};
pub use url::{password, without_user};
