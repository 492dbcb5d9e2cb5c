//! `pkiplan renew`: new dates through the lock, without any secret.

use std::fmt::Write as _;
use std::process::ExitCode;

use super::arguments::Renew;
use super::decision::{Decided, Question, decided};
use super::output::Output;
use crate::decide::{self, Action, Decision};
use crate::diagnostics::{Diagnostics, to_json};
use crate::lock::CertificateRecord;
use crate::read::Disk;
use crate::report::Told;

pub(super) fn run(arguments: &Renew, output: &Output) -> ExitCode {
    let question = Question {
        world: &Disk,
        plan: &arguments.plan,
        out: arguments.out.as_deref(),
        at: arguments.at.as_deref(),
        drop_trust: &[],
        renew: Some(decide::Renew {
            names: arguments.ids.clone(),
            within: arguments.within,
            rekey: arguments.rekey,
        }),
    };
    decided(&question, output, |decided, diagnostics| {
        decided.needs_its_lock(diagnostics)?;
        if decided.previous.is_none() {
            let plan = decided.plan().display();
            return Err(format!(
                "there is no lock yet, so nothing to renew; `pkiplan build {plan}` makes one"
            )
            .into());
        }
        let changed = decided.write_lock()?;
        tell(&decided, changed, output, diagnostics);
        Ok(ExitCode::SUCCESS)
    })
}

/// A certificate that gets new dates.
struct Renewed<'a> {
    id: &'a str,
    old: &'a CertificateRecord,
    new: &'a Decision,
}

fn renewed<'a>(decided: &'a Decided<'_>) -> Vec<Renewed<'a>> {
    let all = decided.draft.certificates.iter().zip(&decided.blueprint.certificates);
    let renewed = all.filter(|(decision, _)| matches!(decision.action, Action::Renew { .. }));
    let records = decided.previous.map(|lock| &lock.certificates);
    renewed
        .filter_map(|(new, certificate)| {
            let (id, old) = records?.get_key_value(&certificate.id)?;
            Some(Renewed { id, old, new })
        })
        .collect()
}

fn tell(decided: &Decided<'_>, changed: bool, output: &Output, diagnostics: &Diagnostics) {
    let renewed = renewed(decided);
    let told = Told::of(decided.decisions(), output.json);
    let lock = decided.beside().lock.display().to_string();
    if output.json {
        let renewed: Vec<_> = renewed.iter().map(Renewed::json).collect();
        output.json(&serde_json::json!({
            "lock": lock,
            "lock_changed": changed,
            "renewed": renewed,
            "certificates": told.counted.json(),
            "changes": told.json,
            "diagnostics": to_json(diagnostics, decided.sources()),
        }));
        return;
    }
    output.diagnostics(diagnostics, decided.sources());
    let mut text = String::new();
    let width = renewed.iter().map(|one| one.id.len()).max().unwrap_or(0);
    for Renewed { id, old, new } in &renewed {
        let key = if new.action == (Action::Renew { rekey: true }) { ", with a new key" } else { "" };
        let _ = writeln!(text, "{id:<width$}  {} -> {}{key}", old.not_after, new.not_after);
    }
    let verdict = if changed { "written" } else { "unchanged" };
    let _ = writeln!(text, "certificates {}\nlock         {lock}, {verdict}", told.words());
    if changed {
        let _ = writeln!(text, "`pkiplan build {}` makes them", decided.plan().display());
    }
    output.tell(&text);
}

impl Renewed<'_> {
    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.id,
            "old_not_after": self.old.not_after.to_string(),
            "not_after": self.new.not_after.to_string(),
            "rekeyed": self.new.action == (Action::Renew { rekey: true }),
        })
    }
}
