//! Edits the text of a plan, and leaves every other byte unchanged.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

/// The keys that lead to a value.
pub(super) type Path = Vec<String>;

/// A plan that may be edited.
#[derive(Clone)]
pub(super) struct Plan(DocumentMut);

impl Plan {
    /// Reads a text; none where it is no TOML.
    pub(super) fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    pub(super) fn text(&self) -> String {
        self.0.to_string()
    }

    /// All that is no table, in the order of the text.
    pub(super) fn leaves(&self) -> Vec<(Path, &Value)> {
        let mut found = Vec::new();
        leaves(self.0.as_table(), &Vec::new(), &mut found);
        found
    }

    /// Whether there is such a table.
    pub(super) fn has_table(&self, path: &[&str]) -> bool {
        let mut table: &dyn TableLike = self.0.as_table();
        for key in path {
            match table.get(key).and_then(Item::as_table_like) {
                Some(inner) => table = inner,
                None => return false,
            }
        }
        true
    }

    /// Without a value, and without inline tables and dotted keys that are empty then.
    pub(super) fn without(&self, path: &[String]) -> Option<Self> {
        let mut plan = self.clone();
        remove(plan.0.as_table_mut(), path).then_some(plan)
    }

    /// With another value in the place of one.
    pub(super) fn with(&self, path: &[String], value: impl Into<Value>) -> Option<Self> {
        let mut plan = self.clone();
        let (last, tables) = path.split_last()?;
        let old = enter(plan.0.as_table_mut(), tables)?.get_mut(last)?.as_value_mut()?;
        let mut value = value.into();
        *value.decor_mut() = old.decor().clone();
        *old = value;
        Some(plan)
    }

    /// With a value that may be new.
    pub(super) fn set(&self, path: &[&str], value: &str) -> Option<Self> {
        let path: Path = path.iter().map(ToString::to_string).collect();
        self.with(&path, value).or_else(|| {
            let mut plan = self.clone();
            let (last, tables) = path.split_last()?;
            enter(plan.0.as_table_mut(), tables)?.insert(last, toml_edit::value(value));
            Some(plan)
        })
    }

    /// With one more item in a list, which may be new, or a text so far.
    pub(super) fn with_item(&self, path: &[&str], item: &str) -> Option<Self> {
        let mut plan = self.clone();
        let (last, tables) = path.split_last()?;
        let tables: Vec<String> = tables.iter().map(ToString::to_string).collect();
        let table = enter(plan.0.as_table_mut(), &tables)?;
        match table.get_mut(last).map(Item::as_value_mut) {
            None => _ = table.insert(last, Item::Value(Array::from_iter([item]).into())),
            Some(Some(Value::Array(array))) => {
                if array.iter().any(|known| known.as_str() == Some(item)) {
                    return None;
                }
                array.push(item);
            }
            Some(Some(value)) => {
                let known = value.as_str().filter(|known| *known != item)?.to_owned();
                let decor = value.decor().clone();
                *value = Array::from_iter([known.as_str(), item]).into();
                *value.decor_mut() = decor;
            }
            Some(None) => return None,
        }
        Some(plan)
    }
}

fn leaves<'p>(table: &'p dyn TableLike, above: &Path, found: &mut Vec<(Path, &'p Value)>) {
    for (key, item) in table.iter() {
        let mut path = above.clone();
        path.push(key.to_owned());
        match (item.as_table_like(), item.as_value()) {
            (Some(inner), _) if !inner.is_empty() => leaves(inner, &path, found),
            (_, Some(value)) => found.push((path, value)),
            _ => {}
        }
    }
}

/// Goes into a table, and makes what is missing on the way: `[component.NAME]` with a header, what is deeper with dots.
fn enter<'p>(root: &'p mut Table, path: &[String]) -> Option<&'p mut dyn TableLike> {
    let mut table: &mut dyn TableLike = root;
    for (depth, key) in path.iter().enumerate() {
        if !table.contains_key(key) {
            let mut new = Table::new();
            new.set_implicit(depth == 0);
            new.set_dotted(depth > 1);
            table.insert(key, Item::Table(new));
        }
        table = table.get_mut(key)?.as_table_like_mut()?;
    }
    Some(table)
}

fn remove(table: &mut dyn TableLike, path: &[String]) -> bool {
    match path {
        [] => false,
        [last] => table.remove(last).is_some(),
        [first, rest @ ..] => {
            let Some(inner) = table.get_mut(first).and_then(Item::as_table_like_mut) else { return false };
            if !remove(inner, rest) {
                return false;
            }
            // A header that stands there stays; it says nothing.
            let has_header =
                table.get(first).and_then(Item::as_table).is_some_and(|table| !table.is_dotted());
            let is_empty = table.get(first).and_then(Item::as_table_like).is_some_and(TableLike::is_empty);
            if is_empty && !has_header {
                table.remove(first);
            }
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "format = 1 # one\n\n[node.a]\naddresses = [\"10.0.0.1\"] # first\n\n\
                        [component.x]\nflags.set = { v = 2, w = \"3\" }\nnames.add = \"b\"\n";

    fn path(text: &str) -> Path {
        text.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn what_is_not_edited_stays() {
        let plan = Plan::read(TEXT).unwrap();
        assert_eq!(plan.text(), TEXT);
        let paths: Vec<String> = plan.leaves().into_iter().map(|(path, _)| path.join(".")).collect();
        let all = [
            "format",
            "node.a.addresses",
            "component.x.flags.set.v",
            "component.x.flags.set.w",
            "component.x.names.add",
        ];
        assert_eq!(paths, all);
        let without = |at: &str| plan.without(&path(at)).unwrap().text();
        assert_eq!(without("component.x.flags.set.v"), TEXT.replace("v = 2, ", ""));
        assert_eq!(without("component.x.names.add"), TEXT.replace("names.add = \"b\"\n", ""));
        let with = plan.with(&path("component.x.flags.set.v"), 7).unwrap();
        assert_eq!(with.text(), TEXT.replace("v = 2", "v = 7"));
    }

    #[test]
    fn keys_are_set() {
        let plan = Plan::read(TEXT).unwrap();
        assert_eq!(
            plan.set(&["component", "x", "names", "add"], "c").unwrap().text(),
            TEXT.replace("\"b\"", "\"c\"")
        );
        assert_eq!(
            plan.set(&["node", "a", "interface"], "eth0").unwrap().text(),
            TEXT.replace("# first\n", "# first\ninterface = \"eth0\"\n")
        );
    }

    #[test]
    fn lists_grow() {
        let plan = Plan::read(TEXT).unwrap();
        let with = |at: &[&str], item: &str| plan.with_item(at, item).map(|plan| plan.text());
        assert_eq!(
            with(&["component", "x", "names", "add"], "c").unwrap(),
            TEXT.replace("= \"b\"", "= [\"b\", \"c\"]")
        );
        assert_eq!(with(&["component", "x", "names", "add"], "b"), None);
        assert_eq!(
            with(&["node", "a", "addresses"], "10.0.0.2").unwrap(),
            TEXT.replace("\"] #", "\", \"10.0.0.2\"] #")
        );
        assert_eq!(
            with(&["component", "y", "names", "add"], "c").unwrap(),
            format!("{TEXT}\n[component.y]\nnames.add = [\"c\"]\n")
        );
        assert_eq!(
            with(&["node", "a", "component", "x", "names", "add"], "c").unwrap(),
            TEXT.replace("# first\n", "# first\ncomponent.x.names.add = [\"c\"]\n")
        );
    }
}
