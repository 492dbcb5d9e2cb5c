//! The options that every command takes.

use std::path::PathBuf;

use clap::{Args, ColorChoice, ValueEnum};

use crate::read::Bounds;

const HEADING: &str = "Global options";

#[derive(Debug, Args)]
pub(super) struct Global {
    /// When to use colors. `NO_COLOR` turns them off, too.
    #[arg(long, global = true, help_heading = HEADING, hide_possible_values = true, default_value = "auto", value_name = "auto|always|never")]
    pub(super) color: ColorChoice,
    /// Print only warnings and errors.
    #[arg(short, long, global = true, help_heading = HEADING)]
    pub(super) quiet: bool,
    /// Output format: human-readable text, or JSON.
    #[arg(long, global = true, help_heading = HEADING, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// The directory below which a plan may name files. Default: the nearest one above the plan with `.git` or
    /// `pkiplan.root`, else the plan's own.
    #[arg(long, global = true, help_heading = HEADING, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Another directory below which a plan may name files, such as a shared catalog. Repeatable.
    #[arg(long, global = true, help_heading = HEADING, value_name = "DIR")]
    allow: Vec<PathBuf>,
}

impl Global {
    /// Where plans may name files. Folders count from where the program was started, wherever it goes.
    pub(super) fn bounds(&self) -> Bounds {
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        Bounds {
            root: self.root.as_ref().map(absolute),
            allow: self.allow.iter().map(absolute).collect(),
            home: std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Human-readable text.
    Text,
    /// JSON.
    Json,
    /// A comment for a pull request; `diff` alone.
    #[value(hide = true)]
    Markdown,
    /// A page that needs nothing besides; `diff` alone.
    #[value(hide = true)]
    Html,
}
