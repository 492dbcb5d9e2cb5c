//! Compares the files of hosts with those that a build would install.
//!
//! A host has no manifest, so only the paths of the plan are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::super::comparison::{CertificateChange, Comparison, FileChange, Unproven};
use super::super::done::Done;
use super::super::drift::unplanned;
use super::super::drifted::{Drift, HostDrift};
use super::super::line::Line;
use super::super::mask::Mask;
use super::super::services::{self, Services};
use super::super::sheets::{class_word, reported};
use super::super::state::{State, Unrendered};
use super::super::unit::{File, Unit};
use super::super::{group, trust, waves};
use super::trees::{BuiltContent, BuiltFile};
use super::{certificates, files, filled};
use crate::catalog::Class;
use crate::fill::Credentials;
use crate::host::{Files, Kind, UNIT_DIRECTORIES, joined};
use crate::render::{self, Content, Sheet};
use crate::resolve::NodeIndex;

/// Where accounts and groups have their numbers.
const ACCOUNTS: [&str; 2] = ["/etc/passwd", "/etc/group"];

/// Compares what a plan would bring to hosts with what lies there. With `credentials` all bytes are compared. Hosts that
/// the plan does not have are left out.
///
/// # Errors
/// What is wrong with a template or an expression, and what cannot be made.
pub fn compare_hosts(
    hosts: &[(Arc<str>, &dyn Files)],
    after: &State<'_>,
    credentials: Option<&Credentials<'_>>,
) -> Result<Comparison, Unrendered> {
    let nodes = after.blueprint.model.nodes.enumerate();
    let given = nodes.filter_map(|(node, of)| {
        let (_, files) = hosts.iter().find(|(name, _)| **name == *of.name.as_str())?;
        Some((node, *files))
    });
    let given: Vec<(NodeIndex, &dyn Files)> = given.collect();
    let compared: Result<Vec<Compared>, Unrendered> =
        given.par_iter().map(|(node, files)| of_host(after, *node, *files, credentials)).collect();
    let mut comparison = Comparison::default();
    let (mut units, mut changes, mut drift) = (Vec::new(), Vec::new(), Drift::default());
    for Compared { unit, certificates, unproven, drift: host } in compared? {
        units.extend(unit);
        changes.extend(certificates);
        comparison.unproven.extend(unproven);
        drift.hosts.push(host);
    }
    comparison.certificates = certificates::once(changes);
    comparison.trust = trust::summary(&units);
    comparison.waves = waves::waves(None, after, &units);
    comparison.units = group::alike(units);
    comparison.drift = Some(drift);
    Ok(comparison)
}

struct Compared {
    unit: Option<Unit>,
    certificates: Vec<CertificateChange>,
    unproven: Option<Unproven>,
    drift: HostDrift,
}

fn of_host(
    after: &State<'_>,
    node: NodeIndex,
    files: &dyn Files,
    credentials: Option<&Credentials<'_>>,
) -> Result<Compared, Unrendered> {
    let sheets = render::host(after.blueprint, node).map_err(Unrendered::After)?;
    let name = after.blueprint.unit_of_node(node);
    let mask = Mask::of(&after.blueprint.model.nodes[node]);
    let now = services::of(after, node);
    let mut drift = HostDrift {
        host: after.blueprint.model.nodes[node].name.to_string(),
        unplanned: unplanned(files, &sheets),
        ..HostDrift::default()
    };
    let had = services_on(files, &now, &sheets);
    let mut look =
        Look { files, accounts: accounts(files), mask: &mask, there: BTreeMap::new(), odd: Vec::new() };
    let mut compared = Vec::new();
    for sheet in sheets {
        if !files.knows(&format!("/{}", sheet.path)) {
            drift.unseen.push(format!("/{}", sheet.path));
        } else if look.at(&sheet) {
            compared.push(sheet);
        }
    }
    let Look { there, odd, .. } = look;
    let made = credentials.map_or(Ok(None), |credentials| filled(credentials, &compared))?;
    let bytes = made.as_ref().map(|(bytes, _)| bytes.as_slice());
    let found = files::compare(after, Some(&there), (&compared, bytes), &mask);
    let mut files = found.files;
    files.extend(odd);
    files.sort_by(|a, b| a.change.path.cmp(&b.change.path));
    let services = services::settled(&had, &now, &mut files);
    let unproven =
        (!found.unproven.is_empty()).then(|| Unproven { unit: name.clone(), paths: found.unproven });
    let unit = (!files.is_empty() || !services.is_empty()).then(|| Unit {
        name,
        was: None,
        change: Done::Changed,
        node: Some(node),
        mask,
        files,
        services,
        trust: found.trust,
        keys: BTreeSet::new(),
    });
    Ok(Compared { unit, certificates: found.certificates, unproven, drift })
}

/// The services of the plan that the host has: of those whose unit or manifest the plan writes, where it is there.
fn services_on(files: &dyn Files, now: &Services, sheets: &[Sheet]) -> Services {
    let starts = |service: &str, sheet: &Sheet| match (sheet.pod, &sheet.component) {
        (true, Some(component)) => services::pod(component) == service,
        _ => sheet.path.rsplit('/').next() == Some(service),
    };
    let is_there = |path: &str| {
        let path = format!("/{path}");
        !files.knows(&path) || !matches!(files.status(&path), Ok(None))
    };
    // One that came with a package has its place taken by the plan's: if the service runs, a start would leave it as it is.
    let has_unit = |service: &str| {
        let mut places = UNIT_DIRECTORIES.iter().map(|folder| joined(folder, service));
        places.any(|path| files.knows(&path) && matches!(files.status(&path), Ok(Some(_))))
    };
    let had = now.iter().filter(|(service, _)| {
        let mut own = sheets.iter().filter(|sheet| starts(service, sheet)).peekable();
        own.peek().is_none() || own.any(|sheet| is_there(&sheet.path)) || has_unit(service)
    });
    had.map(|(service, version)| (service.clone(), version.clone())).collect()
}

/// Names of accounts and groups by their numbers.
type Accounts = [BTreeMap<String, String>; 2];

/// What the host calls its numbers.
fn accounts(files: &dyn Files) -> Accounts {
    ACCOUNTS.map(|path| {
        let Ok(Some((text, _))) = files.text(path) else { return BTreeMap::new() };
        let line = |line: &str| {
            let mut fields = line.split(':');
            let (name, number) = (fields.next()?, fields.nth(1)?);
            Some((number.to_owned(), name.to_owned()))
        };
        text.lines().filter_map(line).collect()
    })
}

struct Look<'l> {
    files: &'l dyn Files,
    accounts: Accounts,
    mask: &'l Mask,
    /// What lies at the paths of the plan.
    there: BTreeMap<String, BuiltFile>,
    /// What cannot be compared, or should not be there.
    odd: Vec<File>,
}

impl Look<'_> {
    /// Whether a sheet is to be compared with what lies at its path.
    fn at(&mut self, sheet: &Sheet) -> bool {
        let path = format!("/{}", sheet.path);
        let status = match self.files.status(&path) {
            Ok(status) => status,
            Err(problem) => {
                return self.odd(sheet, Done::Changed, &format!("cannot be read: {}", problem.why));
            }
        };
        match (sheet.class, &status) {
            (Class::Runtime, _) | (Class::Seed, Some(_)) | (Class::Absent, None) => return false,
            (Class::Absent, Some(_)) => return self.odd(sheet, Done::Removed, "it should be absent"),
            (Class::Managed | Class::Seed, None) => return true,
            (Class::Managed, Some(_)) => {}
        }
        let Some(status) = status else { return true };
        let is_folder = sheet.content == Content::Folder;
        let held = match (&status.kind, is_folder) {
            (Kind::Folder, true) => None,
            (Kind::File, false) => match self.files.read(&path) {
                Ok(Some(mut file)) => Some(BuiltContent::of(std::mem::take(&mut *file.bytes))),
                Ok(None) => return true,
                Err(problem) => {
                    return self.odd(sheet, Done::Changed, &format!("cannot be read: {}", problem.why));
                }
            },
            (_, true) => return self.odd(sheet, Done::Changed, "it is not a directory"),
            (_, false) => return self.odd(sheet, Done::Changed, "it is not a regular file"),
        };
        let owner = |known: Option<Arc<str>>, accounts: &BTreeMap<String, String>| {
            let known = known.map(|known| match accounts.get(&*known) {
                Some(name) => name.clone(),
                None if &*known == "0" => "root".to_owned(),
                None => known.to_string(),
            });
            // A number without a name says nothing, unless one of both is root: root is 0 everywhere.
            let known = known.filter(|known| known.parse::<u32>().is_err() || &*sheet.owner == "root");
            known.unwrap_or_else(|| sheet.owner.to_string())
        };
        let [users, groups] = &self.accounts;
        let file = BuiltFile {
            mode: sheet.mode,
            lies_with: status.mode,
            owner: owner(status.owner, users),
            group: owner(status.group, groups),
            class: class_word(sheet.class).to_owned(),
            artefact: sheet.artefact.clone(),
            services: Vec::new(),
            keyed: None,
            held,
        };
        self.there.insert(sheet.path.clone(), file);
        true
    }

    fn odd(&mut self, sheet: &Sheet, change: Done, why: &str) -> bool {
        let lines = vec![Line::Note { text: why.to_owned() }];
        let change = FileChange { lines, ..reported(sheet, change, self.mask) };
        self.odd.push(File::alone(change, sheet.component.clone()));
        false
    }
}
