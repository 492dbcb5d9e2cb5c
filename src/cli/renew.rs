//! `pkiplan renew`: records new dates and new tokens in the lock, without any secret.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::clock;
use super::complete;
use super::next;
use super::output::Output;
use super::plan_argument::PlanArgument;
use crate::decide::{self, Action, Request};
use crate::diagnostics::{Code, to_json};
use crate::lock::KeyRecord;
use crate::read::{Bounds, Disk};
use crate::report::DecisionReport;
use crate::values::{Duration, IdParts, Instant};
use crate::workspace::{Decided, Failure, Opened, PlanFiles};

#[derive(Debug, Args)]
pub(super) struct Renew {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// What to renew, by id as `status` shows it. `*` matches anything: `node.master01/*`.
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::renewable))]
    pub(super) ids: Vec<String>,
    /// Without ids: renew what expires within this time. A CA is always renewed before what it issues.
    #[arg(long, value_name = "DURATION", default_value = next::WITHIN)]
    pub(super) within: Duration,
    /// Replace the keys of leaf certificates, too. For a new CA key, add a generation to the plan.
    #[arg(long)]
    pub(super) rekey: bool,
    /// The directory of the trees, if not next to the plan. No build may run there at the same time.
    #[arg(long, alias = "out", value_name = "DIR")]
    pub(super) trees: Option<PathBuf>,
    /// The time of issue of new certificates (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

pub(super) fn run(arguments: &Renew, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(renew(arguments, bounds, output))
}

fn renew(arguments: &Renew, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let Renew { ids, within, rekey, .. } = arguments;
    let request = Request {
        renew: Some(decide::Renew { names: ids.clone(), within: *within, rekey: *rekey }),
        ..Request::new(clock::at(arguments.at.as_deref())?)
    };
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let opened =
        Opened::read(&disk, PlanFiles::of(arguments.plan.path()).with_trees(arguments.trees.as_deref()))?;
    let decided = opened.expand()?.decide(request, &clock::new_lock_id()?)?;
    decided.needs_its_lock()?;
    if decided.previous.is_none() {
        let plan = arguments.plan.path().display();
        let message =
            format!("there is no lock yet, so there is nothing to renew; run `pkiplan build {plan}` first");
        return Err(message.into());
    }
    if arguments.at.is_none() {
        decided.goes_forward(0)?;
    }
    let in_vain = decided.expanded.diagnostics.has(Code::RenewedInVain);
    if in_vain && renewed(&decided).is_empty() {
        let why = "nothing was renewed: a certificate cannot expire later than the authority above it, so renew that first";
        output.diagnostics(&decided.expanded.diagnostics, decided.sources());
        return Err(why.to_owned().into());
    }
    let changed = decided.write_lock()?;
    say(&decided, changed, ids.is_empty().then_some(*within), output);
    Ok(ExitCode::SUCCESS)
}

/// How many lines a list has; JSON has all.
const LISTED: usize = 40;

/// What gets new dates.
struct Renewed<'a> {
    id: &'a str,
    old: Option<Instant>,
    new: Option<Instant>,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    SameKey,
    NewKey,
    /// A token never gets another end: it becomes another token.
    Replaced,
}

fn renewed<'a>(decided: &'a Decided<'_>) -> Vec<Renewed<'a>> {
    let Some(previous) = decided.previous else { return Vec::new() };
    let all = decided.draft.certificates.iter().zip(&decided.blueprint().certificates);
    let certificates = all.filter_map(|(new, certificate)| {
        let Action::Renew { rekey } = new.action else { return None };
        let (id, old) = previous.certificates.get_key_value(&certificate.id)?;
        let how = if rekey { How::NewKey } else { How::SameKey };
        Some(Renewed { id, old: Some(old.not_after), new: Some(new.not_after), how })
    });
    let tokens = decided.blueprint().model.keyrings.values().filter(|keyring| keyring.is_decided_by_lock());
    let tokens = tokens.filter_map(|keyring| {
        let (old, new) = (previous.keys.get(&keyring.id)?, decided.draft.lock.keys.get(&keyring.id)?);
        let end = |record: &KeyRecord| record.not_after.get(&record.used).copied();
        let token = Renewed { id: &keyring.id, old: end(old), new: end(new), how: How::Replaced };
        (old.used < new.used).then_some(token)
    });
    certificates.chain(tokens).collect()
}

fn say(decided: &Decided<'_>, changed: bool, within: Option<Duration>, output: &Output) {
    let diagnostics = &decided.expanded.diagnostics;
    let renewed = renewed(decided);
    let reported = DecisionReport::of(decided.decisions(), output.json);
    let lock = decided.files().lock.display().to_string();
    if output.json {
        let renewed: Vec<_> = renewed.iter().map(Renewed::json).collect();
        output.json(serde_json::json!({
            "lock": lock,
            "lock_changed": changed,
            "renewed": renewed,
            "certificates": reported.counted.json(),
            "changes": reported.json,
            "diagnostics": to_json(diagnostics, decided.sources()),
        }));
        return;
    }
    output.diagnostics(diagnostics, decided.sources());
    let mut text = lines(&renewed);
    if let Some(within) = within.filter(|_| renewed.is_empty()) {
        let _ = writeln!(
            text,
            "nothing to renew within {within}: name ids (`'*'` for all, CAs included), or give a longer `--within`"
        );
    }
    let verdict = if changed { "written" } else { "unchanged" };
    let _ = writeln!(text, "certificates {}\nlock         {lock}, {verdict}", reported.words());
    output.say(&text);
    if changed {
        output.next(&next::of_plan("build", &decided.files().plan));
    }
}

/// A line for each, and one for the certificates of one kind of all hosts that get the same dates.
fn lines(renewed: &[Renewed<'_>]) -> String {
    let mut groups: Vec<(&Renewed<'_>, String, usize)> = Vec::new();
    let mut known = BTreeMap::new();
    for one in renewed {
        let words = one.words();
        let group = *known.entry((one.alike(), words.clone())).or_insert(groups.len());
        match groups.get_mut(group) {
            Some((_, _, count)) => *count += 1,
            None => groups.push((one, words, 1)),
        }
    }
    let (shown, rest) = groups.split_at(groups.len().min(LISTED));
    let who = |(first, _, count): &(&Renewed<'_>, String, usize)| match count {
        1 => first.id.to_owned(),
        count => format!("{} and {} more", first.id, count - 1),
    };
    let names: Vec<String> = shown.iter().map(who).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for (name, (_, words, _)) in names.iter().zip(shown) {
        let _ = writeln!(text, "{name:<width$}  {words}");
    }
    if !rest.is_empty() {
        let more: usize = rest.iter().map(|(_, _, count)| count).sum();
        let _ = writeln!(text, "and {more} more");
    }
    text
}

impl<'a> Renewed<'a> {
    /// What those on one line have in common besides their dates.
    fn alike(&self) -> &'a str {
        let id = IdParts::of(self.id);
        id.part.filter(|_| id.is_of_node()).unwrap_or(self.id)
    }

    fn words(&self) -> String {
        let shown = |end: Option<Instant>| end.map_or_else(|| "no end".to_owned(), |end| end.to_string());
        let how = match self.how {
            How::SameKey => "",
            How::NewKey => ", with a new key",
            How::Replaced => ", replaced: apply `cluster/` before a node starts with it",
        };
        format!("{} -> {}{how}", shown(self.old), shown(self.new))
    }

    fn json(&self) -> serde_json::Value {
        let shown = |end: Option<Instant>| end.map(|end| end.to_string());
        serde_json::json!({
            "id": self.id,
            "old_not_after": shown(self.old),
            "not_after": shown(self.new),
            "rekeyed": self.how != How::SameKey,
        })
    }
}
