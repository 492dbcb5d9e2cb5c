//! What `cargo package` packs: all that the program is built from, and nothing of the tests.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn the_package_holds_the_sources_and_no_tests() {
    let mut cargo = Command::new(env!("CARGO"));
    let output =
        cargo.current_dir(ROOT).args(["package", "--list", "--allow-dirty", "--offline"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let packed = String::from_utf8(output.stdout).unwrap();
    let packed: BTreeSet<&str> = packed.lines().collect();
    let top: BTreeSet<&str> = packed.iter().map(|path| path.split('/').next().unwrap()).collect();
    let expected = [
        ".cargo_vcs_info.json",
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "Cargo.toml.orig",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "docs",
        "plans",
        "src",
        "templates",
    ];
    let without = |path: &&str| *path != ".cargo_vcs_info.json";
    assert_eq!(
        top.into_iter().filter(without).collect::<Vec<_>>(),
        expected.iter().copied().filter(without).collect::<Vec<_>>()
    );
    // What is compiled in, and what users read.
    let tracked = Command::new("git")
        .current_dir(ROOT)
        .args(["ls-files", "src", "templates", "plans", "docs"])
        .output();
    for path in String::from_utf8(tracked.unwrap().stdout).unwrap().lines() {
        assert!(packed.contains(path) || !Path::new(ROOT).join(path).exists(), "{path}");
    }
}
