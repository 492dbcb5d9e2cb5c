//! Warns about client bundles with an authority that certifies more than one client.

use std::collections::BTreeSet;

use super::model::{Addition, Model, Trusted};
use crate::catalog::Definition;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};

/// Warns where clients are checked against an authority that certifies more than one client.
pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut reported = BTreeSet::new();
    for component in &model.components {
        let definition = &component.definition;
        let additions = component.instances.iter().flat_map(|instance| &instance.config.bundles);
        for addition in additions.filter(|addition| definition.checks_clients(addition.bundle)) {
            if reported.insert(addition.span)
                && let Some(diagnostic) = wide(model, definition, addition)
            {
                diagnostics.push(diagnostic);
            }
        }
    }
}

fn wide(model: &Model, definition: &Definition, addition: &Addition) -> Option<Diagnostic> {
    let (name, reach, open, origin) = match addition.authority {
        Trusted::Foreign(index) => {
            let foreign = &model.foreign[index];
            let open = foreign.certificates.values().any(|stored| stored.path_length != Some(0));
            (&foreign.name, foreign.reach.clone(), open, foreign.origin)
        }
        Trusted::Own(index) => {
            // What the catalog itself puts there is no addition.
            let purposes = &definition.bundles[addition.bundle].purposes;
            if purposes.iter().any(|purpose| model.authority_for(purpose) == Some(index)) {
                return None;
            }
            let own = &model.authorities[index];
            (&own.name, model.reach(index), own.path_length != Some(0), own.origin)
        }
    };
    let mut reasons = Vec::new();
    if !reach.below.is_empty() {
        reasons.push(format!("it has authorities below it ({})", reach.below.join(", ")));
    } else if open {
        reasons.push("it may have authorities below it (no `path-length = 0`)".to_owned());
    }
    if reach.others.len() > 1 {
        let others = reach.others.join(", ");
        reasons.push(format!("all its certificates are accepted ({others})"));
    }
    if reasons.is_empty() {
        return None;
    }
    let message = format!(
        "`{}` accepts every client certificate from `{name}` or an authority below it, for any user and any group",
        definition.name
    );
    let help = format!(
        "{}; add an authority only for this, a root with `path-length = 0` and one client; or \
         issue the client here, with `[user.NAME]`",
        reasons.join(", and ")
    );
    let diagnostic =
        Diagnostic::new(Code::WideClientTrust, message).at(addition.span, "trusted for clients here");
    Some(diagnostic.at(origin, "this authority").help(help))
}
