//! Differences between hosts and the plan other than files, for every form of the report.

use std::collections::BTreeMap;

use super::summary::host_names;
use crate::compare::{Comparison, Done, Drift, ProgramChange, Served, Shows};
use crate::values::counted;

/// How many paths of a list are shown where not all were asked for.
const PATHS: usize = 12;

/// One section.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) entries: Vec<Entry>,
}

/// One entry of a section.
pub(super) struct Entry {
    /// Whether it differs, and how; none: it is there to know.
    pub(super) change: Option<Done>,
    pub(super) head: String,
    pub(super) lines: Vec<String>,
}

/// All sections that say something.
pub(super) fn sections(comparison: &Comparison, all: bool) -> Vec<Section> {
    let Some(drift) = &comparison.drift else { return Vec::new() };
    let sections = [
        Section { title: "programs", entries: programs(drift) },
        Section { title: "served", entries: drift.served.iter().map(served).collect() },
        Section { title: "other files", entries: beside(drift, all) },
    ];
    sections.into_iter().filter(|section| !section.entries.is_empty()).collect()
}

/// `nothing differs on master01`; of other bases `nothing changes against HEAD`.
pub(super) fn nothing(comparison: &Comparison, before: &str) -> String {
    match &comparison.drift {
        Some(_) => format!("nothing differs on {before}"),
        None => format!("nothing changes against {before}"),
    }
}

fn programs(drift: &Drift) -> Vec<Entry> {
    let mut alike: BTreeMap<&ProgramChange, Vec<String>> = BTreeMap::new();
    for host in &drift.hosts {
        for program in &host.programs {
            alike.entry(program).or_default().push(host.host.clone());
        }
    }
    let entry = |(program, hosts): (&ProgramChange, Vec<String>)| {
        let hosts = host_names(&hosts);
        let ProgramChange { change, component, name, at, inputs } = program;
        let head = match change {
            Done::Added => format!("{hosts}: {component} does not run; the plan has it as {name} ({at})"),
            Done::Removed => format!("{hosts}: {component} runs as {name} ({at}); the plan does not have it"),
            Done::Changed => format!("{hosts}: {component}, {name}"),
        };
        Entry { change: Some(*change), head, lines: inputs.iter().map(ToString::to_string).collect() }
    };
    alike.into_iter().map(entry).collect()
}

fn served(served: &Served) -> Entry {
    let Served { host, listen, address, says, .. } = served;
    let listen = listen.as_ref().map_or_else(String::new, |listen| format!(" {listen}"));
    let change = match served.shows {
        Shows::Planned if !served.expired => None,
        Shows::Nothing => None,
        _ => Some(Done::Changed),
    };
    let mut lines: Vec<String> =
        served.differences.iter().map(|field| field.difference.to_string()).collect();
    if let (false, Some(certificate)) = (served.is_planned(), &served.certificate) {
        let until = served.dates.after.filter(|_| served.dates.before.is_some());
        let until = until.map_or_else(String::new, |period| format!(", valid until {}", period.not_after));
        lines.push(format!("planned: {certificate}{until}"));
    }
    Entry { change, head: format!("{host}{listen} at {address}: {says}"), lines }
}

fn beside(drift: &Drift, all: bool) -> Vec<Entry> {
    let mut entries = Vec::new();
    for host in &drift.hosts {
        let lists = [
            (&host.unplanned, "not in the plan", "path"),
            (&host.unseen, "in the plan, but not among the given files", "file"),
            (&host.unread, "cannot be read", "place"),
        ];
        for (list, what, word) in lists {
            if list.is_empty() {
                continue;
            }
            let shown = if all || list.len() <= PATHS + 1 { list.len() } else { PATHS };
            let mut lines: Vec<String> = list.iter().take(shown).cloned().collect();
            if shown < list.len() {
                lines.push(format!("and {} more", counted(list.len() - shown, word)));
            }
            entries.push(Entry { change: None, head: format!("{}: {what}", host.host), lines });
        }
    }
    entries
}
