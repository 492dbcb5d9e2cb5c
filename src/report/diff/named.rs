//! Inputs that all forms of the report share: the names of both sides, and the requested part.

/// Both sides as people call them.
#[derive(Debug, Clone)]
pub struct Named {
    /// The base: `HEAD (1a2b3c4)`, a path.
    pub before: String,
    /// The plan's path.
    pub after: String,
}

/// A part of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What is issued, reissued, renewed, rekeyed, removed, and trust and keys.
    Certificates,
    /// Files of hosts, line by line.
    Files,
    /// Restarts in their order, and risks.
    Impact,
}
