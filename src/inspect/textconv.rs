//! Converts files to text for git's `textconv` (gitattributes(5)), so that diffs show their meaning instead of bytes.
//!
//! Unknown contents are passed through unchanged, except for terminal control characters and invisible characters.
//! Nothing private is printed.

use std::borrow::Cow;
use std::ops::Range;

use zeroize::Zeroizing;

use super::block::describe_block;
use super::digest::sha256;
use super::{Description, describe};
use crate::issue::pem;
use crate::issue::secret::Secret;
use crate::leaks;
use crate::printable;
use crate::values::Instant;

/// Holds the private key of a kubeconfig's user (kubernetes.io/docs/reference/config-api/kubeconfig.v1).
const EMBEDDED_KEY: &[u8] = b"client-key-data";

/// Shorter values are no keys.
const SHORTEST_KEY: usize = 16;

/// How far git looks for a NUL to say that a file is binary (`FIRST_FEW_BYTES` of its xdiff-interface.c).
const LOOKED_AT: usize = 8000;

/// A file in words that are the same on every day. What changes in it changes the words: where nothing else
/// says, a digest does.
#[must_use]
pub fn textconv(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let parts = parts(bytes);
    let words = if parts.iter().any(|part| part.label.is_some()) {
        words_of_parts(&parts)
    } else {
        Zeroizing::new(words_of_whole(bytes).map_or_else(|| with_keys_hidden(bytes), String::into_bytes))
    };
    // Git hands it to a terminal.
    match printable::bytes(&words) {
        Cow::Borrowed(_) => words,
        Cow::Owned(shown) => Zeroizing::new(shown),
    }
}

/// None where the file is of no kind that is known here.
fn words_of_whole(bytes: &[u8]) -> Option<String> {
    if let Ok(found) = describe(bytes, Instant::EPOCH) {
        let text: String = found.iter().map(Description::to_stable_text).collect();
        // Tokens, passwords and commands are reported and not repeated.
        let whole = found.iter().any(|one| matches!(one, Description::Kubeconfig(_)));
        return Some(if whole { text + &digest(bytes) } else { text });
    }
    if std::str::from_utf8(bytes).is_ok_and(|text| Secret::parse(text).is_ok()) {
        return Some(format!("secret of pkiplan\n{}", digest(bytes)));
    }
    // Git takes whatever comes out of here for text, and a terminal would get it.
    bytes[..bytes.len().min(LOOKED_AT)]
        .contains(&0)
        .then(|| format!("binary, {} bytes\n{}", bytes.len(), digest(bytes)))
}

fn digest(bytes: &[u8]) -> String {
    format!("  {:<12} sha256:{}\n", "digest", sha256(bytes))
}

/// A PEM block from its first to its last line, or what stands between two.
struct Part<'a> {
    /// The block's label.
    label: Option<String>,
    bytes: &'a [u8],
}

/// A block that does not end goes on to the next one.
fn parts(bytes: &[u8]) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut open: Option<String> = None;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let end = at + line.len();
        if let Some(label) = boundary(line, b"-----BEGIN ") {
            parts.push(Part { label: open.replace(label), bytes: &bytes[start..at] });
            start = at;
        } else if open.is_some() && boundary(line, b"-----END ").is_some() {
            parts.push(Part { label: open.take(), bytes: &bytes[start..end] });
            start = end;
        }
        at = end;
    }
    parts.push(Part { label: open, bytes: &bytes[start..] });
    parts
}

fn boundary(line: &[u8], start: &[u8]) -> Option<String> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    let label = line.strip_prefix(start)?.strip_suffix(b"-----")?;
    Some(String::from_utf8_lossy(label).into_owned())
}

fn words_of_parts(parts: &[Part<'_>]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::new());
    let mut after_words = false;
    for part in parts.iter().filter(|part| !part.bytes.trim_ascii().is_empty()) {
        match part.words() {
            Some(words) => {
                if after_words {
                    out.push(b'\n');
                }
                out.extend_from_slice(words.as_bytes());
                after_words = true;
            }
            None => {
                out.extend_from_slice(&with_keys_hidden(part.bytes));
                after_words = false;
            }
        }
    }
    out
}

impl Part<'_> {
    /// None where it goes out as it is.
    fn words(&self) -> Option<String> {
        let label = self.label.as_ref()?;
        let text = Zeroizing::new(String::from_utf8_lossy(self.bytes).into_owned());
        let block = pem::blocks(text.trim_start_matches('\u{feff}')).into_iter().next();
        match block.and_then(|block| describe_block(&block.label, &block.der, Instant::EPOCH)) {
            Some(known) if !matches!(known, Description::Other { .. }) => {
                let reported = known.to_stable_text();
                Some(if says_all(&known) { reported } else { reported + &digest(self.bytes) })
            }
            found if label.contains("PRIVATE") => {
                let reported = match found {
                    Some(other) => other.to_stable_text(),
                    None => format!("{label}: incomplete block\n"),
                };
                Some(reported + &digest(self.bytes))
            }
            _ => None,
        }
    }
}

/// Whether the words of two different ones differ.
fn says_all(description: &Description) -> bool {
    match description {
        Description::Certificate(_) => true,
        Description::PublicKey(key) | Description::PrivateKey(key) => key.public_sha256.is_some(),
        _ => false,
    }
}

/// What is private stays hidden wherever it stands, as in a kubeconfig that cannot be read in the middle of a merge.
fn with_keys_hidden(bytes: &[u8]) -> Vec<u8> {
    let mut private: Vec<(Range<usize>, bool)> = Vec::new();
    let leaks = leaks::find(bytes, &|_| false).found;
    private.extend(leaks.into_iter().map(|leak| (leak.span, leak.what.is_short())));
    private.extend(embedded(bytes).into_iter().map(|span| (span, false)));
    private.sort_by_key(|(span, _)| span.start);
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    for (span, is_short) in private.into_iter().filter(|(span, _)| !span.is_empty()) {
        if span.start >= at {
            out.extend_from_slice(&bytes[at..span.start]);
            let digest =
                if is_short { String::new() } else { format!(" sha256:{}", sha256(&bytes[span.clone()])) };
            out.extend_from_slice(format!("(hidden){digest}").as_bytes());
        }
        at = at.max(span.end);
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

/// The keys of kubeconfigs, whatever they hold.
fn embedded(bytes: &[u8]) -> Vec<Range<usize>> {
    let places = bytes.windows(EMBEDDED_KEY.len()).enumerate().filter(|(_, window)| *window == EMBEDDED_KEY);
    let values = places.map(|(at, _)| {
        let value = at + EMBEDDED_KEY.len();
        let value = value + length(&bytes[value..], |byte| b" \t:'\"".contains(&byte));
        value..value + length(&bytes[value..], |byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
    });
    values.filter(|value| value.len() >= SHORTEST_KEY).collect()
}

fn length(bytes: &[u8], counts: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| counts(**byte)).count()
}
