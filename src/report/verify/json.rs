//! The result of a proof as JSON.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::mended::Fix;
use super::proven::{FORMAT, Proven, Written};
use super::rolled::Rollout;
use crate::diagnostics::{Failed, Stopped};
use crate::report::schema::of;
use crate::verify::{Subject, Verdict};
use crate::wiring::ProgramIndex;

/// What `pkiplan verify --format json` prints.
#[derive(JsonSchema)]
#[schemars(untagged, title = "pkiplan verify --format json")]
#[expect(dead_code, reason = "the schema alone is made of it")]
enum Answer {
    /// Of one state.
    State(Box<State>),
    /// With `--base`: of the way from one state to another.
    Rollout(Rollout),
    /// What is wrong with the plan; the exit code is 1.
    Failed(Failed),
    /// Why nothing could be done, such as a file that is not there; the exit code is 1.
    Stopped(Stopped),
}

/// What was proven of one state of a plan, or of hosts without one.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct State {
    /// The version of this form. Within one, keys and words may come, and none goes.
    #[schemars(extend("const" = FORMAT))]
    format: u32,
    /// How many connections there are.
    connections: usize,
    /// Connections by their kinds.
    matrix: Vec<Row>,
    /// What is wrong.
    findings: Vec<Finding>,
    /// Connections that are broken, or of which nobody can say.
    not_proven: Vec<Connection>,
    /// What could not be read.
    unread: Vec<Unread>,
    /// Until when all that holds holds, in RFC 3339; null: for ever, or nothing holds.
    until: Option<String>,
    /// Real handshakes.
    handshakes: Handshakes,
    /// With `--any-host-down`: what is cut off by the loss of one host.
    lost: Option<Vec<Loss>>,
    /// Whether keys stand in for the real ones, so that what depends on their bytes is not proven.
    rehearsed: bool,
    /// With `--fix`: edits of the plan that mend what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Fix>,
}

/// Connections of one kind.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Row {
    /// The component that dials.
    client: String,
    /// The name of the dial.
    dial: String,
    /// The component that is dialled.
    server: String,
    /// With `--with`: the plan of the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_plan: Option<String>,
    /// With `--with`: the plan of the server, where somebody is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    server_plan: Option<String>,
    /// How many hold.
    holds: usize,
    /// How many do not.
    broken: usize,
    /// Of how many nobody can say.
    unknown: usize,
}

/// Something that is wrong.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Finding {
    /// `pkiplan explain CODE` explains it.
    #[schemars(regex(pattern = "^verify::[a-z-]+$"))]
    code: String,
    /// How bad it is.
    #[schemars(extend("enum" = ["error", "warning"]))]
    severity: String,
    /// A sentence, without hosts.
    message: String,
    /// The program that it is about, or the client of a connection.
    subject: End,
    /// The other program that takes part.
    other: Option<End>,
    /// The dial that connects them.
    dial: Option<String>,
    /// Where the plan says what it is about: what to look at first. Empty: in no single place, or there is no plan.
    plan: Vec<Place>,
}

/// A place in a plan.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Place {
    /// The file.
    file: String,
    /// Its line, from 1.
    line: usize,
}

/// One end of a finding.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct End {
    /// The host; null: a person's, or an object of the API.
    host: Option<String>,
    /// The component.
    component: String,
    /// The unit, the pod or the person.
    name: String,
    /// With `--with`: the plan that it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    /// The input that it is about: a flag, a key of a file.
    input: Option<String>,
    /// A file of the host.
    file: Option<String>,
    /// Its line.
    line: Option<u32>,
}

/// A program.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Program {
    /// The host; null: a person's, or an object of the API.
    host: Option<String>,
    /// The component.
    component: String,
    /// The unit, the pod or the person.
    name: String,
    /// With `--with`: the plan that it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
}

/// A connection that was not proven.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Connection {
    /// Who dials.
    client: Program,
    /// The name of the dial.
    dial: String,
    /// What is dialled: an address or a name.
    host: String,
    /// The port.
    port: u16,
    /// Who passes it on.
    via: Vec<Program>,
    /// Who is dialled; null: nobody is there.
    server: Option<Program>,
    /// What became of it.
    #[schemars(extend("enum" = ["broken", "unknown"]))]
    verdict: String,
    /// Why nobody can say.
    why: Option<String>,
}

/// What could not be read.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Unread {
    /// The host; null: a person's file.
    host: Option<String>,
    /// The file.
    file: String,
    /// Its line.
    line: Option<u32>,
    /// Why.
    why: String,
}

/// What became of real handshakes.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Handshakes {
    /// How many were made.
    made: usize,
    /// Those that failed although the judges accept both ends.
    failed: Vec<Refused>,
    /// Why some could not be tried.
    not_tried: BTreeSet<String>,
}

/// A handshake that failed.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Refused {
    /// The position of its connection.
    connection: usize,
    /// Why.
    why: String,
}

/// What does not work without a host.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Loss {
    /// The host that is down.
    without: String,
    /// The component that is cut off.
    component: String,
    /// By which dial; `quorum`: of its own members too few are left.
    dial: String,
    /// What it does not reach.
    server: String,
    /// On which hosts; null: people.
    hosts: Vec<Option<String>>,
}

/// The whole report.
#[must_use]
pub fn to_json(proven: &Proven<'_>) -> Value {
    serde_json::to_value(state(proven)).unwrap_or_default()
}

/// The JSON Schema of the report.
#[must_use]
pub fn schema() -> Value {
    of::<Answer>()
}

fn state(proven: &Proven<'_>) -> State {
    State {
        format: FORMAT,
        connections: proven.proof.connections.len(),
        matrix: matrix(proven),
        findings: findings(proven),
        not_proven: not_proven(proven),
        unread: unread(proven),
        until: proven.proof.until.map(|until| until.to_string()),
        handshakes: Handshakes {
            made: proven.tried.handshakes,
            failed: proven
                .tried
                .failed
                .iter()
                .map(|(connection, why)| Refused { connection: *connection, why: why.clone() })
                .collect(),
            not_tried: proven.tried.untried.clone(),
        },
        lost: lost(proven),
        rehearsed: proven.rehearsed,
        fix: proven.fix.map(Fix::of),
    }
}

fn matrix(proven: &Proven<'_>) -> Vec<Row> {
    let rows = proven.matrix().into_iter().map(|(kind, count)| Row {
        client: kind.client.to_string(),
        dial: kind.dial.to_string(),
        server: kind.server.to_string(),
        client_plan: kind.plans.map(|(plan, _)| plan.to_string()),
        server_plan: kind.plans.and_then(|(_, plan)| plan).map(ToString::to_string),
        holds: count.holds,
        broken: count.broken,
        unknown: count.unknown,
    });
    rows.collect()
}

fn findings(proven: &Proven<'_>) -> Vec<Finding> {
    let mut all = Vec::new();
    for group in proven.groups() {
        all.extend(group.of.iter().map(|(finding, spans)| {
            Finding {
                code: finding.fault.code().name().to_owned(),
                severity: finding.fault.severity().word().to_owned(),
                message: group.sentence.clone(),
                subject: end(proven, &finding.subject),
                other: finding.other.as_ref().map(|other| end(proven, other)),
                dial: finding.dial.as_ref().map(ToString::to_string),
                plan: spans
                    .iter()
                    .collect::<BTreeSet<&Written>>()
                    .into_iter()
                    .map(|place| Place { file: place.file.clone(), line: place.line })
                    .collect(),
            }
        }));
    }
    all
}

fn not_proven(proven: &Proven<'_>) -> Vec<Connection> {
    let open = proven.proof.connections.iter().filter_map(|connection| {
        let (verdict, why) = match &connection.verdict {
            Verdict::Holds(_) => return None,
            Verdict::Broken => ("broken", None),
            Verdict::Unknown(why) => ("unknown", Some(why.clone())),
        };
        let dial = &proven.program(connection.client).dials[connection.dial];
        let target = &dial.targets[connection.target];
        Some(Connection {
            client: program(proven, connection.client),
            dial: dial.name.to_string(),
            host: target.host.to_string(),
            port: target.port,
            via: connection.via.iter().map(|via| program(proven, *via)).collect(),
            server: connection.server.map(|(server, _)| program(proven, server)),
            verdict: verdict.to_owned(),
            why,
        })
    });
    open.collect()
}

fn unread(proven: &Proven<'_>) -> Vec<Unread> {
    let gaps = proven.wiring.unread.iter().map(|(host, gap)| Unread {
        host: host.map(|host| proven.wiring.hosts[host].shown.to_string()),
        file: gap.at.path.to_string(),
        line: gap.at.line,
        why: gap.why.clone(),
    });
    gaps.collect()
}

fn lost(proven: &Proven<'_>) -> Option<Vec<Loss>> {
    let name = |host| proven.wiring.hosts[host].shown.to_string();
    let lost = proven.lost?.iter().map(|one| Loss {
        without: name(one.host),
        component: one.client.0.to_string(),
        dial: one.client.1.to_string(),
        server: one.server.to_string(),
        hosts: one.on.iter().map(|host| host.map(name)).collect(),
    });
    Some(lost.collect())
}

fn end(proven: &Proven<'_>, subject: &Subject) -> End {
    let Program { host, component, name, of } = program(proven, subject.program);
    End {
        host,
        component,
        name,
        of,
        input: subject.slot.as_ref().map(|slot| slot.name.to_string()),
        file: subject.file.as_ref().map(|file| file.path.to_string()),
        line: subject.file.as_ref().and_then(|file| file.line),
    }
}

fn program(proven: &Proven<'_>, index: ProgramIndex) -> Program {
    let program = proven.program(index);
    Program {
        host: proven.host(index).map(str::to_owned),
        component: program.component.to_string(),
        name: program.name.to_string(),
        of: proven.plan(index).map(ToString::to_string),
    }
}
