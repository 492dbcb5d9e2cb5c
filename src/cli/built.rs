//! The report at the end of a build.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::output::Output;
use crate::build::Shard;
use crate::expand::Blueprint;
use crate::expiry::{Expiry, State};
use crate::printable;
use crate::report::DecisionReport;
use crate::values::{Instant, counted};
use crate::workspace::{Next, PlanFiles, Said};
use crate::write::{Summary, UnitName};

/// What a build has done.
pub(super) struct Report<'a> {
    pub(super) files: &'a PlanFiles,
    pub(super) said: Said,
    pub(super) decisions: DecisionReport,
    pub(super) summary: Summary,
    /// What could not be made and stays as it is, each with a secret that it lacks.
    pub(super) left: Vec<(UnitName, String)>,
    pub(super) at: Instant,
    /// Whether it made a secret.
    pub(super) fresh: bool,
    /// Of one of several runs, which, and what it has left for the lock.
    pub(super) piece: Option<(Shard, PathBuf)>,
}

/// What a build says where nothing changes.
pub(super) fn said(blueprint: &Blueprint<'_>, shard: Option<&Shard>, entries: &[Expiry<'_>]) -> Said {
    let next = entries.iter().find(|entry| entry.state != State::Rotated);
    Said {
        hosts: shard.map_or(blueprint.model.nodes.len(), |shard| shard.hosts(blueprint)),
        certificates: blueprint.certificates.len(),
        next: next.and_then(|entry| {
            let kind = entry.ending.kind().word();
            Some(Next::new(entry.id, kind, entry.name(), entry.not_after?))
        }),
    }
}

impl Report<'_> {
    pub(super) fn say(&self, output: &Output) {
        if output.json {
            output.json(self.json());
            return;
        }
        let mut text = String::new();
        if self.fresh {
            text.push_str(&self.first_words());
        }
        let mut line = |name: &str, what: String| text.push_str(&format!("{name:<13}{what}\n"));
        line("hosts", format!("{}, in {}", self.said.hosts, self.files.trees.display()));
        if let Some((shard, piece)) = &self.piece {
            line("shard", format!("{shard}, written to {}", piece.display()));
        }
        line("certificates", self.decisions.words());
        let Summary { files_written, files_unchanged, files_removed, .. } = self.summary;
        let gone = if files_removed > 0 { format!(", {files_removed} removed") } else { String::new() };
        line("files", format!("{files_written} written, {files_unchanged} unchanged{gone}"));
        if let Some((next, end)) = self.next() {
            line("next expiry", format!("{end} ({}): {}", when(self.at, end), printable::line(&next.name)));
        }
        output.say(&text);
    }

    fn next(&self) -> Option<(&Next, Instant)> {
        let next = self.said.next.as_ref()?;
        Some((next, next.end()?))
    }

    fn json(&self) -> serde_json::Value {
        let summary = &self.summary;
        serde_json::json!({
            "plan": self.files.plan.display().to_string(),
            "trees": self.files.trees.display().to_string(),
            "hosts": self.said.hosts,
            "certificates": self.decisions.counted.json(),
            "changes": self.decisions.json,
            "files": {
                "written": summary.files_written, "unchanged": summary.files_unchanged,
                "removed": summary.files_removed,
            },
            "left": self.left.iter().map(|(unit, secret)| serde_json::json!({
                "unit": unit.as_str(), "secret": secret,
            })).collect::<Vec<_>>(),
            "lock_changed": summary.lock,
            "shard": self.piece.as_ref().map(|(shard, piece)| serde_json::json!({
                "shard": shard.to_string(), "piece": piece.display().to_string(),
            })),
            "new_secret": self.fresh,
            "next_expiry": self.next().map(|(next, end)| serde_json::json!({
                "id": next.id, "kind": next.kind, "not_after": end.to_string(),
            })),
        })
    }

    /// What stays as it is, secret by secret.
    pub(super) fn warn_of_left(&self, output: &Output) {
        let mut by_secret: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (unit, secret) in &self.left {
            by_secret.entry(secret).or_default().push(unit.as_str());
        }
        for (secret, units) in by_secret {
            let list = units.join(", ");
            output.warn(&format!("the secret `{secret}` is missing, so these stay as they are: {list}"));
        }
    }

    fn first_words(&self) -> String {
        let PlanFiles { lock, certificates, secret, trees, .. } = self.files;
        format!(
            "A new secret was made: {}\n  All private keys derive from it. Keep a copy in a safe place.\n  \
             Commit to git:  {}, {}, {}\n  Never commit:   {}, {}\n\n",
            secret.display(),
            self.files.plan.display(),
            lock.display(),
            certificates.display(),
            secret.display(),
            trees.display(),
        )
    }
}

/// `in 3 days`, `expired 1 day ago`
fn when(at: Instant, end: Instant) -> String {
    let days = |days: i64| counted(usize::try_from(days).unwrap_or(usize::MAX), "day");
    match (at.days_until(end), end.days_until(at)) {
        (0, _) => "in less than a day".to_owned(),
        (until, _) if until > 0 => format!("in {}", days(until)),
        (_, 0) => "expired less than a day ago".to_owned(),
        (_, since) => format!("expired {} ago", days(since)),
    }
}
