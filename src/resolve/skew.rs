//! How far the versions of components lie apart, against what the catalog allows.

use std::collections::{BTreeMap, BTreeSet};

use super::{Instance, Model, Resolver};
use crate::catalog::{Definition, Skew};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::values::Version;

impl Resolver<'_> {
    pub(super) fn skews(&mut self, model: &Model) {
        for component in &model.components {
            for skew in &component.definition.skews {
                if let Some(other) = model.component(&skew.of) {
                    self.skew(model, skew, (&component.definition, &component.instances), &other.instances);
                }
            }
        }
    }

    /// Each pair of places that say versions is told once, with the first nodes that have them.
    fn skew(
        &mut self,
        model: &Model,
        skew: &Skew,
        (definition, instances): (&Definition, &[Instance]),
        others: &[Instance],
    ) {
        let itself = *skew.of == *definition.name;
        let on: BTreeMap<usize, &Instance> = others.iter().map(|other| (other.node, other)).collect();
        let others = distinct(others);
        let own = if skew.same_host { instances.iter().collect() } else { distinct(instances) };
        let mut told: BTreeSet<(Span, Span)> = BTreeSet::new();
        for one in own {
            let beside: Vec<&Instance> = on.get(&one.node).copied().into_iter().collect();
            for other in if skew.same_host { &beside } else { &others } {
                let (ours, theirs) = (&one.config.version, &other.config.version);
                let (Some(here), Some(there)) = (ours.origin, theirs.origin) else { continue };
                let Err(how) = allowed(skew, &ours.value, &theirs.value) else { continue };
                // Of two instances of one component, one is told.
                let mirrored = itself && told.contains(&(there, here));
                if !mirrored && told.insert((here, there)) {
                    let node = |instance: &Instance| &model.nodes[instance.node].name;
                    let (name, other_name) = (&definition.name, &skew.of);
                    let message = format!(
                        "`{name}` {} on `{}` is {how} for `{other_name}` {} on `{}`",
                        ours.value,
                        node(one),
                        theirs.value,
                        node(other)
                    );
                    let diagnostic = Diagnostic::new(Code::VersionSkew, message).at(here, "this version");
                    let diagnostic = diagnostic.at(there, "and this one");
                    self.push(diagnostic.help(rule(skew, &ours.value)));
                }
            }
        }
    }
}

/// The first instance for each place that says a version.
fn distinct(instances: &[Instance]) -> Vec<&Instance> {
    let mut places = BTreeSet::new();
    instances.iter().filter(|instance| places.insert(instance.config.version.origin)).collect()
}

fn limits(skew: &Skew, version: &Version) -> (u64, u64) {
    let at = |since: &crate::catalog::Since<u64>| since.at(version).copied().unwrap_or(0);
    (at(&skew.older), at(&skew.newer))
}

fn allowed(skew: &Skew, ours: &Version, theirs: &Version) -> Result<(), &'static str> {
    let (older, newer) = limits(skew, ours);
    match ours.minors_from(theirs) {
        (true, apart) if apart > newer => Err("too new"),
        (false, apart) if apart > older => Err("too old"),
        _ => Ok(()),
    }
}

fn rule(skew: &Skew, ours: &Version) -> String {
    let up_to = |count: u64, how: &str| match count {
        0 => format!("not {how}"),
        1 => format!("up to one minor version {how}"),
        count => format!("up to {count} minor versions {how}"),
    };
    let (older, newer) = limits(skew, ours);
    format!("it may be {}, and {}", up_to(older, "older"), up_to(newer, "newer"))
}
