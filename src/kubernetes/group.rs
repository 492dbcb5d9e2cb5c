//! Groups that mean something to the API server itself.

/// Its members may do anything, whatever RBAC says (staging/src/k8s.io/apiserver/pkg/authentication/user/user.go,
/// `SystemPrivilegedGroup`).
pub const MASTERS: &str = "system:masters";

/// The group of kubelets (pkg/auth/nodeidentifier/default.go).
pub const NODES: &str = "system:nodes";
