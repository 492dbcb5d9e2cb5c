//! Evaluates the settings and endpoints of every instance.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::context::{Context, push_once};
use super::place::{ListenAt, Place, Places};
use super::scope;
use crate::catalog::{Definition, Listen, Root, Tree};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expression::{Record, Value, items};
use crate::index::List;
use crate::resolve::{Component, Instance, NodeIndex};
use crate::source::Span;

/// Evaluates settings and endpoints of all instances; none where one of them has none.
pub(super) fn places(context: &Context<'_>, diagnostics: &mut Diagnostics) -> Option<Places> {
    let mut all = Places::default();
    let mut whole = true;
    for component in &context.model.components {
        let shared = SharedSettings::new(&component.definition);
        let evaluated: Vec<Result<Place, Diagnostic>> = component
            .instances
            .as_slice()
            .par_iter()
            .map(|instance| place(context, component, instance, &shared))
            .collect();
        let mut places = List::with_capacity(evaluated.len());
        let mut failures = Vec::new();
        for result in evaluated {
            match result {
                Ok(place) => _ = places.push(place),
                Err(failure) => failures.push(failure),
            }
        }
        whole &= failures.is_empty();
        push_once(diagnostics, failures);
        all.push(places);
    }
    whole.then_some(all)
}

/// Settings of a component, once for all instances that have the same ones.
struct SharedSettings<'c> {
    definition: &'c Definition,
    /// Whether the default of a setting depends on the node.
    of_node: Vec<bool>,
    /// By configuration, and by what differs among its nodes.
    known: Mutex<BTreeMap<(usize, String), Value>>,
}

/// Tells configurations apart by where they are kept: instances share them.
fn configuration(instance: &Instance) -> usize {
    Arc::as_ptr(&instance.config) as usize
}

impl<'c> SharedSettings<'c> {
    fn new(definition: &'c Definition) -> Self {
        let depends = |tree: &Tree| tree.reads().reads_any(Root::Node);
        let of_node = definition.settings.iter().map(|setting| setting.default.as_ref().is_some_and(depends));
        Self { definition, of_node: of_node.collect(), known: Mutex::default() }
    }

    /// The settings of an instance.
    fn of(&self, context: &Context<'_>, instance: &Instance) -> Result<Value, Diagnostic> {
        let scope = scope::base(context, instance.node);
        let mut own = String::new();
        for at in (0..self.of_node.len()).filter(|at| self.of_node[*at]) {
            own.push_str(&format!("{:?}\0", self.value(context, instance, at, &scope)?));
        }
        let key = (configuration(instance), own);
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = known().get(&key) {
            return Ok(value.clone());
        }
        let mut record = Record::new();
        for (at, setting) in self.definition.settings.iter().enumerate() {
            record = record.with(setting.field.clone(), self.value(context, instance, at, &scope)?);
        }
        let value = record.build();
        known().insert(key, value.clone());
        Ok(value)
    }

    fn value(
        &self,
        context: &Context<'_>,
        instance: &Instance,
        at: usize,
        scope: &Value,
    ) -> Result<Value, Diagnostic> {
        let setting = &self.definition.settings[at];
        match (&instance.config.settings[at], &setting.default) {
            (Some(literal), _) => Ok(scope::literal(&literal.value)),
            (None, Some(tree)) => scope::tree(context.catalog, context.sources, tree, scope),
            (None, None) => {
                let component = &self.definition.name;
                let message = format!("the setting `{}` of `{component}` has no default", setting.name);
                let help = format!("write `setting.{} = ...` below `[component.{component}]`", setting.name);
                Err(Diagnostic::new(Code::MissingKey, message).at(self.definition.span, "").help(help))
            }
        }
    }
}

fn place(
    context: &Context<'_>,
    component: &Component,
    instance: &Instance,
    shared: &SharedSettings<'_>,
) -> Result<Place, Diagnostic> {
    let definition = &component.definition;
    let settings = shared.of(context, instance)?;
    if definition.listens.is_empty() {
        return Ok(Place { settings, listens: Vec::new() });
    }
    let scope = scope::early(context, definition, instance, &settings);
    let node = &context.model.nodes[instance.node];
    let listens = definition
        .listens
        .iter()
        .map(|listen| listen_at(context, listen, &scope, &node.addresses))
        .collect::<Result<_, _>>()?;
    Ok(Place { settings, listens })
}

fn listen_at(
    context: &Context<'_>,
    listen: &Listen,
    scope: &Value,
    own: &Arc<[IpAddr]>,
) -> Result<ListenAt, Diagnostic> {
    let engine = &context.catalog.engine;
    let addresses = listen.addresses.evaluate(engine, scope, context.sources)?;
    let port = listen.port.evaluate(engine, scope, context.sources)?;
    let wrong = |what: &str, value: &Value, span| {
        Diagnostic::new(Code::Expression, format!("`{value}` is not {what}")).at(span, "")
    };
    let mut parsed = Vec::new();
    for item in items(&addresses) {
        let address = item.as_str().and_then(|text| text.parse().ok());
        parsed.push(address.ok_or_else(|| wrong("an address", &item, listen.addresses.span()))?);
    }
    let addresses = if parsed == **own { own.clone() } else { parsed.into() };
    let number = port.as_i64().or_else(|| port.as_str()?.parse().ok());
    let port = number
        .and_then(|n| u16::try_from(n).ok())
        .ok_or_else(|| wrong("a port", &port, listen.port.span()))?;
    Ok(ListenAt { addresses, port })
}

/// Two programs of one host cannot take one port. VIPs count where a program takes it for them.
pub(super) fn ports(context: &Context<'_>, places: &Places, diagnostics: &mut Diagnostics) {
    let model = context.model;
    let mut taken: BTreeMap<(NodeIndex, u16), (Arc<str>, Span)> = BTreeMap::new();
    let mut clashes = Vec::new();
    let of_vips: BTreeSet<Span> = model.vips.iter().map(|vip| vip.port_origin).collect();
    let mut take = |node: NodeIndex, port: u16, who: &Arc<str>, span| {
        if let Some((other, earlier)) = taken.get(&(node, port)) {
            let message =
                format!("{other} and {who} both listen on port {port} of node `{}`", model.nodes[node].name);
            let clash = Diagnostic::new(Code::PortClash, message);
            clashes.push(if of_vips.contains(earlier) {
                // What the plan says comes first: there it is changed.
                clash.at(*earlier, "this one").at(span, "and this one").help(
                    "write another `port` for the VIP, such as 16443 (its clients then use it); or choose \
                     a `served-by` that needs no port on these nodes",
                )
            } else {
                clash
                    .at(span, "this one")
                    .at(*earlier, "and this one")
                    .help("set another port for one of them in its `[component.NAME]`")
            });
        } else {
            taken.insert((node, port), (Arc::clone(who), span));
        }
    };
    for vip in model.vips.iter().filter(|vip| vip.way.takes_port()) {
        let who: Arc<str> = format!("VIP `{}`", vip.name).into();
        vip.nodes.iter().for_each(|node| take(*node, vip.port, &who, vip.port_origin));
    }
    for (component, instances) in model.components.iter().zip(places) {
        let who: Arc<str> = format!("`{}`", component.definition.name).into();
        for (instance, place) in component.instances.iter().zip(instances) {
            for (listen, at) in component.definition.listens.iter().zip(&place.listens) {
                take(instance.node, at.port, &who, listen.span);
            }
        }
    }
    push_once(diagnostics, clashes);
}
