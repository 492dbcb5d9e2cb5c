//! A program, with what it does besides listening and dialling.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::connection::{Dial, Goal, Listen};
use super::gap::Gap;
use super::host::HostIndex;
use super::material::{Chain, Held, Key};
use super::slot::Slot;
use crate::host::Place;
use crate::index::Index;
use crate::values::Version;
use crate::yaml::Node;

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
    /// Whether it stands for objects of the API, and not for what a host or a person has.
    pub is_object: bool,
    /// Whether something of its host starts it; else it is only planned.
    pub starts: bool,
    /// Its version.
    pub version: Version,
    /// As whom it runs; none: root.
    pub user: Option<Arc<str>>,
    /// Where it listens.
    pub listens: Vec<Listen>,
    /// Whom it dials.
    pub dials: Vec<Dial>,
    /// What it is to dial, where no input says how.
    pub lacks: Vec<Lacking>,
    /// Keys that it signs tokens or verifies them with.
    pub keys: Vec<Keys>,
    /// What it must have in common with others of its kind.
    pub same: Vec<Same>,
    /// With what it issues certificates.
    pub signers: Vec<Signer>,
    /// Where it stores what it is to find again.
    pub keeps: Option<Held<()>>,
    /// How its health is asked.
    pub probes: Vec<Probe>,
    /// Its arguments and fields: what they are called, what they say, and where.
    pub inputs: Vec<(Arc<str>, Vec<Arc<str>>, Place)>,
    /// Files that its flags name, beside those of its connections.
    pub files: Vec<Held<()>>,
    /// What stands in them, by the flags that name them, without their dashes.
    pub documents: Vec<(Arc<str>, Node)>,
    /// Flags of whose values a part is known to the running host alone.
    pub unsure: BTreeSet<Arc<str>>,
    /// Why it would not start.
    pub refuses: Vec<Gap>,
    /// What it reads and does not take.
    pub ignores: Vec<Gap>,
}

impl Program {
    /// A program of which no more is known than what it is, and its unit, pod or person.
    #[must_use]
    pub fn named(component: Arc<str>, name: Arc<str>) -> Self {
        Self {
            host: None,
            component,
            at: Place::file(Arc::clone(&name)),
            name,
            is_object: false,
            starts: true,
            version: Version::new(0, 0, None),
            user: None,
            listens: Vec::new(),
            dials: Vec::new(),
            lacks: Vec::new(),
            keys: Vec::new(),
            same: Vec::new(),
            signers: Vec::new(),
            keeps: None,
            probes: Vec::new(),
            inputs: Vec::new(),
            unsure: BTreeSet::new(),
            files: Vec::new(),
            documents: Vec::new(),
            refuses: Vec::new(),
            ignores: Vec::new(),
        }
    }
}

/// A dial that a component has, and this program has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The dial.
    pub dial: Arc<str>,
    /// Where it would lead.
    pub to: Goal,
    /// The input that would say how.
    pub slot: Slot,
}

/// How a program's health is asked by who runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// `livenessProbe`
    pub name: Arc<str>,
    /// The host that is asked; none: the program's own.
    pub host: Option<Arc<str>>,
    /// The port.
    pub port: u16,
    /// Whether with TLS.
    pub tls: bool,
    /// The path.
    pub path: Arc<str>,
    /// Where it is said.
    pub at: Place,
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
    /// The file, where its content counts.
    pub file: Option<Held<()>>,
    /// What is compared: values, or a digest of a file; none: not known, or of no account.
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
