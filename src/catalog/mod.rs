//! The catalog, compiled: what components are, where layouts put their artefacts, which flags exist.
//!
//! Every expression is parsed and its names are checked here, once, before any plan is looked at.
//! What a component is stands in `templates/`; nothing in this room knows one by name.

mod compile;
mod definition;
mod flags;
mod layout;
mod scope;
mod tree;

pub use definition::{
    Bundle, CertificateDefinition, Class, Definition, Dial, DialBy, FileContent, FileDefinition, FlagDefinition, Holds,
    Kubeconfig, Listen, Reach, Reload, Run, Setting, SettingKind,
};
pub use flags::{Flag, FlagKind, FlagTable};
pub use layout::{Layout, Paths};
pub use scope::reference as scope_reference;
pub use tree::{KeyringPart, PairPart, Reference, Template, Tree};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expression::Engine;
use crate::read::CatalogDocuments;
use crate::read::catalog::ProfileDocument;
use crate::source::Sources;

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
}

/// Compiles all definitions.
pub fn load(documents: CatalogDocuments, sources: &Sources, diagnostics: &mut Diagnostics) -> Catalog {
    let mut engine = Engine::new();
    let flags: BTreeMap<_, _> = documents
        .flags
        .iter()
        .map(|document| (document.name.clone(), Arc::new(FlagTable::load(document, diagnostics))))
        .collect();
    let templates: BTreeMap<&str, _> = documents.templates.iter().map(|t| (t.name.as_str(), t.source)).collect();
    let mut components: BTreeMap<String, Arc<Definition>> = BTreeMap::new();
    for document in &documents.components {
        let mut compiler = compile::Compiler { engine: &mut engine, templates: &templates, sources, diagnostics };
        let definition = compiler.definition(document, &flags);
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
    let layouts = documents
        .layouts
        .iter()
        .map(|document| (document.name.clone(), Layout::load(document, &mut engine, sources, diagnostics)))
        .collect();
    let mut profiles = BTreeMap::new();
    for profile in documents.profiles {
        profiles.entry(profile.name.clone()).or_insert(profile);
    }
    Catalog { engine, components, profiles, layouts }
}
