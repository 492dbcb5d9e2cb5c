//! Reads DER (X.690) element by element: definite lengths, one-byte tags.

/// SEQUENCE, constructed.
pub(crate) const SEQUENCE: u8 = 0x30;
/// SET, constructed.
pub(crate) const SET: u8 = 0x31;
/// OBJECT IDENTIFIER
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;

/// One element.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    /// With tag and length.
    pub(crate) whole: &'a [u8],
    pub(crate) content: &'a [u8],
}

impl<'a> Element<'a> {
    fn first(input: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let tag = *input.first().filter(|tag| **tag & 0x1f != 0x1f)?;
        let (header, length) = match *input.get(1)? {
            short @ ..=0x7f => (2, usize::from(short)),
            long @ 0x81..=0x84 => {
                let header = 2 + usize::from(long & 0x0f);
                let digits = input.get(2..header)?;
                (header, digits.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
            }
            _ => return None,
        };
        let end = header.checked_add(length).filter(|end| *end <= input.len())?;
        Some((Self { tag, whole: &input[..end], content: &input[header..end] }, &input[end..]))
    }

    /// What stands in it, if it has this tag.
    pub(crate) fn parts(&self, tag: u8) -> Option<Vec<Element<'a>>> {
        if self.tag == tag { elements(self.content) } else { None }
    }
}

/// Elements that follow each other; none where something is none.
pub(crate) fn elements(mut content: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut found = Vec::new();
    while !content.is_empty() {
        let (element, rest) = Element::first(content)?;
        found.push(element);
        content = rest;
    }
    Some(found)
}

/// The one element that is all of it.
pub(crate) fn only(input: &[u8]) -> Option<Element<'_>> {
    let (element, rest) = Element::first(input)?;
    rest.is_empty().then_some(element)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_bounded() {
        for (header, length) in [
            (&[0x30, 0][..], 0),
            (&[0x30, 0x7f], 0x7f),
            (&[0x30, 0x81, 0x80], 0x80),
            (&[0x30, 0x82, 1, 0], 0x100),
            (&[0x30, 0x83, 1, 0, 0], 0x1_0000),
        ] {
            let whole = [header, &vec![0; length]].concat();
            assert_eq!(only(&whole).map(|element| element.content.len()), Some(length));
            assert!(only(&whole[..whole.len() - 1]).is_none());
            assert!(only(&[&whole[..], &[0]].concat()).is_none());
        }
        assert!(only(&[0x30, 0x80, 0, 0]).is_none());
        assert!(only(&[0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).is_none());
        assert!(only(&[0x31, 0]).unwrap().parts(SEQUENCE).is_none());
    }
}
