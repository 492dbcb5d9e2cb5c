//! Describes kubeconfigs (kubernetes.io/docs/reference/config-api/kubeconfig.v1).

use super::block::describe_block;
use super::{Cluster, Context, Credential, Description, KubeconfigDescription, User};
use crate::issue::pem;
use crate::kubernetes::{
    ClusterView, ContextView, KubeconfigView, MaterialView, Member, UserView, embedded, without_user,
};
use crate::values::Instant;
use crate::yaml::{self, Node};

/// None where the text is no kubeconfig.
pub(super) fn describe(text: &str, now: Instant) -> Option<KubeconfigDescription> {
    // Most files are none; YAML is expensive and would take any line of text for a document.
    if !text.contains("Config") && !text.contains("clusters") {
        return None;
    }
    let mut documents = yaml::documents(text).ok()?.into_iter();
    let document = documents.next().filter(|document| document.duplicates.is_empty())?;
    if documents.next().is_some() {
        return None;
    }
    let view = KubeconfigView::of(&document.root)?;
    Some(KubeconfigDescription {
        current_context: view.current_context.map(text_of),
        clusters: view.clusters.into_iter().map(|member| cluster(member, now)).collect(),
        users: view.users.into_iter().map(|member| user(member, now)).collect(),
        contexts: view.contexts.into_iter().map(context).collect(),
    })
}

/// A value as it is written, whatever it is.
fn text_of(node: &Node) -> String {
    node.scalar().map(|scalar| scalar.text().to_owned()).unwrap_or_default()
}

/// A URL without a user or a password.
fn url_of(node: &Node) -> String {
    without_user(&text_of(node)).into_owned()
}

fn cluster(Member { name, body }: Member<'_, ClusterView<'_>>, now: Instant) -> Cluster {
    Cluster {
        name: name.to_owned(),
        server: body.server.map(url_of),
        proxy: body.proxy.map(url_of),
        tls_server_name: body.tls_server_name.map(text_of),
        insecure: body.insecure.and_then(Node::as_bool) == Some(true),
        authority: credential(body.authority, now),
    }
}

fn user(Member { name, body }: Member<'_, UserView<'_>>, now: Instant) -> User {
    let other = [
        (body.token.is_some(), "token"),
        (body.token_file.is_some(), "token-file"),
        (body.password.is_some(), "password"),
        (body.exec.is_some(), "exec"),
        (body.auth_provider.is_some(), "auth-provider"),
    ];
    let certificate = credential(body.certificate, now);
    let key = credential(body.key, now);
    let digests = public_sha256(certificate.as_ref()).zip(public_sha256(key.as_ref()));
    User {
        name: name.to_owned(),
        key_fits: digests.map(|(certificate, key)| certificate == key),
        certificate,
        key,
        runs: body.exec.and_then(|exec| exec.get("command")).map(text_of),
        acts_as: body.acts_as.map(text_of),
        acts_in: body.acts_in.into_iter().map(text_of).collect(),
        other: other.into_iter().filter(|(present, _)| *present).map(|(_, word)| word).collect(),
    }
}

fn context(Member { name, body }: Member<'_, ContextView<'_>>) -> Context {
    Context {
        name: name.to_owned(),
        cluster: body.cluster.map(text_of).unwrap_or_default(),
        user: body.user.map(text_of).unwrap_or_default(),
        namespace: body.namespace.map(text_of),
    }
}

/// What is embedded counts when both are given, as in client-go.
fn credential(MaterialView { file, data, .. }: MaterialView<'_>, now: Instant) -> Option<Credential> {
    let Some(data) = data else { return file.map(|path| Credential::File(text_of(path))) };
    let Some(text) = data.as_str().and_then(embedded) else {
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
