//! Distinguished names in existing certificates (RFC 5280, 4.1.2.4), read completely.
//!
//! Go accepts a name that contains a set without attributes, and continues after it. A parser that stops there sees
//! another identity than an API server does.

use std::fmt;

use pkcs8::ObjectIdentifier;

use super::der::{self, Element};
use super::rfc4514::Escaped;
use super::{Attribute, Subject, hex, oid};

/// Relative distinguished names in the order of their encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinguishedName {
    sets: Vec<Vec<Pair>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pair {
    kind: Kind,
    value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Oid(ObjectIdentifier),
    /// Too long to be one, in hexadecimal digits.
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    /// No string, in hexadecimal digits with its tag and length (RFC 4514, 2.4).
    Other(String),
}

impl DistinguishedName {
    /// Reads a Name in DER; none where it is not one, to its last byte.
    #[must_use]
    pub fn from_der(name: &[u8]) -> Option<Self> {
        let sets = der::only(name)?.parts(der::SEQUENCE)?;
        let set = |set: &Element<'_>| set.parts(der::SET)?.iter().map(Pair::read).collect();
        Some(Self { sets: sets.iter().map(set).collect::<Option<_>>()? })
    }

    /// A Name in DER as people read it, also where it is none.
    #[must_use]
    pub fn shown(name: &[u8]) -> String {
        Self::from_der(name).map_or_else(|| format!("#{}", hex(name)), |name| name.to_string())
    }

    /// What a [`Subject`] can say of it: attributes of other kinds and the grouping are left out.
    #[must_use]
    pub fn plain(&self) -> Subject {
        let mut subject = Subject::default();
        for pair in self.sets.iter().flatten() {
            let kind = Attribute::ALL.into_iter().find(|kind| pair.kind == Kind::Oid(kind.oid()));
            if let (Some(kind), Value::Text(value)) = (kind, &pair.value)
                && let Ok(more) = subject.clone().with(kind, value)
            {
                subject = more;
            }
        }
        subject
    }

    /// The values of one kind of attribute, in their order.
    #[must_use]
    pub fn values(&self, kind: Attribute) -> Vec<String> {
        let pairs = self.sets.iter().flatten().filter(|pair| pair.kind == Kind::Oid(kind.oid()));
        let values = pairs.filter_map(|pair| match &pair.value {
            Value::Text(text) => Some(text.clone()),
            Value::Other(_) => None,
        });
        values.collect()
    }

    /// The issuer's and the subject's Name of a certificate, as they stand in it.
    #[must_use]
    pub fn of_certificate(certificate: &[u8]) -> Option<(&[u8], &[u8])> {
        let whole = der::only(certificate)?.parts(der::SEQUENCE)?;
        // RFC 5280, 4.1: TBSCertificate; the version may be absent.
        let fields = whole.first()?.parts(der::SEQUENCE)?;
        let version = usize::from(fields.first()?.tag == 0xa0);
        Some((fields.get(version + 2)?.whole, fields.get(version + 4)?.whole))
    }

    /// The subject's Name of a certificate request (RFC 2986, 4.1), as it stands in it.
    #[must_use]
    pub fn of_request(request: &[u8]) -> Option<&[u8]> {
        let whole = der::only(request)?.parts(der::SEQUENCE)?;
        Some(whole.first()?.parts(der::SEQUENCE)?.get(1)?.whole)
    }

    /// The Names among alternative names (RFC 5280, 4.2.1.6), in their order.
    #[must_use]
    pub fn of_alternative_names(names: &[u8]) -> Vec<&[u8]> {
        let all = der::only(names).and_then(|names| names.parts(der::SEQUENCE)).unwrap_or_default();
        all.into_iter().filter(|name| name.tag == 0xa4).map(|name| name.content).collect()
    }
}

impl Pair {
    fn read(pair: &Element<'_>) -> Option<Self> {
        match pair.parts(der::SEQUENCE)?[..] {
            [kind, value] if kind.tag == der::OBJECT_IDENTIFIER => {
                let oid = ObjectIdentifier::from_bytes(kind.content);
                let kind = oid.map_or_else(|_| Kind::Other(hex(kind.whole)), Kind::Oid);
                let value = text(&value).map_or_else(|| Value::Other(hex(value.whole)), Value::Text);
                Some(Self { kind, value })
            }
            _ => None,
        }
    }
}

/// The text of a string, of the kinds that Go reads (crypto/x509, parseASN1String).
fn text(value: &Element<'_>) -> Option<String> {
    let ascii = || value.content.is_ascii().then(|| std::str::from_utf8(value.content).ok()).flatten();
    match value.tag {
        // UTF8String
        0x0c => std::str::from_utf8(value.content).ok().map(str::to_owned),
        // NumericString, PrintableString, IA5String
        0x12 | 0x13 | 0x16 => ascii().map(str::to_owned),
        // TeletexString, read as ISO 8859-1
        0x14 => Some(value.content.iter().copied().map(char::from).collect()),
        // BMPString
        0x1e if value.content.len().is_multiple_of(2) => {
            let units = value.content.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).collect::<Result<_, _>>().ok()
        }
        _ => None,
    }
}

impl fmt::Display for DistinguishedName {
    /// As RFC 4514 writes it, but in the order of the encoding and with a space behind each comma.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, set) in self.sets.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            if set.is_empty() {
                f.write_str("(empty)")?;
            }
            for (at, pair) in set.iter().enumerate() {
                f.write_str(if at == 0 { "" } else { "+" })?;
                write!(f, "{pair}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Oid(oid) => match short(*oid) {
                Some(word) => f.write_str(word)?,
                None => write!(f, "{oid}")?,
            },
            Kind::Other(digits) => write!(f, "#{digits}")?,
        }
        match &self.value {
            Value::Text(text) => write!(f, "={}", Escaped(text)),
            Value::Other(digits) => write!(f, "=#{digits}"),
        }
    }
}

/// The short name of an attribute (RFC 4514, 3).
fn short(oid: ObjectIdentifier) -> Option<&'static str> {
    let of_subjects = Attribute::ALL.into_iter().find(|kind| kind.oid() == oid).map(Attribute::short);
    of_subjects.or(match oid {
        oid::STREET => Some("street"),
        oid::USER_ID => Some("UID"),
        oid::DOMAIN_COMPONENT => Some("DC"),
        oid::EMAIL_ADDRESS => Some("emailAddress"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
    }

    fn pair(oid: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
        element(0x30, &[element(0x06, oid), element(tag, value)].concat())
    }

    fn name(sets: &[&[Vec<u8>]]) -> Vec<u8> {
        let sets: Vec<Vec<u8>> = sets.iter().map(|pairs| element(0x31, &pairs.concat())).collect();
        element(0x30, &sets.concat())
    }

    const CN: &[u8] = &[0x55, 4, 3];
    const O: &[u8] = &[0x55, 4, 10];

    #[test]
    fn names_are_shown_whole() {
        let harmless = pair(CN, 0x0c, b"harmless");
        let masters = pair(O, 0x13, b"system:masters");
        let whole = name(&[std::slice::from_ref(&harmless), &[], std::slice::from_ref(&masters)]);
        assert_eq!(DistinguishedName::shown(&whole), "CN=harmless, (empty), O=system:masters");
        let plain = DistinguishedName::from_der(&whole).unwrap().plain();
        assert_eq!(plain.organizations().collect::<Vec<_>>(), ["system:masters"]);
        assert_eq!(DistinguishedName::shown(&name(&[&[harmless, masters]])), "CN=harmless+O=system:masters");
        assert_eq!(DistinguishedName::shown(&name(&[])), "");
    }

    #[test]
    fn values_are_distinguished() {
        let shown = |tag, value: &[u8]| DistinguishedName::shown(&name(&[&[pair(CN, tag, value)]]));
        assert_eq!(shown(0x0c, b" x, O=system:masters+\\ "), r"CN=\ x\, O=system:masters\+\\\ ");
        assert_eq!(shown(0x0c, b"#0102"), r"CN=\#0102");
        assert_eq!(shown(0x0c, b"a\0b"), r"CN=a\00b");
        assert_eq!(shown(0x1e, b"\0O\0=\0a"), "CN=O=a");
        assert_eq!(shown(0x14, b"Z\xfcrich"), "CN=Zürich");
        assert_eq!(shown(0x04, b"\x01"), "CN=#040101");
        assert_eq!(shown(0x0c, b"\xff"), "CN=#0c01ff");
        let of_other_kind = name(&[&[pair(&[0x55, 4, 97], 0x0c, b"VAT")]]);
        assert_eq!(DistinguishedName::shown(&of_other_kind), "2.5.4.97=VAT");
    }

    #[test]
    fn what_is_no_name_is_shown_as_digits() {
        assert_eq!(DistinguishedName::shown(&[0x30, 2, 0x02, 0]), "#30020200");
        assert_eq!(DistinguishedName::shown(&[0x30, 5]), "#3005");
    }
}
