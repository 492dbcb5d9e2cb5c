//! `pkiplan verify --base`: every state that a rollout passes through is proven.

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
    let run = lab.run(&["verify", "cluster.toml", "--base", "before.toml", "--at", AT, "--format", "json"]);
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
    assert!(help.contains("no order avoids this"), "{help}");
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
    let command = "pkiplan verify cluster.toml --base before.toml";
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
    assert_eq!(proof["command"], "pkiplan verify cluster.toml --base before.toml");
    // The sentence goes on in the next line.
    assert!(
        line.starts_with("not proven, because the plan has more than 100 hosts; add `--prove`"),
        "{line}"
    );
    let run = lab.run(&["diff", "cluster.toml", "before.toml", "--only", "impact", "--at", AT, "--prove"]);
    assert!(run.out.contains("\nproof: every connection works before, after, "), "{}", run.out);
}

/// A plan before and after an edit; both have one lock.
fn edited(plan: &str, edit: impl Fn(&Lab)) -> Lab {
    let lab = Lab::bare(plan);
    assert_eq!(lab.run(&["lock", "cluster.toml", "--at", AT]).code, 0);
    lab.write("before.toml", &lab.read("cluster.toml"));
    lab.write("before.lock", &lab.read("cluster.lock"));
    edit(&lab);
    lab
}

fn on_the_way(lab: &Lab) -> (i32, Vec<(String, bool)>) {
    let run = lab.run(&["verify", "cluster.toml", "--base", "before.toml", "--at", AT, "--format", "json"]);
    (run.code, broken(&serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}"))))
}

#[test]
fn a_server_at_another_port_breaks_whoever_has_not_changed() {
    for (plan, component, setting) in
        [("ha", "etcd", "client-port = 12379"), ("single", "kube-apiserver", "port = 7443")]
    {
        let lab = edited(plan, |lab| lab.append(&format!("\n[component.{component}]\nsetting.{setting}\n")));
        let (code, found) = on_the_way(&lab);
        let nobody = ("verify::nobody-listens".to_owned(), false);
        assert!(code == 1 && found.contains(&nobody), "{component}: {code} {found:?}");
        let diff = lab.run(&["diff", "cluster.toml", "before.toml", "--at", AT]);
        assert!(!diff.out.contains("every connection works"), "{component}: {}", diff.out);
    }
    // API servers read from the status of a node at which port its kubelet is.
    let lab = edited("ha", |lab| lab.append("\n[component.kubelet]\nsetting.port = 20250\n"));
    assert_eq!(on_the_way(&lab), (0, vec![]));
    // One of three that changes leaves two that answer.
    let lab =
        edited("ha", |lab| lab.append("\n[node.master01.component.etcd]\nsetting.client-port = 12379\n"));
    let (_, found) = on_the_way(&lab);
    assert!(!found.iter().any(|(code, _)| code == "verify::nobody-listens"), "{found:?}");
}

#[test]
fn an_authority_that_is_renewed_with_its_key_is_the_same_one() {
    let lab = edited("ha", |lab| {
        let run = lab.run(&["renew", "cluster.toml", "authority.kubernetes", "--at", "2026-02-01T00:00:00Z"]);
        assert_eq!(run.code, 0, "{run:#?}");
    });
    let arguments = [
        "verify",
        "cluster.toml",
        "--base",
        "before.toml",
        "--at",
        "2026-02-02T00:00:00Z",
        "--format",
        "json",
    ];
    let run = lab.run(&arguments);
    assert_eq!((run.code, broken(&serde_json::from_str(&run.out).unwrap())), (0, vec![]), "{run:#?}");
}

/// The risks of an edit: severity and sentence.
fn risks(lab: &Lab) -> Vec<String> {
    let run = lab.run(&["diff", "cluster.toml", "before.toml", "--at", AT, "--format", "json"]);
    let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}"));
    let all = report["risks"].as_array().unwrap().iter();
    all.map(|risk| format!("{}: {}", risk["severity"].as_str().unwrap(), risk["message"].as_str().unwrap()))
        .collect()
}

#[test]
fn a_kubeconfig_that_comes_to_hosts_is_a_risk() {
    let table = |nodes: &str, owner: &str, groups: &str| {
        format!(
            "\n[user.carol]\norganizations = [\"{groups}\"]\nnodes = \"{nodes}\"\nkubeconfig-file = \"/root/.kube/config\"\nowner = \"{owner}\"\n"
        )
    };
    let lab = |before: &str, after: &str| {
        let lab = Lab::bare("ha");
        let plan = lab.read("cluster.toml");
        lab.write("cluster.toml", &format!("{plan}{before}"));
        assert_eq!(lab.run(&["lock", "cluster.toml", "--at", AT]).code, 0);
        lab.write("before.toml", &lab.read("cluster.toml"));
        lab.write("before.lock", &lab.read("cluster.lock"));
        lab.write("cluster.toml", &format!("{plan}{after}"));
        risks(&lab)
    };
    let one = table("node:master01", "root", "system:masters");
    let found = lab(&one, &table("role:control-plane", "root", "system:masters"));
    assert!(
        found.contains(&"high: the kubeconfig of `user.carol` comes to master02, master03".to_owned()),
        "{found:?}"
    );
    let found = lab(&one, &table("node:master01", "www-data", "system:masters"));
    assert!(
        found.contains(
            &"high: the kubeconfig of `user.carol` now belongs to `www-data` on master01".to_owned()
        ),
        "{found:?}"
    );
    assert_eq!(lab(&one, &one), Vec::<String>::new());
    // Whoever may do little is less of a risk.
    let (one, more) =
        (table("node:master01", "root", "guests"), table("role:control-plane", "root", "guests"));
    let found = lab(&one, &more);
    assert!(
        found.contains(&"medium: the kubeconfig of `user.carol` comes to master02, master03".to_owned()),
        "{found:?}"
    );
}

#[test]
fn another_store_is_a_risk_and_another_member_is_none() {
    let flag = "etcd-servers = { value = [\"https://192.0.2.77:2379\"], override = true }";
    let lab = edited("ha", |lab| lab.append(&format!("\n[component.kube-apiserver.flags.set]\n{flag}\n")));
    let found = risks(&lab);
    let is_it = |risk: &String| risk.starts_with("high: kube-apiserver: --etcd-servers");
    assert!(found.iter().any(is_it), "{found:?}");
    let member = "\n[node.master04]\naddresses = [\"10.111.0.120\"]\nroles = [\"etcd\"]\n";
    let found = risks(&edited("ha", |lab| lab.append(member)));
    assert!(!found.iter().any(is_it), "{found:?}");
}

#[test]
fn an_endpoint_that_moves_is_a_risk() {
    let outside = edited("ha", |lab| {
        lab.edit(
            "served-by = \"keepalived-haproxy\"\nnodes = \"role:control-plane\"\n",
            "served-by = \"external\"\n",
        );
        lab.edit("interface = \"eth0\"\nrouter-id = 51\n", "");
    });
    let found = risks(&outside);
    let gone =
        "medium: no host of the plan has `vip.api` (10.111.0.111) any more: something else must have it";
    assert!(found.iter().any(|risk| risk == gone), "{found:?}");
    let node = edited("ha", |lab| lab.edit("endpoint = \"vip.api\"", "endpoint = \"node.master01\""));
    let found = risks(&node);
    assert!(found.iter().any(|risk| risk.starts_with("medium: the endpoint is ")), "{found:?}");
}

/// What the cluster holds of networks and audiences, and a change of the plan does not move.
#[test]
fn networks_and_audiences_that_grow_are_risks_where_nothing_follows() {
    let wider = edited("ha", |lab| {
        let text = lab.read("cluster.toml");
        lab.write("cluster.toml", &text.replace("10.96.0.0/16", "10.96.0.0/15"));
    });
    let wider = risks(&wider);
    assert!(wider.iter().any(|risk| risk.contains("10.96.0.0/16 -> 10.96.0.0/15")), "{wider:#?}");
    let audiences = |list: &str| {
        let flags = format!("\n[component.kube-apiserver]\nflags.set = {{ api-audiences = [{list}] }}\n");
        risks(&edited("ha", |lab| lab.append(&flags)))
    };
    let lost = "https://kubernetes.default.svc.cluster.local -> x";
    assert!(audiences("\"x\"").iter().any(|risk| risk.contains(lost)), "{:#?}", audiences("\"x\""));
    let kept = audiences("\"x\", \"https://kubernetes.default.svc.cluster.local\"");
    assert!(!kept.iter().any(|risk| risk.contains(" -> x")), "{kept:#?}");
}
