use std::process::Command;

use base64ct::{Base64, Encoding};

use super::digest::sha256;
use super::*;
use crate::issue::certificate::{ToBeIssued, issue};
use crate::issue::key::PrivateKey;
use crate::issue::name;
use crate::issue::pem;
use crate::issue::secret::Secret;
use crate::specification::{AuthorityConstraints, Issuer, Specification};
use crate::stored::{Stored, StoredError};
use crate::values::{Duration, Instant, KeyAlgorithm, Subject, Usage, hex};

fn now() -> Instant {
    "2026-11-22T04:08:06Z".parse().unwrap()
}

fn key() -> PrivateKey {
    PrivateKey::derive(&Secret::from_bytes([7; 32]), "x", KeyAlgorithm::EcdsaP256, 1)
}

fn certificate() -> Vec<u8> {
    let key = key();
    let specification = Specification {
        subject: Subject::new(Some("alice"), ["b", "a", "b"]).unwrap(),
        names: ["k8s.example.com", "10.0.0.1"].iter().map(|name| name.parse().unwrap()).collect(),
        usages: [Usage::Server].into(),
        authority: Some(Box::new(AuthorityConstraints { path_length: Some(0), ..Default::default() })),
        issuer: Issuer::Own,
        key: KeyAlgorithm::EcdsaP256,
        validity: Duration::years(1),
    };
    let tbs = ToBeIssued {
        specification: &specification,
        serial: [0x41; 16].into(),
        not_before: now(),
        not_after: now().plus(Duration::years(1)),
        subject_key: key.public(),
        issuer_name: &name::encode(&specification.subject),
        issuer_key: key.public(),
        issuer_key_identifier: None,
    };
    issue(&tbs, &key).unwrap()
}

fn kubeconfig() -> String {
    let data = |text: &str| Base64::encode_string(text.as_bytes());
    let certificate = data(&pem::encode("CERTIFICATE", &certificate()));
    let key = data(&key().to_pkcs8_pem());
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: a@k\npreferences: {{}}\n\
         clusters:\n- name: k\n  cluster:\n    server: https://10.0.0.1:6443\n    certificate-authority-data: {certificate}\n\
         contexts:\n- name: a@k\n  context: {{cluster: k, user: a, namespace: n}}\n\
         users:\n- name: a\n  user:\n    client-certificate-data: {certificate}\n    client-key-data: {key}\n\
         - name: b\n  user: {{client-certificate: /b.crt, client-key: /b.key, token: hidden-token}}\n\
         - name: c\n  user:\n    exec: {{command: x, apiVersion: y}}\n    client-key-data: '%%'\n"
    )
}

fn only(bytes: &[u8]) -> Description {
    let mut described = describe(bytes, now()).unwrap();
    assert_eq!(described.len(), 1, "{described:?}");
    described.remove(0)
}

#[test]
fn a_certificate_in_pem_and_der() {
    let der = certificate();
    let Description::Certificate(described) = only(&der) else { panic!() };
    assert_eq!(described.subject, "O=b, O=a, O=b, CN=alice");
    assert_eq!(described.issuer, described.subject);
    assert_eq!(described.serial, "41".repeat(16));
    assert_eq!(described.not_before, "2026-11-22T04:08:06Z");
    assert_eq!((described.days_left, described.state), (365, State::Valid));
    assert_eq!(described.names, ["DNS:k8s.example.com", "IP:10.0.0.1"]);
    assert_eq!(
        (described.usages, described.key_usages),
        (vec!["server".into()], vec!["keyCertSign", "cRLSign"])
    );
    assert_eq!((described.authority, described.path_length), (true, Some(0)));
    assert_eq!(described.subject_key_identifier, Some(hex(&key().public().key_identifier())));
    assert_eq!(described.authority_key_identifier, None);
    assert_eq!(
        (described.key.algorithm.as_str(), described.signature.as_str()),
        ("ecdsa-p256", "ecdsa-sha256")
    );
    assert_eq!(described.key.public_sha256, Some(sha256(&key().public().spki_der())));
    assert_eq!(described.sha256, sha256(&der));

    let text = format!("\u{feff}Subject: x\r\n{}", pem::encode("CERTIFICATE", &der).replace('\n', "\r\n"));
    assert_eq!(only(text.as_bytes()), only(&der));
    let early = describe(&der, now().minus_seconds(1)).unwrap().remove(0);
    assert!(early.to_text().contains("(not yet valid)"));
    let late = describe(&der, now().plus(Duration::years(2))).unwrap().remove(0);
    let Description::Certificate(late) = late else { panic!() };
    assert_eq!((late.state, late.days_left), (State::Expired, -365));
    assert!(only(&der).to_text().contains("  until        2027-11-22T04:08:06Z (365 days left)\n"));
    assert!(
        serde_json::to_string(&only(&der))
            .unwrap()
            .starts_with(r#"{"kind":"certificate","subject":"O=b, O=a"#)
    );
}

/// Go reads on behind a set without attributes, and so does this.
#[test]
fn names_are_read_to_their_ends() {
    let organization = b"\x31\x0a\x30\x08\x06\x03\x55\x04\x0a\x0c\x01b";
    let hiding = replaced(&certificate(), organization, &b"\x31\0".repeat(6));
    let Description::Certificate(described) = only(&hiding) else { panic!() };
    assert!(described.subject.starts_with("(empty), (empty), "), "{}", described.subject);
    assert!(
        described
            .subject
            .ends_with("(empty), O=a, (empty), (empty), (empty), (empty), (empty), (empty), CN=alice")
    );
    assert_eq!(described.issuer, described.subject);
    assert!(words(&hiding).contains("O=a"));
    let stored = Stored::from_der(&hiding).unwrap();
    assert_eq!(stored.subject_text, described.subject);
    assert_eq!(stored.plain_subject.organizations().collect::<Vec<_>>(), ["a"]);
    assert_eq!(stored.plain_subject.common_name(), Some("alice"));
    assert!(hiding.windows(stored.subject.len()).any(|bytes| bytes == stored.subject));
    assert!(stored.is_root() && stored.subject.ends_with(b"alice"));
}

#[test]
fn serials_have_a_sign() {
    for (bytes, shown) in [
        (&[0xff][..], "-1"),
        (&[0x80], "-80"),
        (&[0xff, 0x7f], "-81"),
        (&[0x80, 0], "-8000"),
        (&[0, 0xff], "ff"),
        (&[0], "00"),
        (&[1, 0], "0100"),
    ] {
        assert_eq!(super::certificate::serial(bytes), shown, "{bytes:?}");
    }
    let negative = replaced(&certificate(), &[0x41; 16], &[0xfe; 16]);
    let Description::Certificate(described) = only(&negative) else { panic!() };
    assert_eq!(described.serial, format!("-{}", &"01".repeat(16)[1..31]) + "2");
    assert_eq!(Stored::from_der(&negative), Err(StoredError::Negative));
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> =
        (0..=bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert!(!places.is_empty());
    places.into_iter().for_each(|at| bytes[at..at + to.len()].copy_from_slice(to));
    bytes
}

#[test]
fn bundles_are_described_in_order() {
    let key = key();
    let bundle = [
        pem::encode("CERTIFICATE", &certificate()),
        key.to_pkcs8_pem().to_string(),
        pem::encode("PUBLIC KEY", &key.public().spki_der()),
        pem::encode("PKCS7", &[0x30, 0]),
        pem::encode("CERTIFICATE", &[0x30, 0]),
    ];
    let described = describe(bundle.concat().as_bytes(), now()).unwrap();
    let text: String = described.iter().map(Description::to_text).collect();
    let heads: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    let unread = "PKCS7: it is of a kind that pkiplan does not read";
    let damaged = "CERTIFICATE: its content does not match its label";
    assert_eq!(heads, ["certificate", "private key", "public key", unread, damaged]);
}

#[test]
fn kubeconfigs() {
    let Description::Kubeconfig(config) = only(kubeconfig().as_bytes()) else { panic!() };
    assert_eq!(config.current_context.as_deref(), Some("a@k"));
    assert_eq!(config.clusters[0].server.as_deref(), Some("https://10.0.0.1:6443"));
    assert!(matches!(&config.clusters[0].authority, Some(Credential::Embedded(one)) if one.len() == 1));
    assert_eq!((&*config.contexts[0].user, config.contexts[0].namespace.as_deref()), ("a", Some("n")));
    assert_eq!(config.users[0].key_fits, Some(true));
    assert_eq!(config.users[1].certificate, Some(Credential::File("/b.crt".into())));
    assert_eq!((config.users[1].key_fits, &config.users[1].other), (None, &vec!["token"]));
    assert_eq!(
        (&config.users[2].key, &config.users[2].other),
        (&Some(Credential::Unreadable), &vec!["exec"])
    );
    for bad in [
        "kind: Config\nclusters: 7",
        "kind: Configuration",
        "- Config",
        "Config",
        "kind: Config\nkind: Config",
    ] {
        assert!(describe(bad.as_bytes(), now()).is_err(), "{bad}");
    }
    for good in ["{\"kind\": \"Config\", \"users\": null}", "clusters: []\nusers: []\n"] {
        assert!(matches!(only(good.as_bytes()), Description::Kubeconfig(_)), "{good}");
    }
}

/// Nothing of a private key, a token or a password may be reported, in whatever notation.
#[test]
fn secrets_stay_within() {
    let reported: Vec<String> = [only(kubeconfig().as_bytes()), only(key().to_pkcs8_pem().as_bytes())]
        .iter()
        .flat_map(|one| [one.to_text(), serde_json::to_string(one).unwrap(), format!("{one:?}")])
        .collect();
    let der = pem::blocks(&key().to_pkcs8_pem()).remove(0).der;
    let scalar = &der[36..68];
    let secrets =
        [hex(scalar), format!("{scalar:?}"), Base64::encode_string(scalar), "hidden-token".to_owned()];
    for secret in secrets {
        assert!(reported.iter().all(|reported| !reported.contains(&secret)), "{secret}");
    }
}

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    use std::io::Write;
    use std::process::Stdio;
    let mut command = Command::new("openssl");
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    output.stdout
}

#[test]
fn keys_as_openssl_writes_them() {
    let made = [
        ("ecdsa-p256", vec!["ecparam", "-genkey", "-name", "prime256v1"]),
        ("ecdsa-p384", vec!["ecparam", "-genkey", "-name", "secp384r1"]),
        ("rsa-2048", vec!["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"]),
        ("rsa-3072", vec!["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:3072"]),
        ("ed25519", vec!["genpkey", "-algorithm", "ed25519"]),
    ];
    for (algorithm, arguments) in made {
        let written = openssl(&arguments, b"");
        let public = openssl(&["pkey", "-pubout", "-outform", "DER"], &written);
        let expected = Some(sha256(&public));
        let pkcs8 = openssl(&["pkey"], &written);
        let mut forms = vec![(written, "private"), (pkcs8.clone(), "private"), (public, "public")];
        forms.push((openssl(&["pkey", "-outform", "DER"], &pkcs8), "private"));
        if algorithm != "ed25519" {
            let old = openssl(&["pkey", "-traditional"], &pkcs8);
            forms.push((openssl(&["pkey", "-traditional", "-outform", "DER"], &old), "private"));
            forms.push((old, "private"));
        }
        for (bytes, half) in forms {
            let (key, private) = match only(&bytes) {
                Description::PrivateKey(key) => (key, true),
                Description::PublicKey(key) => (key, false),
                other => panic!("{other:?}"),
            };
            assert_eq!((key.algorithm.as_str(), private), (algorithm, half == "private"));
            assert_eq!(key.public_sha256, expected, "{} {}", key.format, key.algorithm);
        }
        for form in ["PEM", "DER"] {
            let arguments = ["pkcs8", "-topk8", "-passout", "pass:x", "-outform", form];
            assert_eq!(only(&openssl(&arguments, &pkcs8)), Description::EncryptedKey { format: "PKCS#8" });
        }
    }
}

#[test]
fn requests() {
    let key = openssl(&["genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], b"");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    std::fs::write(&path, &key).unwrap();
    let key = path.to_str().unwrap();
    let subject = "/O=a/O=b/CN=x\u{1b}[1m";
    let ask = ["-addext", "subjectAltName=DNS:a.b,IP:fd00::1", "-addext", "extendedKeyUsage=clientAuth"];
    let request = [&["req", "-new", "-utf8", "-key", key, "-subj", subject], &ask[..]].concat();
    let described = only(&openssl(&request, b""));
    let text = described.to_text();
    let Description::Request(request) = described else { panic!() };
    assert_eq!(
        (request.names, request.usages),
        (vec!["DNS:a.b".into(), "IP:fd00::1".into()], vec!["client".into()])
    );
    assert_eq!((request.key.algorithm.as_str(), request.authority), ("ecdsa-p384", false));
    assert!(text.contains("O=a, O=b, CN=x\\u{1b}[1m"), "{text}");
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8(textconv(bytes).to_vec()).unwrap()
}

/// For git: names one by one, no day counted, text around blocks kept, blocks that are public and not known kept.
#[test]
fn words_for_git() {
    let der = certificate();
    let block = pem::encode("CERTIFICATE", &der);
    let text = words(block.as_bytes());
    assert_eq!(text, words(&der));
    assert!(text.starts_with("certificate\n  subject      O=b, O=a"), "{text}");
    assert!(text.contains("  until        2027-11-22T04:08:06Z\n"), "{text}");
    assert!(text.contains("  name         DNS:k8s.example.com\n  name         IP:10.0.0.1\n"), "{text}");
    assert_eq!(words(format!("{block}\n{block}").as_bytes()), format!("{text}\n{text}"));
    let crl = "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n";
    let around = format!("# before\r\n{block}between\n{crl}{block}after");
    assert_eq!(words(around.as_bytes()), format!("# before\r\n{text}between\n{crl}{text}after"));
    let torn = &block[..block.len() / 2];
    let damaged = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----";
    for same in
        ["", "\n", "all work\r\nand no play", "kind: Config\nclusters: 7", "a: [b", damaged, crl, torn]
    {
        assert_eq!(words(same.as_bytes()), same);
    }
    // Git hands it to a terminal.
    assert_eq!(words(b"caf\xe9 \x9b2J\x1b[2J\n"), "caf\\xe9 \\x9b2J\\u{1b}[2J\n");
    assert!(words(b"a\0b").starts_with("binary, 3 bytes\n  digest       sha256:"));
}

/// A difference of two files is one of their words, too, be it of a token.
#[test]
fn words_say_every_difference() {
    let config = kubeconfig();
    for line in 0..config.lines().count() {
        let without: Vec<&str> =
            config.lines().enumerate().filter(|(at, _)| *at != line).map(|(_, line)| line).collect();
        assert_ne!(words(without.join("\n").as_bytes()), words(config.as_bytes()), "{line}");
    }
    assert_ne!(words(config.replace("hidden-token", "other-token").as_bytes()), words(config.as_bytes()));
    let encrypted = |password| {
        let pem = key().to_pkcs8_pem();
        openssl(&["pkcs8", "-topk8", "-passout", password], pem.as_bytes())
    };
    assert_ne!(words(&encrypted("pass:x")), words(&encrypted("pass:y")));
}

/// Not even in what cannot be read.
#[test]
fn words_keep_secrets() {
    let pem = key().to_pkcs8_pem();
    let body: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let torn = pem.replace("-----END PRIVATE KEY-----", "");
    let relabelled = pem.replace("PRIVATE KEY", "OPENSSH PRIVATE KEY");
    let config = kubeconfig();
    let conflict = format!("<<<<<<< ours\n{config}=======\n{config}>>>>>>> theirs\n");
    let data = Base64::encode_string(pem.as_bytes());
    let json = format!("{{\"client-key-data\":\"{data}\",");
    let secret = format!("pkiplan-secret-1 {}\n", "5c".repeat(32));
    for text in [&*pem, &torn, &relabelled, &config, &conflict, &json, &secret] {
        let words = words(text.as_bytes());
        assert!(body.iter().all(|line| !words.contains(line)), "{words}");
        assert!(!words.contains(&data[..64]) && !words.contains("5c5c"), "{words}");
        assert!(words.contains("sha256:"), "{words}");
    }
    assert!(words(conflict.as_bytes()).contains(">>>>>>> theirs\n"));
    let data = format!("kind: Secret\ndata:\n  tls.key: {data}\n");
    assert!(words(data.as_bytes()).starts_with("kind: Secret\ndata:\n  tls.key: (hidden) sha256:"));
    // A digest of eight letters would give them away.
    let password = format!("auth_pass {}\n", "eruiubyc");
    assert_eq!(words(password.as_bytes()), "auth_pass (hidden)\n");
    // A short value is a word of documentation.
    assert_eq!(words(b"client-key-data: ..."), "client-key-data: ...");
}

#[test]
fn what_is_not_read_is_named() {
    let store = |bytes: &[u8]| describe(bytes, now()).unwrap_err();
    let pem = key().to_pkcs8_pem();
    let openssl = openssl(&["pkcs12", "-export", "-nocerts", "-passout", "pass:x"], pem.as_bytes());
    assert_eq!(store(&openssl), NotRecognised::Pkcs12);
    assert_eq!(store(b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\0"), NotRecognised::Java);
    assert_eq!(store(kubeconfig().replace("users:", "users: [").as_bytes()), NotRecognised::BrokenKubeconfig);
    assert_eq!(store(b"all work and no play"), NotRecognised::Other);
}

/// Whatever comes in, an answer goes out.
#[test]
fn garbage_never_panics() {
    let answer = |bytes: &[u8]| {
        let _ = textconv(bytes);
        for described in describe(bytes, now()).unwrap_or_default() {
            assert!(described.to_text().ends_with('\n'));
            serde_json::to_string(&described).unwrap();
        }
    };
    let key = pem::blocks(&key().to_pkcs8_pem()).remove(0).der.to_vec();
    for whole in [certificate(), key] {
        for end in 0..whole.len() {
            answer(&whole[..end]);
            for bit in 0..8 {
                let mut flipped = whole.clone();
                flipped[end] ^= 1 << bit;
                answer(&flipped);
                answer(pem::encode("PRIVATE KEY", &flipped).as_bytes());
            }
        }
    }
    let config = kubeconfig().into_bytes();
    for end in (0..config.len()).step_by(7) {
        answer(&config[..end]);
        let mut flipped = config.clone();
        flipped[end] ^= 1 << (end % 8);
        answer(&flipped);
    }
    for bytes in [&b""[..], b"\0", b"\xff\xfe", b"-----BEGIN CERTIFICATE-----", b"Config: &a [*a, *a]"] {
        assert!(describe(bytes, now()).is_err());
    }
    let nested = format!("Config: {}", "[".repeat(100_000));
    assert!(describe(nested.as_bytes(), now()).is_err());
}
