//! The scope of rules, ports and states: everything about an instance, including its evaluated flags.

use std::collections::BTreeMap;

use super::named::Documents;
use super::{host, named, taken};
use crate::catalog::{FlagKind, FlagTable, Reads, Root};
use crate::diagnostics::Diagnostic;
use crate::expand::Blueprint;
use crate::expression::{Record, Value, field, text, texts};
use crate::resolve::{ComponentIndex, Config, InstanceIndex};

/// The scope of an instance's flags, with `flag` beside, the flags themselves, `named`, what files of one's own say that
/// they name, `others`, the settings of other components, `path`, where its files lie, `ports`, those that are taken, and
/// `trust`, the certificates in its bundles.
///
/// # Errors
/// What is wrong with an expression, at its place.
pub fn settled(
    blueprint: &Blueprint<'_>,
    component: ComponentIndex,
    instance: InstanceIndex,
) -> Result<Record, Diagnostic> {
    let values = host::flag_values_of(blueprint, component, instance)?;
    settled_with(blueprint, (component, instance), &values, None)
}

/// The same with other flags than the plan's, each with its values, and with the documents that they name, if these are
/// not the plan's either.
///
/// # Errors
/// What is wrong with an expression, at its place.
pub(super) fn settled_with(
    blueprint: &Blueprint<'_>,
    (component, instance): (ComponentIndex, InstanceIndex),
    values: &BTreeMap<String, Vec<String>>,
    documents: Option<&Documents>,
) -> Result<Record, Diagnostic> {
    let of = &blueprint.model.components[component];
    let table = of.definition.flag_table.as_deref();
    let flags = flags(table, &of.instances[instance].config, values);
    let paths = of.definition.files.iter().zip(&blueprint.paths[component].files);
    let paths = paths.map(|(file, path)| {
        let path = path.as_ref().map_or(Value::from(()), |path| text(path.value.as_str()));
        (field(&file.name), path)
    });
    let paths = paths.collect::<Record>().build();
    let trust = of.definition.bundles.iter().enumerate().map(|(at, bundle)| {
        let held = blueprint.held(component, instance, at).0;
        let ids = held.into_iter().map(|position| &*blueprint.certificates[position].id);
        (field(&bundle.name), texts(ids))
    });
    let trust = trust.collect::<Record>().build();
    let mut record =
        blueprint.scope(component, instance).with("flag", flags).with("path", paths).with("trust", trust);
    let reads = &of.definition.knowledge.reads;
    if reads.reads_any(Root::Named) {
        let node = of.instances[instance].node;
        let named = match documents {
            Some(documents) => named::found(reads, documents),
            None => named::named(blueprint, (node, &of.definition), values),
        };
        record = record.with("named", named);
    }
    if reads.reads_any(Root::Others) {
        record = record.with("others", others(blueprint, reads));
    }
    if reads.reads_any(Root::Ports) {
        record = record.with("ports", taken::ports(blueprint));
    }
    Ok(record)
}

/// The settings of each component that is read, on its first host; none where it is on none.
fn others(blueprint: &Blueprint<'_>, reads: &Reads) -> Value {
    let model = blueprint.model;
    let settings = |wanted: &str| {
        let mut all = model.components.iter().zip(&blueprint.places);
        let found = all.find(|(component, _)| field(&component.definition.name) == wanted);
        let first = found.and_then(|(_, places)| places.iter().next());
        first.map_or(Value::from(()), |place| place.settings.clone())
    };
    reads.fields(Root::Others).map(|wanted| (wanted.to_owned(), settings(wanted))).collect::<Record>().build()
}

/// Every flag that the program knows: a list where it takes several values, else a text; none where it is not set.
fn flags(table: Option<&FlagTable>, config: &Config, values: &BTreeMap<String, Vec<String>>) -> Value {
    let known = table.into_iter().flat_map(FlagTable::names).filter(|name| !values.contains_key(*name));
    let unset = known.map(|name| (field(name), Value::from(())));
    let set = values.iter().map(|(name, values)| {
        let flag = table.and_then(|table| table.find(name, &config.version.value).ok());
        let many = flag.is_some_and(|flag| {
            flag.repeated || matches!(flag.kind, FlagKind::Cidr | FlagKind::List | FlagKind::Map)
        });
        let joined = values.join(",");
        let items = joined.split(',').map(str::trim).filter(|item| !item.is_empty());
        (field(name), if many { texts(items) } else { text(joined.as_str()) })
    });
    set.chain(unset).collect::<Record>().build()
}
