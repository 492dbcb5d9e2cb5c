//! A program that a host runs, with its arguments, environment, user and mounts.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::host::{self, Place};

/// A program with the words that it gets. A word can be secret, so there is no `Debug`.
pub struct Command {
    /// What runs it.
    pub runner: Runner,
    /// Where it is said: the line of `ExecStart=`, or the container.
    pub place: Place,
    /// The program's file, or a name that is looked for in `PATH`; none: a container's image chooses it.
    pub program: Option<Word>,
    /// The words after the program's name.
    pub words: Vec<Word>,
    /// Its environment, as far as unit or manifest sets it.
    pub environment: BTreeMap<Arc<str>, Word>,
    /// The user that it runs as, a name or a number; none: root for a unit, and for a container what its image says.
    pub user: Option<Arc<str>>,
    /// The group that it runs as, where one is named.
    pub group: Option<Arc<str>>,
    /// Further groups that it is in: `SupplementaryGroups=`.
    pub groups: Vec<Arc<str>>,
    /// The folder that relative paths are counted from, as the program sees it; none: the root for a unit, and for a
    /// container what its image says.
    pub folder: Option<Arc<str>>,
    /// What of the host it sees, and where.
    pub paths: Paths,
    /// How its health is asked.
    pub probes: Vec<Probe>,
    /// Why what runs it would not start it.
    pub refused: Vec<Unread>,
}

/// What runs a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runner {
    /// A unit of systemd.
    Unit {
        /// `etcd.service`
        name: Arc<str>,
        /// Whether something starts it at boot, as far as links say; a unit may also be started by hand.
        enabled: bool,
    },
    /// A container of a pod.
    Pod {
        /// `kube-system`
        namespace: Arc<str>,
        /// The name in the manifest, without that of the node.
        name: Arc<str>,
        /// The name of the container.
        container: Arc<str>,
        /// `registry.k8s.io/pause:3.10`
        image: Arc<str>,
        /// Whether its addresses are those of the host.
        host_network: bool,
        /// Ports of the container and those of the host that lead to them.
        ports: Vec<(u16, u16)>,
        /// Whether it ends before the others begin.
        init: bool,
    },
}

impl Runner {
    /// Whether its addresses are none of the host.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        matches!(self, Self::Pod { host_network: false, .. })
    }
}

/// A word that a program gets, and where it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Word {
    /// The word; from [`Unknown::from`] on it is as it was written.
    pub text: Arc<str>,
    /// Where it stands.
    pub place: Place,
    /// What of it only the running host knows.
    pub unknown: Option<Unknown>,
}

/// The part of a word that no file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The byte of the text from which on nothing is known.
    pub from: usize,
    /// Why, in words.
    pub why: Arc<str>,
}

impl Word {
    /// A word that is known.
    #[must_use]
    pub fn new(text: impl Into<Arc<str>>, place: Place) -> Self {
        Self { text: text.into(), place, unknown: None }
    }

    /// The whole word, if it is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        self.unknown.is_none().then_some(&*self.text)
    }
}

/// Something that cannot be read for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Where.
    pub place: Place,
    /// Why, in words: lower case, no final dot. It holds nothing of what may be secret.
    pub why: String,
}

impl Unread {
    /// Something at a place.
    #[must_use]
    pub fn new(place: Place, why: impl Into<String>) -> Self {
        Self { place, why: why.into() }
    }
}

impl From<host::Problem> for Unread {
    fn from(problem: host::Problem) -> Self {
        Self { place: Place::file(problem.path), why: problem.why.to_string() }
    }
}

/// What of its host a program sees, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paths {
    /// None: the host as it is.
    pub mounts: Option<Vec<Mount>>,
    /// Paths that lie elsewhere for a unit: credentials that systemd loads, by the path that the program sees.
    pub loaded: BTreeMap<Arc<str>, Arc<str>>,
}

/// What is mounted into a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Where the container sees it.
    pub at: Arc<str>,
    /// What it is.
    pub source: Source,
    /// Whether the container cannot write there.
    pub read_only: bool,
    /// Where the manifest says it.
    pub place: Place,
}

/// What is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A path of the host.
    Host {
        /// The path on the host.
        path: Arc<str>,
        /// `File`, `DirectoryOrCreate`; empty where nothing is checked.
        kind: Arc<str>,
    },
    /// Something else: `configMap`, `emptyDir`; in words.
    Other(Arc<str>),
}

/// Where a path lies that a program names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// On the host.
    Host {
        /// The path on the host.
        path: Arc<str>,
        /// The mount that shows it; none for units.
        mount: Option<usize>,
    },
    /// In the container's image: nothing is mounted there.
    Image,
    /// In something else that is mounted: `configMap`.
    Other(Arc<str>),
}

impl Paths {
    /// Where an absolute path lies that the program names.
    #[must_use]
    pub fn locate(&self, path: &str) -> Located {
        let path = host::normal(path);
        if let Some(host) = self.loaded.get(&*path) {
            return Located::Host { path: Arc::clone(host), mount: None };
        }
        let Some(mounts) = &self.mounts else {
            return Located::Host { path: path.into(), mount: None };
        };
        // The innermost mount, and of equal ones the last, which lies above the others.
        let covering = mounts.iter().enumerate().filter_map(|(at, mount)| {
            let rest = host::beneath(&mount.at, &path)?;
            Some((mount.at.len(), at, rest, mount))
        });
        match covering.max_by_key(|(depth, at, ..)| (*depth, *at)) {
            None => Located::Image,
            Some((_, at, rest, mount)) => match &mount.source {
                Source::Host { path, .. } => {
                    let path = host::joined(path, &format!("./{rest}")).into();
                    Located::Host { path, mount: Some(at) }
                }
                Source::Other(what) => Located::Other(Arc::clone(what)),
            },
        }
    }
}

/// How a container's health is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// `livenessProbe`, `readinessProbe` or `startupProbe`
    pub kind: &'static str,
    /// `HTTP`, `HTTPS`, `TCP`, `gRPC` or `exec`
    pub scheme: Arc<str>,
    /// The host that is asked; none: the pod's address.
    pub host: Option<Arc<str>>,
    /// The port.
    pub port: Option<u16>,
    /// `/livez?exclude=etcd`
    pub path: Option<Arc<str>>,
    /// Where the manifest says it.
    pub place: Place,
}
