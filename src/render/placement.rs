//! Collects the sheets of one host by path, and ensures that each path holds only one thing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Content, MadeFrom, Reaction, Sheet};
use crate::catalog::Class;
use crate::diagnostics::Diagnostic;
use crate::expand::{Blueprint, path_clash};
use crate::source::{Span, Spanned};

/// A host while its sheets are collected.
pub(super) struct Host<'b, 'a> {
    pub(super) blueprint: &'b Blueprint<'a>,
    /// By path without a leading slash, each with the place that asked for it first.
    pub(super) sheets: BTreeMap<String, (Sheet, Span)>,
    /// Where the fields of configuration files are to be reviewed: what was found.
    pub(super) review: Option<Vec<Diagnostic>>,
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
    pub(super) made_from: Option<MadeFrom>,
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
        Self {
            path,
            content,
            mode,
            owner,
            artefact,
            reaction: None,
            component: None,
            pod: false,
            made_from: None,
        }
    }

    pub(super) fn with(self, reaction: Option<Reaction>) -> Self {
        Self { reaction, ..self }
    }

    pub(super) fn from(self, made_from: MadeFrom) -> Self {
        Self { made_from: Some(made_from), ..self }
    }
}

impl<'b, 'a> Host<'b, 'a> {
    pub(super) fn new(blueprint: &'b Blueprint<'a>) -> Self {
        Self { blueprint, sheets: BTreeMap::new(), review: None }
    }

    /// Puts something at a path, where it may be already.
    ///
    /// # Errors
    /// Something else lies there.
    pub(super) fn put_class(&mut self, put: Put<'_>, class: Class) -> Result<(), Diagnostic> {
        let path = put.path.value.trim_start_matches('/').to_owned();
        let Some((sheet, span)) = self.sheets.get_mut(&path) else {
            let reactions = put.reaction.into_iter().collect();
            let Put { content, mode, owner, artefact, component, pod, made_from, .. } = put;
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
                made_from,
            };
            self.sheets.insert(path, (sheet, put.path.span));
            return Ok(());
        };
        if sheet.content != put.content {
            let message = format!("{} and {} would both be at /{path}", sheet.artefact, put.artefact);
            return Err(path_clash(message, put.path.span, *span));
        }
        sheet.affects(put.reaction);
        Ok(())
    }

    /// What lies at a path, which others put there.
    pub(super) fn sheet(&mut self, path: &str) -> Option<&mut Sheet> {
        self.sheets.get_mut(path.trim_start_matches('/')).map(|(sheet, _)| sheet)
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
