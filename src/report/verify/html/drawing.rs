//! Draws hosts on an ellipse, with the connections between them.

use std::f64::consts::TAU;
use std::fmt::Write as _;

use super::groups::{Drawn, Edge, Node};
use crate::report::escaped::escaped;
use crate::report::verify::proven::Proven;
use crate::values::{Instant, counted};

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 640.0;

/// The drawing, with a slider from the instant of the proof to the last end.
pub(super) fn drawing(proven: &Proven<'_>, at: Instant, page: &mut String) {
    let drawn = Drawn::of(proven);
    let ends: Vec<i64> = drawn.edges.values().filter_map(|edge| edge.until).map(Instant::unix).collect();
    let last = ends.iter().max().copied().unwrap_or(at.unix());
    let _ = write!(
        page,
        "<p class=\"time\"><label>at <input type=\"range\" id=\"time\" min=\"{0}\" max=\"{1}\" value=\"{0}\" \
         step=\"3600\"></label> <output id=\"now\">{at}</output> <span id=\"ended\"></span></p>\n\
         <svg id=\"hosts\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"hosts and connections\">\n",
        at.unix(),
        last + 86_400
    );
    for ((from, to), edge) in &drawn.edges {
        line(&drawn, (*from, *to), edge, page);
    }
    for (place, node) in drawn.nodes.iter().enumerate() {
        host(node, position(place, drawn.nodes.len()), page);
    }
    page.push_str("</svg>\n");
}

/// Evenly on an ellipse, the first one on top.
fn position(place: usize, of: usize) -> (f64, f64) {
    let turn = |number: usize| u32::try_from(number).map_or(0.0, f64::from);
    let angle = TAU * (turn(place) / turn(of.max(1)) - 0.25);
    (WIDTH / 2.0 + angle.cos() * (WIDTH / 2.0 - 110.0), HEIGHT / 2.0 + angle.sin() * (HEIGHT / 2.0 - 60.0))
}

fn line(drawn: &Drawn, (from, to): (usize, usize), edge: &Edge, page: &mut String) {
    let count = drawn.nodes.len();
    let ((x1, y1), (x2, y2)) = (position(from, count), position(to, count));
    let class = if edge.broken > 0 { "line broken" } else { "line" };
    let until = edge.until.map_or_else(String::new, |until| format!(" data-until=\"{}\"", until.unix()));
    let names = |at: usize| drawn.nodes.get(at).map_or("", |node| node.name.as_str());
    let mut title = format!("{} to {}: {}", names(from), names(to), counted(edge.count, "connection"));
    if edge.broken > 0 {
        let _ = write!(title, ", {} broken", edge.broken);
    }
    for kind in &edge.kinds {
        let _ = write!(title, "\n{kind}");
    }
    if from == to {
        let _ = writeln!(
            page,
            "<circle class=\"{class}\" cx=\"{x1:.1}\" cy=\"{:.1}\" r=\"26\"{until}><title>{}</title></circle>",
            y1 - 30.0,
            escaped(&title)
        );
        return;
    }
    // Both directions are seen.
    let (bend_x, bend_y) = ((x1 + x2) / 2.0 + (y2 - y1) * 0.06, (y1 + y2) / 2.0 - (x2 - x1) * 0.06);
    let _ = writeln!(
        page,
        "<path class=\"{class}\" d=\"M{x1:.1} {y1:.1} Q{bend_x:.1} {bend_y:.1} {x2:.1} {y2:.1}\"{until}>\
         <title>{}</title></path>",
        escaped(&title)
    );
}

fn host(node: &Node, (x, y): (f64, f64), page: &mut String) {
    let components: Vec<&str> = node.components.iter().map(|component| &**component).collect();
    let _ = writeln!(
        page,
        "<g class=\"host\"><title>{}</title><rect x=\"{:.1}\" y=\"{:.1}\" width=\"180\" height=\"30\" rx=\"6\"/>\
         <text x=\"{x:.1}\" y=\"{:.1}\">{}</text></g>",
        escaped(&components.join(", ")),
        x - 90.0,
        y - 15.0,
        y + 5.0,
        escaped(&node.name)
    );
}
