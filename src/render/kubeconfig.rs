//! Kubeconfigs (staging/src/k8s.io/client-go/tools/clientcmd/api/v1/types.go), as `kubectl config` writes
//! them, with everything embedded or with paths.

use serde_json::{Map, Value, json};

use super::hole::Holes;
use super::{Hole, Piece, yaml};

/// What a kubeconfig says.
pub(super) struct Kubeconfig {
    pub(super) cluster: String,
    pub(super) server: String,
    pub(super) trust: Trust,
    pub(super) user: String,
    /// The context's name; `USER@CLUSTER` where nothing says so.
    pub(super) context: Option<String>,
    pub(super) proof: Proof,
}

/// How the server is known.
pub(super) enum Trust {
    /// Certificates, embedded.
    Embedded(Vec<usize>),
    /// A file.
    File(String),
}

/// How the user is known.
pub(super) enum Proof {
    /// A certificate with its chain and its key, embedded.
    Embedded(Vec<usize>, usize),
    /// A certificate and its key in files.
    Files(String, String),
    /// Not at all.
    Nothing,
    /// A token.
    Token(Hole),
}

impl Kubeconfig {
    pub(super) fn pieces(self) -> Vec<Piece> {
        let mut holes = Holes::default();
        let context = self.context.unwrap_or_else(|| format!("{}@{}", self.user, self.cluster));
        let token = match &self.proof {
            Proof::Token(hole) => Some(holes.marker(hole.clone())),
            _ => None,
        };
        let mut cluster = trust(self.trust, &mut holes);
        cluster.insert("server".to_owned(), self.server.into());
        let document = json!({
            "apiVersion": "v1",
            "clusters": [{ "cluster": cluster, "name": self.cluster }],
            "contexts": [{ "context": { "cluster": self.cluster, "user": self.user }, "name": context }],
            "current-context": context,
            "kind": "Config",
            "users": [{ "name": self.user, "user": proof(self.proof, &mut holes) }],
        });
        let mut text = yaml::to_text(&[document]);
        if let Some(token) = &token {
            // Without quotes, some tokens would be numbers.
            text = text.replace(token, &format!("\"{token}\""));
        }
        holes.split(&text).unwrap_or_else(|| vec![Piece::Text(text)])
    }
}

fn trust(trust: Trust, holes: &mut Holes) -> Map<String, Value> {
    let (key, value) = match trust {
        Trust::Embedded(held) => ("certificate-authority-data", base64(Hole::Certificates(held), holes)),
        Trust::File(path) => ("certificate-authority", path),
    };
    Map::from_iter([(key.to_owned(), value.into())])
}

fn proof(proof: Proof, holes: &mut Holes) -> Map<String, Value> {
    let entries = match proof {
        Proof::Embedded(chain, key) => vec![
            ("client-certificate-data", base64(Hole::Certificates(chain), holes)),
            ("client-key-data", base64(Hole::Key(key), holes)),
        ],
        Proof::Files(certificate, key) => vec![("client-certificate", certificate), ("client-key", key)],
        Proof::Nothing => Vec::new(),
        Proof::Token(token) => vec![("token", holes.marker(token))],
    };
    entries.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect()
}

fn base64(hole: Hole, holes: &mut Holes) -> String {
    holes.marker(Hole::Base64(Box::new(hole)))
}
