//! Modes and secrets.

use super::lab::{Lab, file, folder, unit};
use pkiplan::write::{WriteError, write_new_secret};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

/// Runs alone as well, below, each time with another umask.
#[test]
fn modes_are_as_declared() {
    declared_modes(&Lab::new());
}

/// New directories below one with the set-group-ID bit have it, too, and those of a build not.
#[test]
fn directories_inherit_no_bit() {
    let lab = Lab::new();
    fs::create_dir(lab.path("c.trees")).unwrap();
    fs::set_permissions(lab.path("c.trees"), fs::Permissions::from_mode(0o2700)).unwrap();
    for hosts in [["m1", "m2"], ["m3", "m4"]] {
        let of = |host: &&str| unit(&format!("hosts/{host}"), vec![file("a/b/c", 0o644, host)]);
        lab.build_units(hosts.iter().map(of).collect()).unwrap();
        let snapshot = lab.snapshot();
        for path in hosts.iter().flat_map(|host| ["", "/a", "/a/b"].map(|path| format!("{host}{path}"))) {
            assert_eq!(snapshot[&format!("c.trees/hosts/{path}")].0, 0o755, "{path}");
        }
    }
}

fn declared_modes(lab: &Lab) {
    for round in ["1", "2"] {
        let entries = vec![
            file("a/private", 0o600, round),
            file("a/group", 0o660, round),
            file("a/world", 0o666, "same"),
            folder("b", 0o1777),
            folder("c", 0o2770),
            folder("d", 0o500),
            file("d/e", 0o400, round),
            // The second one of each mode is made in another way than the first one.
            file("f/private", 0o600, round),
            file("f/group", 0o660, round),
            file("f/world", 0o666, "same"),
            folder("f/c", 0o2770),
            folder("f/d", 0o500),
            file("f/d/e", 0o400, round),
        ];
        lab.build_units(vec![unit("hosts/m1", entries)]).unwrap();
        let snapshot = lab.snapshot();
        for (path, mode) in [
            ("", 0o755),
            ("/a", 0o755),
            ("/a/private", 0o600),
            ("/a/group", 0o660),
            ("/a/world", 0o666),
            ("/b", 0o1777),
            ("/c", 0o2770),
            ("/d", 0o500),
            ("/d/e", 0o400),
            ("/f", 0o755),
            ("/f/private", 0o600),
            ("/f/group", 0o660),
            ("/f/world", 0o666),
            ("/f/c", 0o2770),
            ("/f/d", 0o500),
            ("/f/d/e", 0o400),
            (".json", 0o600),
            (".sha256", 0o600),
        ] {
            assert_eq!(snapshot[&format!("c.trees/hosts/m1{path}")].0, mode, "{path}");
        }
        assert_eq!((snapshot["c.trees"].0, snapshot["c.trees/hosts"].0), (0o700, 0o700));
    }
}

#[test]
fn no_umask_changes_them() {
    let this = std::env::current_exe().unwrap();
    for umask in ["000", "022", "077", "027"] {
        let script = format!("umask {umask} && exec \"$0\" --exact write::safety::modes_are_as_declared");
        let done = Command::new("sh").arg("-c").arg(script).arg(&this).output().unwrap();
        assert!(done.status.success(), "{umask}: {}", String::from_utf8_lossy(&done.stdout));
        assert!(String::from_utf8_lossy(&done.stdout).contains("1 passed"));
    }
}

#[test]
fn a_secret_is_written_once() {
    let lab = Lab::new();
    let path = lab.path("c.secret");
    write_new_secret(&path, b"first").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    let error = write_new_secret(&path, b"second").unwrap_err();
    assert!(matches!(error, WriteError::Exists { .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"first");
    let link = lab.path("link");
    symlink(lab.path("nowhere"), &link).unwrap();
    assert!(matches!(write_new_secret(&link, b"x").unwrap_err(), WriteError::Exists { .. }));
    assert!(matches!(write_new_secret(&lab.path("no/folder"), b"x").unwrap_err(), WriteError::Io { .. }));
    let names: Vec<String> = lab.snapshot().into_keys().collect();
    assert_eq!(names, ["", "c.secret", "link"]);
}
