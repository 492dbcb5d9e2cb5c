//! Components of the model, with their instances and configurations.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::node::NodeIndex;
use super::own_file::leads_to;
use super::sourced::Sourced;
use super::trust::{Addition, ImportedCertificate};
use crate::catalog::{Definition, Run};
use crate::index::{Index, List};
use crate::read::Literal;
use crate::source::Spanned;
use crate::values::{AlternativeName, Version};

/// Which component.
pub type ComponentIndex = Index<Component>;

/// Which instance of a component.
pub type InstanceIndex = Index<Instance>;

/// A component on its nodes.
#[derive(Debug)]
pub struct Component {
    /// From the catalog.
    pub definition: Arc<Definition>,
    /// Its instances in the order of nodes.
    pub instances: List<Instance>,
}

impl Component {
    /// Whether the plan makes this change of a flag for one of its instances.
    #[must_use]
    pub fn has_flag(&self, change: &FlagChange) -> bool {
        let is_it =
            |known: &FlagChange| known.name.value == change.name.value && known.change == change.change;
        self.instances.iter().any(|instance| instance.config.flags.iter().any(is_it))
    }
}

/// A component on one node.
#[derive(Debug, Clone)]
pub struct Instance {
    /// The node.
    pub node: NodeIndex,
    /// What the plan says of it there; shared by instances of which it says the same.
    pub config: Arc<Config>,
}

/// What profile and plan say of a component.
#[derive(Debug, Clone)]
pub struct Config {
    /// Its version.
    pub version: Sourced<Version>,
    /// How it is run.
    pub run: Sourced<Run>,
    /// Its settings, in the order of the definition; none: the definition's default.
    pub settings: Vec<Option<Spanned<Literal>>>,
    /// Names for its serving certificates.
    pub names: Vec<Spanned<AlternativeName>>,
    /// Its certificates that others made, by their position in the definition.
    pub imported: BTreeMap<usize, ImportedCertificate>,
    /// What its bundles hold beside what the catalog gives them.
    pub bundles: Vec<Addition>,
    /// Changes of its flags, the later ones win.
    pub flags: Vec<FlagChange>,
}

impl Config {
    /// The changes of flags for which the plan writes the path of a file or of its folder, whatever becomes of them in more
    /// specific layers.
    pub fn flags_naming(&self, path: &str) -> impl Iterator<Item = &FlagChange> {
        let names = move |change: &&FlagChange| match &change.change {
            Change::Append(values) | Change::Set(values) => values.iter().any(|value| leads_to(value, path)),
            Change::Unset => false,
        };
        self.flags.iter().filter(names)
    }
}

/// One change of a flag.
#[derive(Debug, Clone)]
pub struct FlagChange {
    /// Without the dashes.
    pub name: Spanned<String>,
    /// What is done.
    pub change: Change,
}

/// What is done to a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// More items.
    Append(Vec<String>),
    /// Another value.
    Set(Vec<String>),
    /// Gone.
    Unset,
}
