//! Which files are opened and read, as strace(1) sees it: of a hostile plan no command that a review runs opens anything
//! outside of what it may, and reads nothing of git's own or of built trees.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;

use crate::support::{AT, Lab};

/// What the system opens for any program, and what asks it how many processors there are.
const OF_THE_SYSTEM: [&str; 8] =
    ["/etc/ld.so.cache", "/lib/", "/usr/lib/", "/lib64/", "/proc/", "/sys/", "/dev/null", "/usr/bin/"];

/// A plan that names whatever it should not, in every key that names files.
const HOSTILE: &str = r#"
[import.environ]
plan = "/proc/self/environ"
[import.passwd]
plan = "/etc/passwd"
[import.above]
plan = "../outside/plan.toml"
[import.secret]
plan = "cluster.secret"
[import.tree]
plan = "cluster.trees/cluster.json"
[import.link]
plan = "link.toml"
[import.git]
plan = ".git/config"
"#;

/// A repository with a plan that was built, and a folder beside it that nothing may be read of.
fn lab() -> Lab {
    let lab = Lab::empty();
    for folder in ["repository/catalog/components/x", "outside/components/y", "home"] {
        fs::create_dir_all(lab.path(folder)).unwrap();
    }
    lab.write("outside/plan.toml", "format = 1\n[authority.a]\n");
    lab.write("outside/components/y/component.toml", "[component]\nname = \"y\"\n");
    lab.write("outside/y.j2", "fine");
    lab.write("repository/cluster.toml", include_str!("../../plans/single.toml"));
    let script = "cd repository && git init -q . && printf '*.secret\\n*.trees/\\n' >.gitignore &&
        $PKIPLAN build cluster.toml --at 2026-01-01T00:00:00Z >/dev/null && cp cluster.toml other.toml && cp cluster.lock other.lock &&
        git add -A && git -c user.name=a -c user.email=a@b commit -qm a";
    let made = lab.shell(script);
    assert_eq!(made.code, 0, "{made:#?}");
    symlink("../outside/plan.toml", lab.path("repository/link.toml")).unwrap();
    lab
}

/// What the threads of the program did with files; not what git did, whose own business that is.
#[derive(Default)]
struct Trace {
    opened: BTreeSet<String>,
    read: BTreeSet<String>,
}

fn trace(lab: &Lab, arguments: &str) -> Trace {
    fs::create_dir_all(lab.path("traces")).unwrap();
    let calls = "open,openat,openat2,creat,execve,read,pread64,readv,mmap";
    let script = format!(
        "cd repository && HOME=$PWD/../home strace -f -ff -qq -y -s 8 -e trace={calls} -o ../traces/t $PKIPLAN {arguments}"
    );
    let run = lab.shell(&script);
    assert!(run.code <= 2 && !run.err.contains("strace:"), "{arguments}: {run:#?}");
    let mut trace = Trace::default();
    for entry in fs::read_dir(lab.path("traces")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let is_another = |line: &str| line.starts_with("execve(") && !line.contains("pkiplan");
        if !text.lines().any(is_another) {
            trace.opened.extend(text.lines().filter_map(opened));
            trace.read.extend(text.lines().filter_map(read));
        }
    }
    lab.remove("traces");
    trace
}

/// The path in `openat(...) = 3</a/path>`; none where nothing was opened, or only to look at.
fn opened(line: &str) -> Option<String> {
    let (call, result) = line.rsplit_once(") = ")?;
    let path = result.split_once('<')?.1.rsplit_once('>')?.0;
    (call.contains("open") && !call.contains("O_PATH")).then(|| path.to_owned())
}

/// The path in `read(3</a/path>, ...`.
fn read(line: &str) -> Option<String> {
    let arguments = ["read(", "pread64(", "readv("].iter().find_map(|call| line.strip_prefix(call))?;
    Some(arguments.split_once('<')?.1.split_once(">,")?.0.to_owned())
}

#[track_caller]
fn opens_nothing_else(lab: &Lab, arguments: &str, trees: bool) {
    let root = fs::canonicalize(lab.path("repository")).unwrap().display().to_string();
    let Trace { opened, read } = trace(lab, arguments);
    assert!(read.contains(&format!("{root}/cluster.toml")), "{arguments}: {read:?}");
    let is_of_the_system = |path: &str| {
        let known = OF_THE_SYSTEM.iter().any(|start| path.starts_with(start));
        known && !path.ends_with("/environ") && !path.ends_with("/cmdline")
    };
    let outside = opened.iter().filter(|path| !path.starts_with(&root) && !is_of_the_system(path));
    let outside: Vec<&String> = outside.collect();
    assert!(outside.is_empty(), "{arguments} opens {outside:?}");
    // Digests that a build has left say whether there is anything to build.
    let record =
        |path: &str| path.ends_with(".trees/.pkiplan.last") || path.ends_with(".trees/.pkiplan.state");
    let of_trees = |path: &str| !trees && path.contains(".trees/") && !record(path);
    let private = |path: &&String| path.contains("/.git/") || of_trees(path);
    let private: Vec<&String> = read.iter().filter(private).collect();
    assert!(private.is_empty(), "{arguments} reads {private:?}");
}

#[test]
fn reviews_open_nothing_that_is_not_theirs() {
    let lab = lab();
    let commands = [
        ("check cluster.toml", false),
        ("check cluster.toml --format json", false),
        (&format!("lock cluster.toml --check --at {AT}"), false),
        ("diff cluster.toml HEAD", false),
        ("diff cluster.toml HEAD --format json", false),
        ("diff cluster.toml HEAD --format markdown", false),
        ("diff cluster.toml HEAD --format html", false),
        ("diff cluster.toml HEAD --only files", false),
        ("diff cluster.toml other.toml", false),
        ("diff cluster.toml cluster.trees", true),
    ];
    let plan = lab.read("repository/cluster.toml");
    let hostile = plan.replacen("\n[", &format!("\n{HOSTILE}\n["), 1);
    let catalogs = ["/etc", "../outside", "/", "catalog"];
    let template = lab.path("repository/catalog/components/x/x.j2");
    lab.write(
        "repository/catalog/components/x/component.toml",
        "[component]\nname = \"x\"\nplace = \"all\"\n[file.f]\ntemplate = \"components/x/x.j2\"\n[layout.kubeadm]\nbinary = \"/usr/bin/x\"\nfile.f = \"/etc/x\"\n",
    );
    symlink(lab.path("outside/components"), lab.path("repository/catalog/profiles")).unwrap();
    for (command, trees) in &commands {
        lab.write("repository/cluster.toml", &plan);
        opens_nothing_else(&lab, command, *trees);
        lab.write("repository/cluster.toml", &hostile);
        opens_nothing_else(&lab, command, *trees);
    }
    for catalog in catalogs {
        lab.write(
            "repository/cluster.toml",
            &plan.replacen("format = 1", &format!("format = 1\ncatalog = \"{catalog}\""), 1),
        );
        for target in ["../../../../outside/y.j2", "../../../cluster.secret", "/etc/passwd"] {
            let _ = fs::remove_file(&template);
            symlink(target, &template).unwrap();
            for (command, trees) in &commands[..4] {
                opens_nothing_else(&lab, command, *trees);
            }
        }
    }
}
