//! Renders sheets that are on no host: the credentials of users, and the manifests for the API.

use super::certificates::{Within, material};
use super::file::split;
use super::flags::holds;
use super::kubeconfig::{Context, KubeconfigText, Proof, Trust};
use super::marker::Holes;
use super::yaml::{self, Fill};
use super::{Content, Filling, MadeFrom, Part, Piece, Sheet, bundles, keyring};
use crate::catalog::{Class, FileContent, FileDefinition, Holds, Reference, Root, Template};
use crate::diagnostics::{Code, Diagnostic};
use crate::expand::{Blueprint, Holder};
use crate::expression::{Record, Value, to_text};
use crate::resolve::ComponentIndex;
use crate::specification::CertificateIndex;
use crate::values::UnitId;

/// The sheets of a certificate that lies on no host: a user's kubeconfig, or certificate, key and roots.
/// None for certificates that lie on hosts; otherwise the unit, and the sheets.
#[must_use]
pub fn user(blueprint: &Blueprint<'_>, certificate: CertificateIndex) -> Option<(UnitId, Vec<Sheet>)> {
    match blueprint.certificates[certificate].holder {
        Holder::User(user) => {
            let user = &blueprint.model.users[user];
            let kubeconfig =
                sheet("kubeconfig", Content::Pieces(kubeconfig(blueprint, certificate)?), 0o600, &user.id);
            let kubeconfig = Sheet { made_from: Some(MadeFrom::Endpoint), ..kubeconfig };
            Some((UnitId::User(user.name.clone()), vec![kubeconfig]))
        }
        Holder::Free { certificate: free, node: None } => {
            let written = &blueprint.model.certificates[free];
            let root = blueprint.model.root_of(written.authority);
            let roots = blueprint.authorities[root].in_bundles().collect();
            let id = &blueprint.certificates[certificate].id;
            let sheets = vec![
                sheet("ca.crt", Content::of(Filling::Certificates(roots)), 0o644, id),
                sheet("tls.crt", Content::of(Filling::Certificates(blueprint.chain(certificate))), 0o644, id),
                sheet("tls.key", Content::of(Filling::Key(certificate)), 0o600, id),
            ];
            Some((UnitId::User(written.name.clone()), sheets))
        }
        _ => None,
    }
}

fn sheet(path: &str, content: Content, mode: u32, id: &str) -> Sheet {
    Sheet {
        path: path.to_owned(),
        content,
        class: Class::Managed,
        mode,
        owner: "root".into(),
        artefact: format!("{path} of {id}"),
        reactions: Vec::new(),
        component: None,
        pod: false,
        made_from: None,
    }
}

pub(super) fn kubeconfig(blueprint: &Blueprint<'_>, certificate: CertificateIndex) -> Option<Vec<Piece>> {
    let cluster = blueprint.model.cluster.as_ref()?;
    let (component, listen) = cluster.endpoint_to.as_ref()?;
    let definition = &blueprint.model.component(component)?.definition;
    let listen = definition.listens.iter().find(|known| known.name == *listen)?;
    let purpose = definition.certificates[listen.certificate?].purpose.clone();
    let user = blueprint.certificates[certificate].specification.subject.common_name().unwrap_or_default();
    let user = match cluster.qualified_users {
        true => format!("{user}@{}", cluster.name.value),
        false => user.to_owned(),
    };
    let context = Context {
        name: cluster.qualified_users.then(|| user.clone()),
        cluster: cluster.name.value.to_string(),
        server: blueprint.endpoint()?.url(),
        trust: Trust::Embedded(blueprint.bundle(&[purpose], Holds::Roots)),
        user,
        proof: Proof::Embedded(blueprint.chain(certificate), certificate),
        namespace: None,
    };
    Some(KubeconfigText::of(context).pieces())
}

/// What is applied to the API: one file for each manifest of each component.
///
/// # Errors
/// What is wrong with a template or an expression.
pub fn cluster(blueprint: &Blueprint<'_>) -> Result<Vec<Sheet>, Vec<Diagnostic>> {
    let mut sheets = Vec::new();
    let mut failures = Vec::new();
    for (index, component) in blueprint.model.components.enumerate() {
        let Some(first) = component.instances.indices().next() else { continue };
        let mut holes = Holes::default();
        let definition = &component.definition;
        let scope = blueprint.scope_with(index, first, |i, made, record| {
            match definition.certificates[i].per_cluster {
                true => material(blueprint, definition, (i, made), Within::Value, (record, &mut holes)),
                false => record.with("rotated", is_rotated(blueprint, index, i)),
            }
        });
        let scope = scope
            .with("path", Record::new().build())
            .with("flags", Record::new().build())
            .with("pod", Record::new().build())
            .with("keyring", keyring::keyrings(blueprint, &component.definition, &mut holes))
            .with("bundle", bundles::bundles(blueprint, (index, first), &mut holes))
            .with("with", Record::new().build())
            .build();
        let mut fill = Manifest { blueprint, scope };
        for (position, file) in component.definition.manifests.iter().enumerate() {
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
                Ok(Some(text)) => match split(&holes, &text, file) {
                    Ok(pieces) => {
                        let part = Part::Manifest(position);
                        let made_from = Some(MadeFrom::Part { component: index, instance: first, part });
                        let sheet = manifest(&component.definition.name, file, Content::Pieces(pieces));
                        sheets.push(Sheet { made_from, ..sheet });
                    }
                    Err(failure) => failures.push(failure),
                },
                Ok(None) => {}
                Err(failure) => failures.push(failure),
            }
        }
    }
    sheets.sort_by(|a, b| a.path.cmp(&b.path));
    if failures.is_empty() { Ok(sheets) } else { Err(failures) }
}

/// Whether the cluster rotates this certificate of some instance.
fn is_rotated(blueprint: &Blueprint<'_>, component: ComponentIndex, certificate: usize) -> bool {
    let of = &blueprint.model.components[component];
    let mut certificates = of.instances.indices().filter_map(|instance| {
        blueprint
            .instance_certificate(component, instance, certificate)
            .map(|made| &blueprint.certificates[made])
    });
    of.definition.reads.reads(Root::Certificate, &of.definition.certificates[certificate].field)
        && certificates.any(|made| made.rotated)
}

fn manifest(component: &str, file: &FileDefinition, content: Content) -> Sheet {
    let mode = file.mode.unwrap_or(if content.is_secret() { 0o600 } else { 0o644 });
    sheet(
        &format!("{component}-{}.{}", file.name, file.extension),
        content,
        mode,
        &format!("component {component}"),
    )
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
        Err(Diagnostic::new(Code::UnknownReference, "a manifest is on no host and cannot refer to a path"))
    }
}
