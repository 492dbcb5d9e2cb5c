//! It reads, and nothing else.

use std::fs;

use super::renamed_endpoint;
use crate::support::repository::Repository;
use crate::support::{AT, Lab, SECRET};

/// Every call that has a part of its own.
const CALLS: [&[&str]; 7] = [
    &[],
    &["HEAD~1"],
    &["other.toml"],
    &["--only", "files"],
    &["--host", "master01"],
    &["--format", "markdown"],
    &["--format", "html"],
];

fn changed() -> Repository {
    let repository = renamed_endpoint();
    repository.commit("a name");
    let lab = &repository.0;
    lab.write("other.toml", &lab.read("cluster.toml"));
    lab.edit("port = 16443\n", "port = 16444\n");
    repository
}

/// Neither files nor git's own: its index stays to the byte, even where a file is only newer than it.
#[test]
fn nothing_is_written() {
    let repository = changed();
    let lab = &repository.0;
    lab.write(".gitignore", &lab.read(".gitignore"));
    let before = lab.state(".");
    for call in CALLS {
        let run = repository.diff(&[&["cluster.toml"], call].concat());
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
        assert!(lab.state(".") == before, "{call:?} writes");
    }
    // It does not even need the right to.
    let run = lab.shell(&format!(
        "chmod -R a-w . && \"$PKIPLAN\" diff cluster.toml --at {AT}; code=$?; chmod -R u+w .; exit $code"
    ));
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
}

/// With a secret at hand, a wrong one or none the same is told; nothing of it is said, and it is not even read.
#[test]
fn no_secret_is_needed() {
    let lab = Lab::built("ha");
    let repository = super::of(lab);
    let lab = &repository.0;
    lab.edit("port = 16443\n", "port = 16443\nhost = \"k8s.example.com\"\n");
    let told = || {
        let run = |form: &str| {
            let run = repository.diff(&["cluster.toml", "--exit-code", "--format", form]);
            assert_eq!((run.code, run.err.as_str()), (2, ""), "{run:#?}");
            assert!(!run.out.contains(SECRET) && !run.out.contains("PRIVATE KEY"), "{form}");
            run.out
        };
        ["text", "json", "markdown", "html"].map(run)
    };
    // Everything that is said is looked through for the secret and each private byte of the trees by the lab.
    let with = told();
    lab.secret(&"0".repeat(64));
    assert_eq!(told(), with);
    lab.remove("cluster.secret");
    fs::create_dir(lab.path("cluster.secret")).unwrap();
    assert_eq!(told(), with);
    lab.remove("cluster.secret");
    lab.remove("cluster.trees");
    assert_eq!(told(), with);
}
