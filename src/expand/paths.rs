//! The paths of components' artefacts, and the check that no two artefacts have the same path.

use std::collections::BTreeMap;

use super::context::{Context, push_once};
use crate::catalog::{Definition, FileDefinition, Layout, PairPart};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::resolve::{
    Component, ComponentIndex, Extras, InstanceIndex, Node, NodeIndex, OwnFile, check_path, path_escapes,
};
use crate::source::{Span, Spanned};

/// Where the artefacts of one component lie, on every host that carries it.
#[derive(Debug, Default)]
pub struct ComponentPaths {
    /// The program.
    pub binary: String,
    /// Certificates, by their position; none: never a file of its own.
    pub certificates: Vec<Option<PairPaths>>,
    /// Bundles that hold several purposes, or that the layout names; the others lie where the authority's do.
    pub bundles: Vec<Option<Spanned<String>>>,
    /// The bundles that the layout names.
    pub named_bundles: Vec<bool>,
    /// Kubeconfigs.
    pub kubeconfigs: Vec<Option<Spanned<String>>>,
    /// Files.
    pub files: Vec<Option<Spanned<String>>>,
}

/// Where a certificate and its key lie.
#[derive(Debug, Clone)]
pub struct PairPaths {
    /// The certificate.
    pub certificate: Spanned<String>,
    /// The key.
    pub key: Spanned<String>,
    /// Which of the two comes first, where both lie in one file.
    pub first: PairPart,
}

impl PairPaths {
    /// Whether certificate and key lie in one file.
    #[must_use]
    pub fn is_one_file(&self) -> bool {
        self.certificate.value == self.key.value
    }
}

pub(super) fn components(
    context: &Context<'_>,
    layout: Option<&Layout>,
    diagnostics: &mut Diagnostics,
) -> List<Component, ComponentPaths> {
    let Some(layout) = layout else { return List::default() };
    context.model.components.map(|component| of(context, layout, component, diagnostics))
}

fn of(
    context: &Context<'_>,
    layout: &Layout,
    component: &Component,
    diagnostics: &mut Diagnostics,
) -> ComponentPaths {
    let definition: &Definition = &component.definition;
    if component.instances.is_empty() {
        return ComponentPaths::default();
    }
    let mut found = Vec::new();
    let own = definition.layouts.get(&layout.name);
    let mut place = |kind: &str, name: &str, part: Option<&str>| {
        let artefact = (&*definition.name, kind, name, part);
        let path = layout.component(&context.catalog.engine, context.sources, own, artefact)?;
        if let Err(why) = check_path(&path.value) {
            found.push(path_escapes(&path.value, why, path.span));
        }
        Some(path)
    };
    let mut missing: Vec<(String, Span)> = Vec::new();
    let binary = place("binary", "", None).map(|path| path.value).unwrap_or_default();
    let certificates = definition
        .certificates
        .iter()
        .map(|certificate| {
            let pair = place("certificate", &certificate.name, Some("certificate")).zip(place(
                "certificate",
                &certificate.name,
                Some("key"),
            ));
            let first = layout.first(own, (&definition.name, &certificate.name));
            pair.map(|(certificate, key)| PairPaths { certificate, key, first })
        })
        .collect();
    let bundles = definition.bundles.iter().map(|bundle| place("bundle", &bundle.name, None)).collect();
    let named = |name: &str| layout.names(own, (&definition.name, "bundle", name));
    let named_bundles = definition.bundles.iter().map(|bundle| named(&bundle.name)).collect();
    // What may never be made needs a place only where it is made.
    let mut placed = |kind: &str, name: &str, span: Span, conditional: bool| {
        let path = place(kind, name, None);
        if path.is_none() && !conditional {
            missing.push((format!("{kind}.{name}"), span));
        }
        path
    };
    let kubeconfigs = definition
        .kubeconfigs
        .iter()
        .map(|kubeconfig| placed("kubeconfig", &kubeconfig.name, kubeconfig.span, kubeconfig.when.is_some()))
        .collect();
    let there = |file: &FileDefinition| {
        file.run.is_none_or(|run| component.instances.iter().any(|instance| instance.config.run.value == run))
    };
    let file =
        |file: &FileDefinition| placed("file", &file.name, file.span, file.when.is_some() || !there(file));
    let files = definition.files.iter().map(file).collect();
    for (what, span) in missing {
        let message = format!("layout `{}` has no path for `{what}` of `{}`", layout.name, definition.name);
        let help = format!(
            "add `{what} = \"/...\"` below `[layout.{}]` of the component, or a line to the layout",
            layout.name
        );
        found.push(Diagnostic::new(Code::NoPath, message).at(span, "").help(help));
    }
    push_once(diagnostics, found);
    ComponentPaths { binary, certificates, bundles, named_bundles, kubeconfigs, files }
}

/// Two different artefacts on one path of one host. Hosts that carry the same are looked at once.
pub(super) fn clashes(
    context: &Context<'_>,
    paths: &List<Component, ComponentPaths>,
    hosts: &List<Node, Vec<(ComponentIndex, InstanceIndex)>>,
    diagnostics: &mut Diagnostics,
) {
    let model = context.model;
    let mut seen: BTreeMap<(Vec<ComponentIndex>, Extras), NodeIndex> = BTreeMap::new();
    for (node, components) in hosts.enumerate() {
        let components = components.iter().map(|(c, _)| *c).collect();
        seen.entry((components, model.extras_on(node))).or_insert(node);
    }
    let mut found = Vec::new();
    for ((components, extras), node) in seen {
        let mut all: Vec<(&Spanned<String>, String)> = Vec::new();
        let own = || extras.files.iter().map(|index| &model.files[*index]);
        found.extend(own().filter_map(|file| programs(context, paths, &components, file)));
        for c in components {
            let definition = &model.components[c].definition;
            let named = |what: &str, name: &str| format!("{what} `{name}` of `{}`", definition.name);
            for (file, path) in definition.files.iter().zip(&paths[c].files) {
                let folder = matches!(file.content, crate::catalog::FileContent::Folder);
                all.extend(path.as_ref().filter(|_| !folder).map(|path| (path, named("file", &file.name))));
            }
            for (kubeconfig, path) in definition.kubeconfigs.iter().zip(&paths[c].kubeconfigs) {
                all.extend(path.as_ref().map(|path| (path, named("kubeconfig", &kubeconfig.name))));
            }
            for (certificate, pair) in definition.certificates.iter().zip(&paths[c].certificates) {
                if let Some(pair) = pair {
                    all.push((&pair.certificate, named("certificate", &certificate.name)));
                    if !pair.is_one_file() {
                        all.push((&pair.key, named("key", &certificate.name)));
                    }
                }
            }
        }
        for index in &extras.certificates {
            let certificate = &model.certificates[*index];
            let files = &certificate.files;
            let key = files.key.as_ref().filter(|_| !files.is_one_file());
            for (path, what) in [(files.certificate.as_ref(), "certificate"), (key, "key")] {
                all.extend(path.map(|path| (path, format!("{what} `{}`", certificate.name))));
            }
        }
        all.extend(own().map(|file| (&file.path, format!("file `{}`", file.name))));
        for user in extras.users.iter().map(|index| &model.users[*index]) {
            let file = user.on_hosts.as_ref().map(|on| &on.file);
            all.extend(file.map(|file| (file, format!("kubeconfig of user `{}`", user.name))));
        }
        for (i, (path, what)) in all.iter().enumerate() {
            if let Some((other, earlier)) =
                all[..i].iter().find(|(earlier, _)| clash(&earlier.value, &path.value))
            {
                let name = &model.nodes[node].name;
                let message =
                    format!("{earlier} and {what} would both be at {} on node `{name}`", path.value);
                found.push(path_clash(message, path.span, other.span));
            }
        }
    }
    push_once(diagnostics, found);
}

/// A file of one's own in the place of a program.
fn programs(
    context: &Context<'_>,
    paths: &List<Component, ComponentPaths>,
    components: &[ComponentIndex],
    file: &OwnFile,
) -> Option<Diagnostic> {
    let component = components.iter().find(|component| paths[**component].binary == file.path.value)?;
    let definition = &context.model.components[*component].definition;
    let message = format!(
        "file `{}` would be at {}, which is the program of `{}`",
        file.name, file.path.value, definition.name
    );
    Some(Diagnostic::new(Code::PathClash, message).at(file.path.span, "").help("give it another path"))
}

/// Two artefacts on one path: where each is said to lie.
pub(crate) fn path_clash(message: String, span: Span, earlier: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::PathClash, message);
    if span == earlier {
        return diagnostic
            .at(span, "both use this pattern")
            .help("use `{{ component }}` and `{{ name }}` in it, or give one of them a line of its own");
    }
    diagnostic.at(span, "this one").at(earlier, "and this one")
}

/// One path twice, or a file where another needs a folder.
fn clash(a: &str, b: &str) -> bool {
    let below =
        |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    a == b || below(a, b) || below(b, a)
}
