//! Which names of its scope and which artefacts a part of a definition uses, known before any plan is read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::artefact::Reference;
use super::root::Root;
use crate::expression::Name;

/// The names that expressions read and the artefacts that values refer to. A name counts as read whether or
/// not a condition lets an evaluation come to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    artefacts: BTreeSet<Reference>,
    names: BTreeMap<Root, Fields>,
}

/// Which fields of a root are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fields {
    /// The root as a whole, or by fields that only an evaluation knows (`dial[setting.of]`).
    All,
    /// Exactly these, as expressions write them.
    These(BTreeSet<Arc<str>>),
}

impl Reads {
    pub(super) fn of_artefact(reference: Reference) -> Self {
        Self { artefacts: BTreeSet::from([reference]), names: BTreeMap::new() }
    }

    pub(super) fn of_names(names: &[Name]) -> Self {
        let mut reads = Self::default();
        for name in names {
            // Layouts have roots of their own; what they read is not of a component.
            let Some(root) = Root::from_word(&name.root) else { continue };
            let fields = match &name.field {
                Some(field) => Fields::These(BTreeSet::from([field.clone()])),
                None => Fields::All,
            };
            reads.add(root, fields);
        }
        reads
    }

    /// Whether `root.field` is read.
    #[must_use]
    pub fn reads(&self, root: Root, field: &str) -> bool {
        match self.names.get(&root) {
            Some(Fields::All) => true,
            Some(Fields::These(fields)) => fields.contains(field),
            None => false,
        }
    }

    /// The fields of `root` that are read, where they are named.
    pub fn fields(&self, root: Root) -> impl Iterator<Item = &str> {
        let named = match self.names.get(&root) {
            Some(Fields::These(fields)) => Some(fields),
            Some(Fields::All) | None => None,
        };
        named.into_iter().flatten().map(|field| &**field)
    }

    /// Whether anything of `root` is read.
    #[must_use]
    pub fn reads_any(&self, root: Root) -> bool {
        self.names.contains_key(&root)
    }

    /// The roots that are read, each with its fields.
    pub fn names(&self) -> impl Iterator<Item = (Root, &Fields)> {
        self.names.iter().map(|(root, fields)| (*root, fields))
    }

    /// The artefacts of the same component whose paths are written (`@serving.key`).
    pub fn artefacts(&self) -> impl Iterator<Item = Reference> {
        self.artefacts.iter().copied()
    }

    fn add(&mut self, root: Root, fields: Fields) {
        match (self.names.get_mut(&root), fields) {
            (Some(Fields::These(known)), Fields::These(more)) => known.extend(more),
            (Some(Fields::All), _) => {}
            (_, fields) => _ = self.names.insert(root, fields),
        }
    }
}

impl FromIterator<Reads> for Reads {
    fn from_iter<T: IntoIterator<Item = Reads>>(iter: T) -> Self {
        let mut all = Self::default();
        for reads in iter {
            all.artefacts.extend(reads.artefacts);
            reads.names.into_iter().for_each(|(root, fields)| all.add(root, fields));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(names: &[(&str, Option<&str>)]) -> Reads {
        let name = |(root, field): &(&str, Option<&str>)| Name {
            root: (*root).into(),
            field: field.map(Into::into),
        };
        Reads::of_names(&names.iter().map(name).collect::<Vec<_>>())
    }

    #[test]
    fn a_root_that_is_read_as_a_whole_reads_every_field() {
        let some = reads(&[("dial", Some("api"))]);
        assert!(some.reads(Root::Dial, "api") && !some.reads(Root::Dial, "etcd"));
        let whole = [some.clone(), reads(&[("dial", None)])];
        assert!(whole.into_iter().collect::<Reads>().reads(Root::Dial, "etcd"));
        let whole = [reads(&[("dial", None)]), some];
        assert!(whole.into_iter().collect::<Reads>().reads(Root::Dial, "etcd"));
        assert!(!reads(&[("dial", None)]).reads_any(Root::Keyring));
    }
}
