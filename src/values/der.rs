//! DER that others wrote (X.690), as far as names in it are looked for.

/// SEQUENCE, constructed.
pub(super) const SEQUENCE: u8 = 0x30;
/// SET, constructed.
pub(super) const SET: u8 = 0x31;
/// OBJECT IDENTIFIER
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;

/// One element.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    /// With tag and length.
    pub(super) whole: &'a [u8],
    pub(super) content: &'a [u8],
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
    pub(super) fn parts(&self, tag: u8) -> Option<Vec<Element<'a>>> {
        if self.tag == tag { elements(self.content) } else { None }
    }
}

/// Elements that follow each other; none where something is none.
pub(super) fn elements(mut content: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut found = Vec::new();
    while !content.is_empty() {
        let (element, rest) = Element::first(content)?;
        found.push(element);
        content = rest;
    }
    Some(found)
}

/// The one element that is all of it.
pub(super) fn only(input: &[u8]) -> Option<Element<'_>> {
    let (element, rest) = Element::first(input)?;
    rest.is_empty().then_some(element)
}
