//! Counts and short lists, for every form of the report.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::chains::Chain;
use super::dates::dates;
use crate::compare::{
    Action, CertificateChange, Comparison, Done, FieldChange, FileChange, Made, Risk, RiskKind,
    ServiceChange, Severity, Step, UnitChange, Unproven,
};
use crate::read::TableName;
use crate::specification::Difference;
use crate::values::{IdParts, UnitId, counted};

/// How many of a kind a report for people shows, unless all was asked for.
const SHOWN: usize = 20;
/// How many names a list shows.
const NAMES: usize = 4;
/// How many services.
const SERVICES: usize = 3;
/// How many differences of a certificate.
const DIFFERENCES: usize = 6;

/// The first of many, and how many more there are.
pub(super) fn first<T>(items: &[T], all: bool) -> (&[T], usize) {
    // A line that says that there is one more takes as much room as it.
    let count = if all || items.len() <= SHOWN + 1 { items.len() } else { SHOWN };
    (&items[..count], items.len() - count)
}

/// The risks that a report for people shows: every high one, and of the others the first. With them a sentence that
/// says which kinds are left out, and how many of each; empty: none.
pub(super) fn risks(risks: &[Risk], all: bool) -> (Vec<&Risk>, String) {
    let (high, others): (Vec<&Risk>, Vec<&Risk>) =
        risks.iter().partition(|risk| risk.severity == Severity::High);
    let (shown, _) = first(&others, all);
    let mut left: BTreeMap<RiskKind, usize> = BTreeMap::new();
    for risk in &others[shown.len()..] {
        *left.entry(risk.risk).or_default() += 1;
    }
    let left: Vec<String> =
        left.into_iter().map(|(kind, count)| format!("{count} {}", kind.word())).collect();
    let more = match left.is_empty() {
        true => String::new(),
        false => format!("and {} more, none of them high: {}", others.len() - shown.len(), left.join(", ")),
    };
    ([high, shown.to_vec()].concat(), more)
}

/// Certificates that change alike.
pub(super) struct Row {
    pub(super) change: Made,
    /// `node.master01/kubelet-client and 2 more`
    pub(super) who: String,
    /// Each with its cause.
    pub(super) differences: Vec<(String, Option<String>)>,
    /// From when to when they were valid, and are.
    pub(super) dates: String,
    pub(super) because_of: Vec<TableName>,
}

impl Row {
    /// What stands behind all of it, each once.
    pub(super) fn causes(&self) -> String {
        let named = self.differences.iter().filter_map(|(_, cause)| cause.clone());
        let all: BTreeSet<String> = named.chain(self.because_of.iter().map(ToString::to_string)).collect();
        all.into_iter().collect::<Vec<_>>().join(", ")
    }
}

/// What certificates of one row have in common.
type Alike<'a> = (Made, &'a str, &'a [FieldChange], &'a [TableName]);

/// Certificates by what becomes of them, those that change alike on one row.
pub(super) fn rows(certificates: &[CertificateChange], all: bool) -> Vec<Row> {
    groups(certificates).into_iter().map(|(alike, changes)| row(&alike, &changes, all)).collect()
}

/// The rows with what stands on them.
pub(super) fn grouped(certificates: &[CertificateChange]) -> Vec<(Row, Vec<&CertificateChange>)> {
    groups(certificates).into_iter().map(|(alike, changes)| (row(&alike, &changes, false), changes)).collect()
}

fn groups(certificates: &[CertificateChange]) -> Vec<(Alike<'_>, Vec<&CertificateChange>)> {
    let mut groups: Vec<(Alike<'_>, Vec<&CertificateChange>)> = Vec::new();
    let mut known: BTreeMap<Alike<'_>, usize> = BTreeMap::new();
    for change in certificates {
        let alike = (change.change, shared(change), &change.differences[..], &change.because_of[..]);
        match known.get(&alike) {
            Some(&at) => groups[at].1.push(change),
            None => {
                known.insert(alike, groups.len());
                groups.push((alike, vec![change]));
            }
        }
    }
    groups
}

/// What ids of one row share beside what became of them: users come and go one by one, and authorities.
fn shared(change: &CertificateChange) -> &str {
    let of_host = matches!(change.unit, Some(UnitId::Host(_)));
    match change.change {
        Made::Issued | Made::Removed if !of_host => &change.id,
        _ => "",
    }
}

fn row((change, _, differences, because_of): &Alike<'_>, changes: &[&CertificateChange], all: bool) -> Row {
    let ids: Vec<&str> = changes.iter().map(|change| &*change.id).collect();
    let who = if all { ids.join(", ") } else { who(*change, &ids) };
    let shown = if all { usize::MAX } else { DIFFERENCES };
    let mut reported: Vec<(String, Option<String>)> = differences
        .iter()
        .take(shown)
        .map(|field| (field.difference.to_string(), field.because_of.as_ref().map(ToString::to_string)))
        .collect();
    if let Some(more) = differences.len().checked_sub(shown).filter(|more| *more > 0) {
        reported.push((format!("and {more} more"), None));
    }
    Row {
        change: *change,
        who,
        differences: reported,
        dates: dates(changes),
        because_of: because_of.to_vec(),
    }
}

/// `node.master04, 12 certificates`, `node.master01/kubelet-client and 2 more`
fn who(change: Made, ids: &[&str]) -> String {
    let mut owners: Vec<&str> = ids.iter().map(|id| IdParts::of(id).owner).collect();
    owners.dedup();
    match (ids, &owners[..]) {
        ([one], _) => (*one).to_owned(),
        (ids, [owner]) if matches!(change, Made::Issued | Made::Removed) => {
            format!("{owner}, {}", counted(ids.len(), "certificate"))
        }
        (ids, [first, rest @ ..]) if matches!(change, Made::Issued | Made::Removed) => {
            format!("{first} and {} more, {}", rest.len(), counted(ids.len(), "certificate"))
        }
        ([first, rest @ ..], _) => format!("{first} and {} more", rest.len()),
        ([], _) => String::new(),
    }
}

/// `3 reissued, 12 issued`
pub(super) fn made(certificates: &[CertificateChange]) -> String {
    let mut counts: BTreeMap<Made, usize> = BTreeMap::new();
    for change in certificates {
        *counts.entry(change.change).or_default() += 1;
    }
    let words: Vec<String> = counts.iter().map(|(made, count)| format!("{count} {}", made.word())).collect();
    words.join(", ")
}

/// `3 hosts changed, 1 new`
pub(super) fn units(units: &[UnitChange]) -> String {
    let count = |change: Done| -> usize {
        units.iter().filter(|unit| unit.change == change).map(|unit| unit.names.len()).sum()
    };
    let words = [(Done::Changed, "changed"), (Done::Added, "new"), (Done::Removed, "gone")];
    let reported =
        words.into_iter().map(|(change, word)| (count(change), word)).filter(|(count, _)| *count > 0);
    let reported: Vec<String> =
        reported.map(|(count, word)| format!("{} {word}", counted(count, "tree"))).collect();
    reported.join(", ")
}

/// `1 file`, `2 files`: folders count where there is nothing else.
pub(super) fn files(files: &[FileChange]) -> String {
    match files.iter().filter(|file| !file.is_folder).count() {
        0 if !files.is_empty() => counted(files.len(), "folder"),
        count => counted(count, "file"),
    }
}

/// `3 restarts, 1 reload`
pub(super) fn actions(comparison: &Comparison) -> String {
    let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
    for step in comparison.waves.iter().flat_map(|wave| &wave.steps) {
        for service in &step.services {
            *counts.entry(service.action).or_default() += step.hosts.len();
        }
    }
    let reported: Vec<String> = counts.iter().map(|(action, count)| counted(*count, action.word())).collect();
    if reported.is_empty() { "no restart".to_owned() } else { reported.join(", ") }
}

/// What could not be compared; empty: nothing.
pub(super) fn unproven(comparison: &Comparison) -> String {
    let count = |unproven: &Unproven| unproven.paths.len();
    match comparison.unproven.iter().map(count).sum() {
        0 => String::new(),
        1 => format!(
            "comparing 1 file in {} needs the secret: add --with-secret",
            unit_name(&comparison.unproven[0].unit)
        ),
        several => format!(
            "comparing {several} files in {} needs the secret: add --with-secret",
            counted(comparison.unproven.len(), "tree")
        ),
    }
}

/// The first few names: `master01, master02 and 3 more`.
fn names<'a>(names: impl ExactSizeIterator<Item = Cow<'a, str>>) -> String {
    let more = names.len().saturating_sub(NAMES);
    let first = names.take(NAMES).collect::<Vec<_>>().join(", ");
    match more {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// The first few units, hosts by their names alone.
pub(super) fn unit_names(units: &[UnitId]) -> String {
    names(units.iter().map(unit_name))
}

/// The first few hosts.
pub(super) fn host_names(hosts: &[String]) -> String {
    names(hosts.iter().map(Into::into))
}

/// Whether a list of the first few units leaves some out.
pub(super) fn leaves_out(units: &[UnitId]) -> bool {
    units.len() > NAMES
}

/// A host by its name, everything else by its path.
pub(super) fn unit_name(unit: &UnitId) -> Cow<'_, str> {
    unit.host().map_or_else(|| unit.to_string().into(), Cow::from)
}

/// All units by their paths.
pub(super) fn joined(units: &[UnitId]) -> String {
    units.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What a table leads to, step by step.
pub(super) fn chain_parts(chain: &Chain<'_>) -> Vec<String> {
    let mut parts = Vec::new();
    if !chain.certificates.is_empty() {
        let mut fields: Vec<&Difference> = Vec::new();
        for field in chain.certificates.iter().flat_map(|change| &change.differences) {
            if !fields.contains(&&field.difference) {
                fields.push(&field.difference);
            }
        }
        let shown = match &fields[..] {
            [] => String::new(),
            [one] => format!(" ({one})"),
            [one, rest @ ..] => format!(" ({one} and {} more)", rest.len()),
        };
        parts.push(format!("{}{shown}", counted(chain.certificates.len(), "certificate")));
    }
    let (files, units) = chain.files_on_units();
    if files > 0 {
        parts.push(format!("{} in {}", counted(files, "file"), counted(units, "tree")));
    }
    if !chain.services.is_empty() {
        parts.push(actions_of(chain));
    }
    parts
}

/// `restart etcd.service on 3 hosts, start 8 services on 1 host`
fn actions_of(chain: &Chain<'_>) -> String {
    let mut alike: BTreeMap<(Action, usize), Vec<&str>> = BTreeMap::new();
    for (change, hosts) in &chain.services {
        alike.entry((change.action, hosts.len())).or_default().push(&change.service);
    }
    let reported = alike.into_iter().map(|((action, hosts), services)| {
        let what = match services.len() {
            count if count > SERVICES => counted(count, "service"),
            _ => services.join(", "),
        };
        format!("{} {what} on {}", action.word(), counted(hosts, "host"))
    });
    reported.collect::<Vec<_>>().join("; ")
}

/// The hosts of a step, and whether one waits for the other.
pub(super) fn hosts(step: &Step) -> String {
    let how = if step.one_by_one && step.hosts.len() > 1 { ", one by one" } else { "" };
    format!("{}{how}", host_names(&step.hosts))
}

/// What becomes of a unit's services that no file causes.
pub(super) fn without_files(unit: &UnitChange) -> Vec<ServiceChange> {
    let by_file = |service: &ServiceChange| {
        unit.files.iter().flat_map(|file| &file.services).any(|taken| taken.service == service.service)
    };
    let own = |service: &&ServiceChange| service.action == Action::Exchange || !by_file(service);
    unit.services.iter().filter(own).cloned().collect()
}

/// All of them; of none: nothing is started anew.
pub(super) fn services(changes: &[ServiceChange]) -> String {
    let mut by_action: BTreeMap<(Action, Option<&str>), Vec<&str>> = BTreeMap::new();
    for change in changes {
        by_action.entry((change.action, change.version.as_deref())).or_default().push(&change.service);
    }
    let reported = by_action.into_iter().map(|((action, version), names)| {
        let version = version.map_or_else(String::new, |version| format!(" {version}"));
        format!("{} {}{version}", action.word(), names.join(", "))
    });
    let reported: Vec<String> = reported.collect();
    if reported.is_empty() { "no restart".to_owned() } else { reported.join("; ") }
}
