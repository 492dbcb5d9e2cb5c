//! What is wrong is told at its place, with exit code 1.

use std::fs;

use serde_json::Value;

use super::{committed, of};
use crate::support::repository::Repository;
use crate::support::{AT, Lab, Run};

fn failed(run: Run) -> Run {
    assert_eq!((run.code, run.out.as_str()), (1, ""), "{run:#?}");
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run
}

/// The one message of a run that failed.
fn message(run: Run) -> String {
    failed(run).err
}

#[test]
fn revisions_that_are_none() {
    let repository = committed("single");
    repository.git(&["branch", "released"]);
    let asked = |base: &str| message(repository.diff(&["cluster.toml", base]));
    let absent =
        |base: &str| format!("error: there is no revision `{base}`, and no plan or directory of that name\n");
    for base in ["v1.0", "HEAD~1", "", "0123456789012345678901234567890123456789", "/dev/null"] {
        assert_eq!(asked(base), absent(base));
    }
    assert_eq!(asked("relesed"), absent("relesed").replace("name\n", "name; did you mean `released`?\n"));
    let no_commit = |base: &str| {
        format!("error: `{base}` is not a commit; name the commit, and the plan is read from it\n")
    };
    for base in ["HEAD:cluster.toml", "HEAD^{tree}"] {
        assert_eq!(asked(base), no_commit(base));
    }
    // What begins with a dash is never git's option.
    for base in ["--all", "-v", "--output=x"] {
        assert_eq!(message(repository.diff(&["cluster.toml", "--", base])), absent(base));
    }
    assert!(message(repository.diff(&["cluster.toml", "--all"])).contains("unexpected argument '--all'"));
    assert!(!repository.0.path("x").exists());
}

#[test]
fn repositories_that_are_none() {
    let lab = Lab::bare("single");
    let run = |lab: &Lab, arguments: &[&str]| message(lab.run(&[&["diff"], arguments].concat()));
    let none = "error: cluster.toml is not in a git repository, so there is no revision `HEAD` to compare with; \
                name a plan or a directory of trees\n";
    assert_eq!(run(&lab, &["cluster.toml"]), none);
    let repository = Repository::begun(lab);
    let lab = &repository.0;
    for base in ["HEAD", "main"] {
        let expected = format!("error: there is no revision `{base}`: nothing is committed yet\n");
        assert_eq!(run(lab, &["cluster.toml", base]), expected);
    }
    // Another one's repository, as containers have it: git's own words.
    let foreign = lab.run_with(&["diff", "cluster.toml"], &[("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")]);
    let told = message(foreign);
    assert!(
        told.starts_with(
            "error: git cannot open the repository of cluster.toml: fatal: detected dubious ownership"
        ),
        "{told}"
    );
    assert!(told.contains("git config --global --add safe.directory "), "{told}");
    // The plan outside, the folder of the run inside.
    let outside = Lab::bare("single");
    let plan = outside.path("cluster.toml");
    let told = message(repository.diff(&[plan.to_str().unwrap()]));
    assert!(told.contains("/cluster.toml is not in a git repository"), "{told}");
}

#[test]
fn no_git_at_hand() {
    let repository = committed("single");
    let lab = &repository.0;
    let run = lab.run_with(&["diff", "cluster.toml"], &[("PATH", "/nonexistent")]);
    assert_eq!(
        message(run),
        "error: git is not installed; install it, or name a plan or a directory of trees to compare with\n"
    );
    // Another plan needs none.
    lab.write("other.toml", &lab.read("cluster.toml"));
    let run = lab.run_with(&["diff", "cluster.toml", "other.toml", "--at", AT], &[("PATH", "/nonexistent")]);
    super::nothing(&run);
}

/// A clone of one commit says how to get the rest, and then it is there.
#[test]
fn shallow_clones() {
    let repository = committed("single");
    repository.0.edit("10.244.0.0/16", "10.245.0.0/16");
    repository.commit("another network");
    let clone = Lab::empty();
    let from = repository.0.path("").canonicalize().unwrap();
    let run = clone.shell(&format!("git clone -q --depth 1 'file://{}' .", from.display()));
    assert_eq!(run.code, 0, "{run:#?}");
    super::nothing(&clone.run(&["diff", "cluster.toml", "--at", AT]));
    assert_eq!(
        message(clone.run(&["diff", "cluster.toml", "HEAD~1"])),
        "error: there is no revision `HEAD~1` in this clone, which is shallow; `git fetch --unshallow` fetches \
         the whole history (in GitHub's workflows: `fetch-depth: 0`)\n"
    );
    assert_eq!(clone.shell("git fetch -q --unshallow").code, 0);
    let run = clone.run(&["diff", "cluster.toml", "HEAD~1", "--at", AT, "--exit-code"]);
    assert_eq!((run.code, run.err.as_str()), (2, ""), "{run:#?}");
}

/// What git cannot give is no plan that is new.
#[test]
fn objects_that_are_lost() {
    let repository = committed("single");
    let object = repository.git(&["rev-parse", "HEAD:cluster.toml"]);
    let (folder, file) = object.trim().split_at(2);
    let path = format!(".git/objects/{folder}/{file}");
    let lab = &repository.0;
    lab.remove(&path);
    lab.write(&path, "broken");
    let told = message(repository.diff(&["cluster.toml"]));
    assert!(
        told.contains(
            "cannot read the plan HEAD:cluster.toml: git has lost the object; `git fsck` shows what is"
        ),
        "{told}"
    );
}

#[test]
fn a_base_that_is_broken() {
    let repository = committed("single");
    let lab = &repository.0;
    lab.edit("node.solo\"", "node.sol\"");
    lab.append("\n[node.worker]\naddresses = [\"10.112.0.300\"]\nroles = [\"worker\"]\n");
    repository.commit("broken");
    repository.git(&["checkout", "-q", "HEAD~1", "--", "cluster.toml"]);
    super::nothing(&repository.diff(&["cluster.toml", "HEAD~1"]));
    repository.expect("broken-base", &failed(repository.diff(&["cluster.toml"])));
    let run = repository.diff(&["cluster.toml", "main", "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    let told: Value = serde_json::from_str(&run.out).unwrap();
    let places = |told: &Value| -> Vec<String> {
        let all = told["diagnostics"].as_array().unwrap().iter();
        all.map(|one| {
            format!("{} {}:{}", one["code"], one["labels"][0]["file"], one["labels"][0]["line"])
                .replace('"', "")
        })
        .collect()
    };
    let expected =
        ["resolve::unknown-node main:cluster.toml:12", "resolve::bad-address main:cluster.toml:23"];
    assert_eq!(places(&told), expected);
    // Both are broken: the plan comes first.
    lab.edit("\"minimal\"", "\"Minimal\"");
    let told = message(repository.diff(&["cluster.toml"]));
    assert!(told.contains("[cluster.toml:7:") && !told.contains("HEAD:"), "{told}");
}

#[test]
fn a_plan_that_is_broken() {
    let repository = committed("single");
    let lab = &repository.0;
    lab.edit("node.solo\"", "node.sol\"");
    repository.expect("broken-plan", &failed(repository.diff(&["cluster.toml"])));
    lab.write("cluster.toml", "format = \n");
    assert!(message(repository.diff(&["cluster.toml"])).contains("read::syntax"));
    lab.remove("cluster.toml");
    let told = message(repository.diff(&["cluster.toml"]));
    assert!(told.contains("cannot read the plan cluster.toml: No such file"), "{told}");
    let told = message(repository.diff(&["nowhere/cluster.toml"]));
    assert!(told.contains("there is no directory nowhere"), "{told}");
}

#[test]
fn locks_that_are_broken() {
    let repository = committed("single");
    let lab = &repository.0;
    lab.write("cluster.lock", "format = 1\nid = \"x\"\n<<<<<<< ours\n");
    repository.commit("a merge that was not done");
    lab.remove("cluster.lock");
    repository.expect("broken-lock-of-base", &failed(repository.diff(&["cluster.toml"])));
    super::nothing(&repository.diff(&["cluster.toml", "HEAD~1"]));
    fs::write(lab.path("cluster.lock"), b"\xff\xfe").unwrap();
    let none = "cluster.lock is not a lock: it is not text; restore it from git\n";
    assert_eq!(message(repository.diff(&["cluster.toml", "HEAD~1"])), format!("error: {none}"));
    repository.commit("no text");
    lab.remove("cluster.lock");
    assert_eq!(message(repository.diff(&["cluster.toml"])), format!("error: HEAD:{none}"));
}

#[test]
fn a_plan_that_was_no_text() {
    let repository = committed("single");
    let lab = &repository.0;
    let plan = lab.read("cluster.toml");
    fs::write(lab.path("cluster.toml"), b"format = 1\n# caf\xe9\n").unwrap();
    repository.commit("in latin 1");
    lab.write("cluster.toml", &plan);
    let told = message(repository.diff(&["cluster.toml"]));
    assert!(told.contains("cannot read the plan HEAD:cluster.toml: it is not UTF-8 text"), "{told}");
    // It was a folder.
    lab.remove("cluster.toml");
    fs::create_dir(lab.path("cluster.toml")).unwrap();
    lab.write("cluster.toml/x", "");
    repository.commit("a folder");
    lab.remove("cluster.toml");
    lab.write("cluster.toml", &plan);
    let told = message(repository.diff(&["cluster.toml"]));
    assert!(told.contains("cannot read the plan HEAD:cluster.toml: it is a directory"), "{told}");
}

#[test]
fn options_that_mean_nothing() {
    let repository = committed("ha");
    let told = |arguments: &[&str]| message(repository.diff(&[&["cluster.toml"], arguments].concat()));
    assert_eq!(told(&["--host", "mastr01"]), "error: there is no host `mastr01`; did you mean `master01`?\n");
    assert_eq!(
        told(&["--host", "hosts/elsewhere"]),
        "error: there is no host `hosts/elsewhere`; available: master01, master02, master03, node01, node02\n"
    );
    let unknown = told(&["--only", "restarts"]);
    assert!(unknown.contains("[possible values: certificates, files, impact]"), "{unknown}");
    let unknown = told(&["--format", "yaml"]);
    assert!(unknown.contains("invalid value 'yaml' for '--format <FORMAT>'"), "{unknown}");
    let time = told(&["--at", "yesterday"]);
    assert!(time.contains("--at"), "{time}");
    for form in ["markdown", "html"] {
        let run = repository.0.run(&["check", "cluster.toml", "--format", form]);
        assert_eq!(
            message(run),
            "error: only `diff` and `verify` have `--format markdown` and `--format html`\n"
        );
    }
    let run = repository.0.run_with(&["diff", "cluster.toml"], &[("SOURCE_DATE_EPOCH", "soon")]);
    assert_eq!(message(run), "error: SOURCE_DATE_EPOCH is not a number of seconds since 1970\n");
}

/// Folders that no build has made.
#[test]
fn folders_that_are_no_trees() {
    let repository = of(Lab::bare("single"));
    let lab = &repository.0;
    fs::create_dir_all(lab.path("empty")).unwrap();
    fs::create_dir_all(lab.path("pictures/hosts")).unwrap();
    lab.write("pictures/hosts/cat.jpg", "no manifest");
    for folder in ["empty", "pictures", "."] {
        let told = message(repository.diff(&["cluster.toml", folder]));
        assert!(told.starts_with("error: ") && told.contains(folder), "{told}");
    }
}
