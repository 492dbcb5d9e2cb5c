//! Resolves `[file.NAME]`: what these files contain, on which nodes they are, and which components read them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::authorities::Authorities;
use super::crl_files;
use super::host_owner;
use super::inventory::Nodes;
use super::merged::Merged;
use super::model::{Beside, Format, Held, NodeIndex, OwnFile};
use super::parse::{parsed, unknown};
use super::paths::{check_path, path_escapes};
use super::placed::Placed;
use super::roles::KnownRoles;
use super::selection;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::read::plan::{AuthorityTable, OwnFileTable as Table, Text};
use crate::source::Spanned;
use crate::values::Name;
use crate::yaml;

/// Where files can go.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) authorities: &'a Authorities<'a>,
    pub(super) authority_tables: &'a [Merged<'a, AuthorityTable>],
    pub(super) roles: &'a KnownRoles<'a>,
    pub(super) nodes: &'a Nodes<'a>,
    pub(super) placed: &'a [Placed],
}

/// The files of the plan; `texts` are what they hold, by name.
pub(super) fn files(
    written: Written<'_>,
    ground: Ground<'_>,
    texts: &BTreeMap<String, Arc<str>>,
    diagnostics: &mut Diagnostics,
) -> List<OwnFile> {
    let mut files = List::default();
    for (name, table) in &written.document.files {
        let text = texts.get(&name.value);
        files.extend(file((name, table), text, written, ground, diagnostics));
    }
    files
}

fn file(
    (name, table): (&Text, &Table),
    text: Option<&Arc<str>>,
    written: Written<'_>,
    ground: Ground<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<OwnFile> {
    let parsed = parsed::<Name>(name, Code::BadName, diagnostics);
    let readers = readers(table, written, diagnostics);
    let nodes = nodes((name, table), &readers, written, ground, diagnostics);
    let path = path(table, diagnostics);
    let holds = holds((name, table), text, ground, diagnostics);
    let mode = mode(table, diagnostics);
    let owner = host_owner::owner(table.owner.as_ref(), diagnostics);
    Some(OwnFile {
        name: parsed?.shared(),
        holds: holds?,
        path: path?,
        readers,
        nodes,
        mode: mode?,
        owner: owner?,
        origin: name.span,
    })
}

/// What it holds: a text, or revocation lists.
fn holds(
    (name, table): (&Text, &Table),
    text: Option<&Arc<str>>,
    ground: Ground<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Held> {
    match (&table.source, &table.crl_of) {
        (Some(source), None) => {
            let format = format(table, source, diagnostics);
            let text = text?;
            if format == Some(Format::Yaml) {
                diagnostics.extend(broken(source, text));
            }
            Some(Held::Text(Beside { source: source.clone(), text: Arc::clone(text), format: format? }))
        }
        (None, Some(of)) => {
            crl_files::held((table, of), ground.authorities, ground.authority_tables, diagnostics)
        }
        (Some(source), Some(_)) => {
            let message = format!("`file.{}` can have a file next to the plan or CRLs, not both", name.value);
            let help = "leave out `source` or `crl-of`";
            diagnostics.push(Diagnostic::new(Code::BadValue, message).at(source.span, "").help(help));
            None
        }
        (None, None) => {
            if !table.unread.may_hold("source") && !table.unread.may_hold("crl-of") {
                let message = format!("`file.{}` needs the key `source`, or `crl-of`", name.value);
                let help = "write `source = \"PATH\"` for a file next to the plan, or `crl-of = \"AUTHORITY\"` for its CRL";
                let diagnostic = Diagnostic::new(Code::MissingKey, message).at(table.span, "in this table");
                diagnostics.push(diagnostic.help(help));
            }
            None
        }
    }
}

fn readers(table: &Table, written: Written<'_>, diagnostics: &mut Diagnostics) -> Vec<Arc<str>> {
    let mut readers: BTreeSet<Arc<str>> = BTreeSet::new();
    for text in table.components.iter().flatten() {
        match written.components().find(|definition| *definition.name == *text.value) {
            Some(definition) => _ = readers.insert(definition.name.clone()),
            None => {
                let known: Vec<&str> = written.components().map(|definition| &*definition.name).collect();
                unknown(Code::UnknownComponent, "component", text, known, diagnostics);
            }
        }
    }
    readers.into_iter().collect()
}

/// Those that the plan names, else those on which somebody reads it.
fn nodes(
    (name, table): (&Text, &Table),
    readers: &[Arc<str>],
    written: Written<'_>,
    ground: Ground<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<NodeIndex> {
    let none = |why: &str, diagnostics: &mut Diagnostics| {
        let message = format!("`file.{}` is on no node{why}", name.value);
        let help = "write `component = \"NAME\"`, for the nodes on which it runs, or `nodes` with selectors";
        diagnostics.push(Diagnostic::new(Code::MissingKey, message).at(table.span, "").help(help));
    };
    if let Some(texts) = &table.nodes {
        let selected = selection::written(texts, written, ground.roles, ground.nodes, diagnostics);
        if selected.nodes.is_empty() && selected.whole && !table.unread.holds("nodes") {
            none(": nothing is selected", diagnostics);
        }
        return selected.nodes;
    }
    if table.components.is_none() {
        if !table.unread.may_hold("nodes") && !table.unread.may_hold("component") {
            none("", diagnostics);
        }
        return Vec::new();
    }
    let reads = |placed: &&Placed| readers.contains(&placed.component.definition.name);
    let placed: Vec<&Placed> = ground.placed.iter().filter(reads).collect();
    let instances = placed.iter().flat_map(|placed| &placed.component.instances);
    let nodes: BTreeSet<NodeIndex> = instances.map(|instance| instance.node).collect();
    let whole = !placed.is_empty() && placed.iter().all(|placed| placed.whole);
    if nodes.is_empty() && whole {
        none(": no node runs a component that reads it", diagnostics);
    }
    nodes.into_iter().collect()
}

fn path(table: &Table, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
    let text = table.path.as_ref()?;
    match check_path(&text.value) {
        Ok(()) => Some(text.clone()),
        Err(why) => {
            diagnostics.push(path_escapes(&text.value, why, text.span));
            None
        }
    }
}

fn format(table: &Table, source: &Text, diagnostics: &mut Diagnostics) -> Option<Format> {
    let Some(text) = &table.format else { return Some(Format::of_name(&source.value)) };
    let found = Format::WORDS.iter().find(|(word, _)| *word == text.value).map(|(_, format)| *format);
    if found.is_none() {
        let message = format!("`{}` is not a format of files", text.value);
        let help = "write `yaml` (also for JSON) or `text`";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
    }
    found
}

fn mode(table: &Table, diagnostics: &mut Diagnostics) -> Option<u32> {
    let Some(text) = &table.mode else { return Some(0o644) };
    let digits = (3..=4).contains(&text.value.len()) && text.value.bytes().all(|byte| byte.is_ascii_digit());
    let mode = u32::from_str_radix(&text.value, 8).ok().filter(|mode| digits && *mode <= 0o777);
    let why = match mode {
        None => "a mode is three or four octal digits in quotes",
        // Of what a person reviewed, nobody but its owner may make something else.
        Some(mode) if mode & 0o022 != 0 => "users other than its owner could change it",
        Some(mode) => return Some(mode),
    };
    let diagnostic = Diagnostic::new(Code::BadValue, format!("`{}`: {why}", text.value)).at(text.span, "");
    diagnostics.push(diagnostic.help("write `mode = \"0644\"`, or \"0600\" if only its owner may read it"));
    None
}

/// What is wrong with a text that is to be YAML. Nothing of it is shown.
fn broken(source: &Text, text: &str) -> Option<Diagnostic> {
    let (line, why) = match yaml::documents(text) {
        Err(broken) => (broken.line, broken.why),
        Ok(documents) => match documents.iter().flat_map(|document| &document.duplicates).next() {
            Some(key) => (key.line, "a key of it appears twice in one mapping".to_owned()),
            None if documents.is_empty() => (1, "it is empty".to_owned()),
            None => return None,
        },
    };
    let message = format!("{}:{line}: {why}", source.value);
    let help = "fix the file, or write `format = \"text\"` if it is not YAML";
    Some(Diagnostic::new(Code::BrokenFile, message).at(source.span, "named here").help(help))
}
