//! Writes DER (X.690) with definite lengths and one-byte tags. `values::der` reads it.

pub(super) use crate::values::der::{OBJECT_IDENTIFIER, SEQUENCE, SET};

/// INTEGER
const INTEGER: u8 = 0x02;
/// BIT STRING
pub(super) const BIT_STRING: u8 = 0x03;
/// OCTET STRING
pub(super) const OCTET_STRING: u8 = 0x04;
/// UTF8String
pub(super) const UTF8_STRING: u8 = 0x0c;
/// PrintableString
pub(super) const PRINTABLE_STRING: u8 = 0x13;

/// An element: its tag, its length in the fewest bytes (X.690, 10.1), and the parts as its content. The
/// buffer does not grow, so that who wipes it wipes all there was.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 10);
    out.push(tag);
    if length < 0x80 {
        out.push(length.to_le_bytes()[0]);
    } else {
        let bytes = length.to_be_bytes();
        let significant = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
        out.push(0x80 | significant.len().to_le_bytes()[0]);
        out.extend_from_slice(significant);
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// An INTEGER (X.690, 8.3) of a big-endian number that is not negative: the shortest form with a clear first
/// bit. The buffer does not grow.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    match &bytes[zeros..] {
        number @ [..0x80, ..] => element(INTEGER, &[number]),
        number => element(INTEGER, &[&[0], number]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::der::only;

    #[test]
    fn integers_are_short_and_positive() {
        for (number, content) in [
            (&[][..], &[0][..]),
            (&[0], &[0]),
            (&[0, 0, 1], &[1]),
            (&[0x7f, 0], &[0x7f, 0]),
            (&[0, 0x80], &[0, 0x80]),
            (&[0xff; 4], &[0, 0xff, 0xff, 0xff, 0xff]),
        ] {
            assert_eq!(integer(number), element(INTEGER, &[content]));
        }
    }

    #[test]
    fn lengths_are_written_as_they_are_read() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
            let content = vec![0; length];
            let whole = element(SEQUENCE, &[&content]);
            assert_eq!(only(&whole).map(|element| element.content), Some(content.as_slice()));
        }
        assert_eq!(element(SEQUENCE, &[&[0; 0x80]])[..3], [0x30, 0x81, 0x80]);
    }
}
