//! Decides which characters are escaped.

/// How many marks may stand on one letter; more of them cover the lines around.
const MARKS: usize = 4;

/// Looks at the characters of a text one after the other.
#[derive(Default)]
pub(super) struct Hidden {
    before: Option<char>,
    marks: usize,
}

impl Hidden {
    /// As if a text had been looked at.
    pub(super) fn after(text: &str) -> Self {
        let mut hidden = Self::default();
        let from = text.char_indices().rev().nth(MARKS + 1).map_or(0, |(at, _)| at);
        for c in text[from..].chars() {
            let _ = hidden.next(c);
        }
        hidden
    }

    /// Whether the next character is not to be shown as itself.
    pub(super) fn next(&mut self, c: char) -> bool {
        let before = self.before.replace(c);
        if matches!(c, ' '..='~') {
            self.marks = 0;
            return false;
        }
        let printable = printable(c);
        self.marks = if is_mark(c) { self.marks + 1 } else { 0 };
        match c {
            // Text or picture: seen where there is a picture.
            '\u{fe0e}' | '\u{fe0f}' => !before.is_some_and(is_picture),
            _ => !printable || shows_nothing(c) || self.marks > MARKS,
        }
    }
}

/// Whether a character is none of: a control or format character, a space other than the usual one, a separator,
/// unassigned, for private use, a surrogate. The standard library knows, but says so only where it escapes.
fn printable(c: char) -> bool {
    escaped_after_a_letter(c) == Some(c)
}

/// Behind a letter marks are not escaped.
fn escaped_after_a_letter(c: char) -> Option<char> {
    let mut buffer = [0; 5];
    buffer[0] = b'a';
    c.encode_utf8(&mut buffer[1..]);
    let text = std::str::from_utf8(&buffer[..=c.len_utf8()]).ok()?;
    text.escape_debug().nth(1)
}

fn is_mark(c: char) -> bool {
    printable(c) && c.escape_debug().next() == Some('\\') && !matches!(c, '"' | '\'' | '\\')
}

/// What the standard library takes for something to be seen and is not: fillers, joiners, selectors, and blanks
/// among symbols (Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, without what is a format character).
fn shows_nothing(c: char) -> bool {
    matches!(c,
        '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{16fe4}'
        | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Arrows, symbols, dingbats and pictures: what variation selectors 15 and 16 stand behind (Unicode's
/// emoji-variation-sequences.txt), without digits.
fn is_picture(c: char) -> bool {
    matches!(c,
        '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | '\u{2190}'..='\u{27bf}' | '\u{2900}'..='\u{2bff}' | '〰' | '〽'
        | '㊗' | '㊙' | '\u{1f000}'..='\u{1faff}')
}
