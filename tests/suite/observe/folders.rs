//! The files of a host, wherever they lie.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use pkiplan::host::{self, Belongs, Files, Folder, Memory, Why};

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn text(files: &dyn Files, path: &str) -> Option<String> {
    files.text(path).unwrap().map(|(text, _)| text.to_string())
}

/// A host with links of every kind, in both forms.
fn linked() -> (tempfile::TempDir, Memory) {
    let folder = tempfile::tempdir().unwrap();
    let mut memory = Memory::default();
    for (path, content) in [("etc/a/file", "inside"), ("data/pki/ca.crt", "authority")] {
        write(folder.path(), path, content);
        memory = memory.with(path, content);
    }
    for (path, target) in [
        ("etc/pki", "/data/pki"),
        ("etc/a/up", "../pki/ca.crt"),
        ("etc/a/out", "../../../../../../data/pki/ca.crt"),
        ("etc/loop", "loop"),
        ("etc/gone", "/nothing"),
    ] {
        symlink(target, folder.path().join(path)).unwrap();
        memory.link(path, target);
    }
    (folder, memory)
}

#[test]
fn links_are_followed_within_the_host() {
    let (folder, memory) = linked();
    let copied = Folder::open(folder.path(), "/").unwrap();
    let all: [&dyn Files; 2] = [&memory, &copied];
    for files in all {
        assert_eq!(text(files, "/etc/a/file").as_deref(), Some("inside"));
        for path in
            ["/etc/pki/ca.crt", "/etc/a/up", "/etc/a/out", "/../etc/a/../pki/./ca.crt", "//data//pki/ca.crt"]
        {
            assert_eq!(text(files, path).as_deref(), Some("authority"), "{path}");
        }
        assert_eq!(&*files.read("/etc/a/up").unwrap().unwrap().path, "/data/pki/ca.crt");
        for path in ["/etc/gone", "/etc/nothing", "/etc/a/file/below", "/etc/nothing/../a/file"] {
            assert!(files.read(path).unwrap().is_none(), "{path}");
        }
        assert_eq!(files.read("/etc/loop").err().unwrap().why, Why::Links);
        assert_eq!(files.read("/etc/a").err().unwrap().why, Why::NotAFile("a directory"));
        let names: Vec<String> =
            files.list("/etc").unwrap().iter().map(|entry| entry.name.to_string()).collect();
        assert_eq!(names, ["a", "gone", "loop", "pki"]);
        assert_eq!(files.list("/etc/pki").unwrap().len(), 1);
        assert!(files.list("/nothing").unwrap().is_empty());
        assert_eq!(files.list("/etc/a/file").err().unwrap().why, Why::NotAFolder);
        assert_eq!(files.head("/etc/a/file", 2).unwrap().map(|head| head.to_vec()), Some(b"in".to_vec()));
    }
}

#[test]
fn a_copy_has_its_modes_and_no_owners() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "ca.key", "key");
    fs::set_permissions(folder.path().join("ca.key"), fs::Permissions::from_mode(0o640)).unwrap();
    let copied = Folder::open(folder.path(), "/etc/kubernetes/pki").unwrap();
    let file = copied.read("/etc/kubernetes/pki/ca.key").unwrap().unwrap();
    assert_eq!((file.mode, file.owner, file.group), (Some(0o640), None, None));
    assert!(copied.read("/ca.key").unwrap().is_none());
    assert!(copied.knows("/etc/kubernetes/pki/x") && !copied.knows("/etc/systemd/system/x.service"));
    let names =
        |folder: &str| copied.list(folder).unwrap().iter().map(|e| e.name.to_string()).collect::<Vec<_>>();
    assert_eq!((names("/"), names("/etc/kubernetes")), (vec!["etc".to_owned()], vec!["pki".to_owned()]));
}

#[test]
fn devices_and_large_files_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let large = fs::File::create(folder.path().join("large")).unwrap();
    large.set_len(17 << 20).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("fifo")).status().unwrap().success());
    let copied = Folder::open(folder.path(), "/").unwrap();
    assert_eq!(copied.read("/large").err().unwrap().why, Why::TooLarge(16 << 20));
    assert_eq!(copied.read("/fifo").err().unwrap().why, Why::NotAFile("a FIFO"));
}

const KNOWN: &[&str] = &[
    "/etc/kubernetes/pki/ca.crt",
    "/etc/kubernetes/pki/etcd/ca.crt",
    "/etc/kubernetes/manifests",
    "/etc/kubernetes/ssl/ca.pem",
    "/etc/kubernetes/ssl/server.pem",
    "/etc/kubernetes/admin.conf",
    "/var/lib/kubernetes/ca.pem",
    "/etc/etcd/ca.pem",
];

#[test]
fn where_a_folder_belongs_is_worked_out() {
    let known: Vec<String> = KNOWN.iter().map(|path| (*path).to_owned()).collect();
    let belongs = |files: &[&str], name: &str| {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join(name);
        fs::create_dir_all(&root).unwrap();
        files.iter().for_each(|path| write(&root, path, "x"));
        host::copied(&root, &known).map(|(_, belongs)| belongs.to_string()).map_err(|_| ())
    };
    let copy = |at: &str| Ok(format!("a copy of {at}"));
    assert_eq!(belongs(&["etc/hosts", "root/x"], "h"), Ok("a whole host".to_owned()));
    assert_eq!(belongs(&["var/lib/x"], "h"), Ok("a whole host".to_owned()));
    assert_eq!(belongs(&["pki/ca.crt", "manifests/a.yaml", "admin.conf"], "h"), copy("/etc/kubernetes"));
    assert_eq!(belongs(&["ca.crt", "etcd/ca.crt"], "h"), copy("/etc/kubernetes/pki"));
    assert_eq!(belongs(&["ca.pem", "server.pem", "other.pem"], "h"), copy("/etc/kubernetes/ssl"));
    assert_eq!(belongs(&["other.pem"], "h/etc/kubernetes/ssl"), copy("/etc/kubernetes/ssl"));
    assert_eq!(belongs(&["systemd/system/x.service"], "h"), copy("/etc"));
    let loose = "single files, each compared with all paths that end in its name";
    assert_eq!(belongs(&["ca.pem", "x.service"], "h"), Ok(loose.to_owned()));
    assert_eq!(belongs(&["photo.jpg"], "h"), Err(()));
}

#[test]
fn loose_files_stand_for_all_paths_that_end_in_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let unit = "[Service]\nExecStart=/usr/local/bin/server --cert=/var/lib/server/ca.pem\n";
    write(folder.path(), "server.service", unit);
    write(folder.path(), "ca.pem", "authority");
    let (files, belongs) = host::copied(folder.path(), &[]).unwrap();
    assert!(matches!(belongs, Belongs::Loose(_)));
    let (commands, unread) = pkiplan::observe::units(&*files);
    assert_eq!((commands.len(), unread), (1, vec![]));
    assert_eq!(text(&*files, "/var/lib/server/ca.pem").as_deref(), Some("authority"));
    let file = files.read("/etc/other/ca.pem").unwrap().unwrap();
    assert_eq!((file.mode, file.owner), (None, None));
    assert!(files.read("/etc/other/key.pem").unwrap().is_none());
    assert!(files.read("/elsewhere/server.service").unwrap().is_none());
}

#[test]
fn a_tar_stream_is_read_with_links_modes_and_owners() {
    let (folder, _) = linked();
    fs::hard_link(folder.path().join("etc/a/file"), folder.path().join("etc/a/second")).unwrap();
    let made = Command::new("tar")
        .args(["c", "--owner=etcd:101", "--group=etcd:102", "--mode=0640", "-C"])
        .arg(folder.path())
        .args(["--exclude=etc/loop", "."])
        .output()
        .unwrap();
    let files = host::archive(&made.stdout[..]).unwrap();
    assert_eq!(text(&files, "/etc/a/up").as_deref(), Some("authority"));
    assert_eq!(text(&files, "/etc/a/second").as_deref(), Some("inside"));
    let file = files.read("/etc/a/file").unwrap().unwrap();
    assert_eq!(
        (file.mode, file.owner.as_deref(), file.group.as_deref()),
        (Some(0o640), Some("etcd"), Some("etcd"))
    );
    assert!(host::archive(&made.stdout[..700]).is_err());
    assert!(host::archive(&b"no archive at all"[..]).is_err());
}

#[test]
fn the_host_itself_says_who_owns_what() {
    let files = Folder::open(Path::new("/"), "/").unwrap();
    let passwd = files.status("/etc/passwd").unwrap().unwrap();
    assert_eq!(passwd.owner.as_deref(), Some("0"));
}
