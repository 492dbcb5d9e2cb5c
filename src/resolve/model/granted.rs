//! Grants of the model: roles of users and groups.

use std::sync::Arc;

use crate::source::Span;

/// A role that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Its name, which is that of the object.
    pub name: Arc<str>,
    /// The role.
    pub role: String,
    /// Groups that have it.
    pub groups: Vec<String>,
    /// Users that have it.
    pub users: Vec<String>,
    /// Where; empty: everywhere.
    pub namespaces: Vec<String>,
    /// Its table.
    pub origin: Span,
}
