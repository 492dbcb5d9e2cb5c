//! Describes the differences between the previous lock and the next one, with their causes.

use std::fmt;

use crate::decide::{Action, Draft};
use crate::diagnostics::{Code, Diagnostic};
use crate::expand::{Blueprint, Cause};
use crate::lock::{self, Lock};
use crate::printable;
use crate::specification::{CertificateIndex, Difference};
use crate::values::{IdParts, counted};

/// How many lines a list has, and how many reasons a line.
const LISTED: usize = 10;
const REASONS: usize = 6;

/// How many certificates were decided how.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// Taken over from elsewhere.
    pub imported: usize,
    /// Issued for the first time.
    pub issued: usize,
    /// Issued again, for their words have changed.
    pub reissued: usize,
    /// With new dates.
    pub renewed: usize,
    /// As they were.
    pub kept: usize,
    /// No longer in the plan.
    pub removed: usize,
}

impl Counted {
    /// Counts what a draft does to the lock that was there.
    #[must_use]
    pub fn of(draft: &Draft, previous: Option<&Lock>) -> Self {
        let was_certificate =
            |id: &&std::sync::Arc<str>| previous.is_some_and(|lock| lock.certificates.contains_key(*id));
        let removed = draft.removed.iter().filter(was_certificate).count();
        let mut counted = Counted { imported: 0, issued: 0, reissued: 0, renewed: 0, kept: 0, removed };
        for decision in &draft.certificates {
            match decision.action {
                Action::Import | Action::Replace { .. } => counted.imported += 1,
                Action::Issue => counted.issued += 1,
                Action::Keep => counted.kept += 1,
                Action::Reissue { .. } => counted.reissued += 1,
                Action::Renew { .. } => counted.renewed += 1,
            }
        }
        counted
    }

    /// One number for each action.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let Counted { imported, issued, reissued, renewed, kept, removed } = self;
        serde_json::json!({
            "imported": imported, "issued": issued, "reissued": reissued, "renewed": renewed,
            "kept": kept, "removed": removed,
        })
    }

    /// `47 issued, 0 kept`
    #[must_use]
    pub fn words(&self) -> String {
        let some = |count: usize, word: &str| match count {
            0 => String::new(),
            count => format!(", {count} {word}"),
        };
        let Counted { imported, issued, reissued, renewed, kept, removed } = *self;
        format!(
            "{issued} issued{}{}{}, {kept} kept{}",
            some(imported, "imported"),
            some(reissued, "reissued"),
            some(renewed, "renewed"),
            some(removed, "removed")
        )
    }
}

/// What is done to an entry of the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verb {
    Reissue,
    Replace,
    Renew,
    Import,
    Issue,
    Remove,
    Change,
    Add,
    /// A piece of the catalog.
    Pin,
}

impl Verb {
    fn word(self) -> &'static str {
        match self {
            Verb::Reissue => "reissue",
            Verb::Replace => "replace",
            Verb::Renew => "renew",
            Verb::Import => "import",
            Verb::Issue => "issue",
            Verb::Remove => "remove",
            Verb::Change => "change",
            Verb::Add => "add",
            Verb::Pin => "pin",
        }
    }

    /// The word once it has happened.
    fn past(self) -> String {
        match self {
            Verb::Pin => "pinned".to_owned(),
            other => format!("{}ed", other.word().trim_end_matches('e')),
        }
    }
}

/// One entry of the lock that becomes another one.
#[derive(Debug)]
struct Change {
    done: Verb,
    id: String,
    /// What it says otherwise.
    differences: Vec<Reason>,
    /// Which certificate of the blueprint it is, if it is one of them.
    certificate: Option<CertificateIndex>,
}

/// Why an entry becomes another one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// A field of a certificate.
    Field(Difference),
    /// Anything else, in words.
    Words(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Field(difference) => difference.fmt(f),
            Reason::Words(words) => f.write_str(words),
        }
    }
}

/// Decisions, and what they were made from.
#[derive(Clone, Copy)]
pub struct Decisions<'a> {
    /// What the plan wants.
    pub blueprint: &'a Blueprint<'a>,
    /// The lock that was there.
    pub previous: Option<&'a Lock>,
    /// What was decided.
    pub draft: &'a Draft,
}

/// All changes of a lock.
pub struct Changes<'a> {
    decided: Decisions<'a>,
    all: Vec<Change>,
}

impl<'a> Changes<'a> {
    /// Compares the lock that was there with the next one.
    #[must_use]
    pub fn of(decided: Decisions<'a>) -> Self {
        let mut all = certificates(decided);
        let fresh = Lock::default();
        let (previous, next) = (decided.previous.unwrap_or(&fresh), &decided.draft.lock);
        let kind = |id: &str| previous.keys.get(id).or(next.keys.get(id)).map(|key| key.kind.as_str());
        for (id, change) in previous.key_changes(next) {
            let (done, differences) = match change {
                lock::Change::Changed(differences) => {
                    (Verb::Change, differences.into_iter().map(Reason::Words).collect())
                }
                // An authority comes and goes with its certificate.
                _ if kind(&id) == Some("authority") => continue,
                lock::Change::Added => (Verb::Add, Vec::new()),
                lock::Change::Removed => (Verb::Remove, Vec::new()),
            };
            all.push(Change { done, id: id.to_string(), differences, certificate: None });
        }
        for (name, change) in previous.catalog_changes(next) {
            let what = match change {
                lock::Change::Added => "in use from now on",
                lock::Change::Changed(_) => "differs from the lock: pkiplan or the catalog has changed",
                lock::Change::Removed => "no longer in use",
            };
            let differences = vec![Reason::Words(what.to_owned())];
            all.push(Change { done: Verb::Pin, id: name.to_string(), differences, certificate: None });
        }
        all.sort_by_key(|change| change.done);
        Changes { decided, all }
    }

    /// One line for all that are alike, `reissue node.a/x and 2 more: +DNS:k8s because of vip.api`.
    fn lines(&self, word: impl Fn(Verb) -> String) -> Vec<String> {
        let mut groups: Vec<(&Change, usize)> = Vec::new();
        let mut known = std::collections::BTreeMap::new();
        for change in &self.all {
            let alike = (change.done, change.alike(), &change.differences);
            let group = *known.entry(alike).or_insert(groups.len());
            match groups.get_mut(group) {
                Some((_, count)) => *count += 1,
                None => groups.push((change, 1)),
            }
        }
        let shown = groups
            .iter()
            .take(LISTED)
            .map(|(first, count)| format!("{}{}{}", word(first.done), first.who(*count), self.why(first)));
        let mut lines: Vec<String> = shown.map(|line| printable::line(&line).into_owned()).collect();
        if groups.len() > LISTED {
            let more: usize = groups[LISTED..].iter().map(|(_, count)| count).sum();
            lines.push(format!("and {more} more"));
        }
        lines
    }

    /// The differences of a change, each with its cause once for all in a row that share it.
    fn why(&self, change: &Change) -> String {
        let first = change.differences.iter().take(REASONS);
        // Two places on one line read the same.
        let cause = |reason| self.cause(change, reason).map(|cause| cause.to_string());
        let reasons: Vec<(&Reason, Option<String>)> = first.map(|reason| (reason, cause(reason))).collect();
        let mut text = String::new();
        for (position, (reason, cause)) in reasons.iter().enumerate() {
            text.push_str(if position == 0 { ": " } else { ", " });
            text.push_str(&reason.to_string());
            let next = reasons.get(position + 1).and_then(|(_, next)| next.as_ref());
            if let Some(cause) = cause.as_ref().filter(|cause| Some(*cause) != next) {
                text.push_str(&format!(" because of {cause}"));
            }
        }
        match change.differences.len().saturating_sub(REASONS) {
            0 => text,
            more => format!("{text} and {more} more"),
        }
    }

    fn cause(&self, change: &Change, reason: &Reason) -> Option<Cause> {
        let Reason::Field(difference) = reason else { return None };
        self.decided.blueprint.cause(change.certificate?, difference)
    }

    /// What the plan is behind: a renewal was asked for.
    fn without_renewals(mut self) -> Self {
        self.all.retain(|change| change.done != Verb::Renew);
        self
    }

    /// What would happen, one a line.
    #[must_use]
    pub fn to_come(&self) -> Vec<String> {
        self.lines(|done| format!("{} ", done.word()))
    }

    /// Everything, for machines.
    #[must_use]
    pub fn json(&self) -> Vec<serde_json::Value> {
        let one = |change: &Change| {
            let why = |reason: &Reason| serde_json::json!({ "difference": reason.to_string(), "because_of": self.cause(change, reason) });
            let why: Vec<_> = change.differences.iter().map(why).collect();
            serde_json::json!({ "change": change.done.word(), "id": change.id, "why": why })
        };
        self.all.iter().map(one).collect()
    }
}

impl Change {
    /// What changes of one line have in common: of what comes and goes the owner, else the kind.
    fn alike(&self) -> &str {
        let id = IdParts::of(&self.id);
        match (self.done, id.part) {
            (Verb::Issue | Verb::Remove, Some(_)) => id.owner,
            (Verb::Reissue, Some(part)) => part,
            _ => &self.id,
        }
    }

    fn who(&self, count: usize) -> String {
        match (self.done, count) {
            (_, 1) => self.id.clone(),
            (Verb::Issue | Verb::Remove, _) => format!("{}, {}", self.alike(), counted(count, "certificate")),
            _ => format!("{} and {} more", self.id, count - 1),
        }
    }
}

/// What a report says of decisions once they are written.
#[derive(Debug)]
pub struct DecisionReport {
    /// The numbers.
    pub counted: Counted,
    /// Everything; only for machines.
    pub json: Vec<serde_json::Value>,
    lines: Vec<String>,
}

impl DecisionReport {
    /// With `whole`, everything for machines, too.
    #[must_use]
    pub fn of(decided: Decisions<'_>, whole: bool) -> Self {
        let counted = Counted::of(decided.draft, decided.previous);
        let changes = Changes::of(decided);
        let json = if whole { changes.json() } else { Vec::new() };
        // Of a first build the numbers say it all.
        let first = decided.previous.is_none_or(|lock| lock.certificates.is_empty() && lock.keys.is_empty());
        let lines = if first {
            Vec::new()
        } else {
            changes.without_renewals().lines(|done| format!("{:<11}", done.past()))
        };
        DecisionReport { counted, json, lines }
    }

    /// Of decisions that keep so many certificates and change nothing.
    #[must_use]
    pub fn kept(certificates: usize) -> Self {
        let counted =
            Counted { imported: 0, issued: 0, reissued: 0, renewed: 0, kept: certificates, removed: 0 };
        Self { counted, json: Vec::new(), lines: Vec::new() }
    }

    /// The numbers, and below them what changed and why.
    #[must_use]
    pub fn words(&self) -> String {
        let lines = self.lines.iter().map(|line| format!("\n  {line}"));
        std::iter::once(self.counted.words()).chain(lines).collect()
    }
}

fn certificates(decided: Decisions<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let all = decided.draft.certificates.enumerate();
    for (index, decision) in all {
        let certificate = &decided.blueprint.certificates[index];
        let (done, differences) = match &decision.action {
            Action::Keep => continue,
            Action::Import => (Verb::Import, Vec::new()),
            Action::Issue => (Verb::Issue, Vec::new()),
            Action::Reissue { differences } => {
                (Verb::Reissue, differences.iter().cloned().map(Reason::Field).collect())
            }
            Action::Replace { differences } => {
                (Verb::Replace, differences.iter().cloned().map(Reason::Field).collect())
            }
            // It was asked for on the command line.
            Action::Renew { rekey } => {
                (Verb::Renew, rekey.then(|| Reason::Words("a new key".to_owned())).into_iter().collect())
            }
        };
        changes.push(Change { done, id: certificate.id.to_string(), differences, certificate: Some(index) });
    }
    let known = decided.previous.map(|lock| &lock.certificates);
    let gone = decided.draft.removed.iter().filter(|id| known.is_some_and(|known| known.contains_key(*id)));
    changes.extend(gone.map(|id| Change {
        done: Verb::Remove,
        id: id.to_string(),
        differences: Vec::new(),
        certificate: None,
    }));
    changes
}

/// What `--locked` forbids.
#[must_use]
pub fn unsettled(decided: Decisions<'_>) -> Diagnostic {
    let message = "the lock does not have all decisions that the plan needs";
    let help = "run `pkiplan lock`, then review and commit the lock. It would";
    Diagnostic::new(Code::Locked, message).help(help).list(&Changes::of(decided).to_come())
}
