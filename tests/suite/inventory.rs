//! Nodes from files, plans of several files, addresses out of ranges: what is built of them, and who sees that they changed.

use std::fs;

use crate::support::repository::Repository;
use crate::support::{AT, Lab, State};

const CLUSTER: &str = r#"
[cluster]
name = "kubernetes"
profile = "high-availability"
service-cidrs = ["10.96.0.0/16"]
pod-cidrs = ["10.244.0.0/16"]
endpoint = "node.m1"
"#;

const NODES: &str = r#"
[node.m1]
addresses = ["10.0.0.1"]
roles = ["control-plane", "etcd"]
names = ["first.example.org"]

[node.w1]
addresses = ["10.0.0.2", "fd00::2"]
roles = ["worker"]

[node.w2]
addresses = ["10.0.0.3"]
roles = ["worker"]
"#;

/// Each form of an inventory: the pool's keys, the file's name, the file.
const FORMS: &[(&str, &str, &str)] = &[
    (
        "columns = { name = \"host\", addresses = [\"v4\", \"v6\"] }\nignore = [\"rack\"]",
        "nodes.csv",
        "host,rack,v4,v6,roles,names\r\nm1,r1,10.0.0.1,,\"control-plane, etcd\",first.example.org\r\n\
         w1,\"r\"\"2\",10.0.0.2,fd00::2,worker,\r\n\r\nw2,,10.0.0.3,,worker,\r\n",
    ),
    (
        "",
        "nodes.json",
        r#"[{"name": "m1", "address": "10.0.0.1", "roles": ["control-plane", "etcd"], "names": "first.example.org"},
	{"name": "w1", "addresses": ["10.0.0.2", "fd00::2"], "roles": ["worker"]},
	{"name": "w2", "address": "10.0.0.3", "roles": "worker", "away": null}]"#,
    ),
    (
        "",
        "nodes.json",
        r#"{"m1": {"address": "10.0.0.1", "roles": "control-plane;etcd", "names": ["first.example.org"]},
 "w1": {"address": "10.0.0.2", "addresses": "fd00::2", "roles": "worker"}, "w2": {"address": "10.0.0.3", "roles": "worker"}}"#,
    ),
    (
        "columns = { addresses = \"ips\", names = \"aliases\" }\n\
         groups = { masters = [\"control-plane\", \"etcd\"], workers = \"worker\" }",
        "hosts.ini",
        "jump ansible_host=192.0.2.1\n[masters]\nm1 ips=10.0.0.1 aliases=first.example.org # the first\n[workers]\n\
         w[1:2]\n[workers:vars]\nips = 10.0.0.3\n[more]\nw1 ips='10.0.0.2 fd00::2'\n",
    ),
    (
        "columns = { addresses = \"ips\", names = \"aliases\" }\n\
         groups = { masters = [\"control-plane\", \"etcd\"], workers = \"worker\" }",
        "hosts.yaml",
        "all:\n  hosts:\n    m1:\n  children:\n    masters:\n      vars: {aliases: first.example.org}\n      hosts:\n        m1: {ips: 10.0.0.1}\n\
         \x20   workers:\n      hosts:\n        w1:\n          ips: [10.0.0.2, \"fd00::2\"]\n        w2: {ips: 10.0.0.3}\n",
    ),
];

fn plan(tables: &str) -> String {
    format!("format = 1\n{CLUSTER}{tables}")
}

fn from(keys: &str, file: &str) -> String {
    plan(&format!("\n[pool.all]\nfrom = \"{file}\"\n{keys}\n"))
}

/// A built plan with a file beside it.
fn built(plan: &str, file: (&str, &str)) -> Lab {
    let lab = Lab::written(plan);
    if let Some((folder, _)) = file.0.rsplit_once('/') {
        fs::create_dir_all(lab.path(folder)).unwrap();
    }
    lab.write(file.0, file.1);
    lab.build();
    lab
}

fn trees(lab: &Lab) -> State {
    lab.state("cluster.trees")
}

#[test]
fn every_form_lists_the_same_nodes() {
    let wanted = trees(&built(&plan(NODES), ("unused", "")));
    for (keys, name, text) in FORMS {
        // Endpoints are names of nodes in the plan, too.
        let found = trees(&built(&from(keys, name), (name, text)));
        assert!(found == wanted, "{name}: {keys}");
    }
}

#[test]
fn several_files_are_one_plan() {
    let wanted = trees(&built(&plan(NODES), ("unused", "")));
    let lab = Lab::written("format = 1\ninclude = [\"parts/*.toml\", \"last.toml\"]\n");
    fs::create_dir(lab.path("parts")).unwrap();
    let (first, rest) = NODES.split_at(NODES.find("[node.w1]").unwrap());
    lab.write("parts/a.toml", first);
    lab.write("parts/b.toml", rest);
    lab.write("parts/.hidden.toml", "[node.");
    lab.write("parts/notes", "[node.");
    lab.write("last.toml", CLUSTER);
    lab.build();
    assert!(trees(&lab) == wanted);
    // A mistake is where it is, with those of the other files.
    lab.write("parts/b.toml", &rest.replace("worker", "wroker"));
    lab.write("last.toml", &CLUSTER.replace("10.96.0.0/16", "10.96.0.0"));
    let run = lab.run(&["check", "cluster.toml"]);
    let has = |place: &str| assert!(run.err.contains(place), "{place}: {}", run.err);
    assert_eq!(run.code, 1);
    ["[parts/b.toml:3:10]", "[parts/b.toml:7:10]", "[last.toml:5:18]"].into_iter().for_each(has);
}

/// A commit, an edit of what a plan names, and everybody who has to see it.
fn is_seen(lab: Lab, file: &str, (from, to): (&str, &str), place: &str) {
    let repository = Repository::new(lab);
    let text = repository.0.read(file);
    assert_eq!(text.matches(from).count(), 1, "{file}");
    repository.0.write(file, &text.replace(from, to));

    // The working tree against the revision, whose own file counts.
    let diff = repository.pkiplan(&["diff", "cluster.toml", "--at", AT]);
    assert!(diff.out.contains("node.w1") && diff.out.contains(place), "{diff:#?}");
    // The hook: the lock does not have what the file asks for.
    repository.git(&["add", file]);
    let hook = repository.pkiplan(&["git", "check"]);
    assert_eq!(hook.code, 1, "{hook:#?}");
    assert!(hook.err.contains("does not have all decisions"), "{hook:#?}");
    // The next build: what it leaves is what a first build leaves.
    let run = repository.0.build();
    assert!(!run.out.contains(" 0 written"), "{run:#?}");
    let left = trees(&repository.0);
    repository.0.remove("cluster.trees");
    repository.0.build();
    assert!(left == trees(&repository.0));
    repository.commit("another state");
    let diff = repository.pkiplan(&["diff", "cluster.toml", "HEAD~1", "--at", AT]);
    assert!(diff.out.contains("node.w1") && diff.out.contains(place), "{diff:#?}");
}

#[test]
fn a_row_that_changed_is_seen() {
    let (keys, name, text) = FORMS[0];
    is_seen(built(&from(keys, name), (name, text)), name, ("10.0.0.2", "10.0.0.22"), "nodes.csv:3");
}

#[test]
fn an_included_file_that_changed_is_seen() {
    let plan = format!("format = 1\ninclude = \"parts/nodes.toml\"\n{CLUSTER}");
    let lab = built(&plan, ("parts/nodes.toml", NODES));
    is_seen(lab, "parts/nodes.toml", ("10.0.0.2", "10.0.0.22"), "parts/nodes.toml:8");
}

#[test]
fn nothing_is_shown_of_an_inventory_but_what_is_taken() {
    let cases = [
        ("", "n.csv", "name,address,password\nw1,10.0.0.300,hunter2\n"),
        ("", "n.csv", "name,address,password\nw1,10.0.0.3,hunter2\nw2,\"hunter2\n"),
        ("", "n.json", r#"[{"name": "w1", "address": "x", "password": "hunter2"}, {"name": "hunter2"}]"#),
        ("", "n.json", r#"{"password": "hunter2"}"#),
        (
            "",
            "n.ini",
            "[all:vars]\nansible_password=hunter2\n[a]\nw1 ansible_host=x ansible_become_pass='hunter2' # hunter2\n",
        ),
        ("", "n.ini", "[a]\nw1 hunter2\n[hunter2:hunter2]\n"),
        ("", "n.yaml", "a: {vars: {p: hunter2}, hosts: {w1: {ansible_host: x, p: hunter2}}} # hunter2\n"),
        ("", "n.yaml", "a: {hosts: hunter2}\n"),
    ];
    for (keys, name, text) in cases {
        let lab = Lab::written(&from(keys, name));
        // The name of a node is shown, so it is none here.
        let text = text.replace("{\"name\": \"hunter2\"}", "{\"nmae\": \"hunter2\"}");
        lab.write(name, &text);
        for format in ["text", "json"] {
            let run = lab.run(&["check", "cluster.toml", "--format", format]);
            assert_eq!(run.code, 1, "{text}");
            assert!(!run.err.contains("hunter2") && !run.out.contains("hunter2"), "{text}: {run:#?}");
        }
    }
}

/// The addresses of nodes.
fn addresses(lab: &Lab, nodes: &[&str]) -> Vec<String> {
    let of = |node: &&str| {
        let run = lab.run(&["show", "cluster.toml", "node", node, "--format", "json"]);
        assert_eq!(run.code, 0, "{run:#?}");
        let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let facts = value[format!("node {node}")].as_array().unwrap().clone();
        let fact = facts.iter().find(|fact| fact["name"] == "addresses").unwrap();
        fact["value"].as_str().unwrap().replace(',', "")
    };
    nodes.iter().map(of).collect()
}

#[test]
fn ranges_give_what_is_free() {
    let tables = r#"
[node.m1]
addresses = ["10.0.0.2"]
roles = ["control-plane", "etcd"]

[vip.out]
addresses = ["10.0.0.4"]
port = 443
served-by = "external"

[pool.first]
names = "f{1..2}"
first-address = "10.0.0.6"
roles = ["worker"]

[pool.range]
names = "w{1..4}"
addresses = ["10.0.0.0/24", "fd00::/120"]
roles = ["worker"]
"#;
    let lab = Lab::written(&plan(tables));
    let nodes = ["w1", "w2", "w3", "w4"];
    let found = addresses(&lab, &nodes);
    assert_eq!(found, ["10.0.0.1 fd00::1", "10.0.0.3 fd00::2", "10.0.0.5 fd00::3", "10.0.0.8 fd00::4"]);
    // Whoever takes one of them moves those behind it, and `diff` says so.
    lab.build();
    lab.write("before.toml", &lab.read("cluster.toml"));
    lab.append("\n[node.m2]\naddresses = [\"10.0.0.3\"]\nroles = [\"worker\"]\n");
    let found = addresses(&lab, &nodes);
    assert_eq!(found, ["10.0.0.1 fd00::1", "10.0.0.5 fd00::2", "10.0.0.8 fd00::3", "10.0.0.9 fd00::4"]);
    let diff = lab.run(&["diff", "cluster.toml", "before.toml", "--at", AT]);
    for line in ["w2: 10.0.0.3, fd00::2 -> 10.0.0.5, fd00::2", "w4: 10.0.0.8, fd00::4 -> 10.0.0.9, fd00::4"] {
        assert!(diff.out.contains(line), "{line}: {}", diff.out);
    }
}

/// What `check` says of a plan with this file.
fn refused(keys: &str, name: &str, text: &str) -> String {
    let lab = Lab::written(&from(keys, name));
    lab.write(name, text);
    let run = lab.run(&["check", "cluster.toml"]);
    assert_eq!(run.code, 1, "{name}: {run:#?}");
    // Messages are broken into lines.
    run.err.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

#[test]
fn what_multiplies_or_is_long_is_bounded() {
    let long = "x".repeat(2_000);
    let cases = [
        ("n.ini", format!("[a]\nw[1:40000] ansible_host={long}\n"), "this value has more than 1 KiB"),
        (
            "n.ini",
            format!("[a]\nw[1:40000]\n[a:vars]\nansible_host={long}\n"),
            "this value has more than 1 KiB",
        ),
        (
            "n.yaml",
            format!("a: {{hosts: {{'w[1:40000]': {{ansible_host: {long}}}}}}}\n"),
            "this value has more than 1 KiB",
        ),
        (
            "n.ini",
            format!("[a]\n{}", "w[1:40000]\n".repeat(200)),
            "the file names hosts more than 1000000 times",
        ),
        ("n.ini", "[a]\nw[1:130000]\nv[1:130000]\n".to_owned(), "it has more than 200000 hosts"),
        ("n.ini", format!("[a]\nw[1:40000]{long}\n"), "this is longer than a name can be"),
        (
            "n.csv",
            format!("name,address\n{}", "w,10.0.0.1\n".repeat(200_001)),
            "it has more than 200000 hosts",
        ),
        ("n.csv", format!("name{}\n", ",".repeat(1_000_000)), "there are more than 256 columns"),
        ("n.json", format!("[{}{{}}]", "{},".repeat(200_001)), "it has more than 200000 hosts"),
    ];
    for (name, text, message) in cases {
        let said = refused("", name, &text);
        assert!(said.contains(message), "{message}: {}", &said[..said.len().min(500)]);
    }
    // Where everything is wrong, a hundred messages are enough.
    for (name, text) in [
        ("n.csv", format!("name,address\n{}", "w\n".repeat(5_000))),
        ("n.json", format!("[{}1]", "1,".repeat(5_000))),
        ("n.ini", format!("[a]\n{}", "w x\n".repeat(5_000))),
        (
            "n.yaml",
            format!("a: {{hosts: {{{}}}}}\n", (0..5_000).map(|n| format!("w{n}: 1, ")).collect::<String>()),
        ),
    ] {
        let said = refused("", name, &text);
        assert!((1..=100).contains(&said.matches("inventory::form").count()), "{name}");
    }
}

#[test]
fn a_file_that_may_be_any_is_not_shown() {
    let said = refused("", "notes", "hunter2\npassword hunter2=x\n");
    assert!(said.contains("notes is not an Ansible inventory: it has no `[group]`"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    // Of what is shown, nothing that stands between the values of a line can be a part of one.
    let said = refused("ignore = [\"password\"]", "n.csv", "name,address,password\nw1,10.0.0.300,!!-@@-!!\n");
    assert!(said.contains("10.0.0.300") && !said.contains("@@"), "{said}");
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let wanted = trees(&built(&plan(NODES), ("unused", "")));
    for (keys, name, text) in [FORMS[0], FORMS[1], FORMS[3]] {
        let found = trees(&built(&from(keys, name), (name, &format!("\u{feff}{text}"))));
        assert!(found == wanted, "{name}");
    }
}

#[test]
fn a_part_of_a_plan_is_one_by_its_keys() {
    let lab = Lab::written(&format!("format = 1\ninclude = \"rest.toml\"\n{CLUSTER}{NODES}"));
    lab.write("rest.toml", "[user.ann]\norganizations = [\"team\"]\n");
    assert_eq!(lab.run(&["check", "cluster.toml"]).code, 0);
    lab.write("rest.toml", "[user.ann]\npassword = \"hunter2\"\n[secret.db]\nvalue = \"hunter2\"\n");
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(run.code == 1 && run.err.contains("is not part of a plan"), "{run:#?}");
    assert!(!run.err.contains("hunter2"), "{run:#?}");
}
