//! Fields of Kubernetes objects that name programs to run.

/// Whether the value at a path decides what runs: a container's image and command, or the program of a kubeconfig's
/// user (staging/src/k8s.io/client-go/tools/clientcmd/api/v1/types.go, `ExecConfig`; core/v1 `Container`). Paths are
/// written with dots, and list items by their name or number: `spec.containers[x].image`.
#[must_use]
pub fn runs_code(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or_default();
    let in_container = path.contains("ontainers[");
    (in_container && matches!(last, "image" | "command" | "args" | "privileged"))
        || path.contains(".user.exec.")
        || path.contains("hostPath.path")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_programs() {
        for path in [
            "spec.containers[x].image",
            "DaemonSet/p spec.template.spec.initContainers[0].command",
            "users[a].user.exec.command",
        ] {
            assert!(runs_code(path), "{path}");
        }
        for path in ["spec.containers[x].name", "clusters[a].cluster.server", "--image"] {
            assert!(!runs_code(path), "{path}");
        }
    }
}
