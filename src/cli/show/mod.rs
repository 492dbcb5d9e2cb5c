//! `pkiplan show`

mod certificate;
mod component;
mod node;
mod overview;

use std::process::ExitCode;

use super::arguments::{Show, Shown};
use super::load;
use super::output::Output;
use super::table::{self, Section};
use crate::diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use crate::expand::Blueprint;
use crate::source::{Sources, Span};

/// Why there is nothing to show.
enum Nothing {
    /// The plan has nothing of that name.
    Unknown(String),
    /// Something could not be rendered.
    Diagnostics(Vec<Diagnostic>),
}

pub(super) fn run(arguments: &Show, output: &Output) -> ExitCode {
    let mut diagnostics = Diagnostics::default();
    let plan = match load(&arguments.plan, Sources::default(), &mut diagnostics) {
        Ok(plan) => plan,
        Err(sources) => return output.failed(&diagnostics, &sources),
    };
    let Some(blueprint) = plan.expand(&mut diagnostics) else {
        return output.failed(&diagnostics, &plan.sources);
    };
    output.diagnostics(&diagnostics, &plan.sources);
    let sections = match &arguments.what {
        None => Ok(overview::sections(&blueprint)),
        Some(Shown::Certificate { id }) => certificate::sections(&blueprint, id),
        Some(Shown::Component { name }) => component::sections(&blueprint, name),
        Some(Shown::Node { name }) => node::sections(&blueprint, name),
    };
    match sections {
        Ok(sections) if output.json => output.json(&table::to_json(&sections)),
        Ok(sections) => output.print(&table::to_text(&sections)),
        Err(Nothing::Unknown(message)) => {
            output.fail(&message);
            return ExitCode::FAILURE;
        }
        Err(Nothing::Diagnostics(failures)) => {
            failures.into_iter().for_each(|failure| diagnostics.push(failure));
            return output.failed(&diagnostics, &plan.sources);
        }
    }
    ExitCode::SUCCESS
}

/// Where a value comes from, as people read it.
fn origin(blueprint: &Blueprint<'_>, span: Option<Span>) -> String {
    span.map_or_else(|| "default".to_owned(), |span| blueprint.sources.place(span))
}

fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Nothing {
    let help = did_you_mean(name, known).map(|help| format!("; {help}")).unwrap_or_default();
    Nothing::Unknown(format!("the plan has no {what} `{name}`{help}"))
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

type Sections = Result<Vec<Section>, Nothing>;
