//! Finds the grants of the plan that differ.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::resolve::{Granted, Model};

/// The names of grants that come, go or say something else.
pub(super) fn differing(before: &Model, after: &Model) -> BTreeSet<Arc<str>> {
    let says = |all: &[Granted], one: &Granted| {
        let same = |other: &Granted| {
            let of = |granted: &Granted| {
                (granted.groups.clone(), granted.users.clone(), granted.namespaces.clone())
            };
            other.name == one.name && other.role == one.role && of(other) == of(one)
        };
        all.iter().any(same)
    };
    let gone = before.grants.iter().filter(|one| !says(&after.grants, one));
    let new = after.grants.iter().filter(|one| !says(&before.grants, one));
    gone.chain(new).map(|granted| granted.name.clone()).collect()
}
