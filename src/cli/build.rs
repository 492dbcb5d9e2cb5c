//! `pkiplan build`

use std::path::PathBuf;
use std::process::ExitCode;

use super::arguments::Build;
use super::changes::{self, Told};
use super::decision::{Decided, Question, Stop, decided};
use super::output::Output;
use super::site::Beside;
use super::unlock::{Keychain, Which};
use super::{clock, imported};
use crate::build::{self, Built, DEFAULT_SECRET, Stopped};
use crate::decide::Draft;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::Blueprint;
use crate::issue::secret::Secret;
use crate::values::Instant;
use crate::write::Session;

pub(super) fn run(arguments: &Build, output: &Output) -> ExitCode {
    let question = Question {
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
    let key = key(&keychain, &decided, diagnostics)?;
    if arguments.locked && !decided.draft.is_settled(decided.previous) {
        diagnostics.push(changes::unsettled(&decided));
        return Err(Stop::Found);
    }
    let keys = imported::keys(decided.blueprint, &decided.beside().keys, keychain.opener(), diagnostics);
    if diagnostics.has_errors() {
        return Err(Stop::Found);
    }
    let session = decided.begin()?;
    let (beside, at, sources) = (decided.beside(), decided.at(), decided.sources());
    for path in imported::open_files(&beside.keys).iter().chain(&key.open) {
        output.warn(&format!("others may read {0}; run `chmod 600 {0}`", path.display()));
    }
    let told = Told::of(&decided, output);
    let expired = expired(&decided.draft, at);
    let text = key.secret.to_text();
    let make_secret = |session: &Session| {
        if key.fresh { session.write_new_secret(&beside.secret, text.as_bytes()) } else { Ok(()) }
    };
    let built = match build::build(decided.blueprint, decided.draft, &key.secret, &keys, session, make_secret)
    {
        Ok(built) => built,
        Err(Stopped::Write(error)) => return Err(error.to_string().into()),
        Err(Stopped::Diagnostics(failures)) => {
            failures.into_iter().for_each(|failure| diagnostics.push(failure));
            return Err(Stop::Found);
        }
    };
    output.diagnostics(diagnostics, sources);
    let report = Report { arguments, beside, built: &built, told, at, fresh: key.fresh };
    report.tell(decided.blueprint, output);
    beside.warn_of_git(output);
    if expired && !arguments.allow_expired {
        output.fail("the trees hold certificates that have expired; `--allow-expired` calls that a success");
        return Ok(ExitCode::from(3));
    }
    Ok(ExitCode::SUCCESS)
}

/// The secret from which keys derive.
struct Key {
    secret: Secret,
    /// It has just been made and is not on the disk yet.
    fresh: bool,
    /// Its file, if others may read it.
    open: Option<PathBuf>,
}

/// The secret that belongs to the lock, or a new one where neither lock nor trees exist.
fn key(keychain: &Keychain<'_>, decided: &Decided<'_>, diagnostics: &mut Diagnostics) -> Result<Key, Stop> {
    decided.needs_its_lock(diagnostics)?;
    let path = &decided.beside().secret;
    let mut refused = |message: String, help: String| {
        let diagnostic = Diagnostic::new(Code::LockSecret, message).help(help);
        diagnostics.push(decided.at_lock(diagnostic));
        Err(Stop::Found)
    };
    let found = match keychain.find(Which::default())? {
        Some(found) => found,
        None => match decided.previous {
            None => return Ok(Key { secret: clock::new_secret()?, fresh: true, open: None }),
            Some(lock) if lock.secrets.is_empty() => {
                let message =
                    format!("no secret was ever used with this lock, and there is no {}", path.display());
                let help = format!("`pkiplan secret new {}` makes one", decided.plan().display());
                return refused(message, help);
            }
            Some(_) => {
                let message = format!("there is a lock but no secret {}", path.display());
                let help = "put the secret back from its backup, or say where it is (`--secret FILE`); with another one \
                            every key would change, so none is made";
                return refused(message, help.to_owned());
            }
        },
    };
    let recorded = decided.previous.and_then(|lock| lock.secrets.get(DEFAULT_SECRET));
    if recorded.is_some_and(|record| record.identity != found.secret.identity()) {
        let message = format!("the lock was made with another secret than {}", found.shown);
        return refused(message, "bring the secret and the lock of one PKI together".to_owned());
    }
    Ok(Key { secret: found.secret, fresh: false, open: found.open })
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
