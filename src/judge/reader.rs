//! Reads DER as Go does: `cryptobyte.String` (golang.org/x/crypto/cryptobyte, asn1.go).
//!
//! It is stricter than `values::der`: lengths and integers must have the fewest bytes, and padding bits must be zero.

/// Tags (X.690, 8.1.2).
pub(super) mod tag {
    pub(in super::super) const BOOLEAN: u8 = 0x01;
    pub(in super::super) const INTEGER: u8 = 0x02;
    pub(in super::super) const BIT_STRING: u8 = 0x03;
    pub(in super::super) const OCTET_STRING: u8 = 0x04;
    pub(in super::super) const NULL: u8 = 0x05;
    pub(in super::super) const OBJECT_IDENTIFIER: u8 = 0x06;
    pub(in super::super) const UTF8_STRING: u8 = 0x0c;
    pub(in super::super) const NUMERIC_STRING: u8 = 0x12;
    pub(in super::super) const PRINTABLE_STRING: u8 = 0x13;
    pub(in super::super) const IA5_STRING: u8 = 0x16;
    pub(in super::super) const UTC_TIME: u8 = 0x17;
    pub(in super::super) const GENERALIZED_TIME: u8 = 0x18;
    pub(in super::super) const BMP_STRING: u8 = 0x1e;
    pub(in super::super) const SEQUENCE: u8 = 0x30;
    pub(in super::super) const SET: u8 = 0x31;

    /// Context-specific, primitive.
    pub(in super::super) const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// Context-specific, constructed.
    pub(in super::super) const fn explicit(number: u8) -> u8 {
        0xa0 | number
    }
}

/// What is left to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

/// One element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    /// With tag and length.
    pub(super) whole: &'a [u8],
    pub(super) content: &'a [u8],
}

/// The bits of a BIT STRING.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    padding: u8,
}

impl<'a> Reader<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the next element has this tag.
    pub(super) fn next_is(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// Any element.
    pub(super) fn any(&mut self) -> Option<Element<'a>> {
        let (&tag, &first) = (self.0.first()?, self.0.get(1)?);
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (header, length) = match first {
            0..=0x7f => (2, usize::from(first)),
            0x81..=0x84 => self.long_length(usize::from(first & 0x7f))?,
            _ => return None,
        };
        let end = header.checked_add(length)?;
        let whole = self.0.get(..end)?;
        self.0 = &self.0[end..];
        Some(Element { tag, whole, content: &whole[header..] })
    }

    fn long_length(&self, digits: usize) -> Option<(usize, usize)> {
        let bytes = self.0.get(2..2 + digits)?;
        let length = bytes.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
        // X.690, 10.1: in the fewest bytes.
        (length >= 0x80 && bytes[0] != 0).then_some((2 + digits, length))
    }

    /// The next element, which has this tag.
    pub(super) fn element(&mut self, tag: u8) -> Option<Element<'a>> {
        self.any().filter(|element| element.tag == tag)
    }

    /// What stands in the next element, which has this tag.
    pub(super) fn inside(&mut self, tag: u8) -> Option<Reader<'a>> {
        self.element(tag).map(|element| Reader(element.content))
    }

    /// The same, where there may be none: `Some(None)`.
    #[allow(clippy::option_option, reason = "absent is not malformed")]
    pub(super) fn optional(&mut self, tag: u8) -> Option<Option<Reader<'a>>> {
        if self.next_is(tag) { self.inside(tag).map(Some) } else { Some(None) }
    }

    pub(super) fn boolean(&mut self) -> Option<bool> {
        match self.element(tag::BOOLEAN)?.content {
            [0] => Some(false),
            [0xff] => Some(true),
            _ => None,
        }
    }

    /// An INTEGER as its bytes in two's complement, of which there are as few as possible.
    pub(super) fn integer(&mut self, tag: u8) -> Option<&'a [u8]> {
        let content = self.element(tag)?.content;
        match content {
            [] | [0, ..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => None,
            _ => Some(content),
        }
    }

    /// An INTEGER of at most 64 bits.
    pub(super) fn signed(&mut self, tag: u8) -> Option<i64> {
        let bytes = self.integer(tag)?;
        let first = if bytes[0] & 0x80 == 0 { 0 } else { -1 };
        (bytes.len() <= 8).then(|| bytes.iter().fold(first, |number, byte| number << 8 | i64::from(*byte)))
    }

    /// An INTEGER that is not negative, without leading zeros.
    pub(super) fn unsigned(&mut self) -> Option<&'a [u8]> {
        match self.integer(tag::INTEGER)? {
            [0x80..=0xff, ..] => None,
            [0, rest @ ..] => Some(rest),
            digits => Some(digits),
        }
    }

    /// The content of an OBJECT IDENTIFIER whose components are below 2^31 and written in the fewest bytes.
    pub(super) fn oid(&mut self) -> Option<&'a [u8]> {
        let content = self.element(tag::OBJECT_IDENTIFIER)?.content;
        is_oid(content).then_some(content)
    }

    pub(super) fn bits(&mut self) -> Option<Bits<'a>> {
        let (&padding, bytes) = self.element(tag::BIT_STRING)?.content.split_first()?;
        let clear = match bytes.last() {
            None => padding == 0,
            Some(last) => padding <= 7 && last & ((1 << padding) - 1) == 0,
        };
        clear.then_some(Bits { bytes, padding })
    }
}

/// Whether each component is below 2^31 (Go's limit) and in its shortest form (X.690, 8.19.2).
fn is_oid(content: &[u8]) -> bool {
    let mut value: u32 = 0;
    let mut begins = true;
    for byte in content {
        if begins && *byte == 0x80 || value >= 1 << 24 {
            return false;
        }
        value = value << 7 | u32::from(byte & 0x7f);
        begins = byte & 0x80 == 0;
        if begins {
            value = 0;
        }
    }
    !content.is_empty() && begins
}

impl Bits<'_> {
    /// Bit `at`, counted from the first; bits that are not there are clear.
    pub(super) fn at(&self, at: usize) -> bool {
        self.bytes.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1)
    }

    /// The bytes, with the padding before them instead of after them.
    pub(super) fn right_aligned(&self) -> Vec<u8> {
        let shift = u32::from(self.padding);
        let before = std::iter::once(&0).chain(self.bytes);
        let pairs = before.zip(self.bytes);
        pairs
            .map(|(before, byte)| {
                let both = u16::from_be_bytes([*before, *byte]) >> shift;
                both.to_be_bytes()[1]
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_the_fewest_bytes() {
        for wrong in [&[4, 0x81, 1, 0][..], &[4, 0x80], &[4, 0x82, 0, 0x80], &[0x1f, 0], &[4, 2, 0]] {
            assert!(Reader(wrong).any().is_none(), "{wrong:?}");
        }
        let long = [&[4, 0x81, 0x80][..], &[7; 0x80]].concat();
        assert_eq!(Reader(&long).any().unwrap().content.len(), 0x80);
    }

    #[test]
    fn integers_take_the_fewest_bytes() {
        let signed = |content: &[u8]| {
            let length = u8::try_from(content.len()).unwrap();
            Reader(&[&[2, length], content].concat()).signed(tag::INTEGER)
        };
        assert_eq!(signed(&[0]), Some(0));
        assert_eq!(signed(&[0xff]), Some(-1));
        assert_eq!(signed(&[0x80, 0]), Some(-32768));
        assert_eq!(signed(&[0, 0x80]), Some(128));
        assert_eq!(signed(&[0x7f; 8]), Some(0x7f7f_7f7f_7f7f_7f7f));
        for wrong in [&[][..], &[0, 1], &[0xff, 0x80], &[1; 9]] {
            assert_eq!(signed(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn oids_have_components_of_31_bits() {
        for (content, good) in [
            (&[0x55, 0x1d, 0x11][..], true),
            (&[0x87, 0xff, 0xff, 0xff, 0x7f], true),
            (&[0x88, 0x80, 0x80, 0x80, 0x00], false),
            (&[0x55, 0x80, 0x01], false),
            (&[0x55, 0x81], false),
            (&[], false),
        ] {
            assert_eq!(is_oid(content), good, "{content:?}");
        }
    }

    #[test]
    fn padding_bits_are_clear_and_go_to_the_front() {
        let mut bits = Reader(&[3, 3, 4, 0x12, 0x30]);
        let bits = bits.bits().unwrap();
        assert_eq!(bits.right_aligned(), [0x01, 0x23]);
        assert!(bits.at(3) && !bits.at(4) && !bits.at(99));
        assert!(Reader(&[3, 2, 4, 0x18]).bits().is_none());
        assert!(Reader(&[3, 1, 1]).bits().is_none());
        assert!(Reader(&[3, 2, 8, 0]).bits().is_none());
    }
}
