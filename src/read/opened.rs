//! Reads a plan with the files that it includes.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::include::include;
use super::parsed::parse;
use super::path::FROM_THE_PLAN;
use super::plan::Document;
use super::refusal::{LARGEST_PLAN, Refusal};
use super::text::text;
use super::world::World;
use super::{other, ours};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::{SourceId, Sources, Span};

/// Reads a plan with what it includes; `asked` is the place that asks for it, if another plan does. Gives all its
/// files, its own first.
///
/// Mistakes are pushed; what could be read is returned all the same, so that later stages find theirs.
/// What a broken statement says may stand in any table, so that nothing is missing from one ([`Unread`](super::Unread)).
/// `None` when the file cannot be read.
pub fn plan(
    world: &dyn World,
    path: &Path,
    asked: Option<Span>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<(Vec<(PathBuf, SourceId)>, Document)> {
    let text = match text(world, path) {
        Ok(text) => text,
        Err(error) => {
            let why = match error.kind() {
                ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
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
    let included = include(world, path, &mut document, text.len(), sources, diagnostics);
    Some((std::iter::once((path.to_owned(), source)).chain(included).collect(), document))
}
