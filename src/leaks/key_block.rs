//! Finds private keys between lines of dashes: PEM (RFC 7468), RFC 1421, OpenSSH, OpenPGP and ssh.com.
//!
//! The blocks may be indented, quoted, commented out, on one line, escaped, or truncated.

use std::ops::Range;

use zeroize::Zeroizing;

use super::encoded::decode_base64;
use super::escape::characters;
use super::key_der::length;
use super::leak::{Hit, What};
use super::text::{contains, places};

const DASHES: &[u8] = b"-----";
/// How a block begins.
pub(super) const BEGIN: &str = "-----BEGIN";
/// How a block ends.
const END: &[u8] = b"-----END";
const LABEL: &[u8] = b"PRIVATE KEY";

/// Digits of a line that another one follows: words have fewer.
const LINE: usize = 32;

/// Longer than any label.
const LONGEST_LABEL: usize = 64;
/// Longer than the base64 of an RSA key of 16 384 bits.
const LONGEST: usize = 32 << 10;
/// An Ed25519 key of PKCS#8 has 64 characters.
const SHORTEST: usize = 60;
/// Characters of base64 that differ; of 64 that are drawn, about 40 do.
const FEWEST_KINDS: usize = 16;

/// The beginning of a key of OpenSSH (PROTOCOL.key).
const OPENSSH: &[u8] = b"openssh-key-v1\0";
/// The length and name of the cipher that encrypts nothing.
const NO_CIPHER: &[u8] = b"\0\0\0\x04none";

pub(super) fn find(bytes: &[u8]) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for start in places(bytes, BEGIN.as_bytes()) {
        // A block within a block is text that was pasted twice.
        if let Some(block) = Block::read(bytes, start)
            && let Some(hit) = block.judge()
        {
            hits.push(hit);
        }
    }
    hits.extend(ends(bytes));
    hits
}

/// Blocks whose first lines are missing, by the line that ends them.
fn ends(bytes: &[u8]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut last = 0;
    for end in places(bytes, END) {
        let start = last.max(end.saturating_sub(LONGEST));
        last = end + END.len();
        let before = &bytes[start..end];
        let Some((label, behind)) = until_dashes(bytes, last, LONGEST_LABEL) else { continue };
        if !contains(&label, LABEL) || contains(before, BEGIN.as_bytes()) {
            continue;
        }
        let (digits, at) = last_digits(before);
        if digits.len() >= SHORTEST && kinds(&digits) >= FEWEST_KINDS {
            let encrypted = contains(&label, b"ENCRYPTED");
            let what = if encrypted { What::EncryptedKey } else { What::PrivateKey };
            hits.push(Hit::new(what, start + at..behind));
        }
    }
    hits
}

/// The lines of base64 that a text ends with, and where they begin. All but the last one are long.
fn last_digits(text: &[u8]) -> (Zeroizing<Vec<u8>>, usize) {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut line = Zeroizing::new(Vec::with_capacity(text.len()));
    let (mut start, mut at, mut ended) = (0, 0, false);
    for (character, behind) in characters(text, 0).chain([(b'\n', text.len())]) {
        if character != b'\n' {
            line.push(character);
            continue;
        }
        let content = between_marks(&line);
        if !content.is_empty() {
            if ended || !content.iter().all(is_digit) {
                digits.clear();
            }
            ended = content.len() < LINE;
            if content.iter().all(is_digit) {
                start = if digits.is_empty() { at } else { start };
                digits.extend_from_slice(content);
            }
        }
        line.clear();
        at = behind;
    }
    (digits, start)
}

fn is_digit(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(byte)
}

/// A line without its indent, quotes, the sign of a comment or that of a patch.
fn between_marks(line: &[u8]) -> &[u8] {
    let first = line.iter().position(|byte| byte.is_ascii_alphanumeric() || *byte == b'/');
    let last = line.iter().rposition(is_digit);
    first.zip(last).and_then(|(first, last)| line.get(first..=last)).unwrap_or_default()
}

/// A block with a label of a private key.
struct Block {
    label: Zeroizing<Vec<u8>>,
    /// Between the dashes, with all escapes resolved.
    body: Zeroizing<Vec<u8>>,
    span: Range<usize>,
}

impl Block {
    fn read(bytes: &[u8], start: usize) -> Option<Self> {
        let (mut label, at) = until_dashes(bytes, start + BEGIN.len(), LONGEST_LABEL)?;
        // The space of forms (application/x-www-form-urlencoded).
        label.iter_mut().filter(|byte| **byte == b'+').for_each(|byte| *byte = b' ');
        if !contains(&label, LABEL) {
            return None;
        }
        let (body, end) = until_dashes(bytes, at, LONGEST).unwrap_or_else(|| rest(bytes, at));
        // The line that ends it, if there is one.
        let end = match bytes[end..].starts_with(b"END") {
            true => until_dashes(bytes, end, LONGEST_LABEL).map_or(end, |(_, end)| end),
            false => end,
        };
        Some(Self { label, body, span: start..end })
    }

    fn judge(self) -> Option<Hit> {
        let Self { label, body, span } = self;
        let has = |needle: &'static [u8]| contains(&body, needle);
        let has_headers = has(b"Proc-Type") || has(b"DEK-Info") || has(b"Version:") || has(b"Comment:");
        let content = if has_headers { behind_headers(&body) } else { &body };
        let content = without_marks(content);
        let digits = Zeroizing::new(base64_digits(&content));
        if digits.len() < SHORTEST || kinds(&digits) < FEWEST_KINDS {
            return None;
        }
        if has_headers || contains(&label, b"ENCRYPTED") {
            let what = if has(b"Version:") { What::PrivateKey } else { What::EncryptedKey };
            return Some(Hit::new(what, span));
        }
        let der = decode_base64(&digits);
        if let Some(rest) = der.strip_prefix(OPENSSH) {
            let open = rest.starts_with(NO_CIPHER);
            return Some(Hit::new(if open { What::PrivateKey } else { What::EncryptedKey }, span));
        }
        let pgp = contains(&label, b"BLOCK");
        // An excerpt of the beginning, as in a manual, is the public half.
        let is_most = length(&der).is_some_and(|whole| 2 * der.len() >= whole);
        (pgp || is_most).then(|| Hit { what: What::PrivateKey, span, key: (!pgp).then_some(der) })
    }
}

/// What stands before the next dashes, and the place behind them.
fn until_dashes(bytes: &[u8], at: usize, most: usize) -> Option<(Zeroizing<Vec<u8>>, usize)> {
    let mut text = Zeroizing::new(Vec::with_capacity(most.min(bytes.len() - at) + 1));
    for (character, end) in characters(bytes, at).take(most) {
        text.push(character);
        if text.ends_with(DASHES) {
            let length = text.len() - DASHES.len();
            text.truncate(length);
            return Some((text, end));
        }
    }
    None
}

/// All that is left, for a block that does not end.
fn rest(bytes: &[u8], at: usize) -> (Zeroizing<Vec<u8>>, usize) {
    let mut text = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut last = at;
    for (character, end) in characters(bytes, at).take(LONGEST) {
        // Nothing of a text that follows.
        if !character.is_ascii_alphanumeric() && !b"+/= \t\r\n\"',#>*|.;:-\\".contains(&character) {
            break;
        }
        text.push(character);
        last = end;
    }
    (text, last)
}

/// The headers of RFC 1421, 4.4, end with an empty line.
fn behind_headers(body: &[u8]) -> &[u8] {
    let lines = body.split_inclusive(|byte| *byte == b'\n');
    let headers = lines.take_while(|line| line.trim_ascii().is_empty() || line.contains(&b':'));
    &body[headers.map(<[u8]>::len).sum::<usize>()..]
}

/// Without the `+` with which a patch begins each line.
fn without_marks(content: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut lines =
        content.split(|byte| *byte == b'\n').skip(1).filter(|line| !line.trim_ascii().is_empty()).peekable();
    let is_patch = lines.peek().is_some() && lines.all(|line| line.starts_with(b"+"));
    let mut kept = Zeroizing::new(Vec::with_capacity(content.len()));
    for (number, line) in content.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let mark = usize::from(is_patch && number > 0 && line.starts_with(b"+"));
        kept.extend_from_slice(&line[mark..]);
    }
    kept
}

/// Without a `+` between quotes, by which programs put texts together.
fn base64_digits(text: &[u8]) -> Vec<u8> {
    let is_digit = |at: Option<usize>| {
        let byte = at.and_then(|at| text.get(at));
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))
    };
    let counts = |at: usize| text[at] != b'+' || is_digit(at.checked_sub(1)) || is_digit(Some(at + 1));
    let mut digits = Vec::with_capacity(text.len());
    digits.extend((0..text.len()).filter(|at| is_digit(Some(*at)) && counts(*at)).map(|at| text[at]));
    digits
}

fn kinds(text: &[u8]) -> usize {
    let mut seen = [false; 256];
    text.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    seen.iter().filter(|seen| **seen).count()
}
