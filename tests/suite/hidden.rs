//! What of others commands a terminal, turns the order of a text or is not seen comes out of no command as itself.

use std::sync::atomic::{AtomicUsize, Ordering};

use toml::{Table, Value};

use super::reference::{PLAN, SECTIONS, readers, sources};
use crate::support::{AT, Lab, Run};

/// Wipes a screen, hides, forges a line, turns and ends a quote.
const COMMANDS: &str =
    "x\u{1b}[2J\u{1b}[8m\u{9b}1m\u{7}\u{8}\r\nFORGED: nothing changes\u{202e}\u{200b}\t`|<b>@x";
/// The same without control characters, which many keys do not take.
const FORMATS: &str = "x\u{202e}\u{2066}\u{200b}\u{ad}\u{feff}\u{e0041}\u{2028}\u{3164}\u{fe0f}y";

/// Where the tables stand that the types of the reader read.
const PLACES: &[(&str, &[&str])] = &[
    ("Document", &[]),
    ("ImportTable", &["import", "other"]),
    ("ClusterTable", &["cluster"]),
    ("BootstrapTable", &["bootstrap"]),
    ("NodeTable", &["node", "master01"]),
    ("PoolTable", &["pool", "more"]),
    ("VipTable", &["vip", "api"]),
    ("ExternalTable", &["external", "etcd"]),
    ("AuthorityTable", &["authority", "front-proxy"]),
    ("NameConstraintsTable", &["authority", "front-proxy", "name-constraints"]),
    ("CrlTable", &["authority", "front-proxy", "crl"]),
    ("RevokedTable", &["authority", "front-proxy", "crl", "revoked", "4a"]),
    ("GenerationsTable", &["authority", "front-proxy", "generations"]),
    ("KeyringTable", &["keyring", "service-account"]),
    ("SecretTable", &["secret", "other"]),
    ("ComponentTable", &["component", "kubelet"]),
    ("UserTable", &["user", "zoe"]),
    ("FreeCertificateTable", &["certificate", "own"]),
    ("GrantTable", &["grant", "team"]),
    ("OwnFileTable", &["file", "note"]),
];

/// Whether a character is one of those above that may not come out.
fn is_hostile(c: char) -> bool {
    c != '\n'
        && (c.is_control() || FORMATS.contains(c) || COMMANDS.contains(c))
        && !(' '..='~').contains(&c)
        && c != 'y'
}

/// A text without what gives its letters a colour or a weight; what hides them or colours the ground stays.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_colour =
            |code: &str| matches!(code, "0" | "1" | "2" | "4") || code.len() == 2 && code.starts_with('3');
        match part.split_once('m').filter(|(codes, _)| codes.split(';').all(is_colour)) {
            Some((_, rest)) => plain.push_str(rest),
            None => plain.extend(["\u{1b}[", part]),
        }
    }
    plain
}

fn check(run: &Run, what: &dyn std::fmt::Debug) {
    for said in [&run.out, &run.err].map(|said| without_colours(said)) {
        let found = said.chars().find(|c| is_hostile(*c));
        assert_eq!(found, None, "{what:?}\n{said}");
        let forged = said.lines().any(|line| line.trim_start_matches([' ', '│', '·']).starts_with("FORGED"));
        assert!(!forged, "{what:?}\n{said}");
    }
}

/// A plan in one spelling: every table inline.
fn spelt(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(spelt).collect::<Vec<_>>().join(", ")),
        Value::Table(entries) => {
            let entry = |(key, value): (&String, &Value)| format!("{} = {}", quoted(key), spelt(value));
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        other => panic!("{other:?} is in no plan"),
    }
}

fn quoted(text: &str) -> String {
    let plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    let escaped = |c: char| if plain(c) { c.to_string() } else { format!("\\U{:08x}", u32::from(c)) };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

fn plan_text(plan: &Table) -> String {
    let line = |(key, value): (&String, &Value)| format!("{key} = {}\n", spelt(value));
    plan.iter().map(line).collect()
}

fn base() -> Table {
    let mut base: Table = include_str!("../../plans/ha.toml").parse().unwrap();
    set(&mut base, &["user", "zoe", "common-name"], Value::String("zoe".to_owned()));
    set(&mut base, &["grant", "team", "role"], Value::String("view".to_owned()));
    set(&mut base, &["grant", "team", "groups"], Value::String("team".to_owned()));
    base
}

/// Puts a value where keys lead, making the tables above it.
fn set(plan: &mut Table, keys: &[&str], value: Value) {
    let Some((last, above)) = keys.split_last() else { return };
    let mut table = plan;
    for key in above {
        let entry = table.entry(*key).or_insert_with(|| Value::Table(Table::new()));
        if !entry.is_table() {
            *entry = Value::Table(Table::new());
        }
        table = entry.as_table_mut().unwrap();
    }
    table.insert((*last).to_owned(), value);
}

/// Every form in which a sound plan is told.
const TOLD: &[&[&str]] = &[
    &["check", "cluster.toml", "--format", "json"],
    &["diff", "cluster.toml", "base.toml", "--at", AT],
    &["diff", "cluster.toml", "base.toml", "--at", AT, "--only", "files"],
    &["diff", "cluster.toml", "base.toml", "--at", AT, "--format", "markdown"],
    &["diff", "cluster.toml", "base.toml", "--at", AT, "--format", "html"],
    &["diff", "cluster.toml", "base.toml", "--at", AT, "--format", "json"],
    &["diff", "base.toml", "cluster.toml", "--at", AT, "--color", "always"],
    &["show", "cluster.toml"],
    &["show", "cluster.toml", "component", "kubelet", "--format", "json"],
    &["show", "cluster.toml", "certificate", "user.zoe"],
    &["graph", "cluster.toml"],
    &["graph", "cluster.toml", "--language", "mermaid"],
    &["status", "cluster.toml", "--all"],
    &["status", "cluster.toml", "--format", "json"],
    &["status", "cluster.toml", "--openmetrics"],
    &["lock", "cluster.toml", "--check"],
    &["lock", "cluster.toml", "--check", "--format", "json"],
];

/// The same of what was built.
const BUILT: &[&[&str]] = &[
    &["build", "cluster.toml", "--at", AT],
    &["inspect", "cluster.trees/users/zoe/kubeconfig"],
    &["inspect", "cluster.trees/users/zoe/kubeconfig", "--format", "json"],
    &["inspect", "--textconv", "cluster.trees/users/zoe/kubeconfig"],
    &["inspect", "--textconv", "cluster.trees/hosts/master01/etc/kubernetes/kubelet.conf"],
    &["lock", "cluster.toml", "--check"],
    &["diff", "cluster.toml", "cluster.trees"],
];

/// What becomes of a plan.
#[derive(PartialEq)]
enum Is {
    Sound,
    Wrong,
    /// The key takes no such value.
    OfAnotherType,
}

/// Checks a plan, and tells it in every form if it is sound.
fn tell(lab: &Lab, plan: &Table, what: &dyn std::fmt::Debug) -> Is {
    lab.write("cluster.toml", &plan_text(plan));
    let run = lab.run(&["check", "cluster.toml"]);
    check(&run, what);
    assert!(run.err.contains("read::hidden-character"), "{what:?} is not told of: {run:#?}");
    if run.code != 0 {
        return if run.err.contains("read::wrong-type") { Is::OfAnotherType } else { Is::Wrong };
    }
    for arguments in TOLD {
        let run = lab.run(arguments);
        // Colours are ours.
        let colours = if arguments.contains(&"always") { &[0, 1, 2, 31, 32, 33][..] } else { &[] };
        let out = colours.iter().fold(run.out, |out, n| out.replace(&format!("\u{1b}[{n}m"), ""));
        check(&Run { out, ..run }, &(what, arguments));
    }
    Is::Sound
}

/// A key of a plan with what leads to it, or the name of a table.
struct Place {
    keys: Vec<String>,
    is_name: bool,
}

fn places() -> Vec<Place> {
    let mut places = Vec::new();
    let mut add = |keys: &[&str], is_name| {
        places.push(Place { keys: keys.iter().map(|key| (*key).to_owned()).collect(), is_name });
    };
    for (name, keys) in readers(&sources(PLAN)) {
        let Some((_, place)) = PLACES.iter().find(|(known, _)| *known == name) else {
            let known = SECTIONS.iter().any(|(source, known, _)| *source == PLAN && *known == name);
            assert!(!known, "{name} has no place");
            continue;
        };
        let keys = keys.into_iter().filter(|key| *key != "format");
        keys.for_each(|key| add(&[place, &[key][..]].concat(), false));
    }
    for (_, place) in PLACES.iter().filter(|(_, place)| place.len() == 2) {
        add(&place[..1], true);
    }
    add(&["component", "kubelet", "setting", "user"], false);
    add(&["component", "kubelet", "setting"], true);
    add(&["component", "kubelet", "flags", "set", "node-labels"], false);
    add(&["component", "kubelet", "flags", "set", "v"], false);
    add(&["component", "kubelet", "flags", "set"], true);
    places
}

/// Puts hostile texts at a place. How many sound plans that makes.
fn try_at(lab: &Lab, place: &Place) -> usize {
    let mut sound = 0;
    for text in [COMMANDS, FORMATS] {
        let keys = place.keys.iter().map(String::as_str).chain(place.is_name.then_some(text));
        let keys: Vec<&str> = keys.collect();
        let value = Value::String(text.to_owned());
        let named = Table::from_iter([("name".to_owned(), value.clone())]);
        for value in [value.clone(), Value::Array(vec![value]), Value::Table(named)] {
            let mut plan = base();
            set(&mut plan, &keys, value);
            let is = tell(lab, &plan, &(&place.keys, text));
            if is == Is::Sound {
                sound += 1;
                if keys.ends_with(&["common-name"]) || keys.contains(&"kubelet") {
                    BUILT.iter().for_each(|arguments| check(&lab.run(arguments), &(&keys, arguments)));
                    lab.remove("cluster.trees");
                    lab.write("cluster.lock", &lab.read("base.lock"));
                }
            }
            if is != Is::OfAnotherType {
                break;
            }
        }
    }
    sound
}

#[test]
fn no_text_of_a_plan_comes_out_as_itself() {
    let places = places();
    assert!(places.len() > 100, "{}", places.len());
    let (next, sound) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let lab = Lab::of("ha");
        lab.write("base.toml", &plan_text(&base()));
        lab.write("base.lock", &lab.read("cluster.lock"));
        while let Some(place) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
            sound.fetch_add(try_at(&lab, place), Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(work))));
    let sound = sound.into_inner();
    assert!(sound >= 8, "{sound} plans are sound: nothing is told of the others");
}

#[test]
fn names_of_files_locks_and_catalogs_do_not_either() {
    let lab = Lab::built("single");
    let name = "a\u{1b}[2J\u{202e}b";
    let (plan, lock) = (format!("{name}.toml"), format!("{name}.lock"));
    lab.write(&plan, &lab.read("cluster.toml"));
    for arguments in [
        &["check", &plan][..],
        &["check", &lock],
        &["diff", &plan, "cluster.toml", "--format", "markdown"],
        &["diff", &plan, "cluster.toml"],
        &["status", &plan],
        &["inspect", name],
        &["secret", "new", name],
        &["show", "cluster.toml", "node", name],
        &["check", "--explain", name],
        &[name],
    ] {
        check(&lab.run(arguments), &arguments);
    }
    lab.write(&lock, &lab.read("cluster.lock").replacen("subject CN=", "subject CN=\u{202e}\u{200b}", 1));
    for arguments in [&["check", &*plan][..], &["lock", &plan, "--check"], &["diff", &plan, "cluster.toml"]] {
        let run = lab.run(arguments);
        check(&run, &arguments);
        assert!(arguments[0] != "check" || run.err.contains("read::hidden-character"), "{run:#?}");
    }
    std::fs::create_dir_all(lab.path("catalog/components/own")).unwrap();
    lab.write(
        "catalog/components/own/component.toml",
        "format = 1\n[component]\nname = \"own\"\ntitle = \"x\\u001b[2J\\u202e\" # \u{2066}\n",
    );
    lab.edit("format = 1\n", "format = 1\ncatalog = \"catalog\"\n");
    let run = lab.run(&["check", "cluster.toml"]);
    check(&run, &"a catalog");
    assert!(run.err.contains("catalog/components/own/component.toml"), "{run:#?}");
}

#[test]
fn what_git_shows_of_a_file_is_escaped() {
    let lab = Lab::empty();
    lab.write("haproxy.cfg", &format!("defaults\r\n\tmode tcp # {FORMATS}\u{1b}[2J\u{9b}\n"));
    let run = lab.run(&["inspect", "--textconv", "haproxy.cfg"]);
    assert!(run.out.starts_with("defaults\r\n\tmode tcp # x\\u{202e}\\u{2066}"), "{run:#?}");
    assert!(run.out.ends_with("y\\u{1b}[2J\\u{9b}\n"), "{run:#?}");
}
