//! The words with which the lines of a specification begin.

use std::fmt;

/// What a line of a specification is about: its first word. What a lock of another version says is [`Word::Other`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// It issues certificates.
    Authority,
    /// SHA-256 of a certificate that was made elsewhere.
    Certificate,
    /// Names that an authority may not certify.
    Excluded,
    /// The id of who signs.
    Issuer,
    /// The identity of the key that signs.
    IssuerKey,
    /// The kind of the key.
    Key,
    /// An alternative name.
    Name,
    /// How many authorities may follow.
    PathLength,
    /// Names that an authority may certify.
    Permitted,
    /// What of an imported authority stands in what it signs, as SHA-256.
    SignsAs,
    /// An attribute of the subject.
    Subject,
    /// An extended key usage.
    Usage,
    /// From not-before to not-after, in seconds.
    Validity,
    /// A word that this version does not know.
    Other(Box<str>),
}

impl Word {
    const KNOWN: [(&str, Word); 13] = [
        ("authority", Word::Authority),
        ("certificate", Word::Certificate),
        ("excluded", Word::Excluded),
        ("issuer", Word::Issuer),
        ("issuer-key", Word::IssuerKey),
        ("key", Word::Key),
        ("name", Word::Name),
        ("path-length", Word::PathLength),
        ("permitted", Word::Permitted),
        ("signs-as", Word::SignsAs),
        ("subject", Word::Subject),
        ("usage", Word::Usage),
        ("validity", Word::Validity),
    ];

    /// Takes a line apart: what it is about, and what it says of that.
    #[must_use]
    pub fn split(line: &str) -> (Word, &str) {
        let (word, value) = line.split_once(' ').unwrap_or((line, ""));
        let known = Self::KNOWN.iter().find(|(known, _)| *known == word);
        (known.map_or_else(|| Word::Other(word.into()), |(_, known)| known.clone()), value)
    }

    /// The line that says `value` of it.
    pub fn line(&self, value: impl fmt::Display) -> String {
        format!("{self} {value}")
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Self::KNOWN.iter().find(|(_, known)| known == self).map(|(word, _)| *word);
        match self {
            Word::Other(word) => f.write_str(word),
            _ => f.write_str(known.unwrap_or_default()),
        }
    }
}
