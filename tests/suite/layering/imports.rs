//! What some code imports, names and defines, as far as its text shows.

use super::sources::is_word;

/// One name that a `use` brings.
pub(super) struct Import {
    pub(super) path: Vec<String>,
    pub(super) name: String,
    pub(super) exported: bool,
}

/// The imports of some code, and what is left of it.
pub(super) fn imports(code: &str) -> (Vec<Import>, String) {
    let (mut imports, mut body, mut statement) = (Vec::new(), "\n".to_owned(), None::<String>);
    for line in code.lines() {
        let trimmed = line.trim_start();
        let begins = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "]
            .iter()
            .any(|word| trimmed.starts_with(word));
        if statement.is_none() && !begins {
            body.push_str(line);
            body.push('\n');
            continue;
        }
        let text = statement.get_or_insert_default();
        text.push_str(trimmed);
        if text.ends_with(';') {
            let (visible, tree) = text.trim_end_matches(';').split_once("use ").unwrap();
            expand(&[], tree, !visible.is_empty(), &mut imports);
            statement = None;
        }
    }
    (imports, body)
}

/// Every name of `a::{b, c::{self, d as e}}`.
fn expand(before: &[String], tree: &str, exported: bool, imports: &mut Vec<Import>) {
    let tree = tree.trim();
    let (prefix, list) = match tree.find('{') {
        Some(at) => (&tree[..at], Some(tree[at + 1..].strip_suffix('}').unwrap())),
        None => (tree, None),
    };
    let (prefix, name) = prefix.split_once(" as ").unwrap_or((prefix, ""));
    let steps = prefix.split("::").map(str::trim).filter(|step| !step.is_empty()).map(str::to_owned);
    let mut path: Vec<String> = before.iter().cloned().chain(steps).collect();
    if let Some(list) = list {
        branches(list).iter().for_each(|branch| expand(&path, branch, exported, imports));
        return;
    }
    if path.len() > 1 && path.last().is_some_and(|step| step == "self") {
        path.pop();
    }
    let name = if name.is_empty() { path.last().cloned().unwrap() } else { name.trim().to_owned() };
    imports.push(Import { path, name, exported });
}

/// The parts between commas that stand in no braces.
fn branches(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut begin) = (Vec::new(), 0, 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[begin..]);
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect()
}

/// Every `a::b` of some code.
pub(super) fn paths(body: &str) -> Vec<Vec<String>> {
    let words = body.split(|c| !is_word(c) && c != ':').filter(|word| word.contains("::"));
    let steps =
        |word: &str| word.split("::").map(str::to_owned).take_while(|step| !step.is_empty()).collect();
    words.map(steps).filter(|path: &Vec<String>| path.len() > 1).collect()
}

/// The names of the functions of some code.
pub(super) fn functions(code: &str) -> impl Iterator<Item = &str> {
    code.split("fn ").skip(1).map(|text| text.split(|c| !is_word(c)).next().unwrap())
}

/// The names of the functions of some code that are called on a value.
pub(super) fn methods(code: &str) -> impl Iterator<Item = &str> {
    let parameters = |text: &str| text.split(')').next().unwrap().to_owned();
    let called_on_a_value = move |text: &&str| has(&parameters(text), "self");
    code.split("fn ")
        .skip(1)
        .filter(called_on_a_value)
        .map(|text| text.split(|c| !is_word(c)).next().unwrap())
}

/// The type of `impl<'a> Type<'a>`, without `impl`.
pub(super) fn implemented(head: &str) -> &str {
    let name =
        if head.starts_with('<') { head.split_once("> ").map_or(head, |(_, name)| name) } else { head };
    name.trim().split(|c| !is_word(c)).next().unwrap()
}

/// Whether a name stands in some code.
pub(super) fn has(body: &str, name: &str) -> bool {
    body.split(|c| !is_word(c)).any(|word| word == name)
}
