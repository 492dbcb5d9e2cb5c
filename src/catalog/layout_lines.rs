//! Reports lines of layouts that have no effect: unknown words, and artefacts that no component has.
//!
//! Without this check, the artefact would be placed by another line, and nobody would notice the mistake.

use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::Literal;
use crate::read::catalog::{CatalogDocuments, ComponentDocument, LayoutDocument, PathsTable};
use crate::read::plan::Named;
use crate::source::Spanned;

/// What has a path of an authority.
pub const OF_AUTHORITY: [&str; 4] = ["roots", "issuers", "certificate", "key"];
/// What has a path of a keyring.
pub const OF_KEYRING: [&str; 2] = ["private-key", "public-keys"];
/// What a layout says of a certificate.
pub const OF_CERTIFICATE: [&str; 3] = ["certificate", "key", FIRST];
/// Which half of a pair comes first, where both lie in one file.
const FIRST: &str = "first";
/// What there is of a component.
const OF_COMPONENT: [&str; 5] = ["binary", "certificate", "bundle", "kubeconfig", "file"];
/// What patterns are for.
const PATTERNS: [&str; 7] = ["authority", "keyring", "certificate", "bundle", "kubeconfig", "binary", "file"];

type Key = Spanned<String>;
type Line = (Key, Spanned<Literal>);

/// Reports every such line of layouts and of components.
pub(super) fn review(documents: &CatalogDocuments, diagnostics: &mut Diagnostics) {
    let mut review = Review { documents, diagnostics };
    for layout in &documents.layouts {
        review.layout(layout);
    }
    for component in &documents.components {
        let known: Vec<&str> = documents.layouts.iter().map(|layout| &*layout.name).collect();
        for (name, paths) in &component.layouts {
            if !known.contains(&name.value.as_str()) {
                review.unknown(Code::UnknownLayout, "there is no layout", name, known.iter().copied());
            }
            review.component(component, paths);
        }
    }
}

struct Review<'r> {
    documents: &'r CatalogDocuments,
    diagnostics: &'r mut Diagnostics,
}

impl Review<'_> {
    fn layout(&mut self, layout: &LayoutDocument) {
        for (path, _) in layout.folders.iter().filter(|(path, _)| !path.value.starts_with('/')) {
            let message = format!("`{}` is not the absolute path of a directory", path.value);
            self.diagnostics.push(Diagnostic::new(Code::BadValue, message).at(path.span, ""));
        }
        for (_, paths) in &layout.authorities {
            self.words(&paths.entries, "an authority", &OF_AUTHORITY);
        }
        for (_, paths) in &layout.keyrings {
            self.words(&paths.entries, "a keyring", &OF_KEYRING);
        }
        for (name, paths) in &layout.components {
            let documents = self.documents;
            match documents.components.iter().find(|known| known.name.value == name.value) {
                Some(component) => self.component(component, paths),
                None => {
                    let known = documents.components.iter().map(|known| known.name.value.as_str());
                    self.unknown(Code::UnknownComponent, "the catalog has no component", name, known);
                }
            }
        }
        if let Some(patterns) = &layout.default {
            self.patterns(&patterns.entries);
        }
    }

    fn component(&mut self, component: &ComponentDocument, paths: &PathsTable) {
        let what = format!("`{}`", component.name.value);
        for (key, value) in &paths.entries {
            match (key.value.as_str(), &value.value) {
                ("binary", _) => self.path(key, value),
                ("certificate", Literal::Table(lines)) => {
                    self.certificates(lines, &names(&component.certificates), &what);
                }
                ("bundle", Literal::Table(lines)) => {
                    self.named(lines, "bundle", &names(&component.bundles), &what);
                }
                ("kubeconfig", Literal::Table(lines)) => {
                    self.named(lines, "kubeconfig", &names(&component.kubeconfigs), &what);
                }
                ("file", Literal::Table(lines)) => {
                    self.named(lines, "file", &names(&component.files), &what);
                }
                (known, _) if OF_COMPONENT.contains(&known) => self.wants_names(key, value),
                _ => self.unknown_word(key, &format!("the paths of {what}"), &OF_COMPONENT),
            }
        }
    }

    fn certificates(&mut self, lines: &[Line], known: &[&str], of: &str) {
        for (name, value) in lines {
            if !known.contains(&name.value.as_str()) {
                let message = format!("{of} has no certificate");
                self.unknown(Code::UnknownKey, &message, name, known.iter().copied());
            }
            match &value.value {
                Literal::Table(lines) => self.words(lines, "a certificate", &OF_CERTIFICATE),
                _ => self.wrong(name, value, "a table with `certificate` and `key`"),
            }
        }
    }

    fn named(&mut self, lines: &[Line], kind: &str, known: &[&str], of: &str) {
        for (name, value) in lines {
            if !known.contains(&name.value.as_str()) {
                let message = format!("{of} has no {kind}");
                self.unknown(Code::UnknownKey, &message, name, known.iter().copied());
            }
            self.path(name, value);
        }
    }

    /// Patterns for what has no line of its own; those of a name are for every component that has one of that name.
    fn patterns(&mut self, lines: &[Line]) {
        let all = |of: fn(&ComponentDocument) -> Vec<&str>| -> Vec<&str> {
            self.documents.components.iter().flat_map(of).collect()
        };
        let certificates = all(|component| names(&component.certificates));
        let bundles = all(|component| names(&component.bundles));
        let kubeconfigs = all(|component| names(&component.kubeconfigs));
        let files = all(|component| names(&component.files));
        for (key, value) in lines {
            match (key.value.as_str(), &value.value) {
                ("authority", Literal::Table(lines)) => self.words(lines, "an authority", &OF_AUTHORITY),
                ("keyring", Literal::Table(lines)) => self.words(lines, "a keyring", &OF_KEYRING),
                ("certificate", Literal::Table(lines)) => {
                    let (words, named): (Vec<Line>, Vec<Line>) =
                        lines.iter().cloned().partition(|(_, value)| matches!(value.value, Literal::Text(_)));
                    self.words(&words, "a certificate", &OF_CERTIFICATE);
                    self.certificates(&named, &certificates, "the catalog");
                }
                ("bundle", Literal::Table(lines)) => self.named(lines, "bundle", &bundles, "the catalog"),
                ("kubeconfig", Literal::Table(lines)) => {
                    self.named(lines, "kubeconfig", &kubeconfigs, "the catalog");
                }
                ("file", Literal::Table(lines)) => self.named(lines, "file", &files, "the catalog"),
                ("authority" | "keyring" | "certificate", _) => self.wants_names(key, value),
                ("bundle" | "kubeconfig" | "file" | "binary", _) => self.path(key, value),
                _ => self.unknown_word(key, "patterns", &PATTERNS),
            }
        }
    }

    fn words(&mut self, lines: &[Line], what: &str, known: &[&str]) {
        for (key, value) in lines {
            if known.contains(&FIRST) && key.value == FIRST {
                self.half(value);
            } else if known.contains(&key.value.as_str()) {
                self.path(key, value);
            } else {
                self.unknown_word(key, &format!("the paths of {what}"), known);
            }
        }
    }

    /// Any other value than a table is reported where paths are compiled.
    fn path(&mut self, key: &Key, value: &Spanned<Literal>) {
        if matches!(value.value, Literal::Table(_)) {
            self.wrong(key, value, "a path");
        }
    }

    /// Which half of a pair comes first.
    fn half(&mut self, value: &Spanned<Literal>) {
        if !matches!(value.value.as_text(), Some("certificate" | "key")) {
            let message = "`first` is `certificate` or `key`: what comes first in a file that contains both";
            self.diagnostics.push(Diagnostic::new(Code::BadValue, message).at(value.span, ""));
        }
    }

    fn wants_names(&mut self, key: &Key, value: &Spanned<Literal>) {
        self.wrong(key, value, "a table by name");
    }

    fn wrong(&mut self, key: &Key, value: &Spanned<Literal>, wanted: &str) {
        let message = format!("`{}` must be {wanted}", key.value);
        let label = format!("this is {}", value.value.kind());
        self.diagnostics.push(Diagnostic::new(Code::WrongType, message).at(value.span, label));
    }

    fn unknown_word(&mut self, key: &Key, place: &str, known: &[&str]) {
        let message = format!("unknown key `{}` in {place}", key.value);
        let help = did_you_mean(&key.value, known.iter().copied());
        self.diagnostics.push(Diagnostic::new(Code::UnknownKey, message).at(key.span, "").maybe_help(help));
    }

    fn unknown<'k>(
        &mut self,
        code: Code,
        message: &str,
        name: &Key,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let message = format!("{message} `{}`", name.value);
        let help = did_you_mean(&name.value, known).unwrap_or_else(|| "leave the line out".to_owned());
        self.diagnostics.push(Diagnostic::new(code, message).at(name.span, "").help(help));
    }
}

fn names<T>(named: &Named<T>) -> Vec<&str> {
    named.iter().map(|(name, _)| name.value.as_str()).collect()
}
