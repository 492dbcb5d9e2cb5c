//! A program, and what it does beside listening and dialling.

use std::sync::Arc;

use super::connection::{Dial, Goal, Listen};
use super::gap::Gap;
use super::host::HostIndex;
use super::material::{Chain, Held, Key};
use super::slot::Slot;
use crate::host::Place;
use crate::index::Index;
use crate::values::Version;

/// Which program.
pub type ProgramIndex = Index<Program>;

/// A program of a host, or what a person has.
pub struct Program {
    /// Its host; none: a person's.
    pub host: Option<HostIndex>,
    /// The component.
    pub component: Arc<str>,
    /// The unit, the pod, or the person.
    pub name: Arc<str>,
    /// Where it is started.
    pub at: Place,
    /// Its version.
    pub version: Version,
    /// As whom it runs; none: root.
    pub user: Option<Arc<str>>,
    /// Where it listens.
    pub listens: Vec<Listen>,
    /// Whom it dials.
    pub dials: Vec<Dial>,
    /// Keys that it signs tokens or verifies them with.
    pub keys: Vec<Keys>,
    /// What it must have in common with others of its kind.
    pub same: Vec<Same>,
    /// With what it issues certificates.
    pub signers: Vec<Signer>,
    /// Its arguments and fields: what they are called, what they say, and where.
    pub inputs: Vec<(Arc<str>, Vec<Arc<str>>, Place)>,
    /// Why it would not start.
    pub refuses: Vec<Gap>,
    /// What it reads and does not take.
    pub ignores: Vec<Gap>,
}

/// Keys that some sign with and others verify with.
pub struct Keys {
    /// What they are.
    pub name: Arc<str>,
    /// The one that signs.
    pub signs: Option<Held<Key>>,
    /// Those that verify.
    pub verifies: Vec<Held<Vec<Key>>>,
}

/// What programs of a kind must have in common.
pub struct Same {
    /// What it is.
    pub name: Arc<str>,
    /// The input.
    pub slot: Slot,
    /// What is compared: values, or a digest of a file; none: not known.
    pub value: Option<Vec<Arc<str>>>,
    /// The rest of a sentence: what happens otherwise.
    pub because: Arc<str>,
}

/// With what a program issues certificates.
pub struct Signer {
    /// What it is.
    pub name: Arc<str>,
    /// Its certificate.
    pub certificate: Held<Chain>,
    /// Its key.
    pub key: Held<Key>,
    /// Who must let in what it issues.
    pub clients_of: Option<Goal>,
}
