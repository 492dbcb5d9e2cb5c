//! Reads nodes from CSV, JSON and Ansible inventories.
//!
//! Each row becomes the equivalent of a `[node.NAME]` table, with locations in its own file, and belongs to the pool
//! that names the file. Messages show only the part of the file that they are about.

mod ansible;
mod columns;
mod csv;
mod json;
mod masked;
mod row;
mod table;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use ansible::Graph;
use columns::{Columns, KEYS, Key, not_texts, texts};
use row::{Broken, ENOUGH, Row};
use table::Taken;

use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::plan::{Listed, PoolTable, Text};
use crate::read::{Document, World, hidden_in_text, of_plan};
use crate::source::{SourceId, Sources};

/// Bytes of one file: twenty thousand nodes with fifty columns have fewer.
const LARGEST: usize = 8 << 20;

/// Bytes of all files of a plan.
const MOST_TEXT: usize = 16 << 20;

/// The forms of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
    AnsibleIni,
    AnsibleYaml,
}

impl Form {
    /// What the name of a file says; Ansible's have none in many places.
    fn of(name: &str) -> Option<Self> {
        match Path::new(name).extension().and_then(|extension| extension.to_str()) {
            Some("csv") => Some(Form::Csv),
            Some("json") => Some(Form::Json),
            Some("ini") | None => Some(Form::AnsibleIni),
            Some("yaml" | "yml") => Some(Form::AnsibleYaml),
            Some(_) => None,
        }
    }

    fn is_ansible(self) -> bool {
        matches!(self, Form::AnsibleIni | Form::AnsibleYaml)
    }

    /// The columns where the plan names none.
    fn usual(self) -> Vec<(Key, &'static str)> {
        match self.is_ansible() {
            true => vec![(Key::Name, ansible::NAME), (Key::Address, "ansible_host")],
            false => KEYS.iter().map(|(word, key)| (*key, *word)).collect(),
        }
    }

    /// What it is, in words.
    fn words(self) -> &'static str {
        match self {
            Form::Csv => "CSV",
            Form::Json => "JSON with nodes",
            Form::AnsibleIni | Form::AnsibleYaml => "an Ansible inventory",
        }
    }
}

/// Reads the files that the pools of a plan name, and puts what they list into the pools.
pub fn read(
    world: &dyn World,
    plan: &Path,
    document: &mut Document,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) {
    let mut left = MOST_TEXT;
    for (_, pool) in &mut document.pools {
        let Some(from) = pool.from.clone() else { continue };
        let (path, text) = match of_plan(world, plan, &from) {
            Ok(read) => read,
            Err(why) => {
                diagnostics.push(*why);
                continue;
            }
        };
        let Some(form) = Form::of(&from.value) else {
            let message = format!("the extension of `{}` is missing or unknown", from.value);
            let help = "use `.csv`, `.json`, or for an Ansible inventory `.ini`, `.yaml` or `.yml`";
            diagnostics.push(Diagnostic::new(Code::BadValue, message).at(from.span, "").help(help));
            continue;
        };
        if text.len() > LARGEST.min(left) {
            diagnostics.push(too_large(&text, &from));
            continue;
        }
        left -= text.len();
        let text = without_mark(text, form);
        let reader = Reader { name: world.name(&path), text: &text, from: &from, form };
        pool.listed = reader.listed(pool, sources, diagnostics);
    }
}

/// The text with blanks for a byte order mark, which spreadsheets write. Parsers of YAML know it.
fn without_mark(text: String, form: Form) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) if form != Form::AnsibleYaml => format!("   {rest}"),
        _ => text,
    }
}

fn too_large(text: &str, from: &Text) -> Diagnostic {
    let message = match text.len() > LARGEST {
        true => format!("`{}` has more than {} MiB", from.value, LARGEST >> 20),
        false => format!("the files with nodes of this plan have more than {} MiB in total", MOST_TEXT >> 20),
    };
    Diagnostic::new(Code::TooMany, message).at(from.span, "named here")
}

struct Reader<'a> {
    name: String,
    text: &'a str,
    from: &'a Text,
    form: Form,
}

/// The rows of a file, and what of it may be shown besides.
struct Rows {
    rows: Vec<Row>,
    /// All columns of a header, with their places.
    header: Option<Vec<(Arc<str>, Range<usize>)>>,
    shown: Vec<Range<usize>>,
    /// The groups that there are.
    groups: Vec<String>,
}

impl Reader<'_> {
    fn listed(
        &self,
        pool: &PoolTable,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Listed> {
        let columns = Columns::of(pool, &self.form.usual(), diagnostics);
        let rows = match self.rows(&columns) {
            Ok(rows) => rows,
            Err(broken) => {
                self.broken(&broken, sources, diagnostics);
                return None;
            }
        };
        if let Some(what) = self.lacks(&rows, &columns) {
            let message = format!("{} is not {}: {what}", self.name, self.form.words());
            let diagnostic = Diagnostic::new(Code::ForeignFile, message).at(self.from.span, "named here");
            diagnostics.push(diagnostic.help(self.help()));
            return None;
        }
        let source = self.source(&rows, &columns, sources, diagnostics);
        let has_range = pool.addresses.is_some();
        let taken = Taken { text: self.text, source, columns: &columns, has_range };
        if let Some(header) = &rows.header {
            let header = header.iter().map(|(column, bytes)| (&**column, bytes.clone()));
            taken.unknown_columns(header, diagnostics);
        } else if self.form == Form::Json {
            let cells = rows.rows.iter().flat_map(|row| &row.cells);
            taken.unknown_columns(cells.map(|cell| (&*cell.column, cell.named.clone())), diagnostics);
        }
        let placed = self.in_groups(rows, pool, diagnostics);
        Some(taken.listed(placed, diagnostics))
    }

    fn rows(&self, columns: &Columns) -> Result<Rows, Vec<Broken>> {
        let plain = |rows| Rows { rows, header: None, shown: Vec::new(), groups: Vec::new() };
        match self.form {
            Form::Csv => csv::read(self.text).map(|(header, rows)| {
                let header = header.into_iter().map(|piece| (piece.text.as_str().into(), piece.bytes));
                Rows { header: Some(header.collect()), ..plain(rows) }
            }),
            Form::Json => json::read(self.text).map(plain),
            Form::AnsibleIni | Form::AnsibleYaml => {
                let wanted = columns.all();
                let mut graph = Graph::new(&wanted);
                match self.form {
                    Form::AnsibleIni => ansible::ini::read(self.text, &mut graph)?,
                    _ => ansible::yaml::read(self.text, &mut graph)?,
                }
                let groups = graph.groups().map(str::to_owned).collect();
                Ok(Rows { shown: graph.names.clone(), groups, ..plain(graph.rows()?) })
            }
        }
    }

    /// What a file lacks that every one of its form has: of any other nothing is shown.
    fn lacks(&self, rows: &Rows, columns: &Columns) -> Option<String> {
        if self.form.is_ansible() {
            // A name without an ending may be that of any file, and any line is a host.
            let is_any = Path::new(&self.from.value).extension().is_none() && rows.shown.is_empty();
            let lacking = [(is_any, "it has no `[group]`"), (rows.rows.is_empty(), "it has no hostsss")];
            return lacking.into_iter().find(|(lacks, _)| *lacks).map(|(_, what)| what.to_owned());
        }
        let has = |column: &String| match &rows.header {
            Some(header) => header.iter().any(|(named, _)| **named == **column),
            None => rows.rows.iter().flat_map(|row| &row.cells).any(|cell| *cell.column == **column),
        };
        let lacking = |key: Key| {
            let named = columns.named(key);
            (!named.iter().any(has)).then(|| {
                let named: Vec<String> = named.iter().map(|column| format!("`{column}`")).collect();
                format!("it has no column {}", named.join(" or "))
            })
        };
        match rows.header.is_some() || !rows.rows.is_empty() {
            true => {
                lacking(Key::Name).or_else(|| rows.rows.is_empty().then(|| "it lists no nodesss".to_owned()))
            }
            false => Some("it lists no nodesss".to_owned()),
        }
    }

    fn help(&self) -> &'static str {
        match self.form.is_ansible() {
            true => "write hosts below `[group]` in an INI file, below `hosts:` in a YAML file",
            false => {
                "map the columns in the plan: `columns = { name = \"hostname\", address = \"ip\" }`; the \
                 first line of a CSV file has their names, separated by commas"
            }
        }
    }

    /// Adds the text with nothing in it but what is taken from it.
    fn source(
        &self,
        rows: &Rows,
        columns: &Columns,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> SourceId {
        let used = columns.all();
        let mut kept = rows.shown.clone();
        kept.extend(rows.header.iter().flatten().map(|(_, bytes)| bytes.clone()));
        for cell in rows.rows.iter().flat_map(|row| &row.cells) {
            let is_used = used.contains(&*cell.column);
            if is_used || self.form == Form::Json {
                kept.push(cell.named.clone());
            }
            if is_used {
                kept.push(cell.value.bytes());
            }
        }
        let source = sources.add(self.name.clone(), masked::masked(self.text, &kept));
        hidden_in_text(self.text, source, diagnostics);
        source
    }

    fn broken(&self, broken: &[Broken], sources: &mut Sources, diagnostics: &mut Diagnostics) {
        let source = sources.add(self.name.clone(), masked::masked(self.text, &[]));
        for Broken { bytes, why } in broken.iter().take(ENOUGH) {
            let message = format!("{} is not {}", self.name, self.form.words());
            diagnostics
                .push(Diagnostic::new(Code::InventoryForm, message).at(source.span(bytes.clone()), why));
        }
    }

    /// The rows that are in a group which the plan names, with the roles of all these; without groups all rows.
    fn in_groups(
        &self,
        rows: Rows,
        pool: &PoolTable,
        diagnostics: &mut Diagnostics,
    ) -> Vec<(Row, Vec<Text>)> {
        let Rows { rows, groups: known, .. } = rows;
        let mut wanted: Vec<(&str, Vec<Text>)> = Vec::new();
        for (name, value) in &pool.groups {
            if !self.form.is_ansible() {
                let message = format!("`{}` has no groups", self.from.value);
                let help = "only Ansible inventories have groups; in other files, use a column `roles`";
                diagnostics.push(Diagnostic::new(Code::BadPool, message).at(name.span, "").help(help));
            } else if !known.contains(&name.value) {
                let message = format!("there is no group `{}` in `{}`", name.value, self.from.value);
                let help = did_you_mean(&name.value, known.iter().map(String::as_str));
                diagnostics
                    .push(Diagnostic::new(Code::UnknownGroup, message).at(name.span, "").maybe_help(help));
            } else if let Some(roles) = texts(value) {
                wanted.push((&name.value, roles));
            } else {
                diagnostics.push(not_texts(&format!("groups.{}", name.value), value));
            }
        }
        if pool.groups.is_empty() || !self.form.is_ansible() {
            return rows.into_iter().map(|row| (row, Vec::new())).collect();
        }
        let placed = rows.into_iter().filter_map(|row| {
            let own: BTreeSet<&str> = row.groups.iter().map(|group| &**group).collect();
            let mut of = wanted.iter().filter(|(group, _)| own.contains(group)).peekable();
            of.peek()?;
            let mut roles: Vec<Text> = of.flat_map(|(_, roles)| roles.clone()).collect();
            let mut seen = BTreeSet::new();
            roles.retain(|role| seen.insert(role.value.clone()));
            drop(own);
            Some((row, roles))
        });
        placed.collect()
    }
}
