//! Configuration files against the tables of fields.

use std::sync::Arc;

use serde_json::Value;

use crate::catalog::{FieldPath, FieldStep, FieldTables};
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

/// Looks through the text of a configuration file, as a version of its program does.
pub(super) fn review(tables: &FieldTables, (path, text): (&Arc<str>, &str), version: &Version) -> Review {
    let mut review = Review::default();
    let at = |line: u32| Place::line(path, line);
    let root = match yaml::documents(text) {
        Ok(documents) => documents.into_iter().next(),
        Err(broken) => {
            review.refuses.push(Gap { at: at(broken.line), why: broken.why });
            return review;
        }
    };
    let Some(document) = root else { return review };
    let twice = document.duplicates.iter();
    review.refuses.extend(
        twice
            .map(|key| Gap { at: at(key.line), why: format!("the field `{}` is written twice", &*key.text) }),
    );
    let Ok(json) = serde_saphyr::from_str::<Value>(text) else { return review };
    for misfit in tables.misfits(&json, Some(version)) {
        let gap = Gap {
            at: at(line(&document.root, &misfit.path)),
            why: format!("its configuration {}", misfit.says),
        };
        if misfit.stops { review.refuses.push(gap) } else { review.ignores.push(gap) }
    }
    if json["kind"] == ENCRYPTION {
        let faults = encryption_faults(&json).into_iter();
        review.refuses.extend(faults.map(|why| Gap { at: Place::file(Arc::clone(path)), why }));
    }
    review
}

/// The kind of document whose keys are looked at, too.
const ENCRYPTION: &str = "EncryptionConfiguration";

/// The line of what stands at a path, or of the last thing above it.
fn line(root: &Node, path: &FieldPath) -> u32 {
    let mut node = root;
    for step in &path.0 {
        match step {
            FieldStep::Key(key) => {
                let Some((name, value)) = node.entries().iter().find(|(name, _)| *name.text == *key) else {
                    return node.line;
                };
                if value.entries().is_empty() && value.items().is_empty() {
                    return name.line;
                }
                node = value;
            }
            FieldStep::Item(at) => match node.items().get(*at) {
                Some(item) => node = item,
                None => return node.line,
            },
        }
    }
    node.line
}
