//! `pkiplan schema`: prints JSON Schemas of plans and catalog files.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

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
    #[arg(long, value_name = "KIND", value_parser = kinds(), num_args = 0..=1, default_missing_value = "component")]
    pub(super) catalog: Option<FileKind>,
}

pub(super) fn run(arguments: &Schema, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(catalog_of(arguments.plan.as_deref(), bounds).map(|at_hand| {
        let file = arguments.catalog.unwrap_or(FileKind::Plan);
        output.json(schema::of(file, &at_hand, arguments.plan.is_some()));
        ExitCode::SUCCESS
    }))
}

/// The kinds of files that a catalog has, by their words.
fn kinds() -> impl TypedValueParser<Value = FileKind> {
    let of_catalogs = FileKind::ALL.into_iter().filter(|kind| *kind != FileKind::Plan);
    let words = of_catalogs.map(|kind| PossibleValue::new(kind.word()).help(kind.name()));
    PossibleValuesParser::new(words).try_map(|word| {
        FileKind::ALL.into_iter().find(|kind| kind.word() == word).ok_or("this is not a kind of catalog file")
    })
}
