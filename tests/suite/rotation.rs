//! Rotations through the front door: which steps a build takes, which it refuses, and what it leaves.

use crate::support::{AT, Lab};

const RINGS: &str = "
[authority.kubernetes]
generations = { use = 1, trust = [1] }

[authority.etcd]
generations = { use = 1, trust = [1] }

[keyring.service-account]
generations = { use = 1, trust = [1] }

[keyring.encryption]
generations = { use = 1, trust = [1] }

[keyring.vrrp]
generations = { use = 1, trust = [1] }
";

/// A plan that says of all keys what is in use and what is trusted.
fn says(lab: &Lab, generations: &str) {
    let plan = lab.read("cluster.toml");
    let (plan, _) = plan.split_once("\n#ROTATED").unwrap();
    let rings = RINGS.replace("{ use = 1, trust = [1] }", generations);
    lab.write("cluster.toml", &format!("{plan}\n#ROTATED{rings}"));
}

fn lab() -> Lab {
    let lab = Lab::of("ha");
    lab.append("\n#ROTATED\n");
    says(&lab, "{ use = 1, trust = [1] }");
    lab.build();
    lab
}

fn codes(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.contains("::") && !line.contains(' ')).collect()
}

/// Each of the three commits is settled when it is built, and what retires stays on record.
#[test]
fn three_commits() {
    let lab = lab();
    for generations in
        ["{ use = 1, trust = [1, 2] }", "{ use = 2, trust = [1, 2] }", "{ use = 2, trust = [2] }"]
    {
        says(&lab, generations);
        lab.build();
        let state = lab.state(".");
        let again = lab.run(&["build", "cluster.toml", "--at", AT, "--locked"]);
        assert_eq!((again.code, again.err.as_str()), (0, ""), "{generations}");
        assert!(lab.state(".") == state, "{generations}");
        for authority in ["kubernetes", "etcd"] {
            assert!(lab.path(&format!("cluster.certs/authority.{authority}-1.crt")).is_file());
            assert!(lab.path(&format!("cluster.certs/authority.{authority}-2.crt")).is_file());
        }
    }
    // What was retired does not come back, also after the plan was reverted.
    says(&lab, "{ use = 2, trust = [1, 2] }");
    let run = lab.run(&["build", "cluster.toml", "--at", AT]);
    assert_eq!(run.code, 1);
    assert_eq!(codes(&run.err), ["lock::generation", "lock::generation"], "{}", run.err);
}

/// A first step may be taken back: nothing was ever signed with the new key.
#[test]
fn a_first_step_taken_back() {
    let lab = lab();
    says(&lab, "{ use = 1, trust = [1, 2] }");
    lab.build();
    says(&lab, "{ use = 1, trust = [1] }");
    lab.build();
}

/// Steps that are left out are told once for each key, and nothing is written.
#[test]
fn no_step_is_left_out() {
    let lab = lab();
    let state = lab.state(".");
    for generations in ["{ use = 2, trust = [1, 2] }", "{ use = 2, trust = [2] }"] {
        says(&lab, generations);
        let run = lab.run(&["build", "cluster.toml", "--at", AT]);
        assert_eq!(run.code, 1);
        // A password is one for all, and changes at once.
        assert_eq!(codes(&run.err), ["decide::early-use"; 4], "{}", run.err);
    }
    says(&lab, "{ use = 1, trust = [1] }");
    assert!(lab.state(".") == state);
    says(&lab, "{ use = 1, trust = [1, 2] }");
    lab.build();
    says(&lab, "{ use = 2, trust = [2] }");
    let run = lab.run(&["build", "cluster.toml", "--at", AT]);
    assert_eq!(codes(&run.err), ["decide::early-drop"; 4], "{}", run.err);
}

/// When all that hangs on a key has expired, nothing is left to be broken.
#[test]
fn what_has_expired_holds_nothing() {
    let lab = lab();
    says(&lab, "{ use = 1, trust = [1, 2] }");
    lab.build();
    says(&lab, "{ use = 2, trust = [2] }");
    let run = lab.run(&["build", "cluster.toml", "--at", "2036-01-01T00:00:00Z"]);
    let mut told = codes(&run.err);
    told.retain(|code| code.starts_with("decide::early"));
    assert_eq!(told, ["decide::early-drop"; 2], "keyrings know no dates: {}", run.err);
}

/// A key that others know goes at once, and only the one that is named.
#[test]
fn a_compromised_key_goes_at_once() {
    let lab = lab();
    says(&lab, "{ use = 2, trust = [2] }");
    let named =
        ["authority.kubernetes/1", "authority.etcd/1", "keyring.service-account/1", "keyring.encryption/1"];
    let mut arguments = vec!["build", "cluster.toml", "--at", AT];
    for (n, name) in named.into_iter().enumerate() {
        let run = lab.run(&arguments);
        assert_eq!((run.code, codes(&run.err).len()), (1, 4 - n), "{}", run.err);
        arguments.extend(["--drop-trust", name]);
    }
    let run = lab.run(&arguments);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let roots = lab.read("cluster.trees/hosts/node01/etc/kubernetes/pki/ca.crt");
    assert_eq!(roots, lab.read("cluster.certs/authority.kubernetes-2.crt"));
    lab.build();
}
