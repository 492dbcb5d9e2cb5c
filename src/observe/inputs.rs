//! The inputs of one program: its arguments, its environment, and its configuration file.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::arguments::{Arguments, Refusal, Style, arguments, environment, plain};
use super::command::{Command, Located, Unknown, Unread, Word};
use super::document::{Kinds, Review, review};
use super::lines::Lines;
use crate::catalog::{FieldTables, FlagTable, Form, LinePattern as Pattern, Seen, Slot, Source};
use crate::host::{Files, Place, joined};
use crate::values::Version;
use crate::wiring;
use crate::yaml::{Node, Value};

/// Inputs of one program.
pub(super) struct Inputs<'a> {
    pub(super) files: &'a dyn Files,
    pub(super) command: &'a Command,
    /// The version that is said, if one is.
    said: Option<&'a Version>,
    /// The one whose defaults count.
    version: &'a Version,
    /// Where artefacts of the component lie, by the plan.
    pub(super) artefact: &'a dyn Fn(&str) -> Option<String>,
    arguments: Arguments,
    configuration: Configuration,
    /// Whether the configuration file alone counts.
    only_file: bool,
    /// Why the program would not start.
    pub(super) refuses: Vec<wiring::Gap>,
    /// What it reads and does not take.
    pub(super) ignores: Vec<wiring::Gap>,
    /// What could not be read.
    pub(super) unread: Vec<Unread>,
    fields: &'a FieldTables,
}

enum Configuration {
    None,
    Tree(Arc<str>, Node),
    Lines(Arc<str>, Lines),
}

/// One value of a slot.
#[derive(Clone)]
pub(super) struct Input {
    pub(super) text: Arc<str>,
    /// None: the program's own default.
    pub(super) at: Option<Place>,
    /// The section in which a line stands.
    pub(super) section: Option<Arc<str>>,
    /// What of it nobody but the running host knows.
    pub(super) unknown: Option<Unknown>,
    /// Whether it is a path of the host, wherever the program sees it.
    pub(super) of_host: bool,
}

/// What a slot says.
pub(super) struct Said {
    /// Mode and owner of the file, where it names one that was read.
    pub(super) access: Option<(u32, Arc<str>)>,
    pub(super) slot: wiring::Slot,
    pub(super) values: Vec<Input>,
}

impl<'a> Inputs<'a> {
    pub(super) fn read(
        (files, fields): (&'a dyn Files, &'a FieldTables),
        (table, seen): (Option<&FlagTable>, &Seen),
        command: &'a Command,
        (said, version): (Option<&'a Version>, &'a Version),
        artefact: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let style = if seen.program.one_dash { Style::Go } else { Style::Pflag };
        let mut arguments = table.map_or_else(
            || plain(&command.words),
            |table| {
                let mut found = arguments(&command.words, table, said, style);
                if let Some(prefix) = &seen.program.environment {
                    environment(&mut found, &command.environment, prefix, (table, said));
                }
                found
            },
        );
        let refused = std::mem::take(&mut arguments.refused);
        let refuses = refused
            .into_iter()
            .map(|refused| wiring::Gap { at: refused.place, why: words(&refused.why, said.is_some()) });
        let mut inputs = Self {
            files,
            command,
            said,
            version,
            artefact,
            arguments,
            configuration: Configuration::None,
            only_file: false,
            refuses: refuses.collect(),
            ignores: Vec::new(),
            unread: Vec::new(),
            fields,
        };
        inputs.configure(seen);
        inputs
    }

    /// Finds the configuration file.
    fn configure(&mut self, seen: &Seen) {
        let only = seen.program.only.as_ref().and_then(|flag| self.arguments.value(flag)).cloned();
        let named = seen.program.configuration.as_ref().and_then(|slot| {
            let said = self.said(slot)?;
            let first = said.values.into_iter().next()?;
            Some((first.text, first.at?, first.unknown))
        });
        self.only_file = only.is_some();
        let usual = || {
            let path = seen.program.found_by.clone()?;
            Some((Arc::clone(&path), Place::file(path), None))
        };
        let only = only.map(|word| (word.text, word.place, word.unknown));
        let Some((path, at, unknown)) = only.or(named).or_else(usual) else { return };
        if let Some(Unknown { why, .. }) = unknown {
            return self.unread.push(Unread::new(at, &*why));
        }
        let Some(path) = self.on_host(&path, &at) else { return };
        match self.files.text(&path) {
            Ok(Some((text, _))) if has_lines(seen) => {
                self.configuration = Configuration::Lines(path, Lines::parse(&text));
            }
            Ok(Some((text, _))) => self.tree(path, &text, &seen.program.kinds),
            Ok(None) if self.files.knows(&path) => {
                self.refuses
                    .push(wiring::Gap { at, why: format!("its configuration file {path} is missing") });
            }
            Ok(None) => self.unread.push(Unread::new(at, format!("{path} was not given"))),
            Err(problem) => self.unread.push(problem.into()),
        }
    }

    fn tree(&mut self, path: Arc<str>, text: &str, known: &[Arc<str>]) {
        if let Some(root) = self.review(&path, text, Kinds { known, must: true }) {
            self.configuration = Configuration::Tree(path, root);
        }
    }

    /// Looks through a document that the program reads, and gives it where it can be read.
    pub(super) fn review(&mut self, path: &Arc<str>, text: &str, kinds: Kinds<'_>) -> Option<Node> {
        let (Review { refuses, ignores }, root) = review(self.fields, (path, text), kinds, self.said);
        self.refuses.extend(refuses);
        self.ignores.extend(ignores);
        root
    }

    /// Where a path of the program lies on the host; none where that is not a file of the host.
    pub(super) fn on_host(&mut self, path: &str, at: &Place) -> Option<Arc<str>> {
        match self.locate(path) {
            Ok(path) => Some(path),
            Err(why) => {
                self.unread.push(Unread::new(at.clone(), why));
                None
            }
        }
    }

    /// The same, with the reason where it does not.
    pub(super) fn locate(&self, path: &str) -> Result<Arc<str>, String> {
        let absolute = match &self.command.folder {
            Some(folder) => joined(folder, path),
            None => joined("/", path),
        };
        match self.command.paths.locate(&absolute) {
            Located::Host { path, .. } => Ok(path),
            Located::Image => Err(format!("{absolute} is not mounted into the container")),
            Located::Other(what) => Err(format!("{absolute} comes from a {what}")),
        }
    }

    /// What a slot says; none where nothing says anything.
    pub(super) fn said(&self, slot: &Slot) -> Option<Said> {
        let found = slot.sources.iter().find_map(|source| {
            let values = self.source(source);
            let name = name_of(source);
            let at = values.first().and_then(|value| value.at.clone());
            (!values.is_empty()).then_some(Said { access: None, slot: wiring::Slot { name, at }, values })
        });
        found.or_else(|| {
            let bare = slot.bare.as_ref().filter(|bare| self.arguments.lack(&bare.without));
            let usual = || slot.absent.as_ref()?.at(self.version);
            let usual = bare.map(|bare| &bare.values).or_else(usual)?;
            let input = |text: &Arc<str>| Input {
                text: Arc::clone(text),
                at: None,
                section: None,
                unknown: None,
                of_host: false,
            };
            let name = slot.sources.first().map_or_else(|| "".into(), name_of);
            let values = usual.iter().map(input).collect();
            Some(Said { access: None, slot: wiring::Slot { name, at: None }, values })
        })
    }

    /// The same as a list: parts between commas, and of `NAME=URL` the URL.
    pub(super) fn list(&self, slot: &Slot) -> Option<Said> {
        let mut said = self.said(slot)?;
        let parts = said.values.iter().flat_map(|value| {
            let mut end = 0;
            let parts = value.text.split(',').filter_map(|part| {
                end += part.len() + ",".len();
                let part = part.trim();
                let text = match slot.form {
                    Form::Plain => part,
                    Form::NamedUrl => part.split_once('=').map_or(part, |(_, url)| url),
                };
                // What ends before is known.
                let unknown = value.unknown.clone().filter(|unknown| unknown.from + ",".len() < end);
                (!part.is_empty()).then(|| Input { text: text.into(), unknown, ..value.clone() })
            });
            parts.collect::<Vec<Input>>()
        });
        said.values = parts.collect();
        Some(said)
    }

    fn source(&self, source: &Source) -> Vec<Input> {
        match source {
            Source::Flag(_) | Source::FlagWithout(..) if self.only_file => Vec::new(),
            // Of a file that nobody gave, nothing is known.
            Source::FlagWithout(_, without)
                if !matches!(self.configuration, Configuration::None)
                    && !self.arguments.values(without).is_empty() =>
            {
                Vec::new()
            }
            Source::Flag(flag) | Source::FlagWithout(flag, _) => {
                let words = self.arguments.values(flag).into_iter().filter(|word| !word.text.is_empty());
                words.map(of_word).collect()
            }
            Source::Variable(name) => self.command.environment.get(name).map(of_word).into_iter().collect(),
            Source::Field(keys) => self.field(keys),
            Source::Artefact(name) => {
                let path = (self.artefact)(name);
                path.map(|path| Input {
                    text: path.into(),
                    at: None,
                    section: None,
                    unknown: None,
                    of_host: true,
                })
                .into_iter()
                .collect()
            }
            Source::Line(pattern) => {
                let Configuration::Lines(path, lines) = &self.configuration else { return Vec::new() };
                let hits = lines.find(pattern).into_iter();
                hits.map(|hit| Input {
                    text: hit.value.into(),
                    at: Some(Place::line(path, hit.line)),
                    section: hit.section.map(Arc::from),
                    unknown: None,
                    of_host: false,
                })
                .collect()
            }
        }
    }

    fn field(&self, keys: &[Arc<str>]) -> Vec<Input> {
        let Configuration::Tree(path, root) = &self.configuration else { return Vec::new() };
        let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let Some(node) = root.at(&keys) else { return Vec::new() };
        let input = |node: &Node| {
            let text = node.scalar()?.text();
            let at = Some(Place::line(path, node.line));
            (!text.is_empty()).then(|| Input {
                text: text.into(),
                at,
                section: None,
                unknown: None,
                of_host: false,
            })
        };
        match &node.value {
            Value::Sequence(items) => items.iter().filter_map(input).collect(),
            _ => input(node).into_iter().collect(),
        }
    }

    /// Whether what a slot of lines names is a section of its configuration, of another kind than that of the lines.
    pub(super) fn names_section(&self, slot: &Slot, name: &str) -> bool {
        let Configuration::Lines(_, lines) = &self.configuration else { return true };
        slot.sources.iter().any(|source| match source {
            Source::Line(Pattern { sections, .. }) => {
                sections.first().is_some_and(|kind| lines.has_section(name, kind))
            }
            _ => true,
        })
    }

    /// The names of sections in which lines of both slots may stand.
    pub(super) fn sections_of_both(&self, one: &Slot, other: &Slot) -> Vec<Arc<str>> {
        let Configuration::Lines(_, lines) = &self.configuration else { return Vec::new() };
        let kinds = |slot: &Slot| -> Vec<Arc<str>> {
            let patterns = slot.sources.iter().filter_map(|source| match source {
                Source::Line(pattern) => Some(&pattern.sections),
                _ => None,
            });
            patterns.flatten().cloned().collect()
        };
        let others = kinds(other);
        let both: Vec<Arc<str>> = kinds(one).into_iter().filter(|kind| others.contains(kind)).collect();
        lines.named(&both).map(Arc::from).collect()
    }

    /// Whether its configuration is a file of fields that could be read.
    pub(super) fn has_tree(&self) -> bool {
        matches!(self.configuration, Configuration::Tree(..))
    }

    /// Whether a switch is on.
    pub(super) fn is_true(&self, slot: &Slot) -> bool {
        let said = self.said(slot);
        said.and_then(|said| said.values.into_iter().next()).is_some_and(|value| &*value.text == "true")
    }

    /// A slot that nothing fills.
    pub(super) fn absent(&self, slot: &Slot) -> wiring::Slot {
        wiring::Slot { name: slot.sources.first().map_or_else(|| "".into(), name_of), at: None }
    }

    /// Says that the program would not start.
    pub(super) fn refuse(&mut self, at: &Place, why: &str) {
        self.refuses.push(wiring::Gap { at: at.clone(), why: why.to_owned() });
    }

    /// Flags of whose values a part is known to the running host alone.
    pub(super) fn unsure(&self) -> BTreeSet<Arc<str>> {
        self.arguments.unsure()
    }

    /// All flags and what they say.
    pub(super) fn flags(&self) -> Vec<(Arc<str>, Vec<Arc<str>>, Place)> {
        self.arguments.all()
    }
}

fn of_word(word: &Word) -> Input {
    Input {
        text: Arc::clone(&word.text),
        at: Some(word.place.clone()),
        section: None,
        unknown: word.unknown.clone(),
        of_host: false,
    }
}

fn has_lines(seen: &Seen) -> bool {
    let is_line = |slot: &Slot| slot.sources.iter().any(|source| matches!(source, Source::Line(_)));
    let of_listens = seen.listens.iter().any(|listen| match &listen.at {
        crate::catalog::ListensAt::Urls(slot) => is_line(slot),
        _ => false,
    });
    of_listens || seen.holds.as_ref().is_some_and(is_line)
}

fn name_of(source: &Source) -> Arc<str> {
    match source {
        Source::Flag(flag) | Source::FlagWithout(flag, _) => format!("--{flag}").into(),
        Source::Variable(name) => format!("${name}").into(),
        Source::Field(keys) => keys.iter().map(|key| &**key).collect::<Vec<_>>().join(".").into(),
        Source::Artefact(name) => format!("@{name}").into(),
        Source::Line(pattern) => {
            let words = pattern.words.iter().find_map(|word| match word {
                crate::catalog::PatternWord::Exactly(word) => Some(Arc::clone(word)),
                _ => None,
            });
            words.or_else(|| pattern.sections.first().cloned()).unwrap_or_default()
        }
    }
}

fn words(refusal: &Refusal, is_version_known: bool) -> String {
    match refusal {
        Refusal::Unknown(flag) if is_version_known => {
            format!("this version does not know the flag `--{flag}`")
        }
        Refusal::Unknown(flag) => format!("no version of it knows the flag `--{flag}`"),
        Refusal::Missing(flag) => format!("the flag `--{flag}` has no value"),
        Refusal::Value(flag, _) => format!("the flag `--{flag}` does not take such a value"),
        Refusal::Stray => "this word is not a flag, and the program takes only flags".to_owned(),
        Refusal::Syntax => "this is not a flag".to_owned(),
        Refusal::Variable(flag) => {
            format!("a variable and the flag `--{flag}` set the same option, which the program refuses")
        }
    }
}
