//! Plans under git: what `pkiplan git set-up` sets up, judged by what git does then.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::installed::installed;
use crate::support::repository::Repository;
use crate::support::snapshot::compare;
use crate::support::{Lab, Run, State};
use base64ct::Encoding as _;
use serde_json::Value;

const LATER: &str = "2026-02-01T00:00:00Z";
const HOOK: [&str; 3] = ["git", "set-up", "--hook"];
const WORKFLOW: &str = ".github/workflows/pkiplan.yaml";

fn good(run: Run) -> Run {
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    run
}

/// What git has of its own, but for what every command of git touches.
fn settings(lab: &Lab) -> State {
    let kept = |path: &String| {
        path == ".git/config" || path.starts_with(".git/hooks/pre-commit") || !path.starts_with(".git/")
    };
    lab.state(".").into_iter().filter(|(path, _)| kept(path)).collect()
}

/// A repository with the hook, and everything committed.
fn hooked(lab: Lab) -> Repository {
    let repository = Repository::new(lab);
    good(repository.pkiplan(&HOOK));
    repository
}

impl Repository {
    /// Tries to commit what is staged.
    fn offer(&self) -> Run {
        self.try_git(&["commit", "-q", "-m", "a change"])
    }

    fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }
}

#[test]
fn set_up_twice_changes_nothing() {
    let repository = Repository::begun(Lab::built("single"));
    let lab = &repository.0;
    lab.write(".gitattributes", "*.png binary");
    lab.write(".gitignore", "target/\n*.secret\n");
    fs::create_dir(lab.path("sub")).unwrap();
    let all = ["git", "set-up", "--hook", "--workflow"];
    let first = good(repository.pkiplan(&all));
    compare("git/set-up-first.txt", &first.transcript());
    let state = settings(lab);
    compare("git/set-up-second.txt", &good(repository.pkiplan(&all)).transcript());
    // From a folder below.
    good(repository.shell("cd sub && pkiplan git set-up --workflow --hook -q"));
    assert_eq!(settings(lab), state);
    compare("git/attributes.txt", &lab.read(".gitattributes"));
    compare("git/ignore.txt", &lab.read(".gitignore"));
    compare("git/pre-commit.txt", &lab.read(".git/hooks/pre-commit"));
    compare("git/workflow.yaml", &lab.read(WORKFLOW));
    assert_eq!(state[".git/hooks/pre-commit"].0, 0o755);
    let run = repository.pkiplan(&["git", "set-up", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["steps"][0]["outcome"], "unchanged", "{report:#}");
    // Nothing that is to be committed is left out, and nothing else is taken.
    repository.commit("a state");
    let tracked = repository.git(&["ls-files"]);
    assert!(!tracked.contains("secret") && !tracked.contains("trees"), "{tracked}");
    assert!(tracked.contains("cluster.lock"), "{tracked}");
}

/// A program that is not on the search path is called by where it lies, and set-up follows it when it moves.
#[test]
fn a_program_that_moves() {
    let repository = Repository::new(Lab::built("single"));
    let lab = &repository.0;
    let folder = lab.path("it's here");
    fs::create_dir(&folder).unwrap();
    let program = folder.join("pkiplan");
    fs::copy(env!("CARGO_BIN_EXE_pkiplan"), &program).unwrap();
    good(repository.pkiplan(&HOOK));
    let run = good(lab.shell("\"./it's here/pkiplan\" git set-up --hook"));
    assert!(run.out.contains("it'\\''s here/pkiplan' lock merge %O %A %B`"), "{}", run.out);
    lab.edit("[cluster]", "[cluster]\nprofil = 1");
    lab.write("kubeconfig", "a\n");
    repository.git(&["add", "kubeconfig"]);
    assert!(repository.git(&["diff", "--cached", "kubeconfig"]).contains("+a\n"));
    assert_eq!(repository.offer().code, 0);
    repository.git(&["add", "cluster.toml"]);
    assert_eq!(repository.offer().code, 1);
    let told = good(repository.pkiplan(&HOOK)).out;
    assert!(told.contains("merge.pkiplan.driver   set to `pkiplan lock merge %O %A %B`"), "{told}");
    assert!(lab.read(".git/hooks/pre-commit").contains("exec pkiplan git check"));
}

/// `git diff` and `git log -p` show what certificates and kubeconfigs say, and nothing private.
#[test]
fn differences_are_words() {
    let repository = Repository::new(Lab::built("single"));
    let lab = &repository.0;
    // A kubeconfig without its key may be kept, and a chain of certificates.
    let public = |to: &str| {
        let config = lab.read("cluster.trees/users/admin/kubeconfig");
        let lines = config.lines().filter(|line| !line.contains("client-key-data"));
        lab.write(to, &lines.map(|line| format!("{line}\n")).collect::<String>());
        let ca = lab.read("cluster.certs/authority.kubernetes-1.crt");
        lab.write("chain.pem", &format!("# for the load balancer\n{ca}"));
    };
    public("admin.conf");
    repository.commit("a kubeconfig");
    lab.edit("[cluster]", "[authority.kubernetes]\ncommon-name = \"mine\"\n\n[cluster]");
    good(lab.run(&["build", "cluster.toml", "--at", LATER, "--drop-trust", "authority.kubernetes/1"]));
    public("admin.conf");
    lab.write("notes.conf", "no kubeconfig\n");
    let shown = ["cluster.certs", "admin.conf", "chain.pem"];
    let diff = repository.git(&[&["diff"], &shown[..]].concat());
    compare("git/diff.txt", &diff);
    repository.commit("a name");
    let log = repository.git(&[&["log", "-1", "--format=%s", "-p", "--"], &shown[..]].concat());
    assert_eq!(log, format!("a name\n\n{diff}"));
    let plain = repository.git(&["log", "-1", "--format=%s", "-p", "--", "notes.conf"]);
    assert!(plain.contains("+no kubeconfig\n"), "{plain}");
    // A kubeconfig with its key, which must not be there, shows none.
    fs::copy(lab.path("cluster.trees/users/admin/kubeconfig"), lab.path("admin.conf")).unwrap();
    let diff = repository.git(&["diff", "admin.conf"]);
    assert!(diff.contains("+    private key\n"), "{diff}");
    assert_eq!(crate::support::secrecy::Secrets::below(&lab.path(".")).found_in(&diff), None);
}

/// Git shows nothing of any file where its driver fails.
#[test]
fn words_never_fail() {
    let lab = Lab::built("single");
    const TORN: &[u8] = b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----";
    const YAML: &[u8] = b"kind: Config\nusers: [\n";
    for (name, bytes, words) in [
        ("empty", &b""[..], &b""[..]),
        ("broken.crt", TORN, TORN),
        // No terminal gets what may be a command.
        ("latin", b"caf\xe9\n", b"caf\\xe9\n"),
        ("yaml", YAML, YAML),
    ] {
        fs::write(lab.path(name), bytes).unwrap();
        let variables = [("SOURCE_DATE_EPOCH", "no number")];
        let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
        command.current_dir(lab.path(".")).args(["inspect", "--textconv", name]).envs(variables);
        let output = command.output().unwrap();
        assert_eq!((output.status.code(), &*output.stdout), (Some(0), words), "{name}");
    }
    let run = lab.run(&["inspect", "--textconv", "nowhere"]);
    assert_eq!(run.code, 1);
}

/// Two branches change a lock; git merges it with the driver that set-up configured. Another program's lock
/// is merged as ever.
#[test]
fn locks_merge_by_the_driver() {
    let repository = Repository::new(Lab::built("ha"));
    let lab = &repository.0;
    let other = |first: &str, last: &str| {
        lab.write("Cargo.lock", &format!("version = 4\n\n{first}\n\n\n\n\n\n\n\n{last}\n"));
    };
    other("a = 1", "z = 1");
    repository.commit("another lock");
    for (branch, address, name) in [("first", "10.111.0.121", "early"), ("second", "10.111.0.122", "late")] {
        repository.git(&["checkout", "-q", "-b", branch, "main"]);
        // Not at one place of the plan, which git could not bring together.
        let node = format!("[node.{name}]\naddresses = [\"{address}\"]\nroles = [\"worker\"]\n\n");
        let before = if branch == "first" { "[node.master01]" } else { "[node.node01]" };
        lab.edit(before, &format!("{node}{before}"));
        good(lab.run(&["build", "cluster.toml", "--at", LATER]));
        if branch == "first" {
            other("a = 2", "z = 1")
        } else {
            other("a = 1", "z = 2")
        }
        repository.commit(branch);
    }
    let said = repository.git(&["merge", "--no-edit", "first"]);
    assert!(said.contains("merged the locks\n"), "{said}");
    let lock = lab.read("cluster.lock");
    assert!(lock.contains("node.early/kubelet-client") && lock.contains("node.late/kubelet-client"));
    good(lab.run(&["lock", "cluster.toml", "--check"]));
    assert!(lab.read("Cargo.lock").contains("a = 2") && lab.read("Cargo.lock").contains("z = 2"));
    // What a line of another program's lock says on two sides is for a person.
    repository.git(&["checkout", "-q", "-b", "third", "first"]);
    other("a = 3", "z = 1");
    repository.commit("third");
    repository.git(&["checkout", "-q", "second"]);
    other("a = 4", "z = 2");
    repository.commit("fourth");
    let run = repository.try_git(&["merge", "--no-edit", "third"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(lab.read("Cargo.lock").contains("<<<<<<< ours\na = 4\n"), "{}", lab.read("Cargo.lock"));
}

/// The hook reads what is staged and not what lies in the folder.
#[test]
fn the_hook_refuses_broken_plans() {
    let repository = hooked(Lab::built("ha"));
    let lab = &repository.0;
    let (sound, head) = (lab.read("cluster.toml"), repository.head());
    lab.edit("endpoint = \"vip.api\"", "endpoint = \"vip.apl\"");
    repository.git(&["add", "--all"]);
    let run = repository.offer();
    assert_eq!((run.code, repository.head()), (1, head.clone()));
    compare("git/hook-broken.txt", &run.transcript());
    // Mended in the folder alone.
    lab.write("cluster.toml", &sound);
    assert_eq!(repository.offer().code, 1);
    assert_eq!(repository.head(), head);
    // Sound in the commit, broken in the folder: also where the commit names its files.
    lab.write("cluster.toml", &format!("# a word\n{sound}"));
    repository.git(&["add", "--all"]);
    lab.write("cluster.toml", "format = 1\n[cluster");
    let run = repository.offer();
    assert_eq!(run.code, 0, "{run:#?}");
    let run = repository.try_git(&["commit", "-q", "-m", "named", "cluster.toml"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.err.contains("cluster.toml:2"), "{}", run.err);
}

#[test]
fn the_hook_refuses_locks_that_are_behind() {
    let repository = hooked(Lab::built("ha"));
    let lab = &repository.0;
    lab.edit("interface", "host = \"k8s.example.com\"\ninterface");
    repository.git(&["add", "--all"]);
    let run = repository.offer();
    assert_eq!(run.code, 1);
    compare("git/hook-behind.txt", &run.transcript());
    good(lab.run(&["lock", "cluster.toml", "--at", LATER]));
    // The lock is there, and not staged.
    assert_eq!(repository.offer().code, 1);
    repository.git(&["add", "cluster.lock"]);
    let run = repository.offer();
    assert_eq!((run.code, run.err.as_str()), (0, "cluster.toml: 5 hosts, 47 certificates, nothing wrong\n"));
    // A lock goes with its plan, and stays with it.
    repository.git(&["rm", "-q", "--cached", "cluster.lock"]);
    let run = repository.offer();
    assert_eq!(run.code, 1);
    assert!(run.err.contains("the commit removes cluster.lock"), "{}", run.err);
    repository.git(&["reset", "-q", "--hard"]);
    // A new plan is committed with its lock, as soon as it has one.
    lab.write("second.toml", &lab.read("cluster.toml"));
    repository.git(&["add", "second.toml"]);
    assert_eq!(repository.offer().code, 0);
    good(lab.run(&["lock", "second.toml", "--at", LATER]));
    lab.write("second.toml", &format!("# words\n{}", lab.read("second.toml")));
    repository.git(&["add", "second.toml"]);
    let run = repository.offer();
    assert_eq!(run.code, 1);
    assert!(run.err.contains("second.lock is not in the commit"), "{}", run.err);
    lab.write(".git/info/exclude", "second.lock\n");
    assert_eq!(repository.offer().code, 0);
}

#[test]
fn the_hook_refuses_what_is_private() {
    let repository = hooked(Lab::built("single"));
    let lab = &repository.0;
    let pki = "cluster.trees/hosts/solo/etc/kubernetes/pki";
    let copies = [
        ("cluster.trees/users/admin/kubeconfig", "admin.txt"),
        (&*format!("{pki}/ca.key"), "backup/ca.txt"),
        ("cluster.secret", "note.md"),
    ];
    fs::create_dir(lab.path("backup")).unwrap();
    for (from, to) in copies {
        fs::copy(lab.path(from), lab.path(to)).unwrap();
    }
    lab.write("README.md", "A secret begins with pkiplan-secret-1, a key with a line of PRIVATE KEY-----\n");
    repository.git(&["add", "--all"]);
    repository.git(&["add", "--force", "cluster.secret", "cluster.trees/hosts/solo.json"]);
    let run = repository.offer();
    assert_eq!(run.code, 1);
    compare("git/hook-private.txt", &run.transcript());
    repository.git(&[
        "rm",
        "-r",
        "-q",
        "--cached",
        "cluster.secret",
        "cluster.trees",
        "admin.txt",
        "note.md",
    ]);
    assert_eq!(repository.offer().code, 1);
    lab.write(".gitattributes", &format!("{}backup/* pkiplan-public\n", lab.read(".gitattributes")));
    repository.git(&["add", ".gitattributes"]);
    // What is let through is reported.
    let run = repository.pkiplan(&["git", "check"]);
    compare("git/check-public.txt", &run.transcript());
    let run = repository.offer();
    assert_eq!(run.code, 0, "{run:#?}");
    // What is in git already is told by set-up, and by a check of everything.
    repository.git(&["add", "--force", "cluster.secret"]);
    repository.git(&["commit", "-q", "--no-verify", "-m", "a mistake"]);
    let run = repository.pkiplan(&["git", "set-up"]);
    assert_eq!(run.code, 0);
    assert!(run.err.contains("cluster.secret: a secret from which keys derive"), "{}", run.err);
    let run = repository.pkiplan(&["git", "check", "--all", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, &report["private"][0]["path"]), (1, &Value::from("cluster.secret")));
    assert_eq!(report["plans"][0]["lock"], Value::Null, "{report:#}");
}

/// However it is encoded, and whatever stands around it; the rules themselves are tried in `leaks`.
#[test]
fn the_hook_decodes() {
    let repository = hooked(Lab::built("ha-vip"));
    let lab = &repository.0;
    let secret = lab.read("cluster.secret");
    let digits = secret.trim_end().rsplit(' ').next().unwrap();
    let host = "cluster.trees/hosts/master01";
    let kubeconfig = lab.read("cluster.trees/users/admin/kubeconfig");
    let key = lab.read(&format!("{host}/etc/kubernetes/pki/sa.key"));
    let indented: String = kubeconfig.lines().map(|line| format!("    {line}\n")).collect();
    let base64 = base64ct::Base64::encode_string;
    lab.write("bare.txt", &format!("the digits alone: {digits}\n"));
    lab.write("config-map.yaml", &format!("kind: ConfigMap\ndata:\n  kubeconfig: |\n{indented}"));
    lab.write("documents.yaml", &format!("---\na: 1\n---\n{kubeconfig}"));
    lab.write("env.sh", &format!("export SECRET='{}'\n", secret.lines().last().unwrap()));
    lab.write("secret.yaml", &format!("kind: Secret\ndata:\n  tls.key: {}\n", base64(key.as_bytes())));
    for file in ["etc/kubernetes/encryption-configuration.yaml", "etc/keepalived/keepalived.conf"] {
        let name = file.rsplit('/').next().unwrap();
        fs::copy(lab.path(&format!("{host}/{file}")), lab.path(name)).unwrap();
    }
    for file in ["backup.tgz", "backup.tar.xz", "backup.tar.bz2"] {
        good(lab.shell(&format!("tar --auto-compress -cf {file} {host}/etc/kubernetes/pki")));
    }
    good(lab.shell("openssl genrsa -traditional 2048 2>/dev/null | sed 1,4d >cut.txt"));
    let word = "correct-horse-battery";
    lab.write("credentials.yaml", &format!("kind: Secret\nstringData:\n  {}: {word}\n", "password"));
    let with_proxy = "current-context: a\nclusters:\n- cluster:\n    proxy-url: http://me:";
    lab.write("proxy.conf", &format!("{with_proxy}{word}@192.0.2.1:3128\n"));
    good(lab.shell(
        "echo kubeadm join 192.0.2.1:6443 --certificate-key $(printf a | sha256sum | cut -c1-64) >join.sh",
    ));
    good(lab.shell(
        "mkdir public && cp -r cluster.certs public/ && tar -czf public.tgz cluster.certs cluster.lock",
    ));
    repository.git(&["add", "--all"]);
    let run = repository.offer();
    assert_eq!(run.code, 1);
    compare("git/hook-decodes.txt", &run.transcript());
}

/// Only plans that a commit concerns are checked: what they are read from tells.
#[test]
fn the_hook_asks_of_what_a_commit_concerns() {
    let repository = hooked(Lab::built("bootstrap-token-file"));
    let lab = &repository.0;
    fs::create_dir(lab.path("other")).unwrap();
    lab.write("other/plan.toml", "format = 1\n\n[cluster]\nname = \"b\"\nprofile = \"nonesuch\"\n");
    repository.git(&["add", "--all"]);
    assert_eq!(repository.offer().code, 1);
    repository.git(&["commit", "-q", "--no-verify", "-m", "a broken plan"]);
    let staged = |path: &str, text: &str| {
        lab.write(path, text);
        repository.git(&["add", path]);
        repository.offer()
    };
    let run = staged("README.md", "words\n");
    assert_eq!((run.code, run.err.as_str()), (0, "no plan in this commit\n"));
    let run = staged("Cargo.toml", "[package]\nname = \"x\"\n\n[format]\nformat = 1\n");
    assert_eq!((run.code, run.err.as_str()), (0, "no plan in this commit\n"));
    let run = staged("cluster.toml", &format!("# words\n{}", lab.read("cluster.toml")));
    assert_eq!((run.code, run.err.lines().count()), (0, 1), "{run:#?}");
    // A layout of the plan's own catalog.
    let layout = lab.state("bootstrap-token-file").into_keys().find(|path| path.ends_with(".toml")).unwrap();
    let layout = format!("bootstrap-token-file/{layout}");
    let run = staged(&layout, &format!("{}\n[nonsense]\n", lab.read(&layout)));
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.err.contains("nonsense") && !run.err.contains("nonesuch"), "{}", run.err);
    // With nothing staged, as in CI, everything is.
    repository.git(&["reset", "-q", "--hard"]);
    let run = repository.pkiplan(&["git", "check"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("nonesuch") && run.out.contains("cluster.toml"), "{run:#?}");
}

/// What somebody else wrote stays; what to do is told, and once it is done set-up is content.
#[test]
fn conflicts_are_told() {
    let repository = Repository::begun(Lab::built("single"));
    let lab = &repository.0;
    let hook = "#!/bin/sh\nexec make lint\n";
    lab.write(".git/hooks/pre-commit", hook);
    lab.write(".gitattributes", "*.pem -diff\n*.lock merge=union\n");
    lab.write(".gitignore", "!*.secret\n");
    fs::create_dir_all(lab.path(".github/workflows")).unwrap();
    lab.write(WORKFLOW, "on: push\n");
    repository.git(&["config", "diff.pkiplan.textconv", "docker run pkiplan inspect --textconv"]);
    let all = ["git", "set-up", "--hook", "--workflow"];
    let run = repository.pkiplan(&all);
    assert_eq!(run.code, 1);
    compare("git/conflicts.txt", &run.transcript());
    assert_eq!(lab.read(".git/hooks/pre-commit"), hook);
    assert_eq!(lab.read(WORKFLOW), "on: push\n");
    assert!(lab.read(".gitattributes").ends_with("\n\n*.pem -diff\n*.lock merge=union\n"));
    assert!(lab.read(".gitignore").ends_with("\n\n!*.secret\n"));
    assert_eq!(
        repository.git(&["config", "diff.pkiplan.textconv"]),
        "docker run pkiplan inspect --textconv\n"
    );
    let state = settings(lab);
    assert_eq!(repository.pkiplan(&all).code, 1);
    assert_eq!(settings(lab), state);
    lab.write(".git/hooks/pre-commit", "#!/bin/sh\npkiplan git check || exit 1\nexec make lint\n");
    for file in [".gitattributes", ".gitignore", WORKFLOW] {
        lab.remove(file);
    }
    repository.git(&["config", "--unset-all", "diff.pkiplan.textconv"]);
    good(repository.pkiplan(&all));
}

/// Hooks that lie elsewhere are for other repositories, too.
#[test]
fn hooks_of_others_stay() {
    let repository = Repository::begun(Lab::built("single"));
    let lab = &repository.0;
    fs::create_dir(lab.path("hooks")).unwrap();
    repository.git(&["config", "core.hooksPath", "hooks"]);
    let run = repository.pkiplan(&HOOK);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("core.hooksPath is `hooks`"), "{}", run.err);
    assert!(lab.state("hooks").is_empty());
    lab.write("hooks/pre-commit", "#!/bin/sh\npkiplan git check || exit 1\n");
    good(repository.pkiplan(&HOOK));
    // A file behind a link is one that git does not read.
    lab.remove(".gitattributes");
    lab.write("elsewhere", "");
    std::os::unix::fs::symlink("elsewhere", lab.path(".gitattributes")).unwrap();
    let run = repository.pkiplan(&HOOK);
    assert_eq!((run.code, lab.read("elsewhere")), (1, String::new()));
    assert!(run.err.contains(".gitattributes is a symbolic link; git needs a regular file"), "{}", run.err);
}

/// All work trees of a clone have its drivers and its hook; files are those of the one.
#[test]
fn work_trees() {
    let repository = Repository::new(Lab::built("single"));
    let lab = &repository.0;
    lab.remove(".gitattributes");
    repository.commit("no attributes");
    repository.git(&["worktree", "add", "-q", "-b", "other", "other.trees/tree"]);
    good(
        repository
            .shell("mkdir other.trees/tree/sub && cd other.trees/tree/sub && pkiplan git set-up --hook"),
    );
    assert!(lab.path("other.trees/tree/.gitattributes").exists() && !lab.path(".gitattributes").exists());
    assert!(lab.path(".git/hooks/pre-commit").exists());
    let script =
        "cd other.trees/tree/sub && echo 'format = 2' > ../cluster.toml && git add .. && git commit -q -m x";
    let run = repository.shell(script);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.err.contains("cluster.toml:1"), "{}", run.err);
}

#[test]
fn nowhere_to_set_up() {
    let lab = Lab::bare("single");
    let shown = lab.path("").canonicalize().unwrap().display().to_string();
    let shown = shown.trim_end_matches('/');
    let told = |run: Run| {
        assert_eq!(run.code, 1, "{run:#?}");
        run.err.replace(shown, "FOLDER")
    };
    let none = told(lab.run(&["git", "set-up"]));
    assert_eq!(none, "error: FOLDER is not in a git repository; create one with `git init`\n");
    let missing = told(lab.run_with(&["git", "check"], &[("PATH", shown)]));
    assert_eq!(missing, "error: git is not installed\n");
    fs::create_dir(lab.path("bare")).unwrap();
    let bare = told(lab.shell("cd bare && git init -q --bare && $PKIPLAN git set-up"));
    assert_eq!(bare, "error: FOLDER/bare is not a git work tree; change to a clone\n");
}

/// A step of the workflow that is a script.
struct Script {
    name: String,
    text: String,
    variables: Vec<(String, String)>,
}

/// The scripts of one job, with its own variables first.
fn scripts(job: &Value) -> Vec<Script> {
    let variables = |at: &Value| {
        let pairs = at["env"].as_object().into_iter().flatten();
        pairs.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect::<Vec<_>>()
    };
    let steps = job["steps"].as_array().unwrap().iter().filter(|step| step["run"].is_string());
    let script = |step: &Value| Script {
        name: step["name"].as_str().unwrap().to_owned(),
        text: step["run"].as_str().unwrap().to_owned(),
        variables: [variables(job), variables(step)].concat(),
    };
    steps.map(script).collect()
}

/// The workflow is run as GitHub runs it, but for getting the program, with a `gh` that writes down what it is
/// asked for.
#[test]
fn the_workflow_runs() {
    let repository = Repository::begun(Lab::built("ha"));
    let lab = &repository.0;
    good(repository.pkiplan(&["git", "set-up", "--workflow"]));
    repository.commit("a state");
    lab.edit("interface", "host = \"k8s.example.com\"\ninterface");
    good(lab.run(&["build", "cluster.toml", "--at", LATER]));
    repository.commit("a name");
    let secret = lab.read("cluster.secret");
    lab.remove("cluster.secret");
    lab.remove("cluster.trees");
    fs::create_dir_all(lab.path("runner/bin")).unwrap();
    lab.write("runner/bin/gh", "#!/bin/sh\necho \"$@\" > \"$RUNNER_TEMP/asked\"\n");
    fs::set_permissions(lab.path("runner/bin/gh"), fs::Permissions::from_mode(0o755)).unwrap();
    judged("check-jsonschema", &["--builtin-schema", "vendor.github-workflows", WORKFLOW], lab);
    let workflow: Value = serde_saphyr::from_str(&lab.read(WORKFLOW)).unwrap();
    let jobs = &workflow["jobs"];
    assert_eq!(workflow["permissions"], serde_json::json!({ "contents": "read" }));
    assert_eq!(jobs["build"]["environment"], "${{ matrix.plan }}");
    assert_eq!(jobs["build"]["strategy"]["matrix"]["plan"], serde_json::json!(["cluster.toml"]));
    // Secrets are there for the build alone.
    assert!(!jobs["review"].to_string().contains("secrets."));
    let told = [
        ("${{ matrix.plan }}", "cluster.toml"),
        ("${{ secrets.PKIPLAN_SECRET }}", secret.trim_end()),
        ("${{ github.event.pull_request.number }}", "7"),
    ];
    let mut ran = Vec::new();
    for job in ["review", "build"] {
        for script in scripts(&jobs[job]).iter().filter(|script| !script.name.starts_with("Install")) {
            let mut text = "export GITHUB_STEP_SUMMARY=runner/summary RUNNER_TEMP=$PWD/runner PATH=$PWD/runner/bin:$PATH\n".to_owned();
            for (name, value) in &script.variables {
                let value = told.iter().fold(value.clone(), |value, (from, to)| value.replace(from, to));
                text.push_str(&format!("export {name}='{value}'\n"));
            }
            lab.write("runner/script", &format!("{text}{}", script.text));
            let run = repository.shell("bash --noprofile --norc -eo pipefail runner/script");
            assert_eq!(run.code, 0, "{}: {run:#?}", script.name);
            ran.push(script.name.clone());
        }
    }
    assert_eq!(ran.len(), 6, "{ran:?}");
    assert_eq!(lab.read("runner/asked").split(' ').take(3).collect::<Vec<_>>(), ["pr", "comment", "7"]);
    assert!(lab.read("runner/summary").contains("k8s.example.com"));
    assert!(lab.path("runner/trees/hosts/master01/etc/kubernetes/pki/apiserver.key").exists());
    assert_eq!(repository.git(&["status", "--short", "--untracked-files=no"]), "");
}

/// Has a file judged.
fn judged(program: &str, arguments: &[&str], lab: &Lab) {
    let output =
        Command::new(installed(program)).current_dir(lab.path(".")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The hooks for pre-commit.com, by the framework itself: installed below target/ by tests/install.
#[test]
fn the_framework_takes_the_hooks() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = installed("pre-commit");
    let repository = Repository::new(Lab::built("single"));
    let lab = &repository.0;
    let hooks: PathBuf = lab.path("hooks.trees");
    fs::create_dir(&hooks).unwrap();
    fs::copy(root.join(".pre-commit-hooks.yaml"), hooks.join(".pre-commit-hooks.yaml")).unwrap();
    let made = "git init -q -b main hooks.trees && cd hooks.trees && git add -A \
        && git -c user.name=n -c user.email=n@example.com commit -q -m hooks && git rev-parse HEAD";
    let revision = good(repository.shell(made)).out;
    let revision = revision.trim();
    lab.write(
        ".pre-commit-config.yaml",
        &format!(
            "repos:\n- repo: {}\n  rev: {revision}\n  hooks:\n  - id: pkiplan-system\n",
            hooks.display()
        ),
    );
    repository.git(&["add", "--all"]);
    let run = |script: &str| repository.shell(&format!("export PRE_COMMIT_HOME=$PWD/store.trees\n{script}"));
    let framework = |arguments: &str| run(&format!("{program} {arguments}"));
    assert_eq!(framework("validate-manifest hooks.trees/.pre-commit-hooks.yaml").code, 0);
    assert_eq!(framework("install").code, 0);
    // Ours would be one too many.
    good(repository.pkiplan(&HOOK));
    let commit = |message: &str| run(&format!("git add --all && git commit -q -m {message}"));
    let taken = commit("one");
    assert_eq!(taken.code, 0, "{taken:#?}");
    lab.edit("[cluster]", "[cluster]\nprofil = 1");
    let refused = commit("two");
    assert_eq!(refused.code, 1, "{refused:#?}");
    assert!((refused.out + &refused.err).contains("cluster.toml:"), "no place is told");
    let all = framework("run --all-files");
    assert_eq!(all.code, 1, "{all:#?}");
    assert!(all.out.contains("profil"), "{}", all.out);
}
