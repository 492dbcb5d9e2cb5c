//! Reads the services of a host, as systemd starts them.
//!
//! The sources are systemd.unit(5), systemd.service(5), systemd.exec(5) and systemd.syntax(7). Where versions of
//! systemd differ, the newest one counts, and the difference is reported.

mod assignments;
mod command_line;
mod environment;
mod execution;
mod lines;
mod names;
mod search;
mod service;
mod specifiers;
mod substitution;
mod word;
mod wrappers;

use super::command::{Command, Unread};
use crate::host::Files;

/// The programs that the services of a host run, by unit; each with `ExecStart=` of the unit and its drop-ins. What
/// is masked is not there, and a template is there with the instances that links name.
#[must_use]
pub fn units(files: &dyn Files) -> (Vec<Command>, Vec<Unread>) {
    let (mut commands, mut unread) = (Vec::new(), Vec::new());
    for found in search::units(files, &mut unread) {
        let service = service::read(files, &found, &mut unread);
        commands.extend(execution::commands(files, &found, &service, &mut unread));
    }
    (commands, unread)
}
