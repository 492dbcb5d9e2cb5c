//! Finds what stops working when a certificate or token has expired.

use std::collections::{BTreeMap, BTreeSet};

use super::ending::{Ending, Expiry};
use super::state::State;
use crate::expand::{Blueprint, Holder, Reliance};
use crate::resolve::{ComponentIndex, ForeignIndex, Instance, NodeIndex, Trusted};
use crate::specification::CertificateIndex;

/// What stops.
#[derive(Debug, Default)]
pub struct Stops<'a> {
    /// How many certificates no longer verify, because an authority's is above them.
    pub below: usize,
    /// Dials.
    pub dials: Vec<Reliance<'a>>,
    /// Components that trust an authority of another plan.
    pub trusts: Vec<Trusts<'a>>,
    /// Components that cannot join any more.
    pub joins: Vec<Joins<'a>>,
    /// Nodes whose programs check clients against a revocation list.
    pub checks: BTreeSet<NodeIndex>,
    /// People, by the names of their users.
    pub people: BTreeSet<&'a str>,
    /// Programs that use a certificate for what no dial declares: an API server shows one to extension servers.
    pub undeclared: Vec<Undeclared<'a>>,
}

/// A component that has a certificate for connections of which the plan does not know.
#[derive(Debug)]
pub struct Undeclared<'a> {
    /// The component.
    pub component: &'a str,
    /// Its nodes, ascending.
    pub on: Vec<NodeIndex>,
}

/// A component that shows a token to get its first certificate.
#[derive(Debug)]
pub struct Joins<'a> {
    /// The component.
    pub component: &'a str,
    /// The nodes whose trees hold the token, ascending.
    pub on: Vec<NodeIndex>,
}

/// A component that does no longer trust what an authority of another plan certifies.
#[derive(Debug)]
pub struct Trusts<'a> {
    /// Whose certificates.
    pub authority: &'a str,
    /// The component.
    pub component: &'a str,
    /// Its nodes, ascending.
    pub on: Vec<NodeIndex>,
}

/// What stops when all of these have ended, which are alike: of one authority, of one kind, people's, or a token.
/// None where nothing does that is known here: of what the cluster rotates, and of what the plan has no more.
#[must_use]
pub fn stops<'a>(blueprint: &'a Blueprint<'a>, entries: &[Expiry<'a>]) -> Option<Stops<'a>> {
    let known: Vec<&Expiry<'_>> =
        entries.iter().filter(|entry| !matches!(entry.ending, Ending::Gone(_))).collect();
    if known.is_empty() || known.iter().all(|entry| entry.state == State::Rotated) {
        return None;
    }
    let mut stops = Stops::default();
    stops.certificates(blueprint, known.iter().filter_map(|entry| entry.ending.certificate()));
    for entry in known {
        match entry.ending {
            Ending::Token(keyring) => {
                let held = blueprint.holders_of_token(&keyring.name).into_iter();
                stops.joins.extend(held.map(|(component, on)| Joins { component, on }));
            }
            Ending::Crl(authority) => stops.checks.extend(blueprint.model.nodes_with_crl(authority)),
            Ending::Certificate(_) | Ending::Gone(_) | Ending::Imported(_) | Ending::ImportedAuthority(_) => {
            }
        }
    }
    Some(stops)
}

impl<'a> Stops<'a> {
    fn certificates(
        &mut self,
        blueprint: &'a Blueprint<'a>,
        certificates: impl Iterator<Item = CertificateIndex>,
    ) {
        let (mut nodes, mut kind) = (Vec::new(), None);
        for position in certificates {
            match blueprint.certificates[position].holder {
                Holder::Authority(authority) => {
                    self.below(blueprint, position);
                    self.add(blueprint.outward(authority));
                }
                Holder::Foreign(foreign) => self.foreign(blueprint, foreign),
                // Who dials it is no part of the plan.
                Holder::Component { .. } | Holder::Free { .. } => {}
                Holder::Instance { component, instance, certificate } => {
                    kind = Some((component, certificate));
                    nodes.push(blueprint.model.components[component].instances[instance].node);
                }
                Holder::User(user) => _ = self.people.insert(&blueprint.model.users[user].name),
            }
        }
        nodes.sort_unstable();
        if let Some(kind) = kind {
            self.kind(blueprint, kind, &nodes);
        }
    }

    /// Certificates of a component on these nodes.
    fn kind(&mut self, blueprint: &'a Blueprint<'a>, kind: (ComponentIndex, usize), nodes: &[NodeIndex]) {
        let (component, certificate) = kind;
        let definition = &blueprint.model.components[component].definition;
        let is_declared = definition.dials.iter().any(|dial| dial.certificate == Some(certificate))
            || definition.listens.iter().any(|listen| listen.certificate == Some(certificate));
        if !is_declared {
            self.undeclared.push(Undeclared { component: &definition.name, on: nodes.to_vec() });
        }
        self.add(blueprint.reliances(component, certificate, nodes));
        let users = &blueprint.model.users;
        let visitors = blueprint.visitors(component, certificate, nodes);
        self.people.extend(visitors.into_iter().map(|user| &*users[user].name));
    }

    fn add(&mut self, dials: Vec<Reliance<'a>>) {
        for found in dials {
            let same = |known: &&mut Reliance<'_>| {
                std::ptr::eq(known.dial, found.dial) && known.component == found.component
            };
            // Both ends may hang on one certificate, or on certificates of one authority.
            match self.dials.iter_mut().find(same) {
                Some(known) => {
                    known.from = union(&known.from, &found.from);
                    known.to = union(&known.to, &found.to);
                }
                None => self.dials.push(found),
            }
        }
    }

    /// Those whose bundles hold an authority of another plan.
    fn foreign(&mut self, blueprint: &'a Blueprint<'a>, foreign: ForeignIndex) {
        let authority = &*blueprint.model.foreign[foreign].name;
        for component in &blueprint.model.components {
            let holds = |instance: &&Instance| {
                let mut additions = instance.config.bundles.iter();
                additions.any(|addition| addition.authority == Trusted::Foreign(foreign))
            };
            let on: Vec<NodeIndex> = component.instances.iter().filter(holds).map(|i| i.node).collect();
            if !on.is_empty() {
                self.trusts.push(Trusts { authority, component: &component.definition.name, on });
            }
        }
    }

    /// Everything below an authority's certificate.
    fn below(&mut self, blueprint: &'a Blueprint<'a>, position: CertificateIndex) {
        let mut below = blueprint.certificates.map(|_| false);
        below[position] = true;
        let mut kinds: BTreeMap<(ComponentIndex, usize), Vec<NodeIndex>> = BTreeMap::new();
        for (i, certificate) in blueprint.certificates.enumerate() {
            if !certificate.issuer.is_some_and(|issuer| below[issuer]) {
                continue;
            }
            below[i] = true;
            self.below += 1;
            match certificate.holder {
                Holder::Authority(_)
                | Holder::Component { .. }
                | Holder::Foreign(_)
                | Holder::Free { .. } => {}
                Holder::Instance { component, instance, certificate } => {
                    let node = blueprint.model.components[component].instances[instance].node;
                    kinds.entry((component, certificate)).or_default().push(node);
                }
                Holder::User(user) => _ = self.people.insert(&blueprint.model.users[user].name),
            }
        }
        for (kind, nodes) in kinds {
            self.kind(blueprint, kind, &nodes);
        }
    }
}

fn union(one: &[NodeIndex], other: &[NodeIndex]) -> Vec<NodeIndex> {
    let both: BTreeSet<NodeIndex> = one.iter().chain(other).copied().collect();
    both.into_iter().collect()
}
