//! Finds private data in bytes, whatever the file's name and encoding: secrets, private keys, tokens and passwords.
//!
//! It also decodes base64, hexadecimal digits, UTF-16 and archives. The rules and decoders are modelled on those of
//! gitleaks (<https://github.com/gitleaks/gitleaks>). Each rule checks the structure of its matches, so that
//! certificates, public keys, digests and placeholders are not reported.

mod age;
mod archive;
mod encoded;
mod escape;
mod key_block;
mod key_der;
mod layer;
mod leak;
mod printed;
mod secret;
mod shown;
mod text;
mod token;

use std::cmp::Reverse;

use layer::{Budget, Layer};
use leak::Hit;
pub use leak::{Credential, Encoding, Leak, What};
use secret::IsSecret;
pub use shown::masked;

/// How many encodings within each other are undone. A Helm release is base64, base64, gzip, and holds base64.
const DEPTH: usize = 6;

/// Bytes of a text in which encodings are undone before it is read as something else: no secret and no key is as long.
const DECODED: usize = 1 << 20;

/// All that was found in a file.
#[derive(Default)]
pub struct Leaks {
    /// In the order of their places.
    pub found: Vec<Leak>,
    /// Whether something was left out, since it is too large or too deep when it is decoded.
    pub cut: bool,
}

/// Looks for everything private. `is_secret` knows a secret from other 32 bytes, which alone could be anything.
#[must_use]
pub fn find(bytes: &[u8], is_secret: IsSecret<'_>) -> Leaks {
    let mut budget = Budget::whole();
    let mut leaks = look(bytes, is_secret, &mut budget, 0);
    leaks.sort_by_key(|leak| (leak.span.start, Reverse(leak.span.end), leak.what));
    let mut found: Vec<Leak> = Vec::new();
    for leak in leaks {
        // The base64 of a block is found with it.
        let within = |other: &Leak| other.what == leak.what && leak.span.end <= other.span.end;
        if !found.last().is_some_and(within) {
            found.push(leak);
        }
    }
    Leaks { found, cut: budget.cut }
}

/// Which secret or key a text holds that is to be read as something else, in words; none if it holds none.
#[must_use]
pub fn holds(text: &str) -> Option<&'static str> {
    let decoded = || {
        let all = if text.len() > DECODED { Leaks::default() } else { find(text.as_bytes(), &|_| false) };
        all.found.into_iter().find(|leak| leak.what.is_key())
    };
    shown::holds(text).or_else(|| decoded().map(|leak| leak.what.words()))
}

fn look(bytes: &[u8], is_secret: IsSecret<'_>, budget: &mut Budget, depth: usize) -> Vec<Leak> {
    let mut hits = key_block::find(bytes);
    hits.extend(key_der::find(bytes));
    hits.extend(printed::find(bytes));
    hits.extend(age::find(bytes));
    hits.extend(token::find(bytes));
    hits.extend(secret::find(bytes));
    hits.extend(secret::bare(bytes, is_secret));
    let leak = |hit: Hit| Leak { what: hit.what, encodings: Vec::new(), span: hit.span, key: hit.key };
    let mut leaks: Vec<Leak> = hits.into_iter().map(leak).collect();
    encoded::layers(bytes, budget, &mut |layer, budget| {
        if depth == DEPTH {
            budget.cut = true;
            return;
        }
        let inner = look(&layer.bytes, is_secret, budget, depth + 1);
        leaks.extend(inner.into_iter().map(|leak| within(leak, bytes, layer)));
    });
    leaks
}

/// What was found in a layer of `outer`, as something in `outer`.
fn within(mut leak: Leak, outer: &[u8], layer: &Layer) -> Leak {
    leak.span = layer.span.clone();
    if leak.what == What::PrivateKey && text::is_value_of(outer, layer.span.start, b"client-key-data") {
        // Its base64 is the way of kubeconfigs.
        leak.what = What::Kubeconfig(Credential::Key);
    } else {
        leak.encodings.insert(0, layer.encoding);
    }
    leak
}

#[cfg(test)]
mod tests;
