//! Resolves how components run.

use super::model::Sourced;
use crate::catalog::{Definition, Run};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::Text;

/// A way of running, as the plan writes it.
pub(super) fn run(written: Option<&Text>, diagnostics: &mut Diagnostics) -> Option<Sourced<Run>> {
    let text = written?;
    let run = Run::ALL.into_iter().find(|run| run.word() == text.value);
    if run.is_none() {
        let message = format!("`{}` is not a way of running", text.value);
        let help = format!("write {}", ways(Run::ALL));
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
    }
    Some(Sourced::at(run?, text.span))
}

/// A component must know the way in which the plan has it run.
pub(super) fn check(definition: &Definition, run: &Sourced<Run>, diagnostics: &mut Diagnostics) {
    if let Some(span) = run.origin.filter(|_| !definition.runs_as(run.value)) {
        let message = format!("`{}` cannot be run as `{}`", definition.name, run.value.word());
        let known = Run::ALL.into_iter().filter(|run| definition.runs_as(*run));
        let help = format!("write {}", ways(known));
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(span, "").help(help));
    }
}

/// Ways of running, as a help names them.
fn ways(runs: impl IntoIterator<Item = Run>) -> String {
    runs.into_iter().map(|run| format!("`{}`", run.word())).collect::<Vec<_>>().join(" or ")
}
