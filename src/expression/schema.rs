//! The names that an expression may use.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::did_you_mean;

/// The roots of a scope and the fields of each.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    roots: BTreeMap<String, Option<BTreeSet<String>>>,
}

impl Schema {
    /// A root with exactly these fields.
    #[must_use]
    pub fn with<T: Into<String>>(mut self, root: &str, fields: impl IntoIterator<Item = T>) -> Self {
        self.roots.insert(root.to_owned(), Some(fields.into_iter().map(Into::into).collect()));
        self
    }

    /// A root whose fields are not known beforehand, or that is a list.
    #[must_use]
    pub fn with_open(mut self, root: &str) -> Self {
        self.roots.insert(root.to_owned(), None);
        self
    }

    /// What is wrong with a root and its field, and what to write instead.
    pub(super) fn check(&self, root: &str, field: Option<&str>) -> Result<(), (String, Option<String>)> {
        let Some(fields) = self.roots.get(root) else {
            let help = did_you_mean(root, self.roots.keys().map(String::as_str));
            return Err((format!("there is no `{root}` here"), help));
        };
        let (Some(fields), Some(field)) = (fields, field) else { return Ok(()) };
        if fields.contains(field) {
            return Ok(());
        }
        Err((
            format!("`{root}` has no field `{field}`"),
            did_you_mean(field, fields.iter().map(String::as_str)),
        ))
    }

    /// Roots and fields in order, for the reference page.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.roots
            .iter()
            .map(|(root, fields)| (root.as_str(), fields.iter().flatten().map(String::as_str).collect()))
    }
}
