//! `pkiplan verify --from`: every state that a rollout passes through is proven.

use serde_json::Value;

use crate::support::{AT, Lab};

/// The plan with some generations of the cluster's authority, beside the plan that was built.
fn lab(before: &str, after: &str) -> Lab {
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
    lab
}

fn rolled(before: &str, after: &str) -> (i32, Value) {
    let lab = lab(before, after);
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

/// What `diff` says of the way, the same in every form.
fn verdict(lab: &Lab, more: &[&str]) -> (String, Value) {
    let said = |form: &str| {
        let arguments = ["diff", "cluster.toml", "before.toml", "--at", AT, "--format", form];
        let run = lab.run(&[&arguments[..], more].concat());
        assert_eq!(run.code, 0, "{run:#?}");
        run.out
    };
    let text = said("text");
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("proof: "));
    let line = lines.next().unwrap_or_default().to_owned();
    assert_eq!(lines.next(), None, "{text}");
    for form in ["markdown", "html"] {
        let page = said(form).replace("&#39;", "'").replace("**", "");
        assert_eq!(page.matches("proof: ").count(), usize::from(!line.is_empty()), "{page}");
        assert!(page.contains(&line), "{form} does not say {line}\n{page}");
    }
    let report: Value = serde_json::from_str(&said("json")).unwrap();
    (line, report["proof"].clone())
}

#[test]
fn diff_says_in_one_line_whether_the_way_holds() {
    let (first, second) = ("", "use = 1, trust = [1, 2]");
    let (line, proof) = verdict(&lab(first, second), &[]);
    assert!(line.starts_with("every connection works before, after, and in every mixed state of "), "{line}");
    assert_eq!(proof["verdict"], "holds");
    assert!(proof["connections"].as_u64().unwrap() > 100 && proof["unknown"] == 0, "{proof}");
    assert!(proof["waves"].as_u64().unwrap() > 1, "{proof}");

    let at_once = lab(first, "use = 2, trust = [2]");
    let (line, proof) = verdict(&at_once, &[]);
    assert_eq!(proof["verdict"], "breaks");
    let command = "pkiplan verify cluster.toml --from before.toml";
    let said = format!("{} connections break in wave {}: {command}", proof["connections"], proof["wave"]);
    assert_eq!(line, said);
    let (_, report) = rolled(first, "use = 2, trust = [2]");
    let ends = report["broken"].as_array().unwrap().iter().map(|one| one["wave"].as_u64());
    assert_eq!(ends.flatten().min(), proof["wave"].as_u64(), "{report:#}");
}

/// A part that is not about the way does not prove it, and where nothing changes there is none.
#[test]
fn the_way_is_proven_where_it_is_asked_for() {
    let lab = lab("", "use = 1, trust = [1, 2]");
    let whole = verdict(&lab, &[]);
    assert_eq!(verdict(&lab, &["--only", "impact"]), whole);
    let none = (String::new(), Value::Null);
    assert_eq!(verdict(&lab, &["--only", "files"]), none);
    assert_eq!(verdict(&lab, &["--host", "master01"]), none);
    lab.write("cluster.toml", &lab.read("before.toml"));
    assert_eq!(verdict(&lab, &[]), none);
}

/// What does not work at all does not work after the rollout.
#[test]
fn what_is_broken_after_it_is_said() {
    let lab = lab("", "");
    lab.append("\n[component.kube-apiserver]\nflags.set = { etcd-cafile = { value = \"/etc/ssl/none.crt\", override = true } }\n");
    let (line, proof) = verdict(&lab, &[]);
    assert_eq!(proof["verdict"], "fails");
    assert_eq!(line, "3 things are wrong with the state after: pkiplan verify cluster.toml");
}

/// The time of a proof grows with the hosts: beyond a hundred it is asked for.
#[test]
fn many_hosts_are_proven_where_that_is_asked_for() {
    let lab = Lab::bare("single");
    let plan = lab.read("cluster.toml").replace("pod-cidrs", "domain = \"many.local\"\npod-cidrs");
    let pool = "\n[pool.many]\nnames = \"worker-{001..101}\"\nfirst-address = \"10.113.0.1\"\nroles = [\"worker\"]\n";
    lab.write("before.toml", &format!("{}{pool}", lab.read("cluster.toml")));
    lab.write("cluster.toml", &format!("{plan}{pool}"));
    let (line, proof) = verdict(&lab, &["--only", "impact"]);
    assert_eq!(proof["verdict"], "not-proven");
    assert_eq!(proof["why"], serde_json::json!({ "many-hosts": { "more-than": 100 } }));
    assert_eq!(proof["command"], "pkiplan verify cluster.toml --from before.toml");
    // The sentence goes on in the next line.
    assert!(
        line.starts_with("not proven, for the plan has more than 100 hosts, and `--prove` is "),
        "{line}"
    );
    let run = lab.run(&["diff", "cluster.toml", "before.toml", "--only", "impact", "--at", AT, "--prove"]);
    assert!(run.out.contains("\nproof: every connection works before, after, "), "{}", run.out);
}
