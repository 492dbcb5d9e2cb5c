//! Lists everything in a plan that has keys.

use crate::decide::Owner;
use crate::resolve::Model;
use crate::values::IdParts;

/// Everything in a plan that has keys of its own.
#[must_use]
pub fn owners(model: &Model) -> Vec<Owner<'_>> {
    let owner = |kind, name, id, origin| Owner { kind, name, id, origin, renames: true };
    let nodes = model.nodes.iter().map(|node| Owner {
        renames: node.pool.is_none(),
        ..owner("node", node.name.as_str(), &*node.id, node.origin)
    });
    let users =
        model.users.iter().map(|user| owner("user", &*user.name, IdParts::of(&user.id).name, user.origin));
    let authorities = model.authorities.iter();
    let authorities =
        authorities.map(|one| owner("authority", &*one.name, IdParts::of(&one.id).name, one.origin));
    let free = model.certificates.iter().filter(|certificate| certificate.nodes.is_empty());
    let free = free.map(|one| owner("certificate", &*one.name, &*one.id, one.origin));
    nodes.chain(users).chain(authorities).chain(free).collect()
}
