//! Compares two texts: structured documents value by value, flags one by one, everything else line by line.

use std::collections::BTreeMap;

use similar::{ChangeTag, TextDiff};

use super::flag_words::{flag, flag_by_flag};
use super::line::Line;
use super::placeholders::Placeholders;
use super::structure;

/// How many lines that are the same stand around those that differ.
const AROUND: usize = 2;

/// What differs; one of both may be absent.
pub(super) fn differences(
    before: Option<&str>,
    after: Option<&str>,
    placeholders: &Placeholders,
) -> Vec<Line> {
    let structures = before.zip(after).and_then(|(before, after)| {
        structure::differences(before, after, placeholders).filter(|lines| !lines.is_empty())
    });
    let lines = structures
        .unwrap_or_else(|| texts(before.unwrap_or_default(), after.unwrap_or_default(), placeholders));
    lines.into_iter().map(|line| line.map(|text| placeholders.shown(text))).collect()
}

/// Line by line, with some that are the same around.
fn texts(before: &str, after: &str, placeholders: &Placeholders) -> Vec<Line> {
    let (before, after) = (flag_by_flag(before), flag_by_flag(after));
    let diff = TextDiff::from_lines(&before, &after);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        if !lines.is_empty() {
            lines.push(Line::Gap);
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let text = change.value().trim_end_matches('\n').to_owned();
            lines.push(match change.tag() {
                ChangeTag::Delete => Line::Removed { text },
                ChangeTag::Insert => Line::Added { text },
                ChangeTag::Equal => Line::Same { text },
            });
        }
    }
    flags(lines, placeholders)
}

/// Puts the old and the new value of a flag on one line, where the flag stands once on each side.
fn flags(lines: Vec<Line>, placeholders: &Placeholders) -> Vec<Line> {
    let value = |name: &str, before: Option<&str>, after: Option<&str>| {
        Line::value(name, before, after, placeholders)
    };
    let mut old: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut new: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in &lines {
        let (side, text) = match line {
            Line::Added { text } => (&mut new, text),
            Line::Removed { text } => (&mut old, text),
            _ => continue,
        };
        if let Some((name, value)) = flag(text) {
            side.entry(name.to_owned()).or_default().push(value.to_owned());
        }
    }
    let once = |side: &BTreeMap<String, Vec<String>>, name: &str| match side.get(name).map(Vec::as_slice) {
        Some([value]) => Some(value.clone()),
        _ => None,
    };
    let mut reported = Vec::new();
    for line in lines {
        let (added, text) = match &line {
            Line::Added { text } => (true, text),
            Line::Removed { text } => (false, text),
            _ => {
                reported.push(line);
                continue;
            }
        };
        let Some((name, is)) = flag(text) else {
            reported.push(line);
            continue;
        };
        let (before, after) = (once(&old, name), once(&new, name));
        match (before, after, added) {
            // Only the sign that the command goes on differs: the flag is another one's neighbour now.
            (Some(before), Some(after), _) if before == after => {}
            (Some(_), Some(_), false) => {}
            (Some(before), Some(after), true) => reported.push(value(name, Some(&*before), Some(&*after))),
            (_, _, true) => reported.push(value(name, None, Some(is))),
            (_, _, false) => reported.push(value(name, Some(is), None)),
        }
    }
    reported
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(before: &str, after: &str) -> Vec<String> {
        differences(Some(before), Some(after), &Placeholders::default())
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn flags_are_reported_one_by_one() {
        let before = "[Service]\nExecStart=/usr/bin/x \\\n  --a=1 \\\n  --b=2\n";
        let after = "[Service]\nExecStart=/usr/bin/x \\\n  --a=3 \\\n  --b=2 \\\n  --c=4\n";
        assert_eq!(
            reported(before, after),
            ["  [Service]", "  ExecStart=/usr/bin/x \\", "--a: 1 -> 3", "+ --c=4"]
        );
    }

    #[test]
    fn arguments_of_one_line_come_apart() {
        let line = |value| format!("ARGS=\"--etcd=https://a --ca=/x --last={value}\"\n");
        assert_eq!(reported(&line("1"), &line("2"))[2..], ["--last: 1 -> 2"]);
    }

    /// A value with a sign of the unit's own syntax hides no flag.
    #[test]
    fn quoted_flags_are_flags() {
        let unit = |value: &str| format!("ExecStart=/usr/bin/x \\\n  --a=1 \\\n  {value} \\\n  --z=1\n");
        let quoted = "\"--m=https://evil/#\"";
        assert_eq!(reported(&unit("--m=x"), &unit(quoted))[2..3], ["--m: x -> https://evil/#"]);
        assert_eq!(reported(&unit("--m=x"), &unit("--b=y"))[2..4], ["- --m=x", "+ --b=y"]);
        let variable = |first: &str, last: &str| format!("ARGS=\"{first} \\\n  --b=1 {last}\"\n");
        let before = variable("--a=1", "--z=1");
        assert_eq!(reported(&before, &variable("--a=2", "--z=1"))[1..2], ["--a: 1 -> 2"]);
        let after = variable("--a=1", "\\\"--z=k --y\\\"");
        assert!(
            reported(&before, &after).contains(&"--z: 1 -> k --y".to_owned()),
            "{:?}",
            reported(&before, &after)
        );
    }

    #[test]
    fn lists_are_reported_by_their_items() {
        assert_eq!(reported("--a=x,y,z\n", "--a=x,z,w\n"), ["--a: -y +w"]);
        assert_eq!(reported("--a=x,y\n", "--a=y,x\n"), ["--a: x,y -> y,x"]);
        assert_eq!(reported("--a=x\n", "--a=x,y\n"), ["--a: +y"]);
        assert_eq!(reported("--a=x,y\n", "--a=v,w\n"), ["--a: x,y -> v,w"]);
    }

    #[test]
    fn a_repeated_flag_comes_and_goes() {
        assert_eq!(
            reported("--m=a\n--m=b\n", "--m=c\n--m=d\n"),
            ["- --m=a", "- --m=b", "+ --m=c", "+ --m=d"]
        );
        assert_eq!(reported("--m=a\n--m=b\n", "--m=b\n"), ["- --m=a", "  --m=b"]);
    }

    #[test]
    fn other_texts_are_reported_line_by_line() {
        let text = |name: &str| format!("a\nb\nc\n{name}\nd\ne\nf\n");
        assert_eq!(reported(&text("x"), &text("y")), ["  b", "  c", "- x", "+ y", "  d", "  e"]);
    }
}
