//! Computes the positions of the boxes of a graph.

use std::collections::{BTreeMap, BTreeSet};

use super::thing::{CERTIFICATES, Graph, Thing};

/// Sizes in the units of the drawing.
pub(super) const WIDTH: usize = 258;
pub(super) const GAP: usize = 56;
pub(super) const LINE: usize = 16;
pub(super) const INSET: usize = 5;
const APART: usize = 8;
/// The room for the titles of the columns.
const TOP: usize = 30;
/// What a lane takes.
const LANE: usize = 8;
/// How many characters a line of a box holds, and how many lines a box.
const CHARACTERS: usize = 33;
const LINES: usize = 3;
/// How many names a box may show.
const NAMES: usize = 8;

/// A box, or a lane on which ways pass a column.
pub(super) struct Placed {
    /// None: a lane.
    pub(super) thing: Option<Thing>,
    /// What it shows; the first line begins with the word.
    pub(super) lines: Vec<String>,
    pub(super) column: usize,
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) height: usize,
}

/// Boxes and ways by the boxes that they lead through; what holds nothing is no column.
pub(super) struct Layout {
    pub(super) placed: Vec<Placed>,
    pub(super) ways: Vec<Vec<usize>>,
    /// Columns, each with its left edge.
    pub(super) columns: Vec<(usize, usize)>,
    pub(super) height: usize,
}

pub(super) fn layout(graph: Graph) -> Layout {
    let Graph { things, ways } = graph;
    let columns: BTreeSet<usize> = things.iter().map(|thing| thing.column).collect();
    let mut placed: Vec<Placed> = things.into_iter().map(of_thing).collect();
    let mut lanes: BTreeMap<usize, usize> = BTreeMap::new();
    let mut led: Vec<Vec<usize>> = Vec::new();
    for way in ways {
        let mut through: Vec<usize> = way.iter().flatten().copied().collect();
        if let ([Some(table), None, Some(_), _], true) = (way, columns.contains(&CERTIFICATES)) {
            let lane = *lanes.entry(table).or_insert_with(|| {
                placed.push(lane());
                placed.len() - 1
            });
            through.insert(1, lane);
        }
        led.push(through);
    }
    let mut height = 0;
    let columns: Vec<(usize, usize)> =
        columns.into_iter().enumerate().map(|(at, column)| (column, at * (WIDTH + GAP) + 1)).collect();
    for &column in &columns {
        height = height.max(place(&mut placed, &led, column));
    }
    Layout { placed, ways: led, columns, height }
}

fn of_thing(thing: Thing) -> Placed {
    let lines = lines(&thing);
    let height = lines.len() * LINE + 2 * INSET;
    Placed { column: thing.column, lines, height, left: 0, top: 0, thing: Some(thing) }
}

fn lane() -> Placed {
    Placed { thing: None, lines: Vec::new(), column: CERTIFICATES, left: 0, top: 0, height: LANE }
}

/// Puts a column's boxes where most of what leads to them is near.
fn place(placed: &mut [Placed], ways: &[Vec<usize>], (column, left): (usize, usize)) -> usize {
    let mut boxes: Vec<usize> = (0..placed.len()).filter(|&at| placed[at].column == column).collect();
    let before = before(ways);
    let weight = |at: &usize| {
        let from = before.get(at).into_iter().flatten();
        let middles: Vec<usize> = from.map(|&from| placed[from].top + placed[from].height / 2).collect();
        middles.iter().sum::<usize>() / middles.len().max(1)
    };
    boxes.sort_by_cached_key(weight);
    let mut top = TOP;
    for at in boxes {
        (placed[at].left, placed[at].top) = (left, top);
        top += placed[at].height + APART;
    }
    top
}

/// What leads to each box.
fn before(ways: &[Vec<usize>]) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut before: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for pair in ways.iter().flat_map(|way| way.windows(2)) {
        before.entry(pair[1]).or_default().insert(pair[0]);
    }
    before
}

/// The word and as many names as there is room for.
fn lines(thing: &Thing) -> Vec<String> {
    let count = thing.names.len();
    for shown in (1..=count.min(NAMES)).rev() {
        let mut text = format!("{} {}", thing.word, thing.names[..shown].join(", "));
        if shown < count {
            text.push_str(&format!(" and {} more", count - shown));
        }
        let lines = wrapped(text.trim_start());
        if lines.len() <= LINES || shown == 1 {
            return lines;
        }
    }
    vec![thing.word.clone()]
}

/// Lines that fit, broken at spaces and, where a word is too long, after a sign within it.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(' ').map_or(rest.len(), |at| at + 1);
        let (word, after) = rest.split_at(end);
        rest = after;
        for piece in pieces(word) {
            let room = lines.last().map_or(0, |line| CHARACTERS.saturating_sub(line.chars().count()));
            if piece.trim_end().chars().count() > room {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(&piece);
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// A word as it is, if it fits on a line.
fn pieces(word: &str) -> Vec<String> {
    if word.trim_end().chars().count() <= CHARACTERS {
        return vec![word.to_owned()];
    }
    let parts = word.split_inclusive(['/', '-', '.']).map(|part| part.chars().collect::<Vec<char>>());
    parts
        .flat_map(|part| part.chunks(CHARACTERS).map(|piece| piece.iter().collect()).collect::<Vec<String>>())
        .collect()
}
