//! Writes lines for a terminal, with colours and wrapping.

use std::borrow::Cow;

use crate::printable;

/// How a piece of a line looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Bold,
    Dim,
    Green,
    Plain,
    Red,
    Yellow,
}

/// Lines as they are written.
pub(super) struct Page {
    pub(super) text: String,
    pub(super) width: usize,
    pub(super) paints: bool,
}

impl Page {
    /// A line of pieces, cut where the terminal ends.
    pub(super) fn line(&mut self, pieces: &[(Paint, &str)]) {
        let pieces: Vec<(Paint, Cow<'_, str>)> =
            pieces.iter().map(|(paint, text)| (*paint, printable::line(text))).collect();
        let whole: usize = pieces.iter().map(|(_, text)| text.chars().count()).sum();
        let mut left = if whole > self.width { self.width.saturating_sub(1) } else { whole };
        for (paint, text) in pieces {
            let text: String = text.chars().take(left).collect();
            left -= text.chars().count();
            self.piece(paint, &text);
        }
        if whole > self.width {
            self.text.push('…');
        }
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        self.text.push('\n');
    }

    /// A line that may be longer than the terminal: what is asked for line by line is shown whole.
    pub(super) fn whole_line(&mut self, paint: Paint, text: &str) {
        self.piece(paint, &printable::line(text));
        self.text.push('\n');
    }

    fn piece(&mut self, paint: Paint, text: &str) {
        let code = match paint {
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Green => "32",
            Paint::Plain => "",
            Paint::Red => "31",
            Paint::Yellow => "33",
        };
        if self.paints && !code.is_empty() && !text.is_empty() {
            self.text.push_str(&format!("\u{1b}[{code}m{text}\u{1b}[0m"));
        } else {
            self.text.push_str(text);
        }
    }

    pub(super) fn title(&mut self, title: &str, rest: &str) {
        self.text.push('\n');
        let gap = if rest.is_empty() { "" } else { "  " };
        self.line(&[(Paint::Bold, title), (Paint::Plain, gap), (Paint::Plain, rest)]);
    }

    /// A sentence on as many lines as it needs.
    pub(super) fn sentence(&mut self, indent: usize, paint: Paint, text: &str) {
        self.wrapped((indent, indent), paint, text);
    }

    /// The same for what stands in a list: the lines after the first are further in.
    pub(super) fn item(&mut self, indent: usize, paint: Paint, text: &str) {
        self.wrapped((indent, indent + 2), paint, text);
    }

    /// A sentence with a head, below which its next lines do not go.
    pub(super) fn hanging(&mut self, head: (Paint, &str), paint: Paint, text: &str) {
        let (indent, at) = (head.1.chars().count(), self.text.len());
        self.sentence(indent, paint, text);
        let lines = self.text.split_off(at);
        self.piece(head.0, head.1);
        self.text.push_str(lines.get(indent..).unwrap_or_default());
    }

    fn wrapped(&mut self, (first, rest): (usize, usize), paint: Paint, text: &str) {
        let (mut indent, mut line) = (first, String::new());
        let text = printable::line(text);
        for mut word in text.split(' ') {
            loop {
                let room = self.width.saturating_sub(indent).max(20);
                let begun = if line.is_empty() { 0 } else { line.chars().count() + 1 };
                // A word that is longer than a line goes on in the next one.
                let end = word.char_indices().nth(room).filter(|_| begun == 0);
                if end.is_none() && begun + word.chars().count() <= room {
                    line.push_str(if begun == 0 { "" } else { " " });
                    line.push_str(word);
                    break;
                }
                if let Some((end, _)) = end {
                    line.push_str(&word[..end]);
                    word = &word[end..];
                }
                self.text.push_str(&" ".repeat(indent));
                self.whole_line(paint, line.trim_end());
                line.clear();
                indent = rest;
            }
        }
        self.text.push_str(&" ".repeat(indent));
        self.whole_line(paint, &line);
    }
}
