//! `pkiplan build`: writes the lock and the trees of a plan.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::built::{Report, said};
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
use crate::expiry::entries;
use crate::fill::KeyMaterial;
use crate::issue::secret::Secret;
use crate::read::{Bounds, Disk, Noted};
use crate::report::{DecisionReport, unsettled};
use crate::values::{Duration, Instant};
use crate::workspace::{
    Attempt, Decided, Failure, Keychain, Opened, PlanFiles, Private, Said, Unnoted, imported_keys, leave,
    open_key_files, secrets, stored_certificates, unchanged,
};
use crate::write::{Access, Summary, Text, replace_public};

#[derive(Debug, Args)]
pub(super) struct Build {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// Write the trees to this directory instead of next to the plan.
    #[arg(long, alias = "out", value_name = "DIR")]
    pub(super) trees: Option<PathBuf>,
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
    let files = PlanFiles::of(arguments.plan.path()).with_trees(arguments.trees.as_deref());
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let identity = program::with_bounds(bounds);
    if arguments.is_plain() {
        let attempt = Attempt { program: &identity, files: &files, at: request.at };
        if let Some((last, count)) = unchanged(attempt, &disk) {
            again(&files, request.at, (last.said, count), output);
            return Ok(ExitCode::SUCCESS);
        }
    }
    let noted = Noted::new(&disk);
    // Read and resolve, with the catalog, the lock and the plans that are imported.
    let stage = output.stage("reading the plan", 0);
    let opened = Opened::read(&noted, files)?;
    let expanded = opened.expand()?;
    let mut decided = expanded.decide(request, &clock::new_lock_id()?)?;
    drop(stage);
    let (files, at) = (decided.files(), decided.at());

    let private = Private::of(files);
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
    let inputs = |lock: &Text<'_>| build::inputs(base, &read, lock);
    let unchanged = decided.unchanged().map(|lock| inputs(&|each| each(lock.as_bytes())));
    let same = session.same(&base, unchanged.as_ref());
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
            build::write_shard(draft.lock, staged, &session, (*shard, common), leave)
        }
        None => build::write(draft, staged, &session, inputs),
    };
    drop(stage);
    let built = built.map_err(stopped)?;

    let noted_all = note(&unnoted, &built.lock.id, output);
    let entries = entries(blueprint, Some(&built.lock), at, Duration::nearest(0));
    let Built { summary, left, .. } = &built;
    let said = said(blueprint, shard.as_ref(), &entries);
    // What is private is what it was when it was read, but for what this build has written: a new secret, and in others to
    // which lock they belong.
    let known = Private::of(files)
        .filter(|now| is_fresh || private.as_ref().is_some_and(|before| now.is_but_for(before, &unnoted)));
    let silent = noted_all && left.is_empty() && expanded.diagnostics.is_empty() && !refused;
    if let Some(private) = known.filter(|_| silent && arguments.is_plain()) {
        let until = entries.iter().filter_map(|entry| entry.not_after).min();
        let attempt = Attempt { program: &identity, files, at };
        leave(attempt, &session, (&noted, private, &disk), built.units, until, said.clone());
    }
    // The trees may be another build's from here on.
    drop(session);
    output.diagnostics(&expanded.diagnostics, opened.sources());
    let report = Report {
        files,
        said,
        decisions: reported,
        summary: summary.clone(),
        left: left.clone(),
        at,
        fresh: is_fresh,
        piece,
    };
    report.say(output);
    warn_of_git(files, output);
    report.warn_of_left(output);
    if refused && !arguments.allow_expired {
        output.fail(
            "the trees contain something that has expired or is not valid yet; `--allow-expired` accepts this",
        );
        let renew = next::of_plan("renew", &files.plan);
        let due = next::of_due(&files.plan, renew.clone(), blueprint, &entries);
        output.next(&due.unwrap_or(renew));
        return Ok(ExitCode::from(3));
    }
    // What changes nothing leads to nothing.
    if shard.is_some() {
        output.next(&next::assembly(&files.plan));
    } else if summary.files_written > 0 {
        output.next(&next::proof_of_trees(files));
    }
    Ok(ExitCode::SUCCESS)
}

impl Build {
    /// Whether it builds everything of what lies beside the plan.
    fn is_plain(&self) -> bool {
        self.shard.is_none() && self.drop_trust.is_empty() && !self.secrets.are_given()
    }
}

/// Says what the last build would say now.
fn again(files: &PlanFiles, at: Instant, (said, count): (Said, usize), output: &Output) {
    let report = Report {
        files,
        decisions: DecisionReport::kept(said.certificates),
        said,
        summary: Summary { files_unchanged: count, ..Summary::default() },
        left: Vec::new(),
        at,
        fresh: false,
        piece: None,
    };
    report.say(output);
    warn_of_git(files, output);
}

/// One that is no text is none that says a number.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

fn no_new_secret() -> Result<Secret, String> {
    Err("a build with --shard creates no secret: create it first with `pkiplan secret new PLAN`, and give it to every run"
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
    Err(format!("no host and no user has keys from `{shard}`{help}"))
}

/// Where a shard's piece of a lock lies.
fn piece_of(lock: &Path, shard: Shard) -> PathBuf {
    let mut name = lock.as_os_str().to_owned();
    name.push(format!(".{}", shard.extension()));
    name.into()
}

fn open_to_others(path: &str, access: Access) -> String {
    match access {
        Access::Owner(owner) => format!("{path} belongs to user {owner}, who can read and replace it"),
        Access::Write => format!("other users can change {path}; run `chmod 600 {path}`"),
        Access::Read | Access::None => format!("other users can read {path}; run `chmod 600 {path}`"),
    }
}

/// Lets secrets say which lock they belong to; whether all of them do now. One that cannot be changed is reported once.
fn note(secrets: &[Unnoted], lock: &str, output: &Output) -> bool {
    let mut all = true;
    for Unnoted { shown, belonging, is_first } in secrets {
        let noted = match belonging.is_changeable() {
            true => belonging.note([lock]),
            false if belonging.lies_beside_its_lock() => Ok(()),
            false => Err(String::new()),
        };
        all &= noted.is_ok();
        if noted.is_err() && *is_first {
            output.say(&format!(
                "{shown} does not say which lock it belongs to; add the line `# lock {lock}`, so that no \
                 other cluster gets its keys by mistake\n\n"
            ));
        }
    }
    all
}
