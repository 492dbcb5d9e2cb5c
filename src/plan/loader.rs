//! Loads a plan with all plans that it imports.
//!
//! A plan that imports itself is an error. Of each imported plan, only the public part is kept.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::definitions::{definitions, one};
use super::{own_files, stored};
use crate::catalog::{self, Catalog};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::inventory;
use crate::read::plan::{Named, NodeTable, Text};
use crate::read::{self, Document, World};
use crate::resolve::{Around, Model, Public, Unusable, resolve};
use crate::source::{SourceId, Sources, Span};
use crate::stored::{Stored, file_name};

/// How many plans may import one another in a row: behind a link a plan can have ever new names.
const DEEPEST: usize = 16;

/// How many plans one may import, with those that they import.
const MOST: usize = 100;

/// Bytes of all plans and catalogs of a run, before another one is read.
const MOST_TEXT: usize = 24 << 20;

/// How many catalogs of their own plans may have, with those that they import: each brings what is built in with it.
const MOST_CATALOGS: usize = 16;

/// The way to a plan.
pub(super) struct Loader<'a> {
    pub(super) world: &'a dyn World,
    pub(super) sources: &'a mut Sources,
    /// The bytes that other texts than plans and catalogs have.
    pub(super) began: usize,
    /// The plans that are being read, each with the place that asks for it.
    pub(super) above: Vec<(PathBuf, Option<Span>)>,
    /// The plans that have been imported; none where something is wrong with one, which has been reported.
    pub(super) imported: BTreeMap<PathBuf, Option<Arc<Public>>>,
    /// The catalogs by the folder of their own that they have.
    pub(super) catalogs: BTreeMap<Option<PathBuf>, Loaded>,
}

/// A plan that has been read and resolved.
pub(super) struct Read {
    pub(super) catalog: Arc<Catalog>,
    pub(super) model: Model,
    /// Its own text, and those of the files that it includes.
    pub(super) texts: Vec<(PathBuf, SourceId)>,
    /// What files list.
    pub(super) listed: Named<NodeTable>,
}

/// A catalog that plans may have in common.
#[derive(Clone)]
pub(super) struct Loaded {
    catalog: Arc<Catalog>,
    /// Whether nothing is wrong with it, or it has not been reported yet.
    sound: bool,
}

impl Loader<'_> {
    /// Reads and resolves a plan; none where it could not even be read.
    pub(super) fn load(
        &mut self,
        path: &Path,
        asked: Option<Span>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Read> {
        let (texts, mut document) = read::plan(self.world, path, asked, self.sources, diagnostics)?;
        inventory::read(self.world, path, &mut document, self.sources, diagnostics);
        let catalog = self.catalog(path, &document, diagnostics)?;
        self.above.push((one(path), asked));
        let imports = self.imports(path, &document, diagnostics);
        self.above.pop();
        let stored = stored::read(self.world, path, &document, diagnostics);
        let files = own_files::read(self.world, path, &document, diagnostics);
        let around = Around { stored: &stored, files: &files, imports: &imports };
        let model = resolve(&document, &catalog, &around, diagnostics);
        let listed = document.pools.into_iter().filter_map(|(_, pool)| pool.listed);
        Some(Read { catalog, model, texts, listed: listed.flat_map(|listed| listed.nodes).collect() })
    }

    /// The plan's catalog, which is read once for all plans that have it; none where what is wrong with it has
    /// been reported for another plan.
    fn catalog(
        &mut self,
        path: &Path,
        document: &Document,
        diagnostics: &mut Diagnostics,
    ) -> Option<Arc<Catalog>> {
        let folder = document.catalog.as_ref();
        let root = folder.map(|folder| one(&path.parent().unwrap_or(Path::new("")).join(&folder.value)));
        if let Some(loaded) = self.catalogs.get(&root) {
            return loaded.sound.then(|| Arc::clone(&loaded.catalog));
        }
        if self.catalogs.len() == MOST_CATALOGS {
            let message = format!("the plan and its imports use more than {MOST_CATALOGS} catalogs");
            let diagnostic = Diagnostic::new(Code::TooMany, message);
            diagnostics.push(match folder {
                Some(folder) => diagnostic.at(folder.span, "the next one is named here"),
                None => diagnostic,
            });
            return None;
        }
        let mut own = Diagnostics::default();
        let own_folder = folder.zip(root.as_deref());
        let mut documents = definitions(self.world, own_folder, self.sources, &mut own);
        let catalog = Arc::new(catalog::load(&mut documents, self.sources, &mut own));
        self.catalogs.insert(root, Loaded { catalog: Arc::clone(&catalog), sound: !own.has_errors() });
        diagnostics.append(own);
        Some(catalog)
    }

    /// The public sides of what a plan imports, by name; none where something is wrong with it.
    fn imports(
        &mut self,
        path: &Path,
        document: &Document,
        diagnostics: &mut Diagnostics,
    ) -> BTreeMap<String, Option<Arc<Public>>> {
        let mut found = BTreeMap::new();
        for (name, import) in &document.imports {
            // One that does not say which plan has been reported, and what it would bring is not missing.
            let public = import.plan.as_ref().and_then(|plan| {
                let target = one(&path.parent().unwrap_or(Path::new("")).join(&plan.value));
                self.import(&target, plan, diagnostics)
            });
            found.insert(name.value.clone(), public);
        }
        found
    }

    fn import(&mut self, target: &Path, asked: &Text, diagnostics: &mut Diagnostics) -> Option<Arc<Public>> {
        let repeated = self.above.iter().position(|(path, _)| path == target);
        if let Some(from) = repeated.or((self.above.len() > DEEPEST).then_some(0)) {
            diagnostics.push(self.circle(from, target, asked));
            return None;
        }
        if let Some(imported) = self.imported.get(target) {
            return imported.clone();
        }
        if self.imported.len() == MOST {
            let message = format!("more than {MOST} plans are imported, directly and indirectly");
            diagnostics.push(Diagnostic::new(Code::TooMany, message).at(asked.span, "imported here"));
            return None;
        }
        if self.sources.bytes() > MOST_TEXT + self.began {
            let message =
                format!("the plan and what it imports have more than {} MiB of text", MOST_TEXT >> 20);
            diagnostics.push(
                Diagnostic::new(Code::TooMany, message).at(asked.span, "the next one is imported here"),
            );
            return None;
        }
        let public = self.public(target, asked, diagnostics).map(Arc::new);
        self.imported.insert(target.to_owned(), public.clone());
        public
    }

    /// The public side of a plan that has not been read yet.
    fn public(&mut self, target: &Path, asked: &Text, diagnostics: &mut Diagnostics) -> Option<Public> {
        let mut own = Diagnostics::default();
        let loaded = self.load(target, Some(asked.span), &mut own);
        if own.has_errors() {
            diagnostics.append_errors(&own);
            return None;
        }
        let Read { model, .. } = loaded?;
        let folder = read::beside(target, "certs");
        let read = |id: &str| certificate(self.world, &folder.join(file_name(id)));
        Some(Public::of(&model, &self.world.name(target), read))
    }

    /// Shown whole: from the plan that comes again back to it.
    fn circle(&self, from: usize, target: &Path, asked: &Text) -> Diagnostic {
        let name = |path: &Path| self.world.name(path);
        let round = &self.above[from..];
        let message = match round {
            [_] => format!("{} imports itself", name(target)),
            _ => {
                let names = round.iter().map(|(path, _)| name(path)).chain([name(target)]);
                let names: Vec<String> = names.collect();
                format!("plans import one another in a circle: {}", names.join(" -> "))
            }
        };
        let asking = round.iter().skip(1).filter_map(|(_, asked)| *asked).chain([asked.span]);
        let diagnostic =
            asking.fold(Diagnostic::new(Code::ImportCircle, message), |d, span| d.at(span, "imported here"));
        diagnostic.help("remove one of the imports: move what both need into a third plan that both import")
    }
}

fn certificate(world: &dyn World, path: &Path) -> Result<Arc<Stored>, Unusable> {
    let text = world.read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Unusable::NotThere,
        _ => Unusable::Broken(format!("cannot read {}: {error}", world.name(path))),
    })?;
    let stored = Stored::from_pem(&text).map_err(|error| error.to_string());
    let stored = stored.and_then(|stored| match (stored.authority, stored.key) {
        (false, _) => Err("it is not a CA certificate".to_owned()),
        (_, None) => Err("it has a kind of key that pkiplan does not support".to_owned()),
        (true, Some(_)) => Ok(stored),
    });
    match stored {
        Ok(stored) => Ok(Arc::new(stored)),
        Err(why) => Err(Unusable::Broken(format!("cannot use {}: {why}", world.name(path)))),
    }
}
