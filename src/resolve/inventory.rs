//! The list of all nodes of a plan, with what could not be resolved of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lookup::Lookup;
use super::model::{Node, NodeIndex};
use super::parse::unknown;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::read::Unread;
use crate::read::plan::Text;
use crate::values::NodeName;

/// The nodes, those of pools last.
pub(super) struct Nodes<'a> {
    pub(super) list: List<Node>,
    by_name: BTreeMap<Arc<str>, NodeIndex>,
    by_role: BTreeMap<Arc<str>, Vec<NodeIndex>>,
    /// Of each node, the keys of its table that could not be read.
    unread: List<Node, &'a Unread>,
    /// Nodes whose roles are not all known.
    in_doubt: BTreeSet<NodeIndex>,
    /// Nodes that are in the plan and not in the list.
    missing: BTreeSet<String>,
    /// Pools whose nodes are not, or not all, in the list.
    missing_pools: BTreeSet<&'a str>,
    /// Whether the names of such a pool's nodes are not known.
    nameless: bool,
    /// Whether the plan may have more of them.
    open: bool,
}

/// The roles of a node.
pub(super) struct Roles {
    pub(super) known: Arc<[Arc<str>]>,
    /// Whether it may have others, which could not be read.
    pub(super) in_doubt: bool,
}

impl<'a> Nodes<'a> {
    pub(super) fn new(written: Written<'a>) -> Self {
        let unread = &written.document.unread;
        Self {
            list: List::default(),
            by_name: BTreeMap::new(),
            by_role: BTreeMap::new(),
            unread: List::default(),
            in_doubt: BTreeSet::new(),
            missing: BTreeSet::new(),
            missing_pools: BTreeSet::new(),
            nameless: false,
            open: unread.may_hold("node") || unread.may_hold("pool"),
        }
    }

    /// Makes room for so many nodes more.
    pub(super) fn reserve(&mut self, more: usize) {
        self.list.reserve(more);
        self.unread.reserve(more);
    }

    /// Adds a node unless its name is taken; whether it was added.
    pub(super) fn add(
        &mut self,
        node: Node,
        in_doubt: bool,
        unread: &'a Unread,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        if let Some(&earlier) = self.by_name.get(node.name.as_str()) {
            let message = format!("two nodes have the name `{}`", node.name);
            let earlier = self.list[earlier].origin;
            diagnostics.push(
                Diagnostic::new(Code::DuplicateName, message)
                    .at(node.origin, "again here")
                    .at(earlier, "first here")
                    .help("names of nodes and pools must be unique"),
            );
            return false;
        }
        let (name, roles) = (node.name.shared(), node.roles.clone());
        let index = self.list.push(node);
        self.by_name.insert(name, index);
        for role in roles.iter() {
            self.by_role.entry(role.clone()).or_default().push(index);
        }
        if in_doubt {
            self.in_doubt.insert(index);
        }
        self.unread.push(unread);
        true
    }

    /// Notes a node that could not be resolved.
    pub(super) fn miss(&mut self, name: &str) {
        self.missing.insert(name.to_owned());
    }

    /// Notes a pool that could not be resolved, and how its nodes are called if that is known.
    pub(super) fn miss_pool(&mut self, pool: &'a str, names: Option<&[NodeName]>) {
        self.missing_pools.insert(pool);
        self.nameless |= names.is_none();
        self.missing.extend(names.into_iter().flatten().map(ToString::to_string));
    }

    pub(super) fn named(&self, name: &str) -> Lookup<NodeIndex> {
        match self.by_name.get(name) {
            Some(index) => Lookup::Found(*index),
            None if self.missing.contains(name) => Lookup::Poisoned,
            None if self.open || self.nameless => Lookup::Poisoned,
            None => Lookup::Unknown,
        }
    }

    /// The node of that name; reported if there is none.
    pub(super) fn find(&self, name: &Text, diagnostics: &mut Diagnostics) -> Lookup<NodeIndex> {
        let found = self.named(&name.value);
        if found == Lookup::Unknown {
            let known = self.by_name.keys().map(|name| &**name);
            unknown(Code::UnknownNode, "node", name, known, diagnostics);
        }
        found
    }

    pub(super) fn with_role(&self, role: &str) -> &[NodeIndex] {
        self.by_role.get(role).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn of_pool(&self, pool: &str) -> impl Iterator<Item = NodeIndex> {
        let nodes = self.list.enumerate();
        nodes.filter(move |(_, node)| node.pool.as_deref() == Some(pool)).map(|(index, _)| index)
    }

    /// Whether every node of the plan is in the list.
    pub(super) fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.missing_pools.is_empty() && !self.open
    }

    /// Whether every node of a pool is in the list.
    pub(super) fn has_whole_pool(&self, pool: &str) -> bool {
        !self.missing_pools.contains(pool) && !self.open
    }

    /// Whether the roles of all nodes are known.
    pub(super) fn knows_all_roles(&self) -> bool {
        self.is_whole() && self.in_doubt.is_empty()
    }

    /// Whether the roles of a node are known.
    pub(super) fn knows_roles(&self, node: NodeIndex) -> bool {
        !self.in_doubt.contains(&node)
    }

    /// The keys of a node's table that could not be read.
    pub(super) fn unread(&self, node: NodeIndex) -> &Unread {
        self.unread[node]
    }
}
