//! Layouts: the paths of artefacts on hosts.

use std::collections::BTreeMap;

use super::artefact::PairPart;
use super::parsed::mode;
use super::tree::{Template, at};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expression::{Engine, Record, Schema, to_text};
use crate::read::Literal;
use crate::read::catalog::{LayoutDocument, PathsTable as PathsDocument};
use crate::source::{Sources, Span, Spanned};

/// A layout: paths for authorities, keyrings and components, and patterns for the rest.
#[derive(Debug)]
pub struct Layout {
    /// Its name.
    pub name: String,
    /// Folders with modes of their own, by path.
    pub folders: BTreeMap<String, u32>,
    authorities: BTreeMap<String, Paths>,
    keyrings: BTreeMap<String, Paths>,
    components: BTreeMap<String, Paths>,
    default: Paths,
}

/// Paths by what they are of, keys joined by dots: `certificate.serving.key`.
#[derive(Debug, Default)]
pub struct Paths {
    entries: BTreeMap<String, Template>,
}

/// A path and where the layout says so.
pub(super) type Placed = Spanned<String>;

impl Layout {
    pub(super) fn load(
        document: &LayoutDocument,
        engine: &Engine,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut all = |tables: &[(Spanned<String>, PathsDocument)]| -> BTreeMap<String, Paths> {
            let load = |(name, paths): &(Spanned<String>, PathsDocument)| {
                (name.value.clone(), Paths::load(paths, engine, sources, diagnostics))
            };
            tables.iter().map(load).collect()
        };
        let (authorities, keyrings) = (all(&document.authorities), all(&document.keyrings));
        let components = all(&document.components);
        let default = document.default.as_ref().map(|paths| Paths::load(paths, engine, sources, diagnostics));
        let folders = document
            .folders
            .iter()
            .filter_map(|(path, written)| {
                let mode = mode(written.value.as_text().unwrap_or_default());
                if mode.is_none() {
                    let message = "a directory's mode is three or four octal digits in quotes";
                    diagnostics.push(Diagnostic::new(Code::BadValue, message).at(path.span, ""));
                }
                Some((path.value.clone(), mode?))
            })
            .collect();
        Layout {
            name: document.name.clone(),
            folders,
            authorities,
            keyrings,
            components,
            default: default.unwrap_or_default(),
        }
    }

    /// Takes over what only `base` says.
    pub(super) fn extend(&mut self, base: &Layout) {
        for (path, mode) in &base.folders {
            self.folders.entry(path.clone()).or_insert(*mode);
        }
        for (own, other) in [
            (&mut self.authorities, &base.authorities),
            (&mut self.keyrings, &base.keyrings),
            (&mut self.components, &base.components),
        ] {
            for (name, paths) in other {
                own.entry(name.clone()).or_default().extend(paths);
            }
        }
        self.default.extend(&base.default);
    }

    /// Where `what` (`roots`, `issuers`, `certificate`, `key`) of the authority of `purpose` lies.
    #[must_use]
    pub fn authority(&self, engine: &Engine, sources: &Sources, purpose: &str, what: &str) -> Option<Placed> {
        let own = self.authorities.get(purpose).and_then(|paths| paths.get(what));
        let template = own.or_else(|| self.default.get(&format!("authority.{what}")))?;
        place(template, engine, sources, "", purpose)
    }

    /// Where `what` (`private-key`, `public-keys`) of a keyring lies.
    #[must_use]
    pub fn keyring(&self, engine: &Engine, sources: &Sources, name: &str, what: &str) -> Option<Placed> {
        let own = self.keyrings.get(name).and_then(|paths| paths.get(what));
        let template = own.or_else(|| self.default.get(&format!("keyring.{what}")))?;
        place(template, engine, sources, "", name)
    }

    /// Where an artefact of a component lies. `kind` is `certificate`, `bundle`, `kubeconfig`, `file` or
    /// `binary`, `part` the file of a pair. `own` are the paths that the component brings itself.
    #[must_use]
    pub fn component(
        &self,
        engine: &Engine,
        sources: &Sources,
        own: Option<&Paths>,
        artefact: (&str, &str, &str, Option<&str>),
    ) -> Option<Placed> {
        let (component, kind, name, part) = artefact;
        let dotted =
            |parts: &[&str]| parts.iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(".");
        let part = part.unwrap_or_default();
        let exact = dotted(&[kind, name, part]);
        let pattern = dotted(&[kind, part]);
        let template = self
            .components
            .get(component)
            .and_then(|paths| paths.get(&exact))
            .or_else(|| own.and_then(|paths| paths.get(&exact)))
            .or_else(|| self.default.get(&exact))
            .or_else(|| self.default.get(&pattern))?;
        place(template, engine, sources, component, name)
    }
}

impl Layout {
    /// Which half of a pair comes first where both lie in one file: what a line `first` says, of the certificate or of all.
    #[must_use]
    pub fn first(&self, own: Option<&Paths>, (component, certificate): (&str, &str)) -> PairPart {
        let exact = format!("certificate.{certificate}.first");
        let of_component = self.components.get(component).into_iter().chain(own);
        let line = of_component.chain([&self.default]).find_map(|paths| paths.get(&exact));
        let line = line.or_else(|| self.default.get("certificate.first"));
        match line.map(|template| template.text.value.as_str()) {
            Some("key") => PairPart::Key,
            _ => PairPart::Certificate,
        }
    }

    /// Whether a line names the artefact itself, and no pattern its kind.
    #[must_use]
    pub fn names(&self, own: Option<&Paths>, (component, kind, name): (&str, &str, &str)) -> bool {
        let exact = format!("{kind}.{name}");
        let of_component = self.components.get(component).into_iter().chain(own);
        of_component.chain([&self.default]).any(|paths| paths.get(&exact).is_some())
    }
}

impl Paths {
    /// Compiles a table of paths.
    pub(super) fn load(
        document: &PathsDocument,
        engine: &Engine,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut paths = Paths::default();
        for (name, value) in &document.entries {
            paths.add(name.value.clone(), value, engine, sources, diagnostics);
        }
        paths
    }

    fn add(
        &mut self,
        name: String,
        value: &Spanned<Literal>,
        engine: &Engine,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) {
        match &value.value {
            Literal::Table(entries) => {
                for (key, inner) in entries {
                    self.add(format!("{name}.{}", key.value), inner, engine, sources, diagnostics);
                }
            }
            Literal::Text(text) => {
                let schema = Schema::default().with_open("component").with_open("name");
                let text = Spanned::new(text.clone(), value.span);
                match engine.compile(&text.value, &schema) {
                    Ok(compiled) => {
                        self.entries.insert(name, Template { compiled, text: text.into() });
                    }
                    Err(failure) => diagnostics.push(at(Code::Expression, failure, &text, sources)),
                }
            }
            other => {
                let message = format!("a path is a string, this is {}", other.kind());
                diagnostics.push(Diagnostic::new(Code::WrongType, message).at(value.span, ""));
            }
        }
    }

    fn extend(&mut self, base: &Paths) {
        for (name, template) in &base.entries {
            self.entries.entry(name.clone()).or_insert_with(|| template.clone());
        }
    }

    fn get(&self, name: &str) -> Option<&Template> {
        self.entries.get(name)
    }
}

fn place(
    template: &Template,
    engine: &Engine,
    sources: &Sources,
    component: &str,
    name: &str,
) -> Option<Placed> {
    let span: Span = template.span();
    if template.is_literal() {
        return Some(Spanned::new(template.text.value.clone(), span));
    }
    let scope = Record::new().with("component", component).with("name", name).build();
    template.evaluate(engine, &scope, sources).ok().map(|value| Spanned::new(to_text(&value), span))
}
