//! What `verify` says, in short lines: hosts of one kind together.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Pairs of hosts by all else.
type Pairs = BTreeMap<(String, String), BTreeSet<(String, String)>>;

/// Each finding, and each connection that is not proven and of which no finding tells: `CODE CLIENT.DIAL HOSTS -> SERVER
/// HOSTS`. `masters`, `nodes` and `all` stand for all of a kind.
pub(super) fn lines(report: &Value, hosts: &[String]) -> Vec<String> {
    let mut pairs = Pairs::new();
    let mut told = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        let code = finding["code"].as_str().unwrap().strip_prefix("verify::").unwrap();
        let warning = if finding["severity"] == "warning" { "warning " } else { "" };
        let (component, host) = end(&finding["subject"]);
        let dial = finding["dial"].as_str().map(|dial| format!(".{dial}")).unwrap_or_default();
        let (server, other) = end(&finding["other"]);
        told.insert((component.clone() + &dial, host.clone(), server.clone(), other.clone()));
        pairs
            .entry((format!("{warning}{code} {component}{dial}"), server))
            .or_default()
            .insert((host, other));
    }
    for connection in report["not_proven"].as_array().unwrap() {
        let (component, host) = end(&connection["client"]);
        let dial = format!("{component}.{}", connection["dial"].as_str().unwrap());
        let (server, other) = end(&connection["server"]);
        let verdict = connection["verdict"].as_str().unwrap();
        if verdict == "broken" && told.remove(&(dial.clone(), host.clone(), server.clone(), other.clone())) {
            told.insert((dial, host, server, other));
            continue;
        }
        let server = match server.as_str() {
            "" => format!("{}:{}", connection["host"].as_str().unwrap(), connection["port"]),
            _ => server,
        };
        pairs.entry((format!("{verdict} {dial}"), server)).or_default().insert((host, other));
    }
    let mut lines: Vec<String> =
        pairs.iter().flat_map(|(kind, pairs)| products(kind, pairs, hosts)).collect();
    let unread = report["unread"].as_array().unwrap().iter();
    lines.extend(unread.map(|gap| format!("unread {} {}", text(&gap["host"]), text(&gap["file"]))));
    lines.sort();
    lines
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Component and host; of a person the name.
fn end(end: &Value) -> (String, String) {
    let host = end["host"].as_str().or(end["name"].as_str());
    (text(&end["component"]).to_owned(), host.unwrap_or_default().to_owned())
}

/// Servers with equal clients together.
fn products(
    (what, server): &(String, String),
    pairs: &BTreeSet<(String, String)>,
    hosts: &[String],
) -> Vec<String> {
    let mut clients = BTreeMap::<&str, BTreeSet<&str>>::new();
    for (client, other) in pairs {
        clients.entry(other).or_default().insert(client);
    }
    let mut servers = BTreeMap::<BTreeSet<&str>, BTreeSet<&str>>::new();
    for (server, clients) in clients {
        servers.entry(clients).or_default().insert(server);
    }
    let line = |(clients, servers): (BTreeSet<&str>, BTreeSet<&str>)| {
        let mut line = format!("{what} {}", named(&clients, hosts));
        if !server.is_empty() {
            line.push_str(&format!(" -> {server} {}", named(&servers, hosts)));
        }
        line.trim_end().to_owned()
    };
    servers.into_iter().map(line).collect()
}

fn named(set: &BTreeSet<&str>, hosts: &[String]) -> String {
    let all: BTreeSet<&str> = hosts.iter().map(String::as_str).collect();
    let is_master = |name: &&&str| name.starts_with("master") || name.starts_with("control");
    let (masters, nodes): (BTreeSet<&str>, BTreeSet<&str>) = all.iter().partition(|name| is_master(name));
    match set {
        set if set.len() < 2 => set.first().copied().unwrap_or_default().to_owned(),
        set if *set == all => "all".to_owned(),
        set if *set == masters => "masters".to_owned(),
        set if *set == nodes => "nodes".to_owned(),
        set => set.iter().copied().collect::<Vec<_>>().join(","),
    }
}
