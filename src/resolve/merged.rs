//! Merges the tables of a plan with those of its profile.

use std::collections::BTreeMap;

use crate::read::plan::Text;

/// One thing as plan and profile say it: the plan wins, key by key.
pub(super) struct Merged<'a, T> {
    pub(super) name: &'a Text,
    pub(super) plan: Option<&'a T>,
    pub(super) profile: Option<&'a T>,
}

impl<'a, T> Merged<'a, T> {
    pub(super) fn get<V>(&self, key: impl Fn(&'a T) -> Option<&'a V>) -> Option<&'a V> {
        self.plan.and_then(&key).or_else(|| self.profile.and_then(&key))
    }
}

/// Every table of the profile and of the plan, by name.
pub(super) fn merged<'a, T>(profile: &'a [(Text, T)], plan: &'a [(Text, T)]) -> Vec<Merged<'a, T>> {
    let mut all: BTreeMap<&str, Merged<'a, T>> = BTreeMap::new();
    for (name, table) in profile {
        all.insert(&name.value, Merged { name, plan: None, profile: Some(table) });
    }
    for (name, table) in plan {
        let profile = all.get(name.value.as_str()).and_then(|merged| merged.profile);
        all.insert(&name.value, Merged { name, plan: Some(table), profile });
    }
    all.into_values().collect()
}
