//! A cache of computed answers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Answers by their questions.
pub(super) struct Memo<Q, A>(Mutex<BTreeMap<Q, A>>);

impl<Q, A> Default for Memo<Q, A> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Q: Ord, A: Clone> Memo<Q, A> {
    /// The answer that is known, or that is worked out now; two threads may work it out at once.
    pub(super) fn get(&self, question: Q, answer: impl FnOnce() -> A) -> A {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&question) {
            return known.clone();
        }
        let new = answer();
        lock().insert(question, new.clone());
        new
    }
}
