//! Serial numbers of certificates.

use std::fmt;

/// RFC 5280, 4.1.2.2: no more octets than these.
const LONGEST: usize = 20;

/// A serial number of 1 to 20 bytes, big-endian. Our own have 16; certificates that others issued bring theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial {
    bytes: [u8; LONGEST],
    length: u8,
}

impl Serial {
    /// None where there are no bytes or more than 20.
    #[must_use]
    pub fn new(digits: &[u8]) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..digits.len()).filter(|place| !place.is_empty())?.copy_from_slice(digits);
        Some(Self { bytes, length: u8::try_from(digits.len()).ok()? })
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl From<[u8; 16]> for Serial {
    fn from(digits: [u8; 16]) -> Self {
        let mut bytes = [0; LONGEST];
        bytes[..digits.len()].copy_from_slice(&digits);
        Self { bytes, length: 16 }
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_twenty_bytes() {
        assert_eq!(Serial::new(&[]), None);
        assert_eq!(Serial::new(&[1; 21]), None);
        assert_eq!(Serial::new(&[0xab; 20]).unwrap().to_string(), "ab".repeat(20));
        assert_eq!(Serial::new(&[7; 16]).unwrap(), Serial::from([7; 16]));
        assert_ne!(Serial::new(&[0]), Serial::new(&[0, 0]));
    }
}
