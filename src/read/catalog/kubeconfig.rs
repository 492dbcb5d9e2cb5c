//! The tables `[kubeconfig.NAME]` of a component.

use crate::read::literal::Literal;
use crate::read::plan::{Named, Text, each};
use crate::read::table::{Reader, Table};
use crate::source::{Span, Spanned};

/// `[kubeconfig.NAME]`
#[derive(Debug)]
pub struct KubeconfigTable {
    /// The header.
    pub span: Span,
    /// The kubeconfig of another component of the host that is meant instead.
    pub of: Option<Text>,
    /// The current context.
    pub current: ContextTable,
    /// The current context's name.
    pub context: Option<Text>,
    /// `[kubeconfig.NAME.contexts.CONTEXT]`: more of them.
    pub contexts: Named<ContextTable>,
    /// Whether certificates and keys stand in it rather than their paths: a boolean or a condition.
    pub embed: Option<Spanned<Literal>>,
    /// What the host does with it.
    pub class: Option<Text>,
    /// Only if this holds.
    pub when: Option<Text>,
}

/// A context of a kubeconfig: a cluster and a user.
#[derive(Debug)]
pub struct ContextTable {
    /// The header.
    pub span: Span,
    /// The dial whose address, certificate and trust it holds.
    pub dial: Option<Text>,
    /// The keyring whose token stands in it, instead of a certificate.
    pub token: Option<Text>,
    /// A file of the component that its program keeps, with both certificate and key: it is named where the dial
    /// has no certificate.
    pub pair: Option<Text>,
    /// The cluster's name in it.
    pub cluster: Option<Text>,
    /// The user's name in it.
    pub user: Option<Text>,
    /// The namespace that is meant where none is said.
    pub namespace: Option<Text>,
}

impl KubeconfigTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let kubeconfig = KubeconfigTable {
            span: t.span,
            of: t.text(reader, "of"),
            current: ContextTable::keys(reader, &mut t),
            context: t.text(reader, "context"),
            contexts: each(reader, &mut t, "contexts", |reader, mut t| {
                let context = ContextTable::keys(reader, &mut t);
                t.finish(reader);
                context
            }),
            embed: t.literal(reader, "embed"),
            class: t.text(reader, "class"),
            when: t.text(reader, "when"),
        };
        t.finish(reader);
        kubeconfig
    }
}

impl ContextTable {
    /// The keys that the current context and the others have alike.
    fn keys(reader: &mut Reader<'_>, t: &mut Table<'_, '_>) -> Self {
        ContextTable {
            span: t.span,
            dial: t.required_text(reader, "dial"),
            token: t.text(reader, "token"),
            pair: t.text(reader, "pair"),
            cluster: t.text(reader, "cluster"),
            user: t.text(reader, "user"),
            namespace: t.text(reader, "namespace"),
        }
    }
}
