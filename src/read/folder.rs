//! Reads the definitions of a catalog from one or several directories.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::catalog::{
    CatalogDocuments, ComponentDocument, FieldsDocument, FlagsDocument, LayoutDocument, ProfileDocument,
    RolesDocument, TemplateDocument,
};
use super::hidden::hidden_in_text;
use super::ours::is_definition;
use super::parsed::parse;
use super::refusal::Refusal;
use super::table::{Reader, Table};
use super::text::text;
use super::{World, walk};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Sources, Span};

/// Bytes of all texts of a catalog.
const LARGEST: usize = 32 << 20;

/// A folder of definitions.
pub struct Folder<'a> {
    /// Where it lies.
    pub world: &'a dyn World,
    /// Its path there.
    pub root: PathBuf,
    /// What its files are called in messages, before their paths.
    pub shown: String,
    /// Where a plan names it.
    pub named: Option<Span>,
}

/// Reads all definitions of `folders`, earlier ones hiding later ones of the same path.
pub fn definitions(
    folders: &[Folder<'_>],
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> CatalogDocuments {
    let mut loader = Loader { sources, diagnostics, texts: Vec::new() };
    let mut seen = BTreeSet::new();
    let mut left = LARGEST;
    for folder in folders {
        let found = walk::files(folder.world, &folder.root);
        if let Some(beyond) = &found.beyond {
            loader.diagnostics.push(folder.too_many(beyond));
        }
        for path in found.files.into_iter().filter(|path| Part::of(path).is_some()) {
            if !seen.insert(path.clone()) {
                continue;
            }
            match text(folder.world, &folder.root.join(&path)) {
                Ok(text) if text.len() > left => {
                    let message = format!("more than {} MiB of text", LARGEST >> 20);
                    loader.diagnostics.push(folder.too_many(&message));
                    return loader.documents();
                }
                Ok(text) => {
                    left -= text.len();
                    loader.add(&path, text, &format!("{}{path}", folder.shown));
                }
                Err(error) => {
                    let message = format!("cannot read {}{path}: {error}", folder.shown);
                    let help = Refusal::of(&error).and_then(Refusal::help);
                    let diagnostic = Diagnostic::new(Code::UnreadableFile, message).maybe_help(help);
                    loader.diagnostics.push(diagnostic);
                }
            }
        }
    }
    loader.documents()
}

impl Folder<'_> {
    fn too_many(&self, of_what: &str) -> Diagnostic {
        let folder = self.shown.strip_suffix('/').unwrap_or(&self.shown);
        let message = format!("the catalog {folder} has {of_what}");
        let diagnostic = Diagnostic::new(Code::TooMany, message);
        self.named.map_or(diagnostic.clone(), |span| diagnostic.at(span, "named here"))
    }
}

/// What a file of a catalog is, by its path.
enum Part {
    Component(String),
    Fields,
    Flags,
    Layout(String),
    Profile(String),
    Roles,
    Template(String),
}

impl Part {
    /// None for a file that the catalog does not take.
    fn of(path: &str) -> Option<Self> {
        let parts: Vec<_> = path.split('/').collect();
        match parts[..] {
            ["components", name, "component.toml"] => Some(Part::Component(format!("components/{name}"))),
            [folder, file] if file.ends_with(".toml") => {
                let name = file.trim_end_matches(".toml").to_owned();
                match folder {
                    "fields" => Some(Part::Fields),
                    "flags" => Some(Part::Flags),
                    "layouts" => Some(Part::Layout(name)),
                    "profiles" => Some(Part::Profile(name)),
                    "roles" => Some(Part::Roles),
                    _ => None,
                }
            }
            _ => path.ends_with(".j2").then(|| Part::Template(path.to_owned())),
        }
    }
}

/// A definition whose text was read.
struct Text {
    part: Part,
    text: Arc<str>,
    source: SourceId,
}

struct Loader<'a> {
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
    texts: Vec<Text>,
}

impl Loader<'_> {
    fn add(&mut self, path: &str, text: String, shown: &str) {
        let Some(part) = Part::of(path) else { return };
        if !matches!(part, Part::Template(_)) && !is_definition(&text) {
            let message = format!("{shown} is not a definition of the catalog");
            let diagnostic = Diagnostic::new(Code::ForeignFile, message);
            return self.diagnostics.push(diagnostic.help("pkiplan shows nothing from other files"));
        }
        let text: Arc<str> = text.into();
        let source = self.sources.add(shown, Arc::clone(&text));
        self.texts.push(Text { part, text, source });
    }

    /// Parses all, several at a time.
    fn documents(self) -> CatalogDocuments {
        let mut all = CatalogDocuments::default();
        for (some, own) in self.texts.into_par_iter().map(Text::document).collect::<Vec<_>>() {
            self.diagnostics.append(own);
            all.extend(some);
        }
        all
    }
}

impl Text {
    /// The one document that it is, and what is wrong with it.
    fn document(self) -> (CatalogDocuments, Diagnostics) {
        let (mut all, mut own) = (CatalogDocuments::default(), Diagnostics::default());
        let (text, source, diagnostics) = (&*self.text, self.source, &mut own);
        match self.part {
            Part::Component(folder) => {
                let read = |r: &mut Reader<'_>, t: Table<'_, '_>| ComponentDocument::read(r, t, folder);
                all.components.extend(parse(text, source, diagnostics, read).whole().flatten());
            }
            Part::Profile(name) => {
                let read = |r: &mut Reader<'_>, t: Table<'_, '_>| ProfileDocument::read(r, t, name);
                all.profiles.extend(parse(text, source, diagnostics, read).whole());
            }
            Part::Layout(name) => {
                let read = |r: &mut Reader<'_>, t: Table<'_, '_>| LayoutDocument::read(r, t, name);
                all.layouts.extend(parse(text, source, diagnostics, read).whole());
            }
            Part::Flags => {
                let read = |r: &mut Reader<'_>, t: Table<'_, '_>| FlagsDocument::read(r, t);
                all.flags.extend(parse(text, source, diagnostics, read).whole());
            }
            Part::Fields => {
                let read = |r: &mut Reader<'_>, t: Table<'_, '_>| FieldsDocument::read(r, t);
                all.fields.extend(parse(text, source, diagnostics, read).whole().flatten());
            }
            Part::Roles => {
                let read = |r: &mut Reader<'_>, t: Table<'_, '_>| RolesDocument::read(r, t);
                all.roles.extend(parse(text, source, diagnostics, read).whole());
            }
            Part::Template(name) => {
                hidden_in_text(text, source, diagnostics);
                all.templates.push(TemplateDocument { name, source });
            }
        }
        (all, own)
    }
}
