//! The result of looking up a name of the plan.

/// What is known of a thing that the plan names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup<T> {
    /// It is there.
    Found(T),
    /// It was written and could not be resolved, or may have been. What is wrong has been reported, so whoever
    /// looks for it has nothing to add.
    Poisoned,
    /// There is nothing of that name.
    Unknown,
}

impl<T> Lookup<T> {
    pub(super) fn found(self) -> Option<T> {
        if let Lookup::Found(value) = self { Some(value) } else { None }
    }
}
