//! `pkiplan applied`: which hosts have what the lock says.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::clock;
use super::output::Output;
use crate::applied::Applied as Known;
use crate::diagnostics::did_you_mean;
use crate::read::{Bounds, Disk};
use crate::workspace::{Failure, Opened, PlanFiles};
use crate::write;

#[derive(Debug, Args)]
pub(super) struct Applied {
    /// The plan.
    pub(super) plan: PathBuf,
    /// The hosts that have it, by the names of their nodes; all of them if absent.
    #[arg(value_name = "HOST")]
    pub(super) hosts: Vec<String>,
    /// Since when they have it, in RFC 3339; else SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

pub(super) fn run(arguments: &Applied, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(applied(arguments, bounds, output))
}

fn applied(arguments: &Applied, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let at = clock::at(arguments.at.as_deref())?;
    let disk = Disk::around(&arguments.plan, bounds)?;
    let opened = Opened::read(&disk, PlanFiles::of(&arguments.plan))?;
    opened.sound()?;
    let Some((lock, text)) = opened.lock_and_text() else {
        let plan = arguments.plan.display();
        return Err(format!(
            "there is no lock yet, so no host can have it; `pkiplan build {plan}` makes one"
        )
        .into());
    };
    let nodes = opened.plan.model.nodes.iter();
    let nodes: Vec<(&str, &Arc<str>)> = nodes.map(|node| (node.name.as_str(), &node.id)).collect();
    let hosts = hosts(&arguments.hosts, &nodes)?;
    let mut known: Known = opened.applied.clone().unwrap_or_default();
    for host in &hosts {
        known.mark(host, (lock, text), at);
    }
    known.keep(|host| nodes.iter().any(|(_, id)| ***id == *host));
    let file = &opened.files.applied;
    write::replace_public(file, known.to_text().as_bytes()).map_err(|error| error.to_string())?;
    if output.json {
        output.json(serde_json::json!({ "applied": file.display().to_string(), "hosts": hosts }));
    } else {
        let (count, file) = (hosts.len(), file.display());
        let hosts = if count == 1 { "1 host has".to_owned() } else { format!("{count} hosts have") };
        output.say(&format!(
            "{hosts} what {} says: written to {file}, commit it\n",
            opened.files.lock.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The ids of the nodes that are meant.
fn hosts(named: &[String], nodes: &[(&str, &Arc<str>)]) -> Result<Vec<Arc<str>>, Failure> {
    if named.is_empty() {
        return Ok(nodes.iter().map(|(_, id)| Arc::clone(id)).collect());
    }
    let id = |name: &String| match nodes.iter().find(|(known, _)| known == name) {
        Some((_, id)) => Ok(Arc::clone(id)),
        None => {
            let help = did_you_mean(name, nodes.iter().map(|(known, _)| *known));
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            Err(format!("the plan has no node `{name}`{help}").into())
        }
    };
    named.iter().map(id).collect()
}
