//! From text to documents: the right shape, every key and value with its place, all mistakes reported.
//!
//! A document is what the user wrote, not what is accepted: names are still strings. Plans and the
//! catalog's definitions come through the same reader. The files come from a [`World`], the one door
//! to the disk.

mod bare;
mod beneath;
pub mod catalog;
mod disk;
mod folder;
mod hidden;
mod include;
mod instead;
mod literal;
mod noted;
mod other;
mod ours;
mod path;
pub mod plan;
mod refusal;
mod regular;
mod syntax;
mod table;
mod table_name;
mod text;
mod unread;
mod walk;
mod world;
mod written;

pub use bare::{Bare, Lies, Lying};
pub use catalog::CatalogDocuments;
pub use disk::{Anywhere, Bounds, Disk};
pub use folder::{Folder, definitions};
pub use hidden::{hidden, hidden_in_text};
pub use literal::Literal;
pub use noted::Noted;
pub use path::normal;
pub use plan::Document;
pub use refusal::{LARGEST, Refusal};
pub use regular::{open_named, read_named};
pub use table_name::{TableKind, TableName};
pub(crate) use text::{of_plan, text};
pub use unread::Unread;
pub use world::{Builtin, Memory, Overlay, World};
pub use written::{WrittenKey, written, written_node};

use std::io::ErrorKind;
use std::path::Path;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Sources, Span};
use table::{Reader, Table};

/// Bytes of a plan: one of twenty thousand nodes, each with a table of its own, has fewer.
const LARGEST_PLAN: usize = 8 << 20;

/// How paths in plans are meant.
pub(crate) const FROM_THE_PLAN: &str = "paths are counted from the plan's folder";

/// Reads a plan with what it includes; `asked` is the place that asks for it, if another plan does. Gives the sources of
/// all its files, its own first.
///
/// Mistakes are pushed; what could be read is returned all the same, so that later stages find theirs.
/// What a broken statement says may stand in any table, so that nothing is missing from one ([`Unread`]).
/// `None` when the file cannot be read.
pub fn plan(
    world: &dyn World,
    path: &Path,
    asked: Option<Span>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<(Vec<SourceId>, Document)> {
    let text = match text(world, path) {
        Ok(text) => text,
        Err(error) => {
            let why = match error.kind() {
                ErrorKind::InvalidData => "it is not a UTF-8 text".to_owned(),
                _ => error.to_string(),
            };
            let message = format!("cannot read the plan {}: {why}", world.name(path));
            let diagnostic = Diagnostic::new(Code::UnreadableFile, message);
            let diagnostic = match asked {
                Some(span) => diagnostic.at(span, "imported here").help(FROM_THE_PLAN),
                None => diagnostic,
            };
            let help = match asked {
                Some(_) => Refusal::of(&error).and_then(Refusal::help),
                None => other::instead_of_unreadable(world, path, &error),
            };
            diagnostics.push(diagnostic.maybe_help(help));
            return None;
        }
    };
    if text.len() > LARGEST_PLAN {
        let message = format!("the plan {} has more than {} MiB", world.name(path), LARGEST_PLAN >> 20);
        let diagnostic = Diagnostic::new(Code::TooMany, message);
        diagnostics.push(match asked {
            Some(span) => diagnostic.at(span, "imported here"),
            None => diagnostic,
        });
        return None;
    }
    if !ours::is_plan(&text) {
        let diagnostic = Diagnostic::new(Code::ForeignFile, format!("{} is not a plan", world.name(path)))
            .help(other::instead_of(&text));
        diagnostics.push(match asked {
            Some(span) => diagnostic.at(span, "imported here"),
            None => diagnostic,
        });
        return None;
    }
    let source = sources.add(world.name(path), text.as_str());
    let mut document = parse(&text, source, diagnostics, Document::read).value;
    let included = include::include(world, path, &mut document, text.len(), sources, diagnostics);
    Some((std::iter::once(source).chain(included).collect(), document))
}

/// What a text says.
struct Parsed<T> {
    value: T,
    /// Whether it has broken statements, without which it was read.
    broken: bool,
}

impl<T> Parsed<T> {
    /// What it says, if nothing of it is broken.
    fn whole(self) -> Option<T> {
        (!self.broken).then_some(self.value)
    }
}

/// Parses a TOML text and hands its root table to `read`.
fn parse<T>(
    text: &str,
    source: SourceId,
    diagnostics: &mut Diagnostics,
    read: impl FnOnce(&mut Reader<'_>, Table<'_, '_>) -> T,
) -> Parsed<T> {
    hidden(text, source, diagnostics);
    let (mut root, mut errors) = toml::de::DeTable::parse_recoverable(text);
    let mended = syntax::is_broken(&errors).then(|| syntax::mend(text, source, diagnostics));
    if let Some(sound) = &mended {
        (root, errors) = toml::de::DeTable::parse_recoverable(sound);
    }
    let lost = syntax::duplicates(mended.as_deref().unwrap_or(text), &errors, source, diagnostics);
    let mut reader = Reader { source, diagnostics, damaged: mended.is_some() };
    let table = Table::new(root.get_ref(), source.span(root.span()), "the file".to_owned()).without(lost);
    Parsed { value: read(&mut reader, table), broken: mended.is_some() }
}
