//! Revocation lists that lose entries, or change without a new CRL number.

use std::collections::BTreeSet;

use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::specification::Crl;
use crate::values::Serial;

/// The lists of authorities that both sides have.
pub(super) fn changes(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (sides.before.blueprint.model, sides.after.blueprint.model);
    let mut found = Vec::new();
    for authority in &new.authorities {
        let was = old.authorities.iter().find(|old| old.id == authority.id);
        let (Some(was), Some(is)) = (was.and_then(|was| was.crl.as_ref()), &authority.crl) else { continue };
        let (was, is) = (&was.value, &is.value);
        if was != is && is.number <= was.number {
            let message = format!(
                "the CRL of `{}` changes, and its number goes from {} to {}",
                authority.id, was.number, is.number
            );
            let help =
                "some programs keep the list with the larger number: increase `number` with every change";
            found.push(RiskKind::Revocation.of(message, help));
        }
        let gone = gone(was, is);
        if !gone.is_empty() {
            let serials: Vec<String> = gone.iter().map(ToString::to_string).collect();
            let message = format!(
                "the CRL of `{}` no longer revokes {}",
                authority.id,
                listed(serials.iter().map(String::as_str))
            );
            let help = "whoever has such a certificate and its key is accepted again, unless it has expired";
            found.push(RiskKind::Revocation.of(message, help));
        }
    }
    found
}

fn gone(was: &Crl, is: &Crl) -> BTreeSet<Serial> {
    let serials =
        |crl: &Crl| -> BTreeSet<Serial> { crl.revoked.iter().map(|revoked| revoked.serial).collect() };
    serials(was).difference(&serials(is)).copied().collect()
}
