//! Puts names and a signature of ours into a certificate that rcgen has written.

use super::der::{self, element};
use crate::values::der::{Element, only};

/// Places among the fields of a TBSCertificate (RFC 5280, 4.1) whose version is written: `[0]` version,
/// serial, algorithm, issuer, validity, subject, key, `[3]` extensions.
const ISSUER: usize = 3;
const SUBJECT: usize = 5;
const FIELDS: usize = 8;

/// `template` with other names, signed. None when it is not a certificate with extensions, or when a
/// name is not one SEQUENCE.
pub(super) fn splice(
    template: &[u8],
    issuer: &[u8],
    subject: &[u8],
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Option<Vec<u8>> {
    let is_name = |name| only(name).is_some_and(|name| name.tag == der::SEQUENCE);
    if !is_name(issuer) || !is_name(subject) {
        return None;
    }
    let parts = only(template)?.parts(der::SEQUENCE)?;
    let [tbs, algorithm, _signature] = parts[..] else { return None };
    let mut fields = wholes(&tbs)?;
    if fields.len() != FIELDS {
        return None;
    }
    fields[ISSUER] = issuer;
    fields[SUBJECT] = subject;
    let tbs = element(der::SEQUENCE, &fields);
    // The first byte of a BIT STRING counts its unused bits (X.690, 8.6.2.2).
    let signature = element(der::BIT_STRING, &[&[0], &sign(&tbs)]);
    Some(element(der::SEQUENCE, &[&tbs, algorithm.whole, &signature]))
}

/// The elements of a SEQUENCE, each with its header.
fn wholes<'a>(sequence: &Element<'a>) -> Option<Vec<&'a [u8]>> {
    Some(sequence.parts(der::SEQUENCE)?.into_iter().map(|element| element.whole).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_certificates_are_spliced() {
        let name = [0x30, 0];
        for template in [&[][..], &[0x30, 0], &[0x30, 6, 0x30, 0, 0x30, 0, 3, 0], &[0x04, 0]] {
            assert_eq!(splice(template, &name, &name, |_| Vec::new()), None);
        }
    }

    #[test]
    fn what_is_spliced_in_replaces_two_fields() {
        let field = |n: u8| vec![0x02, 1, n];
        let fields: Vec<u8> = (0..8).flat_map(field).collect();
        let template = element(0x30, &[&element(0x30, &[&fields]), &[0x30, 0], &[0x03, 1, 0]]);
        let done = splice(&template, &[0x30, 0], &[0x30, 1, 5], |_| vec![7]).unwrap();
        let parts = wholes(&only(&done).unwrap()).unwrap();
        let fields = wholes(&only(parts[0]).unwrap()).unwrap();
        assert_eq!(fields[2..7], [&[2, 1, 2][..], &[0x30, 0], &[2, 1, 4], &[0x30, 1, 5], &[2, 1, 6]]);
        assert_eq!(parts[2], [3, 2, 0, 7]);
        assert_eq!(splice(&template, &[0x30], &[0x30, 0], |_| Vec::new()), None);
    }
}
