//! Users whose name alone has a fixed meaning for the API server.

/// What a kubelet's user begins with (pkg/auth/nodeidentifier/default.go).
const NODE: &str = "system:node:";
/// What a service account's user begins with (staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount/util.go).
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
/// Names and groups that Kubernetes keeps for itself.
const RESERVED: &str = "system:";

/// The name of the node whose kubelet a user is.
#[must_use]
pub fn node_of(user: &str) -> Option<&str> {
    user.strip_prefix(NODE)
}

/// Whether a user is a service account.
#[must_use]
pub fn is_service_account(user: &str) -> bool {
    user.starts_with(SERVICE_ACCOUNT)
}

/// Whether Kubernetes keeps a user's or group's name for itself.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    name.starts_with(RESERVED)
}

/// Whether a node can be called so: a DNS-1123 subdomain (apimachinery/pkg/util/validation).
#[must_use]
pub fn is_node_name(name: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let label = |label: &str| {
        edge(label.chars().next())
            && edge(label.chars().next_back())
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    name.len() <= 253 && name.split('.').all(label)
}
