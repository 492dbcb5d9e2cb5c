//! Finds nodes whose addresses changed because their pool's range assigns them differently, without an edit.

use std::collections::BTreeMap;

use super::done::Done;
use super::edit::{Edit, EditLine};
use super::state::State;
use crate::read::{TableKind, TableName};
use crate::resolve::Node;

/// How many nodes a table names.
const NAMED: usize = 4;

/// Adds to each pool with a range the nodes that have other addresses now.
pub(super) fn moved(before: &State<'_>, after: &State<'_>, edits: &mut Vec<Edit>) {
    let nodes = &before.blueprint.model.nodes;
    let old: BTreeMap<&str, &Node> = nodes.iter().map(|node| (node.name.as_str(), node)).collect();
    let mut moved: BTreeMap<TableName, Vec<EditLine>> = BTreeMap::new();
    for (index, node) in after.blueprint.model.nodes.enumerate() {
        let Some(pool) = node.pool.as_ref().filter(|pool| range(after, pool).is_some()) else { continue };
        let was = old.get(node.name.as_str()).filter(|was| was.addresses != node.addresses);
        let Some(was) = was.filter(|was| was.pool.as_ref() == Some(pool)) else { continue };
        let line =
            EditLine::Moved { node: node.name.to_string(), before: addresses(was), after: addresses(node) };
        moved.entry(after.table_of_node(index)).or_default().push(line);
    }
    for (table, mut lines) in moved {
        let more = lines.len().saturating_sub(NAMED);
        lines.truncate(NAMED);
        lines.extend((more > 0).then_some(EditLine::MoreMoved(more)));
        match edits.iter_mut().find(|edit| edit.table == table) {
            Some(edit) => edit.lines.extend(lines),
            None => {
                let key = after.plan.keys.iter().find(|key| key.table == table);
                let place = key.map(|key| after.plan.sources.place(key.span)).unwrap_or_default();
                edits.push(Edit { table, change: Done::Changed, place, lines });
            }
        }
    }
}

/// The key that gives a pool its range.
fn range<'s>(state: &'s State<'_>, pool: &str) -> Option<&'s str> {
    let of = |kind: TableKind, name: &Option<std::sync::Arc<str>>| {
        kind == TableKind::Pool && name.as_deref() == Some(pool)
    };
    let mut keys = state.plan.keys.iter().filter(|key| of(key.table.kind, &key.table.name));
    keys.find(|key| key.key == "addresses").map(|key| key.value.as_str())
}

fn addresses(node: &Node) -> String {
    node.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
