//! The public part of a plan, which other plans import.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{Authority, AuthorityIndex, Model, Reach};
use crate::diagnostics::{Code, Diagnostic};
use crate::index::List;
use crate::source::Span;
use crate::stored::Stored;

/// The public side of another plan.
#[derive(Debug, Clone)]
pub struct Public {
    /// The plan, as people call it.
    pub(super) plan: Arc<str>,
    pub(super) authorities: List<Authority, Certified>,
}

/// An authority of another plan.
#[derive(Debug, Clone)]
pub(super) struct Certified {
    pub(super) name: Arc<str>,
    pub(super) id: Arc<str>,
    /// The root above it.
    pub(super) root: AuthorityIndex,
    /// The certificates of its trusted generations.
    pub(super) certificates: BTreeMap<u32, Result<Arc<Stored>, Unusable>>,
    pub(super) reach: Reach,
    pub(super) origin: Span,
}

/// Why a certificate of another plan cannot be taken.
#[derive(Debug, Clone)]
pub enum Unusable {
    /// Its file cannot be read, or is no certificate of an authority.
    Broken(String),
    /// It was not issued yet.
    NotThere,
}

impl Public {
    /// What others may know of a plan; `certificate` reads one of its authorities' certificates by its id.
    pub fn of(
        model: &Model,
        plan: &str,
        certificate: impl Fn(&str) -> Result<Arc<Stored>, Unusable>,
    ) -> Self {
        let authorities = model.authorities.enumerate().map(|(index, authority)| Certified {
            name: authority.name.clone(),
            id: authority.id.clone(),
            root: model.root_of(index),
            certificates: authority
                .generations
                .trust
                .iter()
                .map(|generation| (*generation, certificate(&format!("{}/{generation}", authority.id))))
                .collect(),
            reach: model.reach(index),
            origin: authority.origin,
        });
        Self { plan: plan.into(), authorities: authorities.collect() }
    }
}

impl Unusable {
    pub(super) fn diagnostic(&self, plan: &str, authority: &Certified, generation: u32) -> Diagnostic {
        let name = &authority.name;
        match self {
            Unusable::Broken(why) => Diagnostic::new(Code::ImportedCertificate, why.clone())
                .help(format!("restore it from git, or regenerate it with `pkiplan build {plan}`")),
            Unusable::NotThere => {
                let which =
                    if generation == 1 { String::new() } else { format!(" of generation {generation}") };
                let message = format!("{plan} has not issued the certificate of `{name}`{which} yet");
                let help =
                    format!("run `pkiplan build {plan}` first, and commit what it writes next to the plan");
                Diagnostic::new(Code::NotBuilt, message).help(help)
            }
        }
    }
}
