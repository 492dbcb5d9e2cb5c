//! The definition of a kubeconfig of a component.

use std::sync::Arc;

use super::reads::Reads;
use super::tree::Template;
use crate::source::Span;

/// A kubeconfig: dials as one file.
#[derive(Debug)]
pub struct KubeconfigDefinition {
    /// Its name within the component.
    pub name: Arc<str>,
    /// The table's header.
    pub span: Span,
    /// `COMPONENT.NAME`: the kubeconfig of another component of the host that is meant instead, where it is not
    /// empty.
    pub of: Option<Template>,
    /// Its contexts; the first is the current one.
    pub contexts: Vec<KubeconfigContext>,
    /// Whether certificates and keys stand in it rather than their paths; they do if absent.
    pub embed: Option<Embed>,
    /// What the host does with it, as a word; always ours if absent.
    pub class: Option<Template>,
    /// Only if this holds.
    pub when: Option<Template>,
}

impl KubeconfigDefinition {
    /// What its texts and conditions read. Its dials, bundles, certificates and tokens are no expressions:
    /// they stand in its contexts.
    #[must_use]
    pub fn reads(&self) -> Reads {
        let embed = match &self.embed {
            Some(Embed::When(when)) => Some(when),
            Some(Embed::Always(_)) | None => None,
        };
        let around = [&self.of, &self.class, &self.when].into_iter().flatten().chain(embed);
        let of_context = |context: &KubeconfigContext| {
            let texts = [&context.name, &context.cluster, &context.user, &context.namespace];
            texts.into_iter().flatten().map(Template::reads).collect()
        };
        around.map(Template::reads).chain(self.contexts.iter().map(of_context)).collect()
    }
}

/// Whether a kubeconfig embeds what it needs.
#[derive(Debug)]
pub enum Embed {
    /// Everywhere or nowhere.
    Always(bool),
    /// Where this holds.
    When(Template),
}

/// A context of a kubeconfig: one dial as a cluster and a user.
#[derive(Debug)]
pub struct KubeconfigContext {
    /// Where it is said.
    pub span: Span,
    /// Its name; `USER@CLUSTER` if absent.
    pub name: Option<Template>,
    /// The dial, an index.
    pub dial: usize,
    /// The keyring whose token stands in it, instead of the dial's certificate.
    pub token: Option<Arc<str>>,
    /// A file of the component that its program keeps, an index: it has both certificate and key, and is named
    /// where the dial has no certificate.
    pub pair: Option<usize>,
    /// The cluster's name in it; the plan's if absent.
    pub cluster: Option<Template>,
    /// The user's name in it; that of the certificate, or the component's, if absent.
    pub user: Option<Template>,
    /// The namespace that is meant where none is said.
    pub namespace: Option<Template>,
}
