//! What clients refuse in a kubeconfig (k8s.io/client-go of Kubernetes 1.36), each with its line.

use crate::yaml::Node;

/// Something that clients refuse.
pub struct Refused {
    /// Its line.
    pub line: u32,
    /// Why: `names no ...`, of the file or of a user.
    pub why: String,
    /// What to write instead.
    pub instead: &'static str,
}

/// The one version of the form (tools/clientcmd/api/latest/latest.go).
const VERSION: &str = "v1";

/// How a program and a client talk (plugin/pkg/client/auth/exec/exec.go, `apiVersions`). The first needs to know who
/// has the terminal.
const EXEC: [&str; 2] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/// Who has the terminal (tools/clientcmd/validation.go).
const INTERACTIVE: [&str; 3] = ["Never", "IfAvailable", "Always"];

/// The one provider that is left; those of clouds are gone since 1.26 (plugin/pkg/client/auth).
const PROVIDER: &str = "oidc";

/// The version of a kubeconfig, where it is refused. Without one it is read as the version that there is.
#[must_use]
pub fn refused_version(root: &Node) -> Option<Refused> {
    let (line, version) = said(root, "apiVersion")?;
    let why = format!("has the `apiVersion` `{version}`, which clients do not support");
    (version != VERSION).then_some(Refused { line, why, instead: "write `apiVersion: v1`" })
}

/// What of the body of a user is refused (tools/clientcmd/validation.go, `validateAuthInfo`).
#[must_use]
pub fn refused_user(user: &Node) -> Vec<Refused> {
    let mut found = Vec::new();
    let exec = user.get("exec");
    let provider = user.get("auth-provider");
    found.extend(exec.and_then(refused_exec));
    if let Some((line, name)) = provider.and_then(|provider| said(provider, "name"))
        && name != PROVIDER
    {
        let why = format!("uses the auth provider `{name}`, but since 1.26 clients only have `oidc`");
        let instead = "name the provider's program with `exec`, or give a certificate";
        found.push(Refused { line, why, instead });
    }
    if let Some(provider) = provider.filter(|_| exec.is_some()) {
        let why = "has `exec` and `auth-provider`".to_owned();
        found.push(Refused { line: provider.line, why, instead: "leave one of them out" });
    }
    let is_said =
        |node: &&Node| node.scalar().is_some() || !node.items().is_empty() || !node.entries().is_empty();
    let mut acts = ["as-groups", "as-uid", "as-user-extra"].into_iter();
    let acts = acts.find_map(|key| user.get(key).filter(is_said).map(|node| (key, node)));
    if let Some((key, node)) = acts.filter(|_| said(user, "as").is_none()) {
        let why = format!("has `{key}` but not `as`");
        found.push(Refused { line: node.line, why, instead: "name the user with `as`, or leave it out" });
    }
    let basic = said(user, "username").or_else(|| said(user, "password"));
    if let Some((line, _)) = said(user, "token").and(basic) {
        let why = "has a token and a password".to_owned();
        found.push(Refused { line, why, instead: "leave the password out" });
    }
    found
}

fn refused_exec(exec: &Node) -> Option<Refused> {
    let refused = |line, why: String, instead| Some(Refused { line, why, instead });
    let Some((line, version)) = said(exec, "apiVersion") else {
        let why = "runs a program without an `apiVersion`".to_owned();
        return refused(exec.line, why, "write the one that the program writes");
    };
    if !EXEC.contains(&version) {
        let why = format!("runs a program with `{version}`, which clients do not support");
        return refused(line, why, "use a program for `client.authentication.k8s.io/v1`");
    }
    if said(exec, "command").is_none() {
        return refused(exec.line, "runs a program without a `command`".to_owned(), "name the program");
    }
    match said(exec, "interactiveMode") {
        None if version == EXEC[0] => {
            let why =
                "runs a program without an `interactiveMode`, which its `apiVersion` requires".to_owned();
            refused(exec.line, why, "write `Never`, `IfAvailable` or `Always`")
        }
        Some((line, mode)) if !INTERACTIVE.contains(&mode) => {
            let why = format!("runs a program with the `interactiveMode` `{mode}`");
            refused(line, why, "write `Never`, `IfAvailable` or `Always`")
        }
        _ => None,
    }
}

/// A text that is not empty, and its line.
fn said<'n>(node: &'n Node, key: &str) -> Option<(u32, &'n str)> {
    let value = node.get(key)?;
    Some((value.line, value.scalar()?.text())).filter(|(_, text)| !text.is_empty())
}
