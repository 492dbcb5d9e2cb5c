//! Evaluates the catalog's rules, and checks for ports that two programs of a host take.
//!
//! This happens when flags are known, because rules may read them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::named::Documents;
use super::settled::{settled, settled_with};
use crate::catalog::{FlagDefinition, Port, Reads, Root, Rule, Template};
use crate::diagnostics::{Code, Diagnostic};
use crate::expand::Blueprint;
use crate::expression::{Value, field, to_text};
use crate::resolve::{Component, ComponentIndex, Config, InstanceIndex, Node, NodeIndex};
use crate::source::Span;

/// Rules that are broken, and ports that two programs of a host take.
///
/// # Errors
/// What is wrong with an expression, at its place.
pub fn broken_rules(blueprint: &Blueprint<'_>) -> Result<Vec<Diagnostic>, Diagnostic> {
    let mut found = Vec::new();
    let mut ports = Ports::of_endpoints(blueprint);
    for (c, component) in blueprint.model.components.enumerate() {
        let knowledge = &component.definition.knowledge;
        if knowledge.rules.is_empty() && knowledge.ports.is_empty() && knowledge.held.is_empty() {
            continue;
        }
        for instances in alike(component) {
            let Some(first) = instances.first() else { continue };
            let one = Settled::new(blueprint, c, *first)?;
            found.extend(broken(&one, &instances)?);
            for port in &knowledge.ports {
                ports.take(&one, port, &instances)?;
            }
            // What is compared later must be a value now.
            for held in &knowledge.held {
                one.evaluate(&held.value)?;
            }
        }
    }
    found.extend(ports.clashes);
    Ok(found)
}

/// What the rules of a component say where its program gets these flags, each with its values, instead of the plan's, but for
/// what a proof finds by itself. A rule that cannot be evaluated so says nothing, nor does one about a flag of which `unsure`
/// says that its value is not known.
#[must_use]
pub fn broken_by(
    blueprint: &Blueprint<'_>,
    (component, instance): (ComponentIndex, InstanceIndex),
    (flags, documents): (&BTreeMap<String, Vec<String>>, &Documents),
    unsure: &BTreeSet<Arc<str>>,
) -> Vec<Diagnostic> {
    let scope = settled_with(blueprint, (component, instance), flags, Some(documents));
    let Ok(scope) = scope else { return Vec::new() };
    let one = Settled { blueprint, component, instance, scope: scope.build() };
    let is_sure = |rule: &&Rule| !unsure.iter().any(|flag| rule.reads.reads(Root::Flag, &field(flag)));
    let rules = one.component().definition.knowledge.rules.iter().filter(|rule| !rule.proven).filter(is_sure);
    rules.flat_map(|rule| one.broken(rule).unwrap_or_default()).collect()
}

/// Instances by their configuration, in the order of nodes.
fn alike(component: &Component) -> Vec<Vec<InstanceIndex>> {
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<InstanceIndex>> = Vec::new();
    for (i, instance) in component.instances.enumerate() {
        let group = *places.entry(Arc::as_ptr(&instance.config) as usize).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(i),
            None => groups.push(vec![i]),
        }
    }
    groups
}

/// One instance with the scope in which its rules are evaluated.
struct Settled<'b, 'a> {
    blueprint: &'b Blueprint<'a>,
    component: ComponentIndex,
    instance: InstanceIndex,
    scope: Value,
}

impl<'b, 'a> Settled<'b, 'a> {
    fn new(
        blueprint: &'b Blueprint<'a>,
        component: ComponentIndex,
        instance: InstanceIndex,
    ) -> Result<Self, Diagnostic> {
        let scope = settled(blueprint, component, instance)?.build();
        Ok(Self { blueprint, component, instance, scope })
    }

    fn component(&self) -> &'b Component {
        &self.blueprint.model.components[self.component]
    }

    fn config(&self) -> &'b Config {
        &self.component().instances[self.instance].config
    }

    fn evaluate(&self, template: &Template) -> Result<Value, Diagnostic> {
        template.evaluate(&self.blueprint.catalog.engine, &self.scope, self.blueprint.sources)
    }

    fn holds(&self, when: Option<&Template>) -> Result<bool, Diagnostic> {
        when.map_or(Ok(true), |when| Ok(self.evaluate(when)?.is_true()))
    }

    /// What a rule says here, line by line, if it is broken. Of a file that is not formed as the rule takes it, its fields
    /// have been reported.
    fn broken(&self, rule: &Rule) -> Result<Vec<Diagnostic>, Diagnostic> {
        match self.judged(rule) {
            Err(_) if rule.reads.reads_any(Root::Named) => Ok(Vec::new()),
            judged => judged,
        }
    }

    fn judged(&self, rule: &Rule) -> Result<Vec<Diagnostic>, Diagnostic> {
        if !self.holds(rule.when.as_ref())? {
            return Ok(Vec::new());
        }
        let says = to_text(&self.evaluate(&rule.says)?);
        let mut lines: Vec<&str> = says.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        lines.dedup();
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let help = rule.help.as_ref().map(|help| self.evaluate(help)).transpose()?;
        let help = help.map(|help| to_text(&help)).filter(|help| !help.trim().is_empty());
        let place = self.place(&rule.reads).unwrap_or(self.node().origin);
        let name = &self.component().definition.name;
        let diagnostic = |line: &&str| {
            Diagnostic::new(rule.code, format!("`{name}` {line}")).at(place, "").maybe_help(help.clone())
        };
        Ok(lines.iter().map(diagnostic).collect())
    }

    /// The place of the plan that decides: the last flag or setting of it that is read, a network, or the port of a VIP. What
    /// a flag that is read derives from counts, too.
    fn place(&self, reads: &Reads) -> Option<Span> {
        let config = self.config();
        let flags = self.component().definition.flags.iter();
        let derived =
            flags.filter(|flag| reads.reads(Root::Flag, &field(&flag.name))).map(FlagDefinition::reads);
        let reads: Reads = derived.chain([reads.clone()]).collect();
        let mut changes = config.flags.iter().rev().map(|change| &change.name);
        if let Some(name) = changes.find(|name| reads.reads(Root::Flag, &field(&name.value))) {
            return Some(name.span);
        }
        let settings = self.component().definition.settings.iter().zip(&config.settings);
        let mut written = settings.filter(|(setting, _)| reads.reads(Root::Setting, &setting.field));
        if let Some(value) = written.find_map(|(_, value)| value.as_ref()) {
            return Some(value.span);
        }
        let model = self.blueprint.model;
        let networks = model.cluster.as_ref().into_iter().flat_map(|cluster| {
            let of = |field: &str| reads.reads(Root::Cluster, field);
            let pods = cluster.pod_cidrs.iter().filter(move |_| of("pod_cidrs"));
            pods.chain(cluster.service_cidrs.iter().filter(move |_| of("service_cidrs")))
        });
        let network = networks.filter_map(|network| network.origin).next();
        network.or_else(|| {
            let node = self.component().instances[self.instance].node;
            let (here, anywhere) = (reads.reads_any(Root::Vips), reads.reads_any(Root::Ports));
            let mut vips = model.vips.iter().filter(|vip| here && vip.nodes.contains(&node) || anywhere);
            vips.next().map(|vip| vip.port_origin)
        })
    }

    fn node(&self) -> &'b Node {
        &self.blueprint.model.nodes[self.component().instances[self.instance].node]
    }
}

/// The rules that are broken on the first of some instances that are configured alike; on the others, too, where
/// the plan says something that a rule reads.
fn broken(one: &Settled<'_, '_>, instances: &[InstanceIndex]) -> Result<Vec<Diagnostic>, Diagnostic> {
    let mut found = Vec::new();
    for rule in &one.component().definition.knowledge.rules {
        let broken = one.broken(rule)?;
        if !broken.is_empty() {
            found.extend(broken);
            continue;
        }
        if !(reads_a_node(&rule.reads) && is_touched(one.config(), &rule.reads)) {
            continue;
        }
        for other in &instances[1..] {
            let broken = Settled::new(one.blueprint, one.component, *other)?.broken(rule)?;
            if !broken.is_empty() {
                found.extend(broken);
                break;
            }
        }
    }
    Ok(found)
}

/// Whether a rule may be broken on one node and not on another of the same configuration.
fn reads_a_node(reads: &Reads) -> bool {
    [Root::Node, Root::Certificate, Root::Listen, Root::Dial, Root::Named, Root::Peers]
        .iter()
        .any(|root| reads.reads_any(*root))
}

fn is_touched(config: &Config, reads: &Reads) -> bool {
    config.flags.iter().any(|change| reads.reads(Root::Flag, &field(&change.name.value)))
}

/// Who takes which port of which node.
struct Ports<'b, 'a> {
    blueprint: &'b Blueprint<'a>,
    taken: BTreeMap<(NodeIndex, u16), (Arc<str>, Span)>,
    clashes: Vec<Diagnostic>,
}

impl<'b, 'a> Ports<'b, 'a> {
    /// What VIPs and listens take; where two of them clash, that has been reported.
    fn of_endpoints(blueprint: &'b Blueprint<'a>) -> Self {
        let model = blueprint.model;
        let mut taken = BTreeMap::new();
        for vip in model.vips.iter().filter(|vip| vip.way.takes_port()) {
            let who: Arc<str> = format!("VIP `{}`", vip.name).into();
            taken.extend(vip.nodes.iter().map(|node| ((*node, vip.port), (who.clone(), vip.origin))));
        }
        for (component, places) in model.components.iter().zip(&blueprint.places) {
            for (l, listen) in component.definition.listens.iter().enumerate() {
                let who: Arc<str> = format!("`{}` ({})", component.definition.name, listen.name).into();
                for (instance, place) in component.instances.iter().zip(places) {
                    let at = (instance.node, place.listens[l].port);
                    taken.entry(at).or_insert_with(|| (who.clone(), listen.span));
                }
            }
        }
        Self { blueprint, taken, clashes: Vec::new() }
    }

    /// Takes a port for instances that are configured alike; each pair is reported once.
    fn take(
        &mut self,
        one: &Settled<'_, '_>,
        port: &Port,
        instances: &[InstanceIndex],
    ) -> Result<(), Diagnostic> {
        if !one.holds(port.when.as_ref())? {
            return Ok(());
        }
        let value = to_text(&one.evaluate(&port.port)?);
        let number: u16 = value.parse().map_err(|_| {
            let message = format!("`{value}` is not a port");
            Diagnostic::new(Code::Expression, message).at(port.port.span(), "")
        })?;
        if number == 0 {
            return Ok(());
        }
        let (name, mut reported) = (&one.component().definition.name, BTreeSet::new());
        let place = one.place(&port.reads).unwrap_or_else(|| port.port.span());
        let who: Arc<str> = format!("`{name}` ({})", port.name).into();
        for instance in instances {
            let node = one.component().instances[*instance].node;
            let Some((other, earlier)) = self.taken.get(&(node, number)) else {
                self.taken.insert((node, number), (who.clone(), place));
                continue;
            };
            if reported.insert(other.clone()) {
                let node = &self.blueprint.model.nodes[node].name;
                let message = format!("{other} and {who} both listen on port {number} of node `{node}`");
                let clash = Diagnostic::new(Code::PortClash, message).at(*earlier, "this one");
                let clash = clash.at(place, "and this one");
                self.clashes.push(clash.help("set another port for one of them"));
            }
        }
        Ok(())
    }
}
