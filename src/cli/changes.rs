//! What the next lock says that the previous one does not.

use super::decision::Decided;
use crate::decide::{Action, Draft};
use crate::diagnostics::{Code, Diagnostic};

/// How many changes a message lists.
const LISTED: usize = 10;

/// How many certificates were decided how.
pub(super) struct Counted {
    pub(super) imported: usize,
    pub(super) issued: usize,
    pub(super) reissued: usize,
    pub(super) kept: usize,
    /// Certificates and keys.
    pub(super) removed: usize,
}

impl Counted {
    pub(super) fn of(draft: &Draft) -> Self {
        let (imported, issued, reissued, kept) = (0, 0, 0, 0);
        let mut counted = Counted { imported, issued, reissued, kept, removed: draft.removed.len() };
        for decision in &draft.certificates {
            match decision.action {
                Action::Import => counted.imported += 1,
                Action::Issue => counted.issued += 1,
                Action::Keep => counted.kept += 1,
                Action::Reissue { .. } => counted.reissued += 1,
            }
        }
        counted
    }

    pub(super) fn json(&self) -> serde_json::Value {
        let Counted { imported, issued, reissued, kept, removed } = self;
        serde_json::json!({
            "imported": imported, "issued": issued, "reissued": reissued, "kept": kept, "removed": removed,
        })
    }

    /// `47 issued, 0 kept`
    pub(super) fn words(&self) -> String {
        let some = |count: usize, word: &str| match count {
            0 => String::new(),
            count => format!(", {count} {word}"),
        };
        let (issued, kept) = (self.issued, self.kept);
        format!(
            "{issued} issued{}{}, {kept} kept{}",
            some(self.imported, "imported"),
            some(self.reissued, "reissued"),
            some(self.removed, "removed")
        )
    }
}

/// Every change, one a line.
pub(super) fn lines(decided: &Decided<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for (decision, certificate) in decided.draft.certificates.iter().zip(&decided.blueprint.certificates) {
        match &decision.action {
            Action::Import => lines.push(format!("import {}", certificate.id)),
            Action::Issue => lines.push(format!("issue {}", certificate.id)),
            Action::Keep => {}
            Action::Reissue { differences } => {
                lines.push(format!("reissue {}: {}", certificate.id, differences.join(", ")));
            }
        }
    }
    lines.extend(decided.draft.removed.iter().map(|id| format!("remove {id}")));
    if lines.is_empty() {
        lines.push("record the catalog".to_owned());
    }
    lines
}

/// What `--locked` forbids.
pub(super) fn unsettled(decided: &Decided<'_>) -> Diagnostic {
    let mut lines = lines(decided);
    let more = lines.len().saturating_sub(LISTED);
    lines.truncate(LISTED);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    let message = "the lock does not hold all decisions that the plan needs";
    let help = format!("build without `--locked` and commit the lock; it would\n{}", lines.join("\n"));
    Diagnostic::new(Code::Locked, message).help(help)
}
