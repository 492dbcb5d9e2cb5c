//! TLS bootstrapping: nodes that ask for their certificates with a token.

use std::collections::BTreeSet;

use crate::support::{AT, Lab, State};
use serde_json::Value as Json;

const LATER: &str = "2026-03-01T00:00:00Z";
const HOSTS: &str = "cluster.trees/hosts";

/// What kubectl understands of a kubeconfig.
fn kubeconfig(lab: &Lab, path: &str) -> Json {
    let run = lab.shell(&format!("kubectl config view --raw -o json --kubeconfig={path}"));
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{path}");
    let mut parsed: Json = serde_json::from_str(&run.out).unwrap();
    // kubectl writes an empty table that it does not read.
    parsed.as_object_mut().unwrap().remove("preferences");
    parsed
}

/// The paths at which two states differ.
fn changed<'s>(before: &'s State, after: &'s State) -> BTreeSet<&'s str> {
    let paths = before.keys().chain(after.keys());
    paths.filter(|path| before.get(*path) != after.get(*path)).map(String::as_str).collect()
}

fn token_of(lab: &Lab) -> String {
    let row = lab.read(&format!("{HOSTS}/master/etc/kubernetes/token.csv"));
    row.split(',').next().unwrap().to_owned()
}

#[test]
fn a_token_file_names_the_token_of_the_bootstrap_kubeconfig() {
    let lab = Lab::built("bootstrap-token-file");
    let token = token_of(&lab);
    assert!(token.len() == 32 && token.chars().all(|c| c.is_ascii_hexdigit()), "128 bits");
    let row = lab.read(&format!("{HOSTS}/master/etc/kubernetes/token.csv"));
    assert_eq!(row, format!("{token},kubelet-bootstrap,10001,\"system:kubelet-bootstrap\"\n"));
    let unit = lab.read(&format!("{HOSTS}/master/etc/systemd/system/kube-apiserver.service"));
    assert!(unit.contains("--token-auth-file=/etc/kubernetes/token.csv"), "{unit}");
    let unit = lab.read(&format!("{HOSTS}/node1/etc/systemd/system/kubelet.service"));
    for flag in [
        "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap.kubeconfig",
        "--kubeconfig=/etc/kubernetes/kubeconfig/kubelet.kubeconfig",
    ] {
        assert!(unit.contains(flag), "{flag}: {unit}");
    }
    let classes = classes(&lab, "node1");
    assert!(classes.contains("seed etc/kubernetes/bootstrap.kubeconfig"), "{classes:?}");
    assert!(classes.contains("managed etc/kubernetes/kubeconfig/kubelet.kubeconfig"), "{classes:?}");
    assert!(classes.contains("runtime var/lib/kubelet/pki/kubelet-client-current.pem"), "{classes:?}");
    // The master's kubelet runs before there is anything to ask.
    let kubelet = kubeconfig(&lab, &format!("{HOSTS}/master/etc/kubernetes/kubeconfig/kubelet.kubeconfig"));
    assert!(kubelet["users"][0]["user"]["client-certificate-data"].is_string(), "{kubelet}");
}

fn classes(lab: &Lab, host: &str) -> BTreeSet<String> {
    let manifest = lab.manifest(&format!("hosts/{host}"));
    let entries = manifest["entries"].as_array().unwrap().iter();
    let word = |entry: &Json, key: &str| entry[key].as_str().unwrap().to_owned();
    entries.map(|entry| format!("{} {}", word(entry, "class"), word(entry, "path"))).collect()
}

/// The guides' four commands, with the tree's certificates and its token.
#[test]
fn kubeconfigs_are_those_of_the_guides_commands() {
    let lab = Lab::built("bootstrap-token-file");
    let user = kubeconfig(&lab, &format!("{HOSTS}/node1/etc/kubernetes/kube-proxy.kubeconfig"));
    for (file, key) in
        [("client-certificate-data", "kube-proxy.pem"), ("client-key-data", "kube-proxy-key.pem")]
    {
        let data = user["users"][0]["user"][file].as_str().unwrap();
        let run = lab.shell(&format!("printf %s {data} | base64 -d > {key}"));
        assert_eq!(run.code, 0, "{run:#?}");
    }
    let commands = |file: &str, user: &str, trust: &str, proof: &str| {
        format!(
            "set -e
            kubectl config set-cluster kubernetes {trust} --server=https://172.20.0.113:6443 --kubeconfig={file}
            kubectl config set-credentials {user} {proof} --kubeconfig={file}
            kubectl config set-context default --cluster=kubernetes --user={user} --kubeconfig={file}
            kubectl config use-context default --kubeconfig={file}"
        )
    };
    let token = format!("--token={}", token_of(&lab));
    let certificate =
        "--client-certificate=kube-proxy.pem --client-key=kube-proxy-key.pem --embed-certs=true";
    // The kubelet copies the authority as it finds it: a path there leaves a path in the kubeconfig that it keeps.
    let path = "--certificate-authority=/etc/kubernetes/ssl/ca.pem";
    let embedded =
        format!("--certificate-authority={HOSTS}/node1/etc/kubernetes/ssl/ca.pem --embed-certs=true");
    for (file, user, trust, proof) in [
        ("bootstrap", "kubelet-bootstrap", path, token.as_str()),
        ("kube-proxy", "kube-proxy", embedded.as_str(), certificate),
    ] {
        let run = lab.shell(&commands(file, user, trust, proof));
        assert_eq!(run.code, 0, "{run:#?}");
        let ours = kubeconfig(&lab, &format!("{HOSTS}/node1/etc/kubernetes/{file}.kubeconfig"));
        assert_eq!(ours, kubeconfig(&lab, file));
    }
}

#[test]
fn the_next_token_changes_its_file_and_its_kubeconfigs() {
    let lab = Lab::of("bootstrap-token-file");
    let plan = lab.read("cluster.toml");
    let with = |generations: &str| {
        let groups = "groups = [\"system:kubelet-bootstrap\"]\n";
        assert_eq!(plan.matches(groups).count(), 1);
        lab.write("cluster.toml", &plan.replace(groups, &format!("{groups}generations = {generations}\n")));
        lab.build();
    };
    with("{ use = 1, trust = [1, 2] }");
    let (before, first) = (lab.state(HOSTS), token_of(&lab));
    with("{ use = 2, trust = [1, 2] }");
    let after = lab.state(HOSTS);
    let files: BTreeSet<&str> =
        changed(&before, &after).into_iter().filter(|path| path.contains("/etc/")).collect();
    let expected = [
        "master/etc/kubernetes/token.csv",
        "node1/etc/kubernetes/bootstrap.kubeconfig",
        "node2/etc/kubernetes/bootstrap.kubeconfig",
    ];
    assert_eq!(files, BTreeSet::from(expected));
    assert_ne!(token_of(&lab), first, "the one in use comes first");
    let restart = |host: &str, path: &str| {
        let manifest = lab.manifest(&format!("hosts/{host}"));
        let entries = manifest["entries"].as_array().unwrap();
        entries.iter().find(|entry| entry["path"] == path).unwrap()["restart"].clone()
    };
    assert_eq!(restart("master", "etc/kubernetes/token.csv"), serde_json::json!(["kube-apiserver.service"]));
    // A kubelet that has its certificate never reads it again, and one that waits for it starts anew by itself.
    assert_eq!(restart("node1", "etc/kubernetes/bootstrap.kubeconfig"), Json::Null);
    with("{ use = 2, trust = [2] }");
    let last = lab.state(HOSTS);
    assert_eq!(changed(&after, &last), BTreeSet::from(["master.json", "master/etc/kubernetes/token.csv"]));
    let file = lab.read(&format!("{HOSTS}/master/etc/kubernetes/token.csv"));
    assert!(file.lines().count() == 1 && !file.contains(&first), "{file}");
}

/// The guide with the VIP: its names, its folders, its commands.
#[test]
fn the_guide_with_a_vip() {
    let lab = Lab::built("ha-vip");
    let host = |name: &str| -> BTreeSet<String> {
        lab.state(&format!("{HOSTS}/{name}"))
            .into_iter()
            .filter(|(_, (_, bytes))| bytes.is_some())
            .map(|(path, _)| path)
            .collect()
    };
    let (master, worker) = (host("master01"), host("node01"));
    for path in ["ca.pem", "ca-key.pem", "front-proxy-ca.pem", "apiserver.pem", "apiserver-key.pem"] {
        assert!(master.contains(&format!("etc/kubernetes/pki/{path}")), "{path}");
    }
    // What signs stays with who signs.
    assert!(!worker.contains("etc/kubernetes/pki/ca-key.pem"));
    assert!(worker.contains("etc/systemd/system/kubelet.service.d/10-kubelet.conf"));
    let file = format!("{HOSTS}/node01/etc/kubernetes/bootstrap-kubelet.kubeconfig");
    let ours = kubeconfig(&lab, &file);
    let token = ours["users"][0]["user"]["token"].as_str().unwrap();
    let run = lab.shell(&format!(
        "set -e
        kubectl config set-cluster kubernetes --certificate-authority=/etc/kubernetes/pki/ca.pem \
            --server=https://10.111.0.111:16443 --kubeconfig=guide
        kubectl config set-credentials tls-bootstrap-token-user --token={token} --kubeconfig=guide
        kubectl config set-context tls-bootstrap-token-user@kubernetes --cluster=kubernetes \
            --user=tls-bootstrap-token-user --kubeconfig=guide
        kubectl config use-context tls-bootstrap-token-user@kubernetes --kubeconfig=guide"
    ));
    assert_eq!(run.code, 0, "{run:#?}");
    assert_eq!(ours, kubeconfig(&lab, "guide"));
    let manifest = lab.read("cluster.trees/cluster/kube-apiserver-bootstrap.yaml");
    assert_eq!(
        manifest.matches("name: \"system:bootstrappers:default-node-token\"").count(),
        2,
        "{manifest}"
    );
    let access = lab.read("cluster.trees/cluster/kube-apiserver-access.yaml");
    assert!(access.contains("system:kubelet-api-admin"), "{access}");
}

const TOKEN: &str = r#"
[keyring.bootstrap]
kind = "bootstrap-token"
validity = "24h"
groups = ["system:bootstrappers:workers", "system:bootstrappers:ingress"]
"#;

#[test]
fn a_bootstrap_token_is_a_secret_with_an_end_that_the_lock_keeps() {
    let lab = Lab::of("ha");
    lab.append(TOKEN);
    lab.build();
    let manifest = lab.read("cluster.trees/cluster/kube-apiserver-bootstrap.yaml");
    let bootstrap = kubeconfig(&lab, &format!("{HOSTS}/node01/etc/kubernetes/bootstrap-kubelet.conf"));
    let token = bootstrap["users"][0]["user"]["token"].as_str().unwrap();
    let (id, secret) = token.split_once('.').unwrap();
    assert_eq!((id.len(), secret.len()), (6, 16));
    assert_eq!(bootstrap["clusters"][0]["cluster"]["server"], "https://10.111.0.111:16443");
    for line in [
        format!("name: bootstrap-token-{id}\n"),
        format!("token-id: \"{id}\"\n"),
        format!("token-secret: \"{secret}\"\n"),
        "expiration: \"2026-01-02T00:00:00Z\"\n".to_owned(),
        "auth-extra-groups: \"system:bootstrappers:workers,system:bootstrappers:ingress\"\n".to_owned(),
    ] {
        assert!(manifest.contains(&line), "{line}: {manifest}");
    }
    assert_eq!(lab.state("cluster.trees/cluster")["kube-apiserver-bootstrap.yaml"].0, 0o600);
    // kubectl knows every object, and how many there are.
    let kinds = lab
        .shell("kubectl annotate --local -f cluster.trees/cluster/kube-apiserver-bootstrap.yaml a=b -o name");
    assert_eq!((kinds.code, kinds.out.lines().count()), (0, 4), "{kinds:#?}");
    // A later build keeps the date; the next generation gets its own.
    let before = lab.state("cluster.trees");
    let run = lab.run(&["build", "cluster.toml", "--at", LATER]);
    assert_eq!((run.code, lab.state("cluster.trees") == before), (3, true), "{run:#?}");
    lab.append("generations = { use = 2, trust = [1, 2] }\n");
    let run = lab.run(&["build", "cluster.toml", "--at", LATER]);
    assert_eq!(run.code, 0, "{run:#?}");
    let manifest = lab.read("cluster.trees/cluster/kube-apiserver-bootstrap.yaml");
    for end in ["2026-01-02T00:00:00Z", "2026-03-02T00:00:00Z"] {
        assert!(manifest.contains(&format!("expiration: \"{end}\"\n")), "{manifest}");
    }
}

/// What a kubelet of 1.36 writes when it has its certificate: the next start finds what it would write itself.
#[test]
fn the_kubeconfig_of_a_kubelet_that_asks_is_the_one_that_it_would_write() {
    let lab = Lab::of("ha");
    lab.append(TOKEN);
    lab.build();
    let written = "\
apiVersion: v1
clusters:
- cluster:
    certificate-authority: /etc/kubernetes/pki/ca.crt
    server: https://10.111.0.111:16443
  name: default-cluster
contexts:
- context:
    cluster: default-cluster
    namespace: default
    user: default-auth
  name: default-context
current-context: default-context
kind: Config
users:
- name: default-auth
  user:
    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem
    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem
";
    let ours = lab.read(&format!("{HOSTS}/node01/etc/kubernetes/kubelet.conf"));
    assert_eq!(ours, written);
    let bootstrap = kubeconfig(&lab, &format!("{HOSTS}/node01/etc/kubernetes/bootstrap-kubelet.conf"));
    let copied = kubeconfig(&lab, &format!("{HOSTS}/node01/etc/kubernetes/kubelet.conf"));
    assert_eq!(bootstrap["clusters"][0]["cluster"], copied["clusters"][0]["cluster"]);
}

/// Who asks needs no certificate of ours; who hands over begins with one.
#[test]
fn identities_of_kubelets() {
    let lab = Lab::of("ha");
    lab.append(TOKEN);
    lab.append(
        "\n[node.node02.component.kubelet]\nsetting = { identity = \"handover\", serving = \"bootstrap\" }\n",
    );
    lab.build();
    let lock = lab.read("cluster.lock");
    assert!(!lock.contains("node.node01/kubelet-client") && lock.contains("node.node01/kubelet-serving"));
    assert!(lock.contains("node.node02/kubelet-client") && !lock.contains("node.node02/kubelet-serving"));
    let classes = classes(&lab, "node02");
    assert!(classes.contains("managed etc/kubernetes/kubelet.conf"), "{classes:?}");
    assert!(classes.contains("runtime var/lib/kubelet/pki/kubelet-server-current.pem"), "{classes:?}");
    let settings = |host: &str| lab.read(&format!("{HOSTS}/{host}/var/lib/kubelet/config.yaml"));
    for (host, rotates, asks) in [("master01", false, false), ("node01", true, false), ("node02", true, true)]
    {
        let text = settings(host);
        assert!(text.contains(&format!("rotateCertificates: {rotates}\n")), "{host}: {text}");
        assert!(text.contains(&format!("serverTLSBootstrap: {asks}\n")), "{host}: {text}");
        assert_eq!(text.contains("tlsCertFile"), !asks, "{host}: {text}");
    }
    let run = lab.run(&["build", "--locked", "cluster.toml", "--at", AT]);
    assert_eq!(run.code, 0, "{run:#?}");
}

/// What nobody approves stays pending, and the kubelet's certificate expires.
#[test]
fn the_cluster_approves_what_is_handed_over() {
    const ROTATION: &str = "cluster.trees/cluster/kubelet-rotation.yaml";
    const ROLE: &str = "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient";
    let lab = Lab::of("ha");
    lab.append("\n[node.node02.component.kubelet]\nsetting = { identity = \"handover\" }\n");
    lab.build();
    let binding = lab.read(ROTATION);
    assert!(
        binding.contains(&format!("name: {ROLE}\n")) && binding.contains("name: system:nodes\n"),
        "{binding}"
    );
    // Those of tokens have the binding already.
    lab.append(TOKEN);
    lab.build();
    assert!(!lab.path(ROTATION).exists());
    assert!(lab.read("cluster.trees/cluster/kube-apiserver-bootstrap.yaml").contains(ROLE));
    let planned = Lab::of("ha");
    planned.build();
    assert!(!planned.path(ROTATION).exists());
}

/// kubeadm's packages bring a unit, and a drop-in that gives the program its flags. systemd takes ours instead of both.
#[test]
fn the_kubelet_of_kubeadms_packages() {
    let lab = Lab::of("kubeadm");
    lab.edit("layout = \"kubeadm\"", "layout = \"kubeadm-packages\"");
    lab.append("\n[component.kubelet]\nsetting.drop-in = true\n");
    lab.build();
    let units = format!("{HOSTS}/master1/etc/systemd/system");
    let (unit, drop_in) = ("kubelet.service", "kubelet.service.d/10-kubeadm.conf");
    assert!(lab.read(&format!("{units}/{drop_in}")).contains("ExecStart=/usr/bin/kubelet"));
    // Both as the packages have them, in the directory that counts less.
    assert_eq!(
        lab.shell("mkdir -p host/usr/lib/systemd/system/kubelet.service.d host/usr/bin host/etc/systemd")
            .code,
        0
    );
    lab.write("host/usr/lib/systemd/system/kubelet.service", "[Service]\nExecStart=/usr/bin/kubelet\n");
    lab.write(
        "host/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
        "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf\n",
    );
    let script = format!(
        "cp -r {units} host/etc/systemd/ && install -m 755 /dev/null host/usr/bin/kubelet && \
         systemd-analyze --root=$PWD/host cat-config systemd/system/{unit}"
    );
    let run = lab.shell(&script);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.out.contains("ExecStart=/usr/bin/kubelet"), "{run:#?}");
    assert!(!run.out.contains("bootstrap-kubelet"), "{run:#?}");
}

#[test]
fn a_setting_takes_its_words_alone() {
    let lab = Lab::of("ha");
    lab.append("\n[component.kubelet]\nsetting = { identity = \"handed-over\" }\n");
    let run = lab.run(&["check", "cluster.toml"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("`handed-over` is not a valid `identity` of `kubelet`"), "{}", run.err);
}
