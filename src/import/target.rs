//! The names by which `--as` and plans refer to leaf certificates that can be imported.

use std::fmt;
use std::sync::Arc;

use crate::plan::Plan;
use crate::resolve::{ImportedCertificate, Model};

/// The place of a certificate in the plan: `certificate.NAME` or `component.COMPONENT.NAME`, the latter also of a pool or
/// a node.
pub struct Target {
    /// `pool` or `node`, and its name.
    above: Option<(&'static str, Arc<str>)>,
    kind: Kind,
}

enum Kind {
    Free(Arc<str>),
    Component { component: Arc<str>, certificate: Arc<str> },
}

impl Target {
    /// What a text names; none where it names no such place at all.
    ///
    /// # Errors
    /// The plan has nothing there.
    pub fn find(text: &str, plan: &Plan) -> Option<Result<Self, String>> {
        let model = &plan.model;
        let (kind, rest) = text.split_once('.')?;
        match kind {
            "certificate" => Some(free(rest, model)),
            "component" => Some(component(None, rest, model)),
            "pool" | "node" => {
                let (name, of) = rest.rsplit_once(".component.")?;
                let table = if kind == "pool" { "pool" } else { "node" };
                let known = model.nodes.iter().any(|node| match table {
                    "pool" => node.pool.as_deref() == Some(name),
                    _ => node.name.as_str() == name,
                });
                let unknown = || Err(format!("the plan has no {table} `{name}` with nodes"));
                Some(if known { component(Some((table, name.into())), of, model) } else { unknown() })
            }
            _ => None,
        }
    }

    /// Whether a text is what places of such certificates are called.
    #[must_use]
    pub fn is_named(text: &str) -> bool {
        ["certificate.", "component.", "pool.", "node."].iter().any(|kind| text.starts_with(kind))
    }

    /// The header of its table.
    pub(super) fn header(&self) -> String {
        let above = self.above.iter().map(|(table, name)| format!("{table}.{}.", key(name)));
        let above: String = above.collect();
        match &self.kind {
            Kind::Free(name) => format!("[certificate.{}]", key(name)),
            Kind::Component { component, .. } => format!("[{above}component.{}]", key(component)),
        }
    }

    /// The key in its table that names the certificate.
    pub(super) fn key(&self) -> String {
        match &self.kind {
            Kind::Free(_) => "imported".to_owned(),
            Kind::Component { certificate, .. } => format!("imported.{}", key(certificate)),
        }
    }

    /// What the plan imports there already, where nothing else of it names that, too.
    #[must_use]
    pub fn replaced<'p>(&self, plan: &'p Plan) -> Option<&'p ImportedCertificate> {
        let all = || plan.model.imported_certificates();
        let own = self.to_string();
        let here = all().find(|imported| *imported.target == *own)?;
        let elsewhere = all().any(|other| other.name == here.name && other.target != here.target);
        (!elsewhere).then_some(here)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((table, name)) = &self.above {
            write!(f, "{table}.{name}.")?;
        }
        match &self.kind {
            Kind::Free(name) => write!(f, "certificate.{name}"),
            Kind::Component { component, certificate } => write!(f, "component.{component}.{certificate}"),
        }
    }
}

fn free(name: &str, model: &Model) -> Result<Target, String> {
    let found = model.certificates.iter().find(|known| *known.name == *name);
    let known = model.certificates.iter().map(|known| format!("certificate.{}", known.name));
    let found = found.ok_or_else(|| missing(&format!("certificate.{name}"), known))?;
    Ok(Target { above: None, kind: Kind::Free(found.name.clone()) })
}

fn component(above: Option<(&'static str, Arc<str>)>, rest: &str, model: &Model) -> Result<Target, String> {
    let (component, certificate) = rest.rsplit_once('.').unwrap_or((rest, ""));
    let found = model.components.iter().find(|known| *known.definition.name == *component);
    let Some(found) = found else {
        let with = model.components.iter().filter(|known| !known.definition.certificates.is_empty());
        let known = with.map(|known| format!("component.{}", known.definition.name));
        return Err(missing(&format!("component.{component}"), known));
    };
    let all = &found.definition.certificates;
    let known = all.iter().map(|known| format!("component.{component}.{}", known.name));
    match all.iter().find(|known| *known.name == *certificate) {
        Some(found_certificate) => Ok(Target {
            above,
            kind: Kind::Component {
                component: found.definition.name.clone(),
                certificate: found_certificate.name.clone(),
            },
        }),
        None => Err(missing(&format!("component.{rest}"), known)),
    }
}

fn missing(what: &str, known: impl Iterator<Item = String>) -> String {
    let known: Vec<String> = known.collect();
    if known.is_empty() {
        return format!("the plan has no `{what}`");
    }
    format!("the plan has no `{what}`; it has {}", known.join(", "))
}

/// A key of TOML.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if bare { name.to_owned() } else { format!("\"{name}\"") }
}
