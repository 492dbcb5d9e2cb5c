//! Replaces names and the signature in DER that rcgen has written.

use super::der::{self, element};
use crate::values::der::{Element, only};

/// `template` with other names at their places among so many fields of what is signed, and signed. None when it has
/// another shape, or when a name is not one SEQUENCE.
pub(super) fn splice(
    template: &[u8],
    fields: usize,
    names: &[(usize, &[u8])],
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Option<Vec<u8>> {
    let parts = only(template)?.parts(der::SEQUENCE)?;
    let [tbs, algorithm, _signature] = parts[..] else { return None };
    let mut found = wholes(&tbs)?;
    if found.len() != fields {
        return None;
    }
    for &(place, name) in names {
        only(name).filter(|name| name.tag == der::SEQUENCE)?;
        *found.get_mut(place)? = name;
    }
    let tbs = element(der::SEQUENCE, &found);
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
    fn only_what_has_the_shape_is_spliced() {
        let name = [0x30, 0];
        for template in [&[][..], &[0x30, 0], &[0x30, 6, 0x30, 0, 0x30, 0, 3, 0], &[0x04, 0]] {
            assert_eq!(splice(template, 8, &[(3, &name), (5, &name)], |_| Vec::new()), None);
        }
    }

    #[test]
    fn what_is_spliced_in_replaces_two_fields() {
        let field = |n: u8| vec![0x02, 1, n];
        let fields: Vec<u8> = (0..8).flat_map(field).collect();
        let template = element(0x30, &[&element(0x30, &[&fields]), &[0x30, 0], &[0x03, 1, 0]]);
        let done = splice(&template, 8, &[(3, &[0x30, 0]), (5, &[0x30, 1, 5])], |_| vec![7]).unwrap();
        let parts = wholes(&only(&done).unwrap()).unwrap();
        let fields = wholes(&only(parts[0]).unwrap()).unwrap();
        assert_eq!(fields[2..7], [&[2, 1, 2][..], &[0x30, 0], &[2, 1, 4], &[0x30, 1, 5], &[2, 1, 6]]);
        assert_eq!(parts[2], [3, 2, 0, 7]);
        assert_eq!(splice(&template, 8, &[(3, &[0x30]), (5, &[0x30, 0])], |_| Vec::new()), None);
        assert_eq!(splice(&template, 7, &[(3, &[0x30, 0])], |_| Vec::new()), None);
        assert_eq!(splice(&template, 8, &[(8, &[0x30, 0])], |_| Vec::new()), None);
    }
}
