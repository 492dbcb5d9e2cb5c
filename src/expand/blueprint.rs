//! The blueprint: everything that a build makes, except the texts of files and the dates of certificates.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::artefacts::{Certificate, Holder, OfComponent};
use super::authorities::Generated;
use super::cluster_scope::ClusterScope;
use super::names::Wanted;
use super::owners::Owners;
use super::paths::ComponentPaths;
use super::place::Places;
use crate::catalog::{Catalog, Definition, Holds, Layout};
use crate::expression::Value;
use crate::index::List;
use crate::resolve::{
    self, Authority, Component, ComponentIndex, Foreign, FreeIndex, Held, InstanceIndex, Model, Node,
    NodeIndex, OwnFile, Trusted,
};
use crate::source::Sources;
use crate::specification::{CertificateIndex, Crl, CrlEncoding, Specification};
use crate::values::UnitId;

/// Everything that is to be made, but for the text of files and the dates of certificates.
pub struct Blueprint<'a> {
    /// What is meant.
    pub model: &'a Model,
    /// What components are.
    pub catalog: &'a Catalog,
    /// Where things lie; none without a cluster.
    pub layout: Option<&'a Layout>,
    /// The texts that origins point into.
    pub sources: &'a Sources,
    /// Every certificate, each after its issuer.
    pub certificates: List<Specification, Certificate>,
    /// For each component: its certificates.
    pub of_components: List<Component, OfComponent>,
    /// For each free-standing certificate: one for each of its nodes, in their order; one alone where it has none.
    pub of_free: List<resolve::FreeCertificate, Vec<CertificateIndex>>,
    /// For each user, its certificate; none at all where nothing issues them.
    pub of_users: List<resolve::User, CertificateIndex>,
    /// For each authority, the certificates of its trusted generations, and which of them signs.
    pub authorities: List<Authority, Generated>,
    /// For each authority of another plan, the certificates of its trusted generations, ascending.
    pub foreign: List<Foreign, Vec<CertificateIndex>>,
    /// For each component, for each instance: settings and endpoints.
    pub places: Places,
    /// For each component: where its artefacts lie.
    pub paths: List<Component, ComponentPaths>,
    /// For each node: the components on it, with the position of their instance.
    pub hosts: List<Node, Vec<(ComponentIndex, InstanceIndex)>>,
    /// For each component, for each listen: the names that dials and VIPs need.
    pub(super) wanted: List<Component, Vec<Wanted>>,
    /// The `node` of expressions, for each node.
    pub(super) nodes: Arc<List<Node, Value>>,
    /// The `cluster` and the `bootstrap` of expressions.
    pub(super) cluster: Option<ClusterScope>,
    /// Addresses that are the same for every dialling instance, by component and dial.
    pub(super) shared_dials: List<Component, Vec<Option<Value>>>,
    /// The `peers` of expressions, by component.
    pub(super) peers: List<Component, Value>,
    /// Whose names and addresses are whose.
    pub(super) owners: OnceLock<Owners>,
}

impl Blueprint<'_> {
    /// The definition of a component by its position.
    #[must_use]
    pub fn definition(&self, component: ComponentIndex) -> &Arc<Definition> {
        &self.model.components[component].definition
    }

    /// The certificates that a bundle holds, without repetition, those in use first.
    #[must_use]
    pub fn bundle(&self, purposes: &[Arc<str>], holds: Holds) -> Vec<CertificateIndex> {
        let mut all = Vec::new();
        for authority in purposes.iter().filter_map(|purpose| self.model.authority_for(purpose)) {
            let authority = if holds == Holds::Roots { self.model.root_of(authority) } else { authority };
            for certificate in self.authorities[authority].in_bundles() {
                if !all.contains(&certificate) {
                    all.push(certificate);
                }
            }
        }
        all
    }

    /// The certificates that one of an instance's bundles holds, and the names of what it trusts.
    #[must_use]
    pub fn held(
        &self,
        component: ComponentIndex,
        instance: InstanceIndex,
        bundle: usize,
    ) -> (Vec<CertificateIndex>, Vec<Arc<str>>) {
        let of = &self.model.components[component];
        let definition = &of.definition.bundles[bundle];
        let mut all = self.bundle(&definition.purposes, definition.holds);
        let mut names = definition.purposes.clone();
        for addition in of.instances[instance].config.bundles.iter().filter(|a| a.bundle == bundle) {
            let certificates: Vec<CertificateIndex> = match addition.authority {
                Trusted::Own(own) => self.authorities[own].in_bundles().collect(),
                Trusted::Foreign(foreign) => self.foreign[foreign].clone(),
            };
            let new: Vec<CertificateIndex> = certificates.into_iter().filter(|c| !all.contains(c)).collect();
            if !new.is_empty() {
                names.push(self.model.trusted_name(addition.authority).clone());
            }
            all.extend(new);
        }
        (all, names)
    }

    /// The certificate and the intermediates that chain it to its root, the root left out.
    #[must_use]
    pub fn chain(&self, certificate: CertificateIndex) -> Vec<CertificateIndex> {
        let mut chain = vec![certificate];
        let mut above = self.certificates[certificate].issuer;
        while let Some(issuer) = above {
            above = self.certificates[issuer].issuer;
            if above.is_some() {
                chain.push(issuer);
            }
        }
        chain
    }

    /// What stands in the revocation list that the key of an authority's certificate signs, where it signs one.
    #[must_use]
    pub fn crl(&self, certificate: CertificateIndex) -> Option<&Crl> {
        match self.certificates[certificate].holder {
            Holder::Authority(authority) => {
                self.model.authorities[authority].crl.as_ref().map(|crl| &crl.value)
            }
            _ => None,
        }
    }

    /// The certificates whose keys sign the revocation lists of a file of one's own, in its order: of each authority the
    /// one in use first, since some programs read no other, and then those that are trusted besides.
    #[must_use]
    pub fn signers_of_crls(&self, file: &OwnFile) -> Vec<CertificateIndex> {
        let Held::Crls(authorities, encoding) = &file.holds else { return Vec::new() };
        let all = authorities.iter().flat_map(|authority| {
            let Generated { trusted, signer, .. } = &self.authorities[*authority];
            let others = trusted.iter().map(|(_, certificate)| *certificate).filter(move |one| one != signer);
            [*signer].into_iter().chain(others)
        });
        match encoding {
            CrlEncoding::Der => all.take(1).collect(),
            CrlEncoding::Pem => all.collect(),
        }
    }

    /// The plan that a certificate was imported from, as people call it.
    #[must_use]
    pub fn plan_of(&self, certificate: &Certificate) -> Option<&str> {
        match certificate.holder {
            Holder::Foreign(foreign) => Some(&self.model.foreign[foreign].plan),
            _ => None,
        }
    }

    /// Whether a certificate lies on no host.
    #[must_use]
    pub fn is_personal(&self, certificate: CertificateIndex) -> bool {
        matches!(self.certificates[certificate].holder, Holder::User(_) | Holder::Free { node: None, .. })
    }

    /// The unit that holds what belongs to a node.
    #[must_use]
    pub fn unit_of_node(&self, node: NodeIndex) -> UnitId {
        UnitId::Host(self.model.nodes[node].name.shared())
    }

    /// The unit in which a certificate lies; none: an authority's, which lies on many.
    #[must_use]
    pub fn unit_of(&self, certificate: CertificateIndex) -> Option<UnitId> {
        match self.certificates[certificate].holder {
            Holder::Authority(_) | Holder::Foreign(_) => None,
            Holder::Component { .. } => Some(UnitId::Cluster),
            Holder::Free { certificate, node: None } => {
                Some(UnitId::User(self.model.certificates[certificate].name.clone()))
            }
            Holder::Free { node: Some(node), .. } => Some(self.unit_of_node(node)),
            Holder::Instance { component, instance, .. } => {
                Some(self.unit_of_node(self.model.components[component].instances[instance].node))
            }
            Holder::User(user) => Some(UnitId::User(self.model.users[user].name.clone())),
        }
    }

    /// The digests of the pieces of the catalog that are in use.
    #[must_use]
    pub fn catalog_digests(&self) -> BTreeMap<String, [u8; 32]> {
        let mut names: Vec<String> = Vec::new();
        if let Some(cluster) = &self.model.cluster {
            names.push(format!("profile/{}", cluster.profile.value));
            names.push(format!("layout/{}", cluster.layout.value));
        }
        let active = self.model.components.iter().filter(|component| !component.instances.is_empty());
        names.extend(active.map(|component| format!("component/{}", component.definition.name)));
        let found = names.into_iter().filter_map(|name| self.catalog.digests.get_key_value(&name));
        found.map(|(name, digest)| (name.clone(), *digest)).collect()
    }

    /// The free-standing certificates on a node: which, and the certificate made for it.
    #[must_use]
    pub fn free_on(&self, node: NodeIndex) -> Vec<(FreeIndex, CertificateIndex)> {
        let all = self.model.certificates.enumerate();
        // A certificate's nodes are sorted, as selectors give them.
        all.filter_map(|(index, certificate)| {
            let position = certificate.nodes.binary_search(&node).ok()?;
            Some((index, self.of_free[index][position]))
        })
        .collect()
    }

    /// One of an instance's certificates; none if its condition does not hold there.
    #[must_use]
    pub fn instance_certificate(
        &self,
        component: ComponentIndex,
        instance: InstanceIndex,
        certificate: usize,
    ) -> Option<CertificateIndex> {
        let own = Holder::Instance { component, instance, certificate };
        let wanted = [own, Holder::Component { component, certificate }];
        let of_component = &self.of_components[component];
        let all = of_component.instances[instance].iter().chain(&of_component.once).copied();
        all.into_iter().find(|&made| wanted.contains(&self.certificates[made].holder))
    }

    /// The cluster's name in kubeconfigs.
    #[must_use]
    pub fn cluster_name(&self) -> &str {
        self.model.cluster.as_ref().map_or("kubernetes", |cluster| &cluster.name.value)
    }
}
