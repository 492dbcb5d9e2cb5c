//! Prints the comparison in the requested format.

use std::process::ExitCode;

use super::arguments::Diff;
use crate::cli::global::Format;
use crate::cli::output::Output;
use crate::compare::Comparison;
use crate::report::diff::{self, Asked, Named, Terminal};

pub(super) fn say(
    arguments: &Diff,
    (named, asked): (&Named, &Asked<'_>),
    comparison: &Comparison,
    output: &Output,
) -> ExitCode {
    let terminal = Terminal { width: output.width(), paints: output.paints };
    match output.form {
        Format::Json => output.json(diff::json(named, comparison, arguments.only)),
        Format::Markdown => output.print(&diff::comment(named, comparison)),
        Format::Html => output.print(&diff::page(named, comparison)),
        Format::Text => output.print(&diff::report(asked, named, comparison, terminal)),
    }
    ExitCode::from(if arguments.exit_code && !comparison.is_empty() { 2 } else { 0 })
}
