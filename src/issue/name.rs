//! Encodes distinguished names in DER (RFC 5280, 4.1.2.4).
//!
//! rcgen keeps a name as a map, in which a second organization replaces the first one. Organizations decide what a user
//! may do in a cluster, so names are encoded here.

use super::der::{self, element};
use crate::values::{Attribute, Subject};

/// A Name: one RelativeDistinguishedName per attribute, in the subject's order.
///
/// Values are UTF8String, as RFC 5280 asks of new authorities; only where its appendix A.1 permits
/// nothing else, for the country and the serial number, they are PrintableString. Chains are compared
/// byte by byte, so this choice is for ever.
#[must_use]
pub fn encode(subject: &Subject) -> Vec<u8> {
    let attributes: Vec<Vec<u8>> = subject.attributes().map(|(kind, value)| attribute(kind, value)).collect();
    let attributes: Vec<&[u8]> = attributes.iter().map(Vec::as_slice).collect();
    element(der::SEQUENCE, &attributes)
}

fn attribute(kind: Attribute, value: &str) -> Vec<u8> {
    let string = match kind {
        Attribute::Country | Attribute::SerialNumber => der::PRINTABLE_STRING,
        _ => der::UTF8_STRING,
    };
    let kind = element(der::OBJECT_IDENTIFIER, &[kind.oid().as_bytes()]);
    let value = element(string, &[value.as_bytes()]);
    element(der::SET, &[&element(der::SEQUENCE, &[&kind, &value])])
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::{FromDer, X509Name};

    use super::*;

    #[test]
    fn repeated_attributes_survive() {
        let mut subject = Subject::new(Some("alice"), ["b", "a", "b"]).unwrap();
        for (kind, value) in [
            (Attribute::Country, "CN"),
            (Attribute::OrganizationalUnit, "u"),
            (Attribute::Locality, "Zürich"),
            (Attribute::Province, "ZH"),
            (Attribute::SerialNumber, "7"),
        ] {
            subject = subject.with(kind, value).unwrap();
        }
        let der = encode(&subject);
        let (rest, name) = X509Name::from_der(&der).unwrap();
        assert!(rest.is_empty());
        assert_eq!(name.to_string(), "C=CN, O=b, O=a, O=b, OU=u, L=Zürich, ST=ZH, CN=alice, serialNumber=7");
        assert_eq!(encode(&Subject::default()), [0x30, 0]);
    }

    #[test]
    fn bytes() {
        let der = encode(&Subject::new(Some("k"), []).unwrap().with(Attribute::Country, "CH").unwrap());
        let country = [0x31, 11, 0x30, 9, 6, 3, 0x55, 4, 6, 0x13, 2, b'C', b'H'];
        let common_name = [0x31, 10, 0x30, 8, 6, 3, 0x55, 4, 3, 0x0c, 1, b'k'];
        assert_eq!(der, [&[0x30, 25][..], &country, &common_name].concat());
    }
}
