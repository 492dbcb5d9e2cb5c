//! Changes of sealed files: who can open the secrets and keys next to the plan.

use super::risk::{Risk, RiskKind};
use super::sides::Sides;

/// Sealed files that are new or not what they were: each time somebody may have become a recipient.
pub(super) fn changed(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (sides.before.sealed, sides.after.sealed);
    let changed = new.iter().filter(|(name, file)| old.get(*name) != Some(file));
    let risks = changed.map(|(name, file)| {
        let (is, was) = (file.recipients(), old.get(name).map(|file| file.recipients()));
        let was = was.map_or_else(|| "it was not there before".to_owned(), |was| format!("before to {was}"));
        let message = format!("`{name}` next to the plan is sealed again, to {is}; {was}");
        let help = "every recipient can open it, and the file does not show whose key an `age1...` \
                    is: ask the person who sealed it";
        RiskKind::Recipients.of(message, help)
    });
    risks.collect()
}
