//! Compiles all definitions into a catalog.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::compiler::Compiler;
use super::definition::Definition;
use super::extension;
use super::fields::FieldTable;
use super::flags::FlagTable;
use super::layout::Layout;
use super::layout_lines;
use super::misfit::FieldTables;
use super::roles::FileRoles;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expression::Engine;
use crate::read::CatalogDocuments;
use crate::read::catalog::{ComponentDocument, FlagsDocument, ProfileDocument};
use crate::source::{SourceId, Sources};

/// Everything that plans may use.
pub struct Catalog {
    /// Evaluates the compiled strings.
    pub engine: Engine,
    /// Components by name.
    pub components: BTreeMap<String, Arc<Definition>>,
    /// Profiles by name, as they were written: they are defaults for plans.
    pub profiles: BTreeMap<String, ProfileDocument>,
    /// Layouts by name.
    pub layouts: BTreeMap<String, Layout>,
    /// Flag tables by their programs, and the words that flags take.
    pub flags: BTreeMap<String, Arc<FlagTable>>,
    /// Which fields configuration files have.
    pub fields: FieldTables,
    /// SHA-256 of the texts of each component, profile and layout, by `component/NAME` and so on.
    pub digests: BTreeMap<String, [u8; 32]>,
}

/// Compiles all definitions; the profiles are taken out of the documents.
pub fn load(documents: &mut CatalogDocuments, sources: &Sources, diagnostics: &mut Diagnostics) -> Catalog {
    let engine = Engine::new();
    let fields = field_tables(documents, diagnostics);
    let flags = flag_tables(&documents.flags, diagnostics);
    let templates: BTreeMap<&str, _> =
        documents.templates.iter().map(|t| (t.name.as_str(), t.source)).collect();
    let mut components: BTreeMap<String, Arc<Definition>> = BTreeMap::new();
    let compile = |document: &ComponentDocument| {
        let mut own = Diagnostics::default();
        let (engine, templates) = (&engine, &templates);
        let mut compiler = Compiler { engine, templates, sources, diagnostics: &mut own };
        (compiler.definition(document, &flags), own)
    };
    let compiled: Vec<_> = documents.components.par_iter().map(compile).collect();
    for (definition, own) in compiled {
        diagnostics.append(own);
        if let Some(earlier) = components.get(definition.name.as_ref()) {
            let message = format!("two definitions of component `{}`", definition.name);
            diagnostics.push(
                Diagnostic::new(Code::CatalogConflict, message)
                    .at(definition.span, "defined again here")
                    .at(earlier.span, "defined first here"),
            );
        }
        components.insert(definition.name.to_string(), Arc::new(definition));
    }
    layout_lines::review(documents, diagnostics);
    let layouts = documents
        .layouts
        .iter()
        .map(|document| (document.name.clone(), Layout::load(document, &engine, sources, diagnostics)))
        .collect();
    let layouts = extension::whole(&documents.layouts, layouts, diagnostics);
    let digests = digests(documents, sources);
    let mut profiles = BTreeMap::new();
    for profile in std::mem::take(&mut documents.profiles) {
        profiles.entry(profile.name.clone()).or_insert(profile);
    }
    Catalog { engine, components, profiles, layouts, flags, fields, digests }
}

/// The tables of fields alone.
pub fn field_tables(documents: &CatalogDocuments, diagnostics: &mut Diagnostics) -> FieldTables {
    FieldTables::of(documents.fields.iter().map(|document| FieldTable::load(document, diagnostics)).collect())
}

/// The roles of files alone.
pub fn roles(documents: &CatalogDocuments, diagnostics: &mut Diagnostics) -> FileRoles {
    FileRoles::load(&documents.roles, diagnostics)
}

/// All flag tables by their programs; those of words are given to the flags that take them.
fn flag_tables(
    documents: &[FlagsDocument],
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Arc<FlagTable>> {
    let mut tables: BTreeMap<String, FlagTable> = documents
        .iter()
        .map(|document| (document.name.clone(), FlagTable::load(document, diagnostics)))
        .collect();
    let wanted: BTreeSet<String> =
        tables.values().flat_map(FlagTable::wanted_words).map(ToOwned::to_owned).collect();
    let mut all = BTreeMap::new();
    for name in wanted {
        match tables.remove(&name) {
            Some(words) => _ = all.insert(name, Arc::new(words)),
            None => {
                let message = format!("there is no table `{name}` of the words that a flag takes");
                diagnostics.push(Diagnostic::new(Code::CatalogConflict, message));
            }
        }
    }
    for table in tables.values_mut() {
        table.link(&all);
    }
    all.extend(tables.into_iter().map(|(name, table)| (name, Arc::new(table))));
    all
}

/// What the lock pins: the texts that a piece of the catalog is made of, each with its name and length.
fn digests(documents: &CatalogDocuments, sources: &Sources) -> BTreeMap<String, [u8; 32]> {
    let templates: BTreeMap<&str, _> =
        documents.templates.iter().map(|t| (t.name.as_str(), t.source)).collect();
    let of = |parts: Vec<(&str, SourceId)>| -> [u8; 32] {
        let mut hash = Sha256::new();
        for (name, source) in parts {
            let text = &sources.get(source).text;
            hash.update(format!("{name}\n{}\n", text.len()));
            hash.update(text.as_bytes());
        }
        hash.finalize().into()
    };
    let mut digests = BTreeMap::new();
    for component in &documents.components {
        let mut parts = vec![("component.toml", component.source)];
        for (_, file) in component.files.iter().chain(&component.manifests) {
            let template =
                file.template.as_ref().and_then(|name| templates.get_key_value(name.value.as_str()));
            parts.extend(template.map(|(name, source)| (*name, *source)));
        }
        digests.insert(format!("component/{}", component.name.value), of(parts));
    }
    for profile in &documents.profiles {
        digests
            .entry(format!("profile/{}", profile.name))
            .or_insert_with(|| of(vec![("profile", profile.source)]));
    }
    for layout in &documents.layouts {
        // What is wrong with a chain has been reported.
        let chain = extension::chain(&documents.layouts, layout, &mut Diagnostics::default());
        let parts = chain.into_iter().map(|layout| ("layout", layout.source)).collect();
        digests.entry(format!("layout/{}", layout.name)).or_insert_with(|| of(parts));
    }
    digests
}
