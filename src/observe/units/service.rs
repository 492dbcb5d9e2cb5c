//! Reads the settings of a service: its unit file and its drop-ins, of which later ones take precedence.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lines::{Statement, Text, statements};
use super::search::Found;
use crate::host::Files;
use crate::observe::command::Unread;

/// Bytes of a unit's file at most.
const LARGEST: usize = 1 << 20;

/// What of a service says how its program is started, as it is written. Lists are in the order in which they count,
/// and an empty value has taken what stood before it.
#[derive(Default)]
pub(super) struct Service {
    lists: BTreeMap<&'static str, Vec<Text>>,
    values: BTreeMap<&'static str, Text>,
    /// Whether the unit's own file is empty, which masks it.
    pub(super) masked: bool,
}

/// The commands, with the empty lines that take back those before.
pub(super) const COMMANDS: &str = "ExecStart";

/// Settings that add to one another.
const LISTS: &[&str] = &[
    COMMANDS,
    "Environment",
    "EnvironmentFile",
    "PassEnvironment",
    "UnsetEnvironment",
    "LoadCredential",
    "LoadCredentialEncrypted",
    "SupplementaryGroups",
    "BindPaths",
    "BindReadOnlyPaths",
    "TemporaryFileSystem",
];

/// Settings of which the last one counts.
const VALUES: &[&str] =
    &["User", "Group", "DynamicUser", "WorkingDirectory", "Type", "RootDirectory", "RootImage"];

impl Service {
    pub(super) fn list(&self, key: &str) -> &[Text] {
        self.lists.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn value(&self, key: &str) -> Option<&Text> {
        self.values.get(key)
    }

    fn take(&mut self, statement: Statement) {
        if &*statement.section != "Service" {
            return;
        }
        let of = |keys: &[&'static str]| keys.iter().copied().find(|key| *key == statement.key);
        if let Some(key) = of(LISTS) {
            let list = self.lists.entry(key).or_default();
            // systemd reads each command, also those that a later line takes back.
            if statement.value.text.is_empty() && key != COMMANDS {
                list.clear();
            } else {
                list.push(statement.value);
            }
        } else if let Some(key) = of(VALUES) {
            if statement.value.text.is_empty() {
                self.values.remove(key);
            } else {
                self.values.insert(key, statement.value);
            }
        }
    }
}

/// Reads a service.
pub(super) fn read(files: &dyn Files, found: &Found, unread: &mut Vec<Unread>) -> Service {
    let mut service = Service::default();
    for path in found.fragment.iter().chain(&found.drop_ins) {
        let text = match files.text(path) {
            Ok(Some((text, _))) if text.len() <= LARGEST => text,
            Ok(Some(_)) => {
                unread
                    .push(Unread::new(crate::host::Place::file(Arc::clone(path)), "it is larger than 1 MiB"));
                continue;
            }
            Ok(None) => continue,
            Err(problem) => {
                // A drop-in that is a link to a device masks one of the same name.
                if !matches!(problem.why, crate::host::Why::NotAFile(_)) {
                    unread.push(problem.into());
                }
                continue;
            }
        };
        service.masked |= text.is_empty() && found.fragment.as_ref() == Some(path);
        statements(path, &text, unread).into_iter().for_each(|statement| service.take(statement));
    }
    service
}
