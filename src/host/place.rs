//! A location on a host: a file, and a line in it.

use std::fmt;
use std::sync::Arc;

use crate::printable;

/// A file of a host, and a line in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Its absolute path on the host, as it was reached: links are not resolved.
    pub path: Arc<str>,
    /// The line, from one.
    pub line: Option<u32>,
}

impl Place {
    /// A whole file.
    #[must_use]
    pub fn file(path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), line: None }
    }

    /// A line, from one.
    #[must_use]
    pub fn line(path: &Arc<str>, line: u32) -> Self {
        Self { path: Arc::clone(path), line: Some(line) }
    }
}

/// `/etc/kubernetes/kubelet.yaml:12`
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable::line(&self.path))?;
        match self.line {
            Some(line) => write!(f, ":{line}"),
            None => Ok(()),
        }
    }
}
