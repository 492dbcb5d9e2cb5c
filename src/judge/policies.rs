//! Certificate policies along a path (RFC 5280, 6.1, with the graph of RFC 9618): `policiesValid` of Go's crypto/x509
//! (verify.go), for callers that ask for no policy, as TLS does.

use std::collections::{BTreeMap, BTreeSet};

use super::path::Path;
use super::policy_extensions::PolicyExtensions;
use crate::values::oid;

/// The content of an OID.
type Policy<'a> = &'a [u8];

/// A node of the graph, by its number.
type Number = usize;

struct Node<'a> {
    policy: Policy<'a>,
    expected: Vec<Policy<'a>>,
    parents: BTreeSet<Number>,
    children: BTreeSet<Number>,
}

/// Policies by depth: one stratum for each certificate, and one for the root.
struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    strata: Vec<BTreeMap<Policy<'a>, Number>>,
}

/// How many certificates may follow until each of these counts (RFC 5280, 6.1.2 (d) to (f)).
struct Counters {
    explicit: i64,
    mapping: i64,
    any: i64,
}

/// Whether the path is valid for any policy.
pub(super) fn are_valid(path: &Path<'_, '_>) -> bool {
    let Some((_, below)) = path.split_last() else { return true };
    let Some(leaf) = below.first() else { return true };
    let after_all = i64::try_from(below.len()).unwrap_or(i64::MAX).saturating_add(1);
    let mut counters = Counters { explicit: after_all, mapping: after_all, any: after_all };
    let mut graph = Some(Graph::new());
    for (at, member) in below.iter().enumerate().rev() {
        let certificate = &member.certificate;
        let policies = &certificate.extensions.policies;
        let is_leaf = at == 0;
        // 6.1.3 (e), (f)
        graph = graph.filter(|_| !policies.policies.is_empty());
        if counters.explicit == 0 && graph.is_none() {
            return false;
        }
        if let Some(graph) = &mut graph {
            let any_counts = counters.any > 0 || !is_leaf && certificate.is_self_issued();
            graph.add(&policies.policies, any_counts);
            if !is_leaf && graph.map(&policies.mappings, counters.mapping > 0).is_none() {
                return false;
            }
        }
        if !is_leaf {
            counters.prepare(policies, certificate.is_self_issued());
        }
    }
    // 6.1.5 (a), (b), (g)
    let explicit = match leaf.certificate.extensions.policies.require_explicit {
        Some(0) => 0,
        _ => (counters.explicit - 1).max(0),
    };
    explicit > 0 || graph.is_some_and(|graph| graph.has_valid())
}

impl Counters {
    /// 6.1.4 (h) to (j)
    fn prepare(&mut self, policies: &PolicyExtensions<'_>, is_self_issued: bool) {
        let lower = |counter: &mut i64, written: Option<i64>| {
            if !is_self_issued {
                *counter = (*counter - 1).max(0);
            }
            match written {
                Some(written) if written >= 0 => *counter = (*counter).min(written),
                _ => {}
            }
        };
        lower(&mut self.explicit, policies.require_explicit);
        lower(&mut self.mapping, policies.inhibit_mapping);
        lower(&mut self.any, policies.inhibit_any);
    }
}

const fn any() -> Policy<'static> {
    const ANY: &[u8] = oid::ANY_POLICY.as_bytes();
    ANY
}

impl<'a> Graph<'a> {
    fn new() -> Self {
        let mut graph = Self { nodes: Vec::new(), strata: vec![BTreeMap::new()] };
        graph.insert(any(), &[]);
        graph
    }

    /// Adds a node to the last stratum.
    fn insert(&mut self, policy: Policy<'a>, parents: &[Number]) {
        let number = self.nodes.len();
        for parent in parents {
            self.nodes[*parent].children.insert(number);
        }
        let parents = parents.iter().copied().collect();
        self.nodes.push(Node { policy, expected: vec![policy], parents, children: BTreeSet::new() });
        if let Some(last) = self.strata.last_mut() {
            last.insert(policy, number);
        }
    }

    fn last(&self) -> &BTreeMap<Policy<'a>, Number> {
        &self.strata[self.strata.len() - 1]
    }

    /// RFC 9618, 5.3, (d): the policies of the next certificate.
    fn add(&mut self, policies: &[Policy<'a>], any_counts: bool) {
        let above = self.last().clone();
        let mut expecting: BTreeMap<Policy<'a>, Vec<Number>> = BTreeMap::new();
        for number in above.values() {
            for expected in &self.nodes[*number].expected {
                expecting.entry(expected).or_default().push(*number);
            }
        }
        self.strata.push(BTreeMap::new());
        for policy in policies.iter().filter(|policy| **policy != any()) {
            match (expecting.get(policy), above.get(any())) {
                (Some(parents), _) => self.insert(policy, parents),
                (None, Some(parent)) => self.insert(policy, &[*parent]),
                (None, None) => {}
            }
        }
        if policies.contains(&any()) && any_counts {
            for (policy, parents) in &expecting {
                if !self.last().contains_key(policy) {
                    self.insert(policy, parents);
                }
            }
        }
        self.prune();
    }

    /// RFC 9618, 5.3, (d) (3): what leads nowhere goes, below the root.
    fn prune(&mut self) {
        for depth in (1..self.strata.len() - 1).rev() {
            let childless = |number: &Number| self.nodes[*number].children.is_empty();
            let gone: Vec<Number> = self.strata[depth].values().copied().filter(childless).collect();
            gone.into_iter().for_each(|number| self.remove(depth, number));
        }
    }

    fn remove(&mut self, depth: usize, number: Number) {
        for parent in self.nodes[number].parents.clone() {
            self.nodes[parent].children.remove(&number);
        }
        let policy = self.nodes[number].policy;
        self.strata[depth].remove(policy);
    }

    /// 6.1.4 (a) and (b); none where a policy is mapped to or from `anyPolicy`.
    fn map(&mut self, mappings: &[(Policy<'a>, Policy<'a>)], allowed: bool) -> Option<()> {
        if mappings.is_empty() {
            return Some(());
        }
        let depth = self.strata.len() - 1;
        let mut wanted: BTreeMap<Policy<'a>, Vec<Policy<'a>>> = BTreeMap::new();
        for (issuer, subject) in mappings {
            if !allowed {
                if let Some(number) = self.last().get(issuer).copied() {
                    self.remove(depth, number);
                }
            } else if [issuer, subject].contains(&&any()) {
                return None;
            } else {
                wanted.entry(issuer).or_default().push(subject);
            }
        }
        self.prune();
        for (issuer, subjects) in wanted {
            let number = match (self.last().get(issuer), self.last().get(any())) {
                (Some(number), _) => *number,
                (None, Some(parent)) => {
                    let parent = *parent;
                    self.insert(issuer, &[parent]);
                    self.nodes.len() - 1
                }
                (None, None) => continue,
            };
            self.nodes[number].expected = subjects;
        }
        Some(())
    }

    /// 6.1.5 (g): policies whose only parent is `anyPolicy`, or `anyPolicy` itself at the end.
    fn has_valid(&self) -> bool {
        let is_any = |number: &Number| self.nodes[*number].policy == any();
        let mut all = self.strata.iter().flat_map(BTreeMap::values);
        self.last().contains_key(any())
            || all.any(|number| {
                let parents = &self.nodes[*number].parents;
                !is_any(number) && parents.len() == 1 && parents.iter().all(is_any)
            })
    }
}
