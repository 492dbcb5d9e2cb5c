//! Resolves changes of flags, which must be known, have the right type, and not contradict what the catalog derives.

use super::model::{Change, Config, FlagChange};
use super::words;
use crate::catalog::{Definition, Flag, FlagKind, FlagTable, Tree};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::Literal;
use crate::read::plan::{ComponentTable as Written, Text};
use crate::source::{Span, Spanned};

/// Takes over the changes of one layer.
pub(super) fn change(
    definition: &Definition,
    layer: &Written,
    config: &mut Config,
    diagnostics: &mut Diagnostics,
) {
    for (name, value) in &layer.flags_set {
        let (plain, overrides) = overriding(value);
        if !exists(definition, name, config, diagnostics) {
            continue;
        }
        if !overrides && let Some(derived) = derived(definition, &name.value) {
            diagnostics.push(is_derived(definition, name, derived));
            continue;
        }
        if let Some(values) = values(definition, name, plain, config, diagnostics) {
            config.flags.push(FlagChange { name: name.clone(), change: Change::Set(values) });
        }
    }
    for (name, value) in &layer.flags_append {
        if !takes_more(definition, name, config)
            && let Some(derived) = derived(definition, &name.value)
        {
            diagnostics.push(is_derived(definition, name, derived));
            continue;
        }
        if exists(definition, name, config, diagnostics)
            && let Some(values) = values(definition, name, value, config, diagnostics)
        {
            config.flags.push(FlagChange { name: name.clone(), change: Change::Append(values) });
        }
    }
    for name in &layer.flags_unset {
        let ours = definition.flags.iter().any(|flag| *flag.name == *name.value);
        let set = config.flags.iter().any(|change| change.name.value == name.value);
        if !ours && !set {
            let message = format!("`{}` has no flag `{}` to unset", definition.name, name.value);
            let help = did_you_mean(&name.value, definition.flags.iter().map(|flag| &*flag.name));
            let diagnostic = Diagnostic::new(Code::UnsetFlag, message).at(name.span, "");
            diagnostics.push(diagnostic.help("remove it: nothing sets this flag").maybe_help(help));
            continue;
        }
        let flag = definition.flags.iter().find(|flag| *flag.name == *name.value);
        if let Some(flag) = flag.filter(|flag| refers(&flag.value)) {
            diagnostics.push(is_derived(definition, name, flag.span));
            continue;
        }
        config.flags.push(FlagChange { name: name.clone(), change: Change::Unset });
    }
}

/// `{ value = ..., override = true }`
fn overriding(value: &Spanned<Literal>) -> (&Spanned<Literal>, bool) {
    match (value.value.get("value"), value.value.get("override")) {
        (Some(inner), Some(flag)) => (inner, flag.value == Literal::Boolean(true)),
        (Some(inner), None) => (inner, false),
        _ => (value, false),
    }
}

fn is_derived(definition: &Definition, name: &Text, derived: Span) -> Diagnostic {
    let message = format!("`{}` of `{}` is derived from the plan", name.value, definition.name);
    let help = format!(
        "change what it derives from, or write `{} = {{ value = ..., override = true }}` and adapt everything else",
        name.value
    );
    let diagnostic = Diagnostic::new(Code::DerivedFlag, message).at(name.span, "set here").help(help);
    diagnostic.at(derived, "derived in the catalog here")
}

/// Changes of wider layers, which layers with a version of their own take over unless they say otherwise.
pub(super) fn inherited(
    definition: &Definition,
    layers: &[&Written],
    base: &Config,
    config: &Config,
    diagnostics: &mut Diagnostics,
) {
    let version = &config.version.value;
    let Some(table) = table(definition, config).filter(|_| base.version.value != *version) else {
        return;
    };
    let own = |name: &str| {
        let set = layers.iter().flat_map(|layer| &layer.flags_set).map(|(name, _)| name);
        set.chain(layers.iter().flat_map(|layer| &layer.flags_unset)).any(|own| own.value == name)
    };
    for change in base.flags.iter().filter(|change| !own(&change.name.value)) {
        let (name, Some(place)) = (&change.name, config.version.origin) else { continue };
        let wrong = match (table.find(&name.value, version), &change.change) {
            (_, Change::Unset) => continue,
            (Err(absent), _) => {
                let message = unknown(table, config, &name.value, &absent.why());
                Diagnostic::new(Code::UnknownFlag, message).maybe_help(absent.instead())
            }
            (Ok(flag), Change::Append(values) | Change::Set(values)) => {
                let of = (table.program.as_str(), version);
                if let Some(wrong) = words::wrong(name, name.span, &flag, of, values) {
                    diagnostics.push(wrong.at(place, "and this version inherits it"));
                    continue;
                }
                let Err(wanted) = fits(&flag, values) else { continue };
                let message = format!("`--{}` of {} {version} takes {wanted}", name.value, table.program);
                Diagnostic::new(Code::FlagType, message)
            }
        };
        diagnostics.push(wrong.at(name.span, "set here").at(place, "and this version inherits it"));
    }
}

fn exists(definition: &Definition, name: &Text, config: &Config, diagnostics: &mut Diagnostics) -> bool {
    let Some(table) = table(definition, config) else { return true };
    let version = &config.version.value;
    let diagnostic = match table.find(&name.value, version) {
        Ok(flag) if flag.deprecated => {
            let message = format!("`--{}` of {} {version} is deprecated", name.value, table.program);
            let help = flag.instead().unwrap_or_else(|| "remove it".to_owned());
            Diagnostic::new(Code::DeprecatedFlag, message).help(help)
        }
        Ok(_) => return true,
        Err(absent) => {
            let message = unknown(table, config, &name.value, &absent.why());
            let nearest =
                if absent.limit.is_none() { did_you_mean(&name.value, table.names()) } else { None };
            Diagnostic::new(Code::UnknownFlag, message).maybe_help(absent.instead().or(nearest))
        }
    };
    let exists = diagnostic.code == Code::DeprecatedFlag;
    diagnostics.push(diagnostic.at(name.span, ""));
    exists
}

fn values(
    definition: &Definition,
    name: &Text,
    value: &Spanned<Literal>,
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<String>> {
    let Some(values) = texts(&value.value) else {
        let message = format!("`--{}` takes a string, a number, a boolean or a list of them", name.value);
        let label = format!("this is {}", value.value.kind());
        diagnostics.push(Diagnostic::new(Code::FlagType, message).at(value.span, label));
        return None;
    };
    let known = table(definition, config).and_then(|t| t.find(&name.value, &config.version.value).ok());
    if let Some(Err(wanted)) = known.as_ref().map(|flag| fits(flag, &values)) {
        let message = format!("`--{}` takes {wanted}", name.value);
        let label = format!("this is {}", value.value.kind());
        diagnostics.push(Diagnostic::new(Code::FlagType, message).at(value.span, label));
        return None;
    }
    let program = definition.flag_table.as_ref().map_or("", |table| &table.program);
    let of = (program, &config.version.value);
    if let Some(wrong) = known.and_then(|flag| words::wrong(name, value.span, &flag, of, &values)) {
        diagnostics.push(wrong);
        return None;
    }
    Some(values)
}

/// The table, where it covers the version.
fn table<'d>(definition: &'d Definition, config: &Config) -> Option<&'d FlagTable> {
    definition.flag_table.as_deref().filter(|table| table.covers.contains(&config.version.value))
}

fn unknown(table: &FlagTable, config: &Config, name: &str, why: &str) -> String {
    format!("{} {} has no flag `--{name}`{why}", table.program, config.version.value)
}

/// Whether values are what a flag takes, and what it wants otherwise.
fn fits(flag: &Flag<'_>, values: &[String]) -> Result<(), &'static str> {
    if values.len() > 1 && !many(flag) {
        return Err("one value");
    }
    values.iter().try_for_each(|text| flag.kind.check(text))
}

fn many(flag: &Flag<'_>) -> bool {
    flag.repeated || matches!(flag.kind, FlagKind::Cidr | FlagKind::List | FlagKind::Map)
}

/// Whether a flag is a list, to which more may be added without contradicting what is there.
fn takes_more(definition: &Definition, name: &Text, config: &Config) -> bool {
    let known = table(definition, config).and_then(|t| t.find(&name.value, &config.version.value).ok());
    known.is_some_and(|flag| flag.repeated || matches!(flag.kind, FlagKind::List | FlagKind::Map))
}

/// Whether a flag names an artefact: without it, the program would not find what lies there for it.
fn refers(tree: &Tree) -> bool {
    match tree {
        Tree::Boolean(_) | Tree::Float(_) | Tree::Integer(_) | Tree::Text(_) => false,
        Tree::List(items) => items.iter().any(refers),
        Tree::Reference(_) => true,
        Tree::Table(entries) => entries.iter().any(|(_, value)| refers(value)),
        Tree::When(value, _) => refers(value),
    }
}

/// Where the catalog derives a flag, if it does so by more than a literal default.
fn derived(definition: &Definition, name: &str) -> Option<Span> {
    let flag = definition.flags.iter().find(|flag| *flag.name == *name)?;
    computed(&flag.value).then_some(flag.span)
}

fn computed(tree: &Tree) -> bool {
    match tree {
        Tree::Boolean(_) | Tree::Float(_) | Tree::Integer(_) => false,
        Tree::List(items) => items.iter().any(computed),
        Tree::Reference(_) => true,
        Tree::Table(entries) => entries.iter().any(|(_, value)| computed(value)),
        Tree::Text(template) => !template.is_literal(),
        Tree::When(..) => true,
    }
}

fn texts(literal: &Literal) -> Option<Vec<String>> {
    match literal {
        Literal::Boolean(boolean) => Some(vec![boolean.to_string()]),
        Literal::Float(number) => Some(vec![number.to_string()]),
        Literal::Integer(number) => Some(vec![number.to_string()]),
        Literal::List(items) => {
            let inner: Option<Vec<Vec<String>>> = items.iter().map(|item| texts(&item.value)).collect();
            Some(inner?.concat())
        }
        Literal::Table(_) => None,
        Literal::Text(text) => Some(vec![text.clone()]),
    }
}
