//! `pkiplan verify`: whether every connection of a plan holds.

mod arguments;
mod rolling;

use std::path::Path;
use std::process::ExitCode;

use super::clock;
use super::diff::sides::NO_LOCK;
use super::global::Format;
use super::key_material::key_material;
use super::next;
use super::output::Output;
use crate::build::{self, Unwritten};
use crate::decide::Request as Decision;
use crate::mend::mend;
use crate::plan::is_built_in;
use crate::read::{Bounds, Disk};
use crate::report::verify::{Proven, schema, to_html, to_json, to_markdown, to_text};
use crate::source::{Sources, Span};
use crate::verify::{Authorities, Planned, Proof, Wired, losses, prove, rules, try_handshakes, wired};
use crate::wiring::Wiring;
use crate::workspace::{Decided, Failure, Opened, PlanFiles, authority_at_hand, read_units};

pub(super) use arguments::Verify;
use rolling::rolling;

pub(super) fn run(arguments: &Verify, bounds: &Bounds, output: &Output) -> ExitCode {
    if arguments.schema {
        output.json(schema());
        return ExitCode::SUCCESS;
    }
    output.end(verify(arguments, bounds, output))
}

fn verify(arguments: &Verify, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    if let Some(base) = &arguments.from {
        let holds = rolling(arguments, base, bounds, output)?;
        if holds {
            output.next(&next::of_plan("build", arguments.plan()));
        }
        return Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let at = clock::at(arguments.at.as_deref())?;
    let disk = Disk::around(arguments.plan(), bounds)?;
    let opened = Opened::read(&disk, PlanFiles::of(arguments.plan()))?;
    let decided = opened.expand()?.decide(Decision::new(at), NO_LOCK)?;
    let made = made(arguments, decided, output)?;
    let stage = output.stage("proving connections", 0);
    let Made { wired, .. } = &made;
    let authorities = made.authorities();
    let mut proof = prove(&wired.wiring, &wired.request(at, authorities.as_ref()));
    if arguments.trees.is_some() {
        // Of what is built here, `check` says it.
        proof.findings.extend(rules(made.decided.blueprint(), &wired.wiring));
    }
    let tried = try_handshakes(&wired.wiring, &proof, arguments.exhaustive);
    drop(stage);
    let votes = |component: &str| {
        made.decided
            .blueprint()
            .model
            .component(component)
            .is_some_and(|component| component.definition.quorum)
    };
    let lost = arguments.any_host_down.then(|| losses(&wired.wiring, &proof, votes));
    let fix = match arguments.fix {
        true => Some(mend(&disk, &opened.files, &Decision::new(at), from_here)?),
        false => None,
    };
    let places = places(&made.decided, opened.sources(), &wired.wiring, &proof);
    let proven = Proven {
        wiring: &wired.wiring,
        proof: &proof,
        tried: &tried,
        lost: lost.as_deref(),
        written: Some((opened.sources(), &places)),
        rehearsed: made.rehearsed,
        fix: fix.as_ref(),
    };
    match output.form {
        Format::Json => output.json(to_json(&proven)),
        Format::Html => output.print(&to_html(&proven, &arguments.plan().display().to_string(), at)),
        Format::Markdown => output.print(&to_markdown(&proven)),
        Format::Text => {
            output.print(&to_text(&proven));
            say_next(arguments, &proven, &made.decided, output);
        }
    }
    Ok(if proven.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Where the plan and what belongs to it say what each finding is about.
fn places(decided: &Decided<'_>, sources: &Sources, wiring: &Wiring, proof: &Proof) -> Vec<Vec<Span>> {
    let planned = Planned::new(decided.blueprint());
    let is_editable = |span: Span| !is_built_in(&sources.get(span.source).name);
    proof.findings.iter().map(|finding| planned.written(wiring, finding, is_editable)).collect()
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
    decided: Decided<'d>,
    wired: Wired,
    rehearsed: bool,
}

impl Made<'_> {
    /// The certificates of authorities, where all of them are known: they were made, and are recorded. Those of a
    /// rehearsal are copies that nothing records.
    fn authorities(&self) -> Option<Authorities> {
        if self.rehearsed {
            return None;
        }
        let all = self.decided.blueprint().certificates.enumerate();
        let mut known = Authorities::default();
        for (index, _) in all.filter(|(_, certificate)| certificate.holder.is_authority()) {
            known.certificates.insert(self.decided.draft.certificates[index].recorded_sha256?);
            let at_hand = authority_at_hand(&self.decided.expanded, index);
            known.anchors.extend(at_hand.map(|stored| stored.der));
        }
        Some(known)
    }
}

fn made<'d>(arguments: &Verify, mut decided: Decided<'d>, output: &Output) -> Result<Made<'d>, Failure> {
    if let Some(trees) = &arguments.trees {
        let mut units = read_units(trees)?;
        units.want(decided.blueprint().model.nodes.iter().map(|node| node.name.shared()));
        let wired = wired(decided.blueprint(), &units, &units.others);
        return Ok(Made { decided, wired, rehearsed: false });
    }
    let with_secret = arguments.with_secret || arguments.secrets.are_given();
    let material = if with_secret {
        key_material(&arguments.secrets, &mut decided)?
    } else {
        build::rehearse(&mut decided.expanded.blueprint, &mut decided.draft)
    };
    let credentials = build::issue(decided.blueprint(), &decided.draft, &material);
    let made = credentials.and_then(|credentials| {
        let units = Unwritten::new(&credentials);
        let wired = wired(decided.blueprint(), &units, units.others());
        Ok((wired, units.end()?))
    });
    let wired = match made {
        Ok((wired, lacking)) => {
            for unit in lacking {
                output.warn(&format!("{unit} is not proven: a secret that it needs is not here"));
            }
            wired
        }
        Err(why) => return Err(decided.expanded.stopped(why)),
    };
    Ok(Made { decided, wired, rehearsed: !with_secret })
}
