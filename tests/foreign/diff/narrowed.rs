//! Parts of the report, its width, its colours, its exit code.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::{committed, nothing, of, renamed_endpoint};
use crate::support::repository::Repository;
use crate::support::{AT, Lab};

const MASTER04: &str =
    "\n[node.master04]\naddresses = [\"10.111.0.109\"]\nroles = [\"control-plane\", \"etcd\"]\n";
const PARTS: [&str; 3] = ["certificates", "files", "impact"];

fn keys(told: &Value) -> Vec<&str> {
    told.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The longest line.
fn width(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap()
}

/// Much changes at once.
fn much() -> Repository {
    let repository = renamed_endpoint();
    let lab = &repository.0;
    let plan = lab.read("cluster.toml");
    lab.write(
        "cluster.toml",
        &plan.replace("10.96.0.0/16", "10.96.0.0/20").replace("10.111.0.105", "10.111.0.115"),
    );
    lab.append("\n[node.master04-with-a-name-that-is-rather-long]\naddresses = [\"10.111.0.109\"]\nroles = [\"control-plane\", \"etcd\"]\n");
    repository
}

#[test]
fn one_screen() {
    let repository = renamed_endpoint();
    repository.expect("report", &repository.diff(&["cluster.toml"]));
    // Quiet keeps quiet about what is beside the result.
    let (quiet, told) = (repository.diff(&["cluster.toml", "-q"]), repository.diff(&["cluster.toml"]));
    assert_eq!(format!("{}next: pkiplan build cluster.toml\n", quiet.out), told.out);
}

#[test]
fn parts() {
    let repository = renamed_endpoint();
    let whole = repository.json(&["cluster.toml"], 0);
    let all = [
        "format",
        "before",
        "after",
        "plan",
        "certificates",
        "trust",
        "keys",
        "units",
        "waves",
        "proof",
        "risks",
    ];
    assert_eq!(keys(&whole), all);
    // High risks belong to every part.
    let own: [&[&str]; 3] =
        [&["certificates", "trust", "keys", "risks"], &["units", "risks"], &["waves", "proof", "risks"]];
    for (part, own) in PARTS.into_iter().zip(own) {
        repository.expect(&format!("only-{part}"), &repository.diff(&["cluster.toml", "--only", part]));
        let told = repository.json(&["cluster.toml", "--only", part], 0);
        assert_eq!(keys(&told), [&["format", "before", "after", "plan"], own].concat());
        for key in keys(&told) {
            assert_eq!(told[key], whole[key], "{part} {key}");
        }
        for form in ["markdown", "html"] {
            let run = repository.diff(&["cluster.toml", "--only", part, "--format", form, "--exit-code"]);
            assert_eq!((run.code, run.err.as_str()), (2, ""), "{run:#?}");
        }
    }
}

#[test]
fn one_host() {
    let repository = renamed_endpoint();
    repository.expect("one-host", &repository.diff(&["cluster.toml", "--host", "master02"]));
    let told = repository.json(&["cluster.toml", "--host", "master02", "--exit-code"], 2);
    let units = told["units"].as_array().unwrap();
    assert_eq!(units.len(), 1);
    assert_eq!(units[0]["names"], serde_json::json!(["hosts/master02"]));
    let text = told.to_string();
    for other in ["master01", "master03", "node01", "*", "own address"] {
        assert!(!text.contains(other), "{other}: {told:#}");
    }
    // Another host has nothing of it.
    let run = repository.diff(&["cluster.toml", "--host", "node01", "--exit-code"]);
    assert_eq!(run.code, 2);
    assert!(!run.out.contains("restart kube-apiserver"), "{}", run.out);
    // It may be one that is gone.
    let plan = repository.0.read("cluster.toml");
    let without: Vec<&str> = plan.split("\n\n").filter(|table| !table.contains("[node.node02]")).collect();
    repository.0.write("cluster.toml", &without.join("\n\n"));
    let told = repository.json(&["cluster.toml", "--host", "node02"], 0);
    assert_eq!(told["units"][0]["change"], "removed");
}

#[test]
fn widths() {
    let repository = much();
    let wide = |columns: &str, arguments: &[&str]| {
        let arguments = [&["diff", "cluster.toml", "--at", AT], arguments].concat();
        repository.0.run_with(&arguments, &[("COLUMNS", columns)]).out
    };
    for (columns, most) in [("60", 60), ("100", 100), ("160", 160), ("20", 60), ("1000", 160), ("wide", 100)]
    {
        for more in [&[][..], &["--only", "impact"], &["--host", "master01"]] {
            let text = wide(columns, more);
            // A command is one line, so that it can be copied.
            let text: String = text
                .lines()
                .filter(|line| !line.starts_with("next: "))
                .map(|line| format!("{line}\n"))
                .collect();
            assert!(width(&text) <= most, "{columns} {more:?}: {}\n{text}", width(&text));
        }
    }
    repository.expect(
        "narrow",
        &repository.0.run_with(&["diff", "cluster.toml", "--at", AT], &[("COLUMNS", "60")]),
    );
    // What was asked for line by line is whole.
    let files = |columns: &str| {
        let text = wide(columns, &["--only", "files"]);
        text.split_once("\nfiles ").unwrap().1.to_owned()
    };
    assert_eq!(files("60"), files("160"));
    assert!(width(&files("60")) > 60);
}

#[test]
fn colours() {
    let repository = renamed_endpoint();
    let lab = &repository.0;
    let plain = repository.diff(&["cluster.toml"]);
    let with = |arguments: &[&str], variable: (&str, &str)| {
        lab.run_with(&[&["diff", "cluster.toml", "--at", AT], arguments].concat(), &[variable])
    };
    // Neither a pipe nor NO_COLOR has colours, but who asks for them gets them.
    assert_eq!(with(&[], ("NO_COLOR", "")), plain);
    assert_eq!(with(&["--color", "never"], ("NO_COLOR", "")), plain);
    let painted = with(&["--color", "always"], ("NO_COLOR", "1")).out;
    assert!(
        painted.contains("\u{1b}[1mcertificates\u{1b}[0m") && painted.contains("\u{1b}[33m"),
        "{painted:?}"
    );
    let bare = painted.split('\u{1b}').enumerate().map(|(at, piece)| match at {
        0 => piece,
        _ => piece.split_once('m').unwrap().1,
    });
    assert_eq!(bare.collect::<String>(), plain.out);
    // In a terminal there are colours, unless NO_COLOR says none.
    let terminal = |variables: &str| {
        let diff = format!("{variables} $PKIPLAN diff cluster.toml --at {AT}");
        let run = lab.shell(&format!("script -qec '{diff}' /dev/null < /dev/null"));
        assert_eq!(run.code, 0, "{run:#?}");
        run.out.contains("\u{1b}[1m")
    };
    assert!(terminal("env -u NO_COLOR"));
    assert!(!terminal("env NO_COLOR=1"));
    for form in ["json", "markdown", "html"] {
        let run = with(&["--color", "always", "--format", form], ("NO_COLOR", ""));
        assert!(run.code == 0 && !run.out.contains('\u{1b}'), "{form}");
    }
}

/// Who reads only the first lines is no mistake.
#[test]
fn closed_pipes() {
    let repository = much();
    for form in ["text", "json", "markdown", "html"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
        command.current_dir(repository.0.path(".")).args([
            "diff",
            "cluster.toml",
            "--exit-code",
            "--format",
            form,
        ]);
        // Where it is slow, a line of progress would stand in a CI system's log.
        command.env_remove("CI");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), &*String::from_utf8_lossy(&output.stderr)),
            (Some(2), ""),
            "{form}"
        );
    }
}

#[test]
fn exit_codes() {
    let repository = committed("ha");
    let lab = &repository.0;
    let code = |arguments: &[&str]| {
        let codes: Vec<i32> = ["text", "json", "markdown", "html"]
            .iter()
            .map(|form| repository.diff(&[&["cluster.toml", "--format", form], arguments].concat()).code)
            .collect();
        assert!(codes.iter().all(|code| *code == codes[0]), "{codes:?}");
        codes[0]
    };
    assert_eq!((code(&[]), code(&["--exit-code"])), (0, 0));
    lab.edit("port = 16443\n", "port = 16444\n");
    assert_eq!((code(&[]), code(&["--exit-code"])), (0, 2));
    for part in PARTS {
        assert_eq!((code(&["--only", part]), code(&["--only", part, "--exit-code"])), (0, 2), "{part}");
    }
    assert_eq!((code(&["nowhere"]), code(&["nowhere", "--exit-code"])), (1, 1));
    lab.edit("[vip.api]", "[vip.ap]");
    assert_eq!((code(&[]), code(&["--exit-code"])), (1, 1));
}

/// What means the same is no change.
#[test]
fn the_same_in_other_words() {
    let repository = committed("ha");
    let lab = &repository.0;
    let plan = lab.read("cluster.toml");
    let same = |text: &str| {
        assert_ne!(text, plan);
        lab.write("cluster.toml", text);
        let run = repository.diff(&["cluster.toml", "--exit-code"]);
        nothing(&run);
    };
    same(&format!("# a comment\n\n\n{plan}"));
    same(&plan.replace(" = ", "   =  ").replace("port   =  16443", "port = 16_443 # haproxy's"));
    same(&plan.replace('\n', "\r\n"));
    same(&plan.replace("interface = \"eth0\"", "\"interface\" = 'eth0'"));
    // Tables in another order, but not nodes.
    let (head, rest) = plan.split_once("[cluster]").unwrap();
    let (cluster, rest) = rest.split_once("[vip.api]").unwrap();
    let (vip, nodes) = rest.split_once("[node.master01]").unwrap();
    same(&format!("{head}[node.master01]{nodes}\n[vip.api]{vip}[cluster]{cluster}"));
    // Keys in another order, and written in other ways.
    same(&plan.replace(
        "port = 16443\nserved-by = \"keepalived-haproxy\"",
        "served-by = \"keepalived-haproxy\"\nport = 16443",
    ));
    same(
        &plan
            .replace("[node.node01]\naddresses", "[node]\nnode01.roles = [\"worker\"]\nnode01.addresses")
            .replacen("104\"]\nroles = [\"worker\"]", "104\"]", 1),
    );
    // What is the default anyway says nothing new of files.
    lab.write("cluster.toml", &plan.replace("run = \"systemd\"\n", ""));
    let told = repository.json(&["cluster.toml", "--exit-code"], 2);
    assert_eq!(told["plan"][0]["lines"], serde_json::json!(["- run = \"systemd\""]));
    assert_eq!(told["units"], serde_json::json!([]));
}

/// The order of nodes is that of lists and of VRRP's priorities: where it changes files, it is told.
#[test]
fn nodes_in_another_order() {
    let repository = committed("ha");
    let lab = &repository.0;
    let plan = lab.read("cluster.toml");
    let swapped = |one: &str, other: &str| {
        let mut tables: Vec<&str> = plan.trim_end().split("\n\n").collect();
        let at =
            |name: &str| tables.iter().position(|table| table.contains(&format!("[node.{name}]"))).unwrap();
        let (one, other) = (at(one), at(other));
        tables.swap(one, other);
        tables.join("\n\n")
    };
    lab.write("cluster.toml", &swapped("node01", "node02"));
    nothing(&repository.diff(&["cluster.toml"]));
    lab.write("cluster.toml", &swapped("master02", "master03"));
    let told = repository.json(&["cluster.toml", "--exit-code"], 2);
    assert_eq!(
        told["plan"],
        serde_json::json!([{
            "table": "node", "change": "changed", "place": "cluster.toml:30",
            "lines": ["order: master02, master03 -> master03, master02"]
        }])
    );
    assert_eq!(told["certificates"], serde_json::json!([]));
    let files = told["units"][0]["files"].as_array().unwrap();
    assert!(files.iter().all(|file| file["because_of"] == serde_json::json!(["node"])), "{files:#?}");
}

/// Each of two edits has what it causes, and nothing of the other.
#[test]
fn causes() {
    let repository = committed("ha");
    let lab = &repository.0;
    // Both have a number of the same network.
    lab.edit("10.111.0.105", "10.111.0.115");
    lab.append(MASTER04);
    let told = repository.json(&["cluster.toml"], 0);
    for unit in told["units"].as_array().unwrap() {
        let expected = if unit["names"] == serde_json::json!(["hosts/node02"]) {
            "node.node02"
        } else {
            "node.master04"
        };
        for file in unit["files"].as_array().unwrap() {
            // Of a host that is told alone, `node.*` is its own table.
            let cause = file["because_of"].to_string().replace("node.*", expected);
            assert_eq!(cause, format!("[\"{expected}\"]"), "{file:#}");
        }
    }
}

/// A name that happens to stand in a changed line is no cause of it.
#[test]
fn causes_are_no_words() {
    let repository = committed("ha");
    let lab = &repository.0;
    lab.edit("10.96.0.0/16", "10.96.0.0/20");
    lab.append("\n[user.range]\norganizations = [\"service-cluster-ip\"]\n");
    let told = repository.json(&["cluster.toml"], 0);
    let units = told["units"].as_array().unwrap();
    let files = units.iter().flat_map(|unit| unit["files"].as_array().unwrap());
    let api: Vec<_> =
        files.filter(|file| file["path"].as_str().unwrap().ends_with("kube-apiserver.service")).collect();
    assert!(!api.is_empty());
    for file in api {
        assert_eq!(file["because_of"], serde_json::json!(["cluster"]), "{file:#}");
    }
}

/// Renames without `was`, whether the lock is decided already or there is none.
#[test]
fn renames_that_are_none() {
    let lab = Lab::bare("ha");
    lab.append("\n[user.alice]\norganizations = [\"operators\"]\n");
    lab.append(
        "\n[pool.more]\nnames = \"more{1..2}\"\nfirst-address = \"10.111.0.121\"\nroles = [\"worker\"]\n",
    );
    let repository = of(lab);
    let lab = &repository.0;
    let lock = || assert_eq!(lab.run(&["lock", "cluster.toml", "--at", AT]).code, 0);
    let told = || -> Vec<String> {
        let told = repository.json(&["cluster.toml", "--only", "impact"], 0);
        let lost = told["risks"].as_array().unwrap().iter().filter(|risk| risk["risk"] == "id-lost");
        lost.map(|risk| risk["message"].as_str().unwrap().to_owned()).collect()
    };
    let expected = [
        "`node.node03` is new at the address of `node.node02`, which was removed: it gets new keys and certificates",
        "`user.alicia` is new and `user.alice` is gone: pkiplan adds one with new keys, and removes the other",
    ];
    let rename = || {
        lab.edit("[node.node02]", "[node.node03]");
        lab.edit("[user.alice]", "[user.alicia]");
    };
    rename();
    assert_eq!(told(), expected, "no lock");
    repository.git(&["checkout", "-q", "cluster.toml"]);
    lock();
    repository.commit("locked");
    rename();
    assert_eq!(told(), expected, "not yet decided");
    lock();
    assert_eq!(told(), expected, "decided");
    // What is only added is no rename, nor is what a pool has gone.
    repository.git(&["checkout", "-q", "."]);
    lab.append(MASTER04);
    assert_eq!(told(), [""; 0]);
    let check = lab.run(&["check", "cluster.toml"]);
    assert!(check.code == 0 && !check.err.contains("decide::renamed"), "{}", check.err);
}

/// A node of a pool has no table of its own: its pool's edit is the cause, also beside other edits.
#[test]
fn what_a_pool_says_causes_what_its_nodes_get() {
    let lab = Lab::bare("ha");
    lab.append(
        "\n[pool.more]\nnames = \"more{1..2}\"\nfirst-address = \"10.111.0.120\"\nroles = [\"worker\"]\n",
    );
    let repository = of(lab);
    repository.0.edit("more{1..2}", "more{1..1}");
    repository.0.append("[pool.more.component.kubelet.flags.set]\nv = \"4\"\n\n[user.zoe]\n");
    let told = repository.json(&["cluster.toml"], 0);
    let units = told["units"].as_array().unwrap();
    for node in ["more1", "more2"] {
        let unit = units.iter().find(|unit| unit.to_string().contains(node)).unwrap();
        let files = unit["files"].as_array().unwrap().iter();
        let causes: Vec<String> = files.map(|file| file["because_of"].to_string()).collect();
        let of_the_pool = causes.iter().all(|cause| cause == "[\"pool.more\"]");
        assert!(!causes.is_empty() && of_the_pool, "{unit:#}");
    }
}
