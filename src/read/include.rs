//! Merges the files that a plan includes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::ours;
use super::parsed::parse;
use super::path::{FROM_THE_PLAN, normal};
use super::plan::{Document, Named, Text};
use super::refusal::{LARGEST_PLAN, Refusal};
use super::text::text;
use super::world::World;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Sources, Span};

/// Files that a plan may include.
const MOST: usize = 500;

/// Adds what a plan includes, and gives the files; the plan itself has `bytes`.
pub(super) fn include(
    world: &dyn World,
    plan: &Path,
    document: &mut Document,
    bytes: usize,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<(PathBuf, SourceId)> {
    let folder = plan.parent().unwrap_or(Path::new(""));
    let mut found: Vec<(PathBuf, SourceId)> = Vec::new();
    let mut merger = Merger::default();
    let mut seen: BTreeSet<PathBuf> = BTreeSet::from([normal(plan)]);
    let mut left = LARGEST_PLAN.saturating_sub(bytes);
    for (at, named) in document.include.clone().into_iter().flatten().enumerate() {
        if at == MOST {
            diagnostics.push(too_many(&named));
            return found;
        }
        let Some(paths) = paths(world, folder, &named, diagnostics) else {
            document.unread.in_broken_file();
            continue;
        };
        let twice = paths.iter().find(|path| seen.contains(*path));
        if let Some(path) = twice {
            let message = format!("{} is included twice", world.name(path));
            diagnostics.push(Diagnostic::new(Code::DuplicateName, message).at(named.span, ""));
        }
        for path in paths {
            if !seen.insert(path.clone()) {
                continue;
            }
            if found.len() == MOST {
                diagnostics.push(too_many(&named));
                return found;
            }
            let Some(text) = part(world, &path, &named, &mut left, diagnostics) else {
                document.unread.in_broken_file();
                continue;
            };
            let source = sources.add(world.name(&path), text.as_str());
            found.push((path, source));
            let part = parse(&text, source, diagnostics, Document::read_part).value;
            merger.merge(document, part, diagnostics);
        }
    }
    found
}

fn too_many(named: &Text) -> Diagnostic {
    let message = format!("a plan includes at most {MOST} files");
    Diagnostic::new(Code::TooMany, message).at(named.span, "")
}

/// The files that a path means; its last part may have one `*`.
fn paths(
    world: &dyn World,
    folder: &Path,
    named: &Text,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<PathBuf>> {
    let whole = normal(&folder.join(&named.value));
    let bad = |message: String, help: &str, diagnostics: &mut Diagnostics| {
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(named.span, "").help(help));
        None
    };
    let hidden = named.value.split('/').any(|part| part.starts_with('.') && !matches!(part, "." | ".."));
    if hidden {
        let message = format!("`{}` is hidden: one of its names starts with a dot", named.value);
        return bad(message, "pkiplan reads no hidden files", diagnostics);
    }
    if whole.extension().is_none_or(|extension| extension != "toml") {
        let message = format!("the name of `{}` does not end in `.toml`", named.value);
        return bad(
            message,
            "write a file or a pattern that ends in `.toml`, such as `nodes/*.toml`",
            diagnostics,
        );
    }
    let (above, name) = named.value.rsplit_once('/').unwrap_or(("", &named.value));
    let Some((before, behind)) = name.split_once('*') else {
        return Some(vec![whole]);
    };
    if above.contains('*') || behind.contains('*') {
        let message = format!("`{}` has more than one `*`, or one in a directory's name", named.value);
        return bad(message, "name each directory: `include = [\"a/*.toml\", \"b/*.toml\"]`", diagnostics);
    }
    let within = normal(&folder.join(above));
    let names = match world.list(&within) {
        Ok(names) => names,
        Err(error) => {
            let message = format!("cannot read the directory {}: {error}", world.name(&within));
            let diagnostic = Diagnostic::new(Code::UnreadableFile, message).at(named.span, "named here");
            let help = Refusal::of(&error).and_then(Refusal::help);
            diagnostics.push(diagnostic.help(FROM_THE_PLAN).maybe_help(help));
            return None;
        }
    };
    let is_meant = |name: &String| {
        let long = name.len() >= before.len() + behind.len();
        long && name.starts_with(before) && name.ends_with(behind) && !name.starts_with('.')
    };
    let paths: Vec<PathBuf> =
        names.iter().filter(|name| is_meant(name)).map(|name| within.join(name)).collect();
    if paths.is_empty() {
        let message = format!("no file is called `{}`", named.value);
        let diagnostic = Diagnostic::new(Code::UnreadableFile, message).at(named.span, "named here");
        diagnostics.push(diagnostic.help(FROM_THE_PLAN));
        return None;
    }
    Some(paths)
}

/// The text of one file.
fn part(
    world: &dyn World,
    path: &Path,
    named: &Text,
    left: &mut usize,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let diagnostic = match text(world, path) {
        Ok(text) if text.len() > *left => {
            let message = format!("the plan and what it includes have more than {} MiB", LARGEST_PLAN >> 20);
            Diagnostic::new(Code::TooMany, message)
        }
        Ok(text) if !ours::is_part(&text) => {
            let message = format!("{} is not part of a plan", world.name(path));
            let help =
                "a part of a plan has tables such as `[node.NAME]`; pkiplan shows nothing from other files";
            Diagnostic::new(Code::ForeignFile, message).help(help)
        }
        Ok(text) => {
            *left -= text.len();
            return Some(text);
        }
        Err(error) => {
            let message = format!("cannot read {}: {error}", world.name(path));
            let help = Refusal::of(&error).and_then(Refusal::help);
            Diagnostic::new(Code::UnreadableFile, message).help(FROM_THE_PLAN).maybe_help(help)
        }
    };
    diagnostics.push(diagnostic.at(named.span, "included here"));
    None
}

/// Puts documents together: each table is in one of the files.
#[derive(Default)]
struct Merger {
    /// The tables that were there before the first file, and those that came.
    known: BTreeMap<(&'static str, String), Span>,
    begun: bool,
}

impl Merger {
    fn merge(&mut self, into: &mut Document, part: Document, diagnostics: &mut Diagnostics) {
        if !self.begun {
            self.begun = true;
            self.begin(into);
        }
        into.unread.merge(part.unread);
        self.one("cluster", &mut into.cluster, part.cluster, |table| table.span, diagnostics);
        self.one("bootstrap", &mut into.bootstrap, part.bootstrap, |table| table.span, diagnostics);
        self.named("import", &mut into.imports, part.imports, diagnostics);
        self.named("node", &mut into.nodes, part.nodes, diagnostics);
        self.named("pool", &mut into.pools, part.pools, diagnostics);
        self.named("vip", &mut into.vips, part.vips, diagnostics);
        self.named("external", &mut into.externals, part.externals, diagnostics);
        self.named("authority", &mut into.authorities, part.authorities, diagnostics);
        self.named("keyring", &mut into.keyrings, part.keyrings, diagnostics);
        self.named("secret", &mut into.secrets, part.secrets, diagnostics);
        self.named("component", &mut into.components, part.components, diagnostics);
        self.named("user", &mut into.users, part.users, diagnostics);
        self.named("certificate", &mut into.certificates, part.certificates, diagnostics);
        self.named("grant", &mut into.grants, part.grants, diagnostics);
        self.named("file", &mut into.files, part.files, diagnostics);
        self.named("allow", &mut into.allow, part.allow, diagnostics);
        self.named("confirmed", &mut into.confirmed, part.confirmed, diagnostics);
    }

    fn begin(&mut self, document: &Document) {
        self.know("import", &document.imports);
        self.know("node", &document.nodes);
        self.know("pool", &document.pools);
        self.know("vip", &document.vips);
        self.know("external", &document.externals);
        self.know("authority", &document.authorities);
        self.know("keyring", &document.keyrings);
        self.know("secret", &document.secrets);
        self.know("component", &document.components);
        self.know("user", &document.users);
        self.know("certificate", &document.certificates);
        self.know("grant", &document.grants);
        self.know("file", &document.files);
        self.know("allow", &document.allow);
        self.know("confirmed", &document.confirmed);
    }

    fn know<T>(&mut self, kind: &'static str, tables: &Named<T>) {
        self.known.extend(tables.iter().map(|(name, _)| ((kind, name.value.clone()), name.span)));
    }

    fn named<T>(
        &mut self,
        kind: &'static str,
        into: &mut Named<T>,
        part: Named<T>,
        diagnostics: &mut Diagnostics,
    ) {
        for (name, table) in part {
            match self.known.get(&(kind, name.value.clone())) {
                Some(first) => {
                    diagnostics.push(twice(&format!("`[{kind}.{}]`", name.value), name.span, *first));
                }
                None => {
                    self.known.insert((kind, name.value.clone()), name.span);
                    into.push((name, table));
                }
            }
        }
    }

    fn one<T>(
        &self,
        kind: &str,
        into: &mut Option<T>,
        part: Option<T>,
        span: impl Fn(&T) -> Span,
        diagnostics: &mut Diagnostics,
    ) {
        match (into.as_ref(), part) {
            (Some(first), Some(second)) => {
                diagnostics.push(twice(&format!("`[{kind}]`"), span(&second), span(first)));
            }
            (None, part @ Some(_)) => *into = part,
            (_, None) => {}
        }
    }
}

fn twice(table: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DuplicateName, format!("{table} is in two files of this plan"))
        .at(again, "again here")
        .at(first, "first here")
        .help("a table must be in one file: put all its keys there")
}
