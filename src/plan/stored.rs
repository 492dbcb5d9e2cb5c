//! The certificates beside a plan that it builds on.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::judge::{Malformed, shown};
use crate::read::{Document, World};
use crate::resolve::EXTERNAL;
use crate::source::Span;
use crate::stored::{Stored, file_name};

/// The certificates of imported generations, by their ids.
pub(super) fn read(
    world: &dyn World,
    plan: &Path,
    document: &Document,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Arc<Stored>> {
    let folder = plan.with_extension("certs");
    let mut found = BTreeMap::new();
    for (name, authority) in &document.authorities {
        let was = authority.was.as_ref().unwrap_or(name);
        for (generation, value) in &authority.imported {
            // What stays elsewhere is reported by itself.
            if value.value.as_text() == Some(EXTERNAL) {
                continue;
            }
            let id = format!("authority.{}/{}", was.value, generation.value);
            let path = folder.join(file_name(&id));
            let read = world.read(&path).map_err(|error| error.to_string());
            let refused = |stored: &Stored| shown(&stored.der).err().map(|malformed| (malformed, value.span));
            match read.and_then(|text| Stored::from_pem(&text).map_err(|error| error.to_string())) {
                Ok(stored) => {
                    diagnostics.extend(refused(&stored).map(|why| unreadable(&world.name(&path), why)));
                    found.insert(id, Arc::new(stored));
                }
                Err(why) => {
                    let message = format!("cannot use {}: {why}", world.name(&path));
                    let help = "restore it from git, or import it again: imported keys are never regenerated";
                    let diagnostic = Diagnostic::new(Code::ImportedCertificate, message);
                    diagnostics.push(diagnostic.at(value.span, "imported here").help(help));
                }
            }
        }
    }
    found
}

/// Of a certificate that Go does not read: no program of a cluster starts with it.
fn unreadable(name: &str, (malformed, span): (Malformed, Span)) -> Diagnostic {
    let message = format!("cannot use {name}: {malformed}");
    let help = "programs written in Go do not read it: have it reissued where it was made, with the same key";
    Diagnostic::new(Code::ImportedCertificate, message).at(span, "imported here").help(help)
}
