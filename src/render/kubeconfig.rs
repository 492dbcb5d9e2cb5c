//! Writes kubeconfigs as `kubectl config` does, with embedded certificates and keys or with paths.
//!
//! The types are those of staging/src/k8s.io/client-go/tools/clientcmd/api/v1/types.go.

use crate::specification::CertificateIndex;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::hole::{Filling, Hole, Piece};
use super::marker::Holes;
use super::yaml;

/// What a kubeconfig says.
#[derive(Default)]
pub(super) struct KubeconfigText {
    clusters: BTreeMap<String, Cluster>,
    users: BTreeMap<String, Proof>,
    contexts: BTreeMap<String, Value>,
    current: String,
}

/// What a context says.
pub(super) struct Context {
    /// `USER@CLUSTER` where nothing says so.
    pub(super) name: Option<String>,
    pub(super) cluster: String,
    pub(super) server: String,
    pub(super) trust: Trust,
    pub(super) user: String,
    pub(super) proof: Proof,
    pub(super) namespace: Option<String>,
}

#[derive(PartialEq)]
struct Cluster {
    server: String,
    trust: Trust,
}

/// How the server is known.
#[derive(PartialEq)]
pub(super) enum Trust {
    /// Certificates, embedded.
    Embedded(Vec<CertificateIndex>),
    /// A file.
    File(String),
}

/// How the user is known.
#[derive(PartialEq)]
pub(super) enum Proof {
    /// A certificate with its chain and its key, embedded.
    Embedded(Vec<CertificateIndex>, CertificateIndex),
    /// A certificate and its key in files.
    Files(String, String),
    /// Not at all.
    Nothing,
    /// A token.
    Token(Filling),
}

impl KubeconfigText {
    pub(super) fn of(context: Context) -> Self {
        let mut kubeconfig = Self::default();
        // The first contradicts nothing.
        kubeconfig.add(context).unwrap_or_default();
        kubeconfig
    }

    /// Adds a context; the first is the current one. What is there already under its name and says
    /// otherwise is refused: `user`, `cluster` or `context`, and the name.
    pub(super) fn add(&mut self, context: Context) -> Result<(), (&'static str, String)> {
        let Context { name, cluster, server, trust, user, proof, namespace } = context;
        let name = name.unwrap_or_else(|| format!("{user}@{cluster}"));
        let says = [
            Some(("cluster", cluster.clone().into())),
            namespace.map(|namespace| ("namespace", namespace.into())),
            Some(("user", user.clone().into())),
        ];
        let says = object(says.into_iter().flatten());
        if self.contexts.is_empty() {
            self.current.clone_from(&name);
        }
        if self.contexts.insert(name.clone(), says).is_some() {
            return Err(("context", name));
        }
        alike("cluster", &mut self.clusters, cluster, Cluster { server, trust })?;
        alike("user", &mut self.users, user, proof)
    }

    pub(super) fn pieces(self) -> Vec<Piece> {
        let mut holes = Holes::default();
        let mut tokens = BTreeSet::new();
        let mut clusters = Vec::new();
        for (name, Cluster { server, trust }) in self.clusters {
            let mut cluster = self::trust(trust, &mut holes);
            cluster.insert("server".to_owned(), server.into());
            clusters.push(object([("cluster", cluster.into()), ("name", name.into())]));
        }
        let mut users = Vec::new();
        for (name, proof) in self.users {
            let is_token = matches!(proof, Proof::Token(_));
            let user = self::proof(proof, &mut holes);
            let token = user.get("token").and_then(Value::as_str).filter(|_| is_token);
            tokens.extend(token.map(str::to_owned));
            users.push(object([("name", name.into()), ("user", user.into())]));
        }
        let contexts = self.contexts.into_iter();
        let contexts: Vec<Value> =
            contexts.map(|(name, context)| object([("context", context), ("name", name.into())])).collect();
        let document = object([
            ("apiVersion", "v1".into()),
            ("clusters", clusters.into()),
            ("contexts", contexts.into()),
            ("current-context", self.current.into()),
            ("kind", "Config".into()),
            ("users", users.into()),
        ]);
        let mut text = yaml::to_text(&[document]);
        for token in &tokens {
            // Without quotes, some tokens would be numbers.
            text = text.replace(token, &format!("\"{token}\""));
        }
        holes.split(&text).unwrap_or_else(|| vec![Piece::Text(text)])
    }
}

/// An object of these fields in their order. Unlike `json!`, it does not copy them.
fn object(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Adds an entry, or finds that it is there already.
fn alike<T: PartialEq>(
    what: &'static str,
    known: &mut BTreeMap<String, T>,
    name: String,
    entry: T,
) -> Result<(), (&'static str, String)> {
    match known.get(&name) {
        Some(earlier) if *earlier != entry => Err((what, name)),
        _ => {
            known.insert(name, entry);
            Ok(())
        }
    }
}

fn trust(trust: Trust, holes: &mut Holes) -> Map<String, Value> {
    let (key, value) = match trust {
        Trust::Embedded(held) => ("certificate-authority-data", base64(Filling::Certificates(held), holes)),
        Trust::File(path) => ("certificate-authority", path),
    };
    Map::from_iter([(key.to_owned(), value.into())])
}

fn proof(proof: Proof, holes: &mut Holes) -> Map<String, Value> {
    let entries = match proof {
        Proof::Embedded(chain, key) => vec![
            ("client-certificate-data", base64(Filling::Certificates(chain), holes)),
            ("client-key-data", base64(Filling::Key(key), holes)),
        ],
        Proof::Files(certificate, key) => vec![("client-certificate", certificate), ("client-key", key)],
        Proof::Nothing => Vec::new(),
        Proof::Token(token) => vec![("token", holes.marker(Hole::text(token)))],
    };
    entries.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect()
}

fn base64(filling: Filling, holes: &mut Holes) -> String {
    holes.marker(Hole::base64(filling))
}
