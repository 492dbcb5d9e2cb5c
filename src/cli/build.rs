//! `pkiplan build`

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;

use zeroize::Zeroizing;

use super::arguments::Build;
use super::output::Output;
use super::site::Beside;
use super::{clock, load};
use crate::build::{self, Built, DEFAULT_SECRET, Stopped};
use crate::decide::{Action, Draft};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::Blueprint;
use crate::issue::secret::Secret;
use crate::lock::Lock;
use crate::plan;
use crate::source::{SourceId, Sources};
use crate::values::Instant;
use crate::write::{Options, Session, Site, write_new_secret};

pub(super) fn run(arguments: &Build, output: &Output) -> ExitCode {
    match build(arguments, output) {
        Ok(code) => code,
        Err(message) => {
            output.fail(&message);
            ExitCode::FAILURE
        }
    }
}

/// What is read before anything is written.
struct Before {
    lock: Option<Lock>,
    secret: Secret,
    /// The secret has just been made and is not on the disk yet.
    fresh: bool,
}

fn build(arguments: &Build, output: &Output) -> Result<ExitCode, String> {
    let at = clock::at(arguments.at.as_deref())?;
    let beside = Beside::new(&arguments.plan, arguments.out.as_deref());
    beside.spares(&arguments.plan)?;
    let mut diagnostics = Diagnostics::default();
    let mut sources = Sources::default();
    let lock_text = read_lock(&beside.lock)?;
    let lock_source =
        lock_text.as_ref().map(|text| sources.add(beside.lock.display().to_string(), text.as_str()));
    let plan = match load(&arguments.plan, sources, &mut diagnostics) {
        Ok(plan) => plan,
        Err(sources) => return Ok(output.failed(&diagnostics, &sources)),
    };
    let Some(blueprint) = plan.expand(&mut diagnostics) else {
        return Ok(output.failed(&diagnostics, &plan.sources));
    };
    plan::rehearse(&blueprint, &mut diagnostics);
    let lock = lock_text
        .as_deref()
        .zip(lock_source)
        .and_then(|(text, source)| parse(text, source, &mut diagnostics));
    if diagnostics.has_errors() {
        return Ok(output.failed(&diagnostics, &plan.sources));
    }
    let before = secrets(lock, lock_source, &beside, &mut diagnostics)?;
    let Some(before) = before else { return Ok(output.failed(&diagnostics, &plan.sources)) };
    let lock_id = clock::new_lock_id()?;
    let draft = build::draft(&blueprint, before.lock.as_ref(), &lock_id, at, &mut diagnostics);
    if arguments.locked && !draft.is_settled(before.lock.as_ref()) {
        diagnostics.push(unsettled(&draft, &blueprint));
    }
    if diagnostics.has_errors() {
        return Ok(output.failed(&diagnostics, &plan.sources));
    }
    let counted = count(&draft);
    let expired = expired(&draft, at);
    let site = Site {
        trees: beside.trees.clone(),
        lock: beside.lock.clone(),
        certificates: beside.certificates.clone(),
    };
    let session = Session::begin(&site, Options::default()).map_err(|error| error.to_string())?;
    if read_lock(&beside.lock)? != lock_text {
        return Err("another build has just replaced the lock; build again".to_owned());
    }
    if !before.fresh && is_open(&beside.secret) {
        let message = format!("others may read {0}; run `chmod 600 {0}`", beside.secret.display());
        output.warn(&message);
    }
    let text = before.secret.to_text();
    let make_secret =
        || if before.fresh { write_new_secret(&beside.secret, text.as_bytes()) } else { Ok(()) };
    let built = match build::build(&blueprint, draft, &before.secret, session, make_secret) {
        Ok(built) => built,
        Err(Stopped::Write(error)) => return Err(error.to_string()),
        Err(Stopped::Diagnostics(failures)) => {
            failures.into_iter().for_each(|failure| diagnostics.push(failure));
            return Ok(output.failed(&diagnostics, &plan.sources));
        }
    };
    output.diagnostics(&diagnostics, &plan.sources);
    let report = Report { arguments, beside: &beside, built: &built, counted, at, fresh: before.fresh };
    report.tell(&blueprint, output);
    beside.warn_of_git(output);
    if expired && !arguments.allow_expired {
        output.fail("the trees hold certificates that have expired; `--allow-expired` calls that a success");
        return Ok(ExitCode::from(3));
    }
    Ok(ExitCode::SUCCESS)
}

/// The lock's text; none if there is no lock.
fn read_lock(path: &Path) -> Result<Option<String>, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}

/// Whether anyone but the owner may read a file.
fn is_open(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

fn parse(text: &str, source: SourceId, diagnostics: &mut Diagnostics) -> Option<Lock> {
    match Lock::parse(text, source) {
        Ok(lock) => Some(lock),
        Err(found) => {
            diagnostics.append(found);
            None
        }
    }
}

/// The secret that belongs to the lock, or a new one where neither lock nor trees exist.
fn secrets(
    lock: Option<Lock>,
    source: Option<SourceId>,
    beside: &Beside,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Before>, String> {
    let secret = match std::fs::read(&beside.secret) {
        Ok(bytes) => Some(Zeroizing::new(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(format!("cannot read {}: {error}", beside.secret.display())),
    };
    let refused = |message: String, help: String, diagnostics: &mut Diagnostics| {
        let diagnostic = Diagnostic::new(Code::LockSecret, message).help(help);
        diagnostics
            .push(source.map_or(diagnostic.clone(), |source| diagnostic.at(source.span(0..0), "this lock")));
    };
    let secret = match secret {
        Some(bytes) => {
            let text = std::str::from_utf8(&bytes)
                .map_err(|_| format!("{} is not a secret", beside.secret.display()))?;
            Secret::parse(text).map_err(|invalid| {
                let help = invalid.help.map(|help| format!("; {help}")).unwrap_or_default();
                format!("{}: {}{help}", beside.secret.display(), invalid.message)
            })?
        }
        None if lock.is_some() => {
            let message = format!("there is a lock but no secret {}", beside.secret.display());
            let help = "put the secret back from its backup; with another one every key would change, so none is made";
            refused(message, help.to_owned(), diagnostics);
            return Ok(None);
        }
        None if has_units(&beside.trees) => {
            let message =
                format!("there are trees in {} but neither lock nor secret", beside.trees.display());
            let help = "restore both, or move the trees away to begin a new PKI".to_owned();
            refused(message, help, diagnostics);
            return Ok(None);
        }
        None => return Ok(Some(Before { lock: None, secret: clock::new_secret()?, fresh: true })),
    };
    if lock.is_none() && has_units(&beside.trees) {
        let message = format!("there are trees in {} but no lock", beside.trees.display());
        let help = "bring the lock back from git; without it every certificate would be issued again, and keys \
                    that were given up could return. To begin a new PKI, move the trees away";
        refused(message, help.to_owned(), diagnostics);
        return Ok(None);
    }
    let recorded = lock.as_ref().and_then(|lock| lock.secrets.get(DEFAULT_SECRET));
    if recorded.is_some_and(|record| record.identity != secret.identity()) {
        let message = format!("the lock was made with another secret than {}", beside.secret.display());
        refused(message, "bring the secret and the lock of one PKI together".to_owned(), diagnostics);
        return Ok(None);
    }
    Ok(Some(Before { lock, secret, fresh: false }))
}

/// Whether something visible lies in the trees: what a build leaves that ended before its lock was written
/// has names with a dot.
fn has_units(trees: &Path) -> bool {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries(trees).any(|entry| {
        let path = entry.path();
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        !hidden && (!path.is_dir() || entries(&path).next().is_some())
    })
}

fn unsettled(draft: &Draft, blueprint: &Blueprint<'_>) -> Diagnostic {
    let mut lines = Vec::new();
    for (decision, certificate) in draft.certificates.iter().zip(&blueprint.certificates) {
        match &decision.action {
            Action::Issue => lines.push(format!("issue {}", certificate.id)),
            Action::Keep => {}
            Action::Reissue { differences } => {
                lines.push(format!("reissue {}: {}", certificate.id, differences.join(", ")))
            }
        }
    }
    lines.extend(draft.removed.iter().map(|id| format!("remove {id}")));
    let more = lines.len().saturating_sub(10);
    lines.truncate(10);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    if lines.is_empty() {
        lines.push("record the catalog or the secret".to_owned());
    }
    let message = "the lock does not hold all decisions that the plan needs";
    let help = format!("build without `--locked` and commit the lock; it would\n{}", lines.join("\n"));
    Diagnostic::new(Code::Locked, message).help(help)
}

struct Counted {
    issued: usize,
    reissued: usize,
    kept: usize,
    removed: usize,
}

fn count(draft: &Draft) -> Counted {
    let mut counted = Counted { issued: 0, reissued: 0, kept: 0, removed: draft.removed.len() };
    for decision in &draft.certificates {
        match decision.action {
            Action::Issue => counted.issued += 1,
            Action::Keep => counted.kept += 1,
            Action::Reissue { .. } => counted.reissued += 1,
        }
    }
    counted
}

fn expired(draft: &Draft, at: Instant) -> bool {
    draft.certificates.iter().any(|decision| decision.not_after < at)
}

struct Report<'a> {
    arguments: &'a Build,
    beside: &'a Beside,
    built: &'a Built,
    counted: Counted,
    at: Instant,
    fresh: bool,
}

impl Report<'_> {
    fn tell(&self, blueprint: &Blueprint<'_>, output: &Output) {
        let next = self.built.lock.certificates.iter().min_by_key(|(_, record)| record.not_after);
        let summary = &self.built.summary;
        let (hosts, counted) = (blueprint.model.nodes.len(), &self.counted);
        if output.json {
            output.json(&serde_json::json!({
                "plan": self.arguments.plan.display().to_string(),
                "trees": self.beside.trees.display().to_string(),
                "hosts": hosts,
                "certificates": {
                    "issued": counted.issued, "reissued": counted.reissued,
                    "kept": counted.kept, "removed": counted.removed,
                },
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
        let removed =
            if counted.removed > 0 { format!(", {} removed", counted.removed) } else { String::new() };
        let reissued =
            if counted.reissued > 0 { format!(", {} reissued", counted.reissued) } else { String::new() };
        line("certificates", format!("{} issued{reissued}, {} kept{removed}", counted.issued, counted.kept));
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
        let Beside { lock, certificates, secret, trees } = self.beside;
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
