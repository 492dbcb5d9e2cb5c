//! The reasons why a build stopped or a unit was not made, as diagnostics.

use crate::diagnostics::{Code, Diagnostic};
use crate::expand::Blueprint;
use crate::fill::Mismatch;
use crate::source::Span;
use crate::stored::file_name;
use crate::write::{UnitName, WriteError};

/// Why a build stopped; nothing visible has changed.
pub enum Stopped {
    /// Something is wrong with the catalog.
    Diagnostics(Vec<Diagnostic>),
    /// The disk.
    Write(WriteError),
}

impl<E: Into<WriteError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Stopped::Write(error.into())
    }
}

/// Why a unit was not made.
pub enum Unmade {
    /// It lacks a secret: the others are made all the same.
    Lacks(UnitName, String),
    /// The build stops.
    Stopped(Stopped),
}

impl<E: Into<Stopped>> From<E> for Unmade {
    fn from(error: E) -> Self {
        Unmade::Stopped(error.into())
    }
}

pub(super) fn mismatch(blueprint: &Blueprint<'_>, error: &Mismatch) -> Stopped {
    let code = match error {
        Mismatch::Recorded { .. } | Mismatch::Key { .. } => Code::KeepMismatch,
        Mismatch::Crl { .. } | Mismatch::Issue { .. } => Code::CannotIssue,
        Mismatch::Imported { .. } | Mismatch::Leaf { .. } => Code::ImportedKey,
        Mismatch::Secret { .. } => Code::MissingSecret,
    };
    let diagnostic = Diagnostic::new(code, error.to_string());
    let diagnostic = match error {
        Mismatch::Recorded { .. } => {
            diagnostic.help("restore the lock and the secret that were used together")
        }
        Mismatch::Key { .. } => diagnostic.help(
            "restore the lock and the secret that were used together, and the plan's `imported` line if there was one",
        ),
        Mismatch::Imported { id, generation } => diagnostic.help(format!(
            "the build needs it: restore `{id}-{generation}.key` in the directory of imported keys; if \
             you imported the CA only for a leaf certificate from it, import that certificate: `pkiplan import --plan PLAN --as component.NAME.CERTIFICATE FILES`"
        )),
        Mismatch::Leaf { file, .. } => diagnostic.help(format!(
            "restore `{file}.key` in the directory of imported keys, or import the certificate and the key again"
        )),
        Mismatch::Crl { .. } | Mismatch::Issue { .. } => diagnostic,
        Mismatch::Secret { id, .. } => diagnostic.help(format!(
            "it must be issued, or its certificate is missing: provide the secret for this build, such as `--secret NAME=FILE`; or restore `{}` from git",
            file_name(id)
        )),
    };
    let origin = origin(blueprint, error);
    Stopped::Diagnostics(vec![match origin {
        Some(span) => diagnostic.at(span, "asked for here"),
        None => diagnostic,
    }])
}

/// What of the plan asks for what could not be made.
fn origin(blueprint: &Blueprint<'_>, error: &Mismatch) -> Option<Span> {
    let model = blueprint.model;
    match error {
        Mismatch::Recorded { id }
        | Mismatch::Crl { id, .. }
        | Mismatch::Issue { id, .. }
        | Mismatch::Leaf { id, .. }
        | Mismatch::Secret { id, .. } => {
            blueprint.certificates.iter().find(|certificate| certificate.id == *id).map(|found| found.origin)
        }
        Mismatch::Key { id, .. } => {
            model.keyrings.values().find(|keyring| keyring.id == *id).map(|keyring| keyring.origin)
        }
        Mismatch::Imported { id, generation } => {
            let authority = model.authorities.iter().find(|authority| authority.id == *id);
            let keyring = model.keyrings.values().find(|keyring| keyring.id == *id);
            let certificate = authority.and_then(|authority| authority.imported.get(generation));
            let key = keyring.and_then(|keyring| keyring.imported.get(generation));
            certificate.map(|imported| imported.origin).or(key.map(|imported| imported.origin))
        }
    }
}
