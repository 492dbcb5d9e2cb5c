//! Reads the imported certificates next to a plan.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::judge::{Malformed, shown};
use crate::read::{Document, World, beside};
use crate::resolve::{EXTERNAL, pinned};
use crate::source::{Span, Spanned};
use crate::stored::{Stored, file_name, imported_name};

/// The certificates of imported generations, by their ids.
pub(super) fn read(
    world: &dyn World,
    plan: &Path,
    document: &Document,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Arc<Stored>> {
    let folder = beside(plan, "certs");
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
    for value in leaves(document) {
        let name = imported_name(&value.value);
        if found.contains_key(&name) {
            continue;
        }
        let path = folder.join(format!("{name}.crt"));
        let read = world.read(&path).map_err(|error| error.to_string());
        match read.and_then(|text| Stored::from_pem(&text).map_err(|error| error.to_string())) {
            Ok(stored) => {
                let refused = shown(&stored.der).err().map(|malformed| (malformed, value.span));
                diagnostics.extend(refused.map(|why| unreadable(&world.name(&path), why)));
                found.insert(name, Arc::new(stored));
            }
            Err(why) => {
                let message = format!("cannot use {}: {why}", world.name(&path));
                let help = "restore it from git, or import it again";
                let diagnostic = Diagnostic::new(Code::ImportedCertificate, message);
                diagnostics.push(diagnostic.at(value.span, "imported here").help(help));
            }
        }
    }
    found
}

/// Of a certificate that Go does not read: no program of a cluster starts with it.
fn unreadable(name: &str, (malformed, span): (Malformed, Span)) -> Diagnostic {
    let message = format!("cannot use {name}: {malformed}");
    let help = "programs in Go refuse it: ask its issuer to reissue it with the same key";
    Diagnostic::new(Code::ImportedCertificate, message).at(span, "imported here").help(help)
}

/// The digests of the certificates of hosts and clients that others made. A text that is none is reported where it is
/// resolved.
fn leaves(document: &Document) -> Vec<Spanned<[u8; 32]>> {
    let pools = document.pools.iter().flat_map(|(_, pool)| &pool.components);
    let nodes = document.nodes.iter().flat_map(|(_, node)| &node.components);
    let components = document.components.iter().chain(pools).chain(nodes);
    let of_components = components.flat_map(|(_, table)| &table.imported);
    let of_components = of_components.filter_map(|(_, value)| Some((value.value.as_text()?, value.span)));
    let free = document.certificates.iter().filter_map(|(_, table)| table.imported.as_ref());
    let free = free.map(|text| (text.value.as_str(), text.span));
    let digests = of_components
        .chain(free)
        .filter_map(|(text, span)| Some(Spanned::new(pinned(text.strip_prefix("sha256:")?)?, span)));
    digests.collect()
}
