//! Stores equal values only once.
//!
//! Values can then be compared by address, and ten thousand hosts share one copy.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Equal things, each once.
pub struct Interned<T: ?Sized>(Mutex<BTreeSet<Arc<T>>>);

impl<T: ?Sized> Default for Interned<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Ord + ?Sized> Interned<T> {
    /// The one that equals it.
    pub fn get<'t>(&self, thing: &'t T) -> Arc<T>
    where
        Arc<T>: From<&'t T>,
    {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(thing) {
            return Arc::clone(found);
        }
        let new: Arc<T> = thing.into();
        known.insert(Arc::clone(&new));
        new
    }
}
