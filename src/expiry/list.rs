//! Lists everything that expires.

use std::sync::Arc;

use super::ending::{Ending, Expiry, Kind};
use super::state::State;
use crate::expand::Blueprint;
use crate::lock::{CertificateRecord, Lock};
use crate::specification::KeyIdentity;
use crate::values::{Duration, IdParts, Instant};

/// All that ends of plan and lock: what ends first, first; at last what is not made yet.
#[must_use]
pub fn entries<'a>(
    blueprint: &'a Blueprint<'_>,
    lock: Option<&'a Lock>,
    at: Instant,
    within: Duration,
) -> Vec<Expiry<'a>> {
    let list = List { blueprint, lock, at, until: at.plus(within) };
    sorted(list.wanted().chain(list.gone()))
}

/// What nobody accepts at an instant, of what the plan wants, in the same order.
pub(super) fn refused<'a>(blueprint: &'a Blueprint<'_>, lock: &'a Lock, at: Instant) -> Vec<Expiry<'a>> {
    let list = List { blueprint, lock: Some(lock), at, until: at };
    sorted(list.wanted().filter(|entry| entry.state.is_refused()))
}

fn sorted<'a>(entries: impl Iterator<Item = Expiry<'a>>) -> Vec<Expiry<'a>> {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by(|a, b| {
        let key = |entry: &Expiry<'_>| (entry.not_after.is_none(), entry.not_after);
        key(a).cmp(&key(b)).then_with(|| a.id.cmp(b.id))
    });
    entries
}

struct List<'a, 'b> {
    blueprint: &'a Blueprint<'b>,
    lock: Option<&'a Lock>,
    at: Instant,
    until: Instant,
}

impl<'a> List<'a, '_> {
    /// What the plan wants.
    fn wanted(&self) -> impl Iterator<Item = Expiry<'a>> {
        self.certificates().chain(self.tokens()).chain(self.crls())
    }

    fn certificates(&self) -> impl Iterator<Item = Expiry<'a>> {
        self.blueprint.certificates.enumerate().map(|(position, certificate)| {
            let record = self.lock.and_then(|lock| lock.certificates.get(&certificate.id));
            let dates = record.map(|record| (record.not_before, record.not_after));
            let state = match dates {
                Some(_) if certificate.rotated => State::Rotated,
                dates => self.state(dates),
            };
            let ending = match certificate.stored {
                Some(_) if certificate.holder.is_authority() => Ending::ImportedAuthority(position),
                Some(_) => Ending::Imported(position),
                None => Ending::Certificate(position),
            };
            let (not_before, not_after) = dates.unzip();
            Expiry { id: &certificate.id, ending, not_before, not_after, state }
        })
    }

    /// The tokens in use. Of those that are trusted besides, nobody shows one.
    fn tokens(&self) -> impl Iterator<Item = Expiry<'a>> {
        let keyrings = self.blueprint.model.keyrings.values();
        keyrings.filter(|keyring| keyring.token_validity().is_some()).map(|keyring| {
            let record = self.lock.and_then(|lock| lock.keys.get(&keyring.id));
            let not_after =
                record.and_then(|record| record.not_after.get(&keyring.generations.used)).copied();
            let state = self.state(not_after.map(|end| (Instant::EPOCH, end)));
            Expiry { id: &keyring.id, ending: Ending::Token(keyring), not_before: None, not_after, state }
        })
    }

    /// The revocation lists that are on hosts.
    fn crls(&self) -> impl Iterator<Item = Expiry<'a>> {
        let model = self.blueprint.model;
        let authorities =
            model.authorities.enumerate().filter(|(index, _)| !model.nodes_with_crl(*index).is_empty());
        authorities.filter_map(|(index, authority)| {
            let crl = &authority.crl.as_ref()?.value;
            let state = self.state(Some((crl.issued, crl.expires)));
            let (not_before, not_after) = (Some(crl.issued), Some(crl.expires));
            Some(Expiry { id: &authority.id, ending: Ending::Crl(index), not_before, not_after, state })
        })
    }

    /// What only the lock has.
    fn gone(&self) -> Vec<Expiry<'a>> {
        let Some(lock) = self.lock else { return Vec::new() };
        let mut wanted: Vec<&Arc<str>> = self.blueprint.certificates.iter().map(|one| &one.id).collect();
        wanted.sort_unstable();
        let keyrings: Vec<&Arc<str>> = self.blueprint.model.keyrings.values().map(|one| &one.id).collect();
        // Both are in the order of ids.
        let mut wanted = wanted.into_iter().peekable();
        let certificates = lock.certificates.iter().filter(|(id, _)| {
            while wanted.next_if(|one| one < id).is_some() {}
            wanted.peek() != Some(id)
        });
        let certificates = certificates
            .map(|(id, record)| (id, kind_of(id, record), Some(record.not_before), record.not_after));
        let keys = lock.keys.iter().filter(|(id, _)| !keyrings.contains(id));
        let tokens = keys
            .filter_map(|(id, record)| Some((id, Kind::Token, None, *record.not_after.get(&record.used)?)));
        let gone = certificates.chain(tokens).map(|(id, kind, not_before, not_after)| Expiry {
            id,
            ending: Ending::Gone(kind),
            not_before,
            not_after: Some(not_after),
            state: State::Removed,
        });
        gone.collect()
    }

    /// How something stands with such a first and last second.
    fn state(&self, dates: Option<(Instant, Instant)>) -> State {
        match dates {
            None => State::NotIssued,
            Some((_, end)) if end < self.at => State::Expired,
            Some((begin, _)) if begin > self.at => State::NotYetValid,
            Some((_, end)) if end <= self.until => State::Due,
            Some(_) => State::Valid,
        }
    }
}

fn kind_of(id: &str, record: &CertificateRecord) -> Kind {
    match record.key {
        KeyIdentity::Imported { .. } if matches!(IdParts::of(id).kind, "authority" | "import") => {
            Kind::ImportedAuthority
        }
        KeyIdentity::Imported { .. } => Kind::Imported,
        KeyIdentity::Derived { .. } | KeyIdentity::External => Kind::Certificate,
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
