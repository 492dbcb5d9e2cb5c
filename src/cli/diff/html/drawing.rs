//! The graph of causes as a drawing: tables of the plan, certificates, trees, services, from left to right.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::summary::{self, names, services};
use super::escaped;
use crate::compare::Comparison;

/// Boxes of one column; what is more is told as a number.
const MOST: usize = 40;
/// Sizes in the units of the drawing.
const WIDTH: usize = 240;
const GAP: usize = 90;
const ROW: usize = 30;
const HEIGHT: usize = 22;
/// How many characters a box holds.
const CHARACTERS: usize = 34;
const TITLES: [&str; 4] = ["plan", "certificates", "trees", "services"];

/// Boxes by column, each by its name, and what leads from one to another.
#[derive(Default)]
struct Boxes {
    columns: [Vec<String>; 4],
    at: BTreeMap<(usize, String), usize>,
    edges: BTreeSet<((usize, usize), (usize, usize))>,
}

impl Boxes {
    fn place(&mut self, column: usize, name: String) -> (usize, usize) {
        if let Some(&row) = self.at.get(&(column, name.clone())) {
            return (column, row);
        }
        let row = self.columns[column].len();
        self.columns[column].push(name.clone());
        self.at.insert((column, name), row);
        (column, row)
    }

    fn edge(&mut self, from: (usize, usize), to: (usize, usize)) {
        self.edges.insert((from, to));
    }
}

/// The drawing, as SVG that stands in the page.
pub(super) fn drawing(comparison: &Comparison) -> String {
    let mut boxes = boxes(comparison);
    for column in 0..boxes.columns.len() {
        let count = boxes.columns[column].len();
        if count > MOST {
            boxes.columns[column].truncate(MOST - 1);
            boxes.columns[column].push(format!("and {} more", count - MOST + 1));
        }
    }
    let shown = |(column, row): (usize, usize)| (column, row.min(MOST - 1));
    let edges: BTreeSet<_> = boxes.edges.iter().map(|&(from, to)| (shown(from), shown(to))).collect();
    let rows = boxes.columns.iter().map(Vec::len).max().unwrap_or(0);
    let (width, height) = (4 * WIDTH + 3 * GAP + 2, (rows + 1) * ROW + 2);
    let mut svg = format!(
        "<svg id=\"graph\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-label=\"what leads to what\">\n"
    );
    for ((from, from_row), (to, to_row)) in edges {
        let (x1, y1) = (from * (WIDTH + GAP) + WIDTH + 1, middle(from_row));
        let (x2, y2) = (to * (WIDTH + GAP) + 1, middle(to_row));
        let (c1, c2) = (x1 + GAP / 2, x2 - GAP / 2);
        let _ = writeln!(
            svg,
            "<path class=\"edge\" data-from=\"{from}-{from_row}\" data-to=\"{to}-{to_row}\" \
             d=\"M{x1},{y1} C{c1},{y1} {c2},{y2} {x2},{y2}\"/>"
        );
    }
    for (column, names) in boxes.columns.iter().enumerate() {
        let x = column * (WIDTH + GAP) + 1;
        let _ = writeln!(svg, "<text class=\"title\" x=\"{x}\" y=\"18\">{}</text>", TITLES[column]);
        for (row, name) in names.iter().enumerate() {
            let (y, inside) = (middle(row) - HEIGHT / 2, x + 6);
            let _ = writeln!(
                svg,
                "<g class=\"box\" data-box=\"{column}-{row}\"><title>{}</title><rect x=\"{x}\" y=\"{y}\" \
                 width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"3\"/><text x=\"{inside}\" y=\"{}\">{}</text></g>",
                escaped(name),
                y + 15,
                escaped(&cut(name))
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn middle(row: usize) -> usize {
    (row + 1) * ROW + ROW / 2
}

fn cut(name: &str) -> String {
    if name.chars().count() <= CHARACTERS {
        return name.to_owned();
    }
    name.chars().take(CHARACTERS - 1).chain(['…']).collect()
}

fn boxes(comparison: &Comparison) -> Boxes {
    let mut boxes = Boxes::default();
    let mut of_unit: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for unit in &comparison.units {
        let tree = boxes.place(2, names(&unit.names));
        of_unit.extend(unit.names.iter().map(|name| (name.as_str(), tree)));
        for table in unit.files.iter().flat_map(|file| unit.tables(&file.because_of)) {
            let from = boxes.place(0, table);
            boxes.edge(from, tree);
        }
        for change in &unit.services {
            let to = boxes.place(3, services(std::slice::from_ref(change)));
            boxes.edge(tree, to);
        }
    }
    for (row, changes) in summary::grouped(&comparison.certificates) {
        let certificate = boxes.place(1, format!("{} {}", row.change.word(), row.who));
        for change in changes {
            for table in &change.because_of {
                let from = boxes.place(0, table.clone());
                boxes.edge(from, certificate);
            }
            if let Some(&tree) = change.unit.as_deref().and_then(|unit| of_unit.get(unit)) {
                boxes.edge(certificate, tree);
            }
        }
    }
    // What goes through a certificate needs no line of its own.
    let through: BTreeSet<_> = boxes
        .edges
        .iter()
        .filter(|(from, to)| from.0 == 0 && to.0 == 1)
        .flat_map(|(table, certificate)| {
            let next = boxes.edges.iter().filter(move |(from, _)| from == certificate);
            next.map(move |(_, tree)| (*table, *tree))
        })
        .collect();
    boxes.edges.retain(|edge| !through.contains(edge));
    boxes
}
