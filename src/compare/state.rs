//! One of the two states that are compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::plan_text::PlanText;
use crate::decide::Draft;
use crate::diagnostics::Diagnostic;
use crate::expand::{Blueprint, Holder};
use crate::read::{TableKind, TableName, WrittenKey};
use crate::resolve::NodeIndex;
use crate::seal::SealedFile;
use crate::source::Span;
use crate::specification::CertificateIndex;

/// One side: what is to be made, and what was decided of it.
#[derive(Clone, Copy)]
pub struct State<'a> {
    /// What is to be made.
    pub blueprint: &'a Blueprint<'a>,
    /// What was decided.
    pub draft: &'a Draft,
    /// What the plan says, key by key.
    pub plan: PlanText<'a>,
    /// What is sealed beside the plan, by its path behind the plan's name.
    pub sealed: &'a BTreeMap<String, SealedFile>,
}

/// Sheets that could not be rendered.
#[derive(Debug)]
pub enum Unrendered {
    /// Of the old side.
    Before(Vec<Diagnostic>),
    /// Of the new side.
    After(Vec<Diagnostic>),
}

impl State<'_> {
    /// The tables of the plan that a certificate may be there for.
    pub(super) fn tables_of(&self, position: CertificateIndex) -> Vec<TableName> {
        let model = self.blueprint.model;
        match self.blueprint.certificates[position].holder {
            Holder::Authority(authority) => {
                vec![TableKind::Authority.named(model.authorities[authority].name.clone())]
            }
            Holder::Component { component, .. } => {
                vec![TableKind::Component.named(model.components[component].definition.name.clone())]
            }
            Holder::Foreign(_) => Vec::new(),
            Holder::Free { certificate, .. } => {
                vec![TableKind::Certificate.named(model.certificates[certificate].name.clone())]
            }
            Holder::Instance { component, instance, .. } => {
                let node = model.components[component].instances[instance].node;
                let component =
                    TableKind::Component.named(model.components[component].definition.name.clone());
                vec![self.table_of_node(node), component]
            }
            Holder::User(user) => vec![TableKind::User.named(model.users[user].name.clone())],
        }
    }

    /// The table of the plan that a node is there for.
    pub(super) fn table_of_node(&self, node: NodeIndex) -> TableName {
        let node = &self.blueprint.model.nodes[node];
        match node.pool.as_ref().filter(|_| !node.listed) {
            Some(pool) => TableKind::Pool.named(pool.clone()),
            None => TableKind::Node.named(node.name.shared()),
        }
    }

    /// The key of the plan that holds a text, or the first below it: a table's header stands above its keys.
    pub(super) fn key_at(&self, span: Span) -> Option<&WrittenKey> {
        let keys = self.plan.keys;
        let before = |key: &WrittenKey| (key.span.source, key.span.end) <= (span.source, span.start);
        keys.get(keys.partition_point(before)).filter(|key| key.span.source == span.source)
    }

    /// The id of a certificate.
    pub(super) fn id(&self, position: CertificateIndex) -> &Arc<str> {
        &self.blueprint.certificates[position].id
    }
}
