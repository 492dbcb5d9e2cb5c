//! `pkiplan diff --host` and `pkiplan diff --live`: compares the plan with the files and servers of hosts.

use std::sync::Arc;

use super::arguments::Diff;
use super::given::{Given, given};
use super::say::say;
use super::sides::{Decided, Side};
use super::{live, secret};
use crate::build::{self, Stopped, Unmade};
use crate::cli::clock;
use crate::cli::output::Output;
use crate::compare::{Comparison, Drift, State, Unrendered, compare_hosts, programs};
use crate::decide::Request;
use crate::host::{Files, Memory};
use crate::observe::{HostFiles, observe};
use crate::read::{Bounds, Disk};
use crate::render;
use crate::report::diff::{self, Asked, Named};
use crate::resolve::NodeIndex;
use crate::verify::Planned;
use crate::wiring::Wiring;
use crate::workspace::{Expanded, Failure, files_of_host};

/// How many hosts are named in the head of a report.
const NAMED: usize = 4;

/// The files of a host, and what was given of it.
struct Opened<'g> {
    given: &'g Given,
    node: NodeIndex,
    files: Box<dyn Files + Send>,
    what: String,
}

/// Whether hosts are compared, and not two states of a plan.
pub(super) fn are_asked(arguments: &Diff) -> bool {
    !arguments.live.is_empty() || arguments.host.iter().any(|host| host.contains('='))
}

/// Compares, and says what differs.
pub(super) fn drift(
    arguments: &Diff,
    bounds: &Bounds,
    output: &Output,
) -> Result<std::process::ExitCode, Failure> {
    if let Some(base) = &arguments.base {
        return Err(format!(
            "the plan is compared with hosts: remove `{base}`, or --host NAME=DIR and --live"
        )
        .into());
    }
    let given = given(&arguments.host)?;
    let request = Request::new(clock::at(arguments.at.as_deref())?);
    let disk = Disk::around(arguments.plan(), bounds)?;
    let side = Side::read(&disk, arguments.plan())?;
    let expanded = side.expand()?;
    let decided = Decided::new(None, (&side, &expanded), &request)?;
    let (_, state) = decided.states(None, (&side, &expanded));
    let opened: Vec<Opened<'_>> =
        given.iter().map(|given| open(given, &state)).collect::<Result<_, String>>()?;
    let live = live::asked(&arguments.live, &given, &state)?;
    let mut comparison = files(arguments, &request, (&side, &expanded, &state), &opened)?;
    let drift = comparison.drift.get_or_insert_default();
    of_programs(&opened, (&side, &state), drift)?;
    drift.served = live::ask(&live, &state, request.at);
    let comparison = diff::only(comparison, arguments.only);
    let named = Named { before: before(&opened, live.len()), after: arguments.plan().display().to_string() };
    let asked = Asked { base: &again(arguments), host: None, only: arguments.only };
    Ok(say(arguments, (&named, &asked), &comparison, output))
}

/// Opens what was given of a host.
fn open<'g>(given: &'g Given, state: &State<'_>) -> Result<Opened<'g>, String> {
    diff::knows(&given.name, None, state)?;
    let node = state.blueprint.model.nodes.position(|node| node.name.as_str() == given.name);
    let node = node.ok_or_else(|| format!("there is no host `{}`", given.name))?;
    let sheets = render::host(state.blueprint, node).unwrap_or_default();
    let known: Vec<String> = sheets.iter().map(|sheet| format!("/{}", sheet.path)).collect();
    let (files, what) = files_of_host(&given.folder, &known)?;
    Ok(Opened { given, node, files, what })
}

/// What of the files differs.
fn files(
    arguments: &Diff,
    request: &Request,
    (side, expanded, state): (&Side<'_>, &Expanded<'_>, &State<'_>),
    opened: &[Opened<'_>],
) -> Result<Comparison, Failure> {
    let hosts: Vec<(Arc<str>, &dyn Files)> =
        opened.iter().map(|host| (host.given.name.as_str().into(), &*host.files as &dyn Files)).collect();
    let compared = if arguments.with_secret || arguments.secrets.are_given() {
        secret::with_credentials(&arguments.secrets, side, request, |made| {
            compare_hosts(&hosts, state, Some(made))
        })?
    } else {
        compare_hosts(&hosts, state, None)
    };
    compared.map_err(|(Unrendered::Before(failures) | Unrendered::After(failures))| expanded.refuse(failures))
}

/// What hosts run against what the plan has them run: both are read by the same eyes.
fn of_programs(
    opened: &[Opened<'_>],
    (side, state): (&Side<'_>, &State<'_>),
    drift: &mut Drift,
) -> Result<(), Failure> {
    let planned = planned(opened, (side, state))?;
    let planned: Vec<&dyn Files> = planned.iter().map(|files| files as &dyn Files).collect();
    let there: Vec<&dyn Files> = opened.iter().map(|host| &*host.files as &dyn Files).collect();
    let (planned, seen) = (wiring(opened, &planned, state), wiring(opened, &there, state));
    for host in &mut drift.hosts {
        let name = host.host.clone();
        if let Some(opened) = opened.iter().find(|opened| opened.given.name == name) {
            programs(&name, &planned, (&seen, &*opened.files), host);
        }
    }
    Ok(())
}

/// What a build would bring to the hosts, with keys that nobody has.
fn planned(opened: &[Opened<'_>], (side, state): (&Side<'_>, &State<'_>)) -> Result<Vec<Memory>, Failure> {
    let mut draft = state.draft.clone();
    // Authorities that were made elsewhere are others there.
    let mut expanded = side.opened().expand()?;
    let material = build::rehearse(&mut expanded.blueprint, &mut draft);
    let blueprint = &expanded.blueprint;
    let stopped = |why: Stopped| expanded.stopped(why);
    let credentials = build::issue(blueprint, &draft, &material).map_err(stopped)?;
    let make = |host: &Opened<'_>| {
        let Some(rendered) = build::render(blueprint, build::Job::Host(host.node))? else {
            return Ok(Memory::default());
        };
        build::files(&credentials, rendered).map(|(_, files)| files)
    };
    let made: Result<Vec<Memory>, Unmade> = opened.iter().map(make).collect();
    made.map_err(|why| match why {
        Unmade::Stopped(why) => stopped(why),
        Unmade::Lacks(name, _) => format!("{} cannot be built without its secret", name.as_str()).into(),
    })
}

fn wiring(opened: &[Opened<'_>], files: &[&dyn Files], state: &State<'_>) -> Wiring {
    let nodes = &state.blueprint.model.nodes;
    let hosts = opened.iter().zip(files).map(|(host, files)| HostFiles {
        name: nodes[host.node].name.shared(),
        addresses: nodes[host.node].addresses.to_vec(),
        files: *files,
    });
    observe(&hosts.collect::<Vec<_>>(), state.blueprint.catalog, &Planned::new(state.blueprint))
}

/// What the plan is compared with, as people call it.
fn before(opened: &[Opened<'_>], asked: usize) -> String {
    let hosts = opened.iter().take(NAMED).map(|host| format!("{} ({})", host.given.name, host.what));
    let mut parts: Vec<String> = hosts.collect();
    if let Some(more) = opened.len().checked_sub(NAMED).filter(|more| *more > 0) {
        parts.push(format!("{more} more"));
    }
    if asked > 0 {
        parts.push(format!("what {} show", crate::values::counted(asked, "server")));
    }
    parts.join(", ")
}

/// How to ask for it again.
fn again(arguments: &Diff) -> String {
    let hosts = arguments.host.iter().map(|host| format!("--host {host}"));
    let live = arguments.live.iter().map(|live| format!("--live {live}").trim_end().to_owned());
    hosts.chain(live).collect::<Vec<_>>().join(" ")
}
