//! Serial numbers of certificates.

use std::fmt;
use std::str::FromStr;

use super::Invalid;

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

impl FromStr for Serial {
    type Err = Invalid;

    /// Hexadecimal digits as programs print them: in either case, in pairs that may have colons between them. Leading
    /// zeros do not count.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |why: &str| {
            Invalid::new(format!("`{text}` is not a serial number: {why}"))
                .help("write its hexadecimal digits, as `pkiplan show` and `openssl x509 -serial` print them: `4a0b12`")
        };
        let digits: String = match text.contains(':') {
            true if text.split(':').any(|pair| pair.len() != 2) => {
                return Err(invalid("colons must separate pairs of digits"));
            }
            _ => text.chars().filter(|c| *c != ':').collect(),
        };
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(invalid("it contains characters that are not hexadecimal digits"));
        }
        let digits = digits.trim_start_matches('0');
        let digits = if digits.len().is_multiple_of(2) { digits.to_owned() } else { format!("0{digits}") };
        let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap_or_default());
        let bytes: Vec<u8> = pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect();
        match bytes.len() {
            0 => Err(invalid("it is zero")),
            length if length > LONGEST => Err(invalid("it has more than 20 bytes")),
            _ => Self::new(&bytes).ok_or_else(|| invalid("it has more than 20 bytes")),
        }
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
    fn digits_are_read_as_programs_print_them() {
        let serial = |text: &str| text.parse::<Serial>().ok().map(|serial| serial.to_string());
        assert_eq!(serial("4a0B12").as_deref(), Some("4a0b12"));
        assert_eq!(serial("00:4A:0b").as_deref(), Some("4a0b"));
        assert_eq!(serial("7").as_deref(), Some("07"));
        assert_eq!(serial(&"ff".repeat(20)).as_deref(), Some(&*"ff".repeat(20)));
        for wrong in ["", ":", "4a:", "4:a0", "0", "00", "0x4a", "4g", "-1", "\u{ff14}1"] {
            assert_eq!(serial(wrong), None, "{wrong}");
        }
        assert_eq!(serial(&"ff".repeat(21)), None);
    }

    #[test]
    fn one_to_twenty_bytes() {
        assert_eq!(Serial::new(&[]), None);
        assert_eq!(Serial::new(&[1; 21]), None);
        assert_eq!(Serial::new(&[0xab; 20]).unwrap().to_string(), "ab".repeat(20));
        assert_eq!(Serial::new(&[7; 16]).unwrap(), Serial::from([7; 16]));
        assert_ne!(Serial::new(&[0]), Serial::new(&[0, 0]));
    }
}
