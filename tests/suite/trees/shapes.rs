//! What lies where, and every text of one host of each kind, as files under `tests/snapshots/trees/`.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::certificate;
use crate::support::snapshot::compare_folder;
use crate::support::{Lab, PLANS};

#[test]
fn trees_are_as_they_were() {
    for plan in PLANS {
        let lab = Lab::built(plan);
        let mut files = BTreeMap::new();
        files.insert("listing.txt".to_owned(), listing(&lab));
        files.insert("certificates.txt".to_owned(), certificates(&lab));
        let trees = lab.state("cluster.trees");
        let mut kinds = BTreeSet::new();
        for unit in lab.units() {
            let prefix = format!("{unit}/");
            let texts: BTreeMap<&str, String> = trees
                .range(prefix.clone()..)
                .take_while(|(path, _)| path.starts_with(&prefix))
                .filter_map(|(path, (_, bytes))| Some((path.as_str(), readable(bytes.as_deref()?)?)))
                .collect();
            // Hosts are of one kind if they have the same files with as many lines.
            let kind: Vec<_> = texts
                .iter()
                .map(|(path, text)| (path[prefix.len()..].to_owned(), text.lines().count()))
                .collect();
            if unit.starts_with("users/") || kinds.insert(kind) {
                files.extend(texts.into_iter().map(|(path, text)| (path.to_owned(), text)));
            }
        }
        compare_folder(&format!("trees/{plan}"), &files);
    }
}

/// Every line of every manifest.
fn listing(lab: &Lab) -> String {
    let trees = lab.state("cluster.trees");
    let mut text = String::new();
    for unit in lab.units() {
        text.push_str(&format!("{unit}\n"));
        for entry in lab.manifest(&unit)["entries"].as_array().unwrap() {
            let path = entry["path"].as_str().unwrap();
            let word = |key: &str| entry[key].as_str().unwrap_or("-").to_owned();
            let size = trees.get(&format!("{unit}/{path}")).and_then(|(_, bytes)| bytes.as_ref()).map_or(
                "-",
                |bytes| match bytes.len() {
                    0 => "empty",
                    1..1024 => "<1k",
                    1024..8192 => "<8k",
                    _ => "more",
                },
            );
            text.push_str(&format!(
                "  {} {:<7} {:<6} {size:<4} {}:{} {path}",
                word("mode"),
                word("class"),
                word("type"),
                word("owner"),
                word("group"),
            ));
            for effect in ["restart", "reload"] {
                let units: Vec<&str> =
                    entry[effect].as_array().into_iter().flatten().filter_map(|unit| unit.as_str()).collect();
                if !units.is_empty() {
                    text.push_str(&format!("  {effect} {}", units.join(" ")));
                }
            }
            text.push('\n');
        }
    }
    text
}

/// Every certificate, in the order of its chain.
fn certificates(lab: &Lab) -> String {
    let mut text = String::new();
    for (path, (_, bytes)) in lab.state("cluster.trees") {
        for certificate in bytes.iter().flat_map(|bytes| certificate::all(bytes)) {
            text.push_str(&format!("{path}\n  {}\n", certificate.line()));
        }
    }
    text
}

/// A text without what is secret or hangs on a key; nothing of what is PEM.
fn readable(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    if text.contains("-----BEGIN") {
        return None;
    }
    let mut readable = String::new();
    for line in text.lines() {
        let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
        let shown = match rest.split_once(' ') {
            Some((key @ ("certificate-authority-data:" | "client-certificate-data:"), _)) => {
                let found = certificate::embedded(line, key.trim_end_matches(':'));
                let lines: Vec<String> =
                    found.iter().map(|certificate| format!("<{}>", certificate.line())).collect();
                format!("{key} {}", lines.join(" "))
            }
            Some((key @ ("client-key-data:" | "auth_pass" | "secret:"), _)) => format!("{key} <secret>"),
            _ => rest.to_owned(),
        };
        readable.push_str(&format!("{indent}{shown}\n"));
    }
    Some(readable)
}
