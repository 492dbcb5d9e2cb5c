//! Combines similar nodes of a graph, so that it is small enough to be drawn.

use std::collections::{BTreeMap, BTreeSet};

use super::thing::{COLUMNS, Graph, SERVICES, Thing, Way};

/// Makes one of things with the same word whose ways lead through the same; `may` shows which ones may be put
/// together at all. It begins with the coarsest parting and parts what differs, until nothing does.
pub(super) fn alike(graph: Graph, may: impl Fn(&Thing) -> bool) -> Graph {
    let mut first = BTreeMap::new();
    let classes = graph.things.iter().enumerate().map(|(at, thing)| {
        let own = if may(thing) { None } else { Some(at) };
        number(&mut first, (thing.column, thing.word.as_str(), kind(thing), own))
    });
    let mut classes: Vec<usize> = classes.collect();
    let mut count = first.len();
    loop {
        let mut around: Vec<BTreeSet<Way>> = vec![BTreeSet::new(); graph.things.len()];
        for way in &graph.ways {
            let through = of(way, &classes);
            for &thing in way.iter().flatten() {
                around[thing].insert(through);
            }
        }
        let mut known = BTreeMap::new();
        let parted = classes.iter().zip(&around).map(|key| number(&mut known, key)).collect();
        let more = known.len();
        if more == count {
            return joined(graph, &classes, count);
        }
        (classes, count) = (parted, more);
    }
}

/// Puts together what no column has room for.
pub(super) fn rest(graph: Graph, most: usize) -> Graph {
    let mut counts = [0; COLUMNS.len()];
    for thing in &graph.things {
        counts[thing.column] += 1;
    }
    let mut shown = [0; COLUMNS.len()];
    let mut known = BTreeMap::new();
    let classes: Vec<usize> = graph
        .things
        .iter()
        .enumerate()
        .map(|(at, thing)| {
            shown[thing.column] += 1;
            let over = counts[thing.column] > most && shown[thing.column] >= most;
            number(&mut known, if over { Err(thing.column) } else { Ok(at) })
        })
        .collect();
    let mut graph = joined(graph, &classes, known.len());
    for (key, at) in known {
        if key.is_err() {
            "others".clone_into(&mut graph.things[at].word);
        }
    }
    graph
}

/// `node`, `authority` and the like, `users`; services are all of one kind.
fn kind(thing: &Thing) -> &str {
    let kind = thing.names.first().and_then(|name| name.split_once(['.', '/']));
    kind.filter(|_| thing.column != SERVICES).map_or("", |(kind, _)| kind)
}

fn number<K: Ord>(known: &mut BTreeMap<K, usize>, key: K) -> usize {
    let next = known.len();
    *known.entry(key).or_insert(next)
}

fn of(way: &Way, classes: &[usize]) -> Way {
    way.map(|thing| thing.map(|thing| classes[thing]))
}

/// One thing for each class.
fn joined(graph: Graph, classes: &[usize], count: usize) -> Graph {
    let mut things: Vec<Option<Thing>> = vec![None; count];
    for (thing, &class) in graph.things.into_iter().zip(classes) {
        match &mut things[class] {
            Some(known) => known.names.extend(thing.names),
            empty => *empty = Some(thing),
        }
    }
    let ways = graph.ways.iter().map(|way| of(way, classes)).collect();
    // Every class has a thing.
    Graph { things: things.into_iter().flatten().collect(), ways }
}
