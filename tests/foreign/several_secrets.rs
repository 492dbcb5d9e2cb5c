//! Several secrets, some of them absent, and secrets that are replaced.

use std::fs;

use crate::support::{AT, Lab, Run};

/// An offline root, an intermediate for every day, and what both issue.
const PLAN: &str = r#"format = 1

[secret.offline]

[authority.root]
secret = "offline"
validity.own = "20y"

[authority.web]
issuer = "root"

[keyring.tokens]
kind = "key-pair"

[node.proxy1]
addresses = ["10.0.0.7"]

[node.proxy2]
addresses = ["10.0.0.8"]
secret = "second"

[secret.second]

[certificate.shop]
authority = "web"
usage = "server"
dns = ["shop.example.com"]
nodes = "all"
certificate-file = "/etc/ssl/shop.crt"
key-file = "/etc/ssl/private/shop.key"

[certificate.direct]
authority = "root"
usage = "client"

[certificate.monitor]
authority = "web"
usage = "client"
"#;

const LEFT: &str = "warning: the secret `offline` is missing, so these stay as they are: users/direct\n";

fn secret(lab: &Lab, file: &str, byte: &str) {
    lab.write(file, &format!("pkiplan-secret-1 {}\n", byte.repeat(32)));
    assert_eq!(lab.shell(&format!("chmod 600 {file}")).code, 0);
}

/// Three secrets and a build with all of them.
fn built() -> Lab {
    let lab = Lab::written(PLAN);
    secret(&lab, "cluster.offline.secret", "0f");
    secret(&lab, "cluster.second.secret", "52");
    lab.build();
    lab
}

fn build(lab: &Lab, more: &[&str]) -> Run {
    lab.run(&[&["build", "cluster.toml", "--at", AT], more].concat())
}

fn away(lab: &Lab, file: &str) {
    fs::rename(lab.path(file), lab.path("away")).unwrap();
}

fn back(lab: &Lab, file: &str) {
    fs::rename(lab.path("away"), lab.path(file)).unwrap();
}

/// The lock's line of a key.
fn key(lab: &Lab, certificate: &str) -> String {
    let lock = lab.read("cluster.lock");
    let (_, record) = lock.split_once(&format!("[certificate.\"{certificate}\"]\n")).unwrap();
    record.lines().find_map(|line| line.strip_prefix("key = ")).unwrap().trim_matches('"').to_owned()
}

fn secrets(lab: &Lab) -> Vec<String> {
    let lock = lab.read("cluster.lock");
    let (_, section) = lock.split_once("[secrets]\n").unwrap();
    let lines = section.lines().take_while(|line| !line.is_empty());
    lines.map(|line| line.split(", identity").next().unwrap().to_owned()).collect()
}

#[test]
fn each_key_derives_from_the_secret_that_is_named() {
    let lab = built();
    for (certificate, expected) in [
        ("authority.root/1", "derived ecdsa-p256 1 secret offline"),
        ("authority.web/1", "derived ecdsa-p256 1"),
        ("node.proxy1/shop", "derived ecdsa-p256 1"),
        ("node.proxy2/shop", "derived ecdsa-p256 1 secret second"),
        ("certificate.direct", "derived ecdsa-p256 1"),
    ] {
        assert_eq!(key(&lab, certificate), expected, "{certificate}");
    }
    assert!(lab.read("cluster.lock").contains("\"issuer-key derived ecdsa-p256 1 secret offline\""));
    assert_eq!(secrets(&lab), ["default = { epoch = 1", "offline = { epoch = 1", "second = { epoch = 1"]);
    // Another secret changes what hangs on it and nothing else.
    let before = lab.state("cluster.trees");
    let other = Lab::written(PLAN);
    secret(&other, "cluster.offline.secret", "0f");
    secret(&other, "cluster.second.secret", "53");
    other.build();
    let changed: Vec<String> = other
        .state("cluster.trees")
        .into_iter()
        .filter(|(path, at)| before[path] != *at)
        .map(|(p, _)| p)
        .collect();
    let names = ["etc/ssl/private/shop.key", "etc/ssl/shop.crt"];
    let expected: Vec<String> = names.iter().map(|name| format!("hosts/proxy2/{name}")).collect();
    assert_eq!(changed.iter().filter(|path| path.contains("/etc/")).cloned().collect::<Vec<_>>(), expected);
    assert!(changed.iter().all(|path| path.starts_with("hosts/proxy2")), "{changed:?}");
    // The whole plan derives from another one.
    other
        .append("\n[cluster]\nname = \"a\"\nlayout = \"kubeadm\"\nversion = \"1.36\"\nsecret = \"second\"\n");
    let run = build(&other, &[]);
    assert!(run.code == 1 && run.err.contains("lock::other-secret"), "{run:#?}");
}

#[test]
fn daily_builds_do_without_an_offline_root() {
    let lab = built();
    let whole = lab.state("cluster.trees");
    away(&lab, "cluster.offline.secret");
    let run = build(&lab, &["--locked"]);
    assert_eq!((run.code, run.err.as_str()), (0, LEFT), "{run:#?}");
    assert_eq!(lab.state("cluster.trees"), whole, "what cannot be made stays");
    let run = build(&lab, &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["left"], serde_json::json!([{ "unit": "users/direct", "secret": "offline" }]));
    // What the intermediate issues changes as ever.
    lab.edit("dns = [\"shop", "dns = [\"www.example.com\", \"shop");
    let run = build(&lab, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, LEFT), "{run:#?}");
    assert!(run.out.contains("2 reissued"), "{run:#?}");
    let chain = "openssl verify -CAfile cluster.certs/authority.root-1.crt \
                 -untrusted cluster.trees/hosts/proxy1/etc/ssl/shop.crt cluster.trees/hosts/proxy1/etc/ssl/shop.crt";
    assert_eq!(lab.shell(chain).code, 0);
    // Trees that were lost come back, but for what needs the root.
    lab.remove("cluster.trees");
    let run = build(&lab, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, LEFT), "{run:#?}");
    let units = lab.units();
    assert!(
        units.contains(&"hosts/proxy1".to_owned()) && !units.contains(&"users/direct".to_owned()),
        "{units:?}"
    );
    // With the secret the rest follows.
    let run = build(&lab, &["--secret", "offline=away"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert!(lab.units().contains(&"users/direct".to_owned()));
}

#[test]
fn what_must_be_issued_needs_its_secret() {
    let lab = built();
    away(&lab, "cluster.offline.secret");
    let missing = "the secret `offline` is missing, but `authority.root/1` needs it";
    lab.edit("validity.own = \"20y\"", "validity.own = \"21y\"");
    let before = lab.state("cluster.trees");
    let run = build(&lab, &[]);
    assert!(run.code == 1 && run.err.contains(missing), "{run:#?}");
    lab.edit("validity.own = \"21y\"", "validity.own = \"20y\"");
    // The certificate is what stands in for the key: without it, or with another one, nothing does.
    let kept = lab.read("cluster.certs/authority.root-1.crt");
    for other in [None, Some(lab.read("cluster.certs/authority.web-1.crt"))] {
        match other {
            None => lab.remove("cluster.certs/authority.root-1.crt"),
            Some(text) => lab.write("cluster.certs/authority.root-1.crt", &text),
        }
        let run = build(&lab, &[]);
        assert!(run.code == 1 && run.err.contains(missing), "{run:#?}");
    }
    assert_eq!(lab.state("cluster.trees"), before);
    lab.write("cluster.certs/authority.root-1.crt", &kept);
    assert_eq!(build(&lab, &[]).code, 0);
    // An intermediate is issued by the root.
    lab.edit("issuer = \"root\"", "issuer = \"root\"\nvalidity.own = \"4y\"");
    let run = build(&lab, &[]);
    assert!(run.code == 1 && run.err.contains("but `authority.web/1` needs it"), "{run:#?}");
    back(&lab, "cluster.offline.secret");
    assert_eq!(build(&lab, &[]).code, 0);
}

#[test]
fn a_host_whose_secret_is_missing_stays() {
    let lab = built();
    away(&lab, "cluster.second.secret");
    lab.edit("dns = [\"shop", "dns = [\"www.example.com\", \"shop");
    let before = lab.state("cluster.trees/hosts/proxy2");
    let run = build(&lab, &[]);
    let left = "warning: the secret `second` is missing, so these stay as they are: hosts/proxy2\n";
    assert_eq!((run.code, run.err.as_str()), (0, left), "{run:#?}");
    assert_eq!(lab.state("cluster.trees/hosts/proxy2"), before);
    back(&lab, "cluster.second.secret");
    lab.build();
    assert_ne!(lab.state("cluster.trees/hosts/proxy2"), before);
    // With none but the root's, nothing can be made; and with none at all neither.
    lab.shell("mkdir safe && mv cluster.secret cluster.second.secret safe/");
    let run = build(&lab, &[]);
    assert!(run.code == 1 && run.err.contains("fill::missing-secret"), "{run:#?}");
    lab.remove("cluster.offline.secret");
    let run = build(&lab, &[]);
    assert!(run.code == 1 && run.err.contains("there is a lock but no secret cluster.secret"), "{run:#?}");
}

#[test]
fn names_of_secrets_are_checked() {
    let lab = built();
    let run = lab.run(&["secret", "new", "cluster.toml", "--name", "ofline"]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (1, "error: the plan cluster.toml has no secret `ofline`; did you mean `offline`?\n")
    );
    let run = lab.run(&["secret", "new", "cluster.toml", "--name", "offline"]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (1, "error: cluster.offline.secret already exists, and pkiplan never overwrites a secret\n")
    );
    away(&lab, "cluster.offline.secret");
    let run = lab.run(&["secret", "new", "cluster.toml", "--name", "offline"]);
    assert!(run.code == 1 && run.err.contains("was made with a secret that is missing"), "{run:#?}");
    let run = build(&lab, &["--secret", "third=away"]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (1, "error: the secret `third` is given, but the plan has no secret with that name\n")
    );
    let run = build(&lab, &["--secret", "offline=cluster.secret"]);
    assert!(
        run.code == 1 && run.err.contains("the lock was made with another secret than cluster.secret"),
        "{run:#?}"
    );
    let run = lab.run(&["secret", "check", "away", "--plan", "cluster.toml"]);
    assert_eq!(run.out, "away matches cluster.lock (secret `offline`): 1 public key agrees\n");
    // What is left of another cluster is none of this one.
    lab.shell("rm -r cluster.lock cluster.trees cluster.certs cluster.secret");
    let run = build(&lab, &[]);
    assert!(run.code == 1 && run.err.contains("second.secret belongs to another lock"), "{run:#?}");
    // A first build wants the named ones to be made.
    lab.remove("cluster.second.secret");
    assert_eq!(lab.run(&["secret", "new", "cluster.toml", "--name", "second"]).code, 0);
    let run = build(&lab, &[]);
    assert!(run.code == 1 && run.err.contains("the secret `offline` is missing"), "{run:#?}");
    assert!(!lab.path("cluster.secret").exists());
    assert_eq!(lab.run(&["secret", "new", "cluster.toml", "--name", "offline"]).code, 0);
    let run = build(&lab, &[]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.out.starts_with("A new secret was made: cluster.secret\n"), "{run:#?}");
}

/// Writes an epoch of the default secret into the plan.
fn epoch(lab: &Lab, epoch: u32) {
    lab.append(&format!("\n[secret.default]\nepoch = {epoch}\n"));
}

fn replace(lab: &Lab, epoch: &str) -> Run {
    lab.run(&["secret", "new", "cluster.toml", "--epoch", epoch])
}

#[test]
fn a_secret_is_replaced() {
    let lab = built();
    let old = lab.read("cluster.secret");
    epoch(&lab, 2);
    let run = build(&lab, &[]);
    assert!(run.code == 1 && run.err.contains("cluster.secret is still the one of epoch 1"), "{run:#?}");
    let run = replace(&lab, "2");
    assert_eq!(
        (run.code, run.out.as_str()),
        (
            0,
            "cluster.secret is now cluster.epoch-1.secret\nA new secret was made: cluster.secret\n  Private keys derive from it. Never commit it. Keep a copy in a safe place.\nnext: pkiplan build cluster.toml\n"
        )
    );
    assert_eq!(lab.read("cluster.epoch-1.secret"), old);
    assert_ne!(lab.read("cluster.secret"), old);
    assert_eq!(
        replace(&lab, "2").err,
        "error: cluster.epoch-1.secret already exists, and cluster.secret is the secret of epoch 2; build with it\n"
    );
    let run = build(&lab, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert!(run.out.contains("node.proxy1/shop: epoch 1 -> 2"), "{run:#?}");
    // End entities follow at once, authorities do not, and other secrets have nothing to do with it.
    for (certificate, expected) in [
        ("authority.web/1", "derived ecdsa-p256 1"),
        ("node.proxy1/shop", "derived ecdsa-p256 2 epoch 2"),
        ("node.proxy2/shop", "derived ecdsa-p256 1 secret second"),
    ] {
        assert_eq!(key(&lab, certificate), expected);
    }
    let now = [
        "default = { epoch = 2",
        "\"default.epoch-1\" = { epoch = 1",
        "offline = { epoch = 1",
        "second = { epoch = 1",
    ];
    assert_eq!(secrets(&lab), now);
    assert!(!lab.read("cluster.lock").contains("derives-from"));
    let run = build(&lab, &["--locked"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert!(run.out.contains(" 0 written"), "{run:#?}");
    let run = replace(&lab, "4");
    assert_eq!(run.err, "error: the secret `default` has epoch 2, so the next one is that of epoch 3\n");
    let check = |file: &str| lab.run(&["secret", "check", file, "--plan", "cluster.toml"]).out;
    assert!(check("cluster.epoch-1.secret").contains("(secret `default`): 2 public keys agree"));
    assert!(check("cluster.secret").contains("(secret `default` of epoch 2): no authority"));
}

/// The last of the old epoch goes with the authorities' old generations.
#[test]
fn an_old_epoch_is_needed_until_nothing_derives_from_it() {
    let lab = built();
    epoch(&lab, 2);
    assert_eq!(replace(&lab, "2").code, 0);
    assert_eq!(build(&lab, &[]).code, 0);
    away(&lab, "cluster.epoch-1.secret");
    let run = build(&lab, &[]);
    let left = "warning: the secret `default.epoch-1` is missing, so these stay as they are: \
                hosts/proxy1, hosts/proxy2, users/monitor\n";
    assert_eq!((run.code, run.err.as_str()), (0, left), "{run:#?}");
    let rotate = |from: &str, to: &str| {
        let plan = lab.read("cluster.toml");
        lab.write("cluster.toml", &plan.replace(from, to));
        build(&lab, &["--secret", "default.epoch-1=away"])
    };
    let run = rotate("issuer = \"root\"\n", "issuer = \"root\"\ngenerations = { use = 1, trust = [1, 2] }\n");
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert_eq!(rotate("\"key-pair\"\n", "\"key-pair\"\ngenerations = { use = 1, trust = [1, 2] }\n").code, 0);
    assert_eq!(key(&lab, "authority.web/2"), "derived ecdsa-p256 2 epoch 2");
    assert!(lab.read("cluster.lock").contains("derives-from = { 2 = \"epoch 2\" }"));
    let run = rotate("use = 1, trust = [1, 2]", "use = 2, trust = [1, 2]");
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert!(lab.read("cluster.lock").contains("\"issuer-key derived ecdsa-p256 2 epoch 2\""));
    // What still trusts the old generation takes its certificate from beside the lock.
    let run = build(&lab, &["--locked"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    lab.write("cluster.toml", &lab.read("cluster.toml").replace("trust = [1, 2]", "trust = [2]"));
    let run = build(&lab, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert_eq!(secrets(&lab)[..2], ["default = { epoch = 2", "offline = { epoch = 1"]);
    // It never comes back.
    lab.edit("epoch = 2\n", "epoch = 1\n");
    let run = build(&lab, &[]);
    assert!(
        run.code == 1
            && run.err.contains("the secret `default` has epoch 1 in the plan, but the lock knows epoch 2"),
        "{run:#?}"
    );
}

/// Whatever was sealed stays so, and a run that ended in between is ended by the next.
#[test]
fn replacing_loses_nothing() {
    let lab = built();
    epoch(&lab, 2);
    let old = lab.read("cluster.secret");
    // The old one has both names, as between two steps.
    fs::hard_link(lab.path("cluster.secret"), lab.path("cluster.epoch-1.secret")).unwrap();
    assert_eq!(replace(&lab, "2").code, 0);
    assert_eq!(lab.read("cluster.epoch-1.secret"), old);
    assert_ne!(lab.read("cluster.secret"), old);
    // It is set aside, and the new one is not made yet.
    lab.remove("cluster.secret");
    assert_eq!(replace(&lab, "2").code, 0);
    assert_eq!(build(&lab, &[]).code, 0);
    let run = lab.shell(
        "age-keygen -o age 2>/dev/null && age-keygen -y age >age.pub && \
         $PKIPLAN secret seal cluster.second.secret --recipients-file age.pub --identity age --remove && \
         $PKIPLAN secret new cluster.toml --name second --epoch 2 --recipients-file age.pub",
    );
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert!(
        lab.path("cluster.second.epoch-1.secret.age").exists()
            && lab.path("cluster.second.secret.age").exists()
    );
    lab.edit("[secret.second]\n", "[secret.second]\nepoch = 2\n");
    assert_eq!(build(&lab, &["--identity", "age"]).code, 0);
    assert_eq!(key(&lab, "node.proxy2/shop"), "derived ecdsa-p256 2 secret second epoch 2");
}
