//! Checks that a key rotation takes three builds: trust both keys, use the new key, drop the old key.
//!
//! Hosts change one after the other. A build that took two of these steps at once would make some hosts refuse others.

use super::encryption::concerns_plain_text;
use super::generation::{Generation, with};
use super::listed::listed;
use super::place::placed;
use super::request::Request;
use super::wanted::{PASSWORD, TOKEN, Wanted, WantedKey};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::lock::{CertificateRecord, KeyRecord, Lock};
use crate::specification::{KeyIdentity, Specification, Word};

/// What takes another's place at once.
const WITHOUT_TRUST: [&str; 2] = [PASSWORD, TOKEN];

/// Reports each step that comes too early.
pub(super) fn check(
    wanted: &List<Specification, Wanted<'_>>,
    keys: &[WantedKey<'_>],
    (previous, next): (&Lock, &Lock),
    request: &Request,
    diagnostics: &mut Diagnostics,
) {
    let rotation = Rotation { wanted, previous, next, request };
    let mut found = Vec::new();
    for key in keys.iter().filter(|key| !WITHOUT_TRUST.contains(&key.kind)) {
        let Some(before) = previous.keys.get(key.id).filter(|before| is_ahead(key, before)) else {
            continue;
        };
        let early = rotation.use_of(key, before);
        // Whoever skips the first step and drops the old key besides has made one mistake.
        let reported = early.as_ref().map(|_| before.used);
        found.extend(early);
        let others = before.trust.iter().filter(|generation| Some(**generation) != reported);
        found.extend(others.filter_map(|&generation| rotation.drop_of(key, before, generation)));
    }
    found.extend(rotation.removed());
    found.extend(wanted.iter().filter_map(|one| rotation.renamed(one)));
    found.extend(rotation.useless());
    found.into_iter().for_each(|diagnostic| diagnostics.push(diagnostic));
}

/// Whether a rotation goes on. One that goes back has been reported, and another kind of thing is another key.
fn is_ahead(key: &WantedKey<'_>, before: &KeyRecord) -> bool {
    before.kind == key.kind && before.used <= key.used && !concerns_plain_text(key, before)
}

struct Rotation<'a> {
    wanted: &'a List<Specification, Wanted<'a>>,
    previous: &'a Lock,
    next: &'a Lock,
    request: &'a Request,
}

impl Rotation<'_> {
    /// A generation that is used before anybody trusts it.
    fn use_of(&self, key: &WantedKey<'_>, before: &KeyRecord) -> Option<Diagnostic> {
        let (id, used) = (key.id, key.used);
        // Whoever gives up the old key at once cannot wait for the new one, either.
        let at_once = self.is_asked(id, before.used);
        if used <= before.used || before.trust.contains(&used) || at_once {
            return None;
        }
        let (old, trust) = (before.used, with(&before.trust, used));
        let message = format!("`{id}` uses generation {used}, which no host trusts yet");
        let help = format!(
            "build with `generations = {{ use = {old}, trust = {trust:?} }}` first and roll it out, so that \
             every host trusts the new key before one uses it; if the old key has leaked, \
             `--drop-trust {id}/{old}` drops it at once"
        );
        Some(placed(Diagnostic::new(Code::EarlyUse, message).help(help), key.origin, "used here"))
    }

    /// A generation that is no longer trusted, but was just now in use or still holds something up.
    fn drop_of(&self, key: &WantedKey<'_>, before: &KeyRecord, number: u32) -> Option<Diagnostic> {
        let id = key.id;
        if self.is_asked(id, number) {
            return None;
        }
        let (old, new) = (identity(self.previous, id, number), identity(self.next, id, number));
        let trusted = key.trust.contains(&number);
        // Where one of them was imported, that has been reported.
        let derived = |key: KeyIdentity| matches!(key, KeyIdentity::Derived { .. });
        let other = old.zip(new).filter(|(old, new)| old != new && derived(*old) && derived(*new));
        if trusted && other.is_none() && before.algorithm == key.algorithm {
            return None;
        }
        let hanging = old.map(|old| self.hanging(id, old)).unwrap_or_default();
        let why = match hanging.len() {
            0 if before.used == number && !self.is_expired(id, number) => {
                "it was in use until now".to_owned()
            }
            0 => return None,
            1 => format!("a valid certificate depends on it: {}", listed(&hanging)),
            count => format!("{count} valid certificates depend on it: {}", listed(&hanging)),
        };
        let (what, first) = if trusted {
            let what = format!("`{id}` changes the key of generation {number}: {why}");
            let how = "restore the kind of key";
            (what, how.to_owned())
        } else {
            let what = format!("`{id}` drops generation {number} too early: {why}");
            let how = format!(
                "build with `generations = {{ use = {}, trust = {:?} }}` first and roll it out",
                key.used,
                with(key.trust, number)
            );
            (what, how)
        };
        let help = format!("{first}; if the key has leaked, `--drop-trust {id}/{number}` drops it at once");
        Some(placed(Diagnostic::new(Code::EarlyDrop, what).help(help), key.origin, "no longer trusted"))
    }

    /// Authorities that are gone while what they issued stays and passes to another.
    fn removed(&self) -> Vec<Diagnostic> {
        let gone = self.previous.keys.iter().filter(|(id, _)| !self.next.keys.contains_key(*id));
        let mut found = Vec::new();
        for (id, number) in gone.flat_map(|(id, record)| record.trust.iter().map(move |number| (id, *number)))
        {
            let old = identity(self.previous, id, number).filter(|_| !self.is_asked(id, number));
            let hanging = old.map(|old| self.hanging(id, old)).unwrap_or_default();
            let Some(&first) = hanging.first() else { continue };
            let origin =
                self.wanted.iter().find(|wanted| &**wanted.id == first).and_then(|wanted| wanted.origin);
            let message =
                format!("`{id}` is removed, but valid certificates depend on it: {}", listed(&hanging));
            let help = format!(
                "hosts would refuse one another until all have changed; `--drop-trust \
                 {id}/{number}` does it anyway"
            );
            found.push(placed(
                Diagnostic::new(Code::EarlyDrop, message).help(help),
                origin,
                "asked for here",
            ));
        }
        found
    }

    /// An authority that has another name or another issuer under the same key, and valid certificates below it.
    fn renamed(&self, wanted: &Wanted<'_>) -> Option<Diagnostic> {
        wanted.generation.filter(|_| wanted.stored.is_none())?;
        let (authority, number) = wanted.id.rsplit_once('/')?;
        let number = number.parse().ok().filter(|number| !self.is_asked(authority, *number))?;
        let (old, new) = (self.previous.certificates.get(wanted.id)?, self.next.certificates.get(wanted.id)?);
        if old.key != new.key || old.not_after < self.request.at || old.specification == new.specification {
            return None;
        }
        let ((was, above), (is, now_above)) = (called(old), called(new));
        let what = match was == is {
            true if above == now_above => return None,
            true => format!("another issuer, {now_above} instead of {above}"),
            false => format!("another name, `{is}` instead of `{was}`"),
        };
        let hanging = self.hanging(authority, old.key);
        if hanging.is_empty() {
            return None;
        }
        let message =
            format!("`{}` gets {what}, but valid certificates depend on it: {}", wanted.id, listed(&hanging));
        let help = format!(
            "restore the line: hosts that have changed and hosts that have not would refuse one \
             another; `--drop-trust {authority}/{number}` does it anyway, and reissues everything below at once"
        );
        let diagnostic = Diagnostic::new(Code::RenamedAuthority, message).help(help);
        Some(placed(diagnostic, wanted.origin, "the authority"))
    }

    /// What is to be dropped and is not.
    fn useless(&self) -> impl Iterator<Item = Diagnostic> {
        self.request.drop_trust.iter().filter_map(|asked| {
            let Generation { id, number } = asked;
            let lists = |lock: &Lock| lock.keys.get(id).is_some_and(|record| record.trust.contains(number));
            let named = |lock: &Lock| lock.certificates.get(&*format!("{id}/{number}")).map(called);
            let changed = identity(self.previous, id, *number) != identity(self.next, id, *number)
                || named(self.previous) != named(self.next);
            let message = if lists(self.next) && !changed {
                format!("`--drop-trust {asked}`: the plan trusts this generation")
            } else if lists(self.previous) || self.previous.keys.get(id).is_some_and(|r| r.highest >= *number)
            {
                return None;
            } else {
                format!("`--drop-trust {asked}`: the lock knows no such generation")
            };
            let help = "remove the generation from `trust` in the plan, too";
            Some(Diagnostic::new(Code::NothingToDrop, message).help(help))
        })
    }

    /// What stays, is valid, and was issued by this key.
    fn hanging(&self, issuer: &str, key: KeyIdentity) -> Vec<&str> {
        let (issuer, key) = (format!("issuer {issuer}"), format!("issuer-key {key}"));
        let stays = self.previous.certificates.iter().filter(|(id, record)| {
            record.not_after >= self.request.at && self.next.certificates.contains_key(*id)
        });
        let hangs = stays.filter(|(_, record)| {
            let says = |wanted: &str| record.specification.iter().any(|word| *word == *wanted);
            says(&issuer) && says(&key)
        });
        hangs.map(|(id, _)| &**id).collect()
    }

    /// Whether an authority's certificate of this generation is no longer valid, and so nothing below it is.
    fn is_expired(&self, id: &str, number: u32) -> bool {
        let certificate = self.previous.certificates.get(&*format!("{id}/{number}"));
        certificate.is_some_and(|record| record.not_after < self.request.at)
    }

    fn is_asked(&self, id: &str, number: u32) -> bool {
        self.request.drop_trust.contains(&Generation { id: id.into(), number })
    }
}

/// What an authority is called, and who issues it.
fn called(record: &CertificateRecord) -> (String, String) {
    let lines = record.specification.to_vec();
    let of = |wanted: Word| -> Vec<String> {
        let values = lines.iter().map(|line| Word::split(line)).filter(|(word, _)| *word == wanted);
        values.map(|(_, value)| value.to_owned()).collect()
    };
    let issuer = of(Word::Issuer).pop().map_or_else(|| "itself".to_owned(), |id| format!("`{id}`"));
    (of(Word::Subject).join(", "), issuer)
}

/// The key of an authority's generation.
fn identity(lock: &Lock, id: &str, number: u32) -> Option<KeyIdentity> {
    lock.certificates.get(&*format!("{id}/{number}")).map(|record| record.key)
}
