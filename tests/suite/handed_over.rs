//! Certificates of hosts and clients that others issued: taken over with their keys, compared with what the plan wants,
//! installed as they are, and replaced when others have made new ones.

use serde_json::Value;

use crate::support::{AT, Lab, Run, certificate};

const IMPORT: [&str; 5] = ["import", "--plan", "cluster.toml", "--as", SCHEDULER];
const SCHEDULER: &str = "component.kube-scheduler.client";
/// Who issues certificates beside the plan: the authority of the cluster, by other means.
const OTHERS: &str = r#"
[certificate.scheduler]
authority = "kubernetes"
usage = "client"
common-name = "system:kube-scheduler"
validity = "2y"

[certificate.next]
authority = "kubernetes"
usage = "client"
common-name = "system:kube-scheduler"
validity = "3y"

[certificate.rights]
authority = "kubernetes"
usage = "client"
common-name = "system:kube-scheduler"
organizations = ["system:masters"]

[certificate.stranger]
authority = "front-proxy"
usage = "client"
common-name = "system:kube-scheduler"
"#;

/// A plan that has taken over the authority of a cluster, and beside it what others issue with it.
fn lab() -> Lab {
    let lab = Lab::of("single");
    let plan = lab.read("cluster.toml");
    lab.write("others.toml", &format!("{plan}{OTHERS}"));
    let built = lab.run(&["build", "others.toml", "--at", AT]);
    assert_eq!(built.code, 0, "{built:#?}");
    let pki = "others.trees/hosts/solo/etc/kubernetes/pki";
    let (certificate, key) = (format!("{pki}/ca.crt"), format!("{pki}/ca.key"));
    works(&lab, &["import", "--plan", "cluster.toml", "--as", "authority.kubernetes", &certificate, &key]);
    lab
}

fn works(lab: &Lab, arguments: &[&str]) -> Run {
    let run = lab.run(arguments);
    assert_eq!(run.code, 0, "{arguments:?}: {run:#?}");
    run
}

fn import(lab: &Lab, target: &str, name: &str) -> Run {
    let file = |end: &str| format!("others.trees/users/{name}/tls.{end}");
    lab.run(&["import", "--plan", "cluster.toml", "--at", AT, "--as", target, &file("crt"), &file("key")])
}

fn kubeconfig(lab: &Lab) -> String {
    lab.read("cluster.trees/hosts/solo/etc/kubernetes/scheduler.conf")
}

/// The subject and the key of what a kubeconfig embeds, and of a certificate of others.
fn same(lab: &Lab, name: &str) -> bool {
    let embedded = certificate::embedded(&kubeconfig(lab), "client-certificate-data");
    let theirs = certificate::all(lab.read(&format!("others.trees/users/{name}/tls.crt")).as_bytes());
    embedded.first() == theirs.first()
}

/// A message as one line.
fn words(run: &Run) -> String {
    let text = format!("{}{}", run.out, run.err);
    text.split_whitespace().filter(|word| !"│×⚠".contains(*word)).collect::<Vec<_>>().join(" ")
}

#[test]
fn it_is_installed_as_it_is_and_every_connection_works() {
    let lab = lab();
    let before = works(&lab, &["check", "cluster.toml"]);
    let run = import(&lab, SCHEDULER, "scheduler");
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.out.ends_with("next: pkiplan build cluster.toml\n"), "{run:#?}");
    assert!(lab.read("cluster.toml").contains("[component.kube-scheduler]\nimported.client = \"sha256:"));
    assert_eq!(works(&lab, &["check", "cluster.toml"]).out, before.out);
    let built = works(&lab, &["build", "cluster.toml", "--at", AT]);
    assert!(built.out.contains(" 2 imported"), "{built:#?}");
    assert!(same(&lab, "scheduler"), "{}", kubeconfig(&lab));
    for trees in [&[][..], &["--trees", "cluster.trees"]] {
        let line = [&["verify", "cluster.toml", "--format", "json", "--at", AT][..], trees].concat();
        let report: Value = serde_json::from_str(&lab.run(&line).out).unwrap();
        assert_eq!(report["findings"], serde_json::json!([]), "{report:#}");
    }
    // The same again changes nothing.
    let state = (lab.read("cluster.toml"), lab.state("cluster.keys"), lab.state("cluster.certs"));
    assert_eq!(import(&lab, SCHEDULER, "scheduler").code, 0);
    assert_eq!((lab.read("cluster.toml"), lab.state("cluster.keys"), lab.state("cluster.certs")), state);
    let again = works(&lab, &["build", "cluster.toml", "--at", AT]);
    assert!(again.out.contains("0 written"), "{again:#?}");
}

#[test]
fn others_make_a_new_one() {
    let lab = lab();
    assert_eq!(import(&lab, SCHEDULER, "scheduler").code, 0);
    works(&lab, &["build", "cluster.toml", "--at", AT]);
    let next = format!("next: pkiplan import --plan cluster.toml --as {SCHEDULER} CERTIFICATE KEY\n");
    // Everything else has been renewed.
    let renewed = works(&lab, &["renew", "cluster.toml", "--at", "2027-12-20T00:00:00Z", "--within", "400d"]);
    assert!(words(&renewed).contains("was not renewed: it is imported"), "{renewed:#?}");
    assert!(!renewed.out.contains("kube-scheduler-client "), "{renewed:#?}");
    let status = lab.run(&["status", "cluster.toml", "--at", "2027-12-21T00:00:00Z"]);
    assert_eq!(status.code, 2, "{status:#?}");
    assert!(status.out.ends_with(&next), "{status:#?}");
    let named = lab.run(&["renew", "cluster.toml", "node.solo/kube-scheduler-client"]);
    assert!(
        named.code == 1 && words(&named).contains(&format!("--as {SCHEDULER} CERTIFICATE KEY")),
        "{named:#?}"
    );

    assert_eq!(lab.shell("mkdir old && cp -r cluster.toml cluster.lock cluster.certs old/").code, 0);
    lab.edit("imported.client = \"", "  imported.client= \"");
    let plan = lab.read("cluster.toml");
    let line = plan.lines().find(|line| line.contains("imported.client")).unwrap();
    lab.edit(line, &format!("{line} # from the other team"));
    let run = lab.run(
        &[
            &IMPORT[..],
            &["--at", "2027-12-21T00:00:00Z", "others.trees/users/next/tls.crt"],
            &["others.trees/users/next/tls.key"],
        ]
        .concat(),
    );
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(words(&run).contains("remove both once every host has its new tree"), "{run:#?}");
    assert_eq!(lab.read("cluster.toml").matches("imported.client").count(), 1);
    let diff = lab.run(&["diff", "cluster.toml", "old/cluster.toml", "--at", "2027-12-21T00:00:00Z"]);
    let text = words(&diff);
    assert!(text.contains("replaced node.solo/kube-scheduler-client"), "{diff:#?}");
    assert!(text.contains("restart kube-scheduler.service"), "{diff:#?}");
    let built = works(&lab, &["build", "cluster.toml", "--at", "2027-12-21T00:00:00Z"]);
    assert!(built.out.contains("replaced   node.solo/kube-scheduler-client"), "{built:#?}");
    assert!(same(&lab, "next"));
}

#[test]
fn what_it_is_not_is_an_error_at_its_line() {
    let lab = lab();
    for (name, why) in [
        (
            "rights",
            "has the subject `O=system:masters, CN=system:kube-scheduler`, not `CN=system:kube-scheduler`",
        ),
        ("stranger", "was not issued by `authority.kubernetes/1`"),
    ] {
        let before = lab.read("cluster.toml");
        let run = import(&lab, SCHEDULER, name);
        let text = words(&run);
        assert!(run.code == 1 && text.contains("expand::unfit-certificate"), "{run:#?}");
        assert!(text.contains(why) && text.contains("[component.kube-scheduler] imported.client"), "{text}");
        assert_eq!(lab.read("cluster.toml"), before);
        assert!(!lab.path("cluster.keys").join("x").exists());
    }
    for (target, why) in [
        ("component.kube-scheduler.server", "it has component.kube-scheduler.client"),
        ("certificate.shop", "the plan has no `certificate.shop`"),
        ("node.nobody.component.kube-scheduler.client", "the plan has no node `nobody`"),
    ] {
        let run = import(&lab, target, "scheduler");
        assert!(run.code == 1 && words(&run).contains(why), "{target}: {run:#?}");
    }
}

/// A key that others know, or that was the plan's own before, does not come back.
#[test]
fn without_its_line_a_new_key_is_made() {
    let lab = lab();
    works(&lab, &["build", "cluster.toml", "--at", AT]);
    let own = kubeconfig(&lab);
    assert_eq!(import(&lab, "node.solo.component.kube-scheduler.client", "scheduler").code, 0);
    assert!(lab.read("cluster.toml").contains("[node.solo.component.kube-scheduler]\nimported.client"));
    works(&lab, &["build", "cluster.toml", "--at", AT]);
    assert!(same(&lab, "scheduler"));
    let plan = lab.read("cluster.toml");
    let kept: Vec<&str> = plan.lines().filter(|line| !line.starts_with("imported.client")).collect();
    lab.write("cluster.toml", &format!("{}\n", kept.join("\n")));
    works(&lab, &["build", "cluster.toml", "--at", AT]);
    assert!(!same(&lab, "scheduler"));
    assert_ne!(kubeconfig(&lab), own);
    assert!(lab.read("cluster.lock").contains("[tombstone.\"node.solo/kube-scheduler-client\"]"));
}

/// Whoever has no key of it builds nothing that holds it, and the key of another certificate is none.
#[test]
fn its_key_is_needed_and_proven() {
    let lab = lab();
    assert_eq!(import(&lab, SCHEDULER, "scheduler").code, 0);
    let key = |lab: &Lab| {
        let keys = lab.state("cluster.keys").into_keys();
        keys.into_iter().find(|name| name.contains("certificate-")).unwrap()
    };
    let path = format!("cluster.keys/{}", key(&lab).trim_start_matches('/'));
    let other = lab.read("others.trees/users/next/tls.key");
    lab.write(&path, &other);
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(run.code == 1 && words(&run).contains("is not the key that was imported"), "{run:#?}");
    let run = lab.run(&["build", "cluster.toml", "--at", AT]);
    assert!(run.code == 1 && words(&run).contains("is not the key that was imported"), "{run:#?}");
    lab.remove(&path);
    let run = lab.run(&["build", "cluster.toml", "--at", AT]);
    assert!(run.code == 1 && words(&run).contains("fill::imported-key"), "{run:#?}");
    assert!(!lab.path("cluster.trees/hosts").exists(), "{run:#?}");
}
