//! `src/report/diff/schema.json` says what `--format json` gives, no more and no less: it is made of the types that are
//! written (`suite/schemas.rs`).

use std::path::PathBuf;

use serde_json::Value;

use super::{committed, renamed_endpoint};
use crate::support::Lab;
use crate::support::repository::Repository;
use crate::support::schema::{complaints, of_schema};

/// Outputs of many kinds, each in a file.
fn outputs() -> (Lab, Vec<PathBuf>) {
    let to = Lab::empty();
    let mut files = Vec::new();
    let mut tell = |repository: &Repository, arguments: &[&str]| {
        let run = repository.diff(&[arguments, &["--format", "json"]].concat());
        let name = format!("{}.json", files.len());
        to.write(&name, &run.out);
        files.push(to.path(&name));
    };
    let repository = renamed_endpoint();
    tell(&repository, &["cluster.toml"]);
    for part in ["certificates", "files", "impact"] {
        tell(&repository, &["cluster.toml", "--only", part]);
    }
    tell(&repository, &["cluster.toml", "--host", "master01"]);
    let lab = &repository.0;
    repository.commit("a name");
    tell(&repository, &["cluster.toml"]);
    lab.edit("run = \"systemd\"\n", "run = \"static-pod\"\n");
    lab.edit("1.36.2", "1.35.4");
    lab.edit("10.96.0.0/16", "10.96.0.0/12");
    tell(&repository, &["cluster.toml"]);
    lab.append("\n[authority.kubernetes]\ngenerations = { use = 2, trust = [2] }\n[user.alice]\norganizations = [\"system:masters\"]\n");
    tell(&repository, &["cluster.toml"]);
    lab.write("cluster.toml", &lab.read("cluster.toml").replace("master01", "control01"));
    tell(&repository, &["cluster.toml"]);
    lab.write("second.toml", include_str!("../../../plans/node-proxy.toml"));
    tell(&repository, &["second.toml"]);
    tell(&repository, &["second.toml", "cluster.toml"]);
    lab.edit("\"vip.api\"", "\"vip.ap\"");
    tell(&repository, &["cluster.toml"]);
    (to, files)
}

#[test]
fn outputs_are_as_it_says() {
    assert_eq!(of_schema("diff"), None);
    let (_lab, files) = outputs();
    let bad: Vec<String> = files
        .iter()
        .filter(|file| std::fs::metadata(file).unwrap().len() < 20)
        .map(|file| file.display().to_string())
        .collect();
    assert_eq!(bad, [""; 0], "nothing was said");
    assert_eq!(complaints("diff", &files), None);
}

/// It refuses what is not so.
#[test]
fn it_is_strict() {
    let repository = committed("single");
    repository.0.edit("10.244.0.0/16", "10.245.0.0/16");
    let told = repository.json(&["cluster.toml"], 0);
    let file = repository.0.path("told.json");
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut told = told.clone();
        change(&mut told);
        std::fs::write(&file, told.to_string()).unwrap();
        complaints("diff", std::slice::from_ref(&file)).is_some()
    };
    assert!(!wrong(&|_| {}));
    assert!(wrong(&|told| told["format"] = 2.into()));
    assert!(wrong(&|told| told["more"] = 2.into()));
    assert!(wrong(&|told| told["plan"][0]["change"] = "edited".into()));
    assert!(wrong(&|told| told["units"][0]["names"][0] = "solo".into()));
    assert!(wrong(&|told| told["units"][0]["files"][0]["lines"][0]["kind"] = "words".into()));
    assert!(wrong(&|told| _ = told["waves"][0]["steps"][0].as_object_mut().unwrap().remove("hosts")));
}
