//! What must not be committed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::index::Index;
use super::lines;
use super::repository::{Repository, parts, path};
use crate::inspect::{Credential, Description, describe};
use crate::issue::secret::Secret;
use crate::values::Instant;

/// One of these stands in every text that could hold something private: nothing else is looked into.
const SIGNS: [&str; 3] = ["pkiplan-secret-", "PRIVATE KEY-----", "client-key-data"];

/// The attribute of files that look private and are not.
const PUBLIC: &str = "pkiplan-public";

/// A file, and what it is.
pub struct Private {
    /// From the top of the work tree.
    pub path: PathBuf,
    /// In words: `a private key`.
    pub what: &'static str,
}

impl Private {
    /// `{ "path": PATH, "what": WORDS }`
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ "path": self.path.display().to_string(), "what": self.what })
    }

    /// `cluster.secret: a secret from which keys derive`
    pub fn line(&self) -> String {
        format!("{}: {}", self.path.display(), self.what)
    }
}

/// Why files may not go into a commit, and what to do.
pub fn not_to_be_committed(found: &[Private]) -> String {
    let lines: String = found.iter().map(|private| format!("  {}\n", private.line())).collect();
    format!(
        "this must not be committed\n{lines}`git rm -r --cached PATH` takes it out, a line in .gitignore keeps it out; \
         what is public on purpose has a line `PATH pkiplan-public` in .gitattributes"
    )
}

/// Everything private among the files of the index that `concerns` chooses, sorted by their paths.
///
/// # Errors
/// What git says when it fails.
pub fn private(
    repository: &Repository,
    index: &Index<'_>,
    concerns: impl Fn(&Path) -> bool,
) -> Result<Vec<Private>, String> {
    let named = by_name(repository)?;
    let mut found = Vec::new();
    for path in named.union(&by_content(repository)?).filter(|path| concerns(path)) {
        let what = match what(index, path) {
            Some(what) => what,
            None if named.contains(path) => "something private by its name",
            None => continue,
        };
        found.push(Private { path: path.clone(), what });
    }
    without_public(repository, found)
}

/// What git would ignore if it had not taken it already.
fn by_name(repository: &Repository) -> Result<BTreeSet<PathBuf>, String> {
    let excludes: Vec<String> = lines::ignored().map(|pattern| format!("--exclude={pattern}")).collect();
    let mut arguments = vec!["ls-files", "--cached", "--ignored", "-z"];
    arguments.extend(excludes.iter().map(String::as_str));
    Ok(parts(&repository.get(&arguments)?).map(path).collect())
}

fn by_content(repository: &Repository) -> Result<BTreeSet<PathBuf>, String> {
    let mut arguments = vec!["grep", "--cached", "--full-name", "--no-color", "--no-recurse-submodules"];
    arguments.extend(["--text", "-l", "-z", "-F"]);
    arguments.extend(SIGNS.iter().flat_map(|sign| ["-e", sign]));
    Ok(parts(&repository.ask(&arguments)?.unwrap_or_default()).map(path).collect())
}

fn what(index: &Index<'_>, path: &Path) -> Option<&'static str> {
    let bytes = Zeroizing::new(index.bytes(path).ok()?);
    if std::str::from_utf8(&bytes).is_ok_and(|text| Secret::parse(text).is_ok()) {
        return Some("a secret from which keys derive");
    }
    let found = describe(&bytes, Instant::EPOCH).unwrap_or_default();
    found.iter().find_map(|one| match one {
        Description::PrivateKey(_) => Some("a private key"),
        Description::Kubeconfig(config) => {
            let embedded = config.users.iter().any(|user| matches!(user.key, Some(Credential::Embedded(_))));
            embedded.then_some("a kubeconfig with a private key")
        }
        _ => None,
    })
}

fn without_public(repository: &Repository, found: Vec<Private>) -> Result<Vec<Private>, String> {
    let input =
        found.iter().flat_map(|private| [private.path.as_os_str().as_encoded_bytes(), b"\0"].concat());
    let input: Vec<u8> = input.collect();
    let answer = repository.answer(&["check-attr", "--cached", "-z", "--stdin", PUBLIC], &input)?;
    let answer = answer.unwrap_or_default();
    // `PATH<nul>ATTRIBUTE<nul>VALUE<nul>` for each.
    let values = answer.split(|byte| *byte == 0).skip(2).step_by(3);
    let kept = found.into_iter().zip(values).filter(|(_, value)| *value != b"set");
    Ok(kept.map(|(private, _)| private).collect())
}
