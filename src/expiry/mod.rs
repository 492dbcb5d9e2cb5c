//! When certificates end, and what stops then. Needs no secret: plan and lock say it all.

mod stops;

use std::sync::Arc;

pub use stops::{Stops, Trusts, stops};

use crate::expand::{Blueprint, Holder};
use crate::lock::Lock;
use crate::specification::CertificateIndex;
use crate::values::{Duration, IdParts, Instant};

/// One certificate of plan or lock.
#[derive(Debug, Clone, Copy)]
pub struct Expiry<'a> {
    /// Its id.
    pub id: &'a Arc<str>,
    /// The last second of its validity; none: it is not issued yet.
    pub not_after: Option<Instant>,
    /// Which of the blueprint; none: the plan has it no more.
    pub certificate: Option<CertificateIndex>,
    /// How it stands.
    pub state: State,
}

/// How a certificate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It has ended.
    Expired,
    /// It ends within the window.
    Due,
    /// It ends later.
    Valid,
    /// The cluster rotates it on its host: when the one in use there ends is not known here.
    Rotated,
    /// The lock has it, and the plan no more: the next build removes it.
    Removed,
    /// The plan has it, and the lock not yet.
    NotIssued,
}

impl State {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            State::Expired => "expired",
            State::Due => "due",
            State::Valid => "valid",
            State::Rotated => "rotated",
            State::Removed => "removed",
            State::NotIssued => "not issued",
        }
    }
}

/// All certificates of plan and lock: those that end first, first; at last those that are not issued yet.
#[must_use]
pub fn entries<'a>(
    blueprint: &'a Blueprint<'_>,
    lock: Option<&'a Lock>,
    at: Instant,
    within: Duration,
) -> Vec<Expiry<'a>> {
    let until = at.plus(within);
    let record = |id: &str| lock.and_then(|lock| lock.certificates.get(id));
    let mut wanted: Vec<&Arc<str>> = Vec::with_capacity(blueprint.certificates.len());
    let mut entries = Vec::with_capacity(blueprint.certificates.len());
    for (position, certificate) in blueprint.certificates.enumerate() {
        let not_after = record(&certificate.id).map(|record| record.not_after);
        let state = match not_after {
            None => State::NotIssued,
            Some(_) if certificate.rotated => State::Rotated,
            Some(end) if end < at => State::Expired,
            Some(end) if end <= until => State::Due,
            Some(_) => State::Valid,
        };
        wanted.push(&certificate.id);
        entries.push(Expiry { id: &certificate.id, not_after, certificate: Some(position), state });
    }
    wanted.sort_unstable();
    let gone = lock.map(|lock| &lock.certificates).into_iter().flatten();
    let gone = gone.filter(|(id, _)| wanted.binary_search(id).is_err());
    entries.extend(gone.map(|(id, record)| Expiry {
        id,
        not_after: Some(record.not_after),
        certificate: None,
        state: State::Removed,
    }));
    entries.sort_by(|a, b| {
        let key = |entry: &Expiry<'_>| (entry.not_after.is_none(), entry.not_after);
        key(a).cmp(&key(b)).then_with(|| a.id.cmp(b.id))
    });
    entries
}

/// Certificates that are alike and stand alike, told as one.
#[derive(Debug)]
pub struct Group<'a> {
    /// What they are called together, with `*` for what differs; the id of a single one.
    pub name: String,
    /// Those that end first, first; never empty.
    pub entries: Vec<Expiry<'a>>,
}

/// The groups of entries, in the order of their first ones.
#[must_use]
pub fn groups<'a>(blueprint: &Blueprint<'_>, entries: &[Expiry<'a>]) -> Vec<Group<'a>> {
    let mut positions = std::collections::BTreeMap::new();
    let mut groups: Vec<Group<'a>> = Vec::new();
    for entry in entries {
        let name = alike(blueprint, entry);
        let position = *positions.entry((name, entry.state)).or_insert_with_key(|(name, _)| {
            groups.push(Group { name: name.clone(), entries: Vec::new() });
            groups.len() - 1
        });
        groups[position].entries.push(*entry);
    }
    for group in &mut groups {
        if let [single] = group.entries.as_slice() {
            group.name = single.id.to_string();
        }
    }
    groups
}

/// What a certificate has in common with those like it.
fn alike(blueprint: &Blueprint<'_>, entry: &Expiry<'_>) -> String {
    let id = IdParts::of(entry.id);
    let on_any_node = || id.part.map_or_else(|| entry.id.to_string(), |part| format!("node.*/{part}"));
    match entry.certificate.map(|position| blueprint.certificates[position].holder) {
        Some(Holder::Instance { .. } | Holder::Free { node: Some(_), .. }) => on_any_node(),
        None if id.is_of_node() => on_any_node(),
        Some(Holder::User(_)) => "user.*".to_owned(),
        Some(Holder::Authority(_) | Holder::Foreign(_) | Holder::Free { node: None, .. }) | None => {
            entry.id.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::build::draft;
    use crate::decide::Request;
    use crate::diagnostics::Diagnostics;
    use crate::plan;
    use crate::read::Memory;
    use crate::source::Sources;

    const PLAN: &str = "format = 1\n[authority.own]\n[certificate.one]\nauthority = \"own\"\n\
        usage = \"client\"\ncommon-name = \"one\"\n";

    /// How the certificate of a plan stands, so many seconds before it ends.
    fn state(before: i64, within: Duration) -> State {
        let world = Memory::default().with("plan.toml", PLAN.to_owned());
        let mut diagnostics = Diagnostics::default();
        let loaded = plan::load(&world, Path::new("plan.toml"), Sources::default(), &mut diagnostics);
        let plan = loaded.ok().unwrap();
        let blueprint = plan.expand(&mut diagnostics).unwrap();
        let request = Request::new("2026-01-01T00:00:00Z".parse().unwrap());
        let id = "00112233445566778899aabbccddeeff";
        let lock = draft(&blueprint, None, id, &request, &mut diagnostics).lock;
        let end = lock.certificates["certificate.one"].not_after;
        let at = Instant::from_unix(end.unix() - before).unwrap();
        let entries = entries(&blueprint, Some(&lock), at, within);
        entries.iter().find(|entry| &**entry.id == "certificate.one").unwrap().state
    }

    #[test]
    fn the_last_second_is_valid_and_the_window_has_its_end() {
        let hour = "1h".parse().unwrap();
        assert_eq!(state(-1, hour), State::Expired);
        assert_eq!(state(0, hour), State::Due);
        assert_eq!(state(3600, hour), State::Due);
        assert_eq!(state(3601, hour), State::Valid);
    }
}
