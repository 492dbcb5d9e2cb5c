//! Finds mistakes in existing files: certificates, keys, kubeconfigs, and configuration files.
//!
//! The configuration files are those of the API server and of programs that issue certificates. It is a pure function
//! of the files and an instant. `content` recognises files, `rules` has one file for each kind of rule, and `coverage`
//! lists for every rule of a correct cluster where it is checked. Messages, and the texts that they point into, contain
//! nothing private ([`Linted::sources`] has masked copies).

mod certificate;
mod content;
mod coverage;
mod facts;
mod given;
mod knowledge;
mod kubeconfig;
mod masked;
mod openssl;
mod pem;
mod report;
mod rules;
mod tokens;

pub use coverage::{COVERAGE, Decided};
pub use given::Given;
pub use knowledge::Knowledge;

use crate::diagnostics::Diagnostics;
use crate::source::Sources;
use crate::values::Instant;

use content::Read;
use report::Report;

/// What was found.
pub struct Linted {
    /// What is wrong.
    pub diagnostics: Diagnostics,
    /// Masked copies of the files, into which the messages point.
    pub sources: Sources,
    /// How many files were recognised.
    pub recognised: usize,
}

/// Judges files, each by itself and all together. Days are counted from `now`.
#[must_use]
pub fn lint(given: &[Given], knowledge: &Knowledge, now: Instant) -> Linted {
    let mut report = Report::new(now);
    let files: Vec<Read<'_>> = given.iter().map(|given| content::read(given, &mut report)).collect();
    let recognised = files.iter().filter(|file| file.content.is_known()).count();
    rules::all(&files, knowledge, &mut report);
    let (diagnostics, sources) = report.done();
    Linted { diagnostics, sources, recognised }
}
