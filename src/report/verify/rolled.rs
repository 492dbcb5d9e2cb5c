//! The result of proving a rollout, as text and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::proven::{FORMAT, Proven};
use super::{text, words};
use crate::printable;
use crate::verify::{Broken, Finding, Meeting, Proof, Tried, Verdict};
use crate::wiring::Wiring;

/// A rollout, and what was proven of it.
pub struct Rolled<'p> {
    /// Both sides side by side.
    pub wiring: &'p Wiring,
    /// What was proven of the side before.
    pub before: &'p Proof,
    /// What was proven of the side after.
    pub after: &'p Proof,
    /// What breaks on the way.
    pub broken: &'p [Broken],
    /// Nothing was tried on the way.
    pub tried: &'p Tried,
}

/// What breaks in one way, however many times.
type Groups<'p> = BTreeMap<(String, Meeting, bool), Vec<&'p Broken>>;

impl Rolled<'_> {
    /// Whether every state on the way holds, and the last one, too.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.broken.is_empty() && self.after.findings.is_empty()
    }

    fn proven(&self) -> Proven<'_> {
        Proven {
            wiring: self.wiring,
            proof: self.after,
            tried: self.tried,
            lost: None,
            written: None,
            rehearsed: true,
            fix: None,
        }
    }

    fn groups(&self) -> Groups<'_> {
        let mut groups = Groups::new();
        for broken in self.broken {
            let sentence = words::sentence(self.wiring, &broken.finding);
            groups.entry((sentence, broken.meeting, broken.order_helps)).or_default().push(broken);
        }
        groups
    }
}

/// The report for people.
#[must_use]
pub fn rolled_to_text(rolled: &Rolled<'_>) -> String {
    let (mut text, proven) = (String::new(), rolled.proven());
    for ((sentence, meeting, order_helps), of) in rolled.groups() {
        let findings: Vec<&Finding> = of.iter().map(|broken| &broken.finding).collect();
        let code = findings.first().map_or("", |finding| finding.fault.code().name());
        let _ = writeln!(text, "error[{code}]: during the rollout, {}", printable::line(&sentence));
        let wave = first_wave(&of).map_or_else(String::new, |wave| format!("wave {wave}: "));
        let _ = writeln!(text, "  {wave}{}", who(&proven, findings.first().copied(), meeting));
        let lines: BTreeSet<String> = findings.iter().map(|finding| text::ends(&proven, finding)).collect();
        text::listed(&mut text, &lines);
        let _ =
            writeln!(text, "  help: {}\n", printable::line(&help(&proven, &findings, meeting, order_helps)));
    }
    let _ = writeln!(text, "before  {}", summary(rolled.before));
    let _ = writeln!(text, "after   {}", summary(rolled.after));
    let _ = match rolled.broken.len() {
        0 => writeln!(text, "between every mixed state holds"),
        broken => writeln!(text, "between {broken} connections break in a mixed state"),
    };
    if !rolled.after.findings.is_empty() {
        text.push_str("The final state has problems: `pkiplan verify` without `--base` shows them.\n");
    }
    text
}

fn summary(proof: &Proof) -> String {
    let count =
        |wanted: fn(&Verdict) -> bool| proof.connections.iter().filter(|c| wanted(&c.verdict)).count();
    let holds = count(|verdict| matches!(verdict, Verdict::Holds(_)));
    let broken = count(|verdict| *verdict == Verdict::Broken);
    let unknown = proof.connections.len() - holds - broken;
    format!("{holds} connections hold, {broken} broken, {unknown} not known")
}

/// Who has changed already.
fn who(proven: &Proven<'_>, finding: Option<&Finding>, meeting: Meeting) -> String {
    let Some(finding) = finding else { return String::new() };
    let name = |program| proven.program(program).component.to_string();
    let one = name(finding.subject.program);
    let other = finding.other.as_ref().map_or_else(String::new, |other| name(other.program));
    match meeting {
        Meeting::Ahead => format!("{one} has changed, {other} has not changed yet:"),
        Meeting::Behind => format!("{other} has changed, {one} has not changed yet:"),
    }
}

fn help(proven: &Proven<'_>, findings: &[&Finding], meeting: Meeting, order_helps: bool) -> String {
    let Some(finding) = findings.first() else { return String::new() };
    let name = |program| proven.program(program).component.to_string();
    let one = name(finding.subject.program);
    let other = finding.other.as_ref().map_or_else(String::new, |other| name(other.program));
    match (order_helps, meeting) {
        (true, Meeting::Ahead) => format!("change {other} on every host before {one}"),
        (true, Meeting::Behind) => format!("change {one} on every host before {other}"),
        (false, _) => format!(
            "no order avoids this: first roll out another commit, after which {one} and {other} accept both the old and \
             the new state (add a generation to `trust` before you use it, a name to the certificate before clients connect to it)"
        ),
    }
}

/// What was proven of the way from one state to another.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Rollout {
    /// The version of this form. Within one, keys and words may come, and none goes.
    #[schemars(extend("const" = FORMAT))]
    format: u32,
    /// Connections of the state before, in words.
    before: String,
    /// Connections of the state after, in words.
    after: String,
    /// What breaks on the way.
    broken: Vec<Breaks>,
    /// Whether every state on the way holds, and the one after.
    holds: bool,
}

/// Connections that break in the same way.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Breaks {
    /// `pkiplan explain CODE` explains it.
    #[schemars(regex(pattern = "^verify::[a-z-]+$"))]
    code: String,
    /// A sentence, without hosts.
    message: String,
    /// The first wave in which it may come to this, counted from 1; null: in any order.
    wave: Option<usize>,
    /// Which end has changed already: the subject of the message, or the other one.
    #[schemars(extend("enum" = ["subject", "other"]))]
    changed: String,
    /// Whether it holds if the other end changes first.
    order_helps: bool,
    /// What to do.
    help: String,
    /// Both ends, with their inputs and files.
    ends: BTreeSet<String>,
}

/// The report for programs.
#[must_use]
pub fn rolled_to_json(rolled: &Rolled<'_>) -> Value {
    let proven = rolled.proven();
    let broken = rolled.groups().into_iter().filter_map(|((message, meeting, order_helps), of)| {
        let findings: Vec<&Finding> = of.iter().map(|broken| &broken.finding).collect();
        Some(Breaks {
            code: findings.first()?.fault.code().name().to_owned(),
            message,
            wave: first_wave(&of),
            changed: match meeting {
                Meeting::Ahead => "subject".to_owned(),
                Meeting::Behind => "other".to_owned(),
            },
            order_helps,
            help: help(&proven, &findings, meeting, order_helps),
            ends: findings.iter().map(|finding| text::ends(&proven, finding)).collect(),
        })
    });
    let rollout = Rollout {
        format: FORMAT,
        before: summary(rolled.before),
        after: summary(rolled.after),
        broken: broken.collect(),
        holds: rolled.holds(),
    };
    serde_json::to_value(rollout).unwrap_or_default()
}

/// The first wave in which one of them breaks, counted from 1.
fn first_wave(broken: &[&Broken]) -> Option<usize> {
    broken.iter().filter_map(|broken| broken.wave).min().map(|wave| wave + 1)
}
