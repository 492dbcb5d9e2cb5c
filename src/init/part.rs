//! A table of the plan that kubeadm's configuration brings.

/// `[component.NAME]` or `[external.NAME]`, with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is for, in a short comment.
    pub title: String,
    /// `component.NAME`
    pub table: String,
    /// Its lines as they are written.
    pub lines: Vec<String>,
}
