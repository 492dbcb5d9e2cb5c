//! Applies the lock's generations to tokens for which the plan gives none.

use crate::lock::Lock;
use crate::resolve::{Generations, Model};

/// Lets the model use the generations that the lock has decided. One that was removed does not come back.
pub(super) fn settle(model: &mut Model, lock: &Lock) {
    for keyring in model.keyrings.values_mut().filter(|keyring| keyring.is_decided_by_lock()) {
        let recorded = lock.keys.get(&keyring.id).map(|record| record.used);
        let buried = lock.tombstones.get(&keyring.id).map(|grave| grave.generation.saturating_add(1));
        let used = recorded.max(buried).unwrap_or(1);
        keyring.generations = Generations { used, trust: vec![used], ..Generations::default() };
    }
}
