//! Derivation gives what the committed vectors say, and other programs read its keys.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use pkiplan::issue::derivation::{encryption_key, keyed_digest, password, static_token, token};
use pkiplan::issue::key::PrivateKey;
use pkiplan::issue::secret::Secret;
use pkiplan::values::KeyAlgorithm;
use sha2::{Digest as _, Sha256};
use toml::de::DeTable;

const VECTORS: &str = include_str!("../vectors/derivation-v1.toml");

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn parse() -> DeTable<'static> {
    DeTable::parse(VECTORS).unwrap().into_inner()
}

fn text<'a>(table: &'a DeTable<'_>, key: &str) -> &'a str {
    table.get(key).and_then(|value| value.get_ref().as_str()).expect(key)
}

fn secret() -> Secret {
    Secret::parse(&format!("pkiplan-secret-1 {}", text(&parse(), "secret"))).ok().unwrap()
}

/// Every vector of one kind, with its id and generation.
fn vectors(kind: &str, mut check: impl FnMut(&DeTable<'_>, &str, u32)) {
    let vectors = parse();
    let tables = vectors.get(kind).unwrap().get_ref().as_array().unwrap();
    assert!(!tables.is_empty());
    for table in tables {
        let table = table.get_ref().as_table().unwrap();
        let generation = table.get("generation").map_or(0, |value| {
            let digits = value.get_ref().as_integer().unwrap();
            u32::from_str_radix(digits.as_str(), digits.radix()).unwrap()
        });
        check(table, if table.contains_key("id") { text(table, "id") } else { "" }, generation);
    }
}

#[test]
fn keys() {
    let secret = secret();
    vectors("key", |vector, id, generation| {
        let algorithm: KeyAlgorithm = text(vector, "algorithm").parse().unwrap();
        let key = PrivateKey::derive(&secret, id, algorithm, generation);
        assert_eq!(key.public().algorithm(), algorithm);
        assert_eq!(hex(&key.public().sha256()), text(vector, "spki_sha256"), "{id} {algorithm}");
        assert_eq!(hex(&key.public().key_identifier()), text(vector, "key_identifier"), "{id} {algorithm}");
        let pem = Sha256::digest(key.to_pkcs8_pem().as_bytes());
        assert_eq!(hex(&pem), text(vector, "pkcs8_pem_sha256"), "{id} {algorithm}");
        let signature = Sha256::digest(key.sign(b"sample"));
        assert_eq!(hex(&signature), text(vector, "signature_sha256"), "{id} {algorithm}");
    });
}

#[test]
fn everything_else() {
    let secret = secret();
    assert_eq!(secret.identity(), text(&parse(), "identity"));
    vectors("encryption_key", |vector, id, generation| {
        assert_eq!(hex(&*encryption_key(&secret, id, generation)), text(vector, "hex"));
    });
    vectors("password", |vector, id, generation| {
        let expected = text(vector, "text");
        assert_eq!(*password(&secret, id, generation, expected.len()), expected);
    });
    vectors("token", |vector, id, generation| {
        assert_eq!(*token(&secret, id, generation), text(vector, "text"));
    });
    vectors("static_token", |vector, id, generation| {
        assert_eq!(*static_token(&secret, id, generation), text(vector, "text"));
    });
    vectors("keyed_digest", |vector, _, _| {
        assert_eq!(hex(&keyed_digest(&secret, text(vector, "bytes").as_bytes())), text(vector, "hex"));
    });
}

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = Command::new("openssl");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("these tests need the openssl program");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {}: {complaint}", arguments.join(" "));
    output.stdout
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn openssl_agrees() {
    let secret = secret();
    for algorithm in KeyAlgorithm::ALL {
        let key = PrivateKey::derive(&secret, "openssl", algorithm, 1);
        let pem = key.to_pkcs8_pem();
        // It checks primes, exponents and that the point is that of the scalar.
        openssl(&["pkey", "-noout", "-check"], pem.as_bytes());
        // It writes the same bytes: PKCS#8 and the public key.
        assert_eq!(openssl(&["pkey"], pem.as_bytes()), pem.as_bytes(), "{algorithm}");
        let public = openssl(&["pkey", "-pubout"], pem.as_bytes());
        assert_eq!(String::from_utf8(public).unwrap(), key.public().to_pem(), "{algorithm}");
        // It accepts signatures.
        let folder = tempfile::tempdir().unwrap();
        let (public, signature) = (folder.path().join("public"), folder.path().join("signature"));
        std::fs::write(&public, key.public().to_pem()).unwrap();
        std::fs::write(&signature, key.sign(b"message")).unwrap();
        let digest = match algorithm {
            KeyAlgorithm::EcdsaP384 => "-sha384",
            _ => "-sha256",
        };
        let (public, signature) = (path(&public), path(&signature));
        if algorithm == KeyAlgorithm::Ed25519 {
            let message = folder.path().join("message");
            std::fs::write(&message, "message").unwrap();
            let verify = ["pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-sigfile", signature];
            openssl(&[&verify[..], &["-in", path(&message)]].concat(), b"");
        } else {
            openssl(&["dgst", digest, "-verify", public, "-signature", signature], b"message");
        }
    }
}

/// The vectors are what a second program makes of the specification. The larger RSA keys take it long.
#[test]
fn a_second_program_agrees() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let kinds = ["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-2048"];
    let mut command = Command::new("python3");
    command.arg("-B").current_dir(folder).args(["derivation_v1.py", "derivation-v1.toml"]).args(kinds);
    let output = command.output().expect("this test needs python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let (_, rest) = VECTORS.split_once("\n[[key]]\n").unwrap();
    let (keys, _) = rest.split_once("\n[[encryption_key]]\n").unwrap();
    let keys: Vec<&str> =
        keys.split("\n[[key]]\n").filter(|key| kinds.iter().any(|kind| key.contains(kind))).collect();
    assert!(keys.len() > 10);
    assert_eq!(said, keys.iter().map(|key| format!("\n[[key]]\n{key}")).collect::<String>());
}

#[test]
fn purposes_are_unrelated() {
    let (secret, other) = (secret(), Secret::from_bytes([1; 32]));
    let of = |secret, id, generation| {
        PrivateKey::derive(secret, id, KeyAlgorithm::EcdsaP256, generation).public().sha256()
    };
    let key = of(&secret, "ca", 1);
    assert_eq!(key, of(&secret, "ca", 1));
    assert_ne!(key, of(&secret, "ca", 2));
    assert_ne!(key, of(&secret, "cb", 1));
    assert_ne!(key, of(&other, "ca", 1));
}
