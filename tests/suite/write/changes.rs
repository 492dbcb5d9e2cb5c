//! What a build writes, and what it leaves alone.

use super::lab::{Lab, Plan, entry, file, folder, line, name, set_mode, unit};
use pkiplan::write::{ChangeKind, Class, Content, PathChange, Summary, Unit};
use rayon::prelude::*;
use std::fs;
use zeroize::Zeroizing;

fn host(host: &str, key: &str) -> Unit {
    unit(
        &format!("hosts/{host}"),
        vec![
            file("etc/kubernetes/pki/server.key", 0o600, key),
            file("etc/kubernetes/pki/ca.crt", 0o644, "the authority"),
            folder("etc/kubernetes/manifests", 0o700),
            entry("etc/boot.conf", Class::Seed, 0o640, Content::File(Zeroizing::new(b"seed".to_vec()))),
            line("var/lib/kubelet/pki/current.pem", Class::Runtime),
            line("etc/old.conf", Class::Absent),
        ],
    )
}

fn plan(units: Vec<Unit>) -> Plan {
    Plan { lock: "lock 1".to_owned(), certificates: vec![("ca.crt".to_owned(), "CA".to_owned())], units }
}

fn changed(path: &str, kind: ChangeKind) -> PathChange {
    PathChange { path: path.to_owned(), kind }
}

#[test]
fn first_build_writes_everything_as_declared() {
    let lab = Lab::new();
    let summary = lab
        .build(&plan(vec![host("m1", "secret"), unit("cluster", vec![file("a.yaml", 0o644, "x")])]))
        .unwrap();
    let expected = Summary {
        lock: true,
        certificates: vec!["ca.crt".to_owned()],
        changed: 2,
        files_written: 4,
        ..Summary::default()
    };
    assert_eq!(summary, expected);
    let modes: Vec<(String, u32)> = lab
        .snapshot()
        .into_iter()
        .filter_map(|(path, (mode, _))| Some((path.strip_prefix("c.trees")?.to_owned(), mode)))
        .collect();
    let expected = [
        ("", 0o700),
        ("/.pkiplan", 0o600),
        ("/cluster", 0o755),
        ("/cluster.json", 0o600),
        ("/cluster.sha256", 0o600),
        ("/cluster/a.yaml", 0o644),
        ("/hosts", 0o700),
        ("/hosts/m1", 0o755),
        ("/hosts/m1.json", 0o600),
        ("/hosts/m1.sha256", 0o600),
        ("/hosts/m1/etc", 0o755),
        ("/hosts/m1/etc/boot.conf", 0o640),
        ("/hosts/m1/etc/kubernetes", 0o755),
        ("/hosts/m1/etc/kubernetes/manifests", 0o700),
        ("/hosts/m1/etc/kubernetes/pki", 0o755),
        ("/hosts/m1/etc/kubernetes/pki/ca.crt", 0o644),
        ("/hosts/m1/etc/kubernetes/pki/server.key", 0o600),
    ];
    let modes: Vec<(&str, u32)> = modes.iter().map(|(path, mode)| (path.as_str(), *mode)).collect();
    assert_eq!(modes, expected);
    assert_eq!(fs::read_to_string(&lab.site.lock).unwrap(), "lock 1");
    assert_eq!(fs::read_to_string(lab.site.certificates.join("ca.crt")).unwrap(), "CA");
}

#[test]
fn nothing_changed_means_nothing_written() {
    let lab = Lab::new();
    let make = || plan(vec![host("m1", "secret"), host("m2", "other"), unit("users/alice", vec![])]);
    lab.build(&make()).unwrap();
    lab.put("hosts/m1/etc/mine", "by hand");
    let before = lab.traces();
    let summary = lab.build(&make()).unwrap();
    assert_eq!(lab.traces(), before);
    assert_eq!(summary, Summary { unchanged: 3, files_unchanged: 6, ..Summary::default() });
}

#[test]
fn only_what_differs_is_written() {
    let lab = Lab::new();
    lab.build(&plan(vec![host("m1", "one"), host("m2", "one")])).unwrap();
    let (ca, seed) = (lab.inode("hosts/m1/etc/kubernetes/pki/ca.crt"), lab.inode("hosts/m1/etc/boot.conf"));
    let (key, other) = (lab.inode("hosts/m1/etc/kubernetes/pki/server.key"), lab.inode("hosts/m2"));

    let mut next = host("m1", "two");
    next.entries.retain(|entry| entry.path.as_str() != "etc/kubernetes/manifests");
    next.entries.push(file("etc/new", 0o644, "new"));
    next.entries[2].mode = 0o600;
    let change = lab.build_units(vec![next, host("m2", "one")]).unwrap();

    assert_eq!((change.written, change.unchanged, change.removed, change.beside), (3, 1, 0, true));
    let expected = [
        changed("etc/boot.conf", ChangeKind::Mode),
        changed("etc/kubernetes/manifests", ChangeKind::Removed),
        changed("etc/kubernetes/pki/server.key", ChangeKind::Content),
        changed("etc/new", ChangeKind::Added),
    ];
    assert_eq!(change.paths, expected);
    assert_eq!(lab.inode("hosts/m1/etc/kubernetes/pki/ca.crt"), ca);
    assert_ne!(lab.inode("hosts/m1/etc/boot.conf"), seed);
    assert_ne!(lab.inode("hosts/m1/etc/kubernetes/pki/server.key"), key);
    assert_eq!(lab.inode("hosts/m2"), other);
    assert!(!lab.tree("hosts/m1/etc/kubernetes/manifests").exists());
}

#[test]
fn what_drifted_is_set_right() {
    let lab = Lab::new();
    let make = || vec![host("m1", "one")];
    lab.build_units(make()).unwrap();
    let (before, ca) = (lab.snapshot(), lab.inode("hosts/m1/etc/kubernetes/pki/ca.crt"));
    fs::write(lab.tree("hosts/m1/etc/boot.conf"), "edited").unwrap();
    set_mode(&lab.tree("hosts/m1/etc/kubernetes/pki/server.key"), 0o644);
    set_mode(&lab.tree("hosts/m1/etc"), 0o711);
    fs::remove_dir(lab.tree("hosts/m1/etc/kubernetes/manifests")).unwrap();
    let change = lab.build_units(make()).unwrap();
    let expected = [
        changed("etc", ChangeKind::Mode),
        changed("etc/boot.conf", ChangeKind::Content),
        changed("etc/kubernetes/manifests", ChangeKind::Added),
        changed("etc/kubernetes/pki/server.key", ChangeKind::Mode),
    ];
    assert_eq!(change.paths, expected);
    assert!(!change.beside);
    assert_eq!(lab.snapshot(), before);
    assert_eq!(lab.inode("hosts/m1/etc/kubernetes/pki/ca.crt"), ca);
}

#[test]
fn owners_change_only_the_manifest() {
    let lab = Lab::new();
    lab.build_units(vec![host("m1", "one")]).unwrap();
    let inode = lab.inode("hosts/m1");
    let mut next = host("m1", "one");
    next.entries[0].owner = "etcd".into();
    let change = lab.build_units(vec![next]).unwrap();
    assert!(change.beside && change.paths.is_empty() && !change.is_empty());
    assert_eq!(lab.inode("hosts/m1"), inode);
    assert!(lab.text("hosts/m1.json").contains(r#""owner": "etcd""#));
}

#[test]
fn files_become_folders_and_back() {
    let lab = Lab::new();
    let flat = || vec![unit("hosts/m1", vec![file("a", 0o600, "file"), file("b/c/d", 0o600, "deep")])];
    let deep = || vec![unit("hosts/m1", vec![file("a/x", 0o600, "below"), file("b", 0o600, "flat")])];
    lab.build_units(flat()).unwrap();
    let before = lab.snapshot();
    let change = lab.build_units(deep()).unwrap();
    assert_eq!((change.written, change.removed), (2, 2));
    assert_eq!((lab.text("hosts/m1/a/x").as_str(), lab.text("hosts/m1/b").as_str()), ("below", "flat"));
    lab.build_units(flat()).unwrap();
    assert_eq!(lab.snapshot(), before);
}

#[test]
fn a_class_without_bytes_takes_the_file_away() {
    let lab = Lab::new();
    lab.build_units(vec![unit("hosts/m1", vec![file("etc/a", 0o600, "x"), file("b", 0o600, "y")])]).unwrap();
    let next = vec![unit("hosts/m1", vec![line("etc/a", Class::Runtime), file("b", 0o600, "y")])];
    let change = lab.build_units(next).unwrap();
    assert_eq!(change.paths, [changed("etc/a", ChangeKind::Removed)]);
    assert!(!lab.tree("hosts/m1/etc").exists());
    // What the cluster writes there by accident is not ours.
    lab.put("hosts/m1/etc/a", "the cluster's");
    lab.build_units(vec![unit("hosts/m1", vec![line("etc/a", Class::Runtime)])]).unwrap();
    assert_eq!(lab.text("hosts/m1/etc/a"), "the cluster's");
}

#[test]
fn dropping_a_session_changes_nothing() {
    let lab = Lab::new();
    lab.build(&plan(vec![host("m1", "one")])).unwrap();
    let before = lab.snapshot();
    let session = lab.begin().unwrap();
    let change = session.stage(&host("m1", "two")).unwrap();
    assert_eq!(change.written, 1);
    assert!(lab.tree(".pkiplan.staging").exists());
    drop(session);
    assert_eq!(lab.snapshot(), before);
}

#[test]
fn units_that_are_not_staged_stay() {
    let lab = Lab::new();
    lab.build(&plan(vec![host("m1", "one"), host("m2", "one")])).unwrap();
    let before = lab.snapshot();
    let session = lab.begin().unwrap();
    session.stage(&host("m1", "one")).unwrap();
    session.commit(None, &[], &[name("hosts/m1"), name("hosts/m2")].into()).unwrap();
    assert_eq!(lab.snapshot(), before);
}

#[test]
fn a_lock_keeps_its_mode_and_certificates_stay() {
    let lab = Lab::new();
    lab.build(&plan(vec![])).unwrap();
    set_mode(&lab.site.lock, 0o664);
    fs::write(lab.site.certificates.join("retired.crt"), "old").unwrap();
    let mut next = plan(vec![]);
    next.lock = "lock 2".to_owned();
    next.certificates[0].1 = "CA 2".to_owned();
    lab.build(&next).unwrap();
    let snapshot = lab.snapshot();
    assert_eq!(snapshot["c.lock"], (0o664, "lock 2".to_owned()));
    assert_eq!(snapshot["c.certs/ca.crt"].1, "CA 2");
    assert_eq!(snapshot["c.certs/retired.crt"].1, "old");
    assert_eq!(snapshot.keys().filter(|path| path.starts_with("c.certs")).count(), 3);
}

#[test]
fn threads_do_not_matter() {
    let (one, many) = (Lab::new(), Lab::new());
    let units: Vec<Unit> = (0..200).map(|index| host(&format!("h{index}"), &index.to_string())).collect();
    let names = units.iter().map(|unit| unit.name.clone()).collect();
    let session = one.begin().unwrap();
    units.iter().for_each(|unit| drop(session.stage(unit).unwrap()));
    session.commit(None, &[], &names).unwrap();
    let session = many.begin().unwrap();
    units.par_iter().for_each(|unit| drop(session.stage(unit).unwrap()));
    session.commit(None, &[], &names).unwrap();
    assert_eq!(one.snapshot(), many.snapshot());
}
