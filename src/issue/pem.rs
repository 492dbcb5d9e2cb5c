//! Reads and writes PEM (RFC 7468) with strict output: lines of 64 characters that end in LF.

use base64ct::{Base64, Encoding as _};
use zeroize::{Zeroize as _, Zeroizing};

/// Bytes that make one full line of 64 characters.
const LINE: usize = 48;

/// A block, as it was found in a text.
pub struct Block {
    /// What the block says it is, as `CERTIFICATE`.
    pub label: String,
    /// Its content, which may be a private key.
    pub der: Zeroizing<Vec<u8>>,
}

/// A block of public content.
#[must_use]
pub fn encode(label: &str, der: &[u8]) -> String {
    let mut text = String::with_capacity(length(label, der));
    write(&mut text, label, der);
    text
}

/// A block of secret content.
#[must_use]
pub fn encode_secret(label: &str, der: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(length(label, der)));
    write(&mut text, label, der);
    text
}

/// Exact, since a text that grows leaves copies of secrets in memory.
fn length(label: &str, der: &[u8]) -> usize {
    let body = der.len().div_ceil(3) * 4;
    "-----BEGIN -----\n-----END -----\n".len() + 2 * label.len() + body + der.len().div_ceil(LINE)
}

fn write(text: &mut String, label: &str, der: &[u8]) {
    text.extend(["-----BEGIN ", label, "-----\n"]);
    let mut line = [0; 64];
    for bytes in der.chunks(LINE) {
        text.push_str(Base64::encode(bytes, &mut line).expect("48 bytes are 64 characters"));
        text.push('\n');
    }
    line.zeroize();
    text.extend(["-----END ", label, "-----\n"]);
}

/// The blocks of a text in their order, tolerantly: text around blocks, headers in them (RFC 1421), spaces,
/// lines of any length and any ends of lines are fine. What is no complete block of base64 is left out, so
/// callers look for the label they need.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, Zeroizing<String>)> = None;
    for line in text.lines().map(str::trim) {
        if let Some(label) = boundary(line, "-----BEGIN ") {
            // No block is longer than the text: the body does not grow.
            open = Some((label, Zeroizing::new(String::with_capacity(text.len()))));
        } else if let Some(label) = boundary(line, "-----END ") {
            if let Some((opened, body)) = open.take()
                && opened == label
                && let Ok(der) = Base64::decode_vec(&body)
            {
                blocks.push(Block { label: label.into(), der: Zeroizing::new(der) });
            }
        } else if let Some((_, body)) = &mut open
            && !line.contains(':')
        {
            body.extend(line.split_ascii_whitespace());
        }
    }
    blocks
}

fn boundary<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_suffix("-----")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_64_columns() {
        for size in [0, 1, 47, 48, 49, 96, 1000] {
            let der: Vec<u8> = (0..size).map(|i| i as u8).collect();
            let text = encode("TEST DATA", &der);
            assert_eq!((text.len(), text.capacity()), (length("TEST DATA", &der), text.len()));
            assert!(text.lines().all(|line| line.len() <= 64) && !text.contains("\n\n"));
            assert_eq!(*encode_secret("TEST DATA", &der), text);
            let read = blocks(&text);
            assert_eq!((read.len(), read[0].label.as_str(), &*read[0].der), (1, "TEST DATA", &der));
        }
        assert_eq!(encode("X", b"hello"), "-----BEGIN X-----\naGVsbG8=\n-----END X-----\n");
    }

    #[test]
    fn the_splitter_is_tolerant() {
        let text = "Bag Attributes\r\n  key: value\r\n-----BEGIN A-----\r\nProc-Type: 4\r\n\r\naGVs bG8=\r\n\
            -----END A-----  \r\nbetween\r\n-----BEGIN B-----\naGVs\nbG8=\n-----END B-----\n\
            -----BEGIN C-----\n!!\n-----END C-----\n-----BEGIN D-----\naGVsbG8=\n-----END E-----\n\
            -----BEGIN F-----\naGVsbG8=\n-----BEGIN G-----\n-----END G-----\n-----BEGIN H-----\naGVsbG8=";
        let found: Vec<_> = blocks(text).into_iter().map(|b| (b.label, b.der.to_vec())).collect();
        let hello = b"hello".to_vec();
        assert_eq!(found, [("A".into(), hello.clone()), ("B".into(), hello), ("G".into(), vec![])]);
    }
}
