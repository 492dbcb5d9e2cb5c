//! Rules for files that must be equal on all hosts.

use std::collections::BTreeMap;

use super::encryption;
use super::set::Set;
use crate::diagnostics::{Code, Diagnostic};
use crate::lint::content::{Content, Read};
use crate::lint::report::Report;
use crate::observe::meaning;
use crate::source::Span;

pub(super) fn check(files: &[Read<'_>], set: &Set<'_>, report: &mut Report) {
    let mut same = Same::default();
    for file in files {
        let Some(host) = file.given.host.as_deref() else { continue };
        let what = match &file.content {
            Content::Tokens(_) => "static tokens",
            Content::Documents(documents)
                if documents.iter().any(|document| encryption::is_one(&document.root)) =>
            {
                "configurations of encryption"
            }
            _ => continue,
        };
        let place = file.at(1, report);
        if let Ok(bytes) = &file.given.bytes {
            same.add((what, &file.given.path), host, meaning(bytes), place);
        }
    }
    for key in set.keys.iter().filter(|key| key.private && key.role.is_some_and(|role| role.signs_tokens)) {
        if let (Some(host), Some(public)) = (key.host, key.public) {
            same.add(("keys that sign tokens", key.path), host, public.to_owned(), key.place);
        }
    }
    same.report(report);
}

/// What it is, and its path.
type Thing<'f> = (&'static str, &'f str);
/// The host, what has to be the same, and its place.
type OnHost<'f> = (&'f str, String, Span);

/// What lies at one path on several hosts.
#[derive(Default)]
struct Same<'f>(BTreeMap<Thing<'f>, Vec<OnHost<'f>>>);

impl<'f> Same<'f> {
    fn add(&mut self, of: Thing<'f>, host: &'f str, says: String, place: Span) {
        self.0.entry(of).or_default().push((host, says, place));
    }

    fn report(self, report: &mut Report) {
        for ((what, _), all) in self.0 {
            let Some((host, says, place)) = all.first() else { continue };
            if let Some((other, _, elsewhere)) = all.iter().find(|(_, others, _)| others != says) {
                let message = format!("{host} and {other} have different {what}");
                let diagnostic = Diagnostic::new(Code::LintDiffers, message).at(*place, "here");
                let help = "every API server needs the same: otherwise one refuses or cannot read what another one writes";
                report.push(diagnostic.at(*elsewhere, "and here").help(help));
            }
        }
    }
}
