//! Kubeconfigs (kubernetes.io/docs/reference/config-api/kubeconfig.v1).

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::block::describe_block;
use super::{Cluster, Context, Credential, Description, KubeconfigDescription, User};
use crate::issue::pem;
use crate::values::Instant;

/// Text that may be secret; it is overwritten when it is no longer needed.
#[derive(Default)]
struct Hidden(Zeroizing<String>);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<String>::deserialize(deserializer).map(|text| Self(Zeroizing::new(text.unwrap_or_default())))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Document {
    kind: Option<String>,
    #[serde(default)]
    current_context: Option<String>,
    #[serde(default)]
    clusters: Option<Vec<NamedCluster>>,
    #[serde(default)]
    users: Option<Vec<NamedUser>>,
    #[serde(default)]
    contexts: Option<Vec<NamedContext>>,
}

#[derive(Deserialize)]
struct NamedCluster {
    name: String,
    cluster: ClusterBody,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct ClusterBody {
    server: Option<String>,
    tls_server_name: Option<String>,
    insecure_skip_tls_verify: bool,
    certificate_authority: Option<String>,
    certificate_authority_data: Hidden,
}

#[derive(Deserialize)]
struct NamedUser {
    name: String,
    user: UserBody,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct UserBody {
    client_certificate: Option<String>,
    client_certificate_data: Hidden,
    client_key: Option<String>,
    client_key_data: Hidden,
    token: Hidden,
    #[serde(rename = "tokenFile")]
    token_file: Option<String>,
    password: Hidden,
    exec: Option<serde::de::IgnoredAny>,
    auth_provider: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct NamedContext {
    name: String,
    context: ContextBody,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ContextBody {
    cluster: String,
    user: String,
    namespace: Option<String>,
}

/// None where the text is no kubeconfig.
pub(super) fn describe(text: &str, now: Instant) -> Option<KubeconfigDescription> {
    // Most files are none; YAML is expensive and would take any line of text for a document.
    if !text.contains("Config") && !text.contains("clusters") {
        return None;
    }
    let document: Document = serde_saphyr::from_str(text).ok()?;
    // client-go takes a file without a kind for a kubeconfig; here its lists have to show it.
    let reported = match document.kind {
        Some(kind) => kind == "Config",
        None => document.clusters.is_some() && document.users.is_some(),
    };
    if !reported {
        return None;
    }
    let (clusters, users) = (document.clusters.unwrap_or_default(), document.users.unwrap_or_default());
    Some(KubeconfigDescription {
        current_context: document.current_context.filter(|name| !name.is_empty()),
        clusters: clusters.into_iter().map(|named| cluster(named, now)).collect(),
        users: users.into_iter().map(|named| user(named, now)).collect(),
        contexts: document.contexts.unwrap_or_default().into_iter().map(context).collect(),
    })
}

fn cluster(NamedCluster { name, cluster }: NamedCluster, now: Instant) -> Cluster {
    Cluster {
        name,
        server: cluster.server,
        tls_server_name: cluster.tls_server_name,
        insecure: cluster.insecure_skip_tls_verify,
        authority: credential(cluster.certificate_authority, &cluster.certificate_authority_data, now),
    }
}

fn user(NamedUser { name, user }: NamedUser, now: Instant) -> User {
    let other = [
        (!user.token.0.is_empty(), "token"),
        (user.token_file.is_some(), "token-file"),
        (!user.password.0.is_empty(), "password"),
        (user.exec.is_some(), "exec"),
        (user.auth_provider.is_some(), "auth-provider"),
    ];
    let certificate = credential(user.client_certificate, &user.client_certificate_data, now);
    let key = credential(user.client_key, &user.client_key_data, now);
    let digests = public_sha256(certificate.as_ref()).zip(public_sha256(key.as_ref()));
    User {
        name,
        key_fits: digests.map(|(certificate, key)| certificate == key),
        certificate,
        key,
        other: other.into_iter().filter(|(present, _)| *present).map(|(_, word)| word).collect(),
    }
}

fn context(NamedContext { name, context }: NamedContext) -> Context {
    Context { name, cluster: context.cluster, user: context.user, namespace: context.namespace }
}

/// What is embedded counts when both are given, as in client-go.
fn credential(file: Option<String>, data: &Hidden, now: Instant) -> Option<Credential> {
    if data.0.is_empty() {
        return file.filter(|path| !path.is_empty()).map(Credential::File);
    }
    let base64 = Zeroizing::new(data.0.split_ascii_whitespace().collect::<String>());
    let Ok(text) = Base64::decode_vec(&base64).map(Zeroizing::new) else {
        return Some(Credential::Unreadable);
    };
    let blocks = std::str::from_utf8(&text).map(pem::blocks).unwrap_or_default();
    let described: Vec<Description> =
        blocks.iter().filter_map(|block| describe_block(&block.label, &block.der, now)).collect();
    Some(if described.is_empty() { Credential::Unreadable } else { Credential::Embedded(described) })
}

/// The public key of the first thing embedded: a chain begins with the certificate that has the key.
fn public_sha256(credential: Option<&Credential>) -> Option<&str> {
    let Some(Credential::Embedded(described)) = credential else { return None };
    match described.first()? {
        Description::Certificate(certificate) => certificate.key.public_sha256.as_deref(),
        Description::PrivateKey(key) => key.public_sha256.as_deref(),
        _ => None,
    }
}
