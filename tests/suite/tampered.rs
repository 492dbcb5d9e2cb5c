//! `diff PLAN TREES` is true: it says that nothing changes if the next build writes nothing, and only then.
//!
//! Trees are tampered with in one way after the other; the build that follows puts everything back.

use serde_json::Value;

use crate::support::{AT, Lab, SECRET};

/// Who tells of a change of trees.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Everybody: public halves and the lock's digests show it.
    Always,
    /// Without the secret it is said that only the secret can tell.
    BySecret,
    /// It is none.
    Never,
}

struct Tampering {
    what: &'static str,
    /// In the folder of the trees.
    script: &'static str,
    told: Told,
}

const fn tampering(what: &'static str, script: &'static str, told: Told) -> Tampering {
    Tampering { what, script, told }
}

const BY_FILE: [Tampering; 27] = [
    tampering("nothing", "true", Told::Never),
    tampering(
        "a character in a key",
        "sed -i '2s/^\\(.\\{20\\}\\)./\\1_/' hosts/node1/etc/kubernetes/ssl/kubelet-key.pem",
        Told::Always,
    ),
    tampering(
        "another valid key",
        "cp hosts/node2/etc/kubernetes/ssl/kubelet-key.pem hosts/node1/etc/kubernetes/ssl/kubelet-key.pem",
        Told::Always,
    ),
    tampering(
        "a byte that is no text",
        "printf '\\377' >> hosts/node1/etc/kubernetes/ssl/kubelet-key.pem",
        Told::Always,
    ),
    tampering(
        "a key with a line behind it",
        "echo >> hosts/master/etc/kubernetes/ssl/ca-key.pem",
        Told::Always,
    ),
    tampering(
        "the key that signs tokens",
        "cp hosts/master/etc/kubernetes/ssl/ca-key.pem hosts/master/etc/kubernetes/ssl/service-account-key.pem",
        Told::Always,
    ),
    tampering(
        "the key in a kubeconfig",
        "cp hosts/node2/etc/kubernetes/kube-proxy.kubeconfig hosts/node1/etc/kubernetes/kube-proxy.kubeconfig",
        Told::Always,
    ),
    tampering(
        "certificates of two hosts swapped",
        "cd hosts; f=etc/kubernetes/ssl/kubelet.pem; cp node1/$f t; cp node2/$f node1/$f; mv t node2/$f",
        Told::Always,
    ),
    tampering(
        "certificates and keys of two hosts swapped",
        "cd hosts; for f in kubelet kubelet-key; do f=etc/kubernetes/ssl/$f.pem; \
         cp node1/$f t; cp node2/$f node1/$f; mv t node2/$f; done",
        Told::Always,
    ),
    tampering(
        "a certificate with a line behind it",
        "echo >> hosts/node1/etc/kubernetes/ssl/kubelet.pem",
        Told::Always,
    ),
    tampering(
        "a bundle with a comment",
        "sed -i '1i # ours' hosts/node1/etc/kubernetes/ssl/ca.pem",
        Told::Always,
    ),
    tampering(
        "a configuration",
        "sed -i 's/rotateCertificates: .*/rotateCertificates: false/' hosts/node1/var/lib/kubelet/config.yaml; \
         echo '# ours' >> hosts/node1/var/lib/kubelet/config.yaml",
        Told::Always,
    ),
    tampering("the mode of a file", "chmod 644 hosts/node1/etc/kubernetes/ssl/kubelet-key.pem", Told::Always),
    tampering("the mode of a folder", "chmod 700 hosts/node1/etc/kubernetes", Told::Always),
    tampering("the mode of a host's folder", "chmod 700 hosts/node1", Told::Always),
    tampering(
        "a token that is presented",
        "sed -i 's/token: \"..../token: \"aaaa/' hosts/node1/etc/kubernetes/bootstrap.kubeconfig",
        Told::BySecret,
    ),
    tampering(
        "a token that is accepted",
        "sed -i 's/^...../aaaaa/' hosts/master/etc/kubernetes/token.csv",
        Told::BySecret,
    ),
    tampering(
        "who bears a token",
        "sed -i 's/10001/10002/' hosts/master/etc/kubernetes/token.csv",
        Told::Always,
    ),
    tampering(
        "a key that encrypts",
        "sed -i 's/secret: ../secret: AA/' hosts/master/etc/kubernetes/encryption-configuration.yaml",
        Told::Always,
    ),
    tampering("a file taken away", "rm hosts/node1/etc/kubernetes/ssl/ca.pem", Told::Always),
    tampering("a host taken away", "rm -r hosts/node1", Told::Always),
    tampering("a file of somebody else", "touch hosts/node1/etc/kubernetes/own.conf", Told::Never),
    tampering(
        "an owner in a manifest",
        "sed -i '0,/\"owner\": \"root\"/s//\"owner\": \"nobody\"/' hosts/node1.json",
        Told::Always,
    ),
    tampering(
        "a group in a manifest",
        "sed -i '0,/\"group\": \"root\"/s//\"group\": \"x\"/' hosts/node1.json",
        Told::Always,
    ),
    tampering("spaces in a manifest", "sed -i 's/^  \"unit\"/ \"unit\"/' hosts/node1.json", Told::Always),
    tampering(
        "a digest in a manifest",
        "sed -i '0,/\"sha256\": \"./s//\"sha256\": \"_/' users/admin.json",
        Told::Always,
    ),
    tampering("a checksum list", "rm hosts/node1.sha256", Told::Always),
];

const BY_SECRET: [Tampering; 5] = [
    tampering("nothing", "true", Told::Never),
    tampering(
        "the Secret of a token",
        "sed -i 's/token-secret: \"...../token-secret: \"aaaaa/' cluster/*.yaml",
        Told::BySecret,
    ),
    tampering(
        "the id of a token",
        "sed -i 's/token-id: \"../token-id: \"aa/' cluster/*.yaml",
        Told::BySecret,
    ),
    tampering(
        "the end of a token",
        "sed -i 's/expiration: \"20../expiration: \"2099/' cluster/*.yaml",
        Told::Always,
    ),
    tampering(
        "a password",
        // In two pieces, or this file would hold one.
        concat!("sed -i 's/auth_", "pass .../auth_", "pass aaa/' hosts/*/etc/keepalived/keepalived.conf"),
        Told::BySecret,
    ),
];

/// What a comparison has to say.
struct Said {
    /// Something changes.
    shows: bool,
    /// Something can be compared with the secret alone.
    unproven: bool,
}

fn said(lab: &Lab, more: &[&str]) -> Said {
    let ask = ["diff", "cluster.toml", "cluster.trees", "--format", "json", "--exit-code", "--at", AT];
    let run = lab.run(&[&ask, more].concat());
    assert_eq!(run.err, "", "{run:#?}");
    let told: Value = serde_json::from_str(&run.out).unwrap();
    let parts = ["plan", "certificates", "trust", "keys", "units", "waves", "risks"];
    let said = Said {
        shows: parts.iter().any(|part| told[part] != Value::Array(Vec::new())),
        unproven: told.get("unproven").is_some(),
    };
    assert_eq!(run.code, if said.shows || said.unproven { 2 } else { 0 }, "{}", run.out);
    said
}

/// Tampers, asks, and builds: what was said is true.
fn hold(lab: &Lab, tampering: &Tampering) {
    let Tampering { what, script, told } = tampering;
    let whole = lab.state("cluster.trees");
    let run = lab.shell(&format!("cd cluster.trees && {script}"));
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{what}");
    let tampered = lab.state("cluster.trees");
    assert!(tampered != whole || *what == "nothing", "{what}: nothing was done");
    let (without, with) = (said(lab, &[]), said(lab, &["--with-secret"]));
    lab.build();
    let built = lab.state("cluster.trees");
    let writes = built != tampered;
    assert_eq!(writes, *told != Told::Never, "{what}: whether a build writes");
    assert_eq!((with.shows, with.unproven), (writes, false), "{what}: with the secret");
    assert_eq!(without.shows, *told == Told::Always, "{what}: without it");
    assert!(
        without.shows || without.unproven || !writes,
        "{what}: nothing is said to change, and a build writes"
    );
}

#[test]
fn trees_with_a_file_of_tokens() {
    let lab = Lab::built("bootstrap-token-file");
    BY_FILE.iter().for_each(|tampering| hold(&lab, tampering));
}

#[test]
fn trees_with_a_bootstrap_token_and_a_password() {
    let lab = Lab::built("ha-vip");
    BY_SECRET.iter().for_each(|tampering| hold(&lab, tampering));
}

/// The same plan and the same lock, as it was before a build, with another secret.
#[test]
fn trees_of_another_secret() {
    for plan in ["single", "bootstrap-token-file", "ha-vip"] {
        let lab = Lab::of(plan);
        let locked = lab.run(&["lock", "cluster.toml", "--at", AT]);
        assert_eq!(locked.code, 0, "{locked:#?}");
        let lock = lab.read("cluster.lock");
        lab.secret(&SECRET.replace("c0ffee", "facade"));
        lab.build();
        let run = lab.shell("rm -r cluster.certs");
        assert_eq!(run.code, 0, "{run:#?}");
        lab.write("cluster.lock", &lock);
        // Nothing was recorded: no digest of anything.
        let unknown = said(&lab, &[]);
        assert!(!unknown.shows && unknown.unproven, "{plan}");
        assert!(!said(&lab, &["--with-secret"]).shows, "{plan}");
        lab.secret(SECRET);
        assert!(said(&lab, &["--with-secret"]).shows, "{plan}");
        // What was built records it.
        let elsewhere = lab.run(&["build", "cluster.toml", "--at", AT, "--out", "elsewhere"]);
        assert_eq!(elsewhere.code, 0, "{elsewhere:#?}");
        assert!(said(&lab, &[]).shows, "{plan}");
        let run = lab.run(&["diff", "cluster.toml", "cluster.trees", "--only", "certificates", "--at", AT]);
        assert!(run.out.contains("rekeyed"), "{}", run.out);
    }
}

/// What is told of some of it, and that nothing private is.
#[test]
fn what_is_said_of_tampered_trees() {
    let lab = Lab::built("bootstrap-token-file");
    let mut text = String::new();
    let ask = |what: &str, more: &[&str]| {
        let run = lab.run(&[&["diff", "cluster.toml", "cluster.trees", "--at", AT], more].concat());
        format!("# {what}\n{}", run.transcript())
    };
    text.push_str(&ask("nothing", &[]));
    let run = lab.shell(
        "cd cluster.trees/hosts && cp node2/etc/kubernetes/ssl/kubelet-key.pem node1/etc/kubernetes/ssl/ &&
         chmod 644 master/etc/kubernetes/ssl/ca-key.pem && chmod 700 node2/etc &&
         sed -i 's/^...../aaaaa/' master/etc/kubernetes/token.csv",
    );
    assert_eq!(run.code, 0, "{run:#?}");
    text.push_str(&ask("without the secret", &["--only", "files"]));
    text.push_str(&ask("with it", &["--with-secret", "--only", "files"]));
    text.push_str(&ask("one host", &["--host", "node2"]));
    text.push_str(&ask("a secret that is not there", &["--secret", "nowhere"]));
    lab.secret(&SECRET.replace("c0ffee", "facade"));
    text.push_str(&ask("another secret", &["--with-secret"]));
    lab.write("other.toml", &lab.read("cluster.toml"));
    let run = lab.run(&["diff", "cluster.toml", "other.toml", "--with-secret", "--at", AT]);
    text.push_str(&format!("# two plans\n{}", run.transcript()));
    crate::support::snapshot::compare("built/proof.txt", &text);
}

/// What lies where a build would refuse to write is said before it.
#[test]
fn a_link_in_the_place_of_a_file() {
    let lab = Lab::built("single");
    let run = lab.shell("cd cluster.trees/hosts/*/etc/kubernetes && find . -type f | sort | head -1");
    assert_eq!(run.code, 0);
    let first = run.out.trim().trim_start_matches("./").to_owned();
    let script =
        format!("cd cluster.trees/hosts/*/etc/kubernetes && mv {first} moved && ln -s $PWD/moved {first}");
    assert_eq!(lab.shell(&script).code, 0);
    let diff = lab.run(&["diff", "cluster.toml", "cluster.trees", "--at", AT]);
    assert_eq!((diff.code, diff.out.as_str()), (1, ""), "{diff:#?}");
    assert!(diff.err.contains("is not a file, and a build would refuse it"), "{}", diff.err);
    assert_eq!(lab.run(&["build", "cluster.toml", "--at", AT]).code, 1);
}
