//! The model: a resolved plan with typed values and indices, in which defaults are explicit with their origins.

mod authority;
mod bootstrap;
mod cluster;
mod component;
mod external;
mod extras;
mod generations;
mod granted;
mod keyring;
mod node;
mod own_file;
mod people;
mod secret;
mod sourced;
mod trust;
mod vip;

pub(super) use authority::root_of;
pub use authority::{Authority, AuthorityIndex, Constraints, ImportedAuthority};
pub use bootstrap::Bootstrap;
pub use cluster::{Cluster, Endpoint};
pub use component::{Change, Component, ComponentIndex, Config, FlagChange, Instance, InstanceIndex};
pub use external::External;
pub use extras::Extras;
pub use generations::Generations;
pub use granted::Granted;
pub use keyring::{BootstrapToken, Encryption, ImportedKey, Keyring, KeyringKind, StaticToken};
pub use node::{Node, NodeIndex};
pub use own_file::{Beside, Format, Held, OwnFile, OwnFileIndex, leads_to};
pub use people::{CertificateFiles, FreeCertificate, FreeIndex, OnHosts, User, UserIndex};
pub use secret::DeclaredSecret;
pub use sourced::Sourced;
pub use trust::{Addition, Foreign, ForeignIndex, ImportedCertificate, Reach, Trusted};
pub use vip::{Vip, VipIndex};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::Definition;
use crate::index::List;
use crate::source::Span;
use crate::values::{PlainText, SecretEpoch, SecretName};

/// A resolved plan.
#[derive(Debug, Default)]
pub struct Model {
    /// `[cluster]`; a plan of free-standing certificates has none.
    pub cluster: Option<Cluster>,
    /// `[bootstrap]`
    pub bootstrap: Option<Bootstrap>,
    /// Nodes in the order of the plan, then those of the pools.
    pub nodes: List<Node>,
    /// VIPs in the order of the plan.
    pub vips: List<Vip>,
    /// Components that somebody else runs.
    pub externals: Vec<External>,
    /// Authorities, each after its issuer.
    pub authorities: List<Authority>,
    /// Authorities of other plans that bundles hold.
    pub foreign: List<Foreign>,
    /// Which authority serves a purpose.
    pub purposes: BTreeMap<Arc<str>, AuthorityIndex>,
    /// The secrets that keys derive from.
    pub secrets: BTreeMap<SecretName, DeclaredSecret>,
    /// Keyrings by name.
    pub keyrings: BTreeMap<Arc<str>, Keyring>,
    /// Components in the order of the profile.
    pub components: List<Component>,
    /// Users by name.
    pub users: List<User>,
    /// The purpose of users' certificates.
    pub users_purpose: Option<Arc<str>>,
    /// Free-standing certificates.
    pub certificates: List<FreeCertificate>,
    /// What users and groups may do.
    pub grants: Vec<Granted>,
    /// Files of one's own.
    pub files: List<OwnFile>,
    /// What people have made sure of, by `ID/GENERATION`, with its place.
    pub confirmed: BTreeMap<String, Span>,
}

impl Model {
    /// Takes from the lock what becomes of plain text, by the ids of keyrings, where the plan does not say it.
    pub fn remember(&mut self, plain_text: impl Fn(&str) -> Option<PlainText>) {
        for keyring in self.keyrings.values_mut() {
            let known = plain_text(&keyring.id).filter(|_| keyring.kind.encrypts());
            known.into_iter().for_each(|known| keyring.generations.remember(known));
        }
    }

    /// Every certificate of a host or a client that others made, as often as something of the plan has it.
    pub fn imported_certificates(&self) -> impl Iterator<Item = &ImportedCertificate> {
        let free = self.certificates.iter().filter_map(|certificate| certificate.imported.as_ref());
        let instances = self.components.iter().flat_map(|component| component.instances.iter());
        free.chain(instances.flat_map(|instance| instance.config.imported.values()))
    }

    /// The component of that name.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components.iter().find(|component| &*component.definition.name == name)
    }

    /// The authority that serves a purpose.
    #[must_use]
    pub fn authority_for(&self, purpose: &str) -> Option<AuthorityIndex> {
        self.purposes.get(purpose).copied()
    }

    /// The root above an authority, itself if it is one.
    #[must_use]
    pub fn root_of(&self, authority: AuthorityIndex) -> AuthorityIndex {
        root_of(&self.authorities, authority)
    }

    /// How people call a secret: `offline`, and one of an epoch that is not the plan's `offline.epoch-1`.
    #[must_use]
    pub fn secret_label(&self, secret: SecretEpoch) -> String {
        match self.secrets.get(&secret.name) {
            Some(declared) if declared.epoch != secret.epoch => {
                format!("{}.epoch-{}", secret.name, secret.epoch)
            }
            _ => secret.name.to_string(),
        }
    }

    /// What one of the plan's own authorities certifies.
    #[must_use]
    pub fn reach(&self, authority: AuthorityIndex) -> Reach {
        let below = self.authorities.iter().filter(|other| other.issuer == Some(authority));
        let mut reach = Reach { below: below.map(|other| other.name.clone()).collect(), others: Vec::new() };
        let free = self.certificates.iter().filter(|certificate| certificate.authority == authority);
        reach.others.extend(free.map(|certificate| format!("certificate.{}", certificate.name)));
        let of_users = self.users_purpose.as_deref().and_then(|purpose| self.authority_for(purpose));
        let users = self.users.iter().filter(|_| of_users == Some(authority));
        reach.others.extend(users.map(|user| user.id.to_string()));
        for component in self.components.iter().filter(|component| !component.instances.is_empty()) {
            let definition = &component.definition;
            let issues = |i: usize| self.issuer(definition, i) == Some(authority);
            if (0..definition.certificates.len()).any(issues) {
                reach.others.push(definition.name.to_string());
            }
        }
        reach
    }

    /// The nodes with a file that holds the revocation list of an authority, ascending.
    #[must_use]
    pub fn nodes_with_crl(&self, authority: AuthorityIndex) -> BTreeSet<NodeIndex> {
        let holds = |file: &&OwnFile| matches!(&file.holds, Held::Crls(all, _) if all.contains(&authority));
        self.files.iter().filter(holds).flat_map(|file| file.nodes.iter().copied()).collect()
    }

    /// The component of that name, if somebody else runs it.
    #[must_use]
    pub fn external(&self, component: &str) -> Option<&External> {
        self.externals.iter().find(|external| &*external.component == component)
    }

    /// The authority that issues one of a component's certificates: the one that serves its purpose, unless
    /// it is presented to somebody else's component, who accepts another one's.
    #[must_use]
    pub fn issuer(&self, definition: &Definition, certificate: usize) -> Option<AuthorityIndex> {
        let dials = definition.dials.iter().filter(|dial| dial.certificate == Some(certificate));
        let accepted = dials.filter_map(|dial| self.external(&dial.component)?.clients).next();
        accepted.or_else(|| self.authority_for(&definition.certificates[certificate].purpose))
    }

    /// What an authority is called where a bundle holds it.
    #[must_use]
    pub fn trusted_name(&self, trusted: Trusted) -> &Arc<str> {
        match trusted {
            Trusted::Foreign(index) => &self.foreign[index].name,
            Trusted::Own(index) => &self.authorities[index].name,
        }
    }

    /// What a node carries beside components.
    #[must_use]
    pub fn extras_on(&self, node: NodeIndex) -> Extras {
        // Selectors give nodes sorted.
        let holds = |nodes: &[NodeIndex]| nodes.binary_search(&node).is_ok();
        let certificates = self.certificates.enumerate().filter(|(_, one)| holds(&one.nodes));
        let files = self.files.enumerate().filter(|(_, file)| holds(&file.nodes));
        let on_host = |user: &User| user.on_hosts.as_ref().is_some_and(|on| holds(&on.nodes));
        let users = self.users.enumerate().filter(|(_, user)| on_host(user));
        Extras {
            certificates: certificates.map(|(index, _)| index).collect(),
            files: files.map(|(index, _)| index).collect(),
            users: users.map(|(index, _)| index).collect(),
        }
    }
}
