//! What is made, by kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Blueprint;
use crate::catalog::{Definition, Holds};
use crate::resolve::Trusted;
use crate::source::Span;
use crate::specification::Specification;
use crate::stored::Stored;
use crate::values::{AlternativeName, Duration, SecretEpoch, UnitId};

/// A certificate to be.
#[derive(Debug)]
pub struct Certificate {
    /// Its identity in the lock.
    pub id: Arc<str>,
    /// The id that its key derives from.
    pub key_id: Arc<str>,
    /// The secret that its key derives from.
    pub secret: SecretEpoch,
    /// What it says.
    pub specification: Specification,
    /// The certificate that issues it; none: itself.
    pub issuer: Option<usize>,
    /// The certificate itself, where it was made elsewhere.
    pub stored: Option<Arc<Stored>>,
    /// Its key's generation, where the plan decides; none: the lock decides.
    pub generation: Option<u32>,
    /// Over how much time the ends of those like it are spread; none where the plan gives it its own validity.
    pub spread: Option<Duration>,
    /// Whose it is.
    pub holder: Holder,
    /// What of the plan or catalog asks for it.
    pub origin: Span,
}

/// Whose a certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// An authority's own.
    Authority(usize),
    /// One of an authority of another plan.
    Foreign(usize),
    /// A free-standing one, on a node or under `users/`.
    Free {
        /// Which.
        certificate: usize,
        /// Where.
        node: Option<usize>,
    },
    /// One of a component's instance.
    Instance {
        /// Which component.
        component: usize,
        /// Which of its instances.
        instance: usize,
        /// Which certificate of its definition.
        certificate: usize,
    },
    /// A user's.
    User(usize),
}

impl Holder {
    /// Whether it is an authority, of this plan or of another one.
    #[must_use]
    pub fn is_authority(self) -> bool {
        matches!(self, Holder::Authority(_) | Holder::Foreign(_))
    }
}

/// Why a name stands in a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The catalog declares it.
    Catalog(Span),
    /// A dial of a component reaches it by this name.
    Dialled {
        /// Which component dials.
        component: Arc<str>,
        /// By which dial.
        dial: Arc<str>,
        /// Where that is said.
        span: Span,
    },
    /// The plan adds it.
    Plan(Span),
    /// It is a name of a VIP in front.
    Vip {
        /// Which VIP.
        vip: Arc<str>,
        /// Where that is said.
        span: Span,
    },
}

/// A name, and why it stands there.
pub(super) type Reasoned = (AlternativeName, Reason);

impl Blueprint<'_> {
    /// The definition of a component by its position.
    #[must_use]
    pub fn definition(&self, component: usize) -> &Arc<Definition> {
        &self.model.components[component].definition
    }

    /// The certificates that a bundle holds, without repetition, those in use first.
    #[must_use]
    pub fn bundle(&self, purposes: &[Arc<str>], holds: Holds) -> Vec<usize> {
        let mut all = Vec::new();
        for authority in purposes.iter().filter_map(|purpose| self.model.authority_for(purpose)) {
            let authority = if holds == Holds::Roots { self.model.root_of(authority) } else { authority };
            for certificate in self.authorities[authority].in_use_first() {
                if !all.contains(&certificate) {
                    all.push(certificate);
                }
            }
        }
        all
    }

    /// The certificates that one of an instance's bundles holds, and the names of what it trusts.
    #[must_use]
    pub fn held(&self, component: usize, instance: usize, bundle: usize) -> (Vec<usize>, Vec<Arc<str>>) {
        let of = &self.model.components[component];
        let definition = &of.definition.bundles[bundle];
        let mut all = self.bundle(&definition.purposes, definition.holds);
        let mut names = definition.purposes.clone();
        for addition in of.instances[instance].config.bundles.iter().filter(|a| a.bundle == bundle) {
            let certificates: Vec<usize> = match addition.authority {
                Trusted::Own(own) => self.authorities[own].in_use_first().collect(),
                Trusted::Foreign(foreign) => self.foreign[foreign].clone(),
            };
            let new: Vec<usize> = certificates.into_iter().filter(|c| !all.contains(c)).collect();
            if !new.is_empty() {
                names.push(self.model.trusted_name(addition.authority).clone());
            }
            all.extend(new);
        }
        (all, names)
    }

    /// The certificate and the intermediates that chain it to its root, the root left out.
    #[must_use]
    pub fn chain(&self, certificate: usize) -> Vec<usize> {
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
    pub fn is_personal(&self, certificate: usize) -> bool {
        matches!(self.certificates[certificate].holder, Holder::User(_) | Holder::Free { node: None, .. })
    }

    /// The unit that holds what belongs to a node.
    #[must_use]
    pub fn unit_of_node(&self, node: usize) -> UnitId {
        UnitId::Host(self.model.nodes[node].name.shared())
    }

    /// The unit in which a certificate lies; none: an authority's, which lies on many.
    #[must_use]
    pub fn unit_of(&self, certificate: usize) -> Option<UnitId> {
        match self.certificates[certificate].holder {
            Holder::Authority(_) | Holder::Foreign(_) => None,
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
    pub fn free_on(&self, node: usize) -> Vec<(usize, usize)> {
        let all = self.model.certificates.iter().enumerate();
        // A certificate's nodes are sorted, as selectors give them.
        all.filter_map(|(index, certificate)| {
            let position = certificate.nodes.binary_search(&node).ok()?;
            Some((index, self.first_free[index] + position))
        })
        .collect()
    }

    /// One of an instance's certificates; none if its condition does not hold there.
    #[must_use]
    pub fn instance_certificate(
        &self,
        component: usize,
        instance: usize,
        certificate: usize,
    ) -> Option<usize> {
        let first = self.first_certificate[component][instance];
        let wanted = Holder::Instance { component, instance, certificate };
        // Those of an instance stand together, in the order of the definition.
        let last = (first + certificate + 1).min(self.certificates.len());
        (first..last).rev().find(|&position| self.certificates[position].holder == wanted)
    }

    /// The cluster's name in kubeconfigs.
    #[must_use]
    pub fn cluster_name(&self) -> &str {
        self.model.cluster.as_ref().map_or("kubernetes", |cluster| &cluster.name.value)
    }
}
