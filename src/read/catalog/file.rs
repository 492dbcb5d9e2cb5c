//! The tables `[file.NAME]` and `[manifest.NAME]` of a component.

use crate::read::literal::Literal;
use crate::read::plan::{Literals, Text};
use crate::read::table::{Reader, Table};
use crate::source::{Span, Spanned};

/// `[file.NAME]` and `[manifest.NAME]`
#[derive(Debug)]
pub struct FileTable {
    /// The header.
    pub span: Span,
    /// A text template.
    pub template: Option<Text>,
    /// Typed YAML: one document or a list of documents.
    pub yaml: Option<Spanned<Literal>>,
    /// A PKCS#12 file.
    pub pkcs12: Option<StoreTable>,
    /// A folder rather than a file.
    pub folder: bool,
    /// Of a manifest, what its file's name ends in; `yaml` where absent.
    pub extension: Option<Text>,
    /// `0644` where absent.
    pub mode: Option<Text>,
    /// The component's owner where absent.
    pub owner: Option<Text>,
    /// `managed` where absent.
    pub class: Option<Text>,
    /// `systemd` or `static-pod`: only for this way of running.
    pub run: Option<Text>,
    /// Only if this holds.
    pub when: Option<Text>,
    /// More values for the template, under `with`.
    pub with: Literals,
}

/// `pkcs12` of a file.
#[derive(Debug)]
pub struct StoreTable {
    /// Where it stands.
    pub span: Span,
    /// The certificate that stands in it with its chain and its key.
    pub certificate: Option<Text>,
    /// What its entry is called; the certificate's name where absent.
    pub alias: Option<Text>,
    /// The bundle whose certificates are trusted.
    pub bundle: Option<Text>,
    /// The password of both key and store.
    pub password: Option<Text>,
}

impl StoreTable {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let store = StoreTable {
            span: t.span,
            certificate: t.text(reader, "certificate"),
            alias: t.text(reader, "alias"),
            bundle: t.text(reader, "bundle"),
            password: t.required_text(reader, "password"),
        };
        t.finish(reader);
        store
    }
}

impl FileTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let file = FileTable {
            span: t.span,
            template: t.text(reader, "template"),
            yaml: t.literal(reader, "yaml"),
            pkcs12: t.table(reader, "pkcs12").map(|store| StoreTable::read(reader, store)),
            folder: t.boolean(reader, "folder").is_some_and(|b| b.value),
            extension: t.text(reader, "extension"),
            mode: t.text(reader, "mode"),
            owner: t.text(reader, "owner"),
            class: t.text(reader, "class"),
            run: t.text(reader, "run"),
            when: t.text(reader, "when"),
            with: t.literals(reader, "with"),
        };
        t.finish(reader);
        file
    }
}
