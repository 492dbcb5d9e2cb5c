//! What of a comment is Markdown and no code, with which a mention, a link, a heading or a tag would be made.

/// Of each line outside of blocks, the characters beyond code that mean something to GitHub; of a line of a block
/// none. Whoever adds a text can add none of them.
pub(super) fn meaning(comment: &str) -> Vec<String> {
    let mut fence: Option<usize> = None;
    let mut lines = Vec::new();
    for line in comment.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(open) if ticks >= open && line[ticks..].trim().is_empty() => fence = None,
            Some(_) => {
                lines.push(String::new());
                continue;
            }
            None if ticks >= 3 && !line[ticks..].contains('`') => fence = Some(ticks),
            None => {}
        }
        lines.push(if fence.is_some() || ticks >= 3 { "block".to_owned() } else { of_line(line) });
    }
    assert_eq!(fence, None, "a block does not end: {comment}");
    lines
}

fn of_line(line: &str) -> String {
    let text = without_code(line);
    let begins = text.trim_start_matches([' ', '>', '-']).split(' ').next().unwrap_or_default().to_owned();
    let mut found: String = text.chars().filter(|c| "@#[]<>&*_~\\|$`!{}".contains(*c)).collect();
    for word in ["://", "www."] {
        found.push_str(&word.repeat(text.matches(word).count()));
    }
    if begins.ends_with(['.', ')']) && begins[..begins.len() - 1].bytes().all(|b| b.is_ascii_digit()) {
        found.push_str("1.");
    }
    found
}

/// CommonMark, 6.1: as many backticks end a span as begin it; those that nothing ends are text.
fn without_code(line: &str) -> String {
    let run = |text: &str| text.len() - text.trim_start_matches('`').len();
    let (mut text, mut rest) = (String::new(), line);
    while let Some(at) = rest.find('`') {
        text.push_str(&rest[..at]);
        let ticks = run(&rest[at..]);
        let inside = &rest[at + ticks..];
        let mut end = 0;
        let close = loop {
            let Some(next) = inside[end..].find('`') else { break None };
            let length = run(&inside[end + next..]);
            if length == ticks {
                break Some(end + next + length);
            }
            end += next + length;
        };
        match close {
            Some(close) => {
                // In a table a bar begins a cell in code, too, unless a backslash stands before it.
                let code = if line.starts_with('|') { &inside[..close] } else { "" };
                text.extend(code.replace("\\|", "").chars().filter(|c| *c == '|'));
                rest = &inside[close..];
            }
            None => {
                text.push_str(&rest[at..at + ticks]);
                rest = inside;
            }
        }
    }
    text.push_str(rest);
    text
}

#[test]
fn code_ends_where_it_ends() {
    assert_eq!(without_code("a `b` ``c`d`` e"), "a   e");
    assert_eq!(without_code("a `b ``c`` @d"), "a `b  @d");
    assert_eq!(without_code(r"|`a|b\|c`"), "||");
    assert_eq!(without_code("- `a|b`"), "- ");
    assert_eq!(meaning("### `x` @y\n````diff\n@\n```\n````\n"), ["###@", "block", "", "", "block"]);
}
