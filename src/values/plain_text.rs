//! What programs do with plain text while keys encrypt stored data: write it, read it, or refuse it.

/// What a program that encrypts does with plain text (the provider `identity` of an EncryptionConfiguration,
/// staging/src/k8s.io/apiserver/pkg/apis/apiserver/types_encryption.go).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum PlainText {
    /// It can not be read.
    Refused,
    /// It is read, and what is written is encrypted.
    Read,
    /// Nothing says what becomes of it: it is read.
    #[default]
    Unsaid,
    /// What is written is plain text; the keys only read.
    Written,
}

/// The word for plain text among the generations of keys that encrypt.
pub const IDENTITY: &str = "identity";

/// Generations as a plan writes them: `generations = { use = 1, trust = ["identity", 1] }`. Plain text is in use where no
/// number is, and `reads` says whether it is accepted.
#[must_use]
pub fn written_generations(used: Option<u32>, reads: bool, trust: &[u32]) -> String {
    let plain = format!("\"{IDENTITY}\"");
    let used = used.map_or_else(|| plain.clone(), |used| used.to_string());
    let trust = reads.then_some(plain).into_iter().chain(trust.iter().map(ToString::to_string));
    format!("generations = {{ use = {used}, trust = [{}] }}", trust.collect::<Vec<_>>().join(", "))
}

impl PlainText {
    /// What is said of it, as it stands in locks and expressions; nothing is said of [`PlainText::Unsaid`].
    const WORDS: [(&str, PlainText); 3] =
        [("refused", PlainText::Refused), ("read", PlainText::Read), ("written", PlainText::Written)];

    /// Its word, where something is said.
    #[must_use]
    pub fn said(self) -> Option<&'static str> {
        Self::WORDS.into_iter().find(|(_, state)| *state == self).map(|(word, _)| word)
    }

    /// The word for what becomes of it.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.said().unwrap_or("read")
    }

    /// The state of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, state)| state)
    }

    /// What becomes of it.
    #[must_use]
    pub fn said_or_read(self) -> Self {
        if self == PlainText::Unsaid { PlainText::Read } else { self }
    }

    /// Whether it can be read.
    #[must_use]
    pub fn is_read(self) -> bool {
        self != PlainText::Refused
    }
}
