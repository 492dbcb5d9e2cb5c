//! Finds the inputs of a file that differ, and the tables of the plan that define them.
//!
//! A table is included if an input of the file that it defines differs, whether or not the table itself was edited. The
//! causes of a change are those tables that were edited.

use std::collections::BTreeSet;

use super::granted;
use super::served::Served;
use super::state::State;
use crate::catalog::{
    Bundle, Definition, Dial, Fields, FileDefinition, KubeconfigDefinition, Reach, Reads, Root, Setting,
};
use crate::expand::{Target, TargetKind};
use crate::expression::{Value, field};
use crate::read::{TableKind, TableName};
use crate::render::{MadeFrom, Part};
use crate::resolve::{ComponentIndex, Config, FlagChange, Instance, InstanceIndex, Node, OwnFile};
use crate::source::Span;

/// The tables of what differs in what a file is made from; none where a side does not have it.
pub(super) fn tables(
    before: (&State<'_>, MadeFrom),
    after: (&State<'_>, MadeFrom),
) -> Option<BTreeSet<TableName>> {
    match (before.1, after.1) {
        (MadeFrom::Endpoint, MadeFrom::Endpoint) => Some(of_endpoint(before.0, after.0)),
        (MadeFrom::Own(_), MadeFrom::Own(file)) => {
            let name = after.0.blueprint.model.files[file].name.clone();
            Some(BTreeSet::from([TableKind::File.named(name)]))
        }
        (MadeFrom::Part { .. }, MadeFrom::Part { part, .. }) => {
            let mut inputs =
                Inputs { before: Side::of(before)?, after: Side::of(after)?, tables: BTreeSet::new() };
            inputs.part(part);
            Some(inputs.tables)
        }
        _ => None,
    }
}

/// The same part of the same component on the other side, on the node with the same id.
pub(super) fn counterpart((state, made_from): (&State<'_>, MadeFrom), other: &State<'_>) -> Option<MadeFrom> {
    let (component, instance, part) = match made_from {
        MadeFrom::Endpoint => return Some(made_from),
        MadeFrom::Own(file) => {
            let name = &state.blueprint.model.files[file].name;
            let known = |file: &OwnFile| file.name == *name;
            return other.blueprint.model.files.position(known).map(MadeFrom::Own);
        }
        MadeFrom::Part { component, instance, part } => (component, instance, part),
    };
    let (model, others) = (state.blueprint.model, other.blueprint.model);
    let of = &model.components[component];
    let id = &model.nodes[of.instances[instance].node].id;
    let component = others.components.position(|c| c.definition.name == of.definition.name)?;
    let is_there = |instance: &Instance| others.nodes[instance.node].id == *id;
    let instance = others.components[component].instances.position(is_there)?;
    let definition = &others.components[component].definition;
    let is_known = match part {
        Part::Bundle(at) => at < definition.bundles.len(),
        Part::File(at) => at < definition.files.len(),
        Part::Kubeconfig(at) => at < definition.kubeconfigs.len(),
        Part::Manifest(at) => at < definition.manifests.len(),
    };
    is_known.then_some(MadeFrom::Part { component, instance, part })
}

/// The tables for which an instance is there at all.
pub(super) fn of_instance((state, made_from): (&State<'_>, MadeFrom)) -> Vec<TableName> {
    let (component, instance) = match made_from {
        MadeFrom::Endpoint => return Vec::new(),
        MadeFrom::Own(file) => {
            let name = state.blueprint.model.files[file].name.clone();
            return vec![TableKind::File.named(name)];
        }
        MadeFrom::Part { component, instance, .. } => (component, instance),
    };
    let of = &state.blueprint.model.components[component];
    let node = state.blueprint.model.nodes[of.instances[instance].node].name.shared();
    vec![TableKind::Component.named(of.definition.name.clone()), TableKind::Node.named(node)]
}

fn of_endpoint(before: &State<'_>, after: &State<'_>) -> BTreeSet<TableName> {
    let mut tables = BTreeSet::from([TableKind::Cluster.whole()]);
    let targets = |state: &State<'_>| state.blueprint.endpoint().into_iter().collect::<Vec<_>>();
    let (was, is) = (targets(before), targets(after));
    tables.extend(differing(&was, &is));
    tables
}

/// The tables of targets that come, go or are at another address.
fn differing(before: &[Target], after: &[Target]) -> BTreeSet<TableName> {
    let gone = before.iter().filter(|target| !after.contains(target));
    let new = after.iter().filter(|target| !before.contains(target));
    gone.chain(new).map(table_of_target).collect()
}

fn table_of_target(target: &Target) -> TableName {
    let kind = match target.kind {
        TargetKind::Node => TableKind::Node,
        TargetKind::Vip => TableKind::Vip,
        TargetKind::External => TableKind::External,
    };
    kind.named(target.name.clone())
}

/// An instance of a component on one side, and what its expressions see.
struct Side<'a> {
    state: &'a State<'a>,
    component: ComponentIndex,
    instance: InstanceIndex,
    scope: Value,
}

impl<'a> Side<'a> {
    fn of((state, made_from): (&'a State<'a>, MadeFrom)) -> Option<Self> {
        let MadeFrom::Part { component, instance, .. } = made_from else { return None };
        let scope = state.blueprint.scope(component, instance).build();
        Some(Self { state, component, instance, scope })
    }

    fn definition(&self) -> &'a Definition {
        self.state.blueprint.definition(self.component)
    }

    fn instance(&self) -> &'a Instance {
        &self.state.blueprint.model.components[self.component].instances[self.instance]
    }

    fn config(&self) -> &'a Config {
        &self.instance().config
    }

    fn node(&self) -> &'a Node {
        &self.state.blueprint.model.nodes[self.instance().node]
    }

    /// Positions are those of the other side's definition, which may be another one.
    fn targets(&self, dial: &Dial) -> Vec<Target> {
        let known = self.definition().dials.iter().position(|other| other.name == dial.name);
        known.map_or_else(Vec::new, |at| self.state.blueprint.targets(self.component, self.instance, at))
    }

    fn setting(&self, setting: &Setting) -> Option<Span> {
        let at = self.definition().settings.iter().position(|other| other.name == setting.name)?;
        self.config().settings.get(at)?.as_ref().map(|value| value.span)
    }

    fn adds_to(&self, bundle: &Bundle) -> bool {
        let bundles = &self.definition().bundles;
        self.config().bundles.iter().any(|addition| bundles[addition.bundle].name == bundle.name)
    }

    fn value(&self, root: Root) -> Option<Value> {
        self.scope.get_attr(root.word()).ok()
    }

    fn field(&self, root: Root, field: &str) -> Option<Value> {
        self.value(root)?.get_attr(field).ok()
    }

    fn served(&self) -> Served<'a> {
        Served::of(self.state.blueprint.model, self.definition(), self.instance().node)
    }

    /// The table in which something of this side is written, if that is in the plan.
    fn table(&self, span: Span) -> Option<TableName> {
        self.state.key_at(span).map(|key| key.table.clone())
    }
}

/// Both sides of an instance, and the tables that were found.
struct Inputs<'a> {
    before: Side<'a>,
    after: Side<'a>,
    tables: BTreeSet<TableName>,
}

impl Inputs<'_> {
    fn part(&mut self, part: Part) {
        let definition = self.after.definition();
        match part {
            Part::Bundle(bundle) => self.additions(&definition.bundles[bundle]),
            Part::File(file) => self.file(&definition.files[file]),
            Part::Kubeconfig(kubeconfig) => self.kubeconfig(&definition.kubeconfigs[kubeconfig]),
            Part::Manifest(manifest) => self.file(&definition.manifests[manifest]),
        }
        if self.layout(&self.before) != self.layout(&self.after) {
            self.tables.insert(TableKind::Cluster.whole());
        }
    }

    fn layout<'s>(&self, side: &'s Side<'_>) -> Option<&'s str> {
        side.state.blueprint.layout.map(|layout| &*layout.name)
    }

    fn file(&mut self, file: &FileDefinition) {
        let reads = file.reads();
        self.reads(&reads);
        if reads.reads_any(Root::Flags) {
            self.flags();
        }
    }

    fn kubeconfig(&mut self, kubeconfig: &KubeconfigDefinition) {
        let definition = self.after.definition();
        self.reads(&kubeconfig.reads());
        for context in &kubeconfig.contexts {
            let dial = &definition.dials[context.dial];
            self.dial(dial);
            if let Some(bundle) = dial.trusts {
                self.additions(&definition.bundles[bundle]);
            }
            self.tables.extend(context.token.iter().map(|keyring| TableKind::Keyring.named(keyring.clone())));
        }
        // Where nothing else is said, it is the cluster's name.
        let name = |side: &Side<'_>| side.state.blueprint.cluster_name().to_owned();
        if name(&self.before) != name(&self.after) {
            self.tables.insert(TableKind::Cluster.whole());
        }
    }

    /// What expressions read. Settings, endpoints and certificates read other roots in turn, and never one another.
    fn reads(&mut self, reads: &Reads) {
        let definition = self.after.definition();
        for (root, table) in [(Root::Cluster, TableKind::Cluster), (Root::Bootstrap, TableKind::Bootstrap)] {
            if self.differs(reads, root) {
                self.tables.insert(table.whole());
            }
        }
        if reads.reads(Root::Cluster, "grants") {
            let differing =
                granted::differing(self.before.state.blueprint.model, self.after.state.blueprint.model);
            self.tables.extend(differing.into_iter().map(|name| TableKind::Grant.named(name)));
        }
        if self.differs(reads, Root::Node) {
            self.own_node();
        }
        if self.differs(reads, Root::Component) {
            self.component();
        }
        for setting in &definition.settings {
            if self.reads_other(reads, Root::Setting, &setting.field) {
                self.setting(setting);
            }
        }
        for listen in &definition.listens {
            if self.reads_other(reads, Root::Listen, &listen.field) {
                self.reads(&listen.reads());
            }
        }
        for certificate in &definition.certificates {
            if self.reads_other(reads, Root::Certificate, &certificate.field) {
                self.reads(&certificate.reads());
            }
        }
        for dial in &definition.dials {
            if reads.reads(Root::Dial, &dial.field) {
                self.dial(dial);
            }
        }
        if self.differs(reads, Root::Peers) {
            self.peers();
        }
        if self.differs(reads, Root::Vips) {
            self.vips();
        }
        self.keyrings(reads);
    }

    /// Whether something of a root is read and differs.
    fn differs(&self, reads: &Reads, root: Root) -> bool {
        reads.names().filter(|(read, _)| *read == root).any(|(_, fields)| match fields {
            Fields::All => self.before.value(root) != self.after.value(root),
            Fields::These(fields) => {
                fields.iter().any(|field| self.before.field(root, field) != self.after.field(root, field))
            }
        })
    }

    fn reads_other(&self, reads: &Reads, root: Root, field: &str) -> bool {
        reads.reads(root, field) && self.before.field(root, field) != self.after.field(root, field)
    }

    fn own_node(&mut self) {
        for side in [&self.before, &self.after] {
            self.tables.insert(TableKind::Node.named(side.node().name.shared()));
        }
    }

    /// Its version is written somewhere; the rest follows from the layout.
    fn component(&mut self) {
        self.written(self.before.config().version.origin, self.after.config().version.origin);
    }

    /// Where a value is written on each side, in the plan.
    fn written(&mut self, before: Option<Span>, after: Option<Span>) -> bool {
        let before = before.and_then(|span| self.before.table(span));
        let after = after.and_then(|span| self.after.table(span));
        let found = before.is_some() || after.is_some();
        self.tables.extend(before.into_iter().chain(after));
        found
    }

    fn setting(&mut self, setting: &Setting) {
        if !self.written(self.before.setting(setting), self.after.setting(setting)) {
            self.reads(&setting.reads());
        }
    }

    /// Flags read what their values and conditions do; the plan may say others.
    fn flags(&mut self) {
        let all: Reads = self.after.definition().flags.iter().map(|flag| flag.reads()).collect();
        self.reads(&all);
        let (before, after) = (&self.before.config().flags, &self.after.config().flags);
        let says = |flags: &[FlagChange], flag: &FlagChange| {
            flags.iter().any(|other| other.name.value == flag.name.value && other.change == flag.change)
        };
        let gone: Vec<Span> =
            before.iter().filter(|flag| !says(after, flag)).map(|flag| flag.name.span).collect();
        let new: Vec<Span> =
            after.iter().filter(|flag| !says(before, flag)).map(|flag| flag.name.span).collect();
        for span in gone {
            self.written(Some(span), None);
        }
        for span in new {
            self.written(None, Some(span));
        }
    }

    /// What the plan adds to a bundle stands in the component's table.
    fn additions(&mut self, bundle: &Bundle) {
        if self.before.adds_to(bundle) || self.after.adds_to(bundle) {
            self.own_component();
        }
    }

    fn own_component(&mut self) {
        self.tables.insert(TableKind::Component.named(self.after.definition().name.clone()));
    }

    /// Whoever is dialled, and what says where it listens.
    fn dial(&mut self, dial: &Dial) {
        let (before, after) = (self.before.targets(dial), self.after.targets(dial));
        let differing = differing(&before, &after);
        if !differing.is_empty() && matches!(dial.reach, Reach::Endpoint | Reach::SameHost) {
            self.tables.insert(TableKind::Cluster.whole());
        }
        self.tables.extend(differing);
        let ports = |targets: &[Target]| targets.iter().map(|target| target.port).collect::<BTreeSet<_>>();
        if ports(&before) != ports(&after) {
            self.tables.insert(TableKind::Component.named(dial.component.clone()));
        }
    }

    /// The nodes with other names or addresses, those that come and go, and the settings of all.
    fn peers(&mut self) {
        let peers = |side: &Side<'_>| {
            let model = side.state.blueprint.model;
            let instances = model.components[side.component].instances.iter();
            let nodes = instances.map(|instance| &model.nodes[instance.node]);
            nodes.map(|node| (node.name.shared(), node.addresses.clone())).collect::<BTreeSet<_>>()
        };
        let (before, after) = (peers(&self.before), peers(&self.after));
        let others = before.symmetric_difference(&after);
        self.tables.extend(others.map(|(name, _)| TableKind::Node.named(name.clone())));
        self.own_component();
    }

    /// The VIPs of the node that are said otherwise; of their nodes and backends those that come, go or move.
    fn vips(&mut self) {
        let (before, after) = (self.before.served(), self.after.served());
        self.tables.extend(before.vips.symmetric_difference(&after.vips).map(|vip| vip.0.clone()));
        self.tables.extend(before.nodes.symmetric_difference(&after.nodes).map(|node| node.0.clone()));
    }

    fn keyrings(&mut self, reads: &Reads) {
        for side in [&self.before, &self.after] {
            let names = side.state.blueprint.model.keyrings.keys();
            let read = names.filter(|name| reads.reads(Root::Keyring, &field(name)));
            self.tables.extend(read.map(|name| TableKind::Keyring.named(name.clone())));
        }
    }
}
