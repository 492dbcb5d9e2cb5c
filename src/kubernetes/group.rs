//! Groups with a fixed meaning for the API server.

/// Its members may do anything, whatever RBAC says (staging/src/k8s.io/apiserver/pkg/authentication/user/user.go,
/// `SystemPrivilegedGroup`).
pub const MASTERS: &str = "system:masters";

/// The group of everybody who shows a credential (staging/src/k8s.io/apiserver/pkg/authentication/user/user.go).
pub const AUTHENTICATED: &str = "system:authenticated";

/// Groups in which is everybody: who shows a credential, who shows none, and every pod (the same, and
/// authentication/serviceaccount/util.go).
pub const OF_ALL: [&str; 3] = [AUTHENTICATED, "system:unauthenticated", "system:serviceaccounts"];

/// The group of kubelets (pkg/auth/nodeidentifier/default.go).
pub const NODES: &str = "system:nodes";
