use super::*;

#[test]
fn what_commands_turns_or_is_not_seen_is_escaped() {
    for c in [
        '\0',
        '\u{7}',
        '\u{8}',
        '\t',
        '\r',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{9b}',
        '\u{a0}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{180e}',
        '\u{2003}',
        '\u{200b}',
        '\u{200d}',
        '\u{200f}',
        '\u{2028}',
        '\u{2029}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{2069}',
        '\u{206f}',
        '\u{2800}',
        '\u{3000}',
        '\u{3164}',
        '\u{e000}',
        '\u{fdd0}',
        '\u{fe00}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fff9}',
        '\u{fffc}',
        '\u{ffff}',
        '\u{1d173}',
        '\u{e0001}',
        '\u{e0041}',
        '\u{e007f}',
        '\u{e0100}',
        '\u{f0000}',
        '\u{10ffff}',
    ] {
        let text = format!("a{c}b");
        let wanted = format!("a\\u{{{:x}}}b", u32::from(c));
        for shown in [line(&text), lines(&text), painted(&text)] {
            assert_eq!(shown, wanted);
            assert_eq!(line(&shown), wanted, "escaped twice");
        }
    }
    assert_eq!(
        (line("a\nb"), lines("a\nb"), file("a\n\tb")),
        (r"a\u{a}b".into(), "a\nb".into(), "a\n\tb".into())
    );
}

#[test]
fn what_is_seen_stays() {
    for text in [
        "",
        "plain 'quoted' \"twice\" \\ {}",
        "Zürich, 漢字, עברית, ไทย, हिन्दी",
        "🦀 ⚠\u{fe0f} → ✓",
        "e\u{301}",
    ] {
        assert_eq!(line(text), text);
        assert_eq!(escaped(text).next(), None, "{text}");
    }
}

#[test]
fn selectors_and_marks_hide_nothing() {
    assert_eq!(line("a\u{fe0f}"), r"a\u{fe0f}");
    assert_eq!(line("⚠\u{fe0f}\u{fe0f}"), "⚠\u{fe0f}\\u{fe0f}");
    let many = format!("a{}", "\u{301}".repeat(9));
    assert_eq!(line(&many).matches(r"\u{301}").count(), 5);
}

#[test]
fn only_colours_command_a_terminal() {
    let colours = "\u{1b}[31mred\u{1b}[0m \u{1b}[1;36mcyan\u{1b}[39m\n";
    assert_eq!(painted(colours), colours);
    for command in
        ["[8m", "[2J", "[H", "[30m", "[0;8m", "[41m", "[38;5;0;8m", "]0;title\u{7}", "c", "[31", ""]
    {
        let text = format!("\u{1b}{command}");
        assert!(!painted(&text).contains('\u{1b}'), "{command}");
    }
}

#[test]
fn files_are_made_of_lines_and_tabs() {
    let found: Vec<(usize, char)> = escaped("a\tb\r\nc\rd\u{202e}\n").collect();
    assert_eq!(found, [(6, '\r'), (8, '\u{202e}')]);
}

#[test]
fn bytes_that_are_no_text_are_distinguished() {
    assert_eq!(
        &*bytes(b"caf\xe9 \x9b2J\x1b[2J\n"),
        br"caf\xe9 \x9b2J\u{1b}[2J
"
    );
    assert_eq!(&*bytes(b"a\tb\r\nc\rd\n"), b"a\tb\r\nc\\u{d}d\n");
    let answer = serde_json::json!({ "a\u{202e}": ["\u{1b}[8m", 1, null] });
    assert_eq!(value(answer), serde_json::json!({ r"a\u{202e}": [r"\u{1b}[8m", 1, null] }));
}
