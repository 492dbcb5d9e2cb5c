//! A plan against trees that were built: files and certificates alone, for trees say nothing of the plan that they
//! came from. What is secret in them is never shown, and where only a secret would show it, that is said.

mod captures;
mod certificates;
mod files;
mod trees;

pub use trees::{Built, BuiltFile};

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::comparison::{CertificateChange, Comparison};
use super::done::Done;
use super::mask::Mask;
use super::services::Services;
use super::state::{State, Unrendered};
use super::unit::{TrustEdit, Unit};
use super::units::{Job, jobs, render};
use super::{group, services, trust, waves};
use crate::index::List;
use crate::render::Sheet;
use crate::values::UnitId;

/// What became of a unit, if anything, and of the certificates in it.
struct Compared {
    name: UnitId,
    unit: Option<Unit>,
    certificates: Vec<CertificateChange>,
}

/// Compares what a plan would make with what was built.
///
/// # Errors
/// What is wrong with a template or an expression.
pub fn compare_built(built: &Built, after: &State<'_>, host: Option<&str>) -> Result<Comparison, Unrendered> {
    let jobs = jobs(None, after, &List::default());
    let compared: Result<Vec<Option<Compared>>, Unrendered> =
        jobs.par_iter().map(|job| of_unit(built, after, *job)).collect();
    let (mut units, mut certificates, mut known) = (Vec::new(), Vec::new(), BTreeSet::new());
    for compared in compared?.into_iter().flatten() {
        known.insert(compared.name);
        certificates.extend(compared.certificates);
        units.extend(compared.unit);
    }
    units.extend(
        built.units.iter().filter(|(name, _)| !known.contains(*name)).map(|(name, files)| gone(name, files)),
    );
    if let Some(host) = host {
        let own = UnitId::Host(host.into());
        units.retain(|unit| unit.name == own);
        certificates.retain(|change| change.unit.as_ref() == Some(&own));
    }
    let mut comparison =
        Comparison { certificates: certificates::once(certificates), ..Comparison::default() };
    comparison.trust = trust::summary(&units);
    comparison.waves = waves::waves(None, after, &units);
    comparison.units = group::alike(units);
    Ok(comparison)
}

fn of_unit(built: &Built, after: &State<'_>, job: Job) -> Result<Option<Compared>, Unrendered> {
    let Some((name, sheets)) = render(after, job, false).map_err(Unrendered::After)? else { return Ok(None) };
    let node = job.node();
    let mask = node.map(|node| Mask::of(&after.blueprint.model.nodes[node])).unwrap_or_default();
    let old = built.units.get(&name);
    let compared = files::compare(after, old, &sheets, &mask);
    let now = node.map(|node| services::of(after, node)).unwrap_or_default();
    let had = old.map(|old| services_of(old, &sheets)).unwrap_or_default();
    let mut files = compared.files;
    let services = services::settled(&had, &now, &mut files);
    let change = if old.is_some() { Done::Changed } else { Done::Added };
    let unit = (!files.is_empty() || !services.is_empty()).then(|| Unit {
        name: name.clone(),
        was: None,
        change,
        node,
        mask,
        files,
        services,
        trust: compared.trust,
        keys: BTreeSet::new(),
    });
    Ok(Some(Compared { name, unit, certificates: compared.certificates }))
}

/// The services that a tree has: those that its files restart, and the pods whose manifests lie in it. Of their
/// versions a tree says nothing.
fn services_of(old: &BTreeMap<String, BuiltFile>, sheets: &[Sheet]) -> Services {
    let named = old.values().flat_map(|file| file.services.iter().cloned());
    let pods = sheets.iter().filter(|sheet| sheet.pod && old.contains_key(&sheet.path));
    let pods = pods.filter_map(|sheet| sheet.component.as_ref()).map(|component| services::pod(component));
    named.chain(pods).map(|service| (service, None)).collect()
}

/// A unit that the plan does not have.
fn gone(name: &UnitId, files: &BTreeMap<String, BuiltFile>) -> Unit {
    Unit {
        name: name.clone(),
        was: None,
        change: Done::Removed,
        node: None,
        mask: Mask::default(),
        files: files.iter().map(|(path, file)| files::removed(path, file)).collect(),
        services: Vec::new(),
        trust: TrustEdit::default(),
        keys: BTreeSet::new(),
    }
}
