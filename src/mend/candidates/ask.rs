//! Findings of one kind, with the programs and certificates that they are about.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::mend::edit::Plan;
use crate::mend::facts::Seen;
use crate::resolve::FreeCertificate;
use crate::verify::Finding;
use crate::wiring::{Program, ProgramIndex};

/// Findings of one kind, with what they are about.
pub(super) struct Ask<'s> {
    pub(super) seen: &'s Seen<'s>,
    pub(super) plan: &'s Plan,
    pub(super) findings: Vec<&'s Finding>,
}

impl<'s> Ask<'s> {
    pub(super) fn program(&self, index: ProgramIndex) -> &'s Program {
        &self.seen.wiring.programs[index]
    }

    /// The host of a program; none of what a person has.
    pub(super) fn host(&self, index: ProgramIndex) -> Option<&'s str> {
        Some(&self.seen.wiring.hosts[self.program(index).host?].name)
    }

    /// The programs that take part.
    pub(super) fn programs(&self) -> BTreeSet<ProgramIndex> {
        let both = |finding: &&'s Finding| {
            [Some(finding.subject.program), finding.other.as_ref().map(|other| other.program)]
        };
        self.findings.iter().flat_map(both).flatten().collect()
    }

    /// The plan's own certificates of which a file is one that the findings are about.
    pub(super) fn certificates(&self) -> impl Iterator<Item = &'s FreeCertificate> {
        let both = |finding: &&'s Finding| {
            let subjects = [Some(&finding.subject), finding.other.as_ref()];
            subjects.map(|subject| Some(&subject?.file.as_ref()?.path))
        };
        let files: BTreeSet<&Arc<str>> = self.findings.iter().flat_map(both).flatten().collect();
        self.seen.blueprint.model.certificates.iter().filter(move |certificate| {
            let own = &certificate.files;
            let mut paths = [&own.certificate, &own.key, &own.roots].into_iter().flatten();
            paths.any(|path| files.iter().any(|file| ***file == *path.value))
        })
    }

    /// The components that take part: also those that what is dialled is to lead to.
    pub(super) fn components(&self) -> BTreeSet<Arc<str>> {
        let own = self.programs().into_iter().map(|index| Arc::clone(&self.program(index).component));
        let goals = self.findings.iter().filter_map(|finding| {
            let name = finding.dial.as_ref()?;
            let dials = &self.program(finding.subject.program).dials;
            Some(Arc::clone(&dials.iter().find(|dial| dial.name == *name)?.to.component))
        });
        own.chain(goals).collect()
    }
}
