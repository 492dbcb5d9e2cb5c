//! Embeds documents that another document names.

use super::node::{Key, Node, Value};

/// How many documents one may take in; no program reads more beside one.
const MOST: usize = 32;

impl Node {
    /// Puts into items of a list, where they lack the key `into` and have a text `from`, what `read` gives for that text and
    /// its line.
    pub fn embed(
        &mut self,
        list: &str,
        (from, into): (&str, &str),
        read: &mut dyn FnMut(&str, u32) -> Option<Node>,
    ) {
        let Value::Mapping(entries) = &mut self.value else { return };
        let Some((_, items)) = entries.iter_mut().rev().find(|(key, _)| key.text == list) else { return };
        let Value::Sequence(items) = &mut items.value else { return };
        for item in items.iter_mut().take(MOST) {
            if item.get(into).is_some() {
                continue;
            }
            let named = item.get(from).and_then(|named| Some((named.as_str()?.to_owned(), named.line)));
            let Some((named, line)) = named.filter(|(named, _)| !named.is_empty()) else { continue };
            let Some(document) = read(&named, line) else { continue };
            if let Value::Mapping(entries) = &mut item.value {
                let key = Key { line, bytes: item.bytes, text: into.to_owned() };
                entries.push((key, document));
            }
        }
    }
}
