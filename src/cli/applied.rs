//! `pkiplan applied`: records that hosts have been rolled out with the current lock.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::clock;
use super::complete;
use super::next;
use super::output::Output;
use super::plan_argument::PlanArgument;
use crate::applied::Applied as Known;
use crate::read::{Bounds, Disk};
use crate::workspace::{Failure, Opened, PlanFiles};
use crate::write;

#[derive(Debug, Args)]
pub(super) struct Applied {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// The rolled-out hosts, by node name. Default: all.
    #[arg(value_name = "HOST", add = ArgValueCompleter::new(complete::hosts))]
    pub(super) hosts: Vec<String>,
    /// The time of the rollout (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

pub(super) fn run(arguments: &Applied, bounds: &Bounds, output: &Output) -> ExitCode {
    output.end(applied(arguments, bounds, output))
}

fn applied(arguments: &Applied, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let at = clock::at(arguments.at.as_deref())?;
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let opened = Opened::read(&disk, PlanFiles::of(arguments.plan.path()))?;
    opened.sound()?;
    let Some((lock, text)) = opened.lock_and_text() else {
        let plan = arguments.plan.path().display();
        return Err(format!(
            "there is no lock yet, so no host can have it; run `pkiplan build {plan}` first"
        )
        .into());
    };
    let hosts = hosts(&arguments.hosts, &opened)?;
    let mut known: Known = opened.applied.clone().unwrap_or_default();
    known.mark(&hosts, (lock, text), at);
    let nodes: BTreeSet<&Arc<str>> = opened.plan.model.nodes.iter().map(|node| &node.id).collect();
    known.keep(|host| nodes.contains(host));
    let file = &opened.files.applied;
    write::replace_public(file, known.to_text().as_bytes()).map_err(|error| error.to_string())?;
    if output.json {
        output.json(serde_json::json!({ "applied": file.display().to_string(), "hosts": hosts }));
    } else {
        output.say(&format!(
            "hosts        {}, with what {} says\nwritten      {}: commit it\n",
            hosts.len(),
            opened.files.lock.display(),
            file.display()
        ));
        output.next(&next::add([&*file.to_string_lossy()]));
    }
    Ok(ExitCode::SUCCESS)
}

/// The ids of the nodes that are meant.
fn hosts(named: &[String], opened: &Opened<'_>) -> Result<Vec<Arc<str>>, Failure> {
    let nodes = &opened.plan.model.nodes;
    if nodes.is_empty() {
        return Err("the plan has no nodes, so no host can have it".to_owned().into());
    }
    if named.is_empty() {
        return Ok(nodes.iter().map(|node| Arc::clone(&node.id)).collect());
    }
    named.iter().map(|name| Ok(Arc::clone(&nodes[opened.node(name)?].id))).collect()
}
