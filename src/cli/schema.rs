//! `pkiplan schema`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::explain::catalog_of;
use super::output::Output;
use crate::read::{Bounds, FileKind};
use crate::schema;

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Know the catalog of this plan: its components, layouts and profiles, and no others.
    #[arg(long, value_name = "PLAN")]
    pub(super) plan: Option<PathBuf>,
    /// The schema of files of a catalog instead of plans.
    #[arg(long, value_name = "KIND", value_enum, num_args = 0..=1, default_missing_value = "component")]
    pub(super) catalog: Option<CatalogFile>,
}

/// A kind of file of a catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CatalogFile {
    /// `components/NAME/component.toml`
    Component,
    /// `profiles/NAME.toml`
    Profile,
    /// `layouts/NAME.toml`
    Layout,
    /// `flags/NAME.toml`
    Flags,
    /// `fields/NAME.toml`
    Fields,
    /// `roles/NAME.toml`
    Roles,
}

pub(super) fn run(arguments: &Schema, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(catalog_of(arguments.plan.as_deref(), bounds).map(|at_hand| {
        let file = arguments.catalog.map_or(FileKind::Plan, CatalogFile::kind);
        output.json(schema::of(file, &at_hand, arguments.plan.is_some()));
        ExitCode::SUCCESS
    }))
}

impl CatalogFile {
    fn kind(self) -> FileKind {
        match self {
            CatalogFile::Component => FileKind::Component,
            CatalogFile::Profile => FileKind::Profile,
            CatalogFile::Layout => FileKind::Layout,
            CatalogFile::Flags => FileKind::Flags,
            CatalogFile::Fields => FileKind::Fields,
            CatalogFile::Roles => FileKind::Roles,
        }
    }
}
