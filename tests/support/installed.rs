//! Programs that tests/install puts below target/.

use std::path::Path;

/// Where one lies.
pub(crate) fn installed(program: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pre-commit/bin").join(program);
    assert!(path.exists(), "tests/install installs {program}");
    path.display().to_string()
}
