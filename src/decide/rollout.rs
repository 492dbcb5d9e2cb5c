//! Checks that each step of a key rotation has reached every host, if `pkiplan applied` records what hosts have.

use super::generation::Generation;
use super::listed::listed;
use super::place::{ASKED, placed};
use super::reached::{Host, Reached};
use super::request::Request;
use super::wanted::WantedKey;
use crate::applied::KeyState;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::lock::{KeyRecord, Lock};
use crate::values::{IDENTITY, PlainText};

const ROLL_OUT: &str = "roll out the commit before this one to them, and record it with `pkiplan applied`";

/// Reports each step that has not reached every host, or that nobody has confirmed.
pub(super) fn check(
    keys: &[WantedKey<'_>],
    previous: &Lock,
    request: &Request,
    diagnostics: &mut Diagnostics,
) {
    confirmed(keys, previous, &request.reached, diagnostics);
    let Some(hosts) = &request.reached.hosts else { return };
    left_behind(keys, hosts, diagnostics);
    for key in keys.iter().filter(|key| key.has_generations() && !key.by_lock) {
        let Some(before) = previous.keys.get(key.id).filter(|before| before.kind == key.kind) else {
            continue;
        };
        let step = Step { key, before, hosts, request };
        let found = step.used().into_iter().chain(step.dropped());
        found.for_each(|diagnostic| diagnostics.push(diagnostic));
    }
}

/// What becomes of one key.
struct Step<'a> {
    key: &'a WantedKey<'a>,
    before: &'a KeyRecord,
    hosts: &'a [Host],
    request: &'a Request,
}

impl Step<'_> {
    /// What signs or encrypts from now on, and hosts that do not accept it yet.
    fn used(&self) -> Option<Diagnostic> {
        let Step { key, before, .. } = self;
        let writes = |plain_text: PlainText| plain_text == PlainText::Written;
        if (before.used, writes(before.plain_text)) == (key.used, writes(key.plain_text)) {
            return None;
        }
        // What the lock itself knows to come too early has been reported.
        let accepted = if writes(key.plain_text) {
            before.plain_text.is_read()
        } else {
            before.trust.contains(&key.used)
        };
        if !accepted {
            return None;
        }
        let (what, lagging) = if writes(key.plain_text) {
            ("plain text".to_owned(), self.without(|state| state.plain_text.is_read()))
        } else {
            (format!("generation {}", key.used), self.without(|state| state.trust.contains(&key.used)))
        };
        let old = if writes(before.plain_text) { IDENTITY.to_owned() } else { before.used.to_string() };
        if lagging.is_empty() || self.is_asked(&old) {
            return None;
        }
        let message = format!("`{}` uses {what}, which {} not accept yet", key.id, do_not(&lagging));
        Some(placed(Diagnostic::new(Code::EarlyUse, message).help(ROLL_OUT), self.key.origin, ASKED))
    }

    /// What is no longer accepted, and hosts that still use it, or people who have not made sure.
    fn dropped(&self) -> Vec<Diagnostic> {
        let Step { key, before, .. } = self;
        let writes_plain = before.plain_text == PlainText::Written;
        // The one in use has been reported, and those after it never were.
        let gone = before.trust.iter().filter(|generation| {
            !key.trust.contains(generation) && (writes_plain || **generation < before.used)
        });
        let mut dropped: Vec<(String, Vec<&str>)> = gone
            .map(|&generation| {
                let uses =
                    |state: &KeyState| state.used == generation && state.plain_text != PlainText::Written;
                (generation.to_string(), self.with(uses))
            })
            .collect();
        if before.plain_text.is_read() && !writes_plain && !key.plain_text.is_read() {
            let writes = |state: &KeyState| state.plain_text == PlainText::Written;
            dropped.push((IDENTITY.to_owned(), self.with(writes)));
        }
        dropped.retain(|(generation, _)| !self.is_asked(generation));
        dropped.iter().filter_map(|(generation, still)| self.drop_of(generation, still)).collect()
    }

    fn drop_of(&self, generation: &str, still: &[&str]) -> Option<Diagnostic> {
        let id = self.key.id;
        if !still.is_empty() {
            let message =
                format!("`{id}` drops generation {generation} too early: {} it still", listed_use(still));
            return Some(placed(
                Diagnostic::new(Code::EarlyDrop, message).help(ROLL_OUT),
                self.key.origin,
                ASKED,
            ));
        }
        let name = format!("{id}/{generation}");
        let unused = |number: u32| self.before.unused.contains(&number);
        if !self.key.outlives
            || generation.parse().is_ok_and(unused)
            || self.request.reached.confirmed.contains_key(&name)
        {
            return None;
        }
        let message = format!(
            "`{id}` drops generation {generation}, but nobody has confirmed that nothing uses it any more"
        );
        let help = format!(
            "pkiplan cannot see credentials that the cluster and people hold: `pkiplan diff` lists what to check; then add below \
             `[confirmed]`: `\"{name}\" = \"WHO has checked it, and when\"`"
        );
        Some(placed(Diagnostic::new(Code::EarlyDrop, message).help(help), self.key.origin, ASKED))
    }

    /// Hosts of which something is not true, or that do not have the key at all.
    fn without(&self, has: impl Fn(&KeyState) -> bool) -> Vec<&str> {
        let lags = |host: &&Host| host.keys.get(self.key.id).is_none_or(|state| !has(state));
        self.present().filter(lags).map(|host| &*host.name).collect()
    }

    /// Hosts of which something is true.
    fn with(&self, has: impl Fn(&KeyState) -> bool) -> Vec<&str> {
        let does = |host: &&Host| host.keys.get(self.key.id).is_some_and(&has);
        self.present().filter(does).map(|host| &*host.name).collect()
    }

    fn present(&self) -> impl Iterator<Item = &Host> {
        self.hosts.iter().filter(|host| host.away.is_none())
    }

    /// Whether somebody gives the generation up at once.
    fn is_asked(&self, generation: &str) -> bool {
        let asked = |number| {
            let generation = Generation { id: self.key.id.into(), number };
            self.request.drop_trust.contains(&generation)
        };
        generation.parse().is_ok_and(asked)
    }
}

/// Hosts that nothing reaches, and that would be cut off when they return.
fn left_behind(keys: &[WantedKey<'_>], hosts: &[Host], diagnostics: &mut Diagnostics) {
    for host in hosts {
        let Some((reason, origin)) = &host.away else { continue };
        let cut_off = keys
            .iter()
            .filter(|key| host.keys.get(key.id).is_some_and(|state| !state.trust.contains(&key.used)));
        let ids: Vec<&str> = cut_off.map(|key| key.id).collect();
        if ids.is_empty() {
            continue;
        }
        let message = format!(
            "`{}` is away ({reason}), and does not accept what {} uses now: it cannot connect when it returns",
            host.name,
            listed(&ids)
        );
        let help = "copy its new tree to it before its programs start";
        diagnostics.push(Diagnostic::new(Code::LeftBehind, message).at(*origin, "").help(help));
    }
}

/// Reports what is confirmed although nothing waits for it.
fn confirmed(keys: &[WantedKey<'_>], previous: &Lock, reached: &Reached, diagnostics: &mut Diagnostics) {
    for (name, origin) in &reached.confirmed {
        let Some((why, help)) = useless(name, keys, previous) else { continue };
        let diagnostic = Diagnostic::new(Code::NothingToConfirm, format!("`{name}` is confirmed, and {why}"));
        diagnostics.push(diagnostic.at(*origin, "").help(help));
    }
}

/// Why nothing waits for a confirmation; none where something does, or did.
fn useless(name: &str, keys: &[WantedKey<'_>], previous: &Lock) -> Option<(String, &'static str)> {
    let write = "write the id of an authority or keyring and the generation that is dropped: `authority.kubernetes/1`";
    let Some((id, generation)) = name.rsplit_once('/') else {
        return Some(("it names no generation".to_owned(), write));
    };
    let Some(key) = keys.iter().find(|key| key.id == id) else {
        return Some((format!("the plan has no `{id}`"), write));
    };
    let trusted = "remove the line; it belongs to the commit that drops the generation";
    if generation == IDENTITY {
        return key.plain_text.is_read().then(|| ("the plan still reads plain text".to_owned(), trusted));
    }
    let Ok(number) = generation.parse::<u32>() else {
        return Some(("it names no generation".to_owned(), write));
    };
    if key.trust.contains(&number) {
        return Some(("the plan still trusts it".to_owned(), trusted));
    }
    let known = previous.keys.get(id).is_some_and(|record| record.highest >= number);
    (!known).then(|| ("the lock knows no such generation".to_owned(), write))
}

fn do_not(hosts: &[&str]) -> String {
    format!("{} {}", listed(hosts), if hosts.len() == 1 { "does" } else { "do" })
}

fn listed_use(hosts: &[&str]) -> String {
    format!("{} {}", listed(hosts), if hosts.len() == 1 { "uses" } else { "use" })
}
