//! Resolves `[grant.NAME]`: what the plan grants to users and groups.

use super::model::Granted;
use super::parse::{parsed, valid};
use super::subjects::trimmed;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::kubernetes::{is_namespace, is_role_name};
use crate::read::Document;
use crate::read::plan::{GrantTable as Table, Text};
use crate::values::Name;

/// The grants of the plan.
pub(super) fn grants(document: &Document, diagnostics: &mut Diagnostics) -> Vec<Granted> {
    let grants = document.grants.iter().filter_map(|(name, table)| grant(name, table, diagnostics));
    grants.collect()
}

fn grant(name: &Text, table: &Table, diagnostics: &mut Diagnostics) -> Option<Granted> {
    let parsed = parsed::<Name>(name, Code::BadName, diagnostics);
    let role = table.role.as_ref().filter(|role| {
        let why = "the name of a role cannot contain `/` and `%`";
        one(role, is_role_name(&role.value), why, diagnostics)
    });
    let mut named = |texts: &Option<Vec<Text>>| {
        let texts = texts.iter().flatten();
        let good = texts.filter(|text| {
            let good = !text.value.is_empty() && !text.value.chars().any(char::is_control);
            one(text, good, "write the name of a group or a user", diagnostics)
                && valid(trimmed(&text.value), text.span, Code::BadValue, diagnostics).is_some()
        });
        good.map(|text| text.value.clone()).collect::<Vec<_>>()
    };
    let (groups, users) = (named(&table.groups), named(&table.users));
    let mut namespaces = Vec::new();
    for text in table.namespaces.iter().flatten() {
        let why = "a namespace is a DNS label: lower-case letters, digits and `-`";
        if one(text, is_namespace(&text.value), why, diagnostics) {
            namespaces.push(text.value.clone());
        }
    }
    if table.namespaces.as_ref().is_some_and(Vec::is_empty) && !table.unread.holds("namespaces") {
        let message = format!("`grant.{}` has no namespaces", name.value);
        let help = "name some, or remove `namespaces`: it then applies to the whole cluster";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(table.span, "").help(help));
    }
    let nobody = table.groups.iter().chain(&table.users).flatten().next().is_none();
    if nobody && !table.unread.may_hold("groups") && !table.unread.may_hold("users") {
        let message = format!("`grant.{}` has no groups and no users", name.value);
        let help = "write `groups = [...]` or `users = [...]`";
        diagnostics.push(Diagnostic::new(Code::MissingKey, message).at(table.span, "").help(help));
    }
    let role = role?.value.clone();
    Some(Granted { name: parsed?.shared(), role, groups, users, namespaces, origin: name.span })
}

fn one(text: &Text, good: bool, why: &str, diagnostics: &mut Diagnostics) -> bool {
    if !good {
        let message = format!("`{}` is not allowed here", text.value);
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(why));
    }
    good
}
