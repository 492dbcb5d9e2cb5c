//! `pkiplan verify`: proves that every connection of a plan works.

mod arguments;
mod plans;
mod rolling;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::clock;
use super::diff::sides::NO_LOCK;
use super::global::Format;
use super::key_material::key_material;
use super::next;
use super::output::Output;
use crate::build::{self, Rehearsal, Unwritten};
use crate::decide::Request as Decision;
use crate::fill::KeyMaterial;
use crate::host::{Hosts, Others};
use crate::mend::mend;
use crate::plan::is_built_in;
use crate::read::{Bounds, Disk};
use crate::report::verify::{Proven, Written, schema, to_html, to_json, to_markdown, to_text};
use crate::source::{Sources, Span};
use crate::verify::{
    Authorities, Finding, Planned, Proof, Request, Wired, losses, prove_all, rules, try_handshakes,
};
use crate::wiring::{ProgramIndex, Wiring};
use crate::workspace::{Decided, Failure, Opened, PlanFiles, authority_at_hand, read_units};

pub(super) use arguments::Verify;
use plans::Named;
use rolling::rolling;

pub(super) fn run(arguments: &Verify, bounds: &Bounds, output: &Output) -> ExitCode {
    if arguments.schema {
        output.json(schema());
        return ExitCode::SUCCESS;
    }
    output.end(verify(arguments, bounds, output))
}

fn verify(arguments: &Verify, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    if let Some(base) = &arguments.base {
        let holds = rolling(arguments, base, bounds, output)?;
        if holds {
            output.next(&next::of_plan("build", arguments.plan()));
        }
        return Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let at = clock::at(arguments.at.as_deref())?;
    let named = plans::named(arguments)?;
    let disks = named.iter().map(|one| Disk::around(&one.plan, bounds)).collect::<Result<Vec<_>, _>>()?;
    let opened = named.iter().zip(&disks).map(|(one, disk)| Opened::read(disk, PlanFiles::of(&one.plan)));
    let opened = opened.collect::<Result<Vec<_>, _>>()?;
    let decided = opened.iter().map(|one| one.expand()?.decide(Decision::new(at), NO_LOCK));
    let made = made(arguments, &named, decided.collect::<Result<_, _>>()?, output)?;
    let stage = output.stage("proving connections", 0);
    let wiring = &made.wiring;
    let authorities = made.authorities();
    let requests: Vec<Request<'_>> =
        made.wired.iter().zip(&authorities).map(|(wired, known)| wired.request(at, known.as_ref())).collect();
    let mut proof = prove_all(wiring, at, &requests);
    if arguments.trees.is_some() {
        // Of what is built here, `check` says it.
        for (part, decided) in made.decided.iter().enumerate() {
            proof.findings.extend(rules(decided.blueprint(), wiring, part));
        }
    }
    let tried = try_handshakes(wiring, &proof, arguments.exhaustive);
    drop(stage);
    let votes = |program: ProgramIndex| {
        let decided = made.decided.get(wiring.part(program));
        let model = decided.map(|decided| decided.blueprint().model);
        let component = model.and_then(|model| model.component(&wiring.programs[program].component));
        component.is_some_and(|component| component.definition.quorum)
    };
    let lost = arguments.any_host_down.then(|| losses(wiring, &proof, votes));
    let fix = match (arguments.fix, disks.first(), opened.first()) {
        (true, Some(disk), Some(opened)) => Some(mend(disk, &opened.files, &Decision::new(at), from_here)?),
        _ => None,
    };
    let sources: Vec<&Sources> = opened.iter().map(Opened::sources).collect();
    let places = places(&made.decided, &sources, wiring, &proof);
    let proven = Proven {
        wiring,
        proof: &proof,
        tried: &tried,
        lost: lost.as_deref(),
        written: Some(&places),
        rehearsed: made.rehearsed,
        fix: fix.as_ref(),
    };
    match output.form {
        Format::Json => output.json(to_json(&proven)),
        Format::Html => output.print(&to_html(&proven, &titled(&named), at)),
        Format::Markdown => output.print(&to_markdown(&proven)),
        Format::Text => {
            output.print(&to_text(&proven));
            if let [decided] = &made.decided[..] {
                say_next(arguments, &proven, decided, output);
            }
        }
    }
    Ok(if proven.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Where plans and what belongs to them say what each finding is about.
fn places(
    decided: &[Decided<'_>],
    sources: &[&Sources],
    wiring: &Wiring,
    proof: &Proof,
) -> Vec<Vec<Written>> {
    let planned: Vec<Planned<'_, '_>> = decided.iter().map(|one| Planned::new(one.blueprint())).collect();
    let of = |finding: &Finding| {
        let all = planned.iter().zip(sources).enumerate().flat_map(|(part, (planned, sources))| {
            let is_editable = |span: Span| !is_built_in(&sources.get(span.source).name);
            let spans = planned.written((wiring, part), finding, is_editable).into_iter();
            spans.map(|span| {
                let source = sources.get(span.source);
                Written { file: source.name.to_string(), line: source.line(span.start) }
            })
        });
        all.collect()
    };
    proof.findings.iter().map(of).collect()
}

/// What the page of some plans is called.
fn titled(named: &[Named]) -> String {
    named.iter().map(|one| one.plan.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// After a proof comes the next step towards the hosts, or what mends the plan.
fn say_next(arguments: &Verify, proven: &Proven<'_>, decided: &Decided<'_>, output: &Output) {
    let plan = arguments.plan();
    match (&arguments.trees, proven.has_errors()) {
        (None, true) if !arguments.fix => {
            output.next(&format!("{} --fix", next::of_plan("verify", plan)));
        }
        (None, false) => output.next(&next::of_plan("build", plan)),
        (Some(trees), false) => {
            let first = decided.blueprint().model.nodes.iter().next();
            if let Some((host, address)) = first.and_then(|node| Some((node, node.addresses.first()?))) {
                output.next(&next::copy(trees, host.name.as_str(), address));
            }
        }
        _ => {}
    }
}

/// A plan's path as a patch names it: from the folder in which the program was started, where it lies below that.
fn from_here(plan: &Path) -> String {
    let absolute = std::path::absolute(plan).unwrap_or_else(|_| plan.to_owned());
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| absolute.strip_prefix(here).ok().map(Path::to_owned));
    let name = below.or_else(|| plan.file_name().map(Into::into)).unwrap_or_else(|| plan.to_owned());
    name.display().to_string()
}

/// What is proven.
struct Made<'d> {
    /// The plans, in the order of the wiring's parts.
    decided: Vec<Decided<'d>>,
    wiring: Wiring,
    /// What is known beside the wiring, for each plan.
    wired: Vec<Wired>,
    rehearsed: bool,
}

impl Made<'_> {
    /// The authorities of each plan, where all of them are known: they were made, and are recorded. Those of a rehearsal are
    /// copies that nothing records.
    fn authorities(&self) -> Vec<Option<Authorities>> {
        self.decided.iter().map(|decided| if self.rehearsed { None } else { known(decided) }).collect()
    }
}

fn known(decided: &Decided<'_>) -> Option<Authorities> {
    let mut known = Authorities::default();
    for (index, certificate) in decided.blueprint().certificates.enumerate() {
        if certificate.holder.is_authority() {
            known.certificates.insert(decided.draft.certificates[index].recorded_sha256?);
            known.anchors.extend(authority_at_hand(&decided.expanded, index).map(|stored| stored.der));
        }
    }
    Some(known)
}

fn made<'d>(
    arguments: &Verify,
    named: &[Named],
    mut decided: Vec<Decided<'d>>,
    output: &Output,
) -> Result<Made<'d>, Failure> {
    let names: Vec<Arc<str>> = named.iter().map(Named::shown).collect();
    if arguments.trees.is_some() {
        let mut all = Vec::new();
        for (one, decided) in named.iter().zip(&decided) {
            let mut units = read_units(one.trees.as_deref().unwrap_or(Path::new("")))?;
            units.want(decided.blueprint().model.nodes.iter().map(|node| node.name.shared()));
            all.push(units);
        }
        let units: Vec<(&dyn Hosts, &Others)> =
            all.iter().map(|units| (units as &dyn Hosts, &units.others)).collect();
        let (wiring, wired) = plans::read(&names, &decided, &units, false)?;
        return Ok(Made { decided, wiring, wired, rehearsed: false });
    }
    let with_secret = arguments.with_secret || arguments.secrets.are_given();
    let materials: Vec<KeyMaterial> = if with_secret {
        let own = std::iter::once(arguments.secrets.clone());
        // What is given is the first plan's; the others have theirs beside them.
        let secrets = own.chain(std::iter::repeat(arguments.secrets.beside_the_plan()));
        let materials = decided.iter_mut().zip(secrets).map(|(one, secrets)| key_material(&secrets, one));
        materials.collect::<Result<_, _>>()?
    } else {
        rehearsed(&mut decided)
    };
    let (wiring, wired, lacking) = issued(&names, &decided, &materials)?;
    for unit in lacking {
        output.warn(&format!("{unit} is not proven: a secret that it needs is missing"));
    }
    Ok(Made { decided, wiring, wired, rehearsed: !with_secret })
}

/// Keys that nobody has, for all plans.
fn rehearsed(decided: &mut [Decided<'_>]) -> Vec<KeyMaterial> {
    let alone = decided.len() == 1;
    let mut all: Vec<Rehearsal<'_, '_>> = decided
        .iter_mut()
        .map(|one| {
            let own = one.blueprint().certificates.enumerate();
            let made_here =
                own.filter(|(_, made)| !alone && made.holder.is_authority() && made.stored.is_none());
            let stored = |index| Some((index, authority_at_hand(&one.expanded, index)?));
            let at_hand = made_here.filter_map(|(index, _)| stored(index)).collect();
            Rehearsal { blueprint: &mut one.expanded.blueprint, draft: &mut one.draft, at_hand }
        })
        .collect();
    build::rehearse_all(&mut all)
}

/// What all plans would build, and the units that lack a secret.
fn issued(
    names: &[Arc<str>],
    decided: &[Decided<'_>],
    materials: &[KeyMaterial],
) -> Result<(Wiring, Vec<Wired>, Vec<String>), Failure> {
    let mut credentials = Vec::new();
    for (one, material) in decided.iter().zip(materials) {
        let made = build::issue(one.blueprint(), &one.draft, material);
        credentials.push(made.map_err(|why| one.expanded.stopped(why))?);
    }
    let all: Vec<Unwritten<'_>> = credentials.iter().map(Unwritten::new).collect();
    let units: Vec<(&dyn Hosts, &Others)> =
        all.iter().map(|units| (units as &dyn Hosts, units.others())).collect();
    let rehearsed = materials.iter().any(|material| material.throw_away);
    let read = plans::read(names, decided, &units, rehearsed);
    drop(units);
    let mut lacking = Vec::new();
    for (units, one) in all.into_iter().zip(decided) {
        lacking.extend(units.end().map_err(|why| one.expanded.stopped(why))?);
    }
    let (wiring, wired) = read?;
    Ok((wiring, wired, lacking))
}
