//! Strings of names (RFC 5280, 4.1.2.4), as far as Go reads them: `parseASN1String` and `readASN1Any` of parser.go.

use super::reader::{Element, Reader, tag};
use super::time::time;

/// A Name (RFC 5280, 4.1.2.4) that Go reads; its bytes are all that a path needs.
pub(super) fn is_name(name: &[u8]) -> bool {
    let mut reader = Reader(name);
    let Some(mut sets) = reader.inside(tag::SEQUENCE) else { return false };
    while !sets.is_empty() {
        let Some(mut attributes) = sets.inside(tag::SET) else { return false };
        while !attributes.is_empty() {
            if attributes.inside(tag::SEQUENCE).and_then(attribute).is_none() {
                return false;
            }
        }
    }
    true
}

fn attribute(mut reader: Reader<'_>) -> Option<()> {
    reader.oid()?;
    let value = reader.any()?;
    is_value(&value).then_some(())
}

fn is_value(value: &Element<'_>) -> bool {
    let mut again = Reader(value.whole);
    match value.tag {
        tag::INTEGER => again.signed(tag::INTEGER).is_some(),
        tag::BIT_STRING => again.bits().is_some(),
        tag::OBJECT_IDENTIFIER => again.oid().is_some(),
        tag::UTC_TIME | tag::GENERALIZED_TIME => time(&mut again).is_some(),
        tag::BOOLEAN => again.boolean().is_some(),
        tag::PRINTABLE_STRING => value.content.iter().all(|byte| is_printable(*byte)),
        tag::UTF8_STRING => std::str::from_utf8(value.content).is_ok(),
        tag::BMP_STRING => is_bmp(value.content),
        tag::IA5_STRING => value.content.is_ascii(),
        tag::NUMERIC_STRING => value.content.iter().all(|byte| matches!(byte, b'0'..=b'9' | b' ')),
        _ => true,
    }
}

/// PrintableString, with `*` and `&`, which Go allows.
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"'()+,-./ :=?*&".contains(&byte)
}

fn is_bmp(content: &[u8]) -> bool {
    let content =
        content.strip_suffix(&[0, 0]).filter(|_| content.len().is_multiple_of(2)).unwrap_or(content);
    let points = content.chunks(2).map(|pair| <[u8; 2]>::try_from(pair).map(u16::from_be_bytes));
    points.into_iter().all(|point| {
        point.is_ok_and(|point| !matches!(point, 0xfffe | 0xffff | 0xfdd0..=0xfdef | 0xd800..=0xdfff))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_texts_of_their_kind() {
        let name = |tag: u8, text: &[u8]| {
            let length = |content: &[u8]| u8::try_from(content.len()).unwrap();
            let value = [&[6, 3, 0x55, 4, 3, tag, length(text)], text].concat();
            let attribute = [&[0x30, length(&value)], &value[..]].concat();
            let set = [&[0x31, length(&attribute)], &attribute[..]].concat();
            is_name(&[&[0x30, length(&set)], &set[..]].concat())
        };
        assert!(name(tag::PRINTABLE_STRING, b"a*&?"));
        assert!(!name(tag::PRINTABLE_STRING, b"a_b"));
        assert!(!name(tag::UTF8_STRING, &[0xff]));
        assert!(!name(tag::IA5_STRING, &[0x80]));
        assert!(name(0x14, &[0xff]));
        assert!(name(tag::BMP_STRING, &[0, b'a', 0, 0]));
        assert!(!name(tag::BMP_STRING, &[0]));
        assert!(!name(tag::BMP_STRING, &[0xd8, 0]));
        assert!(!name(tag::NUMERIC_STRING, b"1a"));
        assert!(name(tag::NULL, &[]) && name(tag::SEQUENCE, &[1]));
        assert!(!name(tag::BOOLEAN, &[1]));
        assert!(is_name(&[0x30, 0]) && is_name(&[0x30, 2, 0x31, 0]) && !is_name(&[0x31, 0]));
    }
}
