//! Sets that are built once and read often.

use std::ops::Deref;

/// A set as a sorted slice: it takes the memory of what it holds, where a tree takes that of its nodes. There are
/// hundreds of thousands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sorted<T>(Box<[T]>);

impl<T: Ord> Sorted<T> {
    /// Whether an item is in it.
    #[must_use]
    pub fn contains(&self, item: &T) -> bool {
        self.0.binary_search(item).is_ok()
    }

    /// Adds an item; whether it was not there. It copies all others.
    pub fn insert(&mut self, item: T) -> bool {
        let Err(at) = self.0.binary_search(&item) else { return false };
        let mut items = std::mem::take(&mut self.0).into_vec();
        items.insert(at, item);
        self.0 = items.into();
        true
    }
}

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<T> Deref for Sorted<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Ord> FromIterator<T> for Sorted<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items: Vec<T> = items.into_iter().collect();
        items.sort_unstable();
        items.dedup();
        Self(items.into())
    }
}

impl<T: Ord, const COUNT: usize> From<[T; COUNT]> for Sorted<T> {
    fn from(items: [T; COUNT]) -> Self {
        items.into_iter().collect()
    }
}

impl<'s, T> IntoIterator for &'s Sorted<T> {
    type Item = &'s T;
    type IntoIter = std::slice::Iter<'s, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_each_item_once_in_order() {
        let mut set: Sorted<u8> = [3, 1, 3].into();
        assert_eq!(*set, [1, 3]);
        assert!(set.insert(2) && !set.insert(3));
        assert_eq!(*set, [1, 2, 3]);
        assert!(set.contains(&2) && !set.contains(&4));
    }
}
