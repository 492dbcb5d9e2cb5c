//! The paths of the files next to a plan, which are named after it.

use std::path::{Path, PathBuf};

/// The extensions of what lies beside a plan.
const WRITTEN: [&str; 6] = ["lock", "applied", "certs", "keys", "secret", "trees"];

/// `NAME.EXTENSION` beside the plan `NAME.toml`. The whole name counts of what is called otherwise: `cluster.prod` and
/// `cluster.staging` are two plans. What is called like something beside a plan is refused where it matters.
#[must_use]
pub fn beside(plan: &Path, extension: &str) -> PathBuf {
    let known = plan.extension().map(|extension| extension.to_string_lossy());
    if known.is_none_or(|known| known == "toml" || WRITTEN.contains(&&*known)) {
        return plan.with_extension(extension);
    }
    let mut name = plan.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}
