//! The keys of a plan with their values as text, to compare two plans.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::plan::{NodeTable, Text};
use super::{TableKind, TableName};
use crate::source::{SourceId, Span};

/// One key of a plan with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenKey {
    /// The table that people think of.
    pub table: TableName,
    /// What follows, dotted: `addresses`, `component.kubelet.version`.
    pub key: String,
    /// The value in one spelling: two that mean the same are written alike.
    pub value: String,
    /// Where the value stands.
    pub span: Span,
}

/// Every key of a plan that can be read, in the order of the text. Of `[node.NAME]`, and of whatever else has
/// names, each named one is a table; what stands deeper is named by dotted keys.
#[must_use]
pub fn written(text: &str, source: SourceId) -> Vec<WrittenKey> {
    let (root, _) = DeTable::parse_recoverable(text);
    let mut found = Found { source, keys: Vec::new() };
    for (name, value) in root.get_ref() {
        let name = name.get_ref().to_string();
        match value.get_ref() {
            DeValue::Table(table) => {
                if let Some(kind) = TableKind::of(&name) {
                    found.top(kind, table);
                }
            }
            _ => found.leaf(TableKind::Top.whole(), name, value),
        }
    }
    found.keys.sort_by_key(|key| key.span);
    found.keys
}

/// The same of a node that another file lists, as if it had a table.
pub fn written_node<'n>(name: &'n Text, node: &'n NodeTable) -> impl Iterator<Item = WrittenKey> + 'n {
    let table = TableKind::Node.named(name.value.as_str());
    let of = move |key: &str, value: String, span| WrittenKey {
        table: table.clone(),
        key: key.to_owned(),
        value,
        span,
    };
    let lists = [("addresses", &node.addresses), ("names", &node.names), ("roles", &node.roles)];
    let texts =
        [("interface", &node.interface), ("secret", &node.secret), ("was", &node.was), ("away", &node.away)];
    let several = lists.into_iter().filter_map(|(key, texts)| {
        let texts = texts.as_ref().filter(|texts| !texts.is_empty())?;
        let list: Vec<String> = texts.iter().map(|text| format!("{:?}", text.value)).collect();
        Some((key, format!("[{}]", list.join(", ")), name.span))
    });
    let one = texts
        .into_iter()
        .filter_map(|(key, text)| text.as_ref().map(|text| (key, format!("{:?}", text.value), text.span)));
    let priority =
        node.priority.iter().map(|priority| ("priority", priority.value.to_string(), priority.span));
    let all: Vec<(&str, String, Span)> = several.chain(one).chain(priority).collect();
    all.into_iter().map(move |(key, value, span)| of(key, value, span))
}

struct Found {
    source: SourceId,
    keys: Vec<WrittenKey>,
}

impl Found {
    fn top(&mut self, kind: TableKind, table: &DeTable<'_>) {
        for (name, value) in table {
            let name = name.get_ref().to_string();
            match value.get_ref() {
                DeValue::Table(_) => self.below(&kind.named(name), "", value),
                _ => self.leaf(kind.whole(), name, value),
            }
        }
    }

    fn below(&mut self, table: &TableName, above: &str, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(inner) if !inner.is_empty() => {
                for (name, value) in inner {
                    let name = name.get_ref();
                    let key = if above.is_empty() { name.to_string() } else { format!("{above}.{name}") };
                    self.below(table, &key, value);
                }
            }
            _ => self.leaf(table.clone(), above.to_owned(), value),
        }
    }

    fn leaf(&mut self, table: TableName, key: String, value: &Spanned<DeValue<'_>>) {
        let span = self.source.span(value.span());
        self.keys.push(WrittenKey { table, key, value: spelt(value.get_ref()), span });
    }
}

/// A value in one spelling.
fn spelt(value: &DeValue<'_>) -> String {
    match value {
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| spelt(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::Boolean(boolean) => boolean.to_string(),
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::Float(float) => float.as_str().to_owned(),
        DeValue::Integer(integer) => integer.as_str().to_owned(),
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Table(entries) if entries.is_empty() => "{}".to_owned(),
        DeValue::Table(entries) => {
            let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| -> String {
                let key: &toml::de::DeString<'_> = key.get_ref();
                format!("{key} = {}", spelt(value.get_ref()))
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::written;
    use crate::source::Sources;

    #[test]
    fn keys_stand_below_the_tables_that_people_name() {
        let text = "format = 1\n[cluster]\nname = 'a'\n[node.a]\naddresses = [ '10.0.0.1' ]\n\
                    component.x.flags.set = { v = 2 }\n[node.b]\n";
        let mut sources = Sources::default();
        let source = sources.add("plan", text);
        let keys = written(text, source);
        let reported: Vec<String> =
            keys.iter().map(|key| format!("{} | {} | {}", key.table, key.key, key.value)).collect();
        assert_eq!(
            reported,
            [
                " | format | 1",
                "cluster | name | \"a\"",
                "node.a | addresses | [\"10.0.0.1\"]",
                "node.a | component.x.flags.set.v | 2",
                "node.b |  | {}",
            ]
        );
        assert_eq!(sources.place(keys[2].span), "plan:5");
    }
}
