//! A whole kubeconfig: every cluster, user and context.

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use super::pem::{self, Piece};
use crate::kubernetes::{Refused, refused_user, refused_version};
use crate::yaml::{Document, Node};

/// A kubeconfig.
pub(super) struct Kubeconfig {
    pub(super) current: Option<(u32, String)>,
    pub(super) clusters: Vec<Cluster>,
    pub(super) users: Vec<User>,
    pub(super) contexts: Vec<Context>,
    /// Keys that stand twice in one mapping.
    pub(super) duplicates: Vec<(u32, String)>,
    /// Its version, where clients do not read it.
    pub(super) refused: Option<Refused>,
}

/// A member of `clusters`.
pub(super) struct Cluster {
    pub(super) line: u32,
    pub(super) name: String,
    pub(super) server: Option<(u32, String)>,
    pub(super) proxy: Option<(u32, String)>,
    pub(super) insecure: Option<u32>,
    pub(super) authority: Material,
}

/// A member of `users`.
pub(super) struct User {
    pub(super) line: u32,
    pub(super) name: String,
    pub(super) certificate: Material,
    pub(super) key: Material,
    pub(super) token: Option<(u32, Zeroizing<String>)>,
    pub(super) password: Option<u32>,
    /// Whether something else is shown: a file with a token, a program.
    pub(super) other: bool,
    /// The program that fetches its credential.
    pub(super) runs: Option<(u32, String)>,
    /// As whom requests are made.
    pub(super) acts_as: Option<(u32, String)>,
    /// In which groups they are made then.
    pub(super) acts_in: Vec<String>,
    /// What of it clients do not take.
    pub(super) refused: Vec<Refused>,
}

/// A member of `contexts`.
pub(super) struct Context {
    pub(super) line: u32,
    pub(super) name: String,
    pub(super) cluster: String,
    pub(super) user: String,
}

/// Certificates or a key.
pub(super) enum Material {
    Absent,
    /// A path.
    File,
    /// What is embedded, and the line.
    Embedded(u32, Vec<Piece>),
    /// Embedded, and no base64 or no PEM.
    Unreadable(u32),
}

/// Whether a document is a kubeconfig: client-go takes one without a kind, too.
pub(super) fn is_one(root: &Node) -> bool {
    match root.get("kind") {
        Some(kind) => kind.as_str() == Some("Config") && root.get("clusters").or(root.get("users")).is_some(),
        None => root.get("clusters").is_some() && root.get("users").is_some(),
    }
}

/// Reads the first document of a text.
pub(super) fn read(document: Option<Document>) -> Option<Kubeconfig> {
    let Document { root, duplicates } = document?;
    let members = |list: &str, body: &'static str| {
        let items = root.get(list).map(Node::items).unwrap_or_default();
        items.iter().map(move |item| (item.line, text(item, "name"), item.get(body)))
    };
    let clusters = members("clusters", "cluster").map(|(line, name, body)| Cluster {
        line,
        name,
        server: body.and_then(|body| placed(body, "server")),
        proxy: body.and_then(|body| placed(body, "proxy-url")),
        insecure: body
            .and_then(|body| body.get("insecure-skip-tls-verify"))
            .filter(|node| node.as_bool() == Some(true))
            .map(|node| node.line),
        authority: material(body, "certificate-authority"),
    });
    let users = members("users", "user").map(|(line, name, body)| {
        let has = |key: &str| body.and_then(|body| body.get(key));
        User {
            line,
            name,
            certificate: material(body, "client-certificate"),
            key: material(body, "client-key"),
            token: body
                .and_then(|body| placed(body, "token"))
                .map(|(line, token)| (line, Zeroizing::new(token))),
            password: has("password").map(|node| node.line),
            other: ["tokenFile", "exec", "auth-provider"].iter().any(|key| has(key).is_some()),
            runs: has("exec").and_then(|exec| placed(exec, "command")),
            acts_as: body.and_then(|body| placed(body, "as")),
            acts_in: has("as-groups").map(texts).unwrap_or_default(),
            refused: body.map(refused_user).unwrap_or_default(),
        }
    });
    let contexts = members("contexts", "context").map(|(line, name, body)| Context {
        line,
        name,
        cluster: body.map(|body| text(body, "cluster")).unwrap_or_default(),
        user: body.map(|body| text(body, "user")).unwrap_or_default(),
    });
    Some(Kubeconfig {
        current: placed(&root, "current-context"),
        clusters: clusters.collect(),
        users: users.collect(),
        contexts: contexts.collect(),
        duplicates: duplicates.into_iter().map(|key| (key.line, key.text)).collect(),
        refused: refused_version(&root),
    })
}

fn text(node: &Node, key: &str) -> String {
    placed(node, key).map(|(_, text)| text).unwrap_or_default()
}

/// The members of a list.
fn texts(node: &Node) -> Vec<String> {
    node.items().iter().filter_map(|item| Some(item.scalar()?.text().to_owned())).collect()
}

/// A text that is not empty, and its line.
fn placed(node: &Node, key: &str) -> Option<(u32, String)> {
    let value = node.get(key)?;
    let text = value.scalar()?.text();
    (!text.is_empty()).then(|| (value.line, text.to_owned()))
}

/// What is embedded counts when both are given.
fn material(body: Option<&Node>, key: &str) -> Material {
    let Some(body) = body else { return Material::Absent };
    let Some((line, data)) = placed(body, &format!("{key}-data")) else {
        return if placed(body, key).is_some() { Material::File } else { Material::Absent };
    };
    let data = Zeroizing::new(data);
    let base64 = Zeroizing::new(data.split_ascii_whitespace().collect::<String>());
    let decoded = Base64::decode_vec(&base64).ok().map(Zeroizing::new);
    let text = decoded.as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    let pieces = text.map(pem::pieces).unwrap_or_default();
    if pieces.is_empty() { Material::Unreadable(line) } else { Material::Embedded(line, pieces) }
}

impl Material {
    /// What is embedded, each at the line of the value.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (u32, &Piece)> {
        let (line, pieces) = match self {
            Material::Embedded(line, pieces) => (*line, pieces.as_slice()),
            _ => (0, [].as_slice()),
        };
        pieces.iter().map(move |piece| (line, piece))
    }
}
