//! The plan as it is meant: names are indices, values typed, defaults explicit with their origins.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::external::External;
use super::foreign::{Addition, Foreign};
use super::imported::ImportedAuthority;
use super::keyring::Keyring;
use super::{Constraints, DeclaredSecret};
use crate::catalog::{Definition, Run, Way};
use crate::read::Literal;
use crate::source::{Span, Spanned};
use crate::specification::KeyIdentity;
use crate::values::{
    AlternativeName, Cidr, DnsName, Duration, KeyAlgorithm, NodeName, SecretEpoch, SecretName, Subject,
    Usage, Version,
};

/// A value and where it comes from; none: a default of the language.
#[derive(Debug, Clone)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// The plan, or the catalog.
    pub origin: Option<Span>,
}

impl<T> Sourced<T> {
    /// A value with a place.
    pub fn at(value: T, span: Span) -> Self {
        Self { value, origin: Some(span) }
    }

    /// A default of the language.
    pub fn default(value: T) -> Self {
        Self { value, origin: None }
    }
}

/// A resolved plan.
#[derive(Debug, Default)]
pub struct Model {
    /// `[cluster]`; a plan of free-standing certificates has none.
    pub cluster: Option<Cluster>,
    /// Nodes in the order of the plan, then those of the pools.
    pub nodes: Vec<Node>,
    /// VIPs in the order of the plan.
    pub vips: Vec<Vip>,
    /// Components that somebody else runs.
    pub externals: Vec<External>,
    /// Authorities, each after its issuer.
    pub authorities: Vec<Authority>,
    /// Authorities of other plans that bundles hold.
    pub foreign: Vec<Foreign>,
    /// Which authority serves a purpose.
    pub purposes: BTreeMap<Arc<str>, usize>,
    /// The secrets that keys derive from.
    pub secrets: BTreeMap<SecretName, DeclaredSecret>,
    /// Keyrings by name.
    pub keyrings: BTreeMap<Arc<str>, Keyring>,
    /// Components in the order of the profile.
    pub components: Vec<Component>,
    /// Users by name.
    pub users: Vec<User>,
    /// The purpose of users' certificates.
    pub users_purpose: Option<Arc<str>>,
    /// Free-standing certificates.
    pub certificates: Vec<Certificate>,
}

/// `[cluster]`
#[derive(Debug)]
pub struct Cluster {
    /// As in kubeconfigs.
    pub name: Sourced<Arc<str>>,
    /// The profile.
    pub profile: Sourced<String>,
    /// The layout.
    pub layout: Sourced<String>,
    /// How components run.
    pub run: Sourced<Run>,
    /// The Kubernetes version, for components that have none of their own.
    pub version: Option<Sourced<Version>>,
    /// The DNS domain of services.
    pub domain: Sourced<DnsName>,
    /// Service networks, the primary family first.
    pub service_cidrs: Vec<Sourced<Cidr>>,
    /// Pod networks.
    pub pod_cidrs: Vec<Sourced<Cidr>>,
    /// The door for kubelets and users.
    pub endpoint: Option<Sourced<Endpoint>>,
    /// Whether the endpoint is dialled by its DNS name.
    pub endpoint_by_name: bool,
    /// What stands behind the endpoint: component and listen.
    pub endpoint_to: Option<(Arc<str>, Arc<str>)>,
}

/// The door that kubelets and users take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// A node's own.
    Node(usize),
    /// A VIP.
    Vip(usize),
}

/// A host.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub name: NodeName,
    /// The name that its keys derive from: `was`, or its own.
    pub id: Arc<str>,
    /// What they derive from.
    pub secret: SecretEpoch,
    /// The first is the one that is dialled.
    pub addresses: Arc<[IpAddr]>,
    /// What it is for.
    pub roles: Arc<[Arc<str>]>,
    /// Where VIPs stand.
    pub interface: Option<Arc<str>>,
    /// Its VRRP priority.
    pub priority: Option<u8>,
    /// Its pool.
    pub pool: Option<Arc<str>>,
    /// Its table.
    pub origin: Span,
}

/// A virtual address.
#[derive(Debug)]
pub struct Vip {
    /// Its name.
    pub name: Arc<str>,
    /// At most one of each family.
    pub addresses: Vec<IpAddr>,
    /// Its DNS name.
    pub host: Option<DnsName>,
    /// The port that it takes.
    pub port: u16,
    /// How it is served, as the plan calls it.
    pub served_by: Arc<str>,
    /// What that means.
    pub way: Way,
    /// The nodes that carry it, ascending.
    pub nodes: Vec<usize>,
    /// Component and listen behind it.
    pub to: (Arc<str>, Arc<str>),
    /// The interface on its nodes.
    pub interface: Option<Arc<str>>,
    /// The VRRP router.
    pub router_id: u8,
    /// Its table.
    pub origin: Span,
}

/// Which generations of a key are used and trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generations {
    /// The one that signs or encrypts.
    pub used: u32,
    /// Those that are accepted, ascending.
    pub trust: Vec<u32>,
    /// Where it is said; none: nowhere.
    pub origin: Option<Span>,
}

/// A certificate authority.
#[derive(Debug)]
pub struct Authority {
    /// Its name.
    pub name: Arc<str>,
    /// `authority.NAME`, or that of `was`: what its keys derive from.
    pub id: Arc<str>,
    /// The purposes it serves.
    pub serves: Vec<Arc<str>>,
    /// The authority above it; none: a root.
    pub issuer: Option<usize>,
    /// Its subject.
    pub subject: Subject,
    /// Its kind of key.
    pub key: KeyAlgorithm,
    /// The kind of key of what it issues.
    pub issued_key: KeyAlgorithm,
    /// How long it is valid.
    pub own: Sourced<Duration>,
    /// How long what it issues is valid.
    pub issued: Sourced<Duration>,
    /// Over how much time the ends of what it issues are spread.
    pub spread: Option<Spanned<Duration>>,
    /// How many authorities may follow below it.
    pub path_length: Option<u8>,
    /// What names it may certify.
    pub constraints: Constraints,
    /// Its keys.
    pub generations: Generations,
    /// The generations that were made elsewhere.
    pub imported: BTreeMap<u32, ImportedAuthority>,
    /// What the others derive from.
    pub secret: SecretEpoch,
    /// Its table, in the plan or in the profile.
    pub origin: Span,
}

impl Authority {
    /// The key of a generation, without the key.
    #[must_use]
    pub fn key_identity(&self, generation: u32) -> KeyIdentity {
        match self.imported.get(&generation) {
            Some(imported) => KeyIdentity::Imported { sha256: imported.certificate.key_sha256() },
            None => KeyIdentity::Derived { algorithm: self.key, generation, secret: self.secret },
        }
    }

    /// Its subject as people read it: of what was made elsewhere as it stands there.
    #[must_use]
    pub fn subject_text(&self) -> String {
        match self.imported.get(&self.generations.used) {
            Some(imported) => imported.certificate.subject_text.clone(),
            None => self.subject.to_string(),
        }
    }
}

/// A component on its nodes.
#[derive(Debug)]
pub struct Component {
    /// What it is.
    pub definition: Arc<Definition>,
    /// Its instances in the order of nodes.
    pub instances: Vec<Instance>,
}

/// A component on one node.
#[derive(Debug, Clone)]
pub struct Instance {
    /// The node.
    pub node: usize,
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
    /// What its bundles hold beside what the catalog gives them.
    pub bundles: Vec<Addition>,
    /// Changes of its flags, the later ones win.
    pub flags: Vec<FlagChange>,
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
#[derive(Debug, Clone)]
pub enum Change {
    /// More items.
    Append(Vec<String>),
    /// Another value.
    Set(Vec<String>),
    /// Gone.
    Unset,
}

/// A person or program with a kubeconfig of its own.
#[derive(Debug)]
pub struct User {
    /// Its name.
    pub name: Arc<str>,
    /// `user.NAME`: what its key derives from.
    pub id: Arc<str>,
    /// The secret.
    pub secret: SecretEpoch,
    /// User name and groups.
    pub subject: Subject,
    /// How long its certificate is valid; the authority's `issued` if absent.
    pub validity: Option<Spanned<Duration>>,
    /// Its kind of key; the authority's `issued-key` if absent.
    pub key: Option<KeyAlgorithm>,
    /// Its table.
    pub origin: Span,
}

/// A certificate that belongs to no component.
#[derive(Debug)]
pub struct Certificate {
    /// Its name.
    pub name: Arc<str>,
    /// The name that its keys derive from.
    pub id: Arc<str>,
    /// What they derive from; none: what those of its node do.
    pub secret: Option<SecretEpoch>,
    /// Who issues it.
    pub authority: usize,
    /// What it may be used for.
    pub usages: Vec<Usage>,
    /// Its subject.
    pub subject: Subject,
    /// Its names.
    pub names: Vec<Spanned<AlternativeName>>,
    /// The nodes that get one; empty: it lies under `users/`.
    pub nodes: Vec<usize>,
    /// Whether the node's name and addresses are added.
    pub node_names: bool,
    /// Where certificate, key and roots lie.
    pub files: CertificateFiles,
    /// Who owns the key.
    pub owner: Arc<str>,
    /// How long it is valid; the authority's `issued` if absent.
    pub validity: Option<Spanned<Duration>>,
    /// Its kind of key; the authority's `issued-key` if absent.
    pub key: Option<KeyAlgorithm>,
    /// Its table.
    pub origin: Span,
}

/// Where a free-standing certificate lies.
#[derive(Debug, Default)]
pub struct CertificateFiles {
    /// The certificate and what chains it to its root.
    pub certificate: Option<Spanned<String>>,
    /// The key.
    pub key: Option<Spanned<String>>,
    /// The roots.
    pub roots: Option<Spanned<String>>,
}

impl Vip {
    /// The VRRP routers of its addresses, one for each.
    pub fn routers(&self) -> impl Iterator<Item = u16> + '_ {
        (0..self.addresses.len())
            .map(|position| u16::from(self.router_id) + u16::try_from(position).unwrap_or(0))
    }
}

impl Authority {
    /// Over how much time the ends of what it issues are spread.
    #[must_use]
    pub fn spread(&self) -> Option<Duration> {
        self.spread.as_ref().map(|spread| spread.value)
    }
}

impl Model {
    /// The component of that name.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components.iter().find(|component| &*component.definition.name == name)
    }

    /// The authority that serves a purpose.
    #[must_use]
    pub fn authority_for(&self, purpose: &str) -> Option<usize> {
        self.purposes.get(purpose).copied()
    }

    /// The root above an authority, itself if it is one.
    #[must_use]
    pub fn root_of(&self, mut authority: usize) -> usize {
        while let Some(above) = self.authorities[authority].issuer {
            authority = above;
        }
        authority
    }
}
