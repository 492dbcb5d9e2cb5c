//! PKCS#12 files of OpenSSL, Java and pkiplan, as `pkiplan inspect` shows them.

use serde_json::Value;

use crate::support::{Lab, Run, page};

const MADE: &str = "set -e
    new='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
    openssl req -x509 $new -keyout ca.key -out ca.crt -days 99 -subj /CN=issuing
    openssl req -new $new -keyout shop.key -out shop.csr -subj /CN=shop
    openssl x509 -req -in shop.csr -CA ca.crt -CAkey ca.key -days 9 -out shop.crt
    printf 'sesame\\nnot this\\n' >password; printf 'Sesame' >wrong
    openssl pkcs12 -export -in shop.crt -inkey shop.key -certfile ca.crt -passout pass:sesame -out openssl.p12
    openssl pkcs12 -export -in shop.crt -inkey shop.key -certfile ca.crt -passout pass:sesame -keypbe NONE -certpbe NONE -out open.p12
    openssl pkcs12 -export -legacy -in shop.crt -inkey shop.key -passout pass:sesame -out legacy.p12
    keytool -genkeypair -alias shop -keyalg RSA -keysize 2048 -dname CN=java -keystore java.p12 -storetype PKCS12 -storepass sesame
    openssl pkey -in shop.key -pubout -outform DER | sha256sum | cut -d' ' -f1 >digest";

fn lab() -> Lab {
    let lab = Lab::empty();
    let made = lab.shell(&format!("({MADE}) 2>log || {{ cat log; exit 1; }}"));
    assert_eq!(made.code, 0, "{made:#?}");
    lab
}

/// The kinds of what is found, and the subjects of certificates.
fn found(run: &Run) -> Vec<(String, String)> {
    assert_eq!(run.code, 0, "{run:#?}");
    let found: Vec<Value> = serde_json::from_str(&run.out).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    found.iter().map(|one| (text(&one["kind"]), text(&one["subject"]))).collect()
}

fn inspect(lab: &Lab, file: &str, more: &[&str]) -> Run {
    lab.run(&[&["inspect", file, "--format", "json"], more].concat())
}

fn kinds(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(kind, subject)| ((*kind).to_owned(), (*subject).to_owned())).collect()
}

#[test]
fn what_others_wrote_is_shown() {
    let lab = lab();
    let with = ["--password-file", "password"];
    let all = kinds(&[("certificate", "CN=shop"), ("certificate", "CN=issuing"), ("private-key", "")]);
    for file in ["openssl.p12", "open.p12"] {
        let run = inspect(&lab, file, &with);
        assert_eq!(found(&run), all, "{file}");
        assert!(run.out.contains(lab.read("digest").trim()), "{run:#?}");
    }
    let java = found(&inspect(&lab, "java.p12", &with));
    let mut kinds_of_java: Vec<_> = java.iter().map(|(kind, subject)| (&**kind, &**subject)).collect();
    kinds_of_java.sort_unstable();
    assert_eq!(kinds_of_java, [("certificate", "CN=java"), ("private-key", "")]);
    // Without a password, what is not encrypted.
    assert_eq!(found(&inspect(&lab, "openssl.p12", &[])), kinds(&[("other", ""), ("encrypted-key", "")]));
    assert_eq!(found(&inspect(&lab, "open.p12", &[])), all);
    for (file, password, why) in [
        ("openssl.p12", "wrong", "the password does not open it"),
        ("java.p12", "wrong", "the password does not open it"),
        ("legacy.p12", "password", "the old encryption of PKCS#12"),
        ("shop.crt", "password", "is not PKCS#12"),
    ] {
        let run = lab.run(&["inspect", file, "--password-file", password]);
        assert!(run.code == 1 && run.err.contains(why), "{file}: {run:#?}");
    }
}

#[test]
fn what_pkiplan_wrote_is_shown() {
    let lab = Lab::empty();
    page::write(&lab.path(""));
    let built = lab.run(&["build", "services.toml"]);
    assert_eq!(built.code, 0, "{built:#?}");
    let folder = "services.trees/hosts/b1/etc/kafka";
    let properties = lab.read(&format!("{folder}/server.properties"));
    let password = properties.lines().find_map(|line| line.strip_prefix("ssl.keystore.password=")).unwrap();
    lab.write("password", password);
    let store = format!("{folder}/server.p12");
    let closed = found(&inspect(&lab, &store, &[]));
    assert_eq!(closed, kinds(&[("certificate", "CN=b1"), ("encrypted-key", "")]));
    let opened = found(&inspect(&lab, &store, &["--password-file", "password"]));
    assert_eq!(opened, kinds(&[("certificate", "CN=b1"), ("private-key", "")]));
    let trust = found(&inspect(&lab, &format!("{folder}/trust.p12"), &[]));
    assert_eq!(trust, kinds(&[("certificate", "CN=services-ca")]));
}
