//! What is not ours survives, and is never written over.

use super::lab::{Lab, file, folder, set_mode, unit};
use pkiplan::write::{ChangeKind, PathChange, Unit, WriteError};
use std::fs;
use std::os::unix::fs::symlink;

fn host(key: &str) -> Unit {
    unit(
        "hosts/m1",
        vec![file("etc/pki/key", 0o600, key), file("etc/pki/ca", 0o644, "ca"), folder("empty", 0o700)],
    )
}

#[test]
fn foreign_files_are_carried_over() {
    let lab = Lab::new();
    lab.build_units(vec![host("1")]).unwrap();
    lab.put("hosts/m1/etc/pki/mine", "by hand");
    lab.put("hosts/m1/notes/deep/readme", "by hand");
    fs::create_dir(lab.tree("hosts/m1/notes/nothing")).unwrap();
    set_mode(&lab.tree("hosts/m1/notes"), 0o710);
    symlink("/nowhere", lab.tree("hosts/m1/notes/link")).unwrap();
    lab.put("hosts/notes.json", "not a manifest");
    lab.put("own.json", "{}");
    let inode = lab.inode("hosts/m1/etc/pki/mine");
    let mut expected = lab.snapshot();
    lab.build_units(vec![host("2")]).unwrap();
    let found = lab.snapshot();
    expected.retain(|path, _| !path.ends_with("pki/key") && !path.contains("m1."));
    for (path, what) in expected {
        assert_eq!(found.get(&path), Some(&what), "{path}");
    }
    assert_eq!(lab.inode("hosts/m1/etc/pki/mine"), inode);
}

#[test]
fn folders_of_ours_stay_for_what_lies_in_them() {
    let lab = Lab::new();
    lab.build_units(vec![host("1")]).unwrap();
    lab.put("hosts/m1/etc/pki/mine", "by hand");
    let change = lab.build_units(vec![unit("hosts/m1", vec![])]).unwrap();
    let removed = |path: &str| PathChange { path: path.to_owned(), kind: ChangeKind::Removed };
    assert_eq!(change.paths, [removed("empty"), removed("etc/pki/ca"), removed("etc/pki/key")]);
    assert_eq!(lab.text("hosts/m1/etc/pki/mine"), "by hand");
    assert!(!lab.tree("hosts/m1/etc/pki/key").exists());
}

#[test]
fn units_that_are_gone_are_removed_by_their_manifests() {
    let lab = Lab::new();
    let other = |name: &str| unit(name, vec![file("x", 0o600, "x")]);
    let units =
        || vec![host("1"), other("hosts/m2"), other("hosts/m3"), other("users/alice"), other("cluster")];
    lab.build_units(units()).unwrap();
    lab.put("hosts/m1/etc/mine", "by hand");
    lab.put("hosts/foreign/x", "by hand");
    lab.put("hosts/foreign.json", "{}");
    fs::remove_file(lab.tree("hosts/foreign.json")).unwrap();
    let session = lab.begin().unwrap();
    let summary =
        session.commit(None, &[], &units()[1..2].iter().map(|unit| unit.name.clone()).collect()).unwrap();
    let removed: Vec<&str> = summary.removed.iter().map(|unit| unit.as_str()).collect();
    assert_eq!(removed, ["cluster", "hosts/m1", "hosts/m3", "users/alice"]);
    assert_eq!(summary.files_removed, 5);
    let left: Vec<String> = lab.snapshot().into_keys().filter(|path| path.starts_with("c.trees/")).collect();
    let expected = [
        ".pkiplan",
        "hosts",
        "hosts/foreign",
        "hosts/foreign/x",
        "hosts/m1",
        "hosts/m1/etc",
        "hosts/m1/etc/mine",
        "hosts/m2",
        "hosts/m2.json",
        "hosts/m2.sha256",
        "hosts/m2/x",
        "users",
    ];
    assert_eq!(left, expected.map(|path| format!("c.trees/{path}")));
}

fn refused(lab: &Lab, unit: Unit, path: &str, artefact: &str) {
    let before = lab.snapshot();
    let error = lab.build_units(vec![unit]).unwrap_err();
    let WriteError::Foreign { path: found, artefact: belongs } = &error else { panic!("{error}") };
    assert_eq!((found, belongs.as_str()), (&lab.tree(path), artefact));
    assert!(error.to_string().contains(path) && error.to_string().contains(artefact), "{error}");
    assert_eq!(lab.snapshot(), before);
}

#[test]
fn foreign_files_are_not_overwritten() {
    let lab = Lab::new();
    lab.build_units(vec![unit("hosts/m1", vec![])]).unwrap();
    lab.put("hosts/m1/etc/pki/key", "by hand");
    refused(&lab, host("1"), "hosts/m1/etc/pki/key", "artefact.etc-pki-key");
    // What equals ours is ours.
    lab.put("hosts/m1/etc/pki/key", "1");
    lab.build_units(vec![host("1")]).unwrap();
    lab.build_units(vec![host("2")]).unwrap();
}

#[test]
fn a_foreign_file_where_a_folder_belongs() {
    let lab = Lab::new();
    lab.build_units(vec![unit("hosts/m1", vec![])]).unwrap();
    lab.put("hosts/m1/etc", "by hand");
    refused(&lab, host("1"), "hosts/m1/etc", "a directory of other files");
    fs::remove_file(lab.tree("hosts/m1/etc")).unwrap();
    lab.build_units(vec![host("1")]).unwrap();
    fs::remove_dir(lab.tree("hosts/m1/empty")).unwrap();
    lab.put("hosts/m1/empty", "by hand");
    refused(&lab, host("1"), "hosts/m1/empty", "artefact.empty");
}

#[test]
fn a_foreign_file_below_a_file_to_be() {
    let lab = Lab::new();
    lab.build_units(vec![host("1")]).unwrap();
    lab.put("hosts/m1/etc/pki/mine", "by hand");
    let flat = || unit("hosts/m1", vec![file("etc", 0o644, "flat")]);
    refused(&lab, flat(), "hosts/m1/etc/pki", "artefact.etc");
    fs::remove_file(lab.tree("hosts/m1/etc/pki/mine")).unwrap();
    lab.build_units(vec![flat()]).unwrap();
}

#[test]
fn a_unit_without_manifest_is_foreign() {
    let lab = Lab::new();
    lab.build_units(vec![host("1")]).unwrap();
    fs::remove_file(lab.tree("hosts/m1.json")).unwrap();
    refused(&lab, host("2"), "hosts/m1/etc/pki/key", "artefact.etc-pki-key");
}
