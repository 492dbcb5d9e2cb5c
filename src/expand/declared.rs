//! Evaluates what a definition declares about a certificate: its condition, its subject and its names.

use super::artefacts::{Reason, Reasoned};
use super::context::Context;
use crate::catalog::{CertificateDefinition, Template};
use crate::diagnostics::{Code, Diagnostic};
use crate::expression::{Value, is_none, items, to_text};
use crate::resolve::{Authority, Component, InstanceIndex};
use crate::source::Span;
use crate::specification::{Issuer, Specification};
use crate::values::{AlternativeName, Invalid, Subject, parse_address};

/// Whether a condition holds; `absent` where there is none.
pub(super) fn holds(
    context: &Context<'_>,
    when: Option<&Template>,
    absent: bool,
    scope: &Value,
) -> Result<bool, Diagnostic> {
    let Some(when) = when else { return Ok(absent) };
    Ok(when.evaluate(&context.catalog.engine, scope, context.sources)?.is_true())
}

pub(super) fn subject(
    context: &Context<'_>,
    certificate: &CertificateDefinition,
    scope: &Value,
) -> Result<Subject, Diagnostic> {
    let evaluate = |template: &Template| template.evaluate(&context.catalog.engine, scope, context.sources);
    let common_name = to_text(&evaluate(&certificate.common_name)?);
    let mut organizations = Vec::new();
    for template in &certificate.organizations {
        organizations.extend(items(&evaluate(template)?).iter().map(to_text));
    }
    Subject::new(Some(&common_name), organizations.iter().map(String::as_str))
        .map_err(|invalid| diagnostic(&invalid, Code::BadSubject, certificate.common_name.span()))
}

pub(super) fn diagnostic(invalid: &Invalid, code: Code, span: Span) -> Diagnostic {
    Diagnostic::new(code, invalid.message.clone()).at(span, "").maybe_help(invalid.help.clone())
}

/// The names that a certificate's definition declares.
pub(super) fn declared(
    context: &Context<'_>,
    definition: &CertificateDefinition,
    scope: &Value,
    names: &mut Vec<Reasoned>,
) -> Result<(), Diagnostic> {
    for template in &definition.dns {
        for item in evaluated(context, template, scope)? {
            let name =
                to_text(&item).parse().map_err(|e| diagnostic(&e, Code::BadDnsName, template.span()))?;
            names.push((AlternativeName::Dns(name), Reason::Catalog(template.span())));
        }
    }
    for template in &definition.ip {
        for item in evaluated(context, template, scope)? {
            let address = parse_address(&to_text(&item))
                .map_err(|e| diagnostic(&e, Code::BadAddress, template.span()))?;
            names.push((AlternativeName::Ip(address), Reason::Catalog(template.span())));
        }
    }
    Ok(())
}

/// The names that the plan adds to an instance's certificates.
pub(super) fn added(component: &Component, instance: InstanceIndex) -> impl Iterator<Item = Reasoned> + '_ {
    let names = component.instances[instance].config.names.iter();
    names.map(|name| (name.value.clone(), Reason::Plan(name.span)))
}

fn evaluated(context: &Context<'_>, template: &Template, scope: &Value) -> Result<Vec<Value>, Diagnostic> {
    let value = template.evaluate(&context.catalog.engine, scope, context.sources)?;
    Ok(items(&value).into_iter().filter(|item| !is_none(item)).collect())
}

pub(super) fn specification(
    certificate: &CertificateDefinition,
    (subject, names): (Subject, Vec<Reasoned>),
    issuer: Issuer,
    above: &Authority,
) -> Specification {
    Specification {
        subject,
        names: names.into_iter().map(|(name, _)| name).collect(),
        usages: certificate.usages.iter().copied().collect(),
        authority: None,
        issuer,
        key: above.issued_key,
        validity: above.issued.value,
    }
}
