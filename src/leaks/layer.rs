//! Decoded parts of a file, and the limit on how much is decoded.

use std::ops::Range;

use zeroize::Zeroizing;

use super::leak::Encoding;

/// How many bytes are decoded of one file.
const BUDGET: usize = 64 << 20;

/// A part of a file, decoded.
pub(super) struct Layer {
    pub(super) encoding: Encoding,
    /// Which bytes it was.
    pub(super) span: Range<usize>,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// How much may still be decoded of a file.
pub(super) struct Budget {
    left: usize,
    /// Whether that was too little.
    pub(super) cut: bool,
}

impl Budget {
    /// Of a file that nothing was decoded of.
    pub(super) fn whole() -> Self {
        Self { left: BUDGET, cut: false }
    }

    /// Whether so many bytes may be decoded.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or(self.left);
        self.cut |= left.is_none();
        left.is_some()
    }
}
