//! Renders the blueprint: the sheets of one host at a time, with holes in place of keys and certificates.
//!
//! A template never sees a secret: it prints markers, which `marker` turns into holes again.

mod artefacts;
mod bundles;
mod certificates;
mod checks;
mod fields;
mod file;
mod flags;
mod hole;
mod host;
mod instance;
mod joining;
mod keyring;
mod kubeconfig;
mod kubeconfigs;
mod located;
mod marker;
mod misfits;
mod named;
mod own_files;
mod placement;
mod pod;
mod references;
mod rules;
mod settled;
mod shared;
mod sheet;
mod store;
mod taken;
mod whole;
mod yaml;

pub use checks::{broken_by, broken_rules};
pub use fields::unknown_fields;
pub use hole::{Entries, Filling, Form, Hole, KeyringItem, Piece, Store, StorePassword};
pub use host::{flags_of, host};
pub use joining::{Joining, joining};
pub use located::located;
pub use rules::{absent_files, absent_kubeconfigs, differing_flags, early_files};
pub use settled::settled;
pub use shared::{cluster, user};
pub use sheet::{Content, MadeFrom, Part, Reaction, Sheet};
