//! What `cargo package` packs: all that the program is built from, and nothing of the tests or of what builds leave.

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
    // What is compiled in, and what users read. A new file may not be tracked yet.
    let listed = Command::new("git")
        .current_dir(ROOT)
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output();
    let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
    let listed: BTreeSet<&str> = listed.lines().collect();
    let is_meant =
        |path: &&&str| ["src/", "templates/", "plans/", "docs/"].iter().any(|top| path.starts_with(top));
    for path in listed.iter().filter(is_meant) {
        assert!(packed.contains(path) || !Path::new(ROOT).join(path).exists(), "{path} is not packed");
    }
    // A build of a plan leaves its secret beside it.
    let of_cargo = [".cargo_vcs_info.json", "Cargo.toml.orig"];
    let strays: Vec<&&str> =
        packed.iter().filter(|path| !listed.contains(*path) && !of_cargo.contains(path)).collect();
    assert!(strays.is_empty(), "{strays:?}");
}
