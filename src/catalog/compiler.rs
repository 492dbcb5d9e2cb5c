//! The compiler's state, and the helper functions that every part of a definition uses.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use super::parsed::parsed;
use super::tree::{Template, at};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::expression::{Engine, Schema};
use crate::read::plan::Text;
use crate::source::{SourceId, Sources};
use crate::values::{Invalid, VersionRange};

pub(super) struct Compiler<'a> {
    pub(super) engine: &'a Engine,
    pub(super) templates: &'a BTreeMap<&'a str, SourceId>,
    pub(super) sources: &'a Sources,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Compiler<'_> {
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn all<T: FromStr<Err = Invalid>>(&mut self, texts: &[Text], code: Code) -> Vec<T> {
        texts.iter().filter_map(|text| parsed(text, code, self.diagnostics)).collect()
    }

    pub(super) fn range(&mut self, text: Option<&Text>) -> VersionRange {
        text.and_then(|text| parsed(text, Code::BadVersion, self.diagnostics)).unwrap_or_default()
    }

    pub(super) fn template(&mut self, text: &Text, schema: &Schema) -> Option<Template> {
        match self.engine.compile(&text.value, schema) {
            Ok(compiled) => Some(Template { compiled, text: Arc::new(text.clone()) }),
            Err(failure) => {
                self.push(at(Code::Expression, failure, text, self.sources));
                None
            }
        }
    }

    pub(super) fn templates(&mut self, texts: &[Text], schema: &Schema) -> Vec<Template> {
        texts.iter().filter_map(|text| self.template(text, schema)).collect()
    }

    pub(super) fn condition(&mut self, text: &Text, schema: &Schema) -> Option<Template> {
        match self.engine.condition(&text.value, schema) {
            Ok(compiled) => Some(Template { compiled, text: Arc::new(text.clone()) }),
            Err(failure) => {
                self.push(at(Code::Expression, failure, text, self.sources));
                None
            }
        }
    }

    /// A key that takes one of a few words.
    pub(super) fn word<T: Copy>(&mut self, text: Option<&Text>, default: T, words: &[(&str, T)]) -> T {
        let Some(text) = text else { return default };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
            return *value;
        }
        let help = did_you_mean(&text.value, words.iter().map(|(word, _)| *word));
        self.push(
            Diagnostic::new(Code::BadValue, format!("`{}` has no meaning here", text.value))
                .at(text.span, "")
                .maybe_help(help),
        );
        default
    }

    /// The position of a name that a table refers to.
    pub(super) fn index<T>(&mut self, text: Option<&Text>, known: &[(Text, T)], what: &str) -> Option<usize> {
        let text = text?;
        let found = known.iter().position(|(name, _)| name.value == text.value);
        if found.is_none() {
            let help = did_you_mean(&text.value, known.iter().map(|(name, _)| name.value.as_str()));
            let message = format!("there is no {what} `{}` in this component", text.value);
            self.push(Diagnostic::new(Code::UnknownReference, message).at(text.span, "").maybe_help(help));
        }
        found
    }
}
