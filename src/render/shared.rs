//! Sheets that lie on no host: people's credentials, and what is applied to the API.

use super::flags::holds;
use super::kubeconfig::Kubeconfig;
use super::yaml::{self, Fill};
use super::{Content, Hole, Piece, Sheet};
use crate::catalog::{Class, FileContent, Holds, Reference, Template};
use crate::diagnostics::{Code, Diagnostic};
use crate::expand::{Blueprint, Holder};
use crate::expression::{Record, Value, to_text};

/// The sheets of a certificate that lies on no host: a user's kubeconfig, or certificate, key and roots.
/// None for certificates that lie on hosts; otherwise the folder's name, and the sheets.
#[must_use]
pub fn user(blueprint: &Blueprint<'_>, certificate: usize) -> Option<(String, Vec<Sheet>)> {
    match blueprint.certificates[certificate].holder {
        Holder::User(user) => {
            let user = &blueprint.model.users[user];
            let kubeconfig = sheet("kubeconfig", kubeconfig(blueprint, certificate)?, 0o600, &user.id);
            Some((user.name.to_string(), vec![kubeconfig]))
        }
        Holder::Free { certificate: free, node: None } => {
            let written = &blueprint.model.certificates[free];
            let root = blueprint.model.root_of(written.authority);
            let roots = blueprint.authorities[root].in_use_first().collect();
            let id = &blueprint.certificates[certificate].id;
            let hole = |hole| vec![Piece::Hole(hole)];
            let sheets = vec![
                sheet("ca.crt", hole(Hole::Certificates(roots)), 0o644, id),
                sheet("tls.crt", hole(Hole::Certificates(blueprint.chain(certificate))), 0o644, id),
                sheet("tls.key", hole(Hole::Key(certificate)), 0o600, id),
            ];
            Some((written.name.to_string(), sheets))
        }
        _ => None,
    }
}

fn sheet(path: &str, pieces: Vec<Piece>, mode: u32, id: &str) -> Sheet {
    Sheet {
        path: path.to_owned(),
        content: Content::Pieces(pieces),
        class: Class::Managed,
        mode,
        owner: "root".into(),
        artefact: format!("{path} of {id}"),
        effects: Vec::new(),
    }
}

fn kubeconfig(blueprint: &Blueprint<'_>, certificate: usize) -> Option<Vec<Piece>> {
    let cluster = blueprint.model.cluster.as_ref()?;
    let (component, listen) = cluster.endpoint_to.as_ref()?;
    let definition = &blueprint.model.component(component)?.definition;
    let listen = definition.listens.iter().find(|known| known.name == *listen)?;
    let purpose = definition.certificates[listen.certificate?].purpose.clone();
    let user = blueprint.certificates[certificate].specification.subject.common_name().unwrap_or_default();
    let kubeconfig = Kubeconfig {
        cluster: &cluster.name.value,
        server: blueprint.endpoint()?.url(),
        trusts: blueprint.bundle(&[purpose], Holds::Roots),
        user,
        client: Some((blueprint.chain(certificate), certificate)),
    };
    Some(kubeconfig.pieces())
}

/// What is applied to the API: one file for each manifest of each component.
///
/// # Errors
/// What is wrong with a template or an expression.
pub fn cluster(blueprint: &Blueprint<'_>) -> Result<Vec<Sheet>, Vec<Diagnostic>> {
    let mut sheets = Vec::new();
    let mut failures = Vec::new();
    for (index, component) in blueprint.model.components.iter().enumerate() {
        if component.instances.is_empty() {
            continue;
        }
        let scope = blueprint
            .scope(index, 0)
            .with("path", Record::new().build())
            .with("flags", Record::new().build())
            .with("keyring", Record::new().build())
            .with("pod", Record::new().build())
            .with("with", Record::new().build())
            .build();
        let mut fill = Manifest { blueprint, scope };
        for file in &component.definition.manifests {
            let engine = &blueprint.catalog.engine;
            let wanted = file
                .when
                .as_ref()
                .map_or(Ok(true), |when| holds(when, engine, &fill.scope, blueprint.sources));
            let text = match (wanted, &file.content) {
                (Err(failure), _) => Err(failure),
                (Ok(true), FileContent::Yaml(documents)) => {
                    let filled: Result<Vec<_>, _> =
                        documents.iter().map(|d| yaml::fill(d, &mut fill)).collect();
                    filled.map(|documents| {
                        Some(yaml::to_text(&documents.into_iter().flatten().collect::<Vec<_>>()))
                    })
                }
                (Ok(true), FileContent::Text(template)) => {
                    template.evaluate(engine, &fill.scope, blueprint.sources).map(|text| Some(to_text(&text)))
                }
                _ => Ok(None),
            };
            match text {
                Ok(Some(text)) => {
                    let path = format!("{}-{}.yaml", component.definition.name, file.name);
                    let id = format!("component {}", component.definition.name);
                    sheets.push(sheet(&path, vec![Piece::Text(text)], file.mode.unwrap_or(0o644), &id));
                }
                Ok(None) => {}
                Err(failure) => failures.push(failure),
            }
        }
    }
    sheets.sort_by(|a, b| a.path.cmp(&b.path));
    if failures.is_empty() { Ok(sheets) } else { Err(failures) }
}

struct Manifest<'b, 'a> {
    blueprint: &'b Blueprint<'a>,
    scope: Value,
}

impl Fill for Manifest<'_, '_> {
    fn text(&mut self, template: &Template) -> Result<Value, Diagnostic> {
        template.evaluate(&self.blueprint.catalog.engine, &self.scope, self.blueprint.sources)
    }

    fn path(&mut self, _: Reference) -> Result<String, Diagnostic> {
        Err(Diagnostic::new(Code::UnknownReference, "a manifest lies on no host and cannot refer to a path"))
    }
}
