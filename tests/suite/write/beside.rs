//! Manifests and checksum lists.

use super::lab::{Lab, entry, file, folder, line, unit};
use pkiplan::write::{Class, Content, Unit};
use std::process::Command;
use zeroize::Zeroizing;

fn host() -> Unit {
    let mut short = file("etc/vrrp.conf", 0o640, "password 1234");
    short.keyed = Some("hmac:abcdef".to_owned());
    short.restart = vec!["keepalived.service".into()];
    let mut host = unit(
        "hosts/m1",
        vec![
            line("var/current.pem", Class::Runtime),
            short,
            file(r"etc/dev-disk\x2dbyid.mount", 0o644, "mount"),
            folder("etc/manifests", 0o700),
            entry("boot conf", Class::Seed, 0o600, Content::File(Zeroizing::new(b"seed".to_vec()))),
        ],
    );
    host.lock = Some("sha256:0123".to_owned());
    host
}

#[test]
fn the_manifest_says_what_lies_there() {
    let lab = Lab::new();
    lab.build_units(vec![host()]).unwrap();
    let expected = r#"{
  "format": 1,
  "unit": "hosts/m1",
  "lock": "sha256:0123",
  "entries": [
    {
      "path": "boot conf",
      "class": "seed",
      "type": "file",
      "mode": "0600",
      "owner": "root",
      "group": "root",
      "sha256": "19b25856e1c150ca834cffc8b59b23adbd0ec0389e58eb22b3b64768098d002b",
      "artefact": "artefact.boot conf"
    },
    {
      "path": "etc/dev-disk\\x2dbyid.mount",
      "class": "managed",
      "type": "file",
      "mode": "0644",
      "owner": "root",
      "group": "root",
      "sha256": "d4536f2555836b0b1bdc536c56e6f7245a2e89dd20ff8df68ade3cf0e7f39a65",
      "artefact": "artefact.etc-dev-disk\\x2dbyid.mount"
    },
    {
      "path": "etc/manifests",
      "class": "managed",
      "type": "folder",
      "mode": "0700",
      "owner": "root",
      "group": "root",
      "artefact": "artefact.etc-manifests"
    },
    {
      "path": "etc/vrrp.conf",
      "class": "managed",
      "type": "file",
      "mode": "0640",
      "owner": "root",
      "group": "root",
      "keyed": "hmac:abcdef",
      "artefact": "artefact.etc-vrrp.conf",
      "restart": [
        "keepalived.service"
      ]
    },
    {
      "path": "var/current.pem",
      "class": "runtime",
      "mode": "0600",
      "owner": "root",
      "group": "root",
      "artefact": "artefact.var-current.pem"
    }
  ]
}
"#;
    assert_eq!(lab.text("hosts/m1.json"), expected);
}

#[test]
fn sha256sum_accepts_the_list() {
    let lab = Lab::new();
    lab.build_units(vec![host()]).unwrap();
    let list = lab.text("hosts/m1.sha256");
    assert!(list.starts_with("# files of hosts/m1; here: sha256sum --strict -c m1.sha256\n"), "{list}");
    assert!(!list.contains("vrrp"), "a digest of a short secret can be guessed: {list}");
    let check = || {
        let mut command = Command::new("sha256sum");
        command.args(["--strict", "--quiet", "-c", "m1.sha256"]).current_dir(lab.tree("hosts"));
        command.output().unwrap()
    };
    let good = check();
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    std::fs::write(lab.tree("hosts/m1/boot conf"), "sees").unwrap();
    assert!(!check().status.success());
}

#[test]
fn a_unit_without_files_has_no_list() {
    let lab = Lab::new();
    lab.build_units(vec![host()]).unwrap();
    lab.build_units(vec![unit("hosts/m1", vec![])]).unwrap();
    assert!(!lab.tree("hosts/m1.sha256").exists());
    assert!(lab.tree("hosts/m1").is_dir());
    assert_eq!(
        lab.text("hosts/m1.json"),
        "{\n  \"format\": 1,\n  \"unit\": \"hosts/m1\",\n  \"entries\": []\n}\n"
    );
}
