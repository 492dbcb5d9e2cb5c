//! One secret belongs to one lock: two clusters do not get the same authorities by a slip of the hand.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{AT, Lab, Run};

/// The lines of a secret that name locks.
fn noted(lab: &Lab, secret: &str) -> Vec<String> {
    let text = lab.read(secret);
    text.lines().filter_map(|line| line.strip_prefix("# lock ")).map(str::to_owned).collect()
}

/// The id of a lock.
fn id(lab: &Lab, lock: &str) -> String {
    let text = lab.read(lock);
    let line = text.lines().find_map(|line| line.strip_prefix("id = ")).unwrap();
    line.trim_matches('"').to_owned()
}

fn build(lab: &Lab, plan: &str, more: &[&str]) -> Run {
    lab.run(&[&["build", plan, "--at", AT], more].concat())
}

#[track_caller]
fn refused(run: &Run) {
    assert!(run.code == 1 && run.err.contains("lock::secret"), "{run:#?}");
    assert!(run.err.contains("belongs to another lock than"), "{run:#?}");
}

/// Two plans, of which one has been built.
fn two() -> Lab {
    let lab = Lab::bare("single");
    fs::rename(lab.path("cluster.toml"), lab.path("prod.toml")).unwrap();
    fs::copy(lab.path("prod.toml"), lab.path("staging.toml")).unwrap();
    assert_eq!(build(&lab, "prod.toml", &[]).code, 0);
    lab
}

#[test]
fn a_secret_learns_its_lock_at_the_first_build() {
    let lab = two();
    assert_eq!(noted(&lab, "prod.secret"), [id(&lab, "prod.lock")]);
    assert_eq!(lab.state(".")["prod.secret"].0, 0o600);
    let secret = lab.read("prod.secret");
    assert!(secret.lines().last().unwrap().starts_with("pkiplan-secret-1 "), "its line stays the last");
    assert_eq!(build(&lab, "prod.toml", &[]).code, 0);
    assert_eq!(lab.read("prod.secret"), secret);
    let run = build(&lab, "staging.toml", &["--secret", "prod.secret"]);
    refused(&run);
    assert!(run.err.contains("pkiplan secret share prod.secret --plan staging.toml"), "{run:#?}");
    assert!(!lab.path("staging.lock").exists() && !lab.path("staging.trees").exists());
    // Nor is it told apart by where it comes from, or by a lock that was decided without it.
    assert_eq!(lab.run(&["lock", "staging.toml", "--at", AT]).code, 0);
    for script in [
        "--secret-fd 3 3<prod.secret",
        "--secret-command 'cat prod.secret'",
        "--secret /dev/fd/3 3<prod.secret",
        "--locked --secret prod.secret",
    ] {
        refused(&lab.shell(&format!("$PKIPLAN build staging.toml --at {AT} {script}")));
    }
    fs::copy(lab.path("prod.secret"), lab.path("staging.secret")).unwrap();
    refused(&build(&lab, "staging.toml", &[]));
    assert_eq!(lab.read("prod.secret"), secret);
}

#[test]
fn a_secret_that_says_nothing_belongs_to_the_lock_beside_it() {
    let lab = two();
    // As older versions left it, and as a sealed one is.
    let bare: String = lab.read("prod.secret").lines().filter(|line| !line.starts_with('#')).collect();
    lab.write("prod.secret", &bare);
    refused(&build(&lab, "staging.toml", &["--secret", "prod.secret"]));
    assert_eq!(lab.read("prod.secret"), bare);
    assert_eq!(build(&lab, "prod.toml", &[]).code, 0);
    assert_eq!(lab.read("prod.secret"), format!("# lock {}\n{bare}", id(&lab, "prod.lock")));
}

/// Plan and lock in another folder, or on another machine, are the same cluster.
#[test]
fn a_second_checkout_is_the_same_lock() {
    let lab = two();
    fs::create_dir(lab.path("checkout")).unwrap();
    for file in ["prod.toml", "prod.lock"] {
        fs::copy(lab.path(file), lab.path(&format!("checkout/{file}"))).unwrap();
    }
    let run = build(&lab, "checkout/prod.toml", &["--secret", "prod.secret", "--locked"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert_eq!(lab.state("prod.trees/hosts"), lab.state("checkout/prod.trees/hosts"));
    // A secret that cannot be written serves, too.
    let bare: String = lab.read("prod.secret").lines().filter(|line| !line.starts_with('#')).collect();
    lab.write("checkout/kept", &bare);
    fs::set_permissions(lab.path("checkout/kept"), fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink("kept", lab.path("checkout/link")).unwrap();
    let run = build(&lab, "checkout/prod.toml", &["--secret", "checkout/link"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert_eq!(lab.read("checkout/kept"), bare, "nothing is written through a link");
}

#[test]
fn a_secret_is_shared_on_purpose() {
    let lab = two();
    let share = ["secret", "share", "prod.secret", "--plan", "staging.toml"];
    let run = lab.run(&share);
    assert_eq!(
        (run.code, run.err.as_str()),
        (1, "error: there is no lock staging.lock; run `pkiplan lock staging.toml` first\n")
    );
    assert_eq!(lab.run(&["lock", "staging.toml", "--at", AT]).code, 0);
    refused(&build(&lab, "staging.toml", &["--secret", "prod.secret"]));
    let run = lab.run(&share);
    assert_eq!(
        (run.code, run.out.as_str()),
        (
            0,
            "prod.secret now also serves staging.lock: things with the same name in both plans have the same key\n\
             next: pkiplan build staging.toml\n"
        )
    );
    assert_eq!(lab.run(&share).out, "prod.secret already serves staging.lock\n");
    assert_eq!(noted(&lab, "prod.secret"), [id(&lab, "prod.lock"), id(&lab, "staging.lock")]);
    for (plan, more) in [("staging.toml", &["--secret", "prod.secret"][..]), ("prod.toml", &[])] {
        let run = build(&lab, plan, more);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    }
    let run = lab.run(&["secret", "share", "prod.toml", "--plan", "staging.toml"]);
    assert_eq!(run.code, 1, "{run:#?}");
    // One that does not say so yet belongs to the lock beside it as well.
    let lab = two();
    let bare: String = lab.read("prod.secret").lines().filter(|line| !line.starts_with('#')).collect();
    lab.write("prod.secret", &format!("{bare}\n"));
    assert_eq!(lab.run(&["lock", "staging.toml", "--at", AT]).code, 0);
    assert_eq!(lab.run(&share).code, 0);
    assert_eq!(noted(&lab, "prod.secret"), [id(&lab, "prod.lock"), id(&lab, "staging.lock")]);
}

#[test]
fn a_new_secret_beside_a_lock_belongs_to_it() {
    let lab = Lab::bare("single");
    assert_eq!(lab.run(&["lock", "cluster.toml", "--at", AT]).code, 0);
    assert_eq!(lab.run(&["secret", "new", "cluster.toml"]).code, 0);
    assert_eq!(noted(&lab, "cluster.secret"), [id(&lab, "cluster.lock")]);
}
