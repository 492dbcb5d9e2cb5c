//! Lists with typed positions: a position in a list of nodes cannot be used in a list of authorities.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops;

/// The position of an `Of`. Only a list of them gives one away.
pub struct Index<Of> {
    position: usize,
    of: PhantomData<fn() -> Of>,
}

/// A list with one item for each `Of`; most often these are the items.
pub struct List<Of, Item = Of> {
    items: Vec<Item>,
    of: PhantomData<fn() -> Of>,
}

impl<Of> Index<Of> {
    fn new(position: usize) -> Self {
        Self { position, of: PhantomData }
    }

    /// How many stand before it.
    #[must_use]
    pub fn position(self) -> usize {
        self.position
    }
}

impl<Of, Item> List<Of, Item> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: Item) -> Index<Of> {
        self.items.push(item);
        Index::new(self.items.len() - 1)
    }

    /// Makes room for so many more.
    pub fn reserve(&mut self, more: usize) {
        self.items.reserve(more);
    }

    /// An empty list with room for so many.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { items: Vec::with_capacity(capacity), of: PhantomData }
    }

    /// The item of a position; none if the list does not reach so far yet.
    #[must_use]
    pub fn get(&self, index: Index<Of>) -> Option<&Item> {
        self.items.get(index.position)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The items in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Item> {
        self.items.iter()
    }

    /// The items in order, to be changed.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Item> {
        self.items.iter_mut()
    }

    /// The items without their positions.
    #[must_use]
    pub fn as_slice(&self) -> &[Item] {
        &self.items
    }

    /// The items themselves, without their positions.
    #[must_use]
    pub fn into_items(self) -> Vec<Item> {
        self.items
    }

    /// Every position in order.
    pub fn indices(&self) -> impl DoubleEndedIterator<Item = Index<Of>> + ExactSizeIterator + use<Of, Item> {
        (0..self.items.len()).map(Index::new)
    }

    /// Every position with its item.
    pub fn enumerate(&self) -> impl DoubleEndedIterator<Item = (Index<Of>, &Item)> + Clone {
        self.items.iter().enumerate().map(|(position, item)| (Index::new(position), item))
    }

    /// The position of the first item for which something holds.
    pub fn position(&self, holds: impl FnMut(&Item) -> bool) -> Option<Index<Of>> {
        self.items.iter().position(holds).map(Index::new)
    }

    /// The position of an item by its key, in a list that is sorted by it.
    pub fn search<Key: Ord>(&self, key: &Key, of: impl FnMut(&Item) -> Key) -> Option<Index<Of>> {
        self.items.binary_search_by_key(key, of).ok().map(Index::new)
    }

    /// The first item.
    #[must_use]
    pub fn first(&self) -> Option<&Item> {
        self.items.first()
    }

    /// Something else for each item.
    pub fn map<'a, Other>(&'a self, make: impl FnMut(&'a Item) -> Other) -> List<Of, Other> {
        self.items.iter().map(make).collect()
    }
}

impl<Of, Item> ops::Index<Index<Of>> for List<Of, Item> {
    type Output = Item;

    fn index(&self, index: Index<Of>) -> &Item {
        &self.items[index.position]
    }
}

impl<Of, Item> ops::IndexMut<Index<Of>> for List<Of, Item> {
    fn index_mut(&mut self, index: Index<Of>) -> &mut Item {
        &mut self.items[index.position]
    }
}

impl<Of, Item> FromIterator<Item> for List<Of, Item> {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        Self { items: items.into_iter().collect(), of: PhantomData }
    }
}

impl<Of, Item> From<Vec<Item>> for List<Of, Item> {
    fn from(items: Vec<Item>) -> Self {
        Self { items, of: PhantomData }
    }
}

impl<Of, Item> Extend<Item> for List<Of, Item> {
    fn extend<I: IntoIterator<Item = Item>>(&mut self, items: I) {
        self.items.extend(items);
    }
}

impl<'a, Of, Item> IntoIterator for &'a List<Of, Item> {
    type Item = &'a Item;
    type IntoIter = std::slice::Iter<'a, Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<Of, Item> IntoIterator for List<Of, Item> {
    type Item = Item;
    type IntoIter = std::vec::IntoIter<Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

// Derived, these would ask the same of `Of`, which is in neither.

impl<Of, Item> Default for List<Of, Item> {
    fn default() -> Self {
        Self { items: Vec::new(), of: PhantomData }
    }
}

impl<Of, Item: Clone> Clone for List<Of, Item> {
    fn clone(&self) -> Self {
        Self { items: self.items.clone(), of: PhantomData }
    }
}

impl<Of, Item: PartialEq> PartialEq for List<Of, Item> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

impl<Of, Item: Eq> Eq for List<Of, Item> {}

impl<Of, Item: fmt::Debug> fmt::Debug for List<Of, Item> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(formatter)
    }
}

impl<Of> Clone for Index<Of> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Of> Copy for Index<Of> {}

impl<Of> PartialEq for Index<Of> {
    fn eq(&self, other: &Self) -> bool {
        self.position == other.position
    }
}

impl<Of> Eq for Index<Of> {}

impl<Of> PartialOrd for Index<Of> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Of> Ord for Index<Of> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.position.cmp(&other.position)
    }
}

impl<Of> Hash for Index<Of> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.position.hash(state);
    }
}

impl<Of> fmt::Debug for Index<Of> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.position.fmt(formatter)
    }
}
