//! Progress of long work: on a terminal, in a log of CI, and nowhere else.

use crate::support::{AT, Lab};

/// A plan that takes much more than a second to build with a program that is made for tests.
fn long() -> Lab {
    let plan = "format = 1\n[cluster]\nname = \"a\"\nprofile = \"high-availability\"\nservice-cidrs = [\"10.96.0.0/16\"]\n\
                pod-cidrs = [\"10.128.0.0/9\"]\n[node.m1]\naddresses = [\"192.168.0.1\"]\nroles = [\"control-plane\", \"etcd\"]\n\
                [pool.w]\nnames = \"w{001..800}\"\nfirst-address = \"172.16.0.1\"\nroles = [\"worker\"]\n";
    Lab::written(plan)
}

/// Runs a build below a terminal, which Python opens; gives what the terminal got.
fn on_terminal(lab: &Lab, term: &str, more: &str) -> String {
    let script = format!(
        "import os, pty\n\
         os.environ['TERM'] = {term:?}\n\
         os.environ.pop('CI', None)\n\
         pty.spawn([os.environ['PKIPLAN'], 'build', 'cluster.toml', '--at', '{AT}'] + {more:?}.split())\n"
    );
    lab.write("terminal.py", &script);
    let run = lab.shell("python3 terminal.py < /dev/null");
    lab.remove("cluster.trees");
    run.out
}

#[test]
fn a_terminal_shows_how_far_a_build_is() {
    let lab = long();
    let seen = on_terminal(&lab, "xterm", "");
    assert!(seen.contains("building hosts and users [") && seen.contains("/804, "), "{seen:?}");
    // Nothing of it is left before the report.
    assert!(seen.rfind("\u{1b}[2K").unwrap() < seen.find("hosts        801").unwrap(), "{seen:?}");
    for (term, more) in [("dumb", ""), ("xterm", "--quiet")] {
        let seen = on_terminal(&lab, term, more);
        assert!(!seen.contains("building hosts and users"), "{term} {more}: {seen:?}");
    }
}

#[test]
fn a_log_has_lines_and_a_pipe_nothing() {
    let lab = long();
    let build = ["build", "cluster.toml", "--at", AT];
    let piped = lab.run(&build);
    assert_eq!((piped.code, piped.err.as_str()), (0, ""));
    let again = |more: &[&str]| {
        lab.remove("cluster.trees");
        lab.run_with(&[&build, more].concat(), &[("CI", "true")])
    };
    let logged = again(&[]);
    let lines: Vec<&str> = logged.err.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("building hosts and users")), "{logged:#?}");
    // A stage has a line when it is seen first, and one more every five seconds.
    let known = |line: &&str| {
        ["reading the plan", "building hosts and users", "writing"]
            .iter()
            .any(|words| line.starts_with(words))
    };
    assert!(lines.iter().all(known), "{logged:#?}");
    assert_eq!(again(&["--quiet"]).err, "");
}
