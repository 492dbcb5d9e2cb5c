//! The `named` of expressions: the documents of `[file.NAME]` files that flags name.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Definition, Reads, Root, SeenInner, Source};
use crate::expand::Blueprint;
use crate::expression::{Record, Value, field, list, text};
use crate::resolve::{Format, NodeIndex};
use crate::yaml::{self, Node, Typed, Value as Yaml};

/// Documents by the flags that name their files.
pub(super) type Documents = [(Arc<str>, Node)];

/// The first document of each such file on a node, by the flag that names it; none where it is no file of the plan.
pub(super) fn named(
    blueprint: &Blueprint<'_>,
    (node, definition): (NodeIndex, &Definition),
    values: &BTreeMap<String, Vec<String>>,
) -> Value {
    let reads = &definition.knowledge.reads;
    let model = blueprint.model;
    let files = model.extras_on(node).files.into_iter().map(|index| &model.files[index]);
    let yaml = files.filter_map(|file| Some((&file.path.value, file.beside()?)));
    let yaml: BTreeMap<&String, _> = yaml.filter(|(_, beside)| beside.format == Format::Yaml).collect();
    let said = |wanted: &str| {
        let mut flags = values.iter().filter(|(name, _)| field(name) == wanted);
        let found =
            flags.find_map(|(flag, paths)| paths.iter().find_map(|path| Some((flag, path, yaml.get(path)?))));
        let document = found.and_then(|(flag, path, beside)| {
            let mut document = first(&beside.text)?;
            if let Some(inner) = inner(definition, flag) {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let read = |path: &str| first(&yaml.get(&beneath(folder, path))?.text);
                let fields = (&*inner.path, &*inner.document);
                document.embed(&inner.list, fields, &mut |path, _| read(path));
            }
            Some(value(&document))
        });
        document.unwrap_or_else(|| Value::from(()))
    };
    reads.fields(Root::Named).map(|wanted| (wanted.to_owned(), said(wanted))).collect::<Record>().build()
}

fn first(text: &str) -> Option<Node> {
    yaml::documents(text).ok()?.into_iter().next().map(|document| document.root)
}

/// Which documents the file of a flag names.
fn inner<'d>(definition: &'d Definition, flag: &str) -> Option<&'d SeenInner> {
    let is_it = |source: &Source| matches!(source, Source::Flag(name) if **name == *flag);
    let mut files = definition.seen.iter().flat_map(|seen| &seen.files);
    files.find(|file| file.slot.sources.iter().any(is_it))?.inner.as_ref()
}

/// A path as a file in a folder means it.
fn beneath(folder: &str, path: &str) -> String {
    let relative = path.strip_prefix("./").unwrap_or(path);
    if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{relative}") }
}

/// The same of documents that were found on a host.
pub(super) fn found(reads: &Reads, documents: &Documents) -> Value {
    let said = |wanted: &str| {
        let document = documents.iter().find(|(name, _)| field(name) == wanted);
        document.map_or_else(|| Value::from(()), |(_, document)| value(document))
    };
    reads.fields(Root::Named).map(|wanted| (wanted.to_owned(), said(wanted))).collect::<Record>().build()
}

fn value(node: &Node) -> Value {
    match &node.value {
        Yaml::Sequence(items) => list(items.iter().map(value)),
        Yaml::Mapping(entries) => {
            entries.iter().map(|(key, under)| (key.text.clone(), value(under))).collect::<Record>().build()
        }
        Yaml::Scalar(scalar) => match scalar.typed() {
            Typed::Null => Value::from(()),
            Typed::Bool(value) => Value::from(value),
            Typed::Int(value) => Value::from(value),
            Typed::Float(value) => Value::from(value),
            Typed::Text(value) => text(value),
        },
    }
}
