//! The document of a component: `component.toml`.

use super::artefacts::{BundleTable, CertificateTable};
use super::connection::{DialTable, ListenTable};
use super::file::FileTable;
use super::knowledge::{PortTable, RuleTable, StateTable};
use super::kubeconfig::KubeconfigTable;
use super::layout::{PathsTable, layouts};
use super::sensitive::SensitiveTable;
use crate::read::literal::Literal;
use crate::read::plan::{Literals, Named, Text, each};
use crate::read::table::{Reader, Table};
use crate::source::{SourceId, Span, Spanned};

/// What a component is.
#[derive(Debug)]
pub struct ComponentDocument {
    /// The file.
    pub source: SourceId,
    /// The folder in the catalog, `components/NAME`.
    pub folder: String,
    /// The header of `[component]`.
    pub span: Span,
    /// The folder's name.
    pub name: Text,
    /// A few words about it, for units.
    pub title: Option<Text>,
    /// Which nodes carry it.
    pub place: Vec<Text>,
    /// Which versions the definition is for.
    pub versions: Option<Text>,
    /// The version where the plan says none; the cluster's if absent.
    pub version: Option<Spanned<Literal>>,
    /// The flag table.
    pub flag_table: Option<Text>,
    /// Who owns its files.
    pub owner: Option<Text>,
    /// The way of running that it makes possible on its hosts.
    pub runner: Option<Text>,
    /// The unit that is restarted when its files change.
    pub unit: Option<Text>,
    /// What it serves of the VIPs that its place selects.
    pub serves: Vec<Text>,
    /// Whether an even number of instances is a mistake.
    pub quorum: bool,
    /// Where an instance joins those that are there, and founds nothing.
    pub joins: Option<Text>,
    /// `[skew]`: how far versions may lie apart.
    pub skews: Literals,
    /// `[setting]`
    pub settings: Named<SettingTable>,
    /// `[certificate]`
    pub certificates: Named<CertificateTable>,
    /// `[bundle]`
    pub bundles: Named<BundleTable>,
    /// `[listen]`
    pub listens: Named<ListenTable>,
    /// `[dial]`
    pub dials: Named<DialTable>,
    /// `[kubeconfig]`
    pub kubeconfigs: Named<KubeconfigTable>,
    /// `[flags]`
    pub flags: Literals,
    /// `[file]`
    pub files: Named<FileTable>,
    /// `[manifest]`: what is applied to the API.
    pub manifests: Named<FileTable>,
    /// `[reload]`: artefacts that are re-read without a restart.
    pub reloads: Literals,
    /// `[sensitive]`: what a change can give away.
    pub sensitive: Named<SensitiveTable>,
    /// `[rule]`: what cannot work, or will go wrong.
    pub rules: Named<RuleTable>,
    /// `[port]`: ports that the program takes for itself.
    pub ports: Named<PortTable>,
    /// `[state]`: what the running cluster holds.
    pub states: Named<StateTable>,
    /// `[program]`: how its program is started.
    pub program: Literals,
    /// `[seen]`: what its program's inputs mean.
    pub seen: Literals,
    /// Paths for layouts that do not know the component: `[layout.NAME]`.
    pub layouts: Named<PathsTable>,
}

/// `[setting.NAME]`
#[derive(Debug)]
pub struct SettingTable {
    /// The header.
    pub span: Span,
    /// `port`, `text`, `integer`, `boolean`, `list`.
    pub kind: Option<Text>,
    /// Its value where the plan says none.
    pub default: Option<Spanned<Literal>>,
    /// The only words that it takes.
    pub words: Vec<Text>,
    /// What a text has to look like: `user`, `url-path`.
    pub form: Option<Text>,
}

impl ComponentDocument {
    pub(in crate::read) fn read(
        reader: &mut Reader<'_>,
        mut t: Table<'_, '_>,
        folder: String,
    ) -> Option<Self> {
        t.require_now(reader, "component");
        let mut head = t.table(reader, "component")?;
        head.require_now(reader, "name");
        let name = head.text(reader, "name")?;
        let document = ComponentDocument {
            source: reader.source,
            folder,
            span: head.span,
            name,
            title: head.text(reader, "title"),
            place: head.one_or_more(reader, "place").unwrap_or_default(),
            versions: head.text(reader, "versions"),
            version: head.literal(reader, "version"),
            flag_table: head.text(reader, "flag-table"),
            owner: head.text(reader, "owner"),
            runner: head.text(reader, "runner"),
            unit: head.text(reader, "unit"),
            serves: head.one_or_more(reader, "serves").unwrap_or_default(),
            quorum: head.boolean(reader, "quorum").is_some_and(|q| q.value),
            joins: head.text(reader, "joins"),
            skews: t.literals(reader, "skew"),
            settings: each(reader, &mut t, "setting", SettingTable::read),
            certificates: each(reader, &mut t, "certificate", CertificateTable::read),
            bundles: each(reader, &mut t, "bundle", BundleTable::read),
            listens: each(reader, &mut t, "listen", ListenTable::read),
            dials: each(reader, &mut t, "dial", DialTable::read),
            kubeconfigs: each(reader, &mut t, "kubeconfig", KubeconfigTable::read),
            flags: t.literals(reader, "flags"),
            files: each(reader, &mut t, "file", FileTable::read),
            manifests: each(reader, &mut t, "manifest", FileTable::read),
            reloads: t.literals(reader, "reload"),
            sensitive: each(reader, &mut t, "sensitive", SensitiveTable::read),
            rules: each(reader, &mut t, "rule", RuleTable::read),
            ports: each(reader, &mut t, "port", PortTable::read),
            states: each(reader, &mut t, "state", StateTable::read),
            program: t.literals(reader, "program"),
            seen: t.literals(reader, "seen"),
            layouts: layouts(reader, &mut t, "layout"),
        };
        head.finish(reader);
        t.finish(reader);
        Some(document)
    }
}

impl SettingTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let setting = SettingTable {
            span: t.span,
            kind: t.required_text(reader, "type"),
            default: t.literal(reader, "default"),
            words: t.texts(reader, "words").unwrap_or_default(),
            form: t.text(reader, "form"),
        };
        t.finish(reader);
        setting
    }
}
