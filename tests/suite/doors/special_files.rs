//! FIFOs, devices and sockets are found out before they are opened; whoever opened one would wait for ever.

use std::os::unix::net::UnixListener;

use super::PLAN;
use crate::support::{Lab, Run};

/// Runs a script that must not wait: `$P` is the program with a limit that no machine needs.
fn shell(lab: &Lab, script: &str) -> Run {
    lab.shell(&format!("P=\"timeout 60 $PKIPLAN\"; {script}"))
}

#[track_caller]
fn told(run: &Run, what: &str) {
    assert!(run.code == 1 && run.err.contains(what), "{run:#?}");
}

#[test]
fn imports_pass_over_what_is_no_file() {
    let lab = Lab::bare("single");
    std::fs::create_dir(lab.path("pki")).unwrap();
    let socket = UnixListener::bind(lab.path("pki/socket")).unwrap();
    let run = shell(&lab, "mkfifo pki/pipe && $P import --plan cluster.toml pki");
    told(&run, "nothing");
    told(&shell(&lab, "$P import --plan cluster.toml pki/pipe"), "it is a FIFO, not a regular file");
    for (path, what) in [("pki/pipe", "a FIFO"), ("/dev/zero", "a device"), ("pki/socket", "a socket")] {
        let run = shell(&lab, &format!("$P inspect {path}"));
        told(&run, &format!("it is {what}, not a regular file"));
        for command in ["check", "show", "graph", "build", "lock", "status", "diff"] {
            told(&shell(&lab, &format!("$P {command} {path}")), "error");
        }
    }
    drop(socket);
}

#[test]
fn what_lies_beside_a_plan_is_a_file() {
    for beside in ["cluster.lock", "cluster.secret", "cluster.certs/authority.kubernetes-1.crt"] {
        let lab = Lab::bare("single");
        std::fs::create_dir(lab.path("cluster.certs")).unwrap();
        let made = shell(&lab, &format!("mkfifo {beside}"));
        assert_eq!(made.code, 0);
        for command in ["check", "build", "lock", "lock --check", "status", "diff"] {
            let run = shell(&lab, &format!("$P {command} cluster.toml"));
            assert!(run.code == 0 || run.code == 1, "{command}: {run:#?}");
        }
        assert_eq!(shell(&lab, &format!("test -p {beside}")).code, 0);
    }
}

#[test]
fn what_a_plan_names_is_a_file() {
    let lab = Lab::written(PLAN);
    let made = shell(
        &lab,
        "mkfifo pipe.toml && mkdir -p catalog/components/x && mkfifo catalog/components/x/component.toml",
    );
    assert_eq!(made.code, 0, "{made:#?}");
    let run = shell(&lab, "$P check cluster.toml");
    told(&run, "it is a FIFO, not a regular file");
    let import = |path: &str| format!("format = 1\n[import.x]\nplan = \"{path}\"\n[authority.a]\n");
    for (path, more) in [("pipe.toml", ""), ("/dev/zero", "--root /"), ("/dev/zero", "--allow /dev")] {
        lab.write("cluster.toml", &import(path));
        told(&shell(&lab, &format!("$P check cluster.toml {more}")), "");
    }
}

/// Imports that import one another again and again, and a folder that is a whole disk, end at once.
#[test]
fn work_is_bounded() {
    let lab = Lab::empty();
    let mut level = vec!["format = 1\n[authority.a]\n".to_owned()];
    for depth in 1..6 {
        let imports: String =
            (0..4).map(|i| format!("[import.i{i}]\nplan = \"l{}.toml\"\n", depth - 1)).collect();
        level.push(format!("format = 1\n{imports}[authority.a]\n"));
    }
    for (depth, text) in level.iter().enumerate() {
        lab.write(&format!("l{depth}.toml"), text);
    }
    let run = shell(&lab, "$P check l5.toml");
    assert_eq!(run.code, 0, "{run:#?}");
    lab.write("disk.toml", &PLAN.replace("\"catalog\"", "\"/\""));
    for more in ["", "--root /", "--allow /"] {
        told(&shell(&lab, &format!("$P check disk.toml {more}")), "::");
    }
}
