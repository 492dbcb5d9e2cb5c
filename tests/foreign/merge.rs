//! Two branches, two locks, one merge: what git makes of them with `pkiplan lock merge` as its driver.

use std::fs;
use std::process::Command;

use crate::support::repository::Repository;
use crate::support::snapshot::compare;
use crate::support::{Lab, Run};

const CHECK: [&str; 3] = ["lock", "cluster.toml", "--check"];
const FIRST: &str = "2026-02-01T00:00:00Z";
const SECOND: &str = "2026-03-01T00:00:00Z";
const MERGED: &str = "2026-04-01T00:00:00Z";
const NODE: &str = "[node.node01]";

/// What the branches of these tests do.
impl Repository {
    /// A branch off the first state, with changes of the plan that are built there.
    fn branch(&self, name: &str, at: &str, edits: &[(&str, &str)]) {
        self.git(&["checkout", "-q", "-b", name, "main"]);
        edits.iter().for_each(|(from, to)| self.0.edit(from, to));
        self.built(at);
        self.commit(name);
    }

    fn built(&self, at: &str) -> Run {
        good(self.0.run(&["build", "cluster.toml", "--at", at]))
    }

    /// Merges `second` into `first`; git finds nothing to ask.
    fn merge(&self) -> String {
        self.git(&["checkout", "-q", "first"]);
        self.git(&["merge", "--no-edit", "second"])
    }

    /// Builds, and wants nothing left to be decided and nothing left to be written.
    fn settled(&self) {
        good(self.0.run(&CHECK));
        self.built(MERGED);
        let state = self.0.state(".");
        let again = good(self.0.run(&["build", "cluster.toml", "--locked", "--at", MERGED]));
        assert!(again.out.contains("files        0 written"), "{}", again.out);
        assert_eq!(self.0.state("cluster.trees"), below(&state, "cluster.trees/"));
        assert_eq!(state["cluster.lock"], self.0.state(".")["cluster.lock"]);
    }
}

fn below(state: &crate::support::State, folder: &str) -> crate::support::State {
    let inside = |(path, at): (&String, &(u32, Option<Vec<u8>>))| {
        Some((path.strip_prefix(folder)?.to_owned(), at.clone()))
    };
    state.iter().filter_map(inside).collect()
}

fn good(run: Run) -> Run {
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    run
}

fn node(name: &str, address: &str) -> String {
    format!("[node.{name}]\naddresses = [\"{address}\"]\nroles = [\"worker\"]\n\n")
}

/// The lines of one entry of a lock.
fn entry(lock: &str, header: &str) -> Option<String> {
    let (_, rest) = lock.split_once(&format!("[{header}]\n"))?;
    Some(rest.split("\n\n").next()?.trim_end().to_owned())
}

/// Each branch adds a node: nothing is contested, and what both decided stays as it was decided.
#[test]
fn two_branches_add_a_node_each() {
    let repository = Repository::new(Lab::built("ha"));
    let lab = &repository.0;
    let (one, two) = (node("early", "10.111.0.121"), node("late", "10.111.0.122"));
    repository.branch("first", FIRST, &[("[node.master01]", &format!("{one}[node.master01]"))]);
    let ours = lab.read("cluster.lock");
    repository.branch("second", SECOND, &[(NODE, &format!("{two}{NODE}"))]);
    let theirs = lab.read("cluster.lock");
    let said = repository.merge();
    assert!(said.contains("merged the locks\n"), "{said}");
    let merged = lab.read("cluster.lock");
    for (side, id) in [(&ours, "node.early/kubelet-client"), (&theirs, "node.late/kubelet-client")] {
        let header = format!("certificate.\"{id}\"");
        assert_eq!(entry(&merged, &header), entry(side, &header));
        assert!(entry(&merged, &header).unwrap().contains("sha256 = "));
    }
    repository.settled();
    assert_eq!(lab.read("cluster.lock"), merged);
    assert!(lab.path("cluster.trees/hosts/early").exists() && lab.path("cluster.trees/hosts/late").exists());
}

/// Both change one certificate: what stays is the later decision, and the merged plan decides again.
#[test]
fn two_branches_change_one_certificate() {
    let repository = Repository::new(Lab::built("ha"));
    let lab = &repository.0;
    let name = format!("[component.kube-apiserver]\nnames.add = [\"api.internal\"]\n\n{NODE}");
    repository.branch("first", FIRST, &[(NODE, &name)]);
    repository.branch("second", SECOND, &[("interface", "host = \"k8s.example.com\"\ninterface")]);
    let theirs = lab.read("cluster.lock");
    let said = repository.merge();
    assert!(said.contains("node.master01/kube-apiserver-serving"), "{said}");
    let serving = "certificate.\"node.master01/kube-apiserver-serving\"";
    assert_eq!(entry(&lab.read("cluster.lock"), serving), entry(&theirs, serving));
    compare("decisions/merged.txt", &lab.run(&CHECK).transcript());
    assert_eq!(lab.run(&["build", "cluster.toml", "--locked"]).code, 1);
    good(lab.run(&["lock", "cluster.toml", "--at", MERGED]));
    let words = entry(&lab.read("cluster.lock"), serving).unwrap();
    assert!(words.contains("DNS:api.internal") && words.contains("DNS:k8s.example.com"), "{words}");
    assert!(words.contains("2026-03-31T23:55:00Z"), "{words}");
    repository.settled();
}

/// Whoever gives up a node gives up its keys, whatever the other side decides for it meanwhile.
#[test]
fn a_node_that_one_side_removes_does_not_keep_its_keys() {
    let repository = Repository::new(Lab::built("ha"));
    let lab = &repository.0;
    let gone = "[node.node02]\naddresses = [\"10.111.0.105\"]\nroles = [\"worker\"]";
    repository.branch("first", FIRST, &[(gone, "")]);
    let shorter = "[authority.kubernetes]\nvalidity = { issued = \"600d\" }\n\n[user.super-admin]\nvalidity = \"1y\"\n\n[vip.api]";
    repository.branch("second", SECOND, &[("[vip.api]", shorter)]);
    let key = "cluster.trees/hosts/node02/var/lib/kubelet/pki/kubelet.key";
    let old = lab.read(key);
    repository.merge();
    let merged = lab.read("cluster.lock");
    let grave = entry(&merged, "tombstone.\"node.node02/kubelet-serving\"").unwrap();
    // The end of what the other side issued last.
    assert_eq!(grave, "generation = 1\nnot-after = \"2027-10-22T00:00:00Z\"");
    assert_eq!(entry(&merged, "certificate.\"node.node02/kubelet-serving\""), None);
    repository.settled();
    lab.append(&format!("\n{gone}\n"));
    repository.built(MERGED);
    assert_ne!(lab.read(key), old);
    assert!(
        entry(&lab.read("cluster.lock"), "certificate.\"node.node02/kubelet-serving\"")
            .unwrap()
            .contains("ecdsa-p256 2")
    );
}

/// An issuer that one side renamed signs anew what the other side added: an old fingerprint would stop the
/// build.
#[test]
fn a_renamed_issuer_signs_what_the_other_side_added() {
    let repository = Repository::new(Lab::built("ha"));
    let lab = &repository.0;
    let renamed = "[authority.kubernetes]\ncommon-name = \"new\"\n\n[vip.api]";
    repository.git(&["checkout", "-q", "-b", "first", "main"]);
    lab.edit("[vip.api]", renamed);
    good(lab.run(&["build", "cluster.toml", "--at", FIRST, "--drop-trust", "authority.kubernetes/1"]));
    repository.commit("first");
    let two = node("late", "10.111.0.122");
    repository.branch("second", SECOND, &[(NODE, &format!("{two}{NODE}"))]);
    repository.merge();
    repository.settled();
    let certificate = lab.path("cluster.trees/hosts/late/var/lib/kubelet/pki/kubelet.crt");
    let ca = lab.path("cluster.trees/hosts/late/etc/kubernetes/pki/ca.crt");
    let verified = Command::new("openssl")
        .args(["verify", "-attime", "1775000000", "-CAfile"])
        .args([&ca, &certificate])
        .output()
        .unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

/// What only a person can decide stays a conflict, and our lock as it was.
#[test]
fn conflicts_are_left_to_people() {
    let lab = Lab::built("single");
    let ours = lab.read("cluster.lock");
    lab.write("base", "");
    let identity = ours.split("identity = \"").nth(1).unwrap().split('"').next().unwrap();
    let cases = [
        ("other-lock", ours.replace("00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100")),
        ("other-secret", ours.replace(identity, &"5".repeat(16))),
        ("torn", ours[..ours.len() / 2].to_owned()),
    ];
    for (name, theirs) in cases {
        lab.write("theirs", &theirs);
        let run = lab.run(&["lock", "merge", "base", "cluster.lock", "theirs"]);
        compare(&format!("decisions/merge-{name}.txt"), &run.transcript());
        assert_eq!((run.code, lab.read("cluster.lock")), (1, ours.clone()), "{name}");
    }
    lab.write("theirs", &ours);
    let run = lab.run(&["lock", "merge", "nowhere", "cluster.lock", "theirs"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("nowhere"), "{}", run.err);
}

/// By hand, a plan decides at once.
#[test]
fn a_plan_decides_again_at_once() {
    let lab = Lab::built("single");
    fs::copy(lab.path("cluster.lock"), lab.path("base")).unwrap();
    lab.edit("profile = ", "domain = \"k8s.local\"\nprofile = ");
    good(lab.run(&["lock", "cluster.toml", "--at", FIRST]));
    fs::copy(lab.path("cluster.lock"), lab.path("theirs")).unwrap();
    lab.edit("k8s.local", "other.local");
    fs::copy(lab.path("base"), lab.path("cluster.lock")).unwrap();
    good(lab.run(&["lock", "cluster.toml", "--at", SECOND]));
    let merge = ["lock", "merge", "base", "cluster.lock", "theirs", "--plan", "cluster.toml", "--at", MERGED];
    compare("decisions/merge-plan.txt", &good(lab.run(&merge)).transcript());
    good(lab.run(&CHECK));
    let elsewhere = lab.run(&["lock", "merge", "base", "theirs", "base", "--plan", "cluster.toml"]);
    assert_eq!(elsewhere.code, 1);
    assert!(elsewhere.err.contains("cluster.lock"), "{}", elsewhere.err);
    assert_eq!(lab.run(&["build", "cluster.toml", "--locked", "--at", MERGED]).code, 0);
}
