//! Names, ids and groups that are added or removed.

use std::collections::{BTreeMap, BTreeSet};

use super::super::comparison::{CertificateChange, Comparison, Made};
use super::super::state::State;
use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::expand::{Blueprint, Reason};
use crate::kubernetes::is_reserved;
use crate::lock::CertificateRecord;
use crate::resolve::Endpoint;
use crate::specification::{CertificateIndex, Difference, Field, Word};
use crate::values::{AlternativeName, Usage};

/// Nodes that are new at the address of one that is gone.
pub(super) fn lost_ids(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (&sides.before.blueprint.model.nodes, &sides.after.blueprint.model.nodes);
    let known: BTreeSet<&str> = old.iter().map(|node| &*node.id).collect();
    let stays: BTreeSet<&str> = new.iter().map(|node| &*node.id).collect();
    let gone: BTreeMap<_, _> = old
        .iter()
        .filter(|node| !stays.contains(&*node.id))
        .flat_map(|node| node.addresses.iter().map(move |address| (address, node)))
        .collect();
    let mut found = Vec::new();
    for node in new.iter().filter(|node| !known.contains(&*node.id)) {
        let Some(was) = node.addresses.iter().find_map(|address| gone.get(address)) else { continue };
        let message = format!(
            "`node.{}` is new at the address of `node.{}`, which was removed: it gets new keys and certificates",
            node.name, was.name
        );
        let help = format!("if it is the same machine under a new name, write `was = \"{}\"`", was.name);
        found.push(RiskKind::IdLost.of(message, &help));
    }
    found
}

/// Names that somebody dials and that certificates no longer have.
pub(super) fn removed(sides: &Sides<'_>, comparison: &Comparison) -> Vec<Risk> {
    let before = sides.before.blueprint;
    let positions: BTreeMap<&str, CertificateIndex> =
        before.certificates.enumerate().map(|(at, certificate)| (&*certificate.id, at)).collect();
    // The names that are gone for whoever dials them, and from what.
    let mut found: BTreeMap<String, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
    for change in comparison
        .certificates
        .iter()
        .filter(|change| matches!(change.change, Made::Reissued | Made::Replaced))
    {
        let Some(&position) = positions.get(change.id.as_str()) else { continue };
        let gone: BTreeSet<&str> = differing_names(change).filter_map(|name| name.old.as_deref()).collect();
        if gone.is_empty() {
            continue;
        }
        for (name, by) in dialled(before, position, &gone) {
            let (names, ids) = found.entry(by).or_default();
            names.insert(name);
            ids.insert(&change.id);
        }
    }
    let reported = found.into_iter().map(|(by, (names, ids))| {
        let count = match ids.len() {
            1 => "a certificate".to_owned(),
            count => format!("{count} certificates"),
        };
        let are = if names.len() == 1 { "is" } else { "are" };
        let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
        let names = listed(names.iter().map(String::as_str));
        let message = format!("{names} {are} gone from {count} ({}), {by}", listed(ids));
        let help = "connections of clients with the old configuration fail: change the clients first, or keep the \
                    name (`names.add`) until all have changed";
        RiskKind::NameRemoved.of(message, help)
    });
    reported.collect()
}

/// Names by which the endpoint is dialled from now on, and which the servers behind it get only one after the other.
pub(super) fn missing(sides: &Sides<'_>, comparison: &Comparison) -> Vec<Risk> {
    let after = sides.after.blueprint;
    let had_endpoint = sides.before.blueprint.model.cluster.as_ref().is_some_and(|c| c.endpoint.is_some());
    let cluster = after.model.cluster.as_ref().filter(|_| had_endpoint);
    let endpoint = cluster.and_then(|cluster| Some((cluster, cluster.endpoint.as_ref()?.value)));
    let Some((cluster, Endpoint::Vip(vip))) = endpoint else { return Vec::new() };
    let vip = &after.model.vips[vip];
    let (endpoint, by_name) = (&*vip.name, cluster.endpoint_by_name);
    let host = vip.host.as_ref().filter(|_| by_name).map(ToString::to_string);
    let addresses = vip.addresses.iter().filter(|_| !by_name).map(ToString::to_string);
    let clients_say: BTreeSet<String> = addresses.chain(host).collect();
    let positions: BTreeMap<&str, CertificateIndex> =
        after.certificates.enumerate().map(|(at, certificate)| (&*certificate.id, at)).collect();
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for change in comparison
        .certificates
        .iter()
        .filter(|change| matches!(change.change, Made::Reissued | Made::Replaced))
    {
        let Some(&position) = positions.get(change.id.as_str()) else { continue };
        let reasons = after.reasons(position);
        let by_endpoint = |name: &&str| {
            reasons.iter().any(|(stands, reason)| {
                stands.to_string() == *name && matches!(reason, Reason::Vip { vip, .. } if **vip == *endpoint)
            })
        };
        let new = differing_names(change).filter_map(|name| name.new.as_deref());
        for name in new.filter(by_endpoint) {
            found.entry(name).or_default().insert(&change.id);
        }
    }
    // A single server changes together with what leads to it.
    let reported = found.into_iter().filter(|(_, ids)| ids.len() > 1).filter_map(|(name, ids)| {
        let bare = name.split_once(':').map_or(name, |(_, bare)| bare);
        if !clients_say.contains(bare) {
            return None;
        }
        let message = format!(
            "clients now reach vip.{endpoint} at `{bare}`, and {} servers behind it get this name only when their hosts \
             change ({}): a connection to one that has not changed fails",
            ids.len(),
            listed(ids)
        );
        let help = format!(
            "split this into two commits: first add `names.add = [\"{bare}\"]` to the component behind the VIP and roll \
             that out, then move the VIP"
        );
        Some(RiskKind::NameMissing.of(message, &help))
    });
    reported.collect()
}

/// The names of a certificate that differ, each as it was and as it is.
fn differing_names(change: &CertificateChange) -> impl Iterator<Item = &Difference> {
    let differences = change.differences.iter().map(|change| &change.difference);
    differences.filter(|difference| difference.field == Field::Line(Word::Name))
}

/// Who dials a certificate by one of some names.
fn dialled<'n>(
    blueprint: &Blueprint<'_>,
    position: CertificateIndex,
    names: &BTreeSet<&'n str>,
) -> BTreeSet<(&'n str, String)> {
    let reasons = blueprint.reasons(position).into_iter();
    let by = reasons.filter_map(|(stands, reason)| {
        if !matches!(stands, AlternativeName::Dns(_) | AlternativeName::Ip(_)) {
            return None;
        }
        let name = *names.get(stands.to_string().as_str())?;
        match reason {
            Reason::Dialled { component, dial, .. } => {
                Some((name, format!("{component} connects to it ({dial})")))
            }
            Reason::Vip { vip, .. } => Some((name, format!("address of vip.{vip}"))),
            Reason::Catalog(_) | Reason::Plan(_) => None,
        }
    });
    by.collect()
}

/// Clients that get more groups of those that RBAC limits; what leads further is a risk of its own.
pub(super) fn wider_groups(sides: &Sides<'_>, comparison: &Comparison) -> Vec<Risk> {
    let (old, new) = (&sides.before.draft.lock.certificates, &sides.after.draft.lock.certificates);
    let mut found: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for change in &comparison.certificates {
        let Some(is) = new.get(change.id.as_str()).filter(|record| is_client(record)) else { continue };
        let Some(had) = old.get(change.id.as_str()).map(groups) else { continue };
        for group in groups(is).difference(&had) {
            found.entry(group.clone()).or_default().insert(&change.id);
        }
    }
    for (id, group) in token_groups(sides) {
        found.entry(group).or_default().insert(id);
    }
    let reported = found.into_iter().filter(|(group, _)| !is_reserved(group)).map(|(group, ids)| {
        let message = format!("{} is now in the group `{group}`", listed(ids));
        RiskKind::WiderGroups.of(message, "")
    });
    reported.collect()
}

/// The groups that tokens get, of keyrings that are not new, and those of `pkiplan join`.
fn token_groups<'a>(sides: &Sides<'a>) -> Vec<(&'a str, String)> {
    let (old, new) = (&sides.before.blueprint.model.keyrings, &sides.after.blueprint.model.keyrings);
    let mut found = Vec::new();
    for (name, keyring) in new {
        let Some(had) = old.get(name).map(|keyring| keyring.kind.groups()) else { continue };
        let wider = keyring.kind.groups().into_iter().filter(|group| !had.contains(group));
        found.extend(wider.map(|group| (&*keyring.id, group)));
    }
    let bootstrap = |state: &State<'_>| -> Option<Vec<String>> {
        let bootstrap = state.blueprint.model.bootstrap.as_ref()?;
        Some(bootstrap.groups.iter().map(ToString::to_string).collect())
    };
    if let (Some(had), Some(has)) = (bootstrap(sides.before), bootstrap(sides.after)) {
        let wider = has.into_iter().filter(|group| !had.contains(group));
        found.extend(wider.map(|group| ("nodes that join with `pkiplan join`", group)));
    }
    found
}

fn groups(record: &CertificateRecord) -> BTreeSet<String> {
    let attributes = record.specification.of(&Word::Subject);
    attributes.filter_map(|attribute| attribute.strip_prefix("O=").map(ToOwned::to_owned)).collect()
}

fn is_client(record: &CertificateRecord) -> bool {
    record.specification.of(&Word::Usage).any(|usage| usage.parse() == Ok(Usage::Client))
}
