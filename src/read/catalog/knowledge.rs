//! The tables `[rule.NAME]`, `[port.NAME]` and `[state.NAME]` of a component.

use crate::read::plan::Text;
use crate::read::table::{Reader, Table};
use crate::source::Span;

/// `[rule.NAME]`: what cannot work, or will go wrong.
#[derive(Debug)]
pub struct RuleTable {
    /// The header.
    pub span: Span,
    /// Where it is broken; always, if `says` then says something.
    pub when: Option<Text>,
    /// What is wrong; where it says nothing, nothing is.
    pub says: Option<Text>,
    /// What to write instead.
    pub help: Option<Text>,
    /// The code of the message.
    pub code: Option<Text>,
    /// Whether a proof of all connections finds it by itself.
    pub proven: bool,
}

/// `[port.NAME]`: a port that the program takes for itself.
#[derive(Debug)]
pub struct PortTable {
    /// The header.
    pub span: Span,
    /// Its number; 0 takes none.
    pub port: Option<Text>,
    /// Only if this holds.
    pub when: Option<Text>,
}

/// `[state.NAME]`: what the running cluster holds, and a change of the plan does not move.
#[derive(Debug)]
pub struct StateTable {
    /// The header.
    pub span: Span,
    /// What is held, evaluated on both sides of a comparison.
    pub value: Option<Text>,
    /// `instance`, or `cluster`: the same wherever the component runs.
    pub per: Option<Text>,
    /// `nothing`: it is no change where all that was there stays, or lies within a network of the new side.
    pub grows: Option<Text>,
    /// Only changes for which this holds; `old` and `new` are the values.
    pub when: Option<Text>,
    /// Who holds it, in a sentence.
    pub because: Option<Text>,
    /// What to do where it changes.
    pub change: Option<StepTable>,
    /// What to do where it comes.
    pub appear: Option<StepTable>,
    /// What to do where it goes.
    pub vanish: Option<StepTable>,
}

/// What people do about a change of a state.
#[derive(Debug)]
pub struct StepTable {
    /// What to run before the host is changed.
    pub before: Option<Text>,
    /// What to run after the host was changed.
    pub after: Option<Text>,
    /// What to know.
    pub say: Option<Text>,
    /// What has to be true afterwards, each with how to see it.
    pub checks: Vec<Text>,
}

impl RuleTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let rule = RuleTable {
            span: t.span,
            when: t.text(reader, "when"),
            says: t.required_text(reader, "says"),
            help: t.text(reader, "help"),
            code: t.text(reader, "code"),
            proven: t.boolean(reader, "proven").is_some_and(|b| b.value),
        };
        t.finish(reader);
        rule
    }
}

impl PortTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let port =
            PortTable { span: t.span, port: t.required_text(reader, "port"), when: t.text(reader, "when") };
        t.finish(reader);
        port
    }
}

impl StateTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let state = StateTable {
            span: t.span,
            value: t.required_text(reader, "value"),
            per: t.text(reader, "per"),
            grows: t.text(reader, "grows"),
            when: t.text(reader, "when"),
            because: t.required_text(reader, "because"),
            change: t.table(reader, "change").map(|table| StepTable::read(reader, table)),
            appear: t.table(reader, "appear").map(|table| StepTable::read(reader, table)),
            vanish: t.table(reader, "vanish").map(|table| StepTable::read(reader, table)),
        };
        t.finish(reader);
        state
    }
}

impl StepTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let step = StepTable {
            before: t.text(reader, "before"),
            after: t.text(reader, "after"),
            say: t.text(reader, "say"),
            checks: t.texts(reader, "checks").unwrap_or_default(),
        };
        t.finish(reader);
        step
    }
}
