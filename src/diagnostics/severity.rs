//! The severities of messages.

/// How bad a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Belongs to another message.
    Advice,
    /// The run fails.
    Error,
    /// The run goes on.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Severity::Advice => "advice",
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}
