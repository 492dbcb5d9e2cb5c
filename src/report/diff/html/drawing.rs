//! Draws the graph of causes as SVG.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::graph;
use super::layout::{self, GAP, INSET, LINE, Layout, Placed, WIDTH};
use super::markup::escaped;
use super::thing::COLUMNS;
use crate::compare::Comparison;

/// How many names are given of a box to whoever asks for all.
const NAMES: usize = 60;

/// The drawing, as SVG that stands in the page.
pub(super) fn drawing(comparison: &Comparison) -> String {
    let Layout { placed, ways, columns, height } = layout::layout(graph::graph(comparison));
    let width = columns.last().map_or(0, |(_, left)| left + WIDTH + 1);
    let reported: Vec<String> = ways.iter().map(|way| numbers(way)).collect();
    let mut svg = format!(
        "<svg id=\"graph\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"group\" \
         aria-label=\"causes and effects\" data-ways=\"{}\">\n",
        reported.join(" ")
    );
    for (column, left) in columns {
        let _ = writeln!(svg, "<text class=\"title\" x=\"{left}\" y=\"18\">{}</text>", COLUMNS[column]);
    }
    let edges: BTreeSet<(usize, usize)> =
        ways.iter().flat_map(|way| way.windows(2).map(|pair| (pair[0], pair[1]))).collect();
    for (from, to) in edges {
        let path = curve(&placed[from], &placed[to]);
        let _ = writeln!(svg, "<path class=\"edge\" data-part=\"{from}-{to}\" d=\"{path}\"/>");
    }
    let mut order: Vec<usize> = (0..placed.len()).collect();
    order.sort_by_key(|&at| (placed[at].column, placed[at].top));
    for at in order {
        part(at, &placed[at], &mut svg);
    }
    svg.push_str("</svg>\n");
    svg
}

fn numbers(way: &[usize]) -> String {
    way.iter().map(ToString::to_string).collect::<Vec<_>>().join("-")
}

fn middle(placed: &Placed) -> usize {
    placed.top + placed.height / 2
}

fn curve(from: &Placed, to: &Placed) -> String {
    let (x1, y1) = (from.left + WIDTH, middle(from));
    let (x2, y2) = (to.left, middle(to));
    let (c1, c2) = (x1 + GAP / 2, x2.saturating_sub(GAP / 2));
    format!("M{x1},{y1} C{c1},{y1} {c2},{y2} {x2},{y2}")
}

/// A box with its lines, or a lane.
fn part(at: usize, placed: &Placed, svg: &mut String) {
    let (x, y) = (placed.left, placed.top);
    let Some(thing) = &placed.thing else {
        let _ = writeln!(
            svg,
            "<path class=\"edge\" data-part=\"{at}\" d=\"M{x},{0} h{WIDTH}\"/>",
            middle(placed)
        );
        return;
    };
    let more = thing.names.len().saturating_sub(NAMES);
    let mut all = thing.names.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 {
        let _ = write!(all, " and {more} more");
    }
    let name = format!("{} {all}", thing.word);
    let name = escaped(name.trim_start());
    let _ = write!(
        svg,
        "<g class=\"box\" data-part=\"{at}\" data-column=\"{}\" tabindex=\"0\" role=\"button\" aria-pressed=\"false\" \
         aria-label=\"{name}\"><title>{name}</title><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{}\" rx=\"4\"/>",
        COLUMNS[placed.column], placed.height
    );
    for (row, line) in placed.lines.iter().enumerate() {
        let (x, y) = (x + INSET + 3, y + INSET + row * LINE + 12);
        let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\">");
        match line.strip_prefix(&thing.word).filter(|_| row == 0 && !thing.word.is_empty()) {
            Some(rest) => {
                let (word, kind) = (escaped(&thing.word), thing.word.split(' ').next().unwrap_or_default());
                let _ = write!(svg, "<tspan class=\"word {kind}\">{word}</tspan>{}", escaped(rest));
            }
            None => svg.push_str(&escaped(line)),
        }
        svg.push_str("</text>");
    }
    svg.push_str("</g>\n");
}
