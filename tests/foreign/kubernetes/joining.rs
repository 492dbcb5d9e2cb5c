//! Nodes that join with tokens that neither lock nor trees have.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::support::{AT, Lab, Run};

const BOOTSTRAP: &str =
    "\n[bootstrap]\ngroups = [\"system:bootstrappers:workers\", \"system:bootstrappers:ingress\"]\n";
const HOST: &str = "cluster.trees/hosts/node01";

fn lab() -> Lab {
    let lab = Lab::of("ha");
    lab.append(BOOTSTRAP);
    lab.build();
    lab
}

fn join(lab: &Lab, more: &[&str]) -> Run {
    lab.run(&[&["join", "cluster.toml", "node01", "--at", AT], more].concat())
}

fn answer(lab: &Lab, more: &[&str]) -> Json {
    let run = join(lab, &[more, &["--format", "json"]].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    serde_json::from_str(&run.out).unwrap()
}

fn text<'j>(answer: &'j Json, key: &str) -> &'j str {
    answer[key].as_str().unwrap_or_else(|| panic!("{key}: {answer}"))
}

/// What kubectl understands of it.
fn objects(lab: &Lab, text: &str) -> Vec<Json> {
    lab.write("objects.yaml", text);
    let run = lab.shell("kubectl annotate --local -f objects.yaml a=b -o json");
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    let objects = serde_json::Deserializer::from_str(&run.out).into_iter::<Json>();
    objects.map(Result::unwrap).collect()
}

/// Everything that lies in the lab but for what a test has put there.
fn files(lab: &Lab) -> crate::support::State {
    lab.state(".").into_iter().filter(|(path, _)| !path.contains("objects.yaml")).collect()
}

#[test]
fn a_token_lies_nowhere_and_is_another_each_time() {
    let lab = lab();
    let before = files(&lab);
    let mut tokens = BTreeSet::new();
    for _ in 0..3 {
        let answer = answer(&lab, &["--ttl", "90m"]);
        assert_eq!(text(&answer, "not_after"), "2026-01-01T01:30:00Z");
        lab.write("kubeconfig", text(&answer, "kubeconfig"));
        let view = lab.shell("kubectl config view --raw -o json --kubeconfig=kubeconfig; rm kubeconfig");
        let view: Json = serde_json::from_str(&view.out).unwrap();
        let token = view["users"][0]["user"]["token"].as_str().unwrap();
        let (id, secret) = token.split_once('.').unwrap();
        let is_good = |part: &str| part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        assert!(id.len() == 6 && secret.len() == 16 && is_good(id) && is_good(secret), "{token}");
        // It leads where the tree's own kubeconfig does, and trusts what lies in the tree.
        assert_eq!(view["clusters"][0]["cluster"]["server"], "https://10.111.0.111:16443");
        let trusted = view["clusters"][0]["cluster"]["certificate-authority"].as_str().unwrap();
        assert!(lab.path(&format!("{HOST}{trusted}")).is_file(), "{trusted}");
        // The unit reads it where it is to be put, and the tree has none.
        let path = text(&answer, "path");
        let unit = lab.read(&format!("{HOST}/etc/systemd/system/kubelet.service"));
        assert!(unit.contains(&format!("--bootstrap-kubeconfig={path}")), "{unit}");
        assert!(!lab.path(&format!("{HOST}{path}")).exists());
        let [object] = objects(&lab, text(&answer, "secret")).try_into().unwrap();
        assert_eq!(object["metadata"]["name"], format!("bootstrap-token-{id}"));
        assert_eq!(
            (&object["type"], &object["metadata"]["namespace"]),
            (&"bootstrap.kubernetes.io/token".into(), &"kube-system".into())
        );
        for (key, wanted) in [
            ("token-id", id),
            ("token-secret", secret),
            ("expiration", "2026-01-01T01:30:00Z"),
            ("usage-bootstrap-authentication", "true"),
            ("usage-bootstrap-signing", "true"),
            ("auth-extra-groups", "system:bootstrappers:workers,system:bootstrappers:ingress"),
        ] {
            assert_eq!(object["stringData"][key], wanted, "{key}");
        }
        tokens.insert(token.to_owned());
    }
    assert_eq!(tokens.len(), 3);
    assert!(files(&lab) == before, "nothing is written");
}

/// One stream: kubectl takes the Secret, and what is for the node follows.
#[test]
fn what_is_printed() {
    let lab = lab();
    let run = join(&lab, &[]);
    let (secret, kubeconfig) = run.out.split_once("---\n").unwrap();
    assert_eq!(objects(&lab, secret).len(), 1);
    assert!(
        kubeconfig
            .starts_with("# On node01: /etc/kubernetes/bootstrap-kubelet.conf, mode 0600.\napiVersion: v1\n")
    );
    let run = join(&lab, &["--kubeadm"]);
    assert_eq!(objects(&lab, &run.out).len(), 1, "the command is a comment");
    assert!(
        run.out.lines().last().unwrap().starts_with("# kubeadm join 10.111.0.111:16443 --token "),
        "{}",
        run.out
    );
    // Whoever reads a part must not take it for the whole.
    let run = lab.shell("$PKIPLAN join cluster.toml node01 > /dev/full");
    assert!(run.code == 1 && run.err.contains("cannot write to standard output"), "{run:#?}");
    let help = lab.run(&["join", "--help"]);
    assert!(help.out.contains("Standard output gets its Secret"), "{}", help.out);
}

/// A node of kubeadm's trusts who shows a certificate below one of these keys, and openssl has the same digests.
#[test]
fn kubeadm_pins_the_authority() {
    let pin = |lab: &Lab, certificate: &str| {
        let run = lab.shell(&format!(
            "openssl x509 -pubkey -noout -in {certificate} | openssl pkey -pubin -outform der | openssl dgst -sha256 -r"
        ));
        format!("sha256:{}", run.out.split(' ').next().unwrap())
    };
    let pins = |lab: &Lab| -> Vec<String> {
        let answer = answer(lab, &["--kubeadm"]);
        let words: Vec<&str> = text(&answer, "command").split(' ').collect();
        assert_eq!(words[..4], ["kubeadm", "join", "10.111.0.111:16443", "--token"]);
        assert!(text(&answer, "secret").contains(words[4].split_once('.').unwrap().1));
        assert_eq!(words[words.len() - 2..], ["--node-name", "node01"]);
        let pairs = words.windows(2).filter(|pair| pair[0] == "--discovery-token-ca-cert-hash");
        pairs.map(|pair| pair[1].to_owned()).collect()
    };
    let lab = lab();
    assert_eq!(pins(&lab), [pin(&lab, "cluster.certs/authority.kubernetes-1.crt")]);
    // The root, where an intermediate signs; both, while one takes the other's place.
    lab.append("\n[authority.kubernetes]\ngenerations = { use = 1, trust = [1, 2] }\n");
    lab.build();
    let both = [1, 2].map(|number| pin(&lab, &format!("cluster.certs/authority.kubernetes-{number}.crt")));
    assert_eq!(pins(&lab), both);
    let lab = Lab::of("intermediate");
    lab.append(BOOTSTRAP);
    lab.build();
    let run = lab.run(&["join", "cluster.toml", "worker-1", "--kubeadm"]);
    let wanted = pin(&lab, "cluster.certs/authority.root-1.crt");
    assert!(run.code == 0 && run.out.contains(&format!("-cert-hash {wanted} --node-name")), "{run:#?}");
}

/// Whoever joins trusts what is applied to the cluster.
#[test]
fn the_policy_has_bindings_and_cluster_info_and_no_token() {
    let lab = lab();
    let lock = lab.read("cluster.lock");
    assert!(!lock.contains("bootstrap"), "{lock}");
    let objects_of = |file: &str| objects(&lab, &lab.read(&format!("cluster.trees/cluster/{file}")));
    let bindings = objects_of("kube-apiserver-bootstrap.yaml");
    let roles: Vec<&str> = bindings.iter().map(|one| one["roleRef"]["name"].as_str().unwrap()).collect();
    assert_eq!(roles.len(), 3);
    assert!(roles.contains(&"system:node-bootstrapper"), "{roles:?}");
    assert_eq!(bindings[0]["subjects"][0]["name"], "system:bootstrappers:workers");
    let info = objects_of("kubelet-cluster-info.yaml");
    let kinds: Vec<&str> = info.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ConfigMap", "Role", "RoleBinding"]);
    assert_eq!(info[2]["subjects"][0]["name"], "system:anonymous");
    lab.write("info", info[0]["data"]["kubeconfig"].as_str().unwrap());
    let view = lab.shell("kubectl config view --raw -o json --kubeconfig=info");
    let view: Json = serde_json::from_str(&view.out).unwrap();
    assert_eq!(view["clusters"][0]["cluster"]["server"], "https://10.111.0.111:16443");
    let data = view["clusters"][0]["cluster"]["certificate-authority-data"].as_str().unwrap();
    let run = lab.shell(&format!("printf %s {data} | base64 -d"));
    assert_eq!(run.out, lab.read("cluster.certs/authority.kubernetes-1.crt"));
    // The controller manager signs it, and cleans up what has ended.
    let unit = lab.read("cluster.trees/hosts/master01/etc/systemd/system/kube-controller-manager.service");
    assert!(unit.contains("bootstrapsigner") && unit.contains("tokencleaner"), "{unit}");
    // Control planes begin with certificates of ours, and ask for none.
    let run = lab.run(&["join", "cluster.toml", "master01"]);
    assert!(run.code == 1 && run.err.contains("`master01` does not request certificates"), "{run:#?}");
    let run = lab.run(&["join", "cluster.toml", "node10"]);
    assert!(run.code == 1 && run.err.contains("did you mean `node01`"), "{run:#?}");
}

/// A plan with a keyring of tokens needs none of its tokens to live, and a plan with neither lets nobody join.
#[test]
fn beside_a_keyring_and_without_any() {
    let lab = Lab::of("ha");
    let keyring = "\n[keyring.bootstrap]\nkind = \"bootstrap-token\"\nvalidity = \"24h\"\ngroups = [\"system:bootstrappers:few\"]\n";
    let plan = lab.read("cluster.toml");
    lab.append(keyring);
    lab.build();
    let late = answer(&lab, &[]);
    assert!(text(&late, "secret").contains("auth-extra-groups: \"system:bootstrappers:few\"\n"));
    let tree = lab.read(&format!("{HOST}/etc/kubernetes/bootstrap-kubelet.conf"));
    let without =
        |text: &str| text.lines().filter(|line| !line.contains("token:")).collect::<Vec<_>>().join("\n");
    assert_eq!(without(text(&late, "kubeconfig")), without(&tree));
    assert_ne!(text(&late, "kubeconfig"), tree);
    // From one to the other: the token is gone from cluster and hosts, and the kubelets' identity stays.
    lab.write("before.toml", &lab.read("cluster.toml"));
    lab.write("before.lock", &lab.read("cluster.lock"));
    lab.write("cluster.toml", &format!("{plan}{BOOTSTRAP}"));
    let run = lab.run(&["diff", "cluster.toml", "before.toml", "--at", AT]);
    assert!(
        run.out.contains("- Secret/bootstrap-token-") && run.out.contains("bootstrap -> "),
        "{}",
        run.out
    );
    assert!(!run.out.contains("kubelet-client"), "{}", run.out);
    lab.write("cluster.toml", &plan);
    let run = join(&lab, &[]);
    assert!(
        run.code == 1
            && run.err.contains("the plan has no `[bootstrap]` table, so no node can join with a token"),
        "{run:#?}"
    );
}

#[test]
fn files_are_for_their_owner_alone() {
    let lab = lab();
    std::fs::create_dir(lab.path("out")).unwrap();
    let run = join(&lab, &["--out", "out"]);
    assert!(run.code == 0 && run.out.ends_with("\nnext: kubectl apply -f out/secret.yaml\n"), "{run:#?}");
    let secret = lab.read("out/secret.yaml");
    let token =
        secret.lines().find_map(|line| line.trim().strip_prefix("token-secret: ")).unwrap().trim_matches('"');
    assert!(!run.out.contains(token) && lab.read("out/kubeconfig").contains(token));
    let state = lab.state("out");
    assert!(state.len() == 2 && state.values().all(|(mode, _)| *mode == 0o600), "{:?}", state.keys());
    let again = join(&lab, &["--out", "out"]);
    assert!(again.code == 1 && lab.read("out/secret.yaml") == secret, "{again:#?}");
}

/// Another authority beside the lock would be trusted by whoever joins.
#[test]
fn a_certificate_that_the_lock_does_not_have_is_refused() {
    let lab = lab();
    lab.write("cluster.certs/authority.kubernetes-1.crt", &lab.read("cluster.certs/authority.etcd-1.crt"));
    let run = join(&lab, &["--kubeadm"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""), "{run:#?}");
}
