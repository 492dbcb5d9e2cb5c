//! Ten thousand nodes from the first week: the plan is checked and built, in release mode.

use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

fn pkiplan(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
    // A log of a CI system gets lines of progress where the machine is slow.
    let output = command.current_dir(folder).env_remove("CI").args(arguments).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "pkiplan {arguments:?}: {error}");
    assert_eq!(error, "", "pkiplan {arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "half a minute without optimisation; the test command runs it in release"
)]
fn ten_thousand_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans/ten-thousand.toml");
    std::fs::copy(plan, folder.path().join("plan.toml")).unwrap();
    let checked = pkiplan(folder.path(), &["check", "plan.toml"]);
    assert_eq!(
        checked,
        "plan.toml: 10000 hosts, 30032 certificates, nothing wrong\nnext: pkiplan build plan.toml\n"
    );
    let built = pkiplan(folder.path(), &["build", "plan.toml", "--at", "2026-11-23T00:00:00Z"]);
    assert!(built.contains("30032 issued, 0 kept"), "{built}");
    let hosts = std::fs::read_dir(folder.path().join("plan.trees/hosts")).unwrap().count();
    assert_eq!(hosts, 3 * 10_000, "a folder, a manifest and a checksum list for each host");
    let worker = folder.path().join("plan.trees/hosts/worker-9997");
    let digest = |path: &str| Sha256::digest(std::fs::read(worker.join(path)).unwrap());
    let before = digest("var/lib/kubelet/pki/kubelet.crt");
    let again = pkiplan(folder.path(), &["build", "plan.toml", "--locked"]);
    assert!(again.contains("0 issued, 30032 kept") && again.contains("files        0 written"), "{again}");
    assert_eq!(digest("var/lib/kubelet/pki/kubelet.crt"), before);
    let status = pkiplan(folder.path(), &["status", "plan.toml", "--at", "2026-11-24T00:00:00Z"]);
    assert!(
        status.contains("node.*/kubelet-client (10000 of them) ") && status.lines().count() < 60,
        "{status}"
    );
}
