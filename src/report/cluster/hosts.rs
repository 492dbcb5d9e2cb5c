//! The hosts on the page, by groups and by kinds.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::certificates::Words;
use super::shown::Shown;
use super::words::{Own, shared};
use crate::diagnostics::Diagnostic;
use crate::expand::{Blueprint, Holder, Likeness};
use crate::render;
use crate::resolve::{Node, NodeIndex};
use crate::specification::CertificateIndex;

/// What the nodes of a group have in common.
type PoolAndRoles = (Option<Arc<str>>, Vec<Arc<str>>);

/// Hosts that belong together: of one pool, or of the same roles.
#[derive(Serialize)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) roles: Vec<String>,
    pub(super) pool: bool,
    pub(super) hosts: usize,
}

/// Hosts that are alike but for their names and addresses.
#[derive(Serialize)]
pub(super) struct Kind {
    /// Components with their versions.
    components: Vec<(String, String)>,
    /// Its list of files, and that of its certificates.
    files: usize,
    words: usize,
}

/// A file, its path with holes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct File(String, String, String, String);

/// A host.
#[derive(Serialize)]
pub(super) struct Host {
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "a")]
    addresses: Vec<String>,
    #[serde(rename = "g")]
    group: usize,
    #[serde(rename = "k")]
    kind: usize,
    /// Why nothing reaches it.
    #[serde(rename = "y", skip_serializing_if = "Option::is_none")]
    away: Option<String>,
    /// First and last second of its certificates, where they are not those of its kind.
    #[serde(rename = "d", skip_serializing_if = "BTreeMap::is_empty")]
    dates: BTreeMap<usize, (Option<i64>, Option<i64>)>,
    /// Certificates that are not those of its kind.
    #[serde(rename = "w", skip_serializing_if = "BTreeMap::is_empty")]
    own: BTreeMap<usize, Words>,
}

/// All hosts.
pub(super) struct Hosts {
    pub(super) groups: Vec<Group>,
    pub(super) kinds: Vec<Kind>,
    pub(super) files: Once<File>,
    pub(super) words: Once<Words>,
    pub(super) hosts: Vec<Host>,
    /// One host of each kind in each group, and how many hosts of that kind the group has.
    pub(super) examples: Vec<(NodeIndex, usize)>,
    /// The group of each host.
    pub(super) group_of: Vec<usize>,
}

impl Hosts {
    pub(super) fn of(shown: &Shown<'_>) -> Result<Self, Vec<Diagnostic>> {
        let blueprint = shown.blueprint;
        let on_hosts = certificates(blueprint);
        let mut all = Hosts {
            groups: Vec::new(),
            kinds: Vec::new(),
            files: Once::new(),
            words: Once::new(),
            hosts: Vec::new(),
            examples: Vec::new(),
            group_of: Vec::new(),
        };
        let mut groups: BTreeMap<PoolAndRoles, usize> = BTreeMap::new();
        let likeness: Vec<(Likeness, usize)> = blueprint
            .model
            .nodes
            .enumerate()
            .map(|(index, node)| (blueprint.likeness(index), node.addresses.len()))
            .collect();
        let mut alike: BTreeMap<&(Likeness, usize), Vec<NodeIndex>> = BTreeMap::new();
        for (index, _) in blueprint.model.nodes.enumerate() {
            alike.entry(&likeness[index.position()]).or_default().push(index);
        }
        // None: what they have in common cannot be said with holes, and each has its own.
        let mut kinds: BTreeMap<&(Likeness, usize), Option<usize>> = BTreeMap::new();
        let mut examples: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (index, node) in blueprint.model.nodes.enumerate() {
            let certificates = &on_hosts[index.position()];
            let group = *groups.entry((node.pool.clone(), node.roles.to_vec())).or_insert_with(|| {
                all.groups.push(Group::of(node));
                all.groups.len() - 1
            });
            all.groups[group].hosts += 1;
            let likeness = &likeness[index.position()];
            let kind = match kinds.get(likeness) {
                Some(Some(kind)) => *kind,
                Some(None) => all.kind(shown, index, files(blueprint, index)?, certificates),
                None => {
                    let other = alike.get(likeness).and_then(|alike| alike.get(1));
                    let common = match other {
                        Some(other) => common_files(blueprint, index, *other)?,
                        None => Some(files(blueprint, index)?),
                    };
                    let is_common = common.is_some();
                    let files = common.map_or_else(|| files(blueprint, index), Ok)?;
                    let kind = all.kind(shown, index, files, certificates);
                    kinds.insert(likeness, is_common.then_some(kind));
                    kind
                }
            };
            let example = *examples.entry((group, kind)).or_insert_with(|| {
                all.examples.push((index, 0));
                all.examples.len() - 1
            });
            all.examples[example].1 += 1;
            let host = all.host(shown, node, (group, kind), certificates);
            all.hosts.push(host);
            all.group_of.push(group);
        }
        Ok(all)
    }

    fn kind(
        &mut self,
        shown: &Shown<'_>,
        index: NodeIndex,
        files: Vec<File>,
        certificates: &[CertificateIndex],
    ) -> usize {
        let blueprint = shown.blueprint;
        let own = Own::of(&blueprint.model.nodes[index]);
        let components = blueprint.hosts[index].iter().map(|&(component, instance)| {
            let component = &blueprint.model.components[component];
            let version = &component.instances[instance].config.version.value;
            (component.definition.name.to_string(), version.to_string())
        });
        let words = certificates
            .iter()
            .map(|&index| Words::of(shown, index).named(blueprint, index, true).with_holes(&own))
            .collect();
        let kind = Kind {
            components: components.collect(),
            files: self.files.place(files),
            words: self.words.place(words),
        };
        self.kinds.push(kind);
        self.kinds.len() - 1
    }

    fn host(
        &self,
        shown: &Shown<'_>,
        node: &Node,
        (group, kind): (usize, usize),
        certificates: &[CertificateIndex],
    ) -> Host {
        let alike = &self.words.lists[self.kinds[kind].words];
        let texts = Own::of(node);
        let (mut dates, mut own) = (BTreeMap::new(), BTreeMap::new());
        for (position, &index) in certificates.iter().enumerate() {
            let words = Words::of(shown, index);
            match alike.get(position).filter(|alike| alike.is_filled_by(&texts, &words)) {
                Some(alike) if alike.dates() == words.dates() => {}
                Some(_) => _ = dates.insert(position, words.dates()),
                None => _ = own.insert(position, words.named(shown.blueprint, index, true)),
            }
        }
        Host {
            name: node.name.to_string(),
            addresses: node.addresses.iter().map(ToString::to_string).collect(),
            group,
            kind,
            away: node.away.as_ref().map(|away| away.value.to_string()),
            dates,
            own,
        }
    }
}

impl Group {
    fn of(node: &Node) -> Self {
        let roles: Vec<String> = node.roles.iter().map(ToString::to_string).collect();
        let name = match &node.pool {
            Some(pool) => pool.to_string(),
            None if roles.is_empty() => "no role".to_owned(),
            None => roles.join(", "),
        };
        Self { name, roles, pool: node.pool.is_some(), hosts: 0 }
    }
}

/// The certificates on each host, in the order of the plan.
fn certificates(blueprint: &Blueprint<'_>) -> Vec<Vec<CertificateIndex>> {
    let mut on = vec![Vec::new(); blueprint.model.nodes.len()];
    for (index, certificate) in blueprint.certificates.enumerate() {
        let node = match certificate.holder {
            Holder::Instance { component, instance, .. } => {
                Some(blueprint.model.components[component].instances[instance].node)
            }
            Holder::Free { node, .. } => node,
            Holder::Authority(_) | Holder::Component { .. } | Holder::Foreign(_) | Holder::User(_) => None,
        };
        if let Some(node) = node {
            on[node.position()].push(index);
        }
    }
    on
}

/// The files of a host, with holes for what is its own; no other host has this list.
fn files(blueprint: &Blueprint<'_>, index: NodeIndex) -> Result<Vec<File>, Vec<Diagnostic>> {
    let own = Own::of(&blueprint.model.nodes[index]);
    let file = |sheet: &render::Sheet| file(sheet, |text| own.holed(text));
    Ok(render::host(blueprint, index)?.iter().map(file).collect())
}

/// The files of hosts of one kind, of which these are two: each hole is proven by both.
fn common_files(
    blueprint: &Blueprint<'_>,
    one: NodeIndex,
    other: NodeIndex,
) -> Result<Option<Vec<File>>, Vec<Diagnostic>> {
    let own = [one, other].map(|index| Own::of(&blueprint.model.nodes[index]));
    let plain = |sheet: &render::Sheet| file(sheet, str::to_owned);
    let ones: Vec<File> = render::host(blueprint, one)?.iter().map(plain).collect();
    let others: Vec<File> = render::host(blueprint, other)?.iter().map(plain).collect();
    if ones.len() != others.len() {
        return Ok(None);
    }
    let text = |one: &str, other: &str| shared((one, &own[0]), (other, &own[1]));
    let common = |(one, other): (&File, &File)| {
        let is_same = (&one.1, &one.3) == (&other.1, &other.3);
        let (path, artefact) = (text(&one.0, &other.0)?, text(&one.2, &other.2)?);
        is_same.then(|| File(path, one.1.clone(), artefact, one.3.clone()))
    };
    Ok(ones.iter().zip(&others).map(common).collect())
}

fn file(sheet: &render::Sheet, text: impl Fn(&str) -> String) -> File {
    let effects = sheet.reactions.iter().filter(|reaction| reaction.effect.disturbs());
    let units: Vec<&str> = effects.map(|reaction| &*reaction.unit).collect();
    File(
        text(&format!("/{}", sheet.path)),
        format!("{:04o} {}", sheet.mode, sheet.owner),
        text(&sheet.artefact),
        units.join(", "),
    )
}

/// Lists that several kinds of hosts may have, each once.
pub(super) struct Once<T> {
    pub(super) lists: Vec<Vec<T>>,
    places: BTreeMap<Vec<T>, usize>,
}

impl<T: Clone + Ord> Once<T> {
    fn new() -> Self {
        Self { lists: Vec::new(), places: BTreeMap::new() }
    }

    /// The place of a list among those that are there.
    fn place(&mut self, list: Vec<T>) -> usize {
        if let Some(place) = self.places.get(&list) {
            return *place;
        }
        self.lists.push(list.clone());
        self.places.insert(list, self.lists.len() - 1);
        self.lists.len() - 1
    }
}
