//! Resolves the names of a pool: a text with one range in braces.

use super::parse::valid;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{Named, NodeTable, Text};
use crate::source::Span;
use crate::values::NodeName;

/// Nodes that a plan may have: twenty of the largest clusters that Kubernetes is tested with
/// (<https://kubernetes.io/docs/setup/best-practices/cluster-large/>).
const LARGEST: u64 = 100_000;
/// Bytes that a node's name may have ([`NodeName`]).
const LONGEST: usize = 52;

/// Names that differ in a number.
pub(super) struct Range {
    prefix: String,
    suffix: String,
    first: u64,
    pub(super) count: u64,
    width: usize,
}

/// How many nodes pools may have besides those with a table of their own; none where those are too many.
pub(super) fn left(written: Written<'_>, diagnostics: &mut Diagnostics) -> Option<u64> {
    let nodes = &written.document.nodes;
    let left = LARGEST.checked_sub(u64::try_from(nodes.len()).unwrap_or(u64::MAX));
    if let (None, Some((name, _))) = (left, nodes.last()) {
        diagnostics.push(too_many(name.span));
    }
    left
}

/// Takes the nodes of a file off those that are left; false where those are too many.
pub(super) fn listed_left(
    nodes: &Named<NodeTable>,
    left: &mut Option<u64>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let Some(before) = *left else { return false };
    *left = before.checked_sub(u64::try_from(nodes.len()).unwrap_or(u64::MAX));
    if let (None, Some((name, _))) = (*left, nodes.last()) {
        diagnostics.push(too_many(name.span));
    }
    left.is_some()
}

fn too_many(span: Span) -> Diagnostic {
    let message = format!("this plan has more than {LARGEST} nodes");
    Diagnostic::new(Code::TooMany, message).at(span, "").help("split it into several plans")
}

/// The nodes of a pool, which are taken off those that are left; nothing is left after a pool that is too large.
pub(super) fn range(text: &Text, left: &mut Option<u64>, diagnostics: &mut Diagnostics) -> Option<Range> {
    if text.value.len() > 3 * LONGEST {
        let message = format!(
            "these names have {} bytes, but the name of a node has at most {LONGEST}",
            text.value.len()
        );
        diagnostics.push(Diagnostic::new(Code::BadPool, message).at(text.span, ""));
        return None;
    }
    let range = parse_range(&text.value);
    if let (Some(range), Some(before)) = (&range, *left) {
        *left = before.checked_sub(range.count);
        if left.is_none() {
            diagnostics.push(too_many(text.span));
        }
    }
    if range.is_none() {
        let message = format!("`{}` does not name the nodes of a pool", text.value);
        let help = match turned(&text.value) {
            Some(turned) => format!("the range goes backwards: write `{turned}`"),
            None => format!("write one range in braces, `worker-{{001..250}}`, of at most {LARGEST} nodes"),
        };
        diagnostics.push(Diagnostic::new(Code::BadPool, message).at(text.span, "").help(help));
    }
    range.filter(|_| left.is_some())
}

/// The same names with the lower number first; none where it is first already.
fn turned(names: &str) -> Option<String> {
    let (before, rest) = names.split_once('{')?;
    let (range, after) = rest.split_once('}')?;
    let (first, last) = range.split_once("..")?;
    let number = |text: &str| text.parse::<u64>().ok();
    (number(first)? > number(last)?).then(|| format!("{before}{{{last}..{first}}}{after}"))
}

impl Range {
    /// The names of all nodes; none where one is wrong.
    pub(super) fn names(&self, text: &Text, diagnostics: &mut Diagnostics) -> Option<Vec<NodeName>> {
        let mut names = Vec::new();
        for index in 0..self.count {
            let name =
                format!("{}{:0width$}{}", self.prefix, self.first + index, self.suffix, width = self.width);
            names.push(valid(name.parse(), text.span, Code::BadNodeName, diagnostics)?);
        }
        Some(names)
    }
}

fn parse_range(text: &str) -> Option<Range> {
    let (prefix, rest) = text.split_once('{')?;
    let (inside, suffix) = rest.split_once('}')?;
    let (first, last) = inside.split_once("..")?;
    if suffix.contains(['{', '}']) {
        return None;
    }
    let (low, high): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let count = high.checked_sub(low)?.checked_add(1)?;
    Some(Range {
        prefix: prefix.to_owned(),
        suffix: suffix.to_owned(),
        first: low,
        count,
        width: first.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let range = parse_range("worker-{0001..9990}.x").unwrap();
        assert_eq!((range.first, range.count, range.width), (1, 9990, 4));
        for bad in
            ["worker", "w-{1..}", "w-{5..1}", "w-{1..2}{3..4}", "w-{0..18446744073709551615}", "w-{a..b}"]
        {
            assert!(parse_range(bad).is_none(), "{bad}");
        }
    }
}
