//! What a program says of the text of its configuration file.

use std::sync::Arc;

use super::fields::{json, line_of};
use crate::catalog::FieldTables;
use crate::host::Place;
use crate::kubernetes::encryption_faults;
use crate::values::Version;
use crate::wiring::Gap;
use crate::yaml;

/// What is wrong with a document.
#[derive(Default)]
pub(super) struct Review {
    /// What the program does not start with.
    pub(super) refuses: Vec<Gap>,
    /// What it ignores.
    pub(super) ignores: Vec<Gap>,
}

/// Looks through the text of a configuration file, as a version of its program does; without one, as any of them.
pub(super) fn review(
    tables: &FieldTables,
    (path, text): (&Arc<str>, &str),
    version: Option<&Version>,
) -> Review {
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
    let json = json(&document.root);
    for misfit in tables.misfits(&json, version) {
        let gap = Gap {
            at: at(line_of(&document.root, &misfit.path)),
            why: format!("its configuration {}", misfit.says),
        };
        if misfit.stops { review.refuses.push(gap) } else { review.ignores.push(gap) }
    }
    let faults = encryption_faults(&document.root).into_iter();
    review.refuses.extend(faults.map(|fault| Gap { at: at(fault.line), why: fault.what.to_string() }));
    review
}
