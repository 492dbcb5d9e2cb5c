//! `pkiplan build`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::clock::{self, A_DAY};
use super::commits::warn_of_git;
use super::next;
use super::output::Output;
use super::plan_argument::PlanArgument;
use super::program;
use super::shard::Asked;
use super::unlock::SecretArguments;
use crate::build::{self, Built, Common, Kept, Shard};
use crate::decide::{Generation, Request};
use crate::diagnostics::did_you_mean;
use crate::expand::Blueprint;
use crate::expiry::{State, entries};
use crate::fill::KeyMaterial;
use crate::issue::secret::Secret;
use crate::read::{Bounds, Disk, Noted};
use crate::report::{DecisionReport, unsettled};
use crate::values::{Duration, Instant, counted};
use crate::workspace::{
    Decided, Failure, Keychain, Opened, PlanFiles, Unnoted, imported_keys, open_key_files, secrets,
    stored_certificates,
};
use crate::write::{Access, replace_public};

#[derive(Debug, Args)]
pub(super) struct Build {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// Write the trees to this directory instead of next to the plan.
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Fail if the lock would change (for CI).
    #[arg(long)]
    pub(super) locked: bool,
    /// Build one of several parts, `3/16`, or what one secret makes, `secret:NAME`. `auto/16` and `auto` take the number from
    /// the environment of a Kubernetes Indexed Job or of a CI system.
    ///
    /// The lock must hold all decisions. Its fingerprints go to a piece next to it, `cluster.lock.3-of-16`;
    /// `pkiplan lock assemble` puts all pieces into the lock.
    #[arg(long, value_name = "SHARD", conflicts_with = "drop_trust")]
    pub(super) shard: Option<Asked>,
    /// The time of issue of new certificates (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Drop a key generation such as `authority.kubernetes/1` at once although something depends on it, because the
    /// key has leaked. The plan must drop it, too. Hosts refuse one another until all of them have changed.
    #[arg(long, value_name = "ID/GENERATION")]
    pub(super) drop_trust: Vec<Generation>,
    /// Exit with 0 even if certificates or tokens of the lock have expired or are not valid yet.
    #[arg(long)]
    pub(super) allow_expired: bool,
    #[command(flatten)]
    pub(super) secrets: SecretArguments,
}

pub(super) fn run(arguments: &Build, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(build(arguments, bounds, output))
}

/// The whole way of a plan to its trees, stage by stage.
fn build(arguments: &Build, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let request = Request {
        drop_trust: arguments.drop_trust.iter().cloned().collect(),
        ..Request::new(clock::at(arguments.at.as_deref())?)
    };
    let shard = arguments.shard.map(|asked| asked.shard(variable)).transpose()?;
    let files = PlanFiles::of(arguments.plan.path()).with_trees(arguments.out.as_deref());
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    // The lock that this build leaves counts, and the certificates beside it follow from it.
    let noted = Noted::new(&disk, vec![files.lock.clone(), files.certificates.clone()]);
    // Read and resolve, with the catalog, the lock and the plans that are imported.
    let stage = output.stage("reading the plan", 0);
    let opened = Opened::read(&noted, files)?;
    let expanded = opened.expand()?;
    let mut decided = expanded.decide(request, &clock::new_lock_id()?)?;
    drop(stage);
    let (files, at) = (decided.files(), decided.at());

    let keychain = Keychain::new(arguments.secrets.unlock.opener(), arguments.secrets.given()?, files);
    // Each run would make another one, and decide on its own.
    let new_secret = if shard.is_some() { no_new_secret } else { clock::new_secret };
    let secrets = secrets(&keychain, &decided, new_secret)?;
    if (arguments.locked || shard.is_some()) && !decided.draft.is_settled(decided.previous) {
        return Err(decided.expanded.refuse([unsettled(decided.decisions())]));
    }
    let imported = imported_keys(&mut decided.expanded, keychain.opener())?;
    if arguments.at.is_none() {
        decided.goes_forward(A_DAY)?;
    }
    let session = if shard.is_some() { decided.begin_shard()? } else { decided.begin()? };
    for (path, access) in open_key_files(&files.keys).iter().chain(&secrets.open) {
        output.warn(&open_to_others(&path.display().to_string(), *access));
    }
    let reported = DecisionReport::of(decided.decisions(), output.json);
    let all = entries(decided.blueprint(), Some(&decided.draft.lock), at, Duration::nearest(0));
    let refused = all.iter().any(|entry| entry.state.is_refused());
    let certificates = stored_certificates(&decided, &secrets);
    let unnoted = secrets.unnoted;
    let key_material = KeyMaterial { secrets: secrets.found, imported, certificates, throw_away: false };
    let fresh = secrets.fresh.and_then(|fresh| key_material.secrets.get(&fresh)).map(Secret::to_text);
    let is_fresh = fresh.is_some();

    let (base, read) = (build::base(&program::identity(), &key_material), noted.digest());
    let inputs = |lock: &str| build::inputs(base, &read, lock);
    let same = session.same(&base, decided.unchanged().map(inputs).as_ref());
    let Decided { expanded, draft, .. } = decided;
    let blueprint = &expanded.blueprint;
    if let Some(shard) = shard {
        is_of_plan(shard, blueprint)?;
    }
    let stopped = |why| expanded.stopped(why);
    let credentials = build::issue(blueprint, &draft, &key_material).map_err(stopped)?;
    let kept = Kept { session: &session, credentials: &credentials, same };
    let stage = output.stage("building hosts and users", build::count(blueprint, shard.as_ref()));
    let staged = build::each_unit(&credentials, shard.as_ref(), |job| {
        let _counted = stage.one();
        if let Some(unit) = kept.before_rendering(job)? {
            return Ok(Some(unit));
        }
        let Some(rendered) = build::render(blueprint, job)? else { return Ok(None) };
        if let Some(unit) = kept.before_issuing(&rendered)? {
            return Ok(Some(unit));
        }
        let filled = build::fill(&credentials, rendered)?;
        build::stage(&session, filled).map(Some)
    });
    drop(stage);
    let staged = staged.map_err(stopped)?;
    // The lock must not be there before the secret that its keys derive from.
    if let Some(text) = &fresh {
        session.write_new_secret(&files.secret, text.as_bytes()).map_err(|error| error.to_string())?;
    }
    // No key outlives what it is for: what follows is reports.
    drop(credentials);
    drop((key_material, fresh, keychain));
    let stage = output.stage("writing", 0);
    let piece = shard.map(|shard| (shard, piece_of(&files.lock, shard)));
    let built = match &piece {
        Some((shard, path)) => {
            let common = Common::of(opened.texts(), &draft.lock);
            let leave = |text: &str| replace_public(path, text.as_bytes());
            build::write_shard(draft.lock, staged, session, (*shard, common), leave)
        }
        None => build::write(draft, staged, session, inputs),
    };
    drop(stage);
    let built = built.map_err(stopped)?;

    note(&unnoted, &built.lock.id, output);
    output.diagnostics(&expanded.diagnostics, opened.sources());
    let report = Report { files, built: &built, reported, at, fresh: is_fresh, piece };
    report.say(blueprint, output);
    warn_of_git(files, output);
    report.warn_of_left(output);
    if refused && !arguments.allow_expired {
        output.fail(
            "the trees hold what has expired or is not valid yet; `--allow-expired` calls that a success",
        );
        let entries = entries(blueprint, Some(&built.lock), at, Duration::nearest(0));
        let renew = next::of_plan("renew", &files.plan);
        let due = next::of_due(&files.plan, renew.clone(), blueprint, &entries);
        output.next(&due.unwrap_or(renew));
        return Ok(ExitCode::from(3));
    }
    // What changes nothing leads to nothing.
    if shard.is_some() {
        output.next(&next::assembly(&files.plan));
    } else if built.summary.files_written > 0 {
        output.next(&next::proof_of_trees(files));
    }
    Ok(ExitCode::SUCCESS)
}

/// One that is no text is none that says a number.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

fn no_new_secret() -> Result<Secret, String> {
    Err("a shard makes no secret: make it first, with `pkiplan secret new PLAN`, and give it to every run"
        .to_owned())
}

/// A shard that no other run would have as one of its own makes nothing that could be assembled.
fn is_of_plan(shard: Shard, blueprint: &Blueprint<'_>) -> Result<(), String> {
    let all = shard.all(blueprint);
    if all.contains(&shard) {
        return Ok(());
    }
    let known: Vec<String> = all.iter().map(Shard::to_string).collect();
    let help = did_you_mean(&shard.to_string(), known.iter().map(String::as_str));
    let help = help.map(|help| format!("; {help}")).unwrap_or_default();
    Err(format!("no host and no user has keys of `{shard}`{help}"))
}

/// Where a shard's piece of a lock lies.
fn piece_of(lock: &Path, shard: Shard) -> PathBuf {
    let mut name = lock.as_os_str().to_owned();
    name.push(format!(".{}", shard.extension()));
    name.into()
}

fn open_to_others(path: &str, access: Access) -> String {
    match access {
        Access::Owner(owner) => format!("{path} belongs to user {owner}, who may read and exchange it"),
        Access::Write => format!("others may change {path}; run `chmod 600 {path}`"),
        Access::Read | Access::None => format!("others may read {path}; run `chmod 600 {path}`"),
    }
}

/// Lets secrets say which lock they belong to. One that cannot be changed is reported once.
fn note(secrets: &[Unnoted], lock: &str, output: &Output) {
    for Unnoted { shown, belonging, is_first } in secrets {
        let noted = match belonging.is_changeable() {
            true => belonging.note([lock]),
            false if belonging.lies_beside_its_lock() => Ok(()),
            false => Err(String::new()),
        };
        if noted.is_err() && *is_first {
            output.say(&format!(
                "{shown} does not say which lock it belongs to; with the line `# lock {lock}` in it no other cluster \
                 gets its keys by mistake\n\n"
            ));
        }
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

struct Report<'a> {
    files: &'a PlanFiles,
    built: &'a Built,
    reported: DecisionReport,
    at: Instant,
    fresh: bool,
    /// Of one of several runs, which, and what it has left for the lock.
    piece: Option<(Shard, PathBuf)>,
}

impl Report<'_> {
    fn say(&self, blueprint: &Blueprint<'_>, output: &Output) {
        let entries = entries(blueprint, Some(&self.built.lock), self.at, Duration::nearest(0));
        let next = entries.iter().find(|entry| entry.state != State::Rotated);
        let next = next.and_then(|entry| Some((entry, entry.not_after?)));
        let summary = &self.built.summary;
        let of_shard = self.piece.as_ref().map(|(shard, _)| shard.hosts(blueprint));
        let hosts = of_shard.unwrap_or(blueprint.model.nodes.len());
        let reported = &self.reported;
        if output.json {
            output.json(serde_json::json!({
                "plan": self.files.plan.display().to_string(),
                "trees": self.files.trees.display().to_string(),
                "hosts": hosts,
                "certificates": reported.counted.json(),
                "changes": reported.json,
                "files": {
                    "written": summary.files_written, "unchanged": summary.files_unchanged,
                    "removed": summary.files_removed,
                },
                "left": self.built.left.iter().map(|(unit, secret)| serde_json::json!({
                    "unit": unit.as_str(), "secret": secret,
                })).collect::<Vec<_>>(),
                "lock_changed": summary.lock,
                "shard": self.piece.as_ref().map(|(shard, piece)| serde_json::json!({
                    "shard": shard.to_string(), "piece": piece.display().to_string(),
                })),
                "new_secret": self.fresh,
                "next_expiry": next.map(|(entry, end)| serde_json::json!({
                    "id": &**entry.id, "kind": entry.ending.kind().word(), "not_after": end.to_string(),
                })),
            }));
            return;
        }
        let mut text = String::new();
        if self.fresh {
            text.push_str(&self.first_words());
        }
        let mut line = |name: &str, what: String| text.push_str(&format!("{name:<13}{what}\n"));
        line("hosts", format!("{hosts}, in {}", self.files.trees.display()));
        if let Some((shard, piece)) = &self.piece {
            line("shard", format!("{shard}, which leaves {}", piece.display()));
        }
        line("certificates", reported.words());
        let gone = if summary.files_removed > 0 {
            format!(", {} removed", summary.files_removed)
        } else {
            String::new()
        };
        line(
            "files",
            format!("{} written, {} unchanged{gone}", summary.files_written, summary.files_unchanged),
        );
        if let Some((entry, end)) = next {
            line("next expiry", format!("{end} ({}): {}", when(self.at, end), entry.name()));
        }
        output.say(&text);
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
