//! A proof for programs.

use serde_json::{Value, json};

use super::proven::Proven;
use crate::verify::{Subject, Verdict, Weight};

/// The whole report.
#[must_use]
pub fn to_json(proven: &Proven<'_>) -> Value {
    let findings = proven.groups().into_iter().flat_map(|group| {
        let sentence = group.sentence;
        group.of.into_iter().map(move |finding| (sentence.clone(), finding)).collect::<Vec<_>>()
    });
    let findings = findings.map(|(message, finding)| {
        json!({
            "code": finding.fault.code(),
            "severity": match finding.fault.weight() { Weight::Error => "error", Weight::Warning => "warning" },
            "message": message,
            "subject": subject(proven, &finding.subject),
            "other": finding.other.as_ref().map(|other| subject(proven, other)),
            "dial": finding.dial.as_deref(),
        })
    });
    let matrix = proven.matrix().into_iter().map(|((client, dial, server), count)| {
        json!({
            "client": &*client, "dial": &*dial, "server": &*server,
            "holds": count.holds, "broken": count.broken, "unknown": count.unknown,
        })
    });
    let broken = proven.proof.connections.iter().filter(|connection| {
        connection.verdict != Verdict::Unknown(String::new())
            && !matches!(connection.verdict, Verdict::Holds(_))
    });
    let connections = broken.map(|connection| {
        let client = proven.program(connection.client);
        let dial = &client.dials[connection.dial];
        let target = &dial.targets[connection.target];
        json!({
            "client": program(proven, connection.client),
            "dial": &*dial.name,
            "host": &*target.host,
            "port": target.port,
            "via": connection.via.iter().map(|via| program(proven, *via)).collect::<Vec<_>>(),
            "server": connection.server.map(|(server, _)| program(proven, server)),
            "verdict": match &connection.verdict {
                Verdict::Holds(_) => "holds",
                Verdict::Broken => "broken",
                Verdict::Unknown(_) => "unknown",
            },
            "why": match &connection.verdict { Verdict::Unknown(why) => Some(why), _ => None },
        })
    });
    json!({
        "connections": proven.proof.connections.len(),
        "matrix": matrix.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "not_proven": connections.collect::<Vec<_>>(),
        "unread": proven.wiring.unread.iter().map(|(host, gap)| json!({
            "host": host.map(|host| proven.wiring.hosts[host].name.to_string()),
            "file": &*gap.at.path, "line": gap.at.line, "why": gap.why,
        })).collect::<Vec<_>>(),
        "until": proven.proof.until.map(|until| until.to_string()),
        "handshakes": {
            "made": proven.tried.handshakes,
            "failed": proven.tried.failed.iter().map(|(at, why)| json!({ "connection": at, "why": why })).collect::<Vec<_>>(),
            "not_tried": proven.tried.untried,
        },
        "lost": proven.lost.map(|lost| lost.iter().map(|one| json!({
            "without": &*proven.wiring.hosts[one.host].name,
            "component": &*one.client.0, "dial": &*one.client.1, "server": &*one.server,
            "hosts": one.on.iter().map(|host| host.map(|host| proven.wiring.hosts[host].name.to_string())).collect::<Vec<_>>(),
        })).collect::<Vec<_>>()),
        "rehearsed": proven.rehearsed,
    })
}

fn subject(proven: &Proven<'_>, subject: &Subject) -> Value {
    let mut value = program(proven, subject.program);
    if let Some(map) = value.as_object_mut() {
        map.insert("input".to_owned(), json!(subject.slot.as_ref().map(|slot| &*slot.name)));
        map.insert("file".to_owned(), json!(subject.file.as_ref().map(|file| &*file.path)));
        map.insert("line".to_owned(), json!(subject.file.as_ref().and_then(|file| file.line)));
    }
    value
}

fn program(proven: &Proven<'_>, index: crate::wiring::ProgramIndex) -> Value {
    let program = proven.program(index);
    json!({ "host": proven.host(index), "component": &*program.component, "name": &*program.name })
}
