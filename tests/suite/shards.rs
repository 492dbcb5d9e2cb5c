//! One plan built by several runs: all of them together leave what one build leaves.

use std::fs;

use crate::support::{AT, Lab, State};

/// A lab whose lock holds all decisions, and nothing is made.
fn decided(lab: Lab) -> Lab {
    let run = lab.run(&["lock", "cluster.toml", "--at", AT]);
    assert_eq!(run.code, 0, "{run:#?}");
    lab
}

/// Another machine with the same plan, lock and secrets.
fn machine(of: &Lab) -> Lab {
    let lab = Lab::empty();
    for file in fs::read_dir(of.path(".")).unwrap() {
        let file = file.unwrap();
        if file.path().is_file() {
            fs::copy(file.path(), lab.path(file.file_name().to_str().unwrap())).unwrap();
        }
    }
    lab
}

fn succeeds(lab: &Lab, arguments: &[&str]) -> String {
    let run = lab.run(arguments);
    assert_eq!(run.code, 0, "{arguments:?}: {run:#?}");
    run.out
}

/// One build of everything.
fn build(lab: &Lab) {
    succeeds(lab, &["build", "cluster.toml", "--at", AT]);
}

fn refused(lab: &Lab, arguments: &[&str], why: &str) {
    let run = lab.run(arguments);
    assert_eq!(run.code, 1, "{arguments:?}: {run:#?}");
    // Messages are broken into lines.
    let said: String = run.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(why), "{why}: {run:#?}");
}

/// What counts: trees, certificates, lock.
fn left(lab: &Lab) -> (State, State, String) {
    (lab.state("cluster.trees"), lab.state("cluster.certs"), lab.read("cluster.lock"))
}

#[test]
fn shards_on_several_machines_leave_what_one_build_leaves() {
    for plan in ["ha", "intermediate", "single"] {
        let first = decided(Lab::of(plan));
        let whole = machine(&first);
        build(&whole);
        let (trees, certificates, lock) = left(&whole);
        let mut union = State::new();
        let mut hosts = 0;
        for shard in ["1/3", "2/3", "3/3"] {
            let other = machine(&first);
            succeeds(&other, &["build", "cluster.toml", "--shard", shard, "--at", AT]);
            let piece = format!("cluster.lock.{}", shard.replace('/', "-of-"));
            fs::copy(other.path(&piece), first.path(&piece)).unwrap();
            let made = other.state("cluster.trees");
            hosts += made.keys().filter(|path| path.ends_with(".json")).count();
            // Users and what is applied to the API are with the first.
            assert_eq!(made.contains_key("cluster.json"), shard == "1/3", "{plan} {shard}");
            assert_eq!(other.read("cluster.lock"), first.read("cluster.lock"));
            assert!(!other.path("cluster.certs").exists());
            union.extend(made);
        }
        succeeds(&first, &["lock", "assemble", "cluster.toml"]);
        assert_eq!(hosts, trees.keys().filter(|path| path.ends_with(".json")).count(), "{plan}");
        assert!(union == trees, "{plan}");
        assert!(first.state("cluster.certs") == certificates, "{plan}");
        assert_eq!(first.read("cluster.lock"), lock, "{plan}");
        // A build with that lock has nothing to do, and neither has another assembly.
        succeeds(&whole, &["build", "cluster.toml", "--locked", "--at", AT]);
        let again = succeeds(&first, &["lock", "assemble", "cluster.toml"]);
        assert!(again.contains("unchanged"), "{again}");
    }
}

#[test]
fn shards_in_one_folder_leave_each_other_alone() {
    let lab = decided(Lab::of("ha"));
    let whole = machine(&lab);
    build(&whole);
    for shard in ["2/2", "1/2", "2/2"] {
        succeeds(&lab, &["build", "cluster.toml", "--shard", shard, "--at", AT]);
    }
    succeeds(&lab, &["lock", "assemble", "cluster.toml", "cluster.lock.2-of-2", "cluster.lock.1-of-2"]);
    assert!(left(&lab) == left(&whole));
    // Nothing of a later build is left out because a shard was there before.
    for one in [&lab, &whole] {
        one.append(
            "
[component.kube-proxy]
flags.set = { v = 4 }
",
        );
    }
    build(&lab);
    build(&whole);
    assert!(left(&lab) == left(&whole));
}

const SECRETS: &str = r#"
format = 1

[cluster]
name = "a"
profile = "high-availability"
service-cidrs = ["10.96.0.0/16"]
pod-cidrs = ["10.244.0.0/16"]

[secret.site-a]

[node.m1]
addresses = ["10.0.0.1"]
roles = ["control-plane", "etcd"]

[node.w1]
addresses = ["10.0.0.2"]
roles = ["worker"]
secret = "site-a"
"#;

#[test]
fn a_secret_makes_what_is_its_own() {
    let lab = Lab::written(SECRETS);
    succeeds(&lab, &["secret", "new", "cluster.toml", "--name", "site-a"]);
    let lab = decided(lab);
    let whole = machine(&lab);
    build(&whole);
    let made = |shard: &str| {
        succeeds(&lab, &["build", "cluster.toml", "--shard", shard, "--at", AT]);
        let mut units = lab.units();
        units.sort();
        units.join(" ")
    };
    refused(
        &lab,
        &["build", "cluster.toml", "--shard", "secret:site-b", "--at", AT],
        "no host and no user has keys from `secret:site-b`; did you mean `secret:site-a`?",
    );
    assert_eq!(made("secret:site-a"), "hosts/w1");
    refused(&lab, &["lock", "assemble", "cluster.toml"], "there is no piece of shard secret:default");
    assert_eq!(made("secret:default"), "cluster hosts/m1 hosts/w1 users/admin users/super-admin");
    succeeds(&lab, &["lock", "assemble", "cluster.toml"]);
    assert!(left(&lab) == left(&whole));
}

#[test]
fn pieces_that_do_not_belong_together_are_refused() {
    let lab = decided(Lab::of("single"));
    let before = lab.read("cluster.lock");
    let assemble = ["lock", "assemble", "cluster.toml"];
    refused(&lab, &assemble, "there is no piece next to cluster.lock");
    succeeds(&lab, &["build", "cluster.toml", "--shard", "1/2", "--at", AT]);
    refused(&lab, &assemble, "there is no piece of shard 2/2");
    succeeds(&lab, &["build", "cluster.toml", "--shard", "2/2", "--at", AT]);
    succeeds(&lab, &["build", "cluster.toml", "--shard", "1/3", "--at", AT]);
    refused(&lab, &assemble, "cluster.lock.1-of-3 is for shard 1/3, which does not fit the other pieces");
    lab.remove("cluster.lock.1-of-3");
    fs::copy(lab.path("cluster.lock.1-of-2"), lab.path("cluster.lock.3-of-3")).unwrap();
    refused(&lab, &assemble, "are both for shard 1/2");
    lab.remove("cluster.lock.3-of-3");

    let piece = lab.read("cluster.lock.2-of-2");
    let line = piece.lines().find(|line| line.starts_with("\"node.solo/kubelet-client\"")).unwrap();
    let (pieces, needed) = (lab.read("cluster.lock.2-of-2"), line.to_owned());
    lab.write("cluster.lock.2-of-2", &pieces.replace(&format!("{needed}\n"), ""));
    let run = machine(&lab).run(&assemble);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.err.contains("no piece has the fingerprint of `node.solo/kubelet-client`"), "{run:#?}");
    lab.write("cluster.lock.2-of-2", &pieces);
    let other = format!(
        "{}{}\"",
        &line[..line.len() - 9],
        if line.ends_with("00000000\"") { "11111111" } else { "00000000" }
    );
    lab.write("cluster.lock.2-of-2", &piece.replace(line, &other));
    let first = lab.read("cluster.lock.1-of-2");
    lab.write(
        "cluster.lock.1-of-2",
        &first.replace("[certificates]\n", &format!("[certificates]\n{line}\n")),
    );
    refused(&lab, &assemble, "has a different certificate `node.solo/kubelet-client`");
    lab.write("cluster.lock.1-of-2", &first);
    // An authority's certificate comes from a piece, which anybody may have written.
    let name = first.lines().find_map(|line| line.split_once(" = \"-----BEGIN")).unwrap().0;
    for (from, to) in [(name, "\"../../x.crt\""), ("MII", "MIJ")] {
        assert!(first.contains(from), "{from}");
        lab.write("cluster.lock.1-of-2", &first.replacen(from, to, 1));
        refused(&lab, &assemble, "that the plan's authorities do not have");
    }
    lab.write("cluster.lock.1-of-2", &first);
    // Other files beside the lock are none of its pieces.
    lab.write("cluster.lock.one-of-mine", "x");
    lab.write("cluster.lock.2-of-2", "format = 1\n");
    refused(&lab, &assemble, "cluster.lock.2-of-2 is not a piece of a lock");
    lab.write("cluster.lock.2-of-2", &piece);

    lab.append("\n[component.kube-proxy]\nflags.set = { v = 4 }\n");
    refused(&lab, &assemble, "was made from another plan");
    assert_eq!(lab.read("cluster.lock"), before);
}

#[test]
fn a_shard_decides_nothing_and_makes_no_secret() {
    let lab = Lab::of("single");
    refused(
        &lab,
        &["build", "cluster.toml", "--shard", "1/2", "--at", AT],
        "the lock does not have all decisions",
    );
    lab.remove("cluster.lock");
    lab.remove("cluster.secret");
    refused(
        &lab,
        &["build", "cluster.toml", "--shard", "1/2", "--at", AT],
        "a build with --shard creates no secret",
    );
    assert!(!lab.path("cluster.secret").exists() && !lab.path("cluster.lock").exists());
    let run = lab.run_with(&["build", "cluster.toml", "--shard", "auto/2"], &[("JOB_COMPLETION_INDEX", "7")]);
    assert_eq!(
        (run.code, run.err.contains("JOB_COMPLETION_INDEX is not one of 2 runs")),
        (1, true),
        "{run:#?}"
    );
    let run = lab.run(&["build", "cluster.toml", "--shard", "3/2", "--at", AT]);
    assert_eq!((run.code, run.err.contains("`3/2` is not a shard")), (1, true), "{run:#?}");
}
