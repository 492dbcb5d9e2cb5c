//! `report`: where its page goes, and what it says of a plan.

use std::collections::BTreeSet;
use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::support::{AT, Lab, Run};

fn written(lab: &Lab, file: &str) -> Run {
    lab.run(&["report", "cluster.toml", "--at", AT, "--output", file])
}

/// What lies there, links as links.
fn lies(lab: &Lab, file: &str) -> Option<Vec<u8>> {
    let path = lab.path(file);
    let kind = path.symlink_metadata().ok()?.file_type();
    kind.is_file().then(|| std::fs::read(path).unwrap())
}

#[test]
fn a_page_replaces_pages_alone() {
    let lab = Lab::built("single");
    let certificate = "cluster.certs/authority.kubernetes-1.crt";
    lab.write("empty.html", "");
    lab.write("notes.html", "<!doctype htm");
    symlink("page.html", lab.path("link.html")).unwrap();
    symlink("cluster.secret", lab.path("secret.html")).unwrap();
    assert_eq!(lab.shell("mkfifo pipe.html").code, 0);
    let taken = [
        "cluster.toml",
        "cluster.lock",
        "cluster.secret",
        certificate,
        "empty.html",
        "notes.html",
        "link.html",
        "secret.html",
        "pipe.html",
        "cluster.trees",
    ];
    lab.write("page.html", "<!doctype html>\n<p>older</p>\n");
    for file in taken {
        let (before, state) = (lies(&lab, file), lab.state("cluster.trees"));
        let run = written(&lab, file);
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{file}: {run:#?}");
        let said = format!("`{file}` exists and pkiplan did not write it, so it is not replaced");
        assert!(run.err.contains(&said), "{file}: {run:#?}");
        assert_eq!((lies(&lab, file), lab.state("cluster.trees")), (before, state), "{file}");
    }
    assert!(lab.read("page.html").contains("older"));
    // A page is replaced, and what is not there is made; nothing is left beside it.
    let names = || lab.state("").into_keys().collect::<Vec<_>>();
    for file in ["page.html", "fresh.html", "fresh.html"] {
        let run = written(&lab, file);
        assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""), "{file}: {run:#?}");
        let page = lab.read(file);
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{file}");
        assert!(!names().iter().any(|name| name.contains(".new")), "{:?}", names());
    }
    // The advice of a build is none for a page.
    let run = written(&lab, "nowhere/page.html");
    assert!(run.code == 1 && run.err.starts_with("error: cannot open `nowhere`: "), "{run:#?}");
    assert!(!run.err.contains("build"), "{run:#?}");
}

#[test]
fn a_page_is_no_json() {
    let lab = Lab::bare("single");
    let run = lab.run(&["report", "cluster.toml", "--format", "json"]);
    let answer: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}"));
    assert!(run.code == 1 && answer["error"].as_str().unwrap().contains("`report` only prints a page"));
}

/// What the page of a plan holds.
fn data(lab: &Lab, arguments: &[&str]) -> Value {
    let run = lab.run(&[&["report", "cluster.toml"], arguments].concat());
    assert_eq!(run.code, 0, "{run:#?}");
    let (_, data) = run.out.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap()
}

/// A VIP may be called as a node is; who connects to which of them does not depend on what they are called.
#[test]
fn a_vip_is_not_taken_for_a_node_of_its_name() {
    let lab = Lab::bare("ha");
    let expected = data(&lab, &["--at", AT]);
    lab.edit("[vip.api]", "[vip.master01]");
    lab.edit("endpoint = \"vip.api\"", "endpoint = \"vip.master01\"");
    let found = data(&lab, &["--at", AT]);
    assert!(found["edges"].as_array().unwrap().iter().any(|edge| edge["to"]["vip"] == 0), "{found}");
    assert_eq!(found["edges"], expected["edges"]);
}

/// A host may be called as a folder is: the paths of the others, with which it shares its list, are theirs all the same.
#[test]
fn hosts_of_one_kind_have_their_own_paths() {
    let lab = Lab::of("ha");
    lab.edit("[node.master01]", "[node.pki]");
    lab.edit("[node.master02]", "[node.etcd]");
    lab.build();
    let data = data(&lab, &["--at", AT]);
    let hosts = data["hosts"].as_array().unwrap();
    assert!(data["kinds"].as_array().unwrap().len() < hosts.len(), "{data}");
    for host in hosts {
        let (name, address) = (host["n"].as_str().unwrap(), host["a"][0].as_str().unwrap());
        let fill = |text: &Value| text.as_str().unwrap().replace("{n}", name).replace("{0}", address);
        let kind = &data["kinds"][usize::try_from(host["k"].as_u64().unwrap()).unwrap()];
        let files = &data["files"][usize::try_from(kind["files"].as_u64().unwrap()).unwrap()];
        let paths: BTreeSet<String> = files.as_array().unwrap().iter().map(|file| fill(&file[0])).collect();
        let whats: Vec<String> = files.as_array().unwrap().iter().map(|file| fill(&file[2])).collect();
        for (path, (_, bytes)) in lab.state(&format!("cluster.trees/hosts/{name}")) {
            assert!(bytes.is_none() || paths.contains(&format!("/{path}")), "{name}: {path}: {paths:#?}");
        }
        let serving = format!("node.{name}/kubelet-serving");
        assert!(whats.iter().any(|what| what.contains(&serving)), "{name}: {whats:#?}");
    }
}

/// Dates of the lock are not shown beside what the next build makes anew.
#[test]
fn what_is_reissued_has_no_dates_yet() {
    let lab = Lab::built("single");
    let serving = |lab: &Lab| {
        let data = data(lab, &["--at", AT]);
        let all =
            data["words"].as_array().unwrap().iter().flat_map(|words| words.as_array().unwrap().clone());
        let all: Vec<Value> = all.chain(data["others"].as_array().unwrap().clone()).collect();
        let of = |part: &str| all.iter().find(|one| one["id"].as_str().unwrap().contains(part)).cloned();
        (of("/kube-apiserver-serving").unwrap(), of("authority.kubernetes").unwrap())
    };
    let (before, authority) = serving(&lab);
    assert!(before["until"].is_number() && before["reissued"].is_null(), "{before}");
    lab.edit("addresses = [\"10.112.0.11\"]", "addresses = [\"10.112.0.12\"]");
    let (after, same) = serving(&lab);
    assert!(after["until"].is_null() && after["from"].is_null() && after["reissued"] == true, "{after}");
    assert_eq!(same, authority);
    assert!(same["until"].is_number(), "{same}");
}
