//! The INI format: `[group]`, `[group:children]`, `[group:vars]`, and one host for each line.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::graph::Graph;
use super::ranges::expand;
use super::words::words;
use crate::inventory::row::{Broken, Cell, ENOUGH, Piece, Value};

/// What the lines of a section are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hosts,
    Children,
    Variables,
}

/// Fills `graph` from a text.
pub(in crate::inventory) fn read(text: &str, graph: &mut Graph<'_>) -> Result<(), Vec<Broken>> {
    let (mut group, mut kind) = ("ungrouped".to_owned(), Kind::Hosts);
    let (mut broken, mut defined, mut asked) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let at = start + whole.len() - whole.trim_start().len();
        start += whole.len();
        let line = whole.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if broken.len() >= ENOUGH {
            return Err(broken);
        }
        if let Some(header) = section(line) {
            match header {
                Ok((name, next)) => {
                    graph.names.push(at..at + line.find(']').map_or(line.len(), |end| end + 1));
                    graph.add_group(name);
                    match next {
                        Kind::Variables => {
                            asked.entry(name.to_owned()).or_insert(at + 1..at + 1 + name.len());
                        }
                        Kind::Hosts | Kind::Children => {
                            defined.insert(name.to_owned());
                        }
                    }
                    (group, kind) = (name.to_owned(), next);
                }
                Err(why) => broken.push(Broken::at(at..at + line.len(), why)),
            }
            continue;
        }
        let read = match kind {
            Kind::Hosts => hosts(line, at, &group, graph),
            Kind::Children => child(line, at).map(|(name, bytes)| {
                graph.names.push(bytes.clone());
                graph.add_child(&group, name);
                asked.entry(name.to_owned()).or_insert(bytes);
            }),
            Kind::Variables => variable(line, at).and_then(|cell| graph.set_of_group(&group, cell)),
        };
        broken.extend(read.err());
    }
    let known = |name: &String| defined.contains(name) || matches!(&**name, "all" | "ungrouped");
    let unknown = asked.into_iter().filter(|(name, _)| !known(name));
    broken
        .extend(unknown.take(ENOUGH).map(|(_, bytes)| Broken::at(bytes, "there is no group with this name")));
    if broken.is_empty() { Ok(()) } else { Err(broken) }
}

/// The name and the kind of a section, if a line begins one.
fn section(line: &str) -> Option<Result<(&str, Kind), &'static str>> {
    let rest = line.strip_prefix('[')?;
    // A host may begin with a range or with an IPv6 address.
    let (inside, behind) = rest.split_once(']')?;
    let behind = behind.trim_start();
    let (name, kind) = match inside.split_once(':') {
        Some((name, kind)) => (name, kind),
        None => (inside, "hosts"),
    };
    if !behind.is_empty() && !behind.starts_with('#') {
        return None;
    }
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Some(Err("this is not a group name"));
    }
    Some(match kind {
        "hosts" => Ok((name, Kind::Hosts)),
        "children" => Ok((name, Kind::Children)),
        "vars" => Ok((name, Kind::Variables)),
        _ => Err("a section is `[GROUP]`, `[GROUP:children]` or `[GROUP:vars]`"),
    })
}

fn hosts(line: &str, at: usize, group: &str, graph: &mut Graph<'_>) -> Result<(), Broken> {
    let words = words(line, at).map_err(|quote| Broken::at(quote, "this quote is not closed"))?;
    let Some((pattern, variables)) = words.split_first() else { return Ok(()) };
    let names = expand(&pattern.text).map_err(|why| Broken::at(pattern.bytes.clone(), why))?;
    let cells: Result<Vec<Cell>, Broken> = variables
        .iter()
        .map(|word| {
            assignment(word)
                .ok_or_else(|| Broken::at(word.bytes.clone(), "after a host, only `NAME=VALUE` may follow"))
        })
        .collect();
    let named = names.into_iter().map(|text| Piece { text, bytes: pattern.bytes.clone() });
    graph.add_hosts(group, named.collect(), cells?)
}

/// A word `NAME=VALUE`.
fn assignment(word: &Piece) -> Option<Cell> {
    let (name, value) = word.text.split_once('=')?;
    let end = word.bytes.end;
    let from = (word.bytes.start + name.len() + 1).min(end);
    let value = Piece { text: value.to_owned(), bytes: from..end };
    Some(Cell { column: name.into(), named: word.bytes.start..from - 1, value: Value::Text(value) })
}

fn child(line: &str, at: usize) -> Result<(&str, Range<usize>), Broken> {
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim_start();
    if rest.is_empty() || rest.starts_with('#') {
        Ok((name, at..at + name.len()))
    } else {
        Err(Broken::at(at..at + line.len(), "this is not a group name"))
    }
}

/// A line `NAME = VALUE`; quotes around the value are taken away, as those of Python are.
fn variable(line: &str, at: usize) -> Result<Cell, Broken> {
    let wrong = || Broken::at(at..at + line.len(), "a variable is `NAME=VALUE`");
    let (name, value) = line.split_once('=').ok_or_else(wrong)?;
    let from = at + name.len() + 1 + value.len() - value.trim_start().len();
    let (name, value) = (name.trim(), value.trim());
    let bare = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    let text = bare.unwrap_or(value).to_owned();
    let value = Value::Text(Piece { text, bytes: from..from + value.len() });
    Ok(Cell { column: name.into(), named: at..at + name.len(), value })
}
