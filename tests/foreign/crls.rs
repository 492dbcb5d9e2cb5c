//! What OpenSSL, haproxy and etcd make of certificate revocation lists.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs::process::{Daemon, Said, ask, find, free_ports, tell, until};
use crate::support::Lab;

/// A server and two of its clients; the list's dates hold whenever this runs.
const PLAN: &str = r#"
format = 1

[node.front]
addresses = ["127.0.0.1"]

[authority.web]
key = "KEY"
generations = { use = 1, trust = [1, 2] }

[authority.web.crl]
number = 1
issued = "2020-01-01T00:00:00Z"
expires = "2090-01-01T00:00:00Z"
#REVOKED

[certificate.alice]
authority = "web"
usage = "client"
common-name = "alice"

[certificate.bob]
authority = "web"
usage = "client"
common-name = "bob"

[certificate.front]
authority = "web"
usage = "server"
ip = ["127.0.0.1"]
nodes = "all"
certificate-file = "/etc/front/front.pem"
key-file = "/etc/front/front.pem"
roots-file = "/etc/front/clients.pem"

[file.revoked]
crl-of = "web"
path = "/etc/front/revoked.pem"
nodes = "all"

[file.revoked-der]
crl-of = "web"
format = "der"
path = "/etc/front/revoked.crl"
nodes = "all"
"#;

/// Every kind of key, with what OpenSSL calls its signatures.
const KEYS: [(&str, &str); 4] = [
    ("ecdsa-p256", "ecdsa-with-SHA256"),
    ("ecdsa-p384", "ecdsa-with-SHA384"),
    ("ed25519", "ED25519"),
    ("rsa-2048", "sha256WithRSAEncryption"),
];

fn build(lab: &Lab) {
    let run = lab.run(&["build", "cluster.toml"]);
    // That a revoked certificate is still handed out is a warning, and what is wanted here.
    assert_eq!(run.code, 0, "{run:#?}");
}

fn built(key: &str) -> Lab {
    let lab = Lab::empty();
    lab.write("cluster.toml", &PLAN.replace("KEY", key));
    build(&lab);
    lab
}

fn openssl(lab: &Lab, line: &[&str]) -> Said {
    ask(Command::new(find("openssl")).current_dir(lab.path("")).args(line))
}

fn good(lab: &Lab, line: &[&str]) -> String {
    let said = openssl(lab, line);
    assert!(said.well, "{line:?}: {}", said.all());
    said.all()
}

fn front(lab: &Lab, file: &str) -> PathBuf {
    lab.path(&format!("cluster.trees/hosts/front/etc/front/{file}"))
}

fn client(who: &str, file: &str) -> String {
    format!("cluster.trees/users/{who}/{file}")
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The serial number of a certificate as OpenSSL prints it: what people paste.
fn serial(lab: &Lab, certificate: &str) -> String {
    let said = good(lab, &["x509", "-noout", "-serial", "-in", certificate]);
    said.trim().trim_start_matches("serial=").to_owned()
}

/// Revokes certificates with what the plan has to say of them.
fn revoke(lab: &Lab, serials: &[&str]) {
    let line = |serial: &&str| {
        format!("revoked.{serial} = {{ at = \"2019-06-01T00:00:00Z\", reason = \"key-compromise\" }}\n")
    };
    let lines: String = serials.iter().map(line).collect();
    lab.edit("#REVOKED", &lines);
    lab.edit("number = 1\n", "number = 2\n");
    build(lab);
}

/// What OpenSSL says of a certificate with the list at hand.
fn verified(lab: &Lab, certificate: &str) -> Said {
    let (roots, list) = (front(lab, "clients.pem"), front(lab, "revoked.pem"));
    let line =
        ["verify", "-x509_strict", "-crl_check_all", "-CAfile", shown(&roots), "-CRLfile", shown(&list)];
    openssl(lab, &[&line[..], &[certificate]].concat())
}

#[test]
fn openssl_verifies_the_list_and_refuses_who_is_revoked() {
    for (key, algorithm) in KEYS {
        let lab = built(key);
        let (alice, bob) = (client("alice", "tls.crt"), client("bob", "tls.crt"));
        // Nothing is revoked yet.
        assert!(verified(&lab, &alice).well, "{key}: {}", verified(&lab, &alice).all());
        let serial = serial(&lab, &alice);
        revoke(&lab, &[&serial]);
        let said = verified(&lab, &alice);
        assert!(!said.well && said.all().contains("certificate revoked"), "{key}: {}", said.all());
        assert!(verified(&lab, &bob).well, "{key}: {}", verified(&lab, &bob).all());
        let der = front(&lab, "revoked.crl");
        let text = good(&lab, &["crl", "-inform", "der", "-in", shown(&der), "-noout", "-text"]);
        for words in [
            "Version 2 (0x1)",
            &format!("Signature Algorithm: {algorithm}"),
            "Issuer: CN = web",
            "Last Update: Jan  1 00:00:00 2020 GMT",
            "Next Update: Jan  1 00:00:00 2090 GMT",
            "X509v3 CRL Number: \n                2\n",
            "X509v3 Authority Key Identifier",
            &format!("Serial Number: {serial}\n"),
            "X509v3 CRL Reason Code: \n                Key Compromise",
        ] {
            assert!(text.contains(words), "{key}: {words}: {text}");
        }
    }
}

#[test]
fn each_generation_has_its_list() {
    for key in ["ecdsa-p256", "rsa-2048"] {
        let lab = built(key);
        let alice = client("alice", "tls.crt");
        fs::copy(lab.path(&alice), lab.path("alice-1.crt")).unwrap();
        fs::copy(lab.path(&client("bob", "tls.crt")), lab.path("bob-1.crt")).unwrap();
        lab.edit("use = 1", "use = 2");
        build(&lab);
        let serials = [serial(&lab, "alice-1.crt"), serial(&lab, &alice)];
        revoke(&lab, &serials.each_ref().map(String::as_str));
        for revoked in ["alice-1.crt", &alice] {
            let said = verified(&lab, revoked);
            assert!(!said.well && said.all().contains("certificate revoked"), "{key}: {}", said.all());
        }
        for valid in ["bob-1.crt", &client("bob", "tls.crt")] {
            assert!(verified(&lab, valid).well, "{key}: {}", verified(&lab, valid).all());
        }
        // Each is verified by its own generation alone.
        let lists = fs::read_to_string(front(&lab, "revoked.pem")).unwrap();
        let end = "-----END X509 CRL-----\n";
        let lists: Vec<&str> = lists.split_inclusive(end).collect();
        assert_eq!(lists.len(), 2, "{key}");
        for (list, own) in lists.iter().zip([2, 1]) {
            lab.write("one.pem", list);
            for generation in [1, 2] {
                let authority = format!("cluster.certs/authority.web-{generation}.crt");
                let said =
                    openssl(&lab, &["crl", "-verify", "-noout", "-in", "one.pem", "-CAfile", &authority]);
                let verified = said.all().contains("verify OK");
                assert_eq!(verified, generation == own, "{key} {generation}: {}", said.all());
            }
        }
    }
}

/// An imported authority with a name and an identifier of others signs, too; without its key it cannot, and one that may
/// not sign lists is refused.
#[test]
fn an_imported_authority_signs_under_its_own_name() {
    let make = |usage: &str| {
        let lab = Lab::empty();
        let usage = format!("keyUsage=critical,{usage}");
        let plan = PLAN.replace("key = \"KEY\"\ngenerations = { use = 1, trust = [1, 2] }", "");
        lab.write("cluster.toml", &plan);
        good(&lab, &["genrsa", "-out", "ca.key", "2048"]);
        let subject = "/C=DE/O=Example/CN=web ca";
        let line =
            ["req", "-x509", "-new", "-key", "ca.key", "-out", "ca.crt", "-days", "3650", "-subj", subject];
        good(&lab, &[&line[..], &["-addext", &usage]].concat());
        let run = lab.run(&["import", "--plan", "cluster.toml", "--as", "authority.web", "ca.crt", "ca.key"]);
        (lab, run)
    };
    let (lab, run) = make("keyCertSign,cRLSign");
    assert_eq!(run.code, 0, "{run:#?}");
    build(&lab);
    let alice = client("alice", "tls.crt");
    let serial = serial(&lab, &alice);
    revoke(&lab, &[&serial]);
    let said = verified(&lab, &alice);
    assert!(!said.well && said.all().contains("certificate revoked"), "{}", said.all());
    assert!(verified(&lab, &client("bob", "tls.crt")).well);
    lab.remove("cluster.keys");
    lab.edit("number = 2", "number = 3");
    let run = lab.run(&["build", "cluster.toml"]);
    assert!(run.code == 1 && run.err.contains("fill::imported-key"), "{run:#?}");
    let (lab, run) = make("keyCertSign");
    let run = if run.code == 0 { lab.run(&["check", "cluster.toml"]) } else { run };
    assert!(run.code == 1 && run.err.contains("resolve::imported-certificate"), "{run:#?}");
    assert!(run.err.contains("does not allow it to sign CRLs"), "{run:#?}");
}

/// Asks a server as a client, once it answers at all.
fn dial(lab: &Lab, who: &str, port: u16) -> Said {
    let mut command = Command::new(find("openssl"));
    command.current_dir(lab.path("")).args(["s_client", "-quiet", "-verify_return_error", "-connect"]);
    command.arg(format!("127.0.0.1:{port}")).arg("-CAfile").arg(front(lab, "clients.pem"));
    command.args(["-cert", &client(who, "tls.crt"), "-key", &client(who, "tls.key")]);
    tell(&mut command, "GET /health HTTP/1.0\r\n\r\n")
}

#[test]
fn haproxy_refuses_who_is_revoked() {
    let lab = built("ecdsa-p256");
    let serial = serial(&lab, &client("alice", "tls.crt"));
    revoke(&lab, &[&serial]);
    let [port] = free_ports();
    let [pair, roots, list] =
        ["front.pem", "clients.pem", "revoked.pem"].map(|file| shown(&front(&lab, file)).to_owned());
    lab.write(
        "haproxy.cfg",
        &format!(
            "defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\nfrontend front\n  \
             bind 127.0.0.1:{port} ssl crt {pair} ca-file {roots} crl-file {list} verify required\n  \
             http-request return status 200 content-type text/plain string welcome\n"
        ),
    );
    let arguments = ["-db", "-f", shown(&lab.path("haproxy.cfg"))].map(str::to_owned);
    let daemon = Daemon::start("haproxy", &find("haproxy"), &arguments, &lab.path(""));
    until("haproxy", &mut [daemon], || {
        let bob = dial(&lab, "bob", port);
        if !bob.out.ends_with("welcome") {
            return Err(bob.all());
        }
        let alice = dial(&lab, "alice", port);
        assert!(!alice.out.contains("welcome"), "{}", alice.all());
        assert!(alice.all().contains("certificate revoked"), "{}", alice.all());
        Ok(())
    });
}

#[test]
fn etcd_refuses_who_is_revoked() {
    let lab = built("ecdsa-p256");
    let serial = serial(&lab, &client("alice", "tls.crt"));
    revoke(&lab, &[&serial]);
    let [port, peer] = free_ports();
    let [pair, roots, list] =
        ["front.pem", "clients.pem", "revoked.crl"].map(|file| shown(&front(&lab, file)).to_owned());
    let arguments = [
        format!("--data-dir={}", lab.path("data").display()),
        format!("--listen-client-urls=https://127.0.0.1:{port}"),
        format!("--advertise-client-urls=https://127.0.0.1:{port}"),
        format!("--listen-peer-urls=http://127.0.0.1:{peer}"),
        format!("--initial-advertise-peer-urls=http://127.0.0.1:{peer}"),
        format!("--initial-cluster=default=http://127.0.0.1:{peer}"),
        format!("--cert-file={pair}"),
        format!("--key-file={pair}"),
        format!("--trusted-ca-file={roots}"),
        "--client-cert-auth".to_owned(),
        format!("--client-crl-file={list}"),
    ];
    let daemon = Daemon::start("etcd", &find("etcd"), &arguments, &lab.path(""));
    let mut daemons = [daemon];
    until("etcd", &mut daemons, || {
        let bob = dial(&lab, "bob", port);
        if !bob.out.contains("\"health\":\"true\"") {
            return Err(bob.all());
        }
        let alice = dial(&lab, "alice", port);
        assert!(!alice.out.contains("health"), "{}", alice.all());
        Ok(())
    });
    let log = daemons[0].log();
    assert!(log.contains("revoked"), "{log}");
}
