//! What archives compress. What they only store, as tar does, is in their bytes as it is.

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};
use zeroize::Zeroizing;

use super::layer::{Budget, Layer};
use super::leak::Encoding;

/// The most that one stream is inflated to.
const INFLATED: usize = 16 << 20;

/// What it costs of the budget to begin a stream, so that many beginnings are no way around it.
const START: usize = 1 << 10;

/// Streams of deflate (RFC 1951) in gzip (RFC 1952), zlib (RFC 1950) and zip (APPNOTE.TXT, 4.3.7).
pub(super) fn deflated(bytes: &[u8], budget: &mut Budget, found: &mut dyn FnMut(&Layer, &mut Budget)) {
    let mut at = 0;
    while at < bytes.len() {
        let Some(stream) = Stream::at(&bytes[at..]) else {
            at += 1;
            continue;
        };
        let (inflated, length) = stream.inflate(budget);
        let span = at..bytes.len().min(at + stream.header + length);
        // Chance makes a beginning, too: what follows is not passed over.
        at += 1;
        if !inflated.is_empty() {
            found(&Layer { encoding: Encoding::Deflate, span, bytes: inflated }, budget);
        }
    }
}

/// The beginning of something compressed.
struct Stream<'a> {
    header: usize,
    bytes: &'a [u8],
}

impl<'a> Stream<'a> {
    fn at(bytes: &'a [u8]) -> Option<Self> {
        let header = match bytes {
            [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => gzip(bytes, *flags)?,
            [b'P', b'K', 3, 4, ..] => zip(bytes)?,
            [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => 2,
            _ => return None,
        };
        Some(Self { header, bytes: bytes.get(header..)? })
    }

    /// What it holds, and how long it is. What is torn is taken as far as it goes.
    fn inflate(&self, budget: &mut Budget) -> (Zeroizing<Vec<u8>>, usize) {
        if !budget.take(START) {
            return (Zeroizing::default(), 0);
        }
        let mut state = InflateState::new_boxed(DataFormat::Raw);
        let mut chunk = Zeroizing::new([0; 16 << 10]);
        let (mut inflated, mut read) = (Zeroizing::new(Vec::new()), 0);
        loop {
            let step = inflate(&mut state, &self.bytes[read..], &mut *chunk, MZFlush::None);
            read += step.bytes_consumed;
            if step.bytes_written > 0 && (inflated.len() >= INFLATED || !budget.take(step.bytes_written)) {
                budget.cut = true;
                return (inflated, read);
            }
            inflated.extend_from_slice(&chunk[..step.bytes_written]);
            if step.bytes_written == 0 || step.status != Ok(MZStatus::Ok) {
                return (inflated, read);
            }
        }
    }
}

/// The length of a header, which may have further fields, a name, a comment and a checksum.
fn gzip(bytes: &[u8], flags: u8) -> Option<usize> {
    let mut length = 10;
    if flags & 4 != 0 {
        let field = bytes.get(length..)?.first_chunk()?;
        length += 2 + usize::from(u16::from_le_bytes(*field));
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            length += bytes.get(length..)?.iter().position(|byte| *byte == 0)? + 1;
        }
    }
    Some(if flags & 2 != 0 { length + 2 } else { length })
}

/// The length of the header of an entry that is deflated and not encrypted.
fn zip(bytes: &[u8]) -> Option<usize> {
    let header = bytes.first_chunk::<30>()?;
    let number = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    let (flags, method) = (number(6), number(8));
    (flags & 1 == 0 && method == 8).then(|| 30 + usize::from(number(26)) + usize::from(number(28)))
}
