//! Resolves selectors to nodes.

use std::collections::BTreeSet;

use super::inventory::Nodes;
use super::lookup::Lookup;
use super::model::{NodeIndex, Vip};
use super::parse::{parsed, unknown};
use super::roles::KnownRoles;
use super::written::{Written, table};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::read::plan::Text;
use crate::source::Spanned;
use crate::values::Selector;

/// Nodes that were selected, and whether there may be more.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// Ascending.
    pub(super) nodes: Vec<NodeIndex>,
    /// Whether a selector could not be understood: it may mean any node.
    pub(super) misread: bool,
    /// Whether no other node can be meant, neither by what could not be understood nor for roles that a node
    /// may have.
    pub(super) whole: bool,
}

/// The VIPs of a plan.
pub(super) struct Vips {
    pub(super) list: List<Vip>,
    /// Whether all of the plan are in the list, each with all of its nodes.
    pub(super) whole: bool,
}

/// The nodes that selectors of the plan name; what they name wrongly is reported.
pub(super) fn written(
    texts: &[Text],
    written: Written<'_>,
    roles: &KnownRoles<'_>,
    nodes: &Nodes<'_>,
    diagnostics: &mut Diagnostics,
) -> Selection {
    let mut selection = Selection { whole: true, ..Selection::default() };
    for text in texts {
        match parsed::<Selector>(text, Code::BadSelector, diagnostics) {
            Some(selector) if exists(&selector, text, written, roles, nodes, diagnostics) => {
                selection.add(&selector, nodes, None);
            }
            _ => selection.misread(),
        }
    }
    selection.sorted()
}

/// The nodes that selectors of the catalog name.
pub(super) fn of_catalog(selectors: &[Selector], nodes: &Nodes<'_>, vips: &Vips) -> Selection {
    let mut selection = Selection { whole: true, ..Selection::default() };
    for selector in selectors {
        selection.add(selector, nodes, Some(vips));
    }
    selection.sorted()
}

fn exists(
    selector: &Selector,
    text: &Text,
    written: Written<'_>,
    roles: &KnownRoles<'_>,
    nodes: &Nodes<'_>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let renamed = |name: &str| Spanned::new(name.to_owned(), text.span);
    let document = written.document;
    match selector {
        Selector::All => true,
        Selector::Node(name) => {
            matches!(nodes.find(&renamed(name.as_str()), diagnostics), Lookup::Found(_))
        }
        Selector::Pool(name) => {
            let found = table(&document.pools, name.as_str()).is_some();
            if !found && !document.unread.may_hold("pool") {
                let known = document.pools.iter().map(|(pool, _)| pool.value.as_str());
                unknown(Code::UnknownPool, "pool", &renamed(name.as_str()), known, diagnostics);
            }
            found
        }
        Selector::Role(name) => {
            let found = roles.find(name.as_str());
            if found == Lookup::Unknown {
                let known = roles.names();
                unknown(Code::UnknownRole, "role", &renamed(name.as_str()), known, diagnostics);
            }
            // A role that could not be read is one that nodes may have all the same.
            found != Lookup::Unknown
        }
        Selector::Vip(_) => {
            let message = "`vip:` selects nodes for components of the catalog only";
            let help = "use the selector of the VIP instead";
            diagnostics.push(Diagnostic::new(Code::BadSelector, message).at(text.span, "").help(help));
            false
        }
    }
}

impl Selection {
    fn misread(&mut self) {
        self.misread = true;
        self.whole = false;
    }

    fn add(&mut self, selector: &Selector, nodes: &Nodes<'_>, vips: Option<&Vips>) {
        match selector {
            Selector::All => {
                self.nodes.extend(nodes.list.indices());
                self.whole &= nodes.is_whole();
            }
            Selector::Node(name) => self.nodes.extend(nodes.named(name.as_str()).found()),
            Selector::Pool(name) => {
                self.nodes.extend(nodes.of_pool(name.as_str()));
                self.whole &= nodes.has_whole_pool(name.as_str());
            }
            Selector::Role(name) => {
                self.nodes.extend(nodes.with_role(name.as_str()));
                self.whole &= nodes.knows_all_roles();
            }
            Selector::Vip(served_by) => {
                let Some(vips) = vips else { return };
                let served = vips.list.iter().filter(|vip| *vip.served_by == **served_by);
                self.nodes.extend(served.flat_map(|vip| vip.nodes.iter().copied()));
                if !vips.whole {
                    self.misread();
                }
            }
        }
    }

    fn sorted(mut self) -> Self {
        let nodes: BTreeSet<NodeIndex> = self.nodes.into_iter().collect();
        self.nodes = nodes.into_iter().collect();
        self
    }
}
