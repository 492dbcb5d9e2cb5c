//! Splits a line into words, as Python's `shlex.split(line, comments=True)` does: quotes, backslashes, comments.

use std::ops::Range;

use crate::inventory::row::Piece;

/// The words of a line that begins at `start`; none where a quote is not closed, which begins at the error.
pub(super) fn words(line: &str, start: usize) -> Result<Vec<Piece>, Range<usize>> {
    let mut words = Vec::new();
    let mut word: Option<Piece> = None;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let at = start + at;
        if c.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        if c == '#' {
            break;
        }
        let piece = word.get_or_insert_with(|| Piece { text: String::new(), bytes: at..at });
        match c {
            '\'' | '"' => loop {
                match chars.next() {
                    None => return Err(at..at + 1),
                    Some((_, end)) if end == c => break,
                    Some((_, '\\')) if c == '"' && matches!(chars.peek(), Some((_, '"' | '\\'))) => {
                        piece.text.extend(chars.next().map(|(_, escaped)| escaped));
                    }
                    Some((_, inner)) => piece.text.push(inner),
                }
            },
            '\\' => match chars.next() {
                None => return Err(at..at + 1),
                Some((_, escaped)) => piece.text.push(escaped),
            },
            _ => piece.text.push(c),
        }
        piece.bytes.end = chars.peek().map_or(start + line.len(), |(next, _)| start + next);
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_and_comments() {
        let found = words("a b='c d' \"e\\\"f\"g # h", 10).unwrap();
        let shown: Vec<_> = found.iter().map(|word| (word.text.as_str(), word.bytes.clone())).collect();
        assert_eq!(shown, [("a", 10..11), ("b=c d", 12..19), ("e\"fg", 20..27)]);
        assert_eq!(words("a 'b", 0).unwrap_err(), 2..3);
    }
}
