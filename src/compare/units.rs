//! Renders and compares all units: hosts, users and the cluster's manifests.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::certificates::Pairing;
use super::comparison::CertificateChange;
use super::done::Done;
use super::mask::Mask;
use super::services::{self, Services};
use super::sheets::{self, Sides};
use super::state::{State, Unrendered};
use super::trust;
use super::unit::{TrustEdit, Unit};
use crate::diagnostics::Diagnostic;
use crate::index::List;
use crate::render::{self, Sheet};
use crate::resolve::NodeIndex;
use crate::specification::{CertificateIndex, Specification};
use crate::values::UnitId;

/// One unit to be compared: its nodes or certificates on both sides.
#[derive(Clone, Copy)]
pub(super) enum Job {
    Cluster,
    Host(Option<NodeIndex>, Option<NodeIndex>),
    User(Option<CertificateIndex>, Option<CertificateIndex>),
}

/// A unit and its sheets.
pub(super) type Rendered = Option<(UnitId, Vec<Sheet>)>;

/// Compares all units; those that are what they were are left out.
pub(super) fn compare(
    before: Option<&State<'_>>,
    after: &State<'_>,
    host: Option<&str>,
    (pairing, changes): (&Pairing, &[CertificateChange]),
) -> Result<Vec<Unit>, Unrendered> {
    let sides = Sides::new(before, after, pairing, changes);
    let mut jobs = jobs(before, after, &pairing.counterpart);
    if let Some(host) = host {
        jobs.retain(|job| is_of(&sides, *job, host));
    }
    let compared: Result<Vec<Option<Unit>>, Unrendered> =
        jobs.par_iter().map(|job| compare_one(&sides, *job)).collect();
    Ok(compared?.into_iter().flatten().collect())
}

/// All units of both sides; `counterparts` are the old certificates of the new ones.
pub(super) fn jobs(
    before: Option<&State<'_>>,
    after: &State<'_>,
    counterparts: &List<Specification, Option<CertificateIndex>>,
) -> Vec<Job> {
    let counterpart = |at: CertificateIndex| counterparts.get(at).copied().flatten();
    let old = before.iter().flat_map(|before| before.blueprint.model.nodes.enumerate());
    let new = &after.blueprint.model.nodes;
    let by_id: BTreeMap<&str, NodeIndex> = old.clone().map(|(at, node)| (&*node.id, at)).collect();
    let stays: BTreeSet<&str> = new.iter().map(|node| &*node.id).collect();
    let mut jobs: Vec<Job> = Vec::with_capacity(new.len() + 8);
    jobs.extend(new.enumerate().map(|(at, node)| Job::Host(by_id.get(&*node.id).copied(), Some(at))));
    let gone = old.filter(|(_, node)| !stays.contains(&*node.id));
    jobs.extend(gone.map(|(at, _)| Job::Host(Some(at), None)));
    let users = after.blueprint.certificates.indices().filter(|&at| after.blueprint.is_personal(at));
    let users: Vec<CertificateIndex> = users.collect();
    jobs.extend(users.iter().map(|&at| Job::User(counterpart(at), Some(at))));
    if let Some(before) = before {
        let stay: BTreeSet<CertificateIndex> = users.iter().filter_map(|&at| counterpart(at)).collect();
        let all = before.blueprint.certificates.indices().filter(|&at| before.blueprint.is_personal(at));
        jobs.extend(all.filter(|at| !stay.contains(at)).map(|at| Job::User(Some(at), None)));
    }
    jobs.push(Job::Cluster);
    jobs
}

/// The sheets of a unit on one side; none where it has none.
pub(super) fn render(state: &State<'_>, job: Job, old: bool) -> Result<Rendered, Vec<Diagnostic>> {
    let blueprint = state.blueprint;
    let rendered = match job {
        Job::Cluster => Some((UnitId::Cluster, render::cluster(blueprint)?)),
        Job::Host(before, after) => match if old { before } else { after } {
            Some(node) => Some((blueprint.unit_of_node(node), render::host(blueprint, node)?)),
            None => None,
        },
        Job::User(before, after) => {
            let certificate = if old { before } else { after };
            certificate.and_then(|certificate| render::user(blueprint, certificate))
        }
    };
    Ok(rendered.filter(|(_, sheets)| !sheets.is_empty()))
}

fn compare_one(sides: &Sides<'_>, job: Job) -> Result<Option<Unit>, Unrendered> {
    let old = match sides.before {
        Some(before) => render(before, job, true).map_err(Unrendered::Before)?,
        None => None,
    };
    let new = render(sides.after, job, false).map_err(Unrendered::After)?;
    let Some(name) = new.as_ref().or(old.as_ref()).map(|(name, _)| name.clone()) else { return Ok(None) };
    let was = old.as_ref().map(|(name, _)| name).filter(|old| **old != name).cloned();
    let change = match (&old, &new) {
        (None, _) => Done::Added,
        (_, None) => Done::Removed,
        _ => Done::Changed,
    };
    let (node, mask) = (job.node(), mask(sides, job));
    let (old, new) = (old.map(|(_, sheets)| sheets), new.map(|(_, sheets)| sheets));
    let (before, after) = services_of(sides, job);
    let mut files = sides.compare(old.as_deref(), new.as_deref(), &mask);
    let services = services::settled(&before, &after, &mut files);
    if files.is_empty() && services.is_empty() && was.is_none() {
        return Ok(None);
    }
    let keys = match (change, &new) {
        (Done::Removed, _) | (_, None) => BTreeSet::new(),
        (_, Some(new)) => {
            let had = match (sides.before, &old) {
                (Some(before), Some(old)) => sheets::shared_keys(before, old),
                _ => BTreeSet::new(),
            };
            sheets::shared_keys(sides.after, new).difference(&had).cloned().collect()
        }
    };
    let trust = match (sides.before, old, new) {
        (Some(before), Some(old), Some(new)) => trust::edit((before, &old), (sides.after, &new)),
        _ => TrustEdit::default(),
    };
    Ok(Some(Unit { name, was, change, node, mask, files, services, trust, keys }))
}

/// Whether a job is that of a host, by its name on either side.
fn is_of(sides: &Sides<'_>, job: Job, host: &str) -> bool {
    let Job::Host(before, after) = job else { return false };
    let named = |state: Option<&State<'_>>, node: Option<NodeIndex>| {
        let node = state.zip(node).map(|(state, node)| &state.blueprint.model.nodes[node]);
        node.is_some_and(|node| node.name.as_str() == host)
    };
    named(sides.before, before) || named(Some(sides.after), after)
}

impl Job {
    /// The node of the newest side that has it.
    pub(super) fn node(self) -> Option<NodeIndex> {
        if let Job::Host(before, after) = self { after.or(before) } else { None }
    }
}

fn services_of(sides: &Sides<'_>, job: Job) -> (Services, Services) {
    let Job::Host(before, after) = job else { return (Services::new(), Services::new()) };
    let of = |state: Option<&State<'_>>, node: Option<NodeIndex>| match (state, node) {
        (Some(state), Some(node)) => services::of(state, node),
        _ => Services::new(),
    };
    (of(sides.before, before), of(Some(sides.after), after))
}

/// What is a host's own on both sides.
fn mask(sides: &Sides<'_>, job: Job) -> Mask {
    let Job::Host(before, after) = job else { return Mask::default() };
    let old = sides.before.zip(before).map(|(state, node)| &state.blueprint.model.nodes[node]);
    let new = after.map(|node| &sides.after.blueprint.model.nodes[node]);
    match (old, new) {
        (Some(old), Some(new)) => {
            let name = (old.name == new.name).then(|| new.name.as_str());
            let same = old.addresses.iter().zip(new.addresses.iter()).filter(|(old, new)| old == new);
            Mask::new(name, same.map(|(_, address)| address.to_string()))
        }
        (None, Some(node)) | (Some(node), None) => Mask::of(node),
        (None, None) => Mask::default(),
    }
}
