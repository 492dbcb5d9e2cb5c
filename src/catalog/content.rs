//! Compiles the files of a component, and values that contain references.

use std::sync::Arc;

use super::artefact::Reference;
use super::compiler::Compiler;
use super::file::{Class, FileContent, FileDefinition, StoreDefinition, StoreHolds};
use super::parsed::mode;
use super::reference::Names;
use super::run::Run;
use super::tree::{Template, Tree, at};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::expression::{Schema, field};
use crate::read::Literal;
use crate::read::catalog::{ComponentDocument, FileTable, StoreTable};
use crate::read::plan::Text;
use crate::source::{Span, Spanned};

impl Compiler<'_> {
    pub(super) fn files(
        &mut self,
        files: &[(Text, FileTable)],
        schemas: (&Schema, &Schema),
        names: &mut Names<'_>,
    ) -> Vec<FileDefinition> {
        files.iter().filter_map(|(name, file)| self.file(name, file, schemas, names)).collect()
    }

    /// The first schema is for what stands around the content, the second for the content itself.
    fn file(
        &mut self,
        name: &Text,
        file: &FileTable,
        schemas: (&Schema, &Schema),
        names: &mut Names<'_>,
    ) -> Option<FileDefinition> {
        let (schema, inside) = schemas;
        let class = self.word(file.class.as_ref(), Class::Managed, &Class::WORDS);
        let content = self.content(file, inside, names)?;
        let with = file
            .with
            .iter()
            .filter_map(|(name, value)| {
                Some((Arc::from(name.value.as_str()), self.tree(value, schema, names)?))
            })
            .collect();
        Some(FileDefinition {
            name: name.value.as_str().into(),
            span: file.span,
            content,
            extension: self.extension(file.extension.as_ref()),
            mode: file.mode.as_ref().and_then(|text| {
                let parsed = mode(&text.value);
                if parsed.is_none() {
                    let message = "a mode is three or four octal digits in quotes";
                    self.push(Diagnostic::new(Code::BadValue, message).at(text.span, ""));
                }
                parsed
            }),
            owner: file.owner.as_ref().and_then(|text| self.template(text, schema)),
            class,
            run: self.run(file.run.as_ref()),
            when: file.when.as_ref().and_then(|text| self.condition(text, schema)),
            with,
        })
    }

    /// What the name of a manifest's file ends in.
    fn extension(&mut self, text: Option<&Text>) -> Arc<str> {
        let usual = |text: &str| {
            (1..=8).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if let Some(text) = text.filter(|text| !usual(&text.value)) {
            let message = "an extension has one to eight lower-case letters or digits";
            self.push(Diagnostic::new(Code::BadValue, message).at(text.span, ""));
        }
        text.map_or("yaml", |text| &text.value).into()
    }

    /// A way of running.
    pub(super) fn run(&mut self, text: Option<&Text>) -> Option<Run> {
        self.word(text, None, &Run::ALL.map(|run| (run.word(), Some(run))))
    }

    fn content(&mut self, file: &FileTable, schema: &Schema, names: &mut Names<'_>) -> Option<FileContent> {
        if file.folder {
            return Some(FileContent::Folder);
        }
        if let Some(store) = &file.pkcs12 {
            return self.store(store, schema, names.document).map(FileContent::Store);
        }
        if let Some(template) = &file.template {
            return self.file_template(template, schema).map(FileContent::Text);
        }
        let Some(yaml) = &file.yaml else { return Some(FileContent::None) };
        let documents: Vec<&Spanned<Literal>> =
            if let Literal::List(items) = &yaml.value { items.iter().collect() } else { vec![yaml] };
        Some(FileContent::Yaml(documents.into_iter().filter_map(|d| self.tree(d, schema, names)).collect()))
    }

    /// A store holds a certificate with its key, or a bundle.
    fn store(
        &mut self,
        store: &StoreTable,
        schema: &Schema,
        document: &ComponentDocument,
    ) -> Option<StoreDefinition> {
        let certificate = self.index(store.certificate.as_ref(), &document.certificates, "certificate");
        let bundle = self.index(store.bundle.as_ref(), &document.bundles, "bundle");
        let holds = match (&store.certificate, &store.bundle) {
            (Some(name), None) => {
                let alias = store.alias.as_ref().unwrap_or(name).value.as_str().into();
                certificate.map(|certificate| StoreHolds::Certificate { certificate, alias })
            }
            (None, Some(_)) => bundle.map(StoreHolds::Bundle),
            _ => {
                let message = "a PKCS#12 file contains a certificate with its key, or a bundle";
                let help = "write `certificate = \"NAME\"` or `bundle = \"NAME\"`; use two files for both";
                self.push(Diagnostic::new(Code::BadValue, message).at(store.span, "").help(help));
                None
            }
        };
        let once = certificate.filter(|&i| document.certificates[i].1.is_per_cluster());
        if let (Some(_), Some(name)) = (once, &store.certificate) {
            let message = format!("the cluster has one `{}`, and it is on no host", name.value);
            self.push(Diagnostic::new(Code::CatalogConflict, message).at(name.span, ""));
        }
        let password = self.template(store.password.as_ref()?, schema)?;
        Some(StoreDefinition { holds: holds?, password })
    }

    fn file_template(&mut self, name: &Text, schema: &Schema) -> Option<Template> {
        let Some(&source) = self.templates.get(name.value.as_str()) else {
            let help = did_you_mean(&name.value, self.templates.keys().copied());
            let message = format!("there is no template `{}`", name.value);
            self.push(Diagnostic::new(Code::Template, message).at(name.span, "").maybe_help(help));
            return None;
        };
        let text = self.sources.get(source).text.to_string();
        let whole = Spanned::new(text, source.span(0..self.sources.get(source).text.len()));
        match self.engine.template(&whole.value, schema) {
            Ok(compiled) => Some(Template { compiled, text: Arc::new(whole) }),
            Err(failure) => {
                self.push(at(Code::Template, failure, &whole, self.sources));
                None
            }
        }
    }

    pub(super) fn tree(
        &mut self,
        literal: &Spanned<Literal>,
        schema: &Schema,
        names: &mut Names<'_>,
    ) -> Option<Tree> {
        Some(match &literal.value {
            Literal::Boolean(boolean) => Tree::Boolean(*boolean),
            Literal::Float(number) => Tree::Float(*number),
            Literal::Integer(number) => Tree::Integer(*number),
            Literal::List(items) => {
                Tree::List(items.iter().filter_map(|item| self.tree(item, schema, names)).collect())
            }
            Literal::Table(entries) if is_conditional(entries) => {
                let part = |key: &str| literal.value.get(key);
                let when = part("when").and_then(|when| {
                    when.value.as_text().map(|text| Spanned::new(text.to_owned(), when.span))
                })?;
                let when = self.condition(&when, schema)?;
                Tree::When(Box::new(self.tree(part("value")?, schema, names)?), when)
            }
            Literal::Table(entries) => Tree::Table(
                entries
                    .iter()
                    .filter_map(|(key, value)| {
                        let key = Spanned::new(key.value.as_str().into(), key.span);
                        Some((key, self.tree(value, schema, names)?))
                    })
                    .collect(),
            ),
            Literal::Text(text) => {
                let text = Spanned::new(text.clone(), literal.span);
                match text.value.strip_prefix('@') {
                    Some(reference) => Tree::Reference(self.reference(reference, text.span, names)?),
                    None => Tree::Text(self.template(&text, schema)?),
                }
            }
        })
    }

    fn reference(&mut self, written: &str, span: Span, names: &mut Names<'_>) -> Option<Reference> {
        let found = names.find(written);
        if found.is_none() {
            let help = did_you_mean(written, names.known().iter().map(String::as_str));
            let message = format!("`@{written}` refers to nothing");
            self.push(Diagnostic::new(Code::UnknownReference, message).at(span, "").maybe_help(help));
        }
        let Some(Reference::Certificate(i, _)) = found else { return found };
        let (name, table) = &names.document.certificates[i];
        if table.is_per_cluster() {
            let message = format!("`@{written}` is on no host: the cluster has one `{}`", name.value);
            let field = field(&name.value);
            let help =
                format!("manifests contain it: `{{{{ certificate.{field}.chain_base64 }}}}`, `key_base64`");
            self.push(Diagnostic::new(Code::UnknownReference, message).at(span, "").help(help));
            return None;
        }
        found
    }
}

/// `{ value = ..., when = "..." }` and nothing else.
fn is_conditional(entries: &[(Text, Spanned<Literal>)]) -> bool {
    let has = |key: &str| entries.iter().any(|(name, _)| name.value == key);
    entries.len() == 2 && has("value") && has("when")
}
