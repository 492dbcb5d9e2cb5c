//! Finds private files in the index, which must not be committed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::index::Index;
use super::known::Known;
use super::lines;
use super::repository::{Repository, parts, path};
use crate::leaks::{self, Leak};
use crate::printable;

/// The attribute of files that look private and are not.
const PUBLIC: &str = "pkiplan-public";

/// Larger files are reported and not read: git keeps them, but memory has to hold them.
const LARGEST: u64 = 64 << 20;

/// How many bytes git is asked for at once.
const AT_ONCE: u64 = 32 << 20;

/// A file, and what it is.
pub struct Private {
    /// From the top of the work tree.
    pub path: PathBuf,
    /// In words: `a private key`.
    pub what: String,
}

impl Private {
    /// `{ "path": PATH, "what": WORDS }`
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ "path": self.path.display().to_string(), "what": self.what })
    }

    /// `cluster.secret: a secret from which keys derive`
    #[must_use]
    pub fn line(&self) -> String {
        printable::line(&format!("{}: {}", self.path.display(), self.what)).into_owned()
    }
}

/// What was found in the files of the index, each list sorted by paths.
#[derive(Default)]
pub struct Review {
    /// What must not be committed.
    pub private: Vec<Private>,
    /// What looks private and has the attribute `pkiplan-public`.
    pub excepted: Vec<Private>,
    /// What was not looked into as a whole, with the reason.
    pub unread: Vec<Private>,
}

impl Review {
    /// Why files may not go into a commit, and what to do; none where all may.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        let lines: String = self.private.iter().map(|private| format!("  {}\n", private.line())).collect();
        (!lines.is_empty()).then(|| {
            format!(
                "this must not be committed\n{lines}remove it with `git rm -r --cached PATH`, and keep it out with a line in \
                 .gitignore; for a file that is public on purpose, add `PATH {PUBLIC}` to .gitattributes"
            )
        })
    }

    /// Which files .gitattributes lets through that look private; none where there is none.
    #[must_use]
    pub fn exceptions(&self) -> Option<String> {
        let lines: String = self.excepted.iter().map(|private| format!("  {}\n", private.line())).collect();
        (!lines.is_empty()).then(|| format!("public by the attribute {PUBLIC}\n{lines}"))
    }

    /// Which files were not looked into; none where all were.
    #[must_use]
    pub fn gaps(&self) -> Option<String> {
        let lines: String = self.unread.iter().map(|private| format!("\n  {}", private.line())).collect();
        (!lines.is_empty()).then(|| format!("only partly examined{lines}"))
    }
}

/// Looks into the files of the index that `concerns` chooses.
///
/// # Errors
/// What git says when it fails.
pub fn review(
    repository: &Repository,
    index: &Index<'_>,
    concerns: impl Fn(&Path) -> bool,
) -> Result<Review, String> {
    let mut found: BTreeMap<PathBuf, String> = BTreeMap::new();
    for path in by_name(repository)?.into_iter().filter(|path| concerns(path)) {
        found.insert(path, "something private, judging by its name".to_owned());
    }
    let paths: Vec<&Path> = index.paths().filter(|path| concerns(path)).collect();
    let (large, files): (Vec<_>, Vec<_>) =
        index.sizes(&paths)?.into_iter().partition(|(_, size)| *size > LARGEST);
    let what = format!("larger than {} MiB", LARGEST >> 20);
    let mut unread: Vec<Private> =
        large.into_iter().map(|(path, _)| Private { path: path.to_owned(), what: what.clone() }).collect();
    let known = Known::read(index);
    for files in batches(&files) {
        for (path, bytes) in index.contents(files)? {
            let leaks = leaks::find(&bytes, &|bytes| known.is_secret(bytes));
            if !leaks.found.is_empty() {
                found.insert(path.to_owned(), words(&leaks.found, &known));
            } else if leaks.cut {
                let what = "it contains more than pkiplan decodes".to_owned();
                unread.push(Private { path: path.to_owned(), what });
            }
        }
    }
    unread.sort_by(|one, other| one.path.cmp(&other.path));
    let public = with_attribute(repository, found.keys())?;
    let mut review = Review { unread, ..Review::default() };
    for (path, what) in found {
        let list = if public.contains(&path) { &mut review.excepted } else { &mut review.private };
        list.push(Private { path, what });
    }
    Ok(review)
}

/// Files in parts that memory holds.
fn batches<'f, 'p>(files: &'f [(&'p Path, u64)]) -> impl Iterator<Item = &'f [(&'p Path, u64)]> {
    let mut rest = files;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|(_, size)| {
            bytes += size;
            bytes <= AT_ONCE
        });
        let count = fits.count().max(1).min(rest.len());
        let (batch, behind) = rest.split_at(count);
        rest = behind;
        (!batch.is_empty()).then_some(batch)
    })
}

/// `a private key (in base64), a static token`
fn words(found: &[Leak], known: &Known) -> String {
    let mut words: Vec<String> = Vec::new();
    for leak in found {
        let name = leak.key.as_ref().and_then(|der| known.key(der));
        let word = name.map_or_else(|| leak.to_string(), |name| format!("{leak}: {name}"));
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(", ")
}

/// What git would ignore if it had not taken it already.
fn by_name(repository: &Repository) -> Result<BTreeSet<PathBuf>, String> {
    let excludes: Vec<String> = lines::ignored().map(|pattern| format!("--exclude={pattern}")).collect();
    let mut arguments = vec!["ls-files", "--cached", "--ignored", "-z"];
    arguments.extend(excludes.iter().map(String::as_str));
    Ok(parts(&repository.get(&arguments)?).map(path).collect())
}

fn with_attribute<'p>(
    repository: &Repository,
    paths: impl Iterator<Item = &'p PathBuf>,
) -> Result<BTreeSet<PathBuf>, String> {
    let input: Vec<u8> =
        paths.flat_map(|path| [path.as_os_str().as_encoded_bytes(), b"\0"].concat()).collect();
    let answer = repository.answer(&["check-attr", "--cached", "-z", "--stdin", PUBLIC], &input)?;
    let answer = answer.unwrap_or_default();
    // `PATH<nul>ATTRIBUTE<nul>VALUE<nul>` for each.
    let fields: Vec<&[u8]> = parts(&answer).collect();
    Ok(fields.chunks_exact(3).filter(|field| field[2] == b"set").map(|field| path(field[0])).collect())
}
