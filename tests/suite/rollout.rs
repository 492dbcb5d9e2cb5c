//! `pkiplan verify --from`: every state that a rollout passes through is proven.

use serde_json::Value;

use crate::support::{AT, Lab};

/// The plan with some generations of the cluster's authority, against the plan that was built.
fn rolled(before: &str, after: &str) -> (i32, Value) {
    let lab = Lab::bare("ha-vip");
    let plan = lab.read("cluster.toml");
    let with = |generations: &str| match generations {
        "" => plan.clone(),
        generations => format!("{plan}\n[authority.kubernetes]\ngenerations = {{ {generations} }}\n"),
    };
    lab.write("cluster.toml", &with(before));
    let locked = lab.run(&["lock", "cluster.toml", "--at", AT]);
    assert_eq!(locked.code, 0, "{locked:#?}");
    lab.write("before.toml", &with(before));
    lab.write("before.lock", &lab.read("cluster.lock"));
    lab.write("cluster.toml", &with(after));
    let run = lab.run(&["verify", "cluster.toml", "--from", "before.toml", "--at", AT, "--format", "json"]);
    let report = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}"));
    (run.code, report)
}

fn broken(report: &Value) -> Vec<(String, bool)> {
    let all = report["broken"].as_array().unwrap().iter();
    all.map(|one| (one["code"].as_str().unwrap().to_owned(), one["order_helps"].as_bool().unwrap())).collect()
}

#[test]
fn a_rotation_in_three_commits_holds_in_every_state() {
    let (first, second, third, last) =
        ("", "use = 1, trust = [1, 2]", "use = 2, trust = [2, 1]", "use = 2, trust = [2]");
    for (before, after) in [(first, second), (second, third)] {
        let (code, report) = rolled(before, after);
        assert_eq!((code, broken(&report)), (0, Vec::new()), "{before} to {after}: {report:#}");
    }
    // What the first key has issued for people and for kubelets is refused after the third commit.
    let (code, report) = rolled(third, last);
    let codes: Vec<String> = broken(&report).into_iter().map(|(code, _)| code).collect();
    assert_eq!(code, 0, "{codes:?}: {report:#}");
}

#[test]
fn two_commits_at_once_name_the_one_that_is_missing() {
    let (code, report) = rolled("", "use = 2, trust = [2, 1]");
    assert_eq!(code, 1);
    let found = broken(&report);
    assert!(found.iter().any(|(code, _)| code == "verify::client-refused"), "{found:?}");
    assert!(found.iter().any(|(code, _)| code == "verify::not-admitted"), "{found:?}");
    let (code, report) = rolled("", "use = 2, trust = [2]");
    assert_eq!(code, 1);
    let found = broken(&report);
    assert!(found.iter().any(|(code, helps)| code == "verify::server-refused" && !helps), "{found:?}");
    let help = report["broken"][0]["help"].as_str().unwrap();
    assert!(help.contains("a commit is missing in between"), "{help}");
}
