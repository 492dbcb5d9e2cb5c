//! The result of a proof as text.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::mended;
use super::proven::{Count, Group, Proven, Written};
use crate::printable;
use crate::values::counted;
use crate::verify::{Code, Finding, Subject, Verdict};

/// Hosts that are named of one finding.
const NAMED: usize = 8;

/// Places in the plan that are named of one finding.
const PLACES: usize = 4;

/// The whole report.
#[must_use]
pub fn to_text(proven: &Proven<'_>) -> String {
    let mut text = String::new();
    for group in proven.groups() {
        finding(&mut text, proven, &group);
    }
    matrix(&mut text, proven);
    unknown(&mut text, proven);
    tried(&mut text, proven);
    lost(&mut text, proven);
    end(&mut text, proven);
    if let Some(fix) = proven.fix {
        mended::text(&mut text, fix);
    }
    text
}

fn finding(text: &mut String, proven: &Proven<'_>, group: &Group<'_>) {
    let code = group.finding.fault.code();
    let _ = writeln!(text, "{}[{code}]: {}", code.severity().word(), printable::line(&group.sentence));
    let lines: BTreeSet<String> = group.of.iter().map(|(finding, _)| ends(proven, finding)).collect();
    listed(text, &lines);
    if let Some(places) = written(group) {
        let _ = writeln!(text, "  in the plan: {}", printable::line(&places));
    }
    text.push('\n');
}

/// The first places in the plan that say what it is about, and how many more there are.
pub(super) fn written(group: &Group<'_>) -> Option<String> {
    let places: BTreeSet<&Written> = group.of.iter().flat_map(|(_, places)| places.iter()).collect();
    let shown: Vec<String> =
        places.iter().take(PLACES).map(|place| format!("{}:{}", place.file, place.line)).collect();
    let more = places.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!shown.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
}

/// Whose finding it is, each end with its input and file.
pub(super) fn ends(proven: &Proven<'_>, finding: &Finding) -> String {
    let mut line = place(proven, &finding.subject);
    if let Some(other) = &finding.other {
        let _ = write!(line, " -> {}", place(proven, other));
    }
    line
}

/// The first of some lines, and how many there are beside.
pub(super) fn listed(text: &mut String, lines: &BTreeSet<String>) {
    for line in lines.iter().take(NAMED) {
        let _ = writeln!(text, "  {}", printable::line(line));
    }
    if lines.len() > NAMED {
        let _ = writeln!(text, "  and {} more", lines.len() - NAMED);
    }
}

/// `master01 --tls-cert-file /etc/kubernetes/pki/apiserver.crt`
fn place(proven: &Proven<'_>, subject: &Subject) -> String {
    let mut text = proven.shown(subject.program);
    if let Some(slot) = &subject.slot {
        let _ = write!(text, " {}", slot.name);
    }
    if let Some(file) = &subject.file {
        let _ = write!(text, " ({file})");
    }
    text
}

fn matrix(text: &mut String, proven: &Proven<'_>) {
    let matrix = proven.matrix();
    let rows: Vec<(String, String, Count)> =
        matrix.into_iter().map(|(kind, count)| (kind.from(), kind.to(), count)).collect();
    let width = rows.iter().map(|(client, ..)| client.chars().count()).max().unwrap_or_default();
    let other = rows.iter().map(|(_, server, _)| server.chars().count()).max().unwrap_or_default();
    for (client, server, count) in &rows {
        let _ = write!(
            text,
            "{:<width$} -> {:<other$}  {:>6} ok",
            printable::line(client),
            printable::line(server),
            count.holds
        );
        if count.broken > 0 {
            let _ = write!(text, ", {} broken", count.broken);
        }
        if count.unknown > 0 {
            let _ = write!(text, ", {} not known", count.unknown);
        }
        text.push('\n');
    }
    if !rows.is_empty() {
        text.push('\n');
    }
}

fn unknown(text: &mut String, proven: &Proven<'_>) {
    let mut reasons = BTreeSet::new();
    for connection in &proven.proof.connections {
        if let Verdict::Unknown(why) = &connection.verdict {
            let client = proven.program(connection.client);
            reasons.insert(format!("{} ({}): {why}", client.component, client.dials[connection.dial].name));
        }
    }
    for (host, gap) in &proven.wiring.unread {
        let host = host.map(|host| &*proven.wiring.hosts[host].shown).unwrap_or_default();
        reasons.insert(format!("{host} {}: {}", gap.at, gap.why));
    }
    for reason in reasons.iter().take(NAMED) {
        let _ = writeln!(text, "not known: {}", printable::line(reason));
    }
    if reasons.len() > NAMED {
        let _ = writeln!(text, "not known: {} more", reasons.len() - NAMED);
    }
    if !reasons.is_empty() {
        text.push('\n');
    }
}

fn tried(text: &mut String, proven: &Proven<'_>) {
    for (at, why) in &proven.tried.failed {
        let Some(connection) = proven.proof.connections.get(*at) else { continue };
        let client = proven.program(connection.client);
        let dial = client.dials.get(connection.dial).map_or("", |dial| &*dial.name);
        let name = proven.shown(connection.client);
        let _ = writeln!(
            text,
            "error[{}]: the model accepts a connection that a real handshake refuses: {} ({dial}) on {name}: {}\n",
            Code::Handshake,
            client.component,
            printable::line(why)
        );
    }
    for why in &proven.tried.untried {
        let _ = writeln!(text, "not tried: {}", printable::line(why));
    }
}

/// What is lost with one host.
fn lost(text: &mut String, proven: &Proven<'_>) {
    let Some(lost) = proven.lost else { return };
    for one in lost {
        let down = &proven.wiring.hosts[one.host].shown;
        let hosts: Vec<&str> = one
            .on
            .iter()
            .map(|host| host.map_or("people", |host| &*proven.wiring.hosts[host].shown))
            .collect();
        let shown = hosts.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more =
            if hosts.len() > NAMED { format!(" and {} more", hosts.len() - NAMED) } else { String::new() };
        let (client, dial) = (&one.client.0, &one.client.1);
        let line = match &**dial {
            "quorum" if hosts.is_empty() => format!("without {down}, there is no {client}"),
            "quorum" => format!("without {down}, {client} has no majority: {shown}{more}"),
            dial => format!("without {down}, {client} ({dial}) reaches no {}: {shown}{more}", one.server),
        };
        let _ = writeln!(text, "error[{}]: {}", Code::HostDown, printable::line(&line));
    }
    if lost.is_empty() {
        text.push_str("Everything survives the loss of any one host.\n");
    }
    text.push('\n');
}

/// How many connections hold, and until when.
pub(super) fn last(proven: &Proven<'_>) -> String {
    let connections = &proven.proof.connections;
    let broken = connections.iter().filter(|connection| connection.verdict == Verdict::Broken).count();
    let unknown = connections.iter().filter(|c| matches!(c.verdict, Verdict::Unknown(_))).count();
    let holds = connections.len() - broken - unknown;
    let mut text = format!("{} proven", counted(holds, "connection"));
    if broken > 0 {
        let _ = write!(text, ", {broken} broken");
    }
    if unknown > 0 {
        let _ = write!(text, ", {unknown} not known");
    }
    if let Some(until) = proven.proof.until {
        let _ = write!(text, "; valid until {until}");
    }
    if proven.tried.handshakes > 0 {
        let _ = write!(text, "; {}", counted(proven.tried.handshakes, "real handshake"));
    }
    text
}

fn end(text: &mut String, proven: &Proven<'_>) {
    text.push_str(&last(proven));
    text.push('\n');
    if proven.rehearsed {
        text.push_str("Proven with a throw-away secret; add --with-secret to prove the real keys.\n");
    }
}
