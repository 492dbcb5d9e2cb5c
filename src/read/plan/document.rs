//! The document of a whole plan.

use super::authority::AuthorityTable;
use super::bootstrap::BootstrapTable;
use super::certificate::FreeCertificateTable;
use super::cluster::ClusterTable;
use super::component::ComponentTable;
use super::connection::{ExternalTable, VipTable};
use super::grant::GrantTable;
use super::import::ImportTable;
use super::keyring::{KeyringTable, SecretTable};
use super::node::{NodeTable, PoolTable};
use super::own_file::OwnFileTable;
use super::shape::{Literals, Named, Text, each};
use super::user::UserTable;
use crate::diagnostics::{Code, Diagnostic};
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::Spanned;

/// A whole plan.
#[derive(Debug, Default)]
pub struct Document {
    /// The tables that could not be read: what they define is not missing.
    pub unread: Unread,
    /// `format = 1`
    pub format: Option<Spanned<i64>>,
    /// `catalog = "folder"`: definitions beside the built-in ones.
    pub catalog: Option<Text>,
    /// `include = ["nodes/*.toml"]`: further files of the plan.
    pub include: Option<Vec<Text>>,
    /// `[import.NAME]`
    pub imports: Named<ImportTable>,
    /// `[cluster]`
    pub cluster: Option<ClusterTable>,
    /// `[bootstrap]`
    pub bootstrap: Option<BootstrapTable>,
    /// `[node.NAME]`
    pub nodes: Named<NodeTable>,
    /// `[pool.NAME]`
    pub pools: Named<PoolTable>,
    /// `[vip.NAME]`
    pub vips: Named<VipTable>,
    /// `[external.NAME]`
    pub externals: Named<ExternalTable>,
    /// `[authority.NAME]`
    pub authorities: Named<AuthorityTable>,
    /// `[keyring.NAME]`
    pub keyrings: Named<KeyringTable>,
    /// `[secret.NAME]`
    pub secrets: Named<SecretTable>,
    /// `[component.NAME]`
    pub components: Named<ComponentTable>,
    /// `[user.NAME]`
    pub users: Named<UserTable>,
    /// `[certificate.NAME]`
    pub certificates: Named<FreeCertificateTable>,
    /// `[grant.NAME]`
    pub grants: Named<GrantTable>,
    /// `[file.NAME]`
    pub files: Named<OwnFileTable>,
    /// `[allow]`: warnings that somebody accepts, and why, by their codes.
    pub allow: Literals,
    /// `[confirmed]`: what people have made sure of, by `ID/GENERATION`.
    pub confirmed: Literals,
}

impl Document {
    pub(in crate::read) fn read(reader: &mut Reader<'_>, mut table: Table<'_, '_>) -> Self {
        let format = table.integer(reader, "format");
        let catalog = table.text(reader, "catalog");
        let include = table.one_or_more(reader, "include");
        table.require_as(
            reader,
            "format",
            "write `format = 1` before the first table; `pkiplan init` writes a complete plan",
        );
        Document { format, catalog, include, ..Self::tables(reader, table) }
    }

    /// Reads a file that a plan includes.
    pub(in crate::read) fn read_part(reader: &mut Reader<'_>, mut table: Table<'_, '_>) -> Self {
        for key in ["format", "catalog", "include"] {
            if let Some(value) = table.get(key) {
                let message = format!("an included file has no `{key}`");
                let span = reader.source.span(value.span());
                let diagnostic = Diagnostic::new(Code::UnknownKey, message).at(span, "");
                reader.diagnostics.push(diagnostic.help("only the plan itself has it: remove it here"));
            }
        }
        Self::tables(reader, table)
    }

    fn tables(reader: &mut Reader<'_>, mut table: Table<'_, '_>) -> Self {
        let mut document = Document {
            unread: Unread::default(),
            format: None,
            catalog: None,
            include: None,
            imports: each(reader, &mut table, "import", ImportTable::read),
            cluster: table.table(reader, "cluster").map(|t| ClusterTable::read(reader, t)),
            bootstrap: table.table(reader, "bootstrap").map(|t| BootstrapTable::read(reader, t)),
            nodes: each(reader, &mut table, "node", NodeTable::read),
            pools: each(reader, &mut table, "pool", PoolTable::read),
            vips: each(reader, &mut table, "vip", VipTable::read),
            externals: each(reader, &mut table, "external", ExternalTable::read),
            authorities: each(reader, &mut table, "authority", AuthorityTable::read),
            keyrings: each(reader, &mut table, "keyring", KeyringTable::read),
            secrets: each(reader, &mut table, "secret", SecretTable::read),
            components: each(reader, &mut table, "component", ComponentTable::read),
            users: each(reader, &mut table, "user", UserTable::read),
            certificates: each(reader, &mut table, "certificate", FreeCertificateTable::read),
            grants: each(reader, &mut table, "grant", GrantTable::read),
            files: each(reader, &mut table, "file", OwnFileTable::read),
            allow: table.literals(reader, "allow"),
            confirmed: table.literals(reader, "confirmed"),
        };
        let span = table.span;
        document.unread = table.finish(reader);
        // Of a cluster whose table could not be read, what is written elsewhere is resolved all the same.
        if document.cluster.is_none() && document.unread.holds("cluster") {
            document.cluster = Some(ClusterTable::unread(span));
        }
        document
    }
}
