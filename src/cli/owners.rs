//! Whom keys belong to: what in a plan can say `was`.

use crate::decide::Owner;
use crate::resolve::Model;

/// Everything in a plan that can say `was`.
pub(super) fn of(model: &Model) -> Vec<Owner<'_>> {
    let owner = |kind, name, id, origin| Owner { kind, name, id, origin };
    let nodes = model.nodes.iter().filter(|node| node.pool.is_none());
    let nodes = nodes.map(|node| owner("node", node.name.as_str(), &*node.id, node.origin));
    let users = model.users.iter().map(|user| owner("user", &*user.name, bare(&user.id), user.origin));
    let authorities = model.authorities.iter();
    let authorities = authorities.map(|one| owner("authority", &*one.name, bare(&one.id), one.origin));
    let free = model.certificates.iter().filter(|certificate| certificate.nodes.is_empty());
    let free = free.map(|one| owner("certificate", &*one.name, &*one.id, one.origin));
    nodes.chain(users).chain(authorities).chain(free).collect()
}

/// An id without its kind.
fn bare(id: &str) -> &str {
    id.split_once('.').map_or(id, |(_, name)| name)
}
