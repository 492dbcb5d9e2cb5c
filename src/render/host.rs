//! All sheets of one host.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::instance::Instance;
use super::pod::Needs;
use super::{Content, Filling, Reaction, Sheet};
use crate::catalog::Class;
use crate::diagnostics::Diagnostic;
use crate::expand::{Blueprint, path_clash};
use crate::expression::to_text;
use crate::source::{Span, Spanned};

/// The sheets of a node, sorted by path.
///
/// # Errors
/// What is wrong with a template or an expression, at its place, or with two artefacts on one path.
pub fn host(blueprint: &Blueprint<'_>, node: usize) -> Result<Vec<Sheet>, Vec<Diagnostic>> {
    let mut host = Host { blueprint, sheets: BTreeMap::new() };
    let mut failures = Vec::new();
    for &(component, instance) in &blueprint.hosts[node] {
        if let Err(failure) = host.instance(component, instance).and_then(Instance::all) {
            failures.push(failure);
        }
    }
    for (index, made) in blueprint.free_on(node) {
        if let Err(failure) = host.free(index, made) {
            failures.push(failure);
        }
    }
    host.folders();
    if failures.is_empty() {
        Ok(host.sheets.into_values().map(|(sheet, _)| sheet).collect())
    } else {
        Err(failures)
    }
}

/// The flags of one instance, `--name=value`.
///
/// # Errors
/// What is wrong with an expression, at its place.
pub fn flags_of(
    blueprint: &Blueprint<'_>,
    component: usize,
    instance: usize,
) -> Result<Vec<String>, Diagnostic> {
    let mut host = Host { blueprint, sheets: BTreeMap::new() };
    let definition = blueprint.definition(component).clone();
    let scope = blueprint.scope(component, instance).build();
    let (owner, needs) = ("root".into(), Needs::default());
    Instance { host: &mut host, component, instance, definition, owner, scope, needs }.flags()
}

pub(super) struct Host<'b, 'a> {
    pub(super) blueprint: &'b Blueprint<'a>,
    sheets: BTreeMap<String, (Sheet, Span)>,
}

/// The parts of a sheet that a caller decides.
pub(super) struct Put<'p> {
    pub(super) path: &'p Spanned<String>,
    pub(super) content: Content,
    pub(super) mode: u32,
    pub(super) owner: Arc<str>,
    pub(super) artefact: String,
    pub(super) reaction: Option<Reaction>,
    pub(super) component: Option<Arc<str>>,
    pub(super) pod: bool,
}

impl<'p> Put<'p> {
    /// What belongs to no component alone.
    pub(super) fn shared(
        path: &'p Spanned<String>,
        content: Content,
        mode: u32,
        owner: Arc<str>,
        artefact: String,
    ) -> Self {
        Self { path, content, mode, owner, artefact, reaction: None, component: None, pod: false }
    }

    pub(super) fn with(self, reaction: Option<Reaction>) -> Self {
        Self { reaction, ..self }
    }
}

impl<'b, 'a> Host<'b, 'a> {
    pub(super) fn put_class(&mut self, put: Put<'_>, class: Class) -> Result<(), Diagnostic> {
        let path = put.path.value.trim_start_matches('/').to_owned();
        let Some((sheet, span)) = self.sheets.get_mut(&path) else {
            let reactions = put.reaction.into_iter().collect();
            let Put { content, mode, owner, artefact, component, pod, .. } = put;
            let sheet = Sheet {
                path: path.clone(),
                content,
                class,
                mode,
                owner,
                artefact,
                reactions,
                component,
                pod,
            };
            self.sheets.insert(path, (sheet, put.path.span));
            return Ok(());
        };
        if !same(&sheet.content, &put.content) {
            let message = format!("{} and {} would both lie at /{path}", sheet.artefact, put.artefact);
            return Err(path_clash(message, put.path.span, *span));
        }
        sheet.affects(put.reaction);
        Ok(())
    }

    /// What lies at a path, which others put there.
    pub(super) fn sheet(&mut self, path: &str) -> Option<&mut Sheet> {
        self.sheets.get_mut(path.trim_start_matches('/')).map(|(sheet, _)| sheet)
    }

    /// An instance of a component on this host.
    pub(super) fn instance(
        &mut self,
        component: usize,
        instance: usize,
    ) -> Result<Instance<'_, 'b, 'a>, Diagnostic> {
        let blueprint = self.blueprint;
        let definition = blueprint.definition(component).clone();
        let scope = blueprint.scope(component, instance).build();
        let owner: Arc<str> = match &definition.owner {
            Some(owner) => {
                to_text(&owner.evaluate(&blueprint.catalog.engine, &scope, blueprint.sources)?).into()
            }
            None => "root".into(),
        };
        let needs = Needs::default();
        Ok(Instance { host: self, component, instance, definition, owner, scope, needs })
    }

    fn free(&mut self, index: usize, made: usize) -> Result<(), Diagnostic> {
        let blueprint = self.blueprint;
        let certificate = &blueprint.model.certificates[index];
        let authority = blueprint.model.root_of(certificate.authority);
        let files = [
            (
                &certificate.files.certificate,
                Filling::Certificates(blueprint.chain(made)),
                0o644,
                "certificate",
            ),
            (&certificate.files.key, Filling::Key(made), 0o600, "key"),
            (
                &certificate.files.roots,
                Filling::Certificates(blueprint.authorities[authority].in_use_first().collect()),
                0o644,
                "roots",
            ),
        ];
        for (path, filling, mode, what) in files {
            let Some(path) = path else { continue };
            let artefact = format!("{what} of {}", blueprint.certificates[made].id);
            let owner = certificate.owner.clone();
            self.put_class(Put::shared(path, Content::of(filling), mode, owner, artefact), Class::Managed)?;
        }
        Ok(())
    }

    /// Folders with modes of their own, where something lies in them.
    fn folders(&mut self) {
        let Some(layout) = self.blueprint.layout else { return };
        for (path, mode) in &layout.folders {
            let inner = path.trim_start_matches('/');
            let below = format!("{inner}/");
            let used = self.sheets.range(below.clone()..).next().is_some_and(|(p, _)| p.starts_with(&below));
            if used && !self.sheets.contains_key(inner) {
                let sheet = Sheet {
                    path: inner.to_owned(),
                    content: Content::Folder,
                    class: Class::Managed,
                    mode: *mode,
                    owner: "root".into(),
                    artefact: "folder".to_owned(),
                    reactions: Vec::new(),
                    component: None,
                    pod: false,
                };
                if let Some(cluster) = self.blueprint.model.cluster.as_ref() {
                    let span = cluster.layout.origin.or(cluster.name.origin);
                    if let Some(span) = span {
                        self.sheets.insert(inner.to_owned(), (sheet, span));
                    }
                }
            }
        }
    }
}

impl Sheet {
    /// Adds what a change does to one more program.
    pub(super) fn affects(&mut self, reaction: Option<Reaction>) {
        if let Some(reaction) = reaction.filter(|reaction| !self.reactions.contains(reaction)) {
            self.reactions.push(reaction);
            self.reactions.sort();
        }
    }
}

fn same(a: &Content, b: &Content) -> bool {
    match (a, b) {
        (Content::Folder, Content::Folder) | (Content::None, Content::None) => true,
        (Content::Pieces(a), Content::Pieces(b)) => a == b,
        _ => false,
    }
}
