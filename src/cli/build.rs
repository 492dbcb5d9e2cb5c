//! `pkiplan build`

use std::collections::BTreeMap;
use std::process::ExitCode;

use super::arguments::Build;
use super::decision::{Decided, Question, Stop, decided};
use super::output::Output;
use super::site::Beside;
use super::unlock::Keychain;
use super::{at_hand, imported};
use crate::build::{self, Built, Stopped};
use crate::decide::Draft;
use crate::diagnostics::Diagnostics;
use crate::expand::Blueprint;
use crate::fill::AtHand;
use crate::issue::secret::Secret;
use crate::read::Disk;
use crate::report::{Told, unsettled};
use crate::values::Instant;
use crate::write::Session;

pub(super) fn run(arguments: &Build, output: &Output) -> ExitCode {
    let question = Question {
        world: &Disk,
        plan: &arguments.plan,
        out: arguments.out.as_deref(),
        at: arguments.at.as_deref(),
        drop_trust: &arguments.drop_trust,
        renew: None,
    };
    decided(&question, output, |decided, diagnostics| build(arguments, decided, output, diagnostics))
}

fn build(
    arguments: &Build,
    decided: Decided<'_>,
    output: &Output,
    diagnostics: &mut Diagnostics,
) -> Result<ExitCode, Stop> {
    let keychain = Keychain::new(&arguments.secrets, decided.beside())?;
    let secrets = at_hand::secrets(&keychain, &decided, diagnostics)?;
    if arguments.locked && !decided.draft.is_settled(decided.previous) {
        diagnostics.push(unsettled(decided.decisions()));
        return Err(Stop::Found);
    }
    let imported = imported::keys(decided.blueprint, &decided.beside().keys, keychain.opener(), diagnostics);
    if diagnostics.has_errors() {
        return Err(Stop::Found);
    }
    let session = decided.begin()?;
    let (beside, at, sources) = (decided.beside(), decided.at(), decided.sources());
    for path in imported::open_files(&beside.keys).iter().chain(&secrets.open) {
        output.warn(&format!("others may read {0}; run `chmod 600 {0}`", path.display()));
    }
    let told = Told::of(decided.decisions(), output.json);
    let expired = expired(&decided.draft, at);
    let certificates = at_hand::certificates(&decided, &secrets);
    let at_hand = AtHand { secrets: secrets.found, imported, certificates };
    let fresh = secrets.fresh.and_then(|fresh| at_hand.secrets.get(&fresh)).map(Secret::to_text);
    let make_secret = |session: &Session| match &fresh {
        Some(text) => session.write_new_secret(&beside.secret, text.as_bytes()),
        None => Ok(()),
    };
    let built = match build::build(decided.blueprint, decided.draft, &at_hand, session, make_secret) {
        Ok(built) => built,
        Err(Stopped::Write(error)) => return Err(error.to_string().into()),
        Err(Stopped::Diagnostics(failures)) => {
            failures.into_iter().for_each(|failure| diagnostics.push(failure));
            return Err(Stop::Found);
        }
    };
    output.diagnostics(diagnostics, sources);
    let report = Report { arguments, beside, built: &built, told, at, fresh: fresh.is_some() };
    report.tell(decided.blueprint, output);
    beside.warn_of_git(output);
    report.warn_of_left(output);
    if expired && !arguments.allow_expired {
        output.fail("the trees hold certificates that have expired; `--allow-expired` calls that a success");
        return Ok(ExitCode::from(3));
    }
    Ok(ExitCode::SUCCESS)
}

fn expired(draft: &Draft, at: Instant) -> bool {
    draft.certificates.iter().any(|decision| decision.not_after < at)
}

struct Report<'a> {
    arguments: &'a Build,
    beside: &'a Beside,
    built: &'a Built,
    told: Told,
    at: Instant,
    fresh: bool,
}

impl Report<'_> {
    fn tell(&self, blueprint: &Blueprint<'_>, output: &Output) {
        let next = self.built.lock.certificates.iter().min_by_key(|(_, record)| record.not_after);
        let summary = &self.built.summary;
        let (hosts, told) = (blueprint.model.nodes.len(), &self.told);
        if output.json {
            output.json(&serde_json::json!({
                "plan": self.arguments.plan.display().to_string(),
                "trees": self.beside.trees.display().to_string(),
                "hosts": hosts,
                "certificates": told.counted.json(),
                "changes": told.json,
                "files": {
                    "written": summary.files_written, "unchanged": summary.files_unchanged,
                    "removed": summary.files_removed,
                },
                "left": self.built.left.iter().map(|(unit, secret)| serde_json::json!({
                    "unit": unit.as_str(), "secret": secret,
                })).collect::<Vec<_>>(),
                "lock_changed": summary.lock,
                "new_secret": self.fresh,
                "next_expiry": next.map(|(id, record)| serde_json::json!({
                    "id": id.to_string(), "not_after": record.not_after.to_string(),
                })),
            }));
            return;
        }
        let mut text = String::new();
        if self.fresh {
            text.push_str(&self.first_words());
        }
        let mut line = |name: &str, what: String| text.push_str(&format!("{name:<13}{what}\n"));
        line("hosts", format!("{hosts}, in {}", self.beside.trees.display()));
        line("certificates", told.words());
        let gone = if summary.files_removed > 0 {
            format!(", {} removed", summary.files_removed)
        } else {
            String::new()
        };
        line(
            "files",
            format!("{} written, {} unchanged{gone}", summary.files_written, summary.files_unchanged),
        );
        if let Some((id, record)) = next {
            let days = self.at.days_until(record.not_after);
            let when =
                if days < 0 { format!("{} days ago", days.unsigned_abs()) } else { format!("{days} days") };
            line("next expiry", format!("{} ({when}): {id}", record.not_after));
        }
        output.tell(&text);
    }

    /// What stays as it is, secret by secret.
    fn warn_of_left(&self, output: &Output) {
        let mut by_secret: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (unit, secret) in &self.built.left {
            by_secret.entry(secret).or_default().push(unit.as_str());
        }
        for (secret, units) in by_secret {
            let list = units.join(", ");
            output.warn(&format!("the secret `{secret}` is not here, so these stay as they are: {list}"));
        }
    }

    fn first_words(&self) -> String {
        let Beside { lock, certificates, secret, trees, .. } = self.beside;
        format!(
            "A new secret was made: {}\n  All private keys derive from it. Keep a copy in a safe place.\n  \
             Commit to git:  {}, {}, {}\n  Never commit:   {}, {}\n\n",
            secret.display(),
            self.arguments.plan.display(),
            lock.display(),
            certificates.display(),
            secret.display(),
            trees.display(),
        )
    }
}
