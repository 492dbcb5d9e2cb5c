//! A build after another one makes what changed, and leaves what a build from nothing would leave.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::support::chains::Random;
use crate::support::{AT, Lab, SECRET, State, state};

const RECORD: &str = "cluster.trees/.pkiplan.state";
/// What the last build read and said.
const LAST: &str = "cluster.trees/.pkiplan.last";
/// A file of a host, and a folder beside it.
const FILE: &str = "cluster.trees/hosts/node01/etc/kubernetes/kubelet.conf";

fn trees(lab: &Lab) -> State {
    lab.state("cluster.trees")
}

/// Lets the clock of the file system go on, so that what was written before is older than what follows.
fn later(lab: &Lab) {
    let clock = |name: &str| {
        fs::write(lab.path(name), "").unwrap();
        let file = lab.path(name).metadata().unwrap();
        (file.ctime(), file.ctime_nsec())
    };
    let now = clock("clock");
    while clock("clock") == now {}
}

/// What a host's manifest, a file and the record are: their inodes and times.
fn untouched(lab: &Lab) -> Vec<(u64, i64, i64)> {
    let files = [RECORD, FILE, "cluster.trees/hosts/node01.json", "cluster.trees/hosts/node01"];
    let of =
        |path: &&str| lab.path(path).metadata().map(|file| (file.ino(), file.ctime(), file.ctime_nsec()));
    files.iter().map(|path| of(path).unwrap()).collect()
}

/// Where nothing changed, nothing is written, and the record stays, too.
#[test]
fn a_build_of_the_same_touches_nothing() {
    let lab = Lab::built("ha");
    let first = trees(&lab);
    // Files as young as the record are read once more.
    later(&lab);
    lab.build();
    let before = untouched(&lab);
    let again = lab.build();
    assert!(again.out.contains("0 written"), "{again:#?}");
    assert_eq!((untouched(&lab), trees(&lab)), (before, first));
}

/// The mode of a file is in the manifest and not in the checksum list. A list that stays where the tree was taken away is not
/// what this build wrote, so nobody knows that it is right.
#[test]
fn a_checksum_list_that_was_left_is_compared() {
    let lab = Lab::of("ha");
    lab.write("motd", "hello\n");
    lab.append(
        "\n[file.motd]\nsource = \"motd\"\npath = \"/etc/motd\"\nmode = \"0644\"\nnodes = \"node:node01\"\n",
    );
    lab.build();
    later(&lab);
    lab.edit("mode = \"0644\"", "mode = \"0600\"");
    fs::remove_dir_all(lab.path("cluster.trees/hosts/node01")).unwrap();
    lab.build();
    let right = trees(&lab);
    later(&lab);
    lab.write("cluster.trees/hosts/node01.sha256", "another list\n");
    lab.build();
    assert_eq!(trees(&lab), right);
}

/// Builds, and says whether it only repeated what the last build had said: with a forged number of hosts.
fn repeats(lab: &Lab, more: &[&str]) -> bool {
    let last = lab.read(LAST);
    lab.write(LAST, &last.replacen("\"hosts\":5", "\"hosts\":777", 1));
    let options = [&["build", "cluster.toml"], more].concat();
    let run = lab.run(&options);
    let repeated = run.out.contains("hosts        777, in");
    if repeated {
        lab.write(LAST, &last);
    }
    repeated
}

/// Where nothing changed, the build says what a build that reads everything says.
#[test]
fn a_build_of_the_same_says_the_same() {
    let lab = Lab::built("ha");
    for format in ["text", "json"] {
        let build = || lab.run(&["build", "cluster.toml", "--at", AT, "--format", format]);
        let (short, last) = (build(), lab.read(LAST));
        fs::remove_file(lab.path(LAST)).unwrap();
        let long = build();
        assert_eq!((short.code, &short.out, &short.err), (0, &long.out, &long.err));
        assert_eq!(last, lab.read(LAST));
    }
    assert!(repeats(&lab, &["--at", AT]));
    assert!(repeats(&lab, &["--at", "2026-01-01T00:00:01Z"]));
    assert!(repeats(&lab, &["--locked", "--allow-expired", "--at", AT]));
}

/// What is done to a lab.
type Edit<'e> = &'e dyn Fn(&Lab);

/// Whatever a build reads is noticed before the last one's words are repeated.
#[test]
fn whatever_a_build_reads_is_noticed() {
    let edits: [(&str, Edit<'_>); 12] = [
        ("plan", &|lab| lab.write("cluster.toml", &(lab.read("cluster.toml") + "# more\n"))),
        ("file of the plan", &|lab| lab.write("note.txt", "other\n")),
        ("lock", &|lab| lab.write("cluster.lock", &(lab.read("cluster.lock") + "\n"))),
        ("certificate", &|lab| lab.write("cluster.certs/authority.kubernetes.crt", "none")),
        ("another certificate", &|lab| lab.write("cluster.certs/more.crt", "none")),
        ("secret", &|lab| lab.write("cluster.secret", &(lab.read("cluster.secret") + "# more\n"))),
        ("mode of the secret", &|lab| {
            fs::set_permissions(lab.path("cluster.secret"), fs::Permissions::from_mode(0o640)).unwrap();
        }),
        ("sealed secret", &|lab| lab.write("cluster.secret.age", "none")),
        ("key", &|lab| {
            fs::create_dir(lab.path("cluster.keys")).unwrap();
            lab.write("cluster.keys/more.key", "none");
            fs::set_permissions(lab.path("cluster.keys/more.key"), fs::Permissions::from_mode(0o600))
                .unwrap();
        }),
        ("hosts", &|lab| lab.write("cluster.applied", "none")),
        ("unit that is no more", &|lab| {
            lab.write(
                "cluster.trees/hosts/more.json",
                &lab.read("cluster.trees/hosts/node01.json").replace("hosts/node01", "hosts/more"),
            );
        }),
        ("file of somebody else", &|lab| lab.write("cluster.trees/hosts/node01/etc/more", "")),
    ];
    for (what, edit) in edits {
        let lab = Lab::of("ha");
        let note = "[file.note]\nsource = \"note.txt\"\npath = \"/etc/note\"\nnodes = \"role:worker\"\n";
        lab.write("cluster.toml", &(lab.read("cluster.toml") + note));
        lab.write("note.txt", "one\n");
        lab.secret(SECRET);
        // The first one writes into the secret to which lock it belongs.
        lab.build();
        lab.build();
        assert!(repeats(&lab, &["--at", AT]), "{what}");
        edit(&lab);
        assert!(!repeats(&lab, &["--at", AT]), "{what}");
    }
    let lab = Lab::built("ha");
    lab.build();
    for other in [
        &["--at", "2025-12-31T23:59:59Z"][..],
        &["--at", "2036-01-01T00:00:00Z", "--allow-expired"],
        &["--at", AT, "--secret", "cluster.secret"],
        &["--at", AT, "--drop-trust", "authority.kubernetes/1"],
        &["--at", AT, "--out", "elsewhere"],
        &["--at", AT, "--shard", "1/1"],
    ] {
        assert!(!repeats(&lab, other), "{other:?}");
    }
}

/// What a build leaves beside the plan is an input where the plan names it.
#[test]
fn what_a_build_leaves_may_be_its_input() {
    let lab = Lab::of("ha");
    let file = |name: &str, source: &str| {
        format!("[file.{name}]\nsource = \"{source}\"\npath = \"/etc/{name}\"\nnodes = \"role:worker\"\n")
    };
    let files =
        file("note", "cluster.certs/note.txt") + &file("root", "cluster.certs/authority.kubernetes-1.crt");
    let base = lab.read("cluster.toml");
    lab.secret(SECRET);
    lab.build();
    lab.write("cluster.certs/note.txt", "one\n");
    lab.write("cluster.toml", &(base + &files));
    lab.build();
    let on_host = |name: &str| lab.read(&format!("cluster.trees/hosts/node01/etc/{name}"));
    assert_eq!(on_host("note"), "one\n");
    lab.write("cluster.certs/note.txt", "two\n");
    lab.build();
    assert_eq!(on_host("note"), "two\n");
    let later = "2026-03-01T00:00:00Z";
    let run = lab.run(&["renew", "cluster.toml", "authority.kubernetes/1", "--at", later]);
    assert_eq!(run.code, 0, "{run:#?}");
    for _ in 0..2 {
        assert_eq!(lab.run(&["build", "cluster.toml", "--at", later]).code, 0);
    }
    assert_eq!(on_host("root"), lab.read("cluster.certs/authority.kubernetes-1.crt"));
}

/// A manifest names certificates in the order of the plan.
#[test]
fn an_order_that_changes_is_seen() {
    let lab = Lab::of("single");
    let certificate = |name: &str| {
        format!(
            "[certificate.{name}]\nauthority = \"kubernetes\"\nusage = [\"server\"]\ndns = [\"{name}.example\"]\n\
             nodes = \"role:worker\"\ncertificate-file = \"/etc/{name}.crt\"\nkey-file = \"/etc/{name}.key\"\n"
        )
    };
    let (base, one, other) = (lab.read("cluster.toml"), certificate("a"), certificate("b"));
    lab.secret(SECRET);
    lab.write("cluster.toml", &format!("{base}{one}{other}"));
    lab.build();
    later(&lab);
    lab.build();
    lab.write("cluster.toml", &format!("{base}{other}{one}"));
    lab.build();
    let kept = trees(&lab);
    for record in [RECORD, LAST] {
        fs::remove_file(lab.path(record)).unwrap();
    }
    lab.build();
    assert!(kept == trees(&lab));
}

/// A lock that was edited is refused as a build from nothing refuses it.
#[test]
fn an_edited_lock_is_not_kept() {
    let lab = Lab::built("single");
    later(&lab);
    lab.build();
    let lock = lab.read("cluster.lock");
    let (before, after) = lock.split_once("[certificate.\"node.").unwrap();
    let edited = after.replacen("not-after = \"2027-01-01", "not-after = \"2026-12-31", 1);
    assert_ne!(after, edited);
    lab.write("cluster.lock", &format!("{before}[certificate.\"node.{edited}"));
    let run = lab.run(&["build", "cluster.toml", "--at", AT]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.err.contains("lock::keep-mismatch"), "{run:#?}");
}

/// Records are hints: one that fills all memory is none, and a build that is refused leaves none.
#[test]
fn a_record_of_any_size_is_a_hint() {
    let lab = Lab::built("single");
    let whole = trees(&lab);
    for record in [RECORD, LAST] {
        fs::File::options().write(true).open(lab.path(record)).unwrap().set_len(1 << 40).unwrap();
        lab.build();
        assert!(trees(&lab) == whole);
    }
    let lab = Lab::empty();
    lab.write("cluster.toml", "[[[");
    fs::create_dir(lab.path("cluster.trees")).unwrap();
    assert_ne!(lab.run(&["build", "cluster.toml"]).code, 0);
    assert_eq!(fs::read_dir(lab.path("cluster.trees")).unwrap().count(), 0);
}

/// Whatever is done to a tree behind the record's back is seen, also where size and time say nothing.
#[test]
fn every_damage_is_seen_and_mended() {
    let lab = Lab::built("ha");
    let whole = trees(&lab);
    let damages: [&dyn Fn(&Path); 7] = [
        &|file| {
            // As long as it was, and as old.
            let stat = file.metadata().unwrap();
            let text = fs::read_to_string(file).unwrap().replacen("server: https", "server: httpz", 1);
            fs::write(file, text).unwrap();
            fs::File::options()
                .write(true)
                .open(file)
                .unwrap()
                .set_modified(stat.modified().unwrap())
                .unwrap();
        },
        &|file| fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap(),
        &|file| fs::remove_file(file).unwrap(),
        &|file| {
            fs::copy(file, file.with_extension("new")).unwrap();
            fs::write(file, "other").unwrap();
            fs::rename(file.with_extension("new"), file).unwrap();
        },
        &|file| fs::remove_dir_all(file.parent().unwrap()).unwrap(),
        &|file| fs::set_permissions(file.parent().unwrap(), fs::Permissions::from_mode(0o700)).unwrap(),
        &|_| {},
    ];
    for (number, damage) in damages.iter().enumerate() {
        // Damage in the same instant as the build, and later.
        for waits in [false, true] {
            if waits {
                later(&lab);
            }
            damage(&lab.path(FILE));
            lab.build();
            assert!(trees(&lab) == whole, "damage {number}, later: {waits}");
        }
    }
    fs::remove_dir_all(lab.path("cluster.trees/hosts/node01")).unwrap();
    lab.build();
    assert!(trees(&lab) == whole);
}

/// A record is taken for nothing else than a hint: a broken, a foreign or a forged one spoils no build.
#[test]
fn no_record_spoils_a_build() {
    let lab = Lab::built("ha");
    let whole = trees(&lab);
    let record = lab.read(RECORD);
    let swapped: Vec<String> = record
        .lines()
        .map(|line| match line.split_once(" hosts/") {
            Some((words, "node01")) => format!("{words} hosts/node02"),
            Some((words, "node02")) => format!("{words} hosts/node01"),
            _ => line.to_owned(),
        })
        .collect();
    for forged in [
        String::new(),
        "pkiplan state 9\n".to_owned(),
        record[..record.len() / 2].to_owned(),
        swapped.join("\n"),
        record.replacen("hosts/node01", "hosts/../../x", 1),
        "\0".repeat(70),
    ] {
        lab.write(RECORD, &forged);
        fs::write(lab.path(FILE), "damaged").unwrap();
        lab.build();
        assert!(trees(&lab) == whole, "{forged:.200}");
    }
    // Nor do the trees of another plan, which lie where this one's did.
    let other = Lab::built("single");
    lab.write(RECORD, &other.read(RECORD));
    lab.build();
    assert!(trees(&lab) == whole);
}

/// Where the secret is another one, nothing is kept for being there.
#[test]
fn a_record_is_for_its_secret() {
    let lab = Lab::built("ha");
    lab.secret(&SECRET.replace('c', "d"));
    let run = lab.run(&["build", "cluster.toml", "--at", AT]);
    assert_ne!(run.code, 0, "{run:#?}");
    lab.secret(SECRET);
    lab.build();
}

/// Parts of a plan that come and go.
const PARTS: [&str; 10] = [
    "[user.extra]\norganizations = [\"team\"]\n",
    "[node.extra]\naddresses = [\"10.111.0.201\"]\nroles = [\"worker\"]\n",
    "[component.kube-apiserver]\nflags.set = { v = 3 }\n",
    "[node.master02.component.kube-apiserver]\nnames.add = [\"api.internal\"]\n",
    "[certificate.metrics]\nauthority = \"kubernetes\"\nusage = [\"server\"]\ndns = [\"metrics.example\"]\nnodes = \"role:worker\"\ncertificate-file = \"/etc/metrics/tls.crt\"\nkey-file = \"/etc/metrics/tls.key\"\n",
    "[component.kubelet]\nflags.set = { v = 2 }\n",
    "[file.note]\nsource = \"note.txt\"\npath = \"/etc/kubernetes/note.txt\"\nnodes = \"role:worker\"\n",
    "[pool.more]\nnames = \"more-{1..3}\"\nfirst-address = \"10.111.1.1\"\nroles = [\"worker\"]\n",
    "[authority.front-proxy]\nvalidity.issued = \"200d\"\n",
    "[component.kube-scheduler]\nflags.set = { v = 4 }\n",
];

/// A file of a host's tree, drawn.
fn any_file(lab: &Lab, random: &mut Random) -> PathBuf {
    let all = lab.state("cluster.trees/hosts");
    let files: Vec<&String> =
        all.iter().filter(|(_, (_, bytes))| bytes.is_some()).map(|(path, _)| path).collect();
    lab.path("cluster.trees/hosts").join(files[random.below(files.len())])
}

/// Random edits of a plan, with damage in between: what is there after a build is what a build from nothing makes of the
/// same plan, lock and secret. `KEPT=10000` for more of them.
#[test]
fn after_any_edit_the_trees_are_those_of_a_first_build() {
    let edits = std::env::var("KEPT").map_or(30, |edits| edits.parse().unwrap());
    let mut random = Random(7);
    let lab = Lab::of("ha");
    let base = lab.read("cluster.toml");
    let mut parts = [false; PARTS.len()];
    for edit in 0..edits {
        for _ in 0..random.below(3) {
            let part = random.below(parts.len());
            parts[part] = !parts[part];
        }
        let mut plan = base.replace("10.111.0.111", &format!("10.111.0.{}", 111 + random.below(3)));
        for (text, _) in PARTS.iter().zip(parts).filter(|(_, is_there)| *is_there) {
            plan.push_str(text);
        }
        lab.write("cluster.toml", &plan);
        lab.write("note.txt", &format!("{}\n", random.below(2)));
        match random.below(6) {
            0 if edit > 0 => fs::write(any_file(&lab, &mut random), "damaged").unwrap(),
            1 if edit > 0 => fs::remove_file(any_file(&lab, &mut random)).unwrap(),
            _ => {}
        }
        let built = lab.run(&["build", "cluster.toml", "--at", AT]);
        assert_eq!(built.code, 0, "{plan}\n{built:#?}");
        // A build of the same says and leaves the same, also once it has to read everything.
        let again = lab.run(&["build", "cluster.toml", "--at", AT]);
        fs::remove_file(lab.path(LAST)).unwrap_or_default();
        let long = lab.run(&["build", "cluster.toml", "--at", AT]);
        assert_eq!((&again.out, &again.err), (&long.out, &long.err), "{plan}");
        let fresh = Lab::empty();
        for file in ["cluster.toml", "cluster.lock", "note.txt"] {
            fresh.write(file, &lab.read(file));
        }
        fresh.secret(SECRET);
        let built = fresh.run(&["build", "cluster.toml", "--locked", "--at", AT]);
        assert_eq!(built.code, 0, "{plan}\n{built:#?}");
        let (ours, fresh) = (trees(&lab), state(&fresh.path("cluster.trees")));
        let other: Vec<&String> =
            ours.keys().chain(fresh.keys()).filter(|path| ours.get(*path) != fresh.get(*path)).collect();
        assert!(other.is_empty(), "after edit {edit} these differ: {other:?}\n{plan}");
    }
}
