//! Certificates, parsed back field by field and checked by OpenSSL.

use std::path::Path;
use std::process::Command;

use crate::support::Lab;
use pkiplan::issue::certificate::{IssueError, ToBeIssued, issue};
use pkiplan::issue::key::{PrivateKey, PublicKey};
use pkiplan::issue::secret::Secret;
use pkiplan::issue::verify::{VerifyError, confirm, verify};
use pkiplan::issue::{name, pem};
use pkiplan::specification::{AuthorityConstraints, Issuer, KeyIdentity, Specification, fingerprint, serial};
use pkiplan::stored::{Stored, StoredError};
use pkiplan::values::{
    AlternativeName, Duration, Instant, KeyAlgorithm, NameConstraint, SecretEpoch, Sorted, Subject, Usage,
};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};

fn key(id: &str, algorithm: KeyAlgorithm) -> PrivateKey {
    PrivateKey::derive(&Secret::from_bytes([7; 32]), id, algorithm, 1)
}

fn begin() -> Instant {
    "2026-11-22T04:03:06Z".parse().unwrap()
}

fn authority(common_name: &str, issuer: Issuer, path_length: Option<u8>, key: KeyAlgorithm) -> Specification {
    Specification {
        subject: Subject::new(Some(common_name), ["pkiplan"]).unwrap(),
        names: Sorted::default(),
        usages: Sorted::default(),
        authority: Some(Box::new(AuthorityConstraints { path_length, ..Default::default() })),
        issuer,
        key,
        validity: Duration::years(30),
    }
}

fn below(id: &str, key: KeyAlgorithm) -> Issuer {
    Issuer::Authority {
        id: id.into(),
        key: KeyIdentity::Derived { algorithm: key, generation: 1, secret: SecretEpoch::default() },
    }
}

fn leaf(subject: Subject, names: &[&str], key: KeyAlgorithm) -> Specification {
    Specification {
        subject,
        names: names.iter().map(|name| name.parse().unwrap()).collect(),
        usages: [Usage::Server, Usage::Client].into(),
        authority: None,
        issuer: below("authority.sub", key),
        key,
        validity: Duration::years(1),
    }
}

fn certificate(
    specification: &Specification,
    subject_key: &PublicKey,
    issuer: &Subject,
    signer: &PrivateKey,
) -> Vec<u8> {
    let print = fingerprint(specification.words());
    let tbs = ToBeIssued {
        specification,
        serial: serial("lock", "id", &print, &KeyIdentity::External, begin()),
        not_before: begin(),
        not_after: begin().plus(specification.validity),
        subject_key,
        issuer_name: &name::encode(issuer),
        issuer_key: signer.public(),
        issuer_key_identifier: None,
    };
    let der = issue(&tbs, signer).unwrap();
    assert_eq!(der, issue(&tbs, signer).unwrap(), "the same input, other bytes");
    verify(&der, signer.public()).unwrap();
    confirm(&der, signer).unwrap();
    der
}

struct Chain {
    root: Vec<u8>,
    sub: Vec<u8>,
    leaf: Vec<u8>,
    keys: [PrivateKey; 3],
    specification: Specification,
}

fn chain(algorithm: KeyAlgorithm) -> Chain {
    let keys = ["root", "sub", "leaf"].map(|id| key(id, algorithm));
    let root = authority("root", Issuer::Own, None, algorithm);
    let sub = authority("sub", below("authority.root", algorithm), Some(0), algorithm);
    let subject = Subject::new(Some("alice"), ["b", "a", "b"]).unwrap();
    let mut specification =
        leaf(subject, &["k8s.example.com", "*.example.com", "10.0.0.1", "fd00::1"], algorithm);
    specification.names.insert(AlternativeName::uri("spiffe://cluster/ns/x").unwrap());
    specification.names.insert(AlternativeName::email("a@example.com").unwrap());
    Chain {
        root: certificate(&root, keys[0].public(), &root.subject, &keys[0]),
        sub: certificate(&sub, keys[1].public(), &root.subject, &keys[0]),
        leaf: certificate(&specification, keys[2].public(), &sub.subject, &keys[1]),
        keys,
        specification,
    }
}

/// Extensions as (OID, critical), and what they say.
fn extensions(der: &[u8]) -> Vec<(String, bool, String)> {
    let (_, parsed) = X509Certificate::from_der(der).unwrap();
    let says = |extension: &ParsedExtension<'_>| match extension {
        ParsedExtension::BasicConstraints(c) => format!("{} {:?}", c.ca, c.path_len_constraint),
        ParsedExtension::KeyUsage(usage) => usage.to_string(),
        ParsedExtension::ExtendedKeyUsage(e) => {
            format!("{} {} {}", e.client_auth, e.server_auth, e.other.len())
        }
        ParsedExtension::SubjectKeyIdentifier(id) => format!("{id:x}"),
        ParsedExtension::AuthorityKeyIdentifier(id) => {
            assert!(id.authority_cert_issuer.is_none() && id.authority_cert_serial.is_none());
            format!("{:x}", id.key_identifier.as_ref().unwrap())
        }
        ParsedExtension::SubjectAlternativeName(names) => {
            names.general_names.iter().map(general_name).collect()
        }
        other => panic!("{other:?}"),
    };
    let found = parsed.extensions().iter();
    found.map(|e| (e.oid.to_id_string(), e.critical, says(e.parsed_extension()))).collect()
}

fn general_name(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) => format!("DNS:{name} "),
        GeneralName::IPAddress(bytes) => format!("IP:{bytes:?} "),
        GeneralName::URI(uri) => format!("URI:{uri} "),
        GeneralName::RFC822Name(mail) => format!("email:{mail} "),
        other => panic!("{other:?}"),
    }
}

fn identifier(key: &PrivateKey) -> String {
    key.public().key_identifier().map(|byte| format!("{byte:02x}")).join(":")
}

#[test]
fn every_field_is_as_specified() {
    for algorithm in KeyAlgorithm::ALL {
        let Chain { root, sub, leaf, keys, specification } = chain(algorithm);
        let extension = |oid: &str, critical: bool, says: &str| (oid.to_owned(), critical, says.to_owned());
        let [root_id, sub_id, leaf_id] = keys.each_ref().map(identifier);
        let authority_usage = extension("2.5.29.15", true, "Key Cert Sign, CRL Sign");
        assert_eq!(
            extensions(&root),
            [
                authority_usage.clone(),
                extension("2.5.29.14", false, &root_id),
                extension("2.5.29.19", true, "true None")
            ]
        );
        assert_eq!(
            extensions(&sub),
            [
                extension("2.5.29.35", false, &root_id),
                authority_usage,
                extension("2.5.29.14", false, &sub_id),
                extension("2.5.29.19", true, "true Some(0)"),
            ]
        );
        let usage = match algorithm {
            KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => {
                "Digital Signature, Key Encipherment"
            }
            _ => "Digital Signature",
        };
        let names = "DNS:*.example.com DNS:k8s.example.com IP:[10, 0, 0, 1] \
            IP:[253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] URI:spiffe://cluster/ns/x email:a@example.com ";
        assert_eq!(
            extensions(&leaf),
            [
                extension("2.5.29.35", false, &sub_id),
                extension("2.5.29.17", false, names),
                extension("2.5.29.15", true, usage),
                extension("2.5.29.37", false, "true true 0"),
                extension("2.5.29.14", false, &leaf_id),
                extension("2.5.29.19", true, "false None"),
            ]
        );
        let (rest, parsed) = X509Certificate::from_der(&leaf).unwrap();
        assert!(rest.is_empty());
        assert_eq!(parsed.version().0, 2);
        assert_eq!(parsed.subject().to_string(), "O=b, O=a, O=b, CN=alice");
        assert_eq!(parsed.issuer().to_string(), "O=pkiplan, CN=sub");
        let print = fingerprint(specification.words());
        assert_eq!(
            parsed.raw_serial(),
            serial("lock", "id", &print, &KeyIdentity::External, begin()).as_bytes()
        );
        assert_eq!(parsed.validity().not_before.timestamp(), begin().unix());
        assert_eq!(parsed.validity().not_after.timestamp(), begin().unix() + 365 * 86400);
        assert_eq!(parsed.public_key().raw, keys[2].public().spki_der());

        let stored = Stored::from_der(&sub).unwrap();
        assert_eq!(stored.subject, Stored::from_der(&leaf).unwrap().issuer);
        assert_eq!(stored.spki, keys[1].public().spki_der());
        assert_eq!(stored.subject_key_identifier.unwrap(), keys[1].public().key_identifier());
        assert_eq!((stored.not_before, stored.not_after), (begin(), begin().plus(Duration::years(30))));
        assert!(stored.authority && stored.serial.as_bytes().len() == 16);

        assert_eq!(verify(&leaf, keys[0].public()), Err(VerifyError::Signature));
        let mut forged = leaf.clone();
        let place = forged.windows(5).position(|window| window == b"alice").unwrap();
        forged[place] = b'b';
        assert_eq!(verify(&forged, keys[1].public()), Err(VerifyError::Signature));
        assert_eq!(Stored::from_der(&leaf[..leaf.len() - 1]), Err(StoredError::Unreadable));
        assert_eq!(Stored::from_der(&[&leaf[..], &[0]].concat()), Err(StoredError::Unreadable));
    }
}

#[test]
fn the_kinds_of_keys_in_a_chain_can_differ() {
    let (root_key, leaf_key) = (key("root", KeyAlgorithm::Rsa2048), key("leaf", KeyAlgorithm::EcdsaP256));
    let mut specification = leaf(Subject::default(), &["k8s.example.com"], KeyAlgorithm::EcdsaP256);
    specification.issuer = below("authority.root", KeyAlgorithm::Rsa2048);
    let root = Subject::new(Some("root"), []).unwrap();
    let der = certificate(&specification, leaf_key.public(), &root, &root_key);
    let extensions = extensions(&der);
    // RFC 5280, 4.2.1.6: without a subject the alternative names are critical.
    assert_eq!(extensions[1], ("2.5.29.17".to_owned(), true, "DNS:k8s.example.com ".to_owned()));
    assert_eq!(extensions[2].2, "Digital Signature");
    assert_eq!(verify(&der, leaf_key.public()), Err(VerifyError::Algorithm));
}

/// The key confirms what it has signed, and no other byte of it.
#[test]
fn a_key_confirms_its_own_signature() {
    use KeyAlgorithm::{EcdsaP256, EcdsaP384, Ed25519, Rsa2048};
    for algorithm in [EcdsaP256, EcdsaP384, Ed25519, Rsa2048] {
        let Chain { leaf, keys, .. } = chain(algorithm);
        assert_eq!(confirm(&leaf, &keys[1]), Ok(()));
        assert_eq!(confirm(&leaf, &keys[0]), Err(VerifyError::Signature));
        for at in 0..leaf.len() {
            let mut other = leaf.clone();
            other[at] ^= 1;
            assert!(confirm(&other, &keys[1]).is_err(), "{algorithm:?} byte {at}");
        }
        assert_eq!(confirm(&leaf[1..], &keys[1]), Err(VerifyError::Unreadable));
    }
    for [signed, other] in [[EcdsaP256, EcdsaP384], [EcdsaP256, Rsa2048], [Ed25519, EcdsaP256]] {
        assert_eq!(confirm(&chain(signed).leaf, &key("sub", other)), Err(VerifyError::Algorithm));
    }
}

#[test]
fn the_identifier_of_a_foreign_authority_is_kept() {
    let (foreign, own) = (key("foreign", KeyAlgorithm::EcdsaP256), key("own", KeyAlgorithm::EcdsaP256));
    let specification = leaf(Subject::new(Some("x"), []).unwrap(), &[], KeyAlgorithm::EcdsaP256);
    let tbs = ToBeIssued {
        specification: &specification,
        serial: [1; 16].into(),
        not_before: begin(),
        // RFC 5280, 4.1.2.5: from 2050 on as GeneralizedTime.
        not_after: "9999-12-31T23:59:59Z".parse().unwrap(),
        subject_key: own.public(),
        issuer_name: &[0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 6, 3, 0x55, 4, 6, 0x13, 2, b'C', b'H'],
        issuer_key: foreign.public(),
        issuer_key_identifier: Some(&[0xab; 8]),
    };
    let der = issue(&tbs, &foreign).unwrap();
    assert_eq!(extensions(&der)[0].2, "ab:ab:ab:ab:ab:ab:ab:ab");
    assert_eq!(Stored::from_der(&der).unwrap().issuer, tbs.issuer_name);
    assert_eq!(Stored::from_der(&der).unwrap().not_after, tbs.not_after);
}

#[test]
fn contradictions_are_refused() {
    let (root, other) = (key("root", KeyAlgorithm::EcdsaP256), key("other", KeyAlgorithm::EcdsaP256));
    let specification = authority("root", Issuer::Own, None, KeyAlgorithm::EcdsaP256);
    let own_name = name::encode(&specification.subject);
    let good = ToBeIssued {
        specification: &specification,
        serial: [1; 16].into(),
        not_before: begin(),
        not_after: begin(),
        subject_key: root.public(),
        issuer_name: &own_name,
        issuer_key: root.public(),
        issuer_key_identifier: None,
    };
    assert!(issue(&good, &root).is_ok());
    assert_eq!(issue(&good, &other), Err(IssueError::NotTheIssuersKey));
    assert_eq!(issue(&ToBeIssued { issuer_name: &[0x30, 0], ..good }, &root), Err(IssueError::NotItself));
    assert_eq!(issue(&ToBeIssued { subject_key: other.public(), ..good }, &root), Err(IssueError::NotItself));
    for serial in [[0; 16].into(), [0x80; 16].into()] {
        assert_eq!(issue(&ToBeIssued { serial, ..good }, &root), Err(IssueError::Serial));
    }
    let late = ToBeIssued { not_before: begin().plus(Duration::years(1)), ..good };
    assert!(matches!(issue(&late, &root), Err(IssueError::EndsBeforeItBegins { .. })));
    let rsa = Specification { key: KeyAlgorithm::Rsa2048, ..specification.clone() };
    let rsa = issue(&ToBeIssued { specification: &rsa, ..good }, &root);
    assert!(matches!(rsa, Err(IssueError::OtherAlgorithm { .. })));
    let nameless = Specification { subject: Subject::default(), ..specification.clone() };
    let nameless = issue(&ToBeIssued { specification: &nameless, issuer_name: &[0x30, 0], ..good }, &root);
    assert!(matches!(nameless, Err(IssueError::Nameless(_))));
    let below = Specification { issuer: below("x", KeyAlgorithm::EcdsaP256), ..specification.clone() };
    for issuer_name in [&[][..], &[0x30], &[0x31, 0], &[0x30, 0, 0]] {
        let torn = issue(&ToBeIssued { specification: &below, issuer_name, ..good }, &root);
        assert!(matches!(torn, Err(IssueError::Encoding(_))));
    }
}

/// RFC 5280, 4.2.1.10: critical, DNS names bare, networks as an address and a mask.
#[test]
fn name_constraints_are_written() {
    let root = key("root", KeyAlgorithm::EcdsaP256);
    let mut specification = authority("root", Issuer::Own, None, KeyAlgorithm::EcdsaP256);
    let constraints = specification.authority.as_mut().unwrap();
    constraints.permitted.insert(NameConstraint::Dns("a.b".parse().unwrap()));
    constraints.permitted.insert(NameConstraint::Ip("10.0.0.0/8".parse().unwrap()));
    constraints.excluded.insert(NameConstraint::Ip("fd00::/16".parse().unwrap()));
    let der = certificate(&specification, root.public(), &specification.subject, &root);
    let mask = |address: &[u8], ones: usize| {
        let mask = (0..address.len()).map(|i| if i < ones { 0xff } else { 0 });
        [&[0x87, 2 * address.len() as u8], address, &mask.collect::<Vec<u8>>()].concat()
    };
    let ipv6: [u8; 16] = std::array::from_fn(|i| if i == 0 { 0xfd } else { 0 });
    let subtrees = |tag: u8, all: &[Vec<u8>]| {
        let all: Vec<u8> =
            all.iter().flat_map(|name| [&[0x30, name.len() as u8], &name[..]].concat()).collect();
        [&[tag, all.len() as u8], &all[..]].concat()
    };
    let permitted = subtrees(0xa0, &[b"\x82\x03a.b".to_vec(), mask(&[10, 0, 0, 0], 1)]);
    let excluded = subtrees(0xa1, &[mask(&ipv6, 2)]);
    let (_, parsed) = X509Certificate::from_der(&der).unwrap();
    let extension = parsed.extensions().iter().find(|e| e.oid.to_id_string() == "2.5.29.30").unwrap();
    assert!(extension.critical);
    let length = (permitted.len() + excluded.len()) as u8;
    assert_eq!(extension.value, [&[0x30, length], &permitted[..], &excluded[..]].concat());
}

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let run =
        Command::new("openssl").current_dir(folder).args(arguments).output().expect("openssl is installed");
    let output = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{arguments:?}: {output}");
    output
}

#[test]
fn openssl_accepts_the_chains() {
    for algorithm in KeyAlgorithm::ALL {
        let folder = tempfile::tempdir().unwrap();
        let chain = chain(algorithm);
        for (file, der) in [("root.pem", &chain.root), ("sub.pem", &chain.sub), ("leaf.pem", &chain.leaf)] {
            std::fs::write(folder.path().join(file), pem::encode("CERTIFICATE", der)).unwrap();
        }
        let at = begin().plus(Duration::years(1)).minus_seconds(60).unix().to_string();
        let strict = ["verify", "-x509_strict", "-check_ss_sig", "-attime", &at, "-CAfile", "root.pem"];
        for purpose in ["sslserver", "sslclient"] {
            let rest = [
                "-untrusted",
                "sub.pem",
                "-purpose",
                purpose,
                "-verify_hostname",
                "k8s.example.com",
                "leaf.pem",
            ];
            assert_eq!(openssl(folder.path(), &[&strict[..], &rest].concat()), "leaf.pem: OK\n");
        }
        openssl(folder.path(), &[&strict[..], &["sub.pem"]].concat());
        openssl(folder.path(), &[&strict[..], &["root.pem"]].concat());
        let show = ["x509", "-in", "leaf.pem", "-noout", "-subject", "-nameopt", "RFC2253,-dn_rev"];
        assert_eq!(openssl(folder.path(), &show).trim(), "subject=O=b,O=a,O=b,CN=alice");
    }
}

/// What may be signed is told in words, and so is a change of it.
#[test]
fn constraints_of_an_authority_are_told_in_words() {
    let plan = |constraints: &str| {
        format!("format = 1\n\n[authority.web]\nname-constraints = {{ {constraints} }}\n")
    };
    let told = |constraints: &str| -> Vec<String> {
        let lab = Lab::written(&plan(constraints));
        lab.build();
        let certificate = "cluster.certs/authority.web-1.crt";
        let run = lab.run(&["inspect", certificate]);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        let command = format!("openssl x509 -noout -ext nameConstraints -in {certificate}");
        let openssl = lab.shell(&command).out;
        let lines = run
            .out
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("permitted") || line.starts_with("excluded"));
        let lines: Vec<String> =
            lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        // openssl knows the same ones.
        assert_eq!(
            openssl.matches("DNS:").count() + openssl.matches("IP:").count(),
            lines.len(),
            "{openssl}"
        );
        lines
    };
    let one = told("permitted-dns = [\"example.com\"], excluded-ip = [\"10.0.0.0/8\"]");
    assert_eq!(one, ["permitted DNS:example.com", "excluded IP:10.0.0.0/8"]);
    let other = told("permitted-dns = [\"example.org\"], excluded-ip = [\"10.0.0.0/8\"]");
    assert_eq!(other, ["permitted DNS:example.org", "excluded IP:10.0.0.0/8"]);
}
