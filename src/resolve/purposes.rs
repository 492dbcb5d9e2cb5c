//! Resolves which authority serves which purpose.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::authorities::{Authorities, serves};
use super::lookup::Lookup;
use super::model::AuthorityIndex;
use super::parse::unknown;
use super::placed::Placed;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, resembles};
use crate::read::plan::{AuthorityTable as Table, Text};

/// The purposes of a plan.
pub(super) struct Purposes {
    /// By purpose, the authority that serves it.
    pub(super) served: BTreeMap<Arc<str>, AuthorityIndex>,
    /// Purposes of authorities that could not be resolved.
    poisoned: BTreeSet<Arc<str>>,
    /// Whether an authority may serve more than could be read.
    open: bool,
}

impl Purposes {
    pub(super) fn served_by(&self, purpose: &str) -> Lookup<AuthorityIndex> {
        match self.served.get(purpose) {
            Some(index) => Lookup::Found(*index),
            None if self.poisoned.contains(purpose) || self.open => Lookup::Poisoned,
            None => Lookup::Unknown,
        }
    }
}

/// The authority of each purpose; two that serve one are reported.
pub(super) fn purposes(
    written: Written<'_>,
    authorities: &Authorities<'_>,
    diagnostics: &mut Diagnostics,
) -> Purposes {
    let mut served: BTreeMap<Arc<str>, AuthorityIndex> = BTreeMap::new();
    for (index, authority) in authorities.list.enumerate() {
        for purpose in &authority.serves {
            if let Some(earlier) = served.insert(purpose.clone(), index) {
                let message = format!("two authorities serve `{purpose}`");
                let earlier = authorities.list[earlier].origin;
                let diagnostic = Diagnostic::new(Code::PurposeServedTwice, message);
                let diagnostic = diagnostic.at(authority.origin, "this one").at(earlier, "and this one");
                diagnostics.push(diagnostic.help("remove the purpose from one `serves`"));
            }
        }
    }
    let unread = |(_, table): &(Text, Table)| table.unread.holds("serves");
    Purposes {
        served,
        poisoned: authorities.poisoned.iter().flat_map(|merged| serves(merged)).map(Arc::from).collect(),
        open: authorities.open || written.document.authorities.iter().any(unread),
    }
}

/// Purposes that authorities serve and nobody asks for, and those that components ask for and nobody serves.
pub(super) fn check(
    written: Written<'_>,
    purposes: &Purposes,
    components: &[Placed],
    diagnostics: &mut Diagnostics,
) {
    let active: Vec<&Placed> =
        components.iter().filter(|placed| !placed.component.instances.is_empty()).collect();
    // A component that may run somewhere after all asks for its purposes, too.
    let possible = components.iter().filter(|placed| placed.misread || !placed.whole);
    let asking = active.iter().copied().chain(possible);
    let asked = asking.flat_map(|placed| placed.component.definition.purposes.iter().map(|p| &**p));
    let unasked = unasked(written, asked.collect());
    for (purpose, known) in &unasked {
        unknown(Code::UnknownPurpose, "purpose", purpose, known.iter().copied(), diagnostics);
    }
    let mut reported = BTreeSet::new();
    for placed in active {
        let definition = &placed.component.definition;
        for purpose in &definition.purposes {
            // A purpose that nobody asks for may be this one, misspelt.
            let misspelt = unasked.iter().any(|(written, _)| resembles(&written.value, purpose));
            let is_unknown = purposes.served_by(purpose) == Lookup::Unknown && !misspelt;
            if is_unknown && reported.insert(purpose) {
                let message =
                    format!("no authority serves `{purpose}`, which `{}` asks for", definition.name);
                let help = format!("add `[authority.{purpose}]`, or `serves = [\"{purpose}\"]` to another");
                let diagnostic = Diagnostic::new(Code::UnknownAuthority, message);
                diagnostics.push(diagnostic.at(definition.span, "this component").help(help));
            }
        }
    }
}

/// Purposes that the plan's authorities serve and nobody asks for, each with those that there are.
fn unasked<'a>(written: Written<'a>, mut known: BTreeSet<&'a str>) -> Vec<(&'a Text, BTreeSet<&'a str>)> {
    // Those that the profile would have brought are not known.
    if written.document.cluster.is_none() || written.profile.is_poisoned() {
        return Vec::new();
    }
    let of_profile = written.profile.known().into_iter().flat_map(|profile| &profile.authorities);
    known.extend(of_profile.map(|(name, _)| name.value.as_str()));
    let served = written.document.authorities.iter().flat_map(|(name, table)| {
        table.serves.iter().flatten().filter(move |purpose| purpose.value != name.value)
    });
    let unasked = served.filter(|purpose| !known.contains(purpose.value.as_str()));
    unasked.map(|purpose| (purpose, known.clone())).collect()
}
