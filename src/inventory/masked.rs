//! Masks the text of an inventory for messages.
//!
//! An inventory may contain passwords, and a message may be published. Only the part that the message is about is
//! shown, and the punctuation of the rest.

use std::ops::Range;

/// What stands between the values of all forms.
const BETWEEN: [char; 8] = [',', '=', ':', '"', '[', ']', '{', '}'];

/// The text with all that is outside of `kept` replaced, each byte by one, but for blanks and what stands between values.
pub(super) fn masked(text: &str, kept: &[Range<usize>]) -> String {
    let mut kept = kept.to_vec();
    kept.sort_by_key(|range| (range.start, range.end));
    let mut shown = String::with_capacity(text.len());
    let mut ranges = kept.into_iter().peekable();
    for (at, c) in text.char_indices() {
        while ranges.next_if(|range| range.end <= at).is_some() {}
        let is_kept = ranges.peek().is_some_and(|range| range.start <= at);
        if is_kept || c.is_whitespace() || BETWEEN.contains(&c) {
            shown.push(c);
        } else {
            shown.extend(std::iter::repeat_n('*', c.len_utf8()));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn bytes_keep_their_places() {
        assert_eq!(masked("a=b ü=\"c\"\nd", &[2..3, 0..1]), "a=b **=\"*\"\n*");
        assert_eq!(masked("abcd", &[0..3, 1..2]), "abc*");
        assert_eq!(masked("a,!!@@-,b\n", &[0..1, 8..9]), "a,*****,b\n");
    }
}
