//! The YAML format: `all: { hosts: ..., children: ..., vars: ... }`.

use super::graph::Graph;
use super::ranges::expand;
use crate::inventory::json::{line, range, value};
use crate::inventory::row::{Broken, Cell, ENOUGH, Piece};
use crate::yaml::{self, Key, Node, Value as Tree};

/// Fills `graph` from a text.
pub(in crate::inventory) fn read(text: &str, graph: &mut Graph<'_>) -> Result<(), Vec<Broken>> {
    let broken = |broken: yaml::Broken| vec![Broken::at(line(text, broken.line), broken.why)];
    let documents = yaml::documents(text).map_err(broken)?;
    let [document] = &documents[..] else { return Err(vec![Broken::at(0..0, "it contains no inventory")]) };
    if let Some(plugin) = document.root.entries().iter().find(|(key, _)| key.text == "plugin") {
        let why =
            "this configures an Ansible inventory plugin; write the hosts that it finds into another file";
        return Err(vec![Broken::at(range(plugin.0.bytes), why)]);
    }
    let twice =
        document.duplicates.iter().map(|key| Broken::at(range(key.bytes), "this key is written twice"));
    let mut reader = Reader { graph, broken: twice.take(ENOUGH).collect() };
    match &document.root.value {
        Tree::Mapping(groups) => groups.iter().for_each(|(name, node)| reader.group(name, node)),
        _ => reader
            .broken
            .push(Broken::at(range(document.root.bytes), "each group must be a key with a mapping")),
    }
    if reader.broken.is_empty() { Ok(()) } else { Err(reader.broken) }
}

struct Reader<'g, 'w> {
    graph: &'g mut Graph<'w>,
    broken: Vec<Broken>,
}

impl Reader<'_, '_> {
    fn group(&mut self, name: &Key, node: &Node) {
        self.graph.names.push(range(name.bytes));
        self.graph.add_group(&name.text);
        for (key, inner) in self.mapping(node) {
            if self.broken.len() >= ENOUGH {
                return;
            }
            match &*key.text {
                "hosts" => self.hosts(&name.text, inner),
                "children" => {
                    for (child, inner) in self.mapping(inner) {
                        self.graph.add_child(&name.text, &child.text);
                        self.group(child, inner);
                    }
                }
                "vars" => {
                    for (variable, node) in self.mapping(inner) {
                        let set = self.graph.set_of_group(&name.text, cell(variable, node));
                        self.add(set.err());
                    }
                }
                // Ansible warns and goes on.
                _ => {}
            }
        }
    }

    fn hosts(&mut self, group: &str, node: &Node) {
        for (pattern, variables) in self.mapping(node) {
            let bytes = range(pattern.bytes);
            let cells: Vec<Cell> =
                self.mapping(variables).iter().map(|(variable, node)| cell(variable, node)).collect();
            let added =
                expand(&pattern.text).map_err(|why| Broken::at(bytes.clone(), why)).and_then(|names| {
                    let named = names.into_iter().map(|text| Piece { text, bytes: bytes.clone() });
                    self.graph.add_hosts(group, named.collect(), cells)
                });
            self.add(added.err());
        }
    }

    fn add(&mut self, broken: Option<Broken>) {
        self.broken.extend(broken.filter(|_| self.broken.len() < ENOUGH));
    }

    /// The keys and values of what is a mapping or nothing.
    fn mapping<'n>(&mut self, node: &'n Node) -> &'n [(Key, Node)] {
        if !node.is_null() && !matches!(node.value, Tree::Mapping(_)) {
            self.add(Some(Broken::at(range(node.bytes), "this must be a mapping, or empty")));
        }
        node.entries()
    }
}

fn cell(name: &Key, node: &Node) -> Cell {
    Cell { column: name.text.as_str().into(), named: range(name.bytes), value: value(node) }
}
