//! Resolves `[authority.NAME]`: keys, subjects and lifetimes, with the defaults of the profile.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::constraints::constraints;
use super::generations::generations;
use super::hierarchy::{self, Above, Issuer};
use super::lifetimes::{Lifetimes, lifetimes};
use super::lookup::Lookup;
use super::merged::Merged;
use super::model::{Authority, AuthorityIndex};
use super::parse::{identity, number, parsed, unknown};
use super::secrets::Secrets;
use super::written::Written;
use super::{crl, imported, keys, subjects};
use crate::diagnostics::{Code, Diagnostics};
use crate::index::List;
use crate::read::plan::{AuthorityTable as Table, Text};
use crate::stored::Stored;
use crate::values::{Name, Subject};

/// The authorities of a plan.
pub(super) struct Authorities<'a> {
    /// Those that could be resolved, each after its issuer.
    pub(super) list: List<Authority>,
    /// Those that could not.
    pub(super) poisoned: Vec<&'a Merged<'a, Table>>,
    names: BTreeMap<Arc<str>, AuthorityIndex>,
    poisoned_names: BTreeSet<&'a str>,
    /// Whether the plan or its profile may have more of them.
    pub(super) open: bool,
}

pub(super) fn authorities<'a>(
    written: Written<'a>,
    merged: &'a [Merged<'a, Table>],
    stored: &BTreeMap<String, Arc<Stored>>,
    secrets: &Secrets<'_>,
    diagnostics: &mut Diagnostics,
) -> Authorities<'a> {
    let mut issuers = hierarchy::issuers(merged, written, diagnostics);
    let order = hierarchy::order(merged, &mut issuers, diagnostics);
    let (mut list, mut tables, mut poisoned) = (List::default(), List::default(), Vec::new());
    let mut position: BTreeMap<usize, AuthorityIndex> = BTreeMap::new();
    for old in order {
        let above = match issuers[old] {
            Issuer::Itself => Above::Nothing,
            Issuer::Other(above) => match position.get(&above) {
                Some(&above) => Above::Authority(above, &list[above]),
                None => Above::Poisoned,
            },
            Issuer::Poisoned => Above::Poisoned,
        };
        match authority(&merged[old], &above, stored, secrets, diagnostics) {
            Some(authority) => {
                position.insert(old, list.push(authority));
                tables.push(&merged[old]);
            }
            None => poisoned.push(&merged[old]),
        }
    }
    hierarchy::path_lengths(&mut list, &tables, diagnostics);
    Authorities {
        names: list.enumerate().map(|(i, authority)| (authority.name.clone(), i)).collect(),
        list,
        poisoned_names: poisoned.iter().map(|merged| merged.name.value.as_str()).collect(),
        poisoned,
        open: written.document.unread.may_hold("authority") || written.profile.is_poisoned(),
    }
}

impl Authorities<'_> {
    pub(super) fn named(&self, name: &str) -> Lookup<AuthorityIndex> {
        match self.names.get(name) {
            Some(index) => Lookup::Found(*index),
            None if self.poisoned_names.contains(name) || self.open => Lookup::Poisoned,
            None => Lookup::Unknown,
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|authority| &*authority.name)
    }

    /// Reports a name that no authority has.
    pub(super) fn unknown(&self, text: &Text, diagnostics: &mut Diagnostics) {
        unknown(Code::UnknownAuthority, "authority", text, self.names(), diagnostics);
    }
}

fn authority(
    merged: &Merged<'_, Table>,
    above: &Above<'_>,
    stored: &BTreeMap<String, Arc<Stored>>,
    secrets: &Secrets<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Authority> {
    let name = parsed::<Name>(merged.name, Code::BadName, diagnostics);
    let was = merged.get(|w| w.was.as_ref());
    let was = identity::<Name>(was, &merged.name.value, Code::BadName, diagnostics);
    let id: Arc<str> = format!("authority.{was}").into();
    let generations = generations(merged.get(|w| w.generations.as_ref()), false, diagnostics);
    let imported = imported::of_authority(&id, merged.plan, stored, diagnostics);
    let model = generations.as_ref().and_then(|generations| imported::model(&imported, generations));
    let subject = subject(merged, name.is_some(), model, diagnostics);
    let key = match (merged.plan.and_then(|plan| plan.key.as_ref()), model.and_then(|model| model.key)) {
        (None, Some(key)) => Some(key),
        (None, None) => keys::key(merged.profile.and_then(|profile| profile.key.as_ref()), diagnostics),
        (plan, _) => keys::key(plan, diagnostics),
    };
    let issued_key = keys::optional(merged.get(|w| w.issued_key.as_ref()), diagnostics);
    let lifetimes = lifetimes(merged, above, model, diagnostics);
    let constraints = constraints(merged.get(|w| w.name_constraints.as_ref()), diagnostics);
    let crl = crl::crl(merged.get(|w| w.crl.as_ref()), diagnostics);
    let message = "a path length is 0 to 255";
    let path_length = merged.get(|w| w.path_length.as_ref());
    let path_length = path_length.map(|written| number(written, 0..=u8::MAX, message, diagnostics));
    let Lifetimes { own, issued, spread } = lifetimes?;
    let (key, issued_key) = (key?, issued_key?);
    let authority = Authority {
        name: name?.shared(),
        id,
        serves: serves(merged).map(Arc::from).collect(),
        issuer: if let Above::Authority(index, _) = above { Some(*index) } else { None },
        subject: subject?,
        key,
        issued_key: issued_key.unwrap_or(key),
        own,
        issued,
        spread,
        path_length: path_length.map_or(Some(None), |length| length.map(Some))?,
        constraints: constraints?,
        crl: crl?,
        generations: generations?,
        imported,
        secret: secrets.of(merged.get(|w| w.secret.as_ref())),
        origin: merged.name.span,
    };
    crl::signers(&authority, diagnostics);
    if let Some(plan) = merged.plan {
        imported::contradictions(&authority, plan, diagnostics);
    }
    Some(authority)
}

/// The purposes that an authority serves: its own name where it says none.
pub(super) fn serves<'a>(merged: &Merged<'a, Table>) -> impl Iterator<Item = &'a str> {
    let written = merged.get(|w| w.serves.as_ref());
    let own = written.is_none().then_some(merged.name.value.as_str());
    written.into_iter().flatten().map(|text| text.value.as_str()).chain(own)
}

/// The subject of what is derived: the plan's, or that of what was made elsewhere, or the profile's, or the
/// name, if that is one.
fn subject(
    merged: &Merged<'_, Table>,
    is_named: bool,
    model: Option<&Stored>,
    diagnostics: &mut Diagnostics,
) -> Option<Subject> {
    let silent = merged.plan.is_none_or(|w| w.common_name.is_none() && w.organizations.is_none());
    if let Some(stored) = model.filter(|stored| silent && stored.plain_subject.common_name().is_some()) {
        return Some(stored.plain_subject.clone());
    }
    let name = merged.get(|w| w.common_name.as_ref()).or(is_named.then_some(merged.name))?;
    subjects::named(Some(name), merged.get(|w| w.organizations.as_ref()), diagnostics)
}
