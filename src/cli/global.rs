//! What every command takes.

use clap::{Args, ColorChoice, ValueEnum};

#[derive(Debug, Args)]
pub(super) struct Global {
    /// Colours in messages; `NO_COLOR` turns them off, too.
    #[arg(long, global = true, default_value = "auto", value_name = "WHEN")]
    pub(super) color: ColorChoice,
    /// Say only what is wrong.
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// For people, or for machines.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text for people.
    Text,
    /// JSON for machines.
    Json,
    /// A comment for a pull request; `diff` alone.
    #[value(hide = true)]
    Markdown,
    /// A page that needs nothing besides; `diff` alone.
    #[value(hide = true)]
    Html,
}
