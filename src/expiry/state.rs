//! The state of a certificate or token at an instant, such as due or expired.

/// How something that ends stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It has ended.
    Expired,
    /// It begins later: whoever issued it had a clock that was ahead.
    NotYetValid,
    /// It ends within the window.
    Due,
    /// It ends later.
    Valid,
    /// The cluster rotates it on its host: when the one in use there ends is not known here.
    Rotated,
    /// The lock has it, and the plan no more: the next build removes it.
    Removed,
    /// The plan has it, and the lock not yet.
    NotIssued,
}

impl State {
    /// All of them.
    pub const ALL: [State; 7] = [
        State::Expired,
        State::NotYetValid,
        State::Due,
        State::Valid,
        State::Rotated,
        State::Removed,
        State::NotIssued,
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            State::Expired => "expired",
            State::NotYetValid => "not yet valid",
            State::Due => "due",
            State::Valid => "valid",
            State::Rotated => "rotated",
            State::Removed => "removed",
            State::NotIssued => "not issued",
        }
    }

    /// Whether somebody has to act: it is refused, or soon will be.
    #[must_use]
    pub fn needs_action(self) -> bool {
        self == State::Due || self.is_refused()
    }

    /// Whether nobody accepts it now.
    #[must_use]
    pub fn is_refused(self) -> bool {
        matches!(self, State::Expired | State::NotYetValid)
    }
}
