//! What is refused, before anything is written.

use super::lab::{Lab, entry, file, folder, line, name, unit};
use pkiplan::write::{Class, Content, Unit, WriteError};
use std::fs;
use std::os::unix::fs::symlink;

fn host(key: &str) -> Unit {
    unit("hosts/m1", vec![file("etc/key", 0o600, key)])
}

#[track_caller]
fn refused(lab: &Lab, unit: Unit, says: &str) -> WriteError {
    let before = lab.snapshot();
    let error = lab.build_units(vec![unit]).unwrap_err();
    assert!(error.to_string().contains(says), "{error}");
    assert_eq!(lab.snapshot(), before);
    error
}

#[test]
fn entries_that_contradict_each_other() {
    let lab = Lab::new();
    lab.build_units(vec![host("1")]).unwrap();
    let of = |entries| unit("hosts/m1", entries);
    let twice = of(vec![file("a", 0o600, "x"), file("a", 0o600, "x")]);
    refused(&lab, twice, "are both at `a` of hosts/m1");
    let twice = of(vec![file("a", 0o600, "x"), line("a", Class::Absent)]);
    refused(&lab, twice, "are both at `a`");
    let below = of(vec![file("a/b/c", 0o600, "x"), file("a/b", 0o600, "x")]);
    refused(
        &lab,
        below,
        "`artefact.a-b` is a file at `a/b` of hosts/m1, where `artefact.a-b-c` needs a directory",
    );
    let below = of(vec![file("a", 0o600, "x"), line("a/b", Class::Runtime)]);
    refused(&lab, below, "needs a directory");
    let absent = of(vec![line("a", Class::Absent), file("a/b", 0o600, "x")]);
    refused(&lab, absent, "other entries are below it");
    let nothing = of(vec![entry("a", Class::Seed, 0o600, Content::Nothing)]);
    refused(&lab, nothing, "must be a file or a directory");
    let bytes = of(vec![entry("a", Class::Absent, 0o600, Content::Folder)]);
    refused(&lab, bytes, "must have no contents");
    refused(&lab, of(vec![file("a", 0o4755, "x")]), "no setuid");
    refused(&lab, of(vec![folder("a", 0o10000)]), "more than permission bits");
    // What was a folder may have become a file, and a program may write into a folder of ours.
    let fine = vec![
        file("a", 0o600, "x"),
        line("a/b", Class::Absent),
        line("run", Class::Runtime),
        file("run/ours", 0o600, "x"),
        folder("lib", 0o700),
        line("lib/current", Class::Runtime),
    ];
    lab.build_units(vec![of(fine)]).unwrap();
}

#[test]
fn units_that_contradict_each_other() {
    let lab = Lab::new();
    let session = lab.begin().unwrap();
    session.stage(&host("1")).unwrap();
    assert!(session.stage(&host("1")).unwrap_err().to_string().contains("staged twice"));
    assert!(session.stage(&unit("hosts", vec![])).unwrap_err().to_string().contains("other units"));
    drop(session);
    let session = lab.begin().unwrap();
    session.stage(&unit("hosts", vec![])).unwrap();
    assert!(session.stage(&host("1")).is_err());
    drop(session);
    let session = lab.begin().unwrap();
    session.stage(&host("1")).unwrap();
    assert!(session.commit(None, &[], &[].into()).is_err());
    assert!(!lab.tree("hosts").exists());
}

#[test]
fn a_unit_that_failed_stops_the_commit() {
    let lab = Lab::new();
    let session = lab.begin().unwrap();
    session.stage(&unit("hosts/m2", vec![file("a", 0o600, "x")])).unwrap();
    let twice = unit("hosts/m1", vec![file("a", 0o600, "x"), file("a", 0o600, "x")]);
    session.stage(&twice).unwrap_err();
    let all = [name("hosts/m1"), name("hosts/m2")].into();
    let error = session.commit(Some(b"lock"), &[], &all).unwrap_err();
    assert!(error.to_string().contains("hosts/m1"), "{error}");
    assert!(!lab.tree("hosts").exists() && !lab.site.lock.exists());
}

#[test]
fn certificates_are_named_like_files() {
    let lab = Lab::new();
    for bad in ["", "../x", "a/b", ".hidden", "a\nb", &"x".repeat(250)] {
        let session = lab.begin().unwrap();
        assert!(session.commit(None, &[(bad, b"x")], &[].into()).is_err(), "{bad:?}");
    }
    assert!(!lab.site.certificates.exists());
}

#[test]
fn two_builds_at_once() {
    let lab = Lab::new();
    let first = lab.begin().unwrap();
    let Err(error) = lab.begin() else { panic!("two builds at once") };
    assert!(matches!(error, WriteError::Busy { .. }), "{error}");
    drop(first);
    lab.begin().unwrap();
}

#[test]
fn folders_that_are_not_ours() {
    let lab = Lab::new();
    lab.put("precious", "by hand");
    let Err(error) = lab.begin() else { panic!("not ours") };
    assert!(matches!(error, WriteError::NotOurs { .. }), "{error}");
    fs::remove_file(lab.tree("precious")).unwrap();
    drop(lab.begin().unwrap());
    lab.put(".pkiplan", "pkiplan trees 2\n");
    let Err(error) = lab.begin() else { panic!("another format") };
    assert!(matches!(error, WriteError::OtherFormat { .. }), "{error}");
}

#[test]
fn manifests_that_cannot_be_read() {
    let lab = Lab::new();
    lab.build_units(vec![host("1"), unit("hosts/m2", vec![file("a", 0o600, "x")])]).unwrap();
    let good = lab.text("hosts/m1.json");
    for bad in [
        "",
        "{",
        "{}",
        &good.replace("\"format\": 1", "\"format\": 2"),
        &good.replace("hosts/m1", "hosts/m2"),
        &good.replace("etc/key", "../m2/a"),
        &good.replace("etc/key", "/etc/passwd"),
    ] {
        lab.put("hosts/m1.json", bad);
        let error = refused(&lab, host("2"), "hosts/m1.json");
        assert!(matches!(error, WriteError::Manifest { .. }), "{error}");
        // Nor is a unit removed by such a manifest.
        let error = lab.build_units(vec![unit("hosts/m2", vec![])]).unwrap_err();
        assert!(matches!(error, WriteError::Manifest { .. }), "{error}");
        assert_eq!(lab.text("hosts/m2/a"), "x");
    }
}

/// Replaces something by a link to where it went.
fn link(lab: &Lab, path: &str) {
    let there = lab.path(path);
    let aside = lab.path("aside");
    fs::rename(&there, &aside).unwrap();
    symlink(&aside, &there).unwrap();
}

#[test]
fn links_are_not_followed() {
    let inside = [
        "c.lock",
        "c.certs",
        "c.certs/ca.crt",
        "c.trees",
        "c.trees/.pkiplan",
        "c.trees/hosts",
        "c.trees/hosts/m1",
        "c.trees/hosts/m1.json",
        "c.trees/hosts/m1.sha256",
        "c.trees/hosts/m1/etc",
        "c.trees/hosts/m1/etc/key",
        "c.trees/hosts/m1/etc/gone",
        "c.trees/hosts/m1/gone",
    ];
    for path in inside {
        let lab = Lab::new();
        let plan = |key: &str, entries: Vec<_>| super::lab::Plan {
            lock: format!("lock {key}"),
            certificates: vec![("ca.crt".to_owned(), key.to_owned())],
            units: vec![unit("hosts/m1", entries.into_iter().chain([file("etc/key", 0o600, key)]).collect())],
        };
        let more = vec![file("etc/gone", 0o600, "x"), file("gone/x", 0o600, "x")];
        lab.build(&plan("1", more)).unwrap();
        link(&lab, path);
        let before = lab.snapshot();
        let error = lab.build(&plan("2", vec![])).unwrap_err();
        let WriteError::Link { path: found } = &error else { panic!("{path}: {error}") };
        assert_eq!(found, &lab.path(path));
        assert_eq!(lab.snapshot(), before, "{path}");
    }
}

#[test]
fn other_things_in_the_way() {
    let lab = Lab::new();
    lab.build_units(vec![host("1")]).unwrap();
    fs::remove_dir_all(lab.tree("hosts/m1")).unwrap();
    lab.put("hosts/m1", "a file");
    refused(&lab, host("2"), "is not a directory");
    fs::remove_file(lab.tree("hosts/m1")).unwrap();
    fs::remove_file(lab.tree("hosts/m1.json")).unwrap();
    fs::create_dir(lab.tree("hosts/m1.json")).unwrap();
    refused(&lab, host("2"), "is not a file");
    fs::remove_dir(lab.tree("hosts/m1.json")).unwrap();
    refused(&lab, host("2"), "the checksum list of hosts/m1");
    fs::remove_file(lab.tree("hosts/m1.sha256")).unwrap();
    lab.build_units(vec![host("2")]).unwrap();
    fs::remove_file(lab.tree("hosts/m1/etc/key")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, lab.tree("hosts/m1/etc/key"), rustix::fs::Mode::RUSR).unwrap();
    refused(&lab, host("2"), "was not written by pkiplan");
}
