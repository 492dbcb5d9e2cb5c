//! The tables of keys in the reference page, as data.

use std::sync::OnceLock;

/// The page itself.
const PAGE: &str = include_str!("../reference.md");

/// What the page has to say of one key, or of several that are alike.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The heading above it, with its `#`.
    pub heading: &'static str,
    /// The keys, by their ways from the heading's table; what the user chooses is `*`.
    pub keys: Vec<Vec<String>>,
    /// What it takes, in the page's words.
    pub kind: Option<&'static str>,
    /// What counts where it is absent.
    pub default: Option<&'static str>,
    /// What it means.
    pub meaning: &'static str,
}

/// All rows, in the order of the page.
pub(super) fn all() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| parse(PAGE))
}

/// The first paragraph under a heading.
pub(super) fn first_paragraph(heading: &str) -> Option<&'static str> {
    let mut lines = PAGE.split_inclusive('\n').skip_while(|line| line.trim_end() != heading).skip(1);
    let first = lines.by_ref().find(|line| !line.trim().is_empty())?;
    if ["|", "#", "```"].iter().any(|other| first.starts_with(other)) {
        return None;
    }
    let length: usize = lines.take_while(|line| !line.trim().is_empty()).map(str::len).sum();
    let start = first.as_ptr() as usize - PAGE.as_ptr() as usize;
    PAGE.get(start..start + first.len() + length).map(str::trim_end)
}

fn parse(page: &'static str) -> Vec<Row> {
    let mut rows = Vec::new();
    let (mut heading, mut columns): (_, Option<Columns>) = ("", None);
    let mut fenced = false;
    for line in page.lines() {
        fenced ^= line.starts_with("```");
        if fenced {
            continue;
        }
        if line.starts_with('#') {
            (heading, columns) = (line, None);
        } else if !line.starts_with('|') {
            columns = None;
        } else if let Some(columns) = &columns {
            rows.extend(columns.row(heading, &cells(line)));
        } else {
            columns = Some(Columns::of(&cells(line)));
        }
    }
    rows
}

/// Where a table has what.
struct Columns {
    /// Whether it is a table of keys.
    keys: bool,
    kind: Option<usize>,
    default: Option<usize>,
    meaning: Option<usize>,
}

impl Columns {
    fn of(header: &[&str]) -> Self {
        let at = |wanted: &str| header.iter().position(|cell| cell.split(' ').next() == Some(wanted));
        let first = header.first().copied().unwrap_or_default();
        Self {
            keys: ["key", "table or key"].contains(&first),
            kind: at("type"),
            default: at("default"),
            meaning: at("meaning").or(at("keys")),
        }
    }

    fn row(&self, heading: &'static str, cells: &[&'static str]) -> Option<Row> {
        let first = cells.first().filter(|_| self.keys)?;
        let keys: Vec<Vec<String>> = first.split('`').skip(1).step_by(2).map(path).collect();
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).copied();
        let meaning = cell(self.meaning).unwrap_or_default();
        (!keys.is_empty()).then(|| Row {
            heading,
            keys,
            kind: cell(self.kind),
            default: cell(self.default),
            meaning,
        })
    }
}

/// A bar behind a backslash is text.
fn cells(line: &'static str) -> Vec<&'static str> {
    let line = line.trim().trim_start_matches('|').trim_end_matches('|');
    let (mut all, mut from) = (Vec::new(), 0);
    for (at, _) in line.match_indices('|').filter(|(at, _)| !line[..*at].ends_with('\\')) {
        all.push(line[from..at].trim());
        from = at + 1;
    }
    all.push(line[from..].trim());
    all
}

/// `[role.NAME]` and `role.NAME` are one way: `role`, and what the user chooses.
fn path(written: &str) -> Vec<String> {
    let written = written.trim_matches(['[', ']']);
    if written.starts_with('"') {
        return vec!["*".to_owned()];
    }
    written.split('.').map(|part| if is_chosen(part) { "*".to_owned() } else { part.to_owned() }).collect()
}

/// Whether a part of a way stands for what the user chooses, as `NAME` and `PURPOSE` do.
pub(super) fn is_chosen(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
}

/// A text of the page without its marks: `[text](#place)` is `text`.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        let (before, after) = rest.split_at(at);
        let (target, behind) = after[2..].split_once(')').unwrap_or((&after[2..], ""));
        match before.rfind('[') {
            Some(open) => {
                shown.push_str(&before[..open]);
                shown.push_str(&before[open + 1..]);
            }
            None => {
                shown.push_str(before);
                shown.push_str(target);
            }
        }
        rest = behind;
    }
    shown.push_str(rest);
    shown.replace("\\|", "|").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_columns_of_their_table() {
        let rows = parse(
            "# a\n\n| key | type | default | meaning and rule |\n|---|---|---|---|\n\
             | `a.NAME`, `b` | string | `x` | one \\| other |\n\n| word | meaning |\n|---|---|\n| `c` | no key |\n",
        );
        let [row] = &rows[..] else { panic!("{rows:?}") };
        assert_eq!(row.keys, [vec!["a", "*"], vec!["b"]]);
        assert_eq!(
            (row.kind, row.default, plain(row.meaning).as_str()),
            (Some("string"), Some("`x`"), "one | other")
        );
    }

    #[test]
    fn links_are_their_texts() {
        assert_eq!(plain("see [the `b` one](#b-c), and\n[c](d)"), "see the `b` one, and c");
        assert_eq!(plain("an array] (of) [1]"), "an array] (of) [1]");
    }
}
