//! Reads the files of `[file.NAME]` tables.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::Text;
use crate::read::{Document, World, of_plan};

/// Bytes of one file: the largest that the API server itself reads from a ConfigMap.
const LARGEST: usize = 1 << 20;

/// Bytes of all files of a plan.
const MOST_TEXT: usize = 16 << 20;

/// The texts of files, by the names of their tables. One that cannot be read is reported and left out.
pub(super) fn read(
    world: &dyn World,
    plan: &Path,
    document: &Document,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Arc<str>> {
    let mut found: BTreeMap<String, Arc<str>> = BTreeMap::new();
    let mut left = MOST_TEXT;
    for (name, file) in &document.files {
        let Some(source) = &file.source else { continue };
        match of_plan(world, plan, source) {
            Ok((_, text)) if text.len() > LARGEST.min(left) => diagnostics.push(too_large(&text, source)),
            Ok((_, text)) => {
                left -= text.len();
                found.insert(name.value.clone(), text.into());
            }
            Err(why) => diagnostics.push(*why),
        }
    }
    found
}

fn too_large(text: &str, source: &Text) -> Diagnostic {
    let message = match text.len() > LARGEST {
        true => format!("`{}` has more than {} KiB", source.value, LARGEST >> 10),
        false => format!("the plan's files have more than {} MiB together", MOST_TEXT >> 20),
    };
    Diagnostic::new(Code::TooMany, message).at(source.span, "named here")
}
