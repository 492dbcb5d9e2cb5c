//! What files of one's own say that flags name.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Reads, Root};
use crate::expand::Blueprint;
use crate::expression::{Record, Value, field, list, text};
use crate::resolve::{Format, NodeIndex};
use crate::yaml::{self, Node, Typed, Value as Yaml};

/// Documents by the flags that name their files.
pub(super) type Documents = [(Arc<str>, Node)];

/// The first document of each such file on a node, by the flag that names it; none where it is no file of the plan.
pub(super) fn named(
    blueprint: &Blueprint<'_>,
    node: NodeIndex,
    reads: &Reads,
    values: &BTreeMap<String, Vec<String>>,
) -> Value {
    let model = blueprint.model;
    let files = model.extras_on(node).files.into_iter().map(|index| &model.files[index]);
    let yaml = files.filter_map(|file| Some((&file.path.value, file.beside()?)));
    let yaml: BTreeMap<&String, _> = yaml.filter(|(_, beside)| beside.format == Format::Yaml).collect();
    let said = |wanted: &str| {
        let mut flags = values.iter().filter(|(name, _)| field(name) == wanted);
        let beside = flags.find_map(|(_, paths)| paths.iter().find_map(|path| yaml.get(path)));
        let document = beside.and_then(|beside| yaml::documents(&beside.text).ok()?.into_iter().next());
        document.map_or_else(|| Value::from(()), |document| value(&document.root))
    };
    reads.fields(Root::Named).map(|wanted| (wanted.into(), said(wanted))).collect::<Record>().build()
}

/// The same of documents that were found on a host.
pub(super) fn found(reads: &Reads, documents: &Documents) -> Value {
    let said = |wanted: &str| {
        let document = documents.iter().find(|(name, _)| field(name) == wanted);
        document.map_or_else(|| Value::from(()), |(_, document)| value(document))
    };
    reads.fields(Root::Named).map(|wanted| (wanted.into(), said(wanted))).collect::<Record>().build()
}

fn value(node: &Node) -> Value {
    match &node.value {
        Yaml::Sequence(items) => list(items.iter().map(value)),
        Yaml::Mapping(entries) => entries
            .iter()
            .map(|(key, under)| (key.text.as_str().into(), value(under)))
            .collect::<Record>()
            .build(),
        Yaml::Scalar(scalar) => match scalar.typed() {
            Typed::Null => Value::from(()),
            Typed::Bool(value) => Value::from(value),
            Typed::Int(value) => Value::from(value),
            Typed::Float(value) => Value::from(value),
            Typed::Text(value) => text(value),
        },
    }
}
