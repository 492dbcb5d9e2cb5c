//! Escapes untrusted text for GitHub's Markdown, so that it has no effect.
//!
//! Backslashes do not help: GitHub looks for mentions, references and addresses in the rendered Markdown
//! (github.github.com/gfm, 6.9). It does not look for them in code, so words with a special meaning become code.

use crate::printable;

/// Words that are no words, and mean nothing.
const SIGNS: [&str; 3] = ["->", "→", "…"];
/// Hexadecimal digits that are taken for a commit.
const COMMIT: usize = 7;

/// A text as code, whatever it holds (CommonMark, 6.1).
pub(super) fn code(text: &str) -> String {
    let text = printable::line(text);
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // A backtick would belong to the fence, and a space at both ends would be taken off.
    let ends = |c| text.starts_with(c) || text.ends_with(c);
    let gap = if ends('`') || ends(' ') { " " } else { "" };
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// A sentence; what stands between backticks is code, and so is every word that would mean something.
pub(super) fn prose(text: &str) -> String {
    let text = printable::line(text);
    let pieces: Vec<&str> = text.split('`').collect();
    let mut out = String::new();
    if pieces.len().is_multiple_of(2) {
        words(&text, &mut out);
        return out;
    }
    for (at, piece) in pieces.into_iter().enumerate() {
        if at.is_multiple_of(2) { words(piece, &mut out) } else { push_code(piece, &mut out) }
    }
    out
}

/// What stands in a cell of a table, where a bar would begin another one, in code, too (gfm, 4.10).
pub(super) fn cell(markdown: &str) -> String {
    markdown.replace('|', "\\|")
}

/// A sentence within tags, where Markdown does not reach.
pub(super) fn tagged(text: &str) -> String {
    let word = |word: &str| {
        let escaped = word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        if is_plain(word) { escaped } else { format!("<code>{escaped}</code>") }
    };
    printable::line(text).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A block of lines with their colours, which nothing in them ends (CommonMark, 4.5).
pub(super) fn fenced(lines: &[String], out: &mut String) {
    let lines: Vec<_> = lines.iter().map(|line| printable::line(line)).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    out.push_str(&format!("{fence}diff\n"));
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str(&fence);
    out.push('\n');
}

fn words(text: &str, out: &mut String) {
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        let begins = out.trim().is_empty();
        if is_plain(word) && !(begins && begins_a_block(word)) {
            out.push_str(word)
        } else {
            push_code(word, out)
        }
    }
}

/// Two spans without a gap would be one.
fn push_code(text: &str, out: &mut String) {
    if out.ends_with('`') && !text.is_empty() {
        out.push(' ');
    }
    out.push_str(&code(text));
}

/// Whether a word at the beginning of a line makes a list, a heading or a rule of it (CommonMark, 4.1, 4.3 and 5.2).
fn begins_a_block(word: &str) -> bool {
    let digits = word.trim_end_matches(['.', ')']);
    let counts =
        digits.len() < word.len() && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.is_empty();
    (counts || word.starts_with(['-', '+', '='])) && !SIGNS.contains(&word)
}

/// Whether a word is nothing but a word.
fn is_plain(word: &str) -> bool {
    let allowed = |c: char| {
        c.is_ascii_alphanumeric() || ".,;:()/'\"?%+=-".contains(c) || !(c.is_ascii() || c.is_control())
    };
    let says = |c: char| c.is_alphanumeric();
    let closes = |c: char| ".,;:()'\"?".contains(c);
    let link = word.contains("://") || word.to_ascii_lowercase().contains("www.");
    let picture = word.matches(':').count() > 1;
    let issue = word.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case("gh-"));
    let commit = word.len() >= COMMIT
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit());
    SIGNS.contains(&word)
        || (word.chars().all(allowed)
            && (word.chars().all(closes) || word.chars().any(says))
            && !(link || picture || issue || commit))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_has_enough_backticks() {
        for (text, wanted) in [
            ("plain", "`plain`"),
            ("a`b", "``a`b``"),
            ("`a", "`` `a ``"),
            ("``", "``` `` ```"),
            (" a ", "`  a  `"),
            ("a\n# b", r"`a\u{a}# b`"),
            ("", ""),
        ] {
            assert_eq!(code(text), wanted);
        }
    }

    #[test]
    fn words_with_a_meaning_are_code() {
        for plain in
            ["3 issued, 4 reissued", "node.master01/kubelet-client and 2 more", "Zürich, 漢字", "a -> b"]
        {
            assert_eq!(prose(plain), plain);
        }
        for word in [
            "@everyone",
            "a@b.c",
            "#1",
            "x#1",
            "GH-12",
            "https://evil",
            "www.evil",
            "[a](b)",
            "![a](b)",
            "a!b",
            "<b>",
            "&lt;",
            "*a*",
            "_a_",
            "~a~",
            "\\a",
            "|",
            "$a$",
            ":tada:",
            "1.",
            "12)",
            "-",
            "---",
            "===",
            "+",
            ">",
            "0c4f58c1",
        ] {
            assert_eq!(prose(word), code(word));
            assert!(prose(word).starts_with('`'), "{word}");
        }
    }

    #[test]
    fn sentences_keep_their_code() {
        assert_eq!(prose("`a*`, and `b`."), "`a*`, and `b`.");
        assert_eq!(prose("in `a` b`"), "in `` `a` `` `` b` ``");
        assert_eq!(prose("`a``b`"), "`a` `b`");
        assert_eq!(prose("`a`*`b`"), "`a` `*` `b`");
        assert_eq!(cell(&code("a|b")), r"`a\|b`");
        assert_eq!(prose("(a 2) +b -c"), "(a 2) +b -c");
        assert_eq!(tagged("a <b> @c"), "a <code>&lt;b&gt;</code> <code>@c</code>");
    }

    #[test]
    fn nothing_ends_a_block() {
        let mut out = String::new();
        fenced(&["a ```".to_owned(), "````x\n".to_owned()], &mut out);
        assert_eq!(out, "`````diff\na ```\n````x\\u{a}\n`````\n");
    }
}
