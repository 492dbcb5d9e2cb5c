//! Evaluates the flags of one instance: those that the catalog derives, then the changes that the plan makes.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::yaml::{Fill, fill};
use crate::catalog::{Definition, FlagKind, FlagTable, Template};
use crate::diagnostics::{Code, Diagnostic};
use crate::expression::{Engine, Value};
use crate::resolve::{Change, Config, FlagChange};
use crate::source::{Sources, Span, Spanned};

/// `--name=value`, sorted by name; a repeated flag once for each value.
pub(super) fn written(
    definition: &Definition,
    config: &Config,
    values: &BTreeMap<String, Vec<String>>,
) -> Vec<String> {
    let version = &config.version.value;
    let table = definition.flag_table.as_deref().filter(|table| table.covers.contains(version));
    values.iter().flat_map(|(name, values)| lines(table, version, name, values)).collect()
}

/// The values of every flag that is set, by its name.
pub(super) fn values(
    definition: &Definition,
    config: &Config,
    holds: impl Fn(&Template) -> Result<bool, Diagnostic>,
    with: &mut impl Fill,
) -> Result<BTreeMap<String, Vec<String>>, Diagnostic> {
    let version = &config.version.value;
    let table = definition.flag_table.as_deref().filter(|table| table.covers.contains(version));
    let mut flags: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for flag in &definition.flags {
        let wanted = flag.versions.contains(version) && flag.when.as_ref().map_or(Ok(true), &holds)?;
        if !wanted {
            continue;
        }
        if let Some(Err(absent)) = table.map(|table| table.find(&flag.name, version)) {
            let why = absent.why();
            let message = format!("`{}` {version} has no flag `--{}`{why}", definition.name, flag.name);
            let help = "limit its versions: `{ value = ..., versions = \">=1.20\" }`";
            return Err(Diagnostic::new(Code::UnknownFlag, message).at(flag.span, "").help(help));
        }
        if let Some(value) = fill(&flag.value, with)? {
            flags.insert(flag.name.to_string(), texts(&value));
        }
    }
    for change in &config.flags {
        match &change.change {
            Change::Append(values) => {
                flags.entry(change.name.value.clone()).or_default().extend(values.iter().cloned())
            }
            Change::Set(values) => _ = flags.insert(change.name.value.clone(), values.clone()),
            Change::Unset => _ = flags.remove(change.name.value.as_str()),
        }
    }
    Ok(flags)
}

/// A path that the plan itself writes into a flag.
#[derive(Debug, Clone, Copy)]
pub(super) struct WrittenPath<'c> {
    /// As it is written.
    pub(super) path: &'c str,
    /// The flag's name in the plan.
    pub(super) flag: &'c Spanned<String>,
    /// Whether the program reads a file there, and never makes one.
    pub(super) read: bool,
}

/// The paths that the plan itself writes into flags.
pub(super) fn written_paths<'c>(
    definition: &'c Definition,
    config: &'c Config,
) -> impl Iterator<Item = WrittenPath<'c>> {
    let version = &config.version.value;
    config.flags.iter().flat_map(move |change| {
        let flag = &change.name;
        let known = definition.flag_table.as_deref().and_then(|table| table.find(&flag.value, version).ok());
        let read = match known.map(|known| known.kind) {
            Some(FlagKind::File) => Some(true),
            Some(FlagKind::Path) => Some(false),
            _ => None,
        };
        read.into_iter().flat_map(move |read| {
            places(std::iter::once(change)).map(move |(path, _)| WrittenPath { path, flag, read })
        })
    })
}

/// The paths that changes of flags name, and where.
pub(super) fn places<'c>(
    changes: impl Iterator<Item = &'c FlagChange>,
) -> impl Iterator<Item = (&'c str, Span)> {
    let values = changes.flat_map(|change| {
        let values = match &change.change {
            Change::Append(values) | Change::Set(values) => values.as_slice(),
            Change::Unset => &[],
        };
        values.iter().map(|value| (value.as_str(), change.name.span))
    });
    values.filter(|(value, _)| value.starts_with('/'))
}

fn lines(
    table: Option<&FlagTable>,
    version: &crate::values::Version,
    name: &str,
    values: &[String],
) -> Vec<String> {
    let repeated = table.and_then(|table| table.find(name, version).ok()).is_some_and(|flag| flag.repeated);
    if repeated {
        values.iter().map(|value| format!("--{name}={value}")).collect()
    } else {
        vec![format!("--{name}={}", values.join(","))]
    }
}

fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::Array(items) => items.iter().flat_map(texts).collect(),
        Json::Null => Vec::new(),
        Json::Object(pairs) => {
            pairs.iter().map(|(key, value)| format!("{key}={}", texts(value).join(""))).collect()
        }
        Json::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// Whether a condition holds.
pub(super) fn holds(
    condition: &Template,
    engine: &Engine,
    scope: &Value,
    sources: &Sources,
) -> Result<bool, Diagnostic> {
    Ok(condition.evaluate(engine, scope, sources)?.is_true())
}
