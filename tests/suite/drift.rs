//! `diff PLAN --host NAME=DIR`: a plan against what lies on its hosts. One thing is changed after the other, and exactly
//! that is told.

use serde_json::{Value, json};

use crate::support::{Lab, schema};

/// When hosts are looked at.
const LATER: &str = "2026-02-01T00:00:00Z";

/// A cluster that was built, and a copy of its first master in `copy`.
fn lab() -> Lab {
    let lab = Lab::built("ha");
    assert_eq!(lab.shell("cp -a cluster.trees/hosts/master01 copy").code, 0);
    lab
}

fn asked(lab: &Lab, arguments: &[&str]) -> (i32, Value) {
    let ask = ["diff", "cluster.toml", "--format", "json", "--exit-code", "--at", LATER];
    let run = lab.run(&[&ask, arguments].concat());
    assert_eq!(run.err, "", "{run:#?}");
    lab.write("answer.json", &run.out);
    assert_eq!(schema::complaints("diff", &[lab.path("answer.json")]), None, "{}", run.out);
    (run.code, serde_json::from_str(&run.out).unwrap())
}

fn with_secret(lab: &Lab) -> Value {
    let (code, answer) = asked(lab, &["--host", "master01=copy", "--with-secret"]);
    assert_eq!(code, 2, "{answer:#}");
    answer
}

/// Changes the copy.
fn change(lab: &Lab, script: &str) {
    let run = lab.shell(&format!("set -e; cd copy; {script}"));
    assert_eq!(run.code, 0, "{run:#?}");
}

/// Files that differ, each with what differs.
fn files(answer: &Value) -> Vec<String> {
    let units = answer["units"].as_array().unwrap().iter();
    let files = units.flat_map(|unit| unit["files"].as_array().unwrap());
    files
        .map(|file| {
            let lines = file["lines"].as_array().unwrap().iter();
            let notes: Vec<&str> = lines.filter_map(|line| line["text"].as_str()).collect();
            format!(
                "{} {}: {}",
                file["change"].as_str().unwrap(),
                file["path"].as_str().unwrap(),
                notes.join("; ")
            )
        })
        .collect()
}

fn host(answer: &Value) -> &Value {
    assert_eq!(answer["drift"]["hosts"].as_array().unwrap().len(), 1);
    &answer["drift"]["hosts"][0]
}

/// Nothing differs but this of the host's programs and files.
fn only(answer: &Value, programs: &Value, unplanned: &[&str], differing: &[&str]) {
    assert_eq!(host(answer)["programs"], *programs);
    assert_eq!(host(answer)["unplanned"], json!(unplanned));
    assert_eq!(host(answer)["unread"], json!([]));
    assert_eq!(files(answer), differing);
}

#[test]
fn what_was_built_differs_in_nothing() {
    for plan in crate::support::PLANS {
        let lab = Lab::built(plan);
        let hosts = lab.units().into_iter().filter_map(|unit| unit.strip_prefix("hosts/").map(str::to_owned));
        let given: Vec<String> = hosts.map(|host| format!("{host}=cluster.trees/hosts/{host}")).collect();
        let mut ask = vec!["diff", "cluster.toml", "--exit-code", "--with-secret", "--at", LATER];
        ask.extend(given.iter().flat_map(|host| ["--host", host]));
        let run = lab.run(&ask);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{plan} {run:#?}");
        assert!(
            run.out.starts_with("cluster.toml: nothing differs on ") && run.out.lines().count() == 1,
            "{run:#?}"
        );
    }
}

/// A unit file of a package means that the service runs already: it has to restart, since a start would do nothing.
#[test]
fn a_service_of_a_package_restarts() {
    let lab = lab();
    let services = |lab: &Lab| {
        let (_, answer) = asked(lab, &["--host", "master01=copy", "--with-secret"]);
        let services = answer["units"][0]["services"].as_array().unwrap().clone();
        services.iter().map(|one| format!("{} {}", one["action"], one["service"])).collect::<Vec<_>>()
    };
    change(
        &lab,
        "mkdir -p usr/lib/systemd/system; mv etc/systemd/system/kubelet.service usr/lib/systemd/system/",
    );
    assert_eq!(services(&lab), ["\"restart\" \"kubelet.service\""]);
    change(&lab, "rm usr/lib/systemd/system/kubelet.service");
    assert_eq!(services(&lab), ["\"start\" \"kubelet.service\""]);
}

#[test]
fn without_the_secret_only_secret_bytes_are_not_proven() {
    let lab = lab();
    let (code, answer) = asked(&lab, &["--host", "master01=copy"]);
    assert_eq!((code, files(&answer)), (2, Vec::new()));
    let unproven = answer["unproven"].as_array().unwrap();
    assert_eq!(unproven.len(), 1);
    assert!(
        unproven[0]["paths"].as_array().unwrap().iter().all(|path| !path.as_str().unwrap().ends_with(".crt"))
    );
    change(
        &lab,
        "chmod 644 etc/kubernetes/pki/apiserver.key; cp etc/kubernetes/pki/ca.key etc/kubernetes/pki/etcd/server.key",
    );
    let (_, answer) = asked(&lab, &["--host", "master01=copy"]);
    assert_eq!(
        files(&answer),
        [
            "changed etc/kubernetes/pki/apiserver.key: mode 0644 -> 0600",
            "changed etc/kubernetes/pki/etcd/server.key: another key"
        ]
    );
}

#[test]
fn a_drop_in_changes_what_a_program_gets() {
    let lab = lab();
    change(
        &lab,
        "mkdir etc/systemd/system/etcd.service.d; \
         printf '[Service]\\nEnvironment=ETCD_QUOTA_BACKEND_BYTES=5\\n' > etc/systemd/system/etcd.service.d/x.conf",
    );
    let drop_in = "/etc/systemd/system/etcd.service.d/x.conf";
    let programs = json!([{
        "change": "changed", "component": "etcd", "name": "etcd.service",
        "at": host(&with_secret(&lab))["programs"][0]["at"],
        "inputs": [{
            "line": { "kind": "value", "name": "--quota-backend-bytes", "before": "5" },
            "at": format!("{drop_in}:2"),
        }],
    }]);
    only(&with_secret(&lab), &programs, &[drop_in], &[]);
}

#[test]
fn a_secret_in_a_drop_in_is_not_shown() {
    let lab = lab();
    let token = ["k3v9qx", "h7w2mz8r4t6yb1nd"].join(".");
    change(
        &lab,
        &format!(
            "mkdir etc/systemd/system/etcd.service.d; \
             printf '[Service]\\nEnvironment=ETCD_CORS={token}\\n' > etc/systemd/system/etcd.service.d/x.conf"
        ),
    );
    let answer = with_secret(&lab).to_string();
    assert!(answer.contains("--cors") && !answer.contains(&token), "{answer}");
}

#[test]
fn a_mode_and_an_owner() {
    let lab = lab();
    change(&lab, "chmod 644 etc/kubernetes/pki/apiserver.key");
    only(
        &with_secret(&lab),
        &json!([]),
        &[],
        &["changed etc/kubernetes/pki/apiserver.key: mode 0644 -> 0600"],
    );
    // An archive knows owners.
    change(
        &lab,
        "chmod 600 etc/kubernetes/pki/apiserver.key; \
         tar cf ../copy.tar --owner=root --group=root etc var; \
         tar rf ../copy.tar --owner=nobody --group=root etc/kubernetes/pki/ca.crt",
    );
    let (_, answer) = asked(&lab, &["--host", "master01=copy.tar", "--with-secret"]);
    let differing = files(&answer);
    assert!(
        differing.contains(&"changed etc/kubernetes/pki/ca.crt: owner nobody -> root".to_owned()),
        "{differing:?}"
    );
    // A number says that it is not root.
    change(
        &lab,
        "tar cf ../copy.tar --owner=:0 --group=:0 etc var; \
         tar rf ../copy.tar --owner=:1234 --group=:0 etc/kubernetes/pki/ca.crt",
    );
    let (_, answer) = asked(&lab, &["--host", "master01=copy.tar", "--with-secret"]);
    let differing = files(&answer);
    assert!(
        differing.contains(&"changed etc/kubernetes/pki/ca.crt: owner 1234 -> root".to_owned()),
        "{differing:?}"
    );
}

/// A key is known by its public half, whatever stands before it and however often something is in a bundle.
#[test]
fn the_same_written_otherwise() {
    let lab = lab();
    change(
        &lab,
        "cd etc/kubernetes/pki; cat apiserver.crt apiserver.key > x; cat x > apiserver.key; rm x; \
         echo >> sa.key; \
         cat front-proxy-ca.crt front-proxy-ca.crt > x; cat x > front-proxy-ca.crt; rm x",
    );
    let differing = [
        "changed etc/kubernetes/pki/apiserver.key: same content, written differently",
        "changed etc/kubernetes/pki/front-proxy-ca.crt: some of them more than once",
        "changed etc/kubernetes/pki/sa.key: same content, written differently",
    ];
    only(&with_secret(&lab), &json!([]), &[], &differing);
    let (_, answer) = asked(&lab, &["--host", "master01=copy"]);
    only(&answer, &json!([]), &[], &differing);
    change(&lab, "cp etc/kubernetes/pki/apiserver.key etc/kubernetes/pki/sa.key");
    let (_, answer) = asked(&lab, &["--host", "master01=copy"]);
    assert!(
        files(&answer).contains(&"changed etc/kubernetes/pki/sa.key: another key".to_owned()),
        "{answer:#}"
    );
}

/// What differs in a kubeconfig is named as far as nobody has to hide it.
#[test]
fn another_server_in_a_kubeconfig() {
    let lab = lab();
    change(
        &lab,
        "sed -i 's|^    server: .*|    server: https://192.0.2.9:6443|' etc/kubernetes/scheduler.conf",
    );
    let answer = with_secret(&lab);
    let differing = files(&answer);
    let own =
        differing.iter().find(|line| line.starts_with("changed etc/kubernetes/scheduler.conf")).unwrap();
    assert!(own.contains("server: https://192.0.2.9:6443; "), "{own}");
    assert!(own.ends_with("it contains secrets, so nothing else is shown"), "{own}");
    assert!(!answer.to_string().contains("client-key-data"), "{answer:#}");
}

/// A manifest that others may not read hides nothing; what somebody put into its environment may be private.
#[test]
fn a_manifest_shows_what_differs() {
    let lab = Lab::built("kubeadm-ha");
    let host = lab.units().into_iter().find(|unit| unit.starts_with("hosts/")).unwrap();
    assert_eq!(lab.shell(&format!("cp -a cluster.trees/{host} copy")).code, 0);
    let name = host.strip_prefix("hosts/").unwrap();
    let manifest = "etc/kubernetes/manifests/kube-scheduler.yaml";
    change(&lab, &format!("sed -i 's/hostNetwork: true/hostNetwork: false/' {manifest}"));
    let given = format!("{name}=copy");
    let (_, answer) = asked(&lab, &["--host", &given]);
    let text = answer.to_string();
    assert!(text.contains("hostNetwork") && !text.contains("start-digest"), "{answer:#}");
    change(&lab, &format!("printf '    env: [{{ name: A, value: hidden-one }}]\\n' >> {manifest}"));
    let (_, answer) = asked(&lab, &["--host", &given]);
    let text = answer.to_string();
    assert!(!text.contains("hidden-one") && text.contains("its lines are not shown"), "{answer:#}");
}

#[test]
fn another_certificate_is_told_in_words() {
    let lab = lab();
    change(&lab, "cp etc/kubernetes/pki/etcd/server.crt etc/kubernetes/pki/apiserver.crt");
    let answer = with_secret(&lab);
    let id = "node.master01/kube-apiserver-serving";
    only(
        &answer,
        &json!([]),
        &[],
        &[&format!("changed etc/kubernetes/pki/apiserver.crt: {id} a different certificate")],
    );
    let certificates = answer["certificates"].as_array().unwrap();
    assert_eq!((certificates.len(), &certificates[0]["id"]), (1, &json!(id)));
    let differences = certificates[0]["differences"].to_string();
    for word in ["subject CN=master01 -> CN=kube-apiserver", "+DNS:kubernetes.default", "issuer"] {
        assert!(differences.contains(word), "{word}: {differences}");
    }
}

#[test]
fn an_old_certificate_has_old_dates() {
    let lab = lab();
    let renewed = lab.run(&["renew", "cluster.toml", "node.master01/kube-apiserver-serving", "--at", LATER]);
    assert_eq!(renewed.code, 0, "{renewed:#?}");
    assert_eq!(lab.run(&["build", "cluster.toml", "--at", LATER]).code, 0);
    let answer = with_secret(&lab);
    let certificates = answer["certificates"].as_array().unwrap();
    assert_eq!(certificates.len(), 1, "{answer:#}");
    assert_eq!(certificates[0]["change"], "renewed");
    assert_eq!(certificates[0]["dates"]["before"]["not_after"], "2027-01-01T00:00:00Z");
    assert_eq!(certificates[0]["dates"]["after"]["not_after"], "2027-02-01T00:00:00Z");
}

#[test]
fn a_missing_file_and_a_missing_unit() {
    let lab = lab();
    change(&lab, "rm etc/kubernetes/pki/ca.crt etc/systemd/system/kube-scheduler.service");
    let answer = with_secret(&lab);
    let paths: Vec<String> =
        files(&answer).iter().map(|file| file.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(paths, ["added etc/kubernetes/pki/ca.crt", "added etc/systemd/system/kube-scheduler.service"]);
    let programs = host(&answer)["programs"].as_array().unwrap();
    assert_eq!(programs.len(), 1, "{programs:#?}");
    assert_eq!(
        (&programs[0]["change"], &programs[0]["component"]),
        (&json!("added"), &json!("kube-scheduler"))
    );
}

#[test]
fn a_pod_that_nobody_planned() {
    let lab = lab();
    change(
        &lab,
        "mkdir -p etc/kubernetes/manifests; printf 'apiVersion: v1\\nkind: Pod\\nmetadata: {name: other, namespace: kube-system}\\nspec:\\n  \
         containers:\\n  - name: x\\n    image: registry.k8s.io/etcd:3.5.1-0\\n    command: [etcd, --name=x]\\n' > etc/kubernetes/manifests/x.yaml",
    );
    let answer = with_secret(&lab);
    let programs = host(&answer)["programs"].as_array().unwrap();
    assert_eq!(programs.len(), 1, "{programs:#?}");
    assert_eq!(
        (&programs[0]["change"], &programs[0]["name"]),
        (&json!("removed"), &json!("kube-system/other"))
    );
    assert_eq!(files(&answer), Vec::<String>::new());
}

#[test]
fn a_file_beside_is_no_difference() {
    let lab = lab();
    change(&lab, "touch etc/kubernetes/pki/own.txt");
    let (code, answer) = asked(&lab, &["--host", "master01=copy", "--with-secret"]);
    assert_eq!(code, 0, "{answer:#}");
    only(&answer, &json!([]), &["/etc/kubernetes/pki/own.txt"], &[]);
}

#[test]
fn of_what_was_not_given_nothing_is_said() {
    let lab = lab();
    change(&lab, "tar cf ../part.tar etc/kubernetes; cp -a etc/kubernetes ../part");
    for part in ["master01=part", "master01=part.tar"] {
        let (_, answer) = asked(&lab, &["--host", part, "--with-secret"]);
        assert_eq!(host(&answer)["programs"], json!([]), "{part}");
        let unseen = host(&answer)["unseen"].as_array().unwrap();
        assert!(unseen.contains(&json!("/etc/systemd/system/etcd.service")), "{part}");
        assert!(!unseen.iter().any(|path| path.as_str().unwrap().starts_with("/etc/kubernetes")), "{part}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let lab = lab();
    for (arguments, why) in [
        (&["--host", "master1=copy"][..], "there is no host `master1`"),
        (&["--host", "master01=copy", "--host", "master01=copy"], "given twice"),
        (&["--host", "master01=copy", "--host", "node01"], "write NAME=DIR"),
        (&["--host", "master01", "--host", "node01"], "can be given once"),
        (&["HEAD", "--host", "master01=copy"], "remove `HEAD`"),
        (&["--live", "master01=here"], "with an IP address"),
    ] {
        let run = lab.run(&[&["diff", "cluster.toml"], arguments].concat());
        assert_eq!(run.code, 1, "{run:#?}");
        assert!(run.err.contains(why), "{run:#?}");
    }
}
