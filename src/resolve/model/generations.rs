//! The generations of a key.

use crate::source::Span;
use crate::values::PlainText;

/// Which generations of a key are used and trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generations {
    /// The one that signs or encrypts.
    pub used: u32,
    /// Those that are accepted, ascending.
    pub trust: Vec<u32>,
    /// What becomes of plain text, for keys that encrypt; for others it means nothing.
    pub plain_text: PlainText,
    /// Where it is said; none: nowhere.
    pub origin: Option<Span>,
}

impl Generations {
    /// Takes from the lock what a list of numbers alone means: where plain text was among the generations it is
    /// dropped, and where it never was, it is read as before.
    pub(super) fn remember(&mut self, known: PlainText) {
        if self.plain_text == PlainText::Unsaid && self.origin.is_some() && known != PlainText::Unsaid {
            self.plain_text = PlainText::Refused;
        }
    }
}

impl Default for Generations {
    fn default() -> Self {
        Self { used: 1, trust: vec![1], plain_text: PlainText::default(), origin: None }
    }
}
