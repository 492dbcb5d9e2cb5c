use super::*;
use crate::values::{Instant, SecretEpoch, Sorted};

fn leaf() -> Specification {
    Specification {
        subject: Subject::new(Some("system:node:n1"), ["system:nodes"]).unwrap(),
        names: ["kubernetes", "10.0.0.5", "fd00::1", "10.0.0.10"]
            .iter()
            .map(|n| n.parse().unwrap())
            .collect(),
        usages: [Usage::Server, Usage::Client].into(),
        authority: None,
        issuer: Issuer::Authority {
            id: "authority.kubernetes".into(),
            key: KeyIdentity::Derived {
                algorithm: KeyAlgorithm::EcdsaP256,
                generation: 1,
                secret: SecretEpoch::default(),
            },
        },
        key: KeyAlgorithm::EcdsaP256,
        validity: Duration::years(1),
    }
}

fn root() -> Specification {
    Specification {
        subject: Subject::new(Some("kubernetes"), []).unwrap(),
        names: Sorted::default(),
        usages: Sorted::default(),
        authority: Some(Box::new(AuthorityConstraints { path_length: Some(0), ..Default::default() })),
        issuer: Issuer::Own,
        key: KeyAlgorithm::Rsa2048,
        validity: Duration::years(10),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn lines_have_an_order_and_defaults_write_none() {
    let expected = [
        "subject O=system:nodes",
        "subject CN=system:node:n1",
        "name DNS:kubernetes",
        "name IP:10.0.0.10",
        "name IP:10.0.0.5",
        "name IP:fd00::1",
        "usage client",
        "usage server",
        "issuer authority.kubernetes",
        "issuer-key derived ecdsa-p256 1",
        "key ecdsa-p256",
        "validity 31536000s",
    ];
    assert_eq!(leaf().words(), expected);
    let expected =
        ["subject CN=kubernetes", "authority", "path-length 0", "key rsa-2048", "validity 315360000s"];
    assert_eq!(root().words(), expected);
    let mut constrained = root();
    let constraints = constrained.authority.as_mut().unwrap();
    constraints.permitted =
        ["example.com", "a.b"].map(|name| NameConstraint::Dns(name.parse().unwrap())).into();
    constraints.permitted.insert(NameConstraint::Ip("10.0.0.0/8".parse().unwrap()));
    constraints.excluded = [NameConstraint::Dns("x.a.b".parse().unwrap())].into();
    let expected = [
        "subject CN=kubernetes",
        "authority",
        "path-length 0",
        "permitted DNS:a.b",
        "permitted DNS:example.com",
        "permitted IP:10.0.0.0/8",
        "excluded DNS:x.a.b",
        "key rsa-2048",
        "validity 315360000s",
    ];
    assert_eq!(constrained.words(), expected);
}

// These two vectors are the promise of version 1. They were computed with Python's
// hashlib from the description of the format. A change here reissues every certificate everywhere.
#[test]
fn fingerprint_of_version_1() {
    assert_eq!(
        hex(&fingerprint(root().words())),
        "47e64215f5469b967d30f1af1b82fc4e74c1f396173076165d41bcdb811877f0"
    );
    assert_eq!(
        hex(&fingerprint(leaf().words())),
        "ea15085c198de6b81098d824ccb9edfadfe246512f83a5fd51ea7494c94c9481"
    );
}

#[test]
fn serial_of_version_1() {
    let key = KeyIdentity::Derived {
        algorithm: KeyAlgorithm::EcdsaP256,
        generation: 1,
        secret: SecretEpoch::default(),
    };
    let at = Instant::from_unix(1_800_000_000).unwrap();
    let print = fingerprint(leaf().words());
    let number = serial("lock", "node.n1/kubelet", &print, &key, at);
    assert_eq!(number.to_string(), "40e80b3da01ecdb8b7b26e2c28e52947");
    assert_eq!(number.as_bytes()[0] & 0xc0, 0x40);
    // The boundary between fields counts.
    assert_ne!(serial("lockn", "ode.n1/kubelet", &print, &key, at), number);
    assert_ne!(serial("lock", "node.n1/kubelet", &print, &KeyIdentity::External, at), number);
    assert_ne!(serial("lock", "node.n1/kubelet", &print, &key, at.minus_seconds(1)), number);
}

/// Computed with Python's hashlib from the description: ends that were spread once must be spread the same for ever.
#[test]
fn spread_of_version_1() {
    let day: Duration = "1d".parse().unwrap();
    assert_eq!(spread_of("lock", "node.n1/kubelet", day), 50_978);
    assert_ne!(spread_of("lockn", "ode.n1/kubelet", day), spread_of("lock", "node.n1/kubelet", day));
    assert_eq!(spread_of("lock", "node.n1/kubelet", "1s".parse().unwrap()), 0);
}

#[test]
fn differences_are_reported_by_field() {
    let mut other = leaf();
    let names = ["a.example", "kubernetes", "fd00::1", "10.0.0.10"];
    other.names = names.iter().map(|name| name.parse().unwrap()).collect();
    other.usages = [Usage::Server].into();
    other.validity = "1d".parse().unwrap();
    other.subject = Subject::new(Some("n1"), []).unwrap();
    other.issuer = Issuer::Authority {
        id: "authority.kubernetes".into(),
        key: KeyIdentity::Derived {
            algorithm: KeyAlgorithm::EcdsaP256,
            generation: 2,
            secret: SecretEpoch::default(),
        },
    };
    let expected = [
        "subject O=system:nodes, CN=system:node:n1 -> CN=n1",
        "-IP:10.0.0.5",
        "+DNS:a.example",
        "-usage client",
        "issuer-key derived ecdsa-p256 1 -> derived ecdsa-p256 2",
        "validity 365d -> 1d",
    ];
    let printed = |old: &[String], new: &[String]| -> Vec<String> {
        differences(old, new).iter().map(ToString::to_string).collect()
    };
    assert_eq!(printed(&leaf().words(), &other.words()), expected);
    assert!(differences(&leaf().words(), &leaf().words()).is_empty());
    let unknown = printed(
        &["name DNS:a".to_owned()],
        &["authority".to_owned(), "path-length 0".to_owned(), "policy x".to_owned()],
    );
    assert_eq!(unknown, ["-DNS:a", "+policy x", "+authority", "+path-length 0"]);
}

#[test]
fn lines_are_taken_apart_and_put_together() {
    for line in ["authority", "name DNS:a", "signs-as sha256:00", "policy", "policy x y", "key  rsa-2048"] {
        let (word, value) = Word::split(line);
        assert_eq!(word.line(value).trim_end(), line);
        assert_eq!(matches!(word, Word::Other(_)), line.starts_with("policy"), "{line}");
    }
}

#[test]
fn what_issuers_change_reaches_what_they_sign() {
    let line = |text: &str| vec![text.to_owned()];
    let renamed = &differences(&line("subject CN=a"), &line("subject CN=b"))[0];
    assert_eq!(renamed.for_issued().unwrap().to_string(), "issuer's subject CN=a -> CN=b");
    let other = &differences(&line("signs-as sha256:a"), &line("signs-as sha256:b"))[0];
    assert_eq!(other.for_issued().unwrap().to_string(), "issuer's -signs-as sha256:a");
    assert_eq!(renamed.for_issued().unwrap().for_issued(), None);
    assert_eq!(differences(&[], &line("usage client"))[0].for_issued(), None);
}

#[test]
fn identities_are_read_back() {
    let derived = KeyIdentity::Derived {
        algorithm: KeyAlgorithm::Rsa2048,
        generation: 7,
        secret: SecretEpoch::default(),
    };
    let elsewhere = SecretEpoch { name: "offline".parse().unwrap(), epoch: 2 };
    let other = KeyIdentity::Derived { algorithm: KeyAlgorithm::Ed25519, generation: 1, secret: elsewhere };
    assert_eq!(other.to_string(), "derived ed25519 1 secret offline epoch 2");
    for identity in [derived, other, KeyIdentity::Imported { sha256: [0xa5; 32] }, KeyIdentity::External] {
        assert_eq!(identity.to_string().parse::<KeyIdentity>().unwrap(), identity);
    }
    for bad in [
        "",
        "derived",
        "derived rsa-2048 07",
        "derived rsa-2048 0",
        "derived rsa-2048 1 secret default",
        "derived rsa-2048 1 epoch 1",
        "derived rsa-2048 1 epoch 02",
        "derived rsa-2048 1 epoch 2 secret offline",
        "derived x 1",
        "imported sha256:aé",
        "external ",
    ] {
        assert!(bad.parse::<KeyIdentity>().is_err(), "{bad}");
    }
}
