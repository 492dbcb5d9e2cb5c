//! `pkiplan check`

use std::path::Path;
use std::process::ExitCode;

use super::arguments::Check;
use super::load;
use super::output::Output;
use crate::diagnostics::{Code, Diagnostics, did_you_mean, to_json};
use crate::plan;
use crate::source::Sources;

pub(super) fn run(check: &Check, output: &Output) -> ExitCode {
    match (&check.explain, &check.plan) {
        (Some(code), _) => explain(code, output),
        (None, Some(path)) => report(path, output),
        (None, None) => ExitCode::FAILURE,
    }
}

fn explain(name: &str, output: &Output) -> ExitCode {
    let Some(code) = Code::from_name(name) else {
        let help = did_you_mean(name, Code::ALL.iter().map(|code| code.name()));
        output.fail(&format!("there is no code `{name}`; {}", help.unwrap_or_default()));
        return ExitCode::FAILURE;
    };
    output.print(&format!("{} ({})\n\n{}\n", code.name(), code.severity().word(), code.explanation()));
    ExitCode::SUCCESS
}

fn report(path: &Path, output: &Output) -> ExitCode {
    let mut diagnostics = Diagnostics::default();
    let plan = load(path, Sources::default(), &mut diagnostics);
    let mut counted = None;
    if let Ok(plan) = &plan
        && let Some(blueprint) = plan.expand(&mut diagnostics)
    {
        plan::rehearse(&blueprint, &mut diagnostics);
        counted = Some((plan.model.nodes.len(), blueprint.certificates.len()));
    }
    let sources = match &plan {
        Ok(plan) => &plan.sources,
        Err(sources) => sources,
    };
    if output.json {
        output.json(&serde_json::json!({ "diagnostics": to_json(&diagnostics, sources) }));
    } else {
        output.diagnostics(&diagnostics, sources);
    }
    if diagnostics.has_errors() {
        return ExitCode::FAILURE;
    }
    if let Some((hosts, certificates)) = counted {
        let verdict = if diagnostics.warnings() == 0 { "nothing wrong" } else { "no errors" };
        output.tell(&format!("{}: {hosts} hosts, {certificates} certificates, {verdict}\n", path.display()));
    }
    ExitCode::SUCCESS
}
