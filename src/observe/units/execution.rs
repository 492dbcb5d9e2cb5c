//! Derives the commands that a service runs from its settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::assignments::{self, Variables};
use super::command_line::{self, CommandLine};
use super::lines::Text;
use super::search::Found;
use super::service::{COMMANDS, Service};
use super::specifiers::{Specifiers, credentials};
use super::substitution::substitute;
use super::wrappers::{Unwrapped, unwrap};
use super::{environment, word};
use crate::host::Files;
use crate::observe::command::{Command, Paths, Runner, Unknown, Unread, Word};

/// What of its host a service does not see as it is; how, is not read here.
const ELSEWHERE: &[&str] = &["RootDirectory", "RootImage"];
const BOUND: &[&str] = &["BindPaths", "BindReadOnlyPaths", "TemporaryFileSystem"];

const NO_SPECIFIER: &str = "`%` is followed by no specifier, so systemd ignores it";

/// The commands of a service.
pub(super) fn commands(
    files: &dyn Files,
    found: &Found,
    service: &Service,
    unread: &mut Vec<Unread>,
) -> Vec<Command> {
    if service.masked {
        return Vec::new();
    }
    let fragment = found.fragment.as_deref().unwrap_or_default();
    let specifiers = Specifiers::new(files, &found.name, fragment);
    let Some(lines) = command_line::commands(service.list(COMMANDS), &specifiers, unread) else {
        return Vec::new();
    };
    if lines.len() > 1 && service.value("Type").is_none_or(|kind| kind.text != "oneshot") {
        let place = lines.last().map(|line| line.place.clone());
        let why = "it has several commands and is not `Type=oneshot`, so that systemd does not load it";
        unread.extend(place.map(|place| Unread::new(place, why)));
        return Vec::new();
    }
    if lines.is_empty() {
        return Vec::new();
    }
    let unit = Unit { files, found, service, specifiers };
    let mut refused = Vec::new();
    let variables = unit.variables(unread, &mut refused);
    unit.elsewhere(unread);
    let command =
        |line| Some(Command { refused: refused.clone(), ..unit.command(line, variables.clone(), unread)? });
    lines.into_iter().filter_map(command).collect()
}

struct Unit<'a> {
    files: &'a dyn Files,
    found: &'a Found,
    service: &'a Service,
    specifiers: Specifiers<'a>,
}

impl Unit<'_> {
    /// The variables that the service sets, those of files over those of the unit.
    fn variables(&self, unread: &mut Vec<Unread>, refused: &mut Vec<Unread>) -> Variables {
        let mut variables = Variables::new();
        for line in self.service.list("Environment") {
            assignments::assign(line, &self.specifiers, &mut variables, unread);
        }
        for line in self.service.list("EnvironmentFile") {
            let Ok((path, unknown)) = self.specifiers.replace(&line.text) else {
                unread.push(Unread::new(line.place(0), NO_SPECIFIER));
                continue;
            };
            let (optional, path) = match path.strip_prefix('-') {
                Some(path) => (true, path),
                None => (false, &*path),
            };
            let place = line.place(0);
            match unknown {
                Some(unknown) => unread.push(Unread::new(place, &*unknown.why)),
                None if !path.starts_with('/') => {
                    unread.push(Unread::new(place, "its path is not absolute, so that systemd ignores it"));
                }
                None => {
                    let source = (optional, &place);
                    refused.extend(environment::load(self.files, path, source, &mut variables, unread));
                }
            }
        }
        for line in self.service.list("PassEnvironment") {
            for name in line.text.split_ascii_whitespace() {
                let why = "it is passed from the environment of systemd".into();
                let unknown = Some(Unknown { from: 0, why });
                let passed = || Word { text: "".into(), place: line.place(0), unknown };
                variables.entry(name.into()).or_insert_with(passed);
            }
        }
        for name in self.words("UnsetEnvironment") {
            variables.remove(name.text.split_once('=').map_or(&*name.text, |(name, _)| name));
        }
        variables
    }

    /// What is set of where the service sees its files.
    fn elsewhere(&self, unread: &mut Vec<Unread>) {
        let values = ELSEWHERE.iter().filter_map(|key| Some((key, self.service.value(key)?)));
        let lists = BOUND.iter().filter_map(|key| Some((key, self.service.list(key).first()?)));
        for (key, line) in values.chain(lists) {
            let why = format!("with `{key}`, the service sees other files than those of the host");
            unread.push(Unread::new(line.place(0), why));
        }
    }

    fn command(&self, line: CommandLine, variables: Variables, unread: &mut Vec<Unread>) -> Option<Command> {
        let CommandLine { place, program, words, variables: replaced, shell, privileged } = line;
        if shell {
            unread.push(Unread::new(place, "the user's shell runs it, and pkiplan does not interpret that"));
            return None;
        }
        let mut environment = variables;
        let words = if replaced { substitute(words, &environment) } else { words };
        let (program, words) = match unwrap(self.files, program, words, &mut environment) {
            Unwrapped::Program(program, words) => (program, words),
            Unwrapped::Unread(why) => {
                unread.push(Unread::new(place, why));
                return None;
            }
        };
        let own = |key: &str| self.own(key).filter(|_| !privileged);
        let user = own("User").or_else(|| own("DynamicUser").and_then(|_| self.dynamic_user()));
        Some(Command {
            runner: Runner::Unit { name: Arc::clone(&self.found.name), enabled: self.found.enabled },
            place,
            program: Some(program),
            words,
            environment,
            user,
            group: own("Group"),
            groups: self.words("SupplementaryGroups").into_iter().map(|word| word.text).collect(),
            folder: self.own("WorkingDirectory").map(|path| path.trim_start_matches('-').into()),
            paths: Paths { mounts: None, loaded: self.loaded() },
            probes: Vec::new(),
            refused: Vec::new(),
        })
    }

    /// A setting of which the last one counts.
    fn own(&self, key: &str) -> Option<Arc<str>> {
        let (text, unknown) = self.specifiers.replace(&self.service.value(key)?.text).ok()?;
        unknown.is_none().then(|| text.into())
    }

    /// The user that systemd makes for a service: named like it, unless `User=` says otherwise.
    fn dynamic_user(&self) -> Option<Arc<str>> {
        let yes = ["1", "yes", "y", "true", "t", "on"];
        let said = self.service.value("DynamicUser")?.text.to_ascii_lowercase();
        yes.contains(&&*said)
            .then(|| super::names::parts(&self.found.name).map(|parts| parts.prefix.into()))?
    }

    /// The words of a list.
    fn words(&self, key: &str) -> Vec<Word> {
        let mut words = Vec::new();
        for line in self.service.list(key) {
            let mut at = 0;
            while let Ok(Some(found)) = word::next(line.text.as_bytes(), at, word::Rules::Escapes) {
                at = found.next;
                let replaced = self.specifiers.replace(&String::from_utf8_lossy(&found.word));
                let Ok((text, unknown)) = replaced else { continue };
                words.push(Word { text: text.into(), place: line.place(found.from), unknown });
            }
        }
        words
    }

    /// Where credentials lie that the service finds in a folder of its own.
    fn loaded(&self) -> BTreeMap<Arc<str>, Arc<str>> {
        let folder = credentials(&self.found.name);
        let lines: &[Text] = self.service.list("LoadCredential");
        let pairs = lines.iter().filter_map(|line| {
            let (text, unknown) = self.specifiers.replace(&line.text).ok()?;
            let (id, path) = text.split_once(':').filter(|(_, path)| path.starts_with('/'))?;
            unknown.is_none().then(|| (format!("{folder}/{id}").into(), path.into()))
        });
        pairs.collect()
    }
}
