//! Compares a plan with built trees.
//!
//! Trees do not contain the plan that they were built from, so only files and certificates are compared. Private
//! contents are never shown. Where only the secret could show a difference, the result says so. With credentials, each
//! unit is rendered and filled as in a build, and compared byte for byte.

mod beside;
mod captures;
mod certificates;
mod files;
mod hosts;
mod kubeconfig;
mod proof;
mod trees;

pub use hosts::compare_hosts;
pub use trees::{Built, BuiltContent, BuiltFile, BuiltUnit};

pub(super) use certificates::against;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::comparison::{CertificateChange, Comparison, Unproven};
use super::done::Done;
use super::mask::Mask;
use super::services::Services;
use super::state::{State, Unrendered};
use super::unit::{TrustEdit, Unit};
use super::units::{Job, jobs, render};
use super::{group, services, trust, waves};
use crate::build;
use crate::fill::{Credentials, Filled, Mismatch};
use crate::index::List;
use crate::render::Sheet;
use crate::values::UnitId;

/// What became of a unit, if anything, and of the certificates in it.
struct Compared {
    name: UnitId,
    unit: Option<Unit>,
    certificates: Vec<CertificateChange>,
    unproven: Vec<String>,
}

/// Compares what a plan would make with what was built. With `credentials` all bytes are compared.
///
/// # Errors
/// What is wrong with a template or an expression, and what cannot be made.
pub fn compare_built(
    built: &Built,
    after: &State<'_>,
    host: Option<&str>,
    credentials: Option<&Credentials<'_>>,
) -> Result<Comparison, Unrendered> {
    let jobs = jobs(None, after, &List::default());
    let compared: Result<Vec<Option<Compared>>, Unrendered> =
        jobs.par_iter().map(|job| of_unit(built, after, *job, credentials)).collect();
    let (mut units, mut certificates, mut known) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut unproven = Vec::new();
    for compared in compared?.into_iter().flatten() {
        if !compared.unproven.is_empty() {
            unproven.push(Unproven { unit: compared.name.clone(), paths: compared.unproven });
        }
        known.insert(compared.name);
        certificates.extend(compared.certificates);
        units.extend(compared.unit);
    }
    units.extend(
        built.units.iter().filter(|(name, _)| !known.contains(*name)).map(|(name, old)| gone(name, old)),
    );
    if let Some(host) = host {
        let own = UnitId::Host(host.into());
        units.retain(|unit| unit.name == own);
        unproven.retain(|unproven| unproven.unit == own);
        certificates.retain(|change| change.unit.as_ref() == Some(&own));
    }
    let mut comparison =
        Comparison { certificates: certificates::once(certificates), unproven, ..Comparison::default() };
    comparison.trust = trust::summary(&units);
    comparison.waves = waves::waves(None, after, &units);
    comparison.units = group::alike(units);
    Ok(comparison)
}

fn of_unit(
    built: &Built,
    after: &State<'_>,
    job: Job,
    credentials: Option<&Credentials<'_>>,
) -> Result<Option<Compared>, Unrendered> {
    let Some((name, sheets)) = render(after, job, false).map_err(Unrendered::After)? else { return Ok(None) };
    let node = job.node();
    let mask = node.map(|node| Mask::of(&after.blueprint.model.nodes[node])).unwrap_or_default();
    let old = built.units.get(&name);
    let files = old.map(|old| &old.files);
    let made = credentials.map_or(Ok(None), |credentials| filled(credentials, &sheets))?;
    let bytes = made.as_ref().map(|(bytes, _)| bytes.as_slice());
    let compared = files::compare(after, files, (&sheets, bytes), &mask);
    let now = node.map(|node| services::of(after, node)).unwrap_or_default();
    let had = files.map(|files| services_of(files, &sheets)).unwrap_or_default();
    let mut files = compared.files;
    let services = services::settled(&had, &now, &mut files);
    if let Some(old) = old {
        let (bytes, digests) = match made {
            Some((bytes, digests)) => (bytes, Some(digests)),
            None => (beside::as_they_lie(&sheets, &old.files), beside::recorded(after, &sheets)),
        };
        let beside =
            beside::differing(after, (&name, old), (sheets, bytes, digests.as_ref()), (&mask, &files));
        files.extend(beside);
        files.sort_by(|a, b| a.change.path.cmp(&b.change.path));
    }
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
    Ok(Some(Compared { name, unit, certificates: compared.certificates, unproven: compared.unproven }))
}

/// What fills the sheets of a unit; none where a secret is missing, so that a build would leave it as it is.
fn filled(
    credentials: &Credentials<'_>,
    sheets: &[Sheet],
) -> Result<Option<(Vec<Filled>, beside::Digests)>, Unrendered> {
    match credentials.fill(sheets) {
        Ok(filled) => Ok(Some(filled)),
        Err(Mismatch::Secret { .. }) => Ok(None),
        Err(mismatch) => Err(Unrendered::After(build::mismatch(credentials.blueprint(), &mismatch))),
    }
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
fn gone(name: &UnitId, old: &BuiltUnit) -> Unit {
    Unit {
        name: name.clone(),
        was: None,
        change: Done::Removed,
        node: None,
        mask: Mask::default(),
        files: old.files.iter().map(|(path, file)| files::removed(path, file)).collect(),
        services: Vec::new(),
        trust: TrustEdit::default(),
        keys: BTreeSet::new(),
    }
}
