//! Checks the text of a configuration file as its program would.

use std::sync::Arc;

use serde_json::Value as Json;

use super::fields::{json, line_of};
use crate::catalog::FieldTables;
use crate::host::Place;
use crate::kubernetes::encryption_faults;
use crate::values::Version;
use crate::wiring::Gap;
use crate::yaml::{self, Node};

/// What is wrong with a document.
#[derive(Default)]
pub(super) struct Review {
    /// What the program does not start with.
    pub(super) refuses: Vec<Gap>,
    /// What it ignores.
    pub(super) ignores: Vec<Gap>,
}

/// Which kinds of document a program takes.
#[derive(Clone, Copy)]
pub(super) struct Kinds<'k> {
    /// Any of these; empty: any.
    pub(super) known: &'k [Arc<str>],
    /// Whether a document has to say its kind, and the version of its API.
    pub(super) must: bool,
}

/// Looks through the text of a configuration file, as a version of its program does; without one, as any of them. Also gives
/// its first document, where it can be read.
pub(super) fn review(
    tables: &FieldTables,
    (path, text): (&Arc<str>, &str),
    kinds: Kinds<'_>,
    version: Option<&Version>,
) -> (Review, Option<Node>) {
    let mut review = Review::default();
    let at = |line: u32| Place::line(path, line);
    let root = match yaml::documents(text) {
        Ok(documents) => documents.into_iter().next(),
        Err(broken) => {
            review.refuses.push(Gap { at: at(broken.line), why: broken.why });
            return (review, None);
        }
    };
    let Some(document) = root else { return (review, None) };
    let twice = document.duplicates.iter();
    review.refuses.extend(
        twice
            .map(|key| Gap { at: at(key.line), why: format!("the field `{}` is written twice", &*key.text) }),
    );
    let json = json(&document.root);
    if let Some((key, why)) = strange(tables, (&document.root, &json), kinds) {
        let line = document.root.get(key).map_or(document.root.line, |node| node.line);
        review.refuses.push(Gap { at: at(line), why });
        return (review, Some(document.root));
    }
    for misfit in tables.misfits(&json, version) {
        let gap = Gap {
            at: at(line_of(&document.root, &misfit.path)),
            why: format!("its configuration {}", misfit.says),
        };
        if misfit.stops { review.refuses.push(gap) } else { review.ignores.push(gap) }
    }
    let faults = encryption_faults(&document.root).into_iter();
    review.refuses.extend(faults.map(|fault| Gap { at: at(fault.line), why: fault.what.to_string() }));
    (review, Some(document.root))
}

/// Why a document is none that the program takes, and the key that says so.
fn strange(
    tables: &FieldTables,
    (root, json): (&Node, &Json),
    kinds: Kinds<'_>,
) -> Option<(&'static str, String)> {
    let wanted = kinds.known.first()?;
    let absent = |key: &'static str| {
        let why = format!("its configuration has no `{key}`, which must be `{wanted}`");
        kinds.must.then_some((key, why))
    };
    let Some(kind) = root.get("kind") else { return absent("kind") };
    let kind = kind.as_str().unwrap_or_default();
    if !kinds.known.iter().any(|known| **known == *kind) {
        return Some(("kind", format!("the `kind` of its configuration must be `{wanted}`")));
    }
    if root.get("apiVersion").is_none() {
        return absent("apiVersion");
    }
    // Of another version of the same API the table says it.
    let is_known = tables.table(json).is_some() || !tables.misfits(json, None).is_empty();
    (tables.knows(kind) && !is_known)
        .then(|| ("apiVersion", format!("it knows no API with the kind `{kind}` in this `apiVersion`")))
}
