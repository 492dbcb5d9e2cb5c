//! A view of a kubeconfig (kubernetes.io/docs/reference/config-api/kubeconfig.v1), each value with its line.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::refused::{Refused, refused_user, refused_version};
use crate::yaml::{Node, Value};

/// A kubeconfig. What is empty or null is absent, as client-go takes it.
pub struct KubeconfigView<'n> {
    /// The name of the context that counts.
    pub current_context: Option<&'n Node>,
    /// Clusters in their order.
    pub clusters: Vec<Member<'n, ClusterView<'n>>>,
    /// Users in their order.
    pub users: Vec<Member<'n, UserView<'n>>>,
    /// Contexts in their order.
    pub contexts: Vec<Member<'n, ContextView<'n>>>,
    /// Its version, where clients do not read it.
    pub refused: Option<Refused>,
}

/// A member of a list with its name.
pub struct Member<'n, T> {
    /// Its name; a member without one has none.
    pub name: &'n str,
    /// What it says.
    pub body: T,
}

/// Where an API is.
pub struct ClusterView<'n> {
    /// `https://10.0.0.1:6443`
    pub server: Option<&'n Node>,
    /// The name that the certificate is to have.
    pub tls_server_name: Option<&'n Node>,
    /// Whether the certificate is not verified.
    pub insecure: Option<&'n Node>,
    /// A proxy.
    pub proxy: Option<&'n Node>,
    /// The trust bundle.
    pub authority: MaterialView<'n>,
}

/// Who somebody is.
pub struct UserView<'n> {
    /// The client's certificate.
    pub certificate: MaterialView<'n>,
    /// Its key.
    pub key: MaterialView<'n>,
    /// A token.
    pub token: Option<&'n Node>,
    /// A file with a token.
    pub token_file: Option<&'n Node>,
    /// A password.
    pub password: Option<&'n Node>,
    /// A program that fetches a credential.
    pub exec: Option<&'n Node>,
    /// The older form of such a program.
    pub auth_provider: Option<&'n Node>,
    /// Somebody else as whom requests are made.
    pub acts_as: Option<&'n Node>,
    /// The groups of requests that are made as somebody else.
    pub acts_in: Vec<&'n Node>,
    /// What of it clients do not take.
    pub refused: Vec<Refused>,
}

/// Who talks to which cluster.
pub struct ContextView<'n> {
    /// The name of a cluster.
    pub cluster: Option<&'n Node>,
    /// The name of a user.
    pub user: Option<&'n Node>,
    /// The namespace of requests that name none.
    pub namespace: Option<&'n Node>,
}

/// A certificate or a key, by path or embedded.
#[derive(Clone, Copy)]
pub struct MaterialView<'n> {
    /// What the key of the path is called: `client-key`; that of what is embedded has `-data` behind it.
    pub key: &'static str,
    /// The path.
    pub file: Option<&'n Node>,
    /// What is embedded, in Base64.
    pub data: Option<&'n Node>,
}

impl<'n> KubeconfigView<'n> {
    /// A document that says that it is a kubeconfig, or says nothing and has the lists of one.
    #[must_use]
    pub fn of(root: &'n Node) -> Option<Self> {
        let is_one = match root.get("kind") {
            Some(kind) => kind.as_str() == Some("Config"),
            None => root.get("clusters").is_some() && root.get("users").is_some(),
        };
        let lists = [("clusters", "cluster"), ("users", "user"), ("contexts", "context")];
        let sound = |(list, key): &(&str, &str)| {
            let list = root.get(list);
            let members = list.map(Node::items).unwrap_or_default();
            list.is_none_or(|list| matches!(list.value, Value::Sequence(_)))
                && members
                    .iter()
                    .filter_map(|member| member.get(key))
                    .all(|body| matches!(body.value, Value::Mapping(_)))
        };
        (is_one && lists.iter().all(sound)).then(|| Self {
            current_context: said(root, "current-context"),
            clusters: members(root, "clusters", "cluster", cluster),
            users: members(root, "users", "user", user),
            contexts: members(root, "contexts", "context", context),
            refused: refused_version(root),
        })
    }
}

fn members<'n, T>(root: &'n Node, list: &str, key: &str, body: impl Fn(&'n Node) -> T) -> Vec<Member<'n, T>> {
    let items = root.get(list).map(Node::items).unwrap_or_default();
    let member = |item: &'n Node| {
        let name = item.get("name").and_then(Node::as_str).unwrap_or_default();
        Some(Member { name, body: body(item.get(key)?) })
    };
    items.iter().filter_map(member).collect()
}

fn cluster(node: &Node) -> ClusterView<'_> {
    ClusterView {
        server: said(node, "server"),
        tls_server_name: said(node, "tls-server-name"),
        insecure: said(node, "insecure-skip-tls-verify"),
        proxy: said(node, "proxy-url"),
        authority: material(node, "certificate-authority", "certificate-authority-data"),
    }
}

fn user(node: &Node) -> UserView<'_> {
    UserView {
        certificate: material(node, "client-certificate", "client-certificate-data"),
        key: material(node, "client-key", "client-key-data"),
        token: said(node, "token"),
        token_file: said(node, "tokenFile"),
        password: said(node, "password"),
        exec: said(node, "exec"),
        auth_provider: said(node, "auth-provider"),
        acts_as: said(node, "as"),
        acts_in: node.get("as-groups").map(Node::items).unwrap_or_default().iter().collect(),
        refused: refused_user(node),
    }
}

fn context(node: &Node) -> ContextView<'_> {
    let [cluster, user, namespace] = ["cluster", "user", "namespace"].map(|key| said(node, key));
    ContextView { cluster, user, namespace }
}

fn material<'n>(node: &'n Node, key: &'static str, data: &str) -> MaterialView<'n> {
    MaterialView { key, file: said(node, key), data: said(node, data) }
}

/// What is said and is not empty.
fn said<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.get(key).filter(|value| value.as_str() != Some(""))
}

/// The bytes that stand in Base64 somewhere; line breaks within are allowed, as Go allows them.
#[must_use]
pub fn embedded(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let plain: Zeroizing<String> =
        Zeroizing::new(text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect());
    Base64::decode_vec(&plain).ok().map(Zeroizing::new)
}
