//! One step of `pkiplan git set-up`, with its outcome.

/// What set-up did to a setting or a file.
pub enum Outcome {
    /// It was there already.
    Unchanged,
    /// It is there now, with what was done.
    Done(String),
    /// Something else is there, with what a person can do.
    Conflict(String),
}

/// A file or a setting, and what became of it.
pub struct Step {
    /// The path or the setting.
    pub what: String,
    /// What set-up did to it.
    pub outcome: Outcome,
    /// Whether it is for everybody, by a commit.
    pub shared: bool,
}

impl Step {
    /// `{ "what", "outcome", "text", "commit" }`
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let (outcome, text) = match &self.outcome {
            Outcome::Unchanged => ("unchanged", None),
            Outcome::Done(text) => ("done", Some(text)),
            Outcome::Conflict(text) => ("conflict", Some(text)),
        };
        serde_json::json!({ "what": self.what, "outcome": outcome, "text": text, "commit": self.is_to_commit() })
    }

    /// Whether a person has to commit it now.
    #[must_use]
    pub fn is_to_commit(&self) -> bool {
        self.shared && matches!(self.outcome, Outcome::Done(_))
    }
}
