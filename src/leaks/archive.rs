//! Decompresses what archives contain.
//!
//! Uncompressed entries, as in tar, are found without decompression.

use std::io::{ErrorKind, Read};

use bzip2::bufread::BzDecoder;
use lzma_rust2::XzReader;
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};
use zeroize::Zeroizing;

use super::layer::{Budget, Layer};
use super::leak::Encoding;

/// The most that one stream is inflated to.
const INFLATED: usize = 16 << 20;

/// How much is inflated at a time.
const CHUNK: usize = 16 << 10;

/// What the dictionary of xz may need, in KiB: `xz -9` takes half of it. It grows with what is inflated.
const DICTIONARY: u32 = 128 << 10;

/// Every stream, wherever one begins.
pub(super) fn compressed(bytes: &[u8], budget: &mut Budget, found: &mut dyn FnMut(&Layer, &mut Budget)) {
    let mut at = 0;
    while at < bytes.len() {
        let Some(stream) = Stream::at(&bytes[at..]) else {
            at += 1;
            continue;
        };
        let (inflated, length) = stream.inflated(budget);
        let span = at..bytes.len().min(at + stream.header + length);
        // Chance makes a beginning, too: what follows is not passed over.
        at += 1;
        if !inflated.is_empty() {
            found(&Layer { encoding: Encoding::Archive, span, bytes: inflated }, budget);
        }
    }
}

/// How something is compressed.
#[derive(Clone, Copy)]
enum Way {
    /// Deflate (RFC 1951) in gzip (RFC 1952), zlib (RFC 1950) and zip (APPNOTE.TXT, 4.3.7).
    Deflate,
    /// The .xz file format (tukaani.org/xz/xz-file-format.txt, 2.1.1.1).
    Xz,
    /// bzip2: the magic of a file and that of its first block, the digits of pi.
    Bzip2,
}

impl Way {
    /// What it costs of the budget to begin a stream, so that many beginnings are no way around it: memory that is
    /// prepared for each.
    fn start(self) -> usize {
        match self {
            Self::Deflate => 1 << 10,
            Self::Xz => 64 << 10,
            Self::Bzip2 => 256 << 10,
        }
    }
}

/// The beginning of something compressed.
struct Stream<'a> {
    way: Way,
    header: usize,
    bytes: &'a [u8],
}

impl<'a> Stream<'a> {
    fn at(bytes: &'a [u8]) -> Option<Self> {
        let (way, header) = match bytes {
            [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => (Way::Deflate, gzip(bytes, *flags)?),
            [b'P', b'K', 3, 4, ..] => (Way::Deflate, zip(bytes)?),
            [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => (Way::Deflate, 2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => (Way::Xz, 0),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => (Way::Bzip2, 0),
            _ => return None,
        };
        Some(Self { way, header, bytes: bytes.get(header..)? })
    }

    /// What it holds, and how long it is. What is torn is taken as far as it goes.
    fn inflated(&self, budget: &mut Budget) -> (Zeroizing<Vec<u8>>, usize) {
        if !budget.take(self.way.start()) {
            return (Zeroizing::default(), 0);
        }
        let mut rest = self.bytes;
        let inflated = match self.way {
            Way::Deflate => return self.deflated(budget),
            Way::Xz => read(XzReader::new_mem_limit(&mut rest, false, DICTIONARY), budget),
            Way::Bzip2 => read(BzDecoder::new(&mut rest), budget),
        };
        (inflated, self.bytes.len() - rest.len())
    }

    fn deflated(&self, budget: &mut Budget) -> (Zeroizing<Vec<u8>>, usize) {
        let mut state = InflateState::new_boxed(DataFormat::Raw);
        let mut chunk = Zeroizing::new([0; CHUNK]);
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

/// All that a reader gives, as far as the budget goes.
fn read(mut reader: impl Read, budget: &mut Budget) -> Zeroizing<Vec<u8>> {
    let mut chunk = Zeroizing::new([0; CHUNK]);
    let mut inflated = Zeroizing::new(Vec::new());
    loop {
        let read = match reader.read(&mut *chunk) {
            Ok(0) => return inflated,
            Ok(read) => read,
            Err(error) => {
                budget.cut |= error.kind() == ErrorKind::OutOfMemory;
                return inflated;
            }
        };
        if inflated.len() >= INFLATED || !budget.take(read) {
            budget.cut = true;
            return inflated;
        }
        inflated.extend_from_slice(&chunk[..read]);
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
