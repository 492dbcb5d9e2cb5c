//! What has reached the hosts: the steps of a rotation wait for it.

use crate::support::{AT, Lab, Run};

const AUTHORITY: &str = "authority.kubernetes";

/// A plan that is built and rolled out to all hosts, and whose rotations are appended.
struct Cluster {
    lab: Lab,
    plan: String,
}

impl Cluster {
    fn new() -> Self {
        let lab = Lab::built("ha");
        let plan = lab.read("cluster.toml");
        let cluster = Self { lab, plan };
        cluster.rolled_out(&[]);
        cluster
    }

    fn rolled_out(&self, hosts: &[&str]) {
        let run = self.lab.run(&[&["applied", "cluster.toml"], hosts, &["--at", AT]].concat());
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    }

    /// What the plan says beside what it said first.
    fn say(&self, more: &str) {
        self.lab.write("cluster.toml", &format!("{}\n{more}\n", self.plan));
    }

    fn generations(&self, id: &str, generations: &str, more: &str) {
        self.say(&format!("[{id}]\ngenerations = {{ {generations} }}\n{more}"));
    }

    fn lock(&self) -> Run {
        let check = self.lab.run(&["check", "cluster.toml"]);
        let lock = self.lab.run(&["lock", "cluster.toml", "--at", AT]);
        assert_eq!(check.code, lock.code, "check says what lock says: {check:#?} {lock:#?}");
        lock
    }

    fn locked(&self) {
        let run = self.lock();
        assert_eq!(run.code, 0, "{run:#?}");
    }

    /// Refused, with these words.
    fn refused(&self, words: &[&str]) {
        let run = self.lock();
        let said = run.err.replace("│", "").split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(run.code, 1, "{said}");
        for word in words {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
}

#[test]
fn a_step_waits_for_every_host() {
    let cluster = Cluster::new();
    cluster.generations(AUTHORITY, "use = 1, trust = [1, 2]", "");
    cluster.locked();
    let use_it = "use = 2, trust = [1, 2]";
    cluster.generations(AUTHORITY, use_it, "");
    cluster.refused(&["decide::early-use", "generation 2, which `master01`", "pkiplan applied"]);
    // A host has what was locked last: the step before.
    cluster.rolled_out(&["master01", "master02", "master03", "node01"]);
    cluster.refused(&["decide::early-use", "generation 2, which `node02` does not accept yet"]);
    cluster.rolled_out(&["node02"]);
    cluster.locked();
    let lab = &cluster.lab;
    for end in ["toml", "lock"] {
        lab.write(&format!("before.{end}"), &lab.read(&format!("cluster.{end}")));
    }
    let drop_it = "use = 2, trust = [2]";
    cluster.generations(AUTHORITY, drop_it, "");
    cluster.refused(&["decide::early-drop", "`master01`, `master02`", "still"]);
    cluster.rolled_out(&[]);
    // Users hold kubeconfigs, which no tree knows.
    cluster.refused(&["decide::early-drop", "nobody has confirmed", "\"authority.kubernetes/1\""]);
    // What to look at is listed by the comparison with the step before.
    let listed = lab.run(&["diff", "cluster.toml", "before.toml", "--at", AT]);
    assert!(listed.out.contains("true before this commit is rolled out:"), "{listed:#?}");
    assert!(listed.out.contains("no certificate request is pending: `kubectl get csr`"), "{listed:#?}");
    let confirmed = "[confirmed]\n\"authority.kubernetes/1\" = \"2026-01-03 alice\"\n";
    cluster.generations(AUTHORITY, drop_it, confirmed);
    cluster.locked();
    // It may stay.
    cluster.locked();
}

/// What the lock refuses is not refused again by what has reached the hosts.
#[test]
fn one_mistake_is_one_message() {
    let cluster = Cluster::new();
    for (id, generations, messages) in [
        (AUTHORITY, "use = 2, trust = [1, 2]", 1),
        ("keyring.service-account", "use = 2, trust = [2]", 1),
        ("keyring.encryption", "use = \"identity\", trust = [\"identity\"]", 1),
    ] {
        cluster.generations(id, generations, "");
        let run = cluster.lock();
        assert_eq!((run.code, run.err.matches(" × ").count()), (1, messages), "{id}: {}", run.err);
    }
}

/// A generation that was never used holds nothing up.
#[test]
fn a_first_step_is_taken_back_without_asking_anybody() {
    let cluster = Cluster::new();
    for generations in ["use = 1, trust = [1, 2]", "use = 1, trust = [1]"] {
        cluster.generations(AUTHORITY, generations, "");
        cluster.locked();
        cluster.rolled_out(&[]);
    }
}

#[test]
fn a_plan_without_nodes_has_no_host() {
    let lab = Lab::written("format = 1\n[authority.root]\n");
    lab.build();
    let run = lab.run(&["applied", "cluster.toml", "--at", AT]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("the plan has no node") && !lab.path("cluster.applied").exists(), "{}", run.err);
}

/// Nobody but hosts holds what etcd's authority has issued.
#[test]
fn what_only_hosts_hold_needs_no_confirmation() {
    let cluster = Cluster::new();
    for generations in ["use = 1, trust = [1, 2]", "use = 2, trust = [1, 2]", "use = 2, trust = [2]"] {
        cluster.generations("authority.etcd", generations, "");
        cluster.locked();
        cluster.rolled_out(&[]);
    }
}

#[test]
fn encryption_waits_for_every_host_too() {
    let cluster = Cluster::new();
    let id = "keyring.encryption";
    cluster.generations(id, "use = 1, trust = [\"identity\", 1, 2]", "");
    cluster.locked();
    cluster.generations(id, "use = 2, trust = [\"identity\", 1, 2]", "");
    cluster.refused(&["decide::early-use", "generation 2"]);
    cluster.rolled_out(&[]);
    cluster.locked();
    cluster.rolled_out(&[]);
    cluster.generations(id, "use = 2, trust = [\"identity\", 2]", "");
    cluster.refused(&["decide::early-drop", "nobody has confirmed", "keyring.encryption/1"]);
    let confirmed = "[confirmed]\n\"keyring.encryption/1\" = \"alice\"\n";
    cluster.generations(id, "use = 2, trust = [\"identity\", 2]", confirmed);
    cluster.locked();
    cluster.rolled_out(&[]);
    cluster.generations(id, "use = 2, trust = [2]", confirmed);
    cluster.refused(&["decide::early-drop", "keyring.encryption/identity"]);
    let confirmed = format!("{confirmed}\"keyring.encryption/identity\" = \"bob\"\n");
    cluster.generations(id, "use = 2, trust = [2]", &confirmed);
    cluster.locked();
}

/// Without the file a commit counts as a rollout, as it always did.
#[test]
fn without_the_file_commits_count() {
    let cluster = Cluster::new();
    std::fs::remove_file(cluster.lab.path("cluster.applied")).unwrap();
    for generations in ["use = 1, trust = [1, 2]", "use = 2, trust = [1, 2]", "use = 2, trust = [2]"] {
        cluster.generations(AUTHORITY, generations, "");
        cluster.locked();
    }
}

#[test]
fn a_key_that_others_know_is_given_up_at_once() {
    let cluster = Cluster::new();
    cluster.generations(AUTHORITY, "use = 2, trust = [2]", "");
    let run =
        cluster.lab.run(&["lock", "cluster.toml", "--drop-trust", "authority.kubernetes/1", "--at", AT]);
    assert_eq!(run.code, 0, "{run:#?}");
}

#[test]
fn nothing_is_confirmed_in_advance() {
    let cluster = Cluster::new();
    for (name, why) in [
        ("authority.kubernetes/1", "the plan still trusts it"),
        ("authority.kubernetes/7", "the lock knows no such generation"),
        ("authority.nobody/1", "the plan has no `authority.nobody`"),
        ("keyring.encryption/identity", "the plan still reads plain text"),
        ("authority.kubernetes", "it names no generation"),
    ] {
        cluster.say(&format!("[confirmed]\n\"{name}\" = \"alice\"\n"));
        cluster.refused(&["decide::nothing-to-confirm", why]);
    }
    cluster.say("[confirmed]\n\"authority.kubernetes/1\" = \"\"\n");
    cluster.refused(&["resolve::bad-value", "nobody has confirmed"]);
}

/// A host that nothing reaches holds nobody up, and is told of before it returns.
#[test]
fn a_host_that_is_away() {
    let cluster = Cluster::new();
    let lab = &cluster.lab;
    let away = cluster.plan.replace("[node.node02]\n", "[node.node02]\naway = \"in repair\"\n");
    assert_ne!(away, cluster.plan);
    let cluster = Cluster { lab: Lab::of("ha"), plan: away };
    for file in ["cluster.lock", "cluster.applied", "cluster.secret"] {
        std::fs::copy(lab.path(file), cluster.lab.path(file)).unwrap();
    }
    let others = ["master01", "master02", "master03", "node01"];
    cluster.generations(AUTHORITY, "use = 1, trust = [1, 2]", "");
    cluster.locked();
    cluster.rolled_out(&others);
    cluster.generations(AUTHORITY, "use = 2, trust = [1, 2]", "");
    let run = cluster.lock();
    let said = run.err.replace("│", "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(said.contains("decide::left-behind") && said.contains("`node02` is away (in repair)"), "{said}");
}

#[test]
fn only_what_was_written_here_is_read() {
    let cluster = Cluster::new();
    let lab = &cluster.lab;
    let text = lab.read("cluster.applied");
    for (other, why) in [
        ("top-secret = 1\n".to_owned(), "`pkiplan applied` did not write"),
        (text.replace("format = 1", "format = 2"), "its format is 2"),
        (text.replace("use = 1", "use = \"x\""), "applied::invalid"),
        (text.replace("trust = [1]", "trust = [1, 1]"), "do not go together"),
        (text.replace("at = \"2026", "at = \"26"), "applied::invalid"),
        (text.replace("[hosts]", "[other]"), "applied::invalid"),
    ] {
        assert_ne!(other, text);
        lab.write("cluster.applied", &other);
        let run = lab.run(&["check", "cluster.toml"]);
        assert_eq!(run.code, 1, "{why}");
        assert!(run.err.contains(why) && !run.err.contains("top-secret"), "{why}: {}", run.err);
    }
    let run = lab.run(&["applied", "cluster.toml", "master1"]);
    assert_eq!(run.code, 1);
}

#[test]
fn who_is_no_host_is_refused() {
    let cluster = Cluster::new();
    let run = cluster.lab.run(&["applied", "cluster.toml", "mastr01"]);
    assert_eq!(run.code, 1);
    assert!(
        run.err.contains("the plan has no node `mastr01`") && run.err.contains("master01"),
        "{}",
        run.err
    );
}
