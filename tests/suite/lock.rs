//! The lock's format: one spelling, read back whole, and told what is wrong with any other text.

use std::collections::BTreeMap;
use std::sync::Arc;

use pkiplan::diagnostics::{Code, Diagnostics};
use pkiplan::lock::{CertificateRecord, KeyRecord, Lock, SecretRecord, Tombstone, Words};
use pkiplan::source::Sources;
use pkiplan::specification::KeyIdentity;
use pkiplan::values::{KeyAlgorithm, PlainText, SecretEpoch};

const FULL: &str = r#"# Written by pkiplan: commit it beside the plan, never edit it by hand. There is no secret in it.
format = 1
id = "000102030405060708090a0b0c0d0e0f"

[secrets]
default = { epoch = 1, identity = "0011223344556677" }

[catalog]
"component/etcd" = "1111111111111111111111111111111111111111111111111111111111111111"

[certificate."node.master01/kubelet-client"]
serial = "40404040404040404040404040404040"
not-before = "2026-11-23T01:00:00Z"
not-after = "2027-11-23T01:05:00Z"
key = "derived ecdsa-p256 1"
sha256 = "2222222222222222222222222222222222222222222222222222222222222222"
specification = [
  "subject CN=system:node:master01",
  "key ecdsa-p256",
]

[certificate."user.alice"]
serial = "41414141414141414141414141414141"
not-before = "2026-11-23T01:00:00Z"
not-after = "2027-11-23T01:05:00Z"
key = "external"
specification = [
]

[key."keyring.encryption"]
kind = "encryption-key"
use = 2
trust = [1, 2]
plain-text = "refused"
resources = ["configmaps", "secrets"]
provider = { 2 = "aescbc" }
unused = [3]
highest = 3

[key."keyring.service-account"]
kind = "key-pair"
algorithm = "ecdsa-p256"
use = 1
trust = [1]
highest = 1
sha256 = { 1 = "3333333333333333333333333333333333333333333333333333333333333333" }

[tombstone."keyring.old"]
generation = 4

[tombstone."node.x/kubelet-client"]
generation = 1
not-after = "2027-11-23T01:05:00Z"
"#;

fn full() -> Lock {
    let mut lock = Lock::new("000102030405060708090a0b0c0d0e0f");
    let secret = SecretRecord { epoch: 1, identity: "0011223344556677".into() };
    lock.secrets.insert("default".into(), secret);
    lock.catalog.insert("component/etcd".into(), [0x11; 32]);
    let not_before = "2026-11-23T01:00:00Z".parse().unwrap();
    let not_after = "2027-11-23T01:05:00Z".parse().unwrap();
    let kubelet = CertificateRecord {
        serial: [0x40; 16].into(),
        not_before,
        not_after,
        key: KeyIdentity::Derived {
            algorithm: KeyAlgorithm::EcdsaP256,
            generation: 1,
            secret: SecretEpoch::default(),
        },
        sha256: Some([0x22; 32]),
        specification: Words::new(&["subject CN=system:node:master01", "key ecdsa-p256"]),
    };
    let none: [&str; 0] = [];
    let specification = Words::new(&none);
    let alice = CertificateRecord {
        serial: [0x41; 16].into(),
        key: KeyIdentity::External,
        sha256: None,
        specification,
        ..kubelet.clone()
    };
    lock.certificates.insert("node.master01/kubelet-client".into(), kubelet);
    lock.certificates.insert("user.alice".into(), alice);
    let pair = KeyRecord {
        kind: "key-pair".into(),
        algorithm: Some(KeyAlgorithm::EcdsaP256),
        used: 1,
        trust: vec![1],
        plain_text: PlainText::Unsaid,
        resources: Vec::new(),
        providers: BTreeMap::new(),
        unused: Vec::new(),
        highest: 1,
        not_after: BTreeMap::new(),
        derives_from: BTreeMap::new(),
        sha256: BTreeMap::from([(1, [0x33; 32])]),
    };
    let kind = "encryption-key".into();
    let symmetric = KeyRecord {
        kind,
        algorithm: None,
        used: 2,
        trust: vec![1, 2],
        plain_text: PlainText::Refused,
        resources: vec!["configmaps".into(), "secrets".into()],
        providers: BTreeMap::from([(2, "aescbc".into())]),
        unused: vec![3],
        highest: 3,
        not_after: BTreeMap::new(),
        derives_from: BTreeMap::new(),
        sha256: BTreeMap::new(),
    };
    lock.keys.insert("keyring.service-account".into(), pair);
    lock.keys.insert("keyring.encryption".into(), symmetric);
    lock.bury(&"keyring.old".into(), Tombstone { generation: 4, not_after: None });
    lock.bury(&"node.x/kubelet-client".into(), Tombstone { generation: 1, not_after: Some(not_after) });
    lock
}

fn parse(text: &str) -> Result<Lock, Diagnostics> {
    Lock::parse(text, Sources::default().add("cluster.lock", text))
}

/// The code of the only message, and the text that it points at.
fn failure(text: &str) -> (Code, String) {
    let diagnostics = parse(text).unwrap_err();
    let list = diagnostics.sorted();
    assert_eq!(list.len(), 1);
    assert!(list[0].help.is_some());
    (list[0].code, text[list[0].labels[0].span.range()].to_owned())
}

#[test]
fn format_1_is_spelt_like_this() {
    assert_eq!(full().to_text(), FULL);
    assert_eq!(parse(FULL).unwrap(), full());
    toml::de::DeTable::parse(FULL).unwrap();
}

#[test]
fn another_spelling_of_the_same_content_is_read() {
    let spellings = [
        FULL.replace('\n', "\r\n"),
        FULL.replace("# Written", "# written"),
        FULL.replace(" = ", "="),
        FULL.replace("trust = [1, 2]", "trust = [\n  2,\n  1,\n]"),
        FULL.replace("default =", "\"default\" ="),
        FULL.replace("CN=system", "\\u0043N=system"),
        FULL.replace("]\n\n", "]\n"),
    ];
    for spelling in spellings {
        assert_eq!(parse(&spelling).unwrap().to_text(), FULL);
    }
    let (before, tombstones) = FULL.split_at(FULL.find("[tombstone.\"keyring").unwrap());
    let (first, second) = tombstones.split_at(tombstones.find("[tombstone.\"node").unwrap());
    assert_eq!(parse(&format!("{before}{second}\n{first}")).unwrap().to_text(), FULL);
}

#[test]
fn strange_ids_and_words_come_back() {
    let strange =
        ["", "a\"b", "a\\", "\" = \"", "漢字", "a\nb]\n[x", "\0\u{7f}\u{85}\u{202e}", "'''", "\u{feff}#"];
    let mut lock = full();
    let certificate = lock.certificates["user.alice"].clone();
    for text in strange {
        let id: Arc<str> = text.into();
        lock.secrets.insert(Arc::clone(&id), SecretRecord { epoch: 2, identity: "f".repeat(16) });
        lock.catalog.insert(Arc::clone(&id), [9; 32]);
        let specification = Words::new(&strange);
        assert_eq!(specification.to_vec(), strange);
        lock.certificates.insert(Arc::clone(&id), CertificateRecord { specification, ..certificate.clone() });
        let key = KeyRecord { kind: text.into(), ..lock.keys["keyring.encryption"].clone() };
        lock.keys.insert(Arc::clone(&id), key);
        lock.bury(&id, Tombstone { generation: 1, not_after: None });
    }
    let text = lock.to_text();
    assert_eq!(parse(&text).unwrap(), lock);
    lock.secrets.retain(|name, _| &**name == "default");
    let text = lock.to_text();
    assert_eq!(parse(&text).unwrap(), lock);
    // The fast reader and the TOML parser agree.
    assert_eq!(parse(&format!("#\n{text}")).unwrap(), lock);
}

/// A long text is given in pieces, which are whole together.
#[test]
fn pieces_are_the_text() {
    let mut lock = full();
    let certificate = lock.certificates["user.alice"].clone();
    for number in 0..2_000 {
        lock.certificates.insert(format!("user.{number:06}").into(), certificate.clone());
    }
    let (mut count, mut bytes) = (0, Vec::new());
    lock.pieces(&mut |piece| {
        count += 1;
        bytes.extend_from_slice(piece);
    });
    let text = lock.to_text();
    assert!(count > 5 && bytes == text.as_bytes());
    assert_eq!(parse(&text).unwrap(), lock);
}

#[test]
fn a_merge_in_progress_is_told() {
    let merged = FULL.replace("use = 2\n", "<<<<<<< HEAD\nuse = 2\n=======\nuse = 3\n>>>>>>> other\n");
    assert_eq!(failure(&merged), (Code::LockConflict, "<<<<<<< HEAD".into()));
}

#[test]
fn a_newer_format_is_told_whatever_else_it_holds() {
    for rest in ["", "\nnew-key = 1", "\nnew syntax !"] {
        let newer = FULL.replace("format = 1", &format!("format = 2{rest}"));
        assert_eq!(failure(&newer), (Code::LockFormat, "2".into()));
    }
}

#[test]
fn anything_else_is_no_lock() {
    let damages = [
        ("format = 1", "", "#"),
        ("use = 2", "use = 2\nuse = 2", "use"),
        ("use = 2", "use = 0", "0"),
        ("use = 2", "use = 2\nuses = 2", "uses"),
        ("\"external\"", "\"extern\"", "\"extern\""),
        ("\"4040", "\"404", "\"4044040404040404040404040404040\""),
        ("0e0f\"", "0e0g\"", "\"000102030405060708090a0b0c0d0e0g\""),
        ("default = {", "default = 1 #", "1"),
        ("{ 1 =", "{ one =", "one"),
        ("not-before = \"2026", "not-before = \"2036", "[certificate.\"node.master01/kubelet-client\"]"),
    ];
    for (good, bad, place) in damages {
        let text = FULL.replacen(good, bad, 1);
        assert_eq!(failure(&text), (Code::LockSyntax, place.to_owned()), "{bad}");
    }
    for length in 0..FULL.len() - 1 {
        // A line cut off between two tables leaves a smaller lock, and nothing can tell.
        if let Ok(lock) = parse(&FULL[..length]) {
            assert_ne!(lock, full());
        }
    }
    assert_eq!(failure("").0, Code::LockSyntax);
}

#[test]
fn fingerprints_are_recorded_and_decide_nothing() {
    let mut lock = full();
    lock.record("user.alice", [7; 32]);
    lock.record("user.bob", [7; 32]);
    lock.record_key("keyring.service-account", 2, [8; 32]);
    assert_ne!(lock, full());
    assert!(lock.decides_like(&full()) && full().decides_like(&lock));
    lock.record("node.master01/kubelet-client", [7; 32]);
    assert!(!lock.decides_like(&full()));
}

#[test]
fn the_fast_reader_takes_nothing_that_toml_reads_differently() {
    let mut read = 0;
    for (at, c) in FULL.char_indices() {
        let (before, after) = (&FULL[..at], &FULL[at + c.len_utf8()..]);
        for other in ["", "0", "1", "\"", "\\", "\n", " ", "#", "]", ",", "_", "+", "x", "é", "\u{7f}"] {
            let changed = format!("{before}{other}{after}");
            let slow = parse(&format!("#\n{changed}")).ok();
            let fast = parse(&changed).ok();
            assert_eq!(fast, slow, "{changed}");
            read += usize::from(fast.is_some());
        }
    }
    assert!(read > 1000);
}
