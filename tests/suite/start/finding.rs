//! The plan that nobody names.

use crate::support::{AT, EPOCH, Lab};

const BOTH: &str = "error: there are two plans in the current directory: name the one you mean, pkiplan.toml or cluster.toml\n";

/// Whether a command does the same with the plan's name and without.
fn is_same(lab: &Lab, named: &[&str], unnamed: &[&str]) {
    let clock = [("SOURCE_DATE_EPOCH", EPOCH)];
    let lock = lab.read("cluster.lock");
    let with = lab.run_with(named, &clock);
    lab.write("cluster.lock", &lock);
    assert!(with.code < 3 && !with.err.contains("error:"), "{named:?}: {with:#?}");
    assert_eq!(lab.run_with(unnamed, &clock), with, "{unnamed:?}");
    lab.write("cluster.lock", &lock);
}

#[test]
fn every_command_finds_the_plan_of_its_folder() {
    let lab = Lab::built("single");
    for (named, unnamed) in [
        ("check cluster.toml", "check"),
        ("build cluster.toml", "build"),
        ("build cluster.toml", "build ."),
        ("lock cluster.toml --check", "lock --check"),
        ("graph cluster.toml", "graph"),
        ("status cluster.toml", "status"),
        ("verify cluster.toml", "verify"),
        ("show cluster.toml", "show"),
        ("show cluster.toml node solo", "show node solo"),
        ("show cluster.toml certificate user.admin", "show certificate user.admin"),
        ("applied cluster.toml solo", "applied solo"),
        ("applied cluster.toml", "applied ."),
        ("renew cluster.toml user.admin", "renew user.admin"),
        ("renew cluster.toml user.admin user.super-admin", "renew user.admin user.super-admin"),
        ("diff cluster.toml cluster.trees", "diff cluster.trees"),
        ("secret share cluster.secret --plan cluster.toml", "secret share cluster.secret"),
        ("lint cluster.certs --plan cluster.toml", "lint cluster.certs --plan ."),
    ] {
        let words = |text: &'static str| text.split(' ').collect::<Vec<_>>();
        is_same(&lab, &words(named), &words(unnamed));
    }
}

#[test]
fn a_base_alone_is_no_plan() {
    let lab = Lab::built("single");
    let commit = "git init -q . && git add cluster.toml cluster.lock && git -c user.name=a -c user.email=a@b commit -qm a";
    assert_eq!(lab.shell(commit).code, 0);
    is_same(&lab, &["diff", "cluster.toml", "HEAD"], &["diff", "HEAD"]);
    is_same(&lab, &["diff", "cluster.toml"], &["diff"]);
    // One word that is a plan is the plan, not the base.
    lab.write("other.toml", &lab.read("cluster.toml"));
    let run = lab.run(&["diff", "other.toml"]);
    assert!(run.out.contains("HEAD") && run.out.contains("no such plan"), "{run:#?}");
}

#[test]
fn who_joins_has_to_be_named() {
    let lab = Lab::bare("single");
    let run = lab.run(&["join", "cluster.toml"]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (1, "error: name the joining node: `pkiplan join cluster.toml NODE`\n")
    );
    // The node alone is enough, and this plan lets nobody join.
    let run = lab.run(&["join", "solo"]);
    assert!(
        run.err.contains("the plan has no `[bootstrap]` table, so no node can join with a token"),
        "{run:#?}"
    );
}

#[test]
fn the_other_name_counts_too_but_not_both() {
    let lab = Lab::bare("single");
    lab.write("pkiplan.toml", &lab.read("cluster.toml"));
    for command in
        [&["check"][..], &["build"], &["renew", "user.admin"], &["diff", "HEAD"], &["secret", "new"]]
    {
        let run = lab.run(command);
        assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (1, "", BOTH), "{command:?}");
    }
    // Whoever asks what a code means, or what the schema is, needs no plan.
    for command in
        [&["check", "--explain", "read::unknown-key"][..], &["verify", "--schema"], &["diff", "--schema"]]
    {
        assert_eq!(lab.run(command).code, 0, "{command:?}");
    }
    lab.remove("cluster.toml");
    let run = lab.run(&["build", "--at", AT]);
    assert!(run.code == 0 && run.out.contains("pkiplan.trees"), "{run:#?}");
}

#[test]
fn a_folder_stands_for_its_plan() {
    let lab = Lab::empty();
    std::fs::create_dir(lab.path("prod")).unwrap();
    lab.write("prod/cluster.toml", &Lab::bare("single").read("cluster.toml"));
    let run = lab.run(&["build", "prod", "--at", AT]);
    assert!(run.code == 0 && lab.path("prod/cluster.trees").is_dir(), "{run:#?}");
    std::fs::create_dir(lab.path("empty")).unwrap();
    let said = |arguments: &[&str]| lab.run(arguments).err;
    assert_eq!(
        said(&["build", "empty"]),
        "error: there is no plan in empty, neither `pkiplan.toml` nor `cluster.toml`; name a plan, or write one with `pkiplan init empty`\n"
    );
    assert_eq!(
        said(&["build"]),
        "error: there is no plan in the current directory, neither `pkiplan.toml` nor `cluster.toml`; name a plan, or write one with `pkiplan init`\n"
    );
    lab.write("staging.toml", "");
    assert!(said(&["check"]).ends_with("name the plan, for example staging.toml\n"), "{}", said(&["check"]));
}
