//! What every command takes.

use std::path::PathBuf;

use clap::{Args, ColorChoice, ValueEnum};

use crate::read::Bounds;

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
    /// Where a plan may name files: beneath this folder. Else beneath the nearest one above the plan that holds
    /// `.git` or `pkiplan.root`, else beneath its own.
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    /// A plan may name files beneath this folder, too, such as a catalog that repositories share. May be given
    /// several times.
    #[arg(long, global = true, value_name = "DIR")]
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
