//! Subjects (RFC 5280, 4.1.2.6): ordered attributes, some of them repeated.

use std::fmt;
use std::sync::Arc;

use pkcs8::ObjectIdentifier;

use super::rfc4514::Escaped;
use super::{Invalid, oid};

/// A kind of attribute, in the order in which Go's `pkix.Name` writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    /// C
    Country,
    /// O
    Organization,
    /// OU
    OrganizationalUnit,
    /// L
    Locality,
    /// ST
    Province,
    /// CN
    CommonName,
    /// serialNumber
    SerialNumber,
}

/// A subject: attributes in the order in which they are encoded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Subject {
    attributes: Vec<(Attribute, Arc<str>)>,
}

impl Attribute {
    /// All of them.
    pub const ALL: [Attribute; 7] = [
        Self::Country,
        Self::Organization,
        Self::OrganizationalUnit,
        Self::Locality,
        Self::Province,
        Self::CommonName,
        Self::SerialNumber,
    ];

    /// What identifies it in a certificate.
    #[must_use]
    pub fn oid(self) -> ObjectIdentifier {
        match self {
            Self::CommonName => oid::COMMON_NAME,
            Self::SerialNumber => oid::SERIAL_NUMBER,
            Self::Country => oid::COUNTRY,
            Self::Locality => oid::LOCALITY,
            Self::Province => oid::PROVINCE,
            Self::Organization => oid::ORGANIZATION,
            Self::OrganizationalUnit => oid::ORGANIZATIONAL_UNIT,
        }
    }

    /// The short name of RFC 4514.
    #[must_use]
    pub fn short(self) -> &'static str {
        match self {
            Self::Country => "C",
            Self::Organization => "O",
            Self::OrganizationalUnit => "OU",
            Self::Locality => "L",
            Self::Province => "ST",
            Self::CommonName => "CN",
            Self::SerialNumber => "serialNumber",
        }
    }

    /// RFC 5280, appendix A.1: upper bounds in characters.
    fn bound(self) -> usize {
        match self {
            Self::Country => 2,
            Self::Locality | Self::Province => 128,
            Self::Organization | Self::OrganizationalUnit | Self::CommonName | Self::SerialNumber => 64,
        }
    }
}

impl Subject {
    /// Organizations, each an attribute of its own, and a common name.
    ///
    /// # Errors
    /// When one of them is empty or too long.
    pub fn new<'a>(
        common_name: Option<&str>,
        organizations: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Invalid> {
        let organizations = organizations.into_iter();
        let count = organizations.size_hint().0 + usize::from(common_name.is_some());
        let mut subject = Self { attributes: Vec::with_capacity(count) };
        for organization in organizations {
            subject = subject.with(Attribute::Organization, organization)?;
        }
        match common_name {
            Some(name) => subject.with(Attribute::CommonName, name),
            None => Ok(subject),
        }
    }

    /// Adds an attribute; attributes of one kind stay in the order in which they were added.
    ///
    /// # Errors
    /// When it is empty, too long, or holds control characters.
    pub fn with(mut self, attribute: Attribute, value: &str) -> Result<Self, Invalid> {
        let characters = value.chars().count();
        let name = attribute.short();
        if value.is_empty() || value.chars().any(char::is_control) {
            return Err(Invalid::new(format!("the subject's {name} is empty or holds control characters")));
        }
        if attribute == Attribute::Country
            && !(characters == 2 && value.chars().all(|c| c.is_ascii_alphabetic()))
        {
            return Err(Invalid::new(format!("`{value}` is not a country")).help("write two letters"));
        }
        let printable = |c: char| c.is_ascii_alphanumeric() || " '()+,-./:=?".contains(c);
        if attribute == Attribute::SerialNumber && !value.chars().all(printable) {
            // RFC 5280, appendix A.1: X520SerialNumber is a PrintableString (X.680, 41.4).
            return Err(Invalid::new(format!("the subject's serialNumber cannot be `{value}`"))
                .help("use letters, digits, spaces and `'()+,-./:=?`"));
        }
        if characters > attribute.bound() {
            let message = format!(
                "`{name}={value}` has {characters} characters, at most {} are allowed",
                attribute.bound()
            );
            return Err(Invalid::new(message).help("RFC 5280, appendix A.1, sets this upper bound"));
        }
        let place = self.attributes.partition_point(|(other, _)| *other <= attribute);
        self.attributes.insert(place, (attribute, value.into()));
        Ok(self)
    }

    /// The attributes in the order in which they are encoded.
    pub fn attributes(&self) -> impl Iterator<Item = (Attribute, &str)> {
        self.attributes.iter().map(|(attribute, value)| (*attribute, &**value))
    }

    /// The common name.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.attributes().find(|(attribute, _)| *attribute == Attribute::CommonName).map(|(_, value)| value)
    }

    /// The organizations.
    pub fn organizations(&self) -> impl Iterator<Item = &str> {
        self.attributes()
            .filter(|(attribute, _)| *attribute == Attribute::Organization)
            .map(|(_, value)| value)
    }

    /// Whether it has no attribute.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }
}

impl fmt::Display for Subject {
    /// As RFC 4514 writes it, but in the order of the encoding and with a space behind each comma.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (attribute, value)) in self.attributes().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{}={}", attribute.short(), Escaped(value))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_attributes_are_kept_in_order() {
        let subject =
            Subject::new(Some("alice"), ["b", "a", "b"]).unwrap().with(Attribute::Country, "CN").unwrap();
        assert_eq!(subject.to_string(), "C=CN, O=b, O=a, O=b, CN=alice");
    }

    #[test]
    fn values_cannot_look_like_attributes() {
        let subject = Subject::new(Some(" x, O=system:masters "), ["#a+b"]).unwrap();
        assert_eq!(subject.to_string(), r"O=\#a\+b, CN=\ x\, O=system:masters\ ");
    }

    #[test]
    fn bounds() {
        assert!(Subject::new(Some(&"x".repeat(64)), []).is_ok());
        assert!(Subject::new(Some(&"x".repeat(65)), []).is_err());
        assert!(Subject::new(None, [""]).is_err());
        assert!(Subject::default().with(Attribute::Country, "CHN").is_err());
        assert!(Subject::default().with(Attribute::SerialNumber, "a_b").is_err());
    }
}
