//! What Java, OpenSSL, haproxy and kubectl say of stores, of files with certificate and key, and of Secrets: the
//! example of the reference page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64ct::{Base64, Encoding as _};
use serde_json::Value;

use crate::programs::process::{Daemon, Said, ask, find, free_ports, tell, until};
use crate::support::{Lab, page};

/// The example, built.
fn built(lab: &Lab) {
    let run = lab.run(&["build", "services.toml"]);
    assert_eq!(run.code, 0, "{run:#?}");
}

fn example() -> Lab {
    let lab = Lab::empty();
    page::write(&lab.path(""));
    built(&lab);
    lab
}

fn said(program: &str, line: &[&str]) -> Said {
    ask(Command::new(find(program)).args(line))
}

fn good(program: &str, line: &[&str]) -> String {
    let said = said(program, line);
    assert!(said.well, "{program} {line:?}: {}", said.all());
    said.all()
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A file on a broker.
fn kafka(lab: &Lab, host: &str, name: &str) -> PathBuf {
    lab.path(&format!("services.trees/hosts/{host}/etc/kafka/{name}"))
}

fn password(lab: &Lab) -> String {
    let properties = fs::read_to_string(kafka(lab, "b1", "server.properties")).unwrap();
    let line = properties.lines().find_map(|line| line.strip_prefix("ssl.keystore.password="));
    line.unwrap().to_owned()
}

#[test]
fn openssl_opens_the_stores() {
    let lab = example();
    let password = format!("pass:{}", password(&lab));
    let (store, trust) = (kafka(&lab, "b1", "server.p12"), kafka(&lab, "b1", "trust.p12"));
    let told = good("openssl", &["pkcs12", "-info", "-noout", "-in", shown(&store), "-passin", &password]);
    for words in [
        "MAC: sha256, Iteration 10000",
        "Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256",
    ] {
        assert!(told.contains(words), "{told}");
    }
    let wrong = said("openssl", &["pkcs12", "-noout", "-in", shown(&store), "-passin", "pass:changeit"]);
    assert!(!wrong.well && wrong.all().contains("invalid password"), "{}", wrong.all());
    // The key is that of the certificate, and what the others trust has issued it.
    let (key, leaf, roots) = (lab.path("key.pem"), lab.path("leaf.pem"), lab.path("roots.pem"));
    let out = |more: &[&str], store: &Path, to: &Path| {
        let line = ["pkcs12", "-in", shown(store), "-passin", &password, "-nodes", "-out", shown(to)];
        good("openssl", &[&line[..], more].concat());
    };
    out(&["-nocerts"], &store, &key);
    out(&["-nokeys"], &store, &leaf);
    out(&["-nokeys"], &trust, &roots);
    let public = good("openssl", &["pkey", "-in", shown(&key), "-pubout"]);
    assert_eq!(public, good("openssl", &["x509", "-in", shown(&leaf), "-noout", "-pubkey"]));
    let told = good("openssl", &["verify", "-x509_strict", "-CAfile", shown(&roots), shown(&leaf)]);
    assert!(told.ends_with("OK\n"), "{told}");
}

#[test]
fn java_opens_the_stores() {
    let lab = example();
    let password = password(&lab);
    let list = |name: &str, password: &str| {
        let store = kafka(&lab, "b1", name);
        said(
            "keytool",
            &["-J-Duser.language=en", "-list", "-v", "-keystore", shown(&store), "-storepass", password],
        )
    };
    let keys = list("server.p12", &password);
    for words in ["Alias name: broker", "Entry type: PrivateKeyEntry", "Owner: CN=b1", "contains 1 entry"] {
        assert!(keys.well && keys.out.contains(words), "{}", keys.all());
    }
    let trusted = list("trust.p12", &password);
    for words in ["Alias name: authority.services/1", "Entry type: trustedCertEntry", "contains 1 entry"] {
        assert!(trusted.well && trusted.out.contains(words), "{}", trusted.all());
    }
    let wrong = list("server.p12", "changeit");
    assert!(!wrong.well && wrong.all().contains("Integrity check failed"), "{}", wrong.all());
    // It gives the key away to whoever has the password: a request is signed with it.
    let store = kafka(&lab, "b1", "server.p12");
    let request = good(
        "keytool",
        &["-certreq", "-alias", "broker", "-keystore", shown(&store), "-storepass", &password],
    );
    let told = tell(Command::new(find("openssl")).args(["req", "-verify", "-noout"]), &request);
    assert!(told.well && told.all().contains("verify OK"), "{}", told.all());
}

fn openssl(lab: &Lab, line: &str) {
    let mut command = Command::new(find("openssl"));
    let said = ask(command.current_dir(lab.path("")).args(line.split(' ')));
    assert!(said.well, "{line}: {}", said.all());
}

/// An authority below a root, both made elsewhere.
fn with_intermediate() -> Lab {
    let lab = Lab::empty();
    page::write(&lab.path(""));
    let openssl = |line: &str| openssl(&lab, line);
    lab.write("ca.ext", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n");
    for key in ["root.key", "ca.key"] {
        openssl(&format!("ecparam -name prime256v1 -genkey -noout -out {key}"));
    }
    openssl("req -new -key root.key -subj /CN=root -out root.csr");
    openssl("x509 -req -in root.csr -signkey root.key -days 7300 -extfile ca.ext -out root.crt");
    openssl("req -new -key ca.key -subj /CN=issuing -out ca.csr");
    openssl(
        "x509 -req -in ca.csr -CA root.crt -CAkey root.key -CAcreateserial -days 3650 -extfile ca.ext -out ca.crt",
    );
    let plan = fs::read_to_string(lab.path("services.toml")).unwrap();
    let plan = plan.replace(
        "[authority.services]\ncommon-name = \"services-ca\"\n",
        "[authority.services]\nissuer = \"root\"\n",
    );
    lab.write("services.toml", &format!("{plan}\n[authority.root]\n"));
    for (target, files) in
        [("authority.root", &["root.crt"][..]), ("authority.services", &["ca.crt", "ca.key"])]
    {
        let run = lab.run(&[&["import", "--plan", "services.toml", "--as", target], files].concat());
        assert_eq!(run.code, 0, "{run:#?}");
    }
    lab
}

/// haproxy takes the one file and sends the whole chain.
#[test]
fn haproxy_shows_the_chain_of_an_imported_intermediate() {
    let lab = with_intermediate();
    built(&lab);
    haproxy_shows_the_chain(&lab);
}

/// The company's authority has issued them, and hands them over with their keys.
#[test]
fn certificates_of_others_are_in_one_file_and_in_a_store() {
    let lab = with_intermediate();
    for (name, target, names) in [
        ("front", "component.front.public", "DNS:f1,DNS:shop.example.com"),
        ("broker", "node.b1.component.broker.server", "DNS:b1,IP:10.30.0.1"),
    ] {
        let usage = "extendedKeyUsage=serverAuth,clientAuth\nkeyUsage=critical,digitalSignature\n";
        lab.write("leaf.ext", &format!("subjectAltName={names}\n{usage}"));
        openssl(
            &lab,
            &format!("req -new -newkey rsa:2048 -nodes -keyout {name}.key -subj /CN={name} -out {name}.csr"),
        );
        openssl(
            &lab,
            &format!(
                "x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -days 90 -extfile leaf.ext -out {name}.crt"
            ),
        );
        let files = [format!("{name}.crt"), format!("{name}.key")];
        let run = lab.run(&["import", "--plan", "services.toml", "--as", target, &files[0], &files[1]]);
        assert_eq!(run.code, 0, "{run:#?}");
    }
    built(&lab);
    let both = fs::read_to_string(lab.path("services.trees/hosts/f1/etc/haproxy/public.pem")).unwrap();
    let whole = |file: &str| fs::read_to_string(lab.path(file)).unwrap();
    assert!(both.starts_with(&whole("front.crt")) && both.ends_with(&whole("front.key")), "{both}");
    haproxy_shows_the_chain(&lab);
    let (store, password) = (kafka(&lab, "b1", "server.p12"), format!("pass:{}", password(&lab)));
    let held =
        |what: &str| good("openssl", &["pkcs12", "-in", shown(&store), "-passin", &password, "-nodes", what]);
    assert!(held("-clcerts").contains(&whole("broker.crt")), "{}", held("-nokeys"));
    assert!(held("-nocerts").contains(&whole("broker.key")));
    let other = kafka(&lab, "b2", "server.p12");
    let told = good("openssl", &["pkcs12", "-in", shown(&other), "-passin", &password, "-nokeys"]);
    assert!(!told.contains(&whole("broker.crt")), "{told}");
}

fn haproxy_shows_the_chain(lab: &Lab) {
    let tree = lab.path("services.trees/hosts/f1");
    let both = fs::read_to_string(tree.join("etc/haproxy/public.pem")).unwrap();
    let labels: Vec<&str> = both.lines().filter(|line| line.starts_with("-----BEGIN")).collect();
    let (certificate, key) = ("-----BEGIN CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----");
    assert_eq!(labels, [certificate, certificate, key]);
    let [port] = free_ports();
    let text = fs::read_to_string(tree.join("etc/haproxy/haproxy.cfg")).unwrap();
    let text = text
        .replace("10.30.0.9:443", &format!("127.0.0.1:{port}"))
        .replace("/etc/", &format!("{}/etc/", tree.display()));
    lab.write("haproxy.cfg", &text);
    let arguments = ["-db", "-f", shown(&lab.path("haproxy.cfg"))].map(str::to_owned);
    let daemon = Daemon::start("haproxy", &find("haproxy"), &arguments, &lab.path(""));
    let dial = |name: &str| {
        let mut command = Command::new(find("openssl"));
        command.args([
            "s_client",
            "-quiet",
            "-verify_return_error",
            "-verify_hostname",
            name,
            "-servername",
            name,
        ]);
        command.args(["-connect", &format!("127.0.0.1:{port}"), "-CAfile"]).arg(lab.path("root.crt"));
        tell(&mut command, "GET / HTTP/1.0\r\n\r\n")
    };
    until("haproxy", &mut [daemon], || {
        let said = dial("shop.example.com");
        if said.out.ends_with("shop") {
            let other = dial("other.example.com");
            assert!(!other.well && other.all().contains("hostname mismatch"), "{}", other.all());
            Ok(())
        } else {
            Err(said.all())
        }
    });
}

/// kubectl reads every object, and what they hold is a certificate, its key, and the authority that issued it.
#[test]
fn kubectl_and_openssl_read_the_secret_and_the_bundles() {
    let lab = example();
    let file = lab.path("services.trees/cluster/admission-objects.yaml");
    let line = ["annotate", "--local", "--dry-run=client", "-o", "json", "-f", shown(&file), "judged=yes"];
    let told = good("kubectl", &line);
    let objects: Vec<Value> =
        serde_json::Deserializer::from_str(&told).into_iter().map(Result::unwrap).collect();
    let kinds: Vec<&str> = objects.iter().map(|object| object["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Secret", "ValidatingWebhookConfiguration", "APIService"]);
    let decoded = |value: &Value, name: &str| {
        let bytes = Base64::decode_vec(value.as_str().unwrap()).unwrap();
        fs::write(lab.path(name), bytes).unwrap();
        lab.path(name)
    };
    let secret = &objects[0];
    assert_eq!(secret["type"], "kubernetes.io/tls");
    let certificate = decoded(&secret["data"]["tls.crt"], "tls.crt");
    let key = decoded(&secret["data"]["tls.key"], "tls.key");
    let public = good("openssl", &["pkey", "-in", shown(&key), "-pubout"]);
    assert_eq!(public, good("openssl", &["x509", "-in", shown(&certificate), "-noout", "-pubkey"]));
    for bundle in [&objects[1]["webhooks"][0]["clientConfig"]["caBundle"], &objects[2]["spec"]["caBundle"]] {
        let roots = decoded(bundle, "ca.crt");
        let line = ["verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname"];
        let rest = ["admission.policy.svc", "-CAfile", shown(&roots), shown(&certificate)];
        let told = good("openssl", &[&line[..], &rest].concat());
        assert!(told.ends_with("OK\n"), "{told}");
    }
    // A Secret that is no base64 would have been refused.
    let text = fs::read_to_string(&file).unwrap();
    lab.write("broken.yaml", &text.replacen("tls.crt: ", "tls.crt: '*'", 1));
    let broken = lab.path("broken.yaml");
    let line = ["annotate", "--local", "--dry-run=client", "-o", "json", "-f", shown(&broken), "judged=yes"];
    assert!(!said("kubectl", &line).well);
}
