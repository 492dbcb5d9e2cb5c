//! Certificates, keys, kubeconfigs and sealed files: bytes that other programs made.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use pkiplan::diagnostics::Diagnostics;
use pkiplan::import::{Request, find};
use pkiplan::inspect::{certificates, describe, textconv};
use pkiplan::issue::imported::{holds_key, private_key};
use pkiplan::issue::key::PublicKey;
use pkiplan::issue::pem::encode;
use pkiplan::issue::verify::verify;
use pkiplan::leaks;
use pkiplan::plan::{self, Plan};
use pkiplan::read::Memory;
use pkiplan::seal::{Identities, is_sealed, open, recipients, wants_passphrase};
use pkiplan::source::Sources;
use pkiplan::stored::Stored;
use pkiplan::values::Instant;
use zeroize::Zeroizing;

const LABELS: [&str; 8] = [
    "CERTIFICATE",
    "CERTIFICATE REQUEST",
    "PRIVATE KEY",
    "EC PRIVATE KEY",
    "RSA PRIVATE KEY",
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
    "EC PARAMETERS",
];

/// A plan into which things are imported.
static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let text = "format = 1\n[cluster]\nname = \"a\"\nprofile = \"high-availability\"\nservice-cidrs = [\"10.96.0.0/16\"]\nlayout = \"kubeadm\"\n\
        [node.m1]\naddresses = [\"10.0.0.1\"]\nroles = [\"control-plane\", \"etcd\"]\n";
    let world = Memory::default().with("plan.toml", text);
    let mut diagnostics = Diagnostics::default();
    match plan::load(&world, Path::new("plan.toml"), Sources::default(), &mut diagnostics) {
        Ok(plan) => plan,
        Err(_) => panic!("the plan is sound"),
    }
});

fn now() -> Instant {
    Instant::from_unix(1_767_225_600).expect("an instant")
}

/// X.509 and keys. The first byte says of which kind the DER after it is; from 128 on all is taken as it is.
pub(super) fn certificate(input: &[u8]) {
    let Some((kind, der)) = input.split_first() else { return };
    let pem = match kind {
        128.. => String::from_utf8_lossy(der).into_owned(),
        kind => encode(LABELS[usize::from(*kind) % LABELS.len()], der),
    };
    inspected(der);
    inspected(pem.as_bytes());
    let _ = certificates(&pem);
    if let Ok(stored) = Stored::from_pem(&pem) {
        if let Some(key) = PublicKey::of(&stored) {
            let _ = verify(&stored.der, &key);
        }
        assert_eq!(Stored::from_der(&stored.der), Ok(stored));
    }
    if let Ok(key) = private_key(&pem, || None) {
        assert!(holds_key(&pem));
        let again =
            private_key(&key.to_pkcs8_pem(), || None).unwrap_or_else(|_| panic!("what we write, we read"));
        assert!(*again.to_pkcs8_pem() == *key.to_pkcs8_pem(), "a key is not what it was");
    }
}

/// Kubeconfigs, as `inspect` describes them.
pub(super) fn kubeconfig(input: &[u8]) {
    inspected(input);
}

/// All that `inspect` says of a file.
fn inspected(bytes: &[u8]) {
    for description in describe(bytes, now()).into_iter().flatten() {
        let _ = description.to_text();
        serde_json::to_value(&description).expect("JSON");
    }
    let _ = textconv(bytes);
}

/// Files of a cluster that is taken over: kubeconfigs, keys, an EncryptionConfiguration.
pub(super) fn import(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let names = ["pki/ca.crt", "pki/ca.key", "pki/sa.key", "pki/encryption.yaml"];
    let mut world = Memory::default();
    for (name, part) in names.iter().zip(text.split("\n=====\n")) {
        world = world.with(*name, part);
    }
    let request = Request {
        paths: &[PathBuf::from("pki")],
        target: None,
        passphrase: &|_| None,
        is_first: true,
        random: &|| Ok([7; 32]),
    };
    let _ = find(&world, &PLAN, &request);
}

/// Sealed files, identities and recipients.
pub(super) fn age(input: &[u8]) {
    const IDENTITY: &str = include_str!("../seeds/age/identity");
    let text = String::from_utf8_lossy(input);
    let none = |_: &str| Ok(Zeroizing::new("open sesame".to_owned()));
    let mut identities = Identities::default();
    // Fails where pkiplan was built without age.
    let _ = identities.add(IDENTITY, &none);
    if is_sealed(input) && wants_passphrase(input) == Ok(false) {
        let _ = open(input, &identities);
    }
    let _ = recipients(&text);
    let _ = Identities::default().add(&text, &none);
}

/// Bytes in which private material is looked for, decoded where it must be.
pub(super) fn leaks(input: &[u8]) {
    let leaks = leaks::find(input, &|secret| secret[0] == b'7');
    for leak in &leaks.found {
        assert!(leak.span.start < leak.span.end && leak.span.end <= input.len(), "{leak} at {:?}", leak.span);
    }
}
