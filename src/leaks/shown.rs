//! Masks private data in messages, recognised by how it begins.
//!
//! A message may repeat only a part of a secret or a key, which the rules for complete ones do not recognise. Secrets
//! and private keys have distinctive forms: those that pkiplan writes, PEM (RFC 7468), age identities, and the base64
//! of PEM in kubeconfigs and Secrets.

use std::borrow::Cow;

use super::age::PREFIX as AGE;
use super::key_block::BEGIN;
use super::secret::FORMAT as SECRET;
use super::text::{SCHEME, places, url_password};

/// What stands in place of what is not shown.
const MASK: &str = "***";

/// How something private begins, what it is, and which characters go on with it.
struct Form {
    begins: &'static str,
    is: &'static str,
    goes_on: fn(char) -> bool,
    /// How many letters and digits have to follow, so that a text which only mentions the form is not meant.
    at_least: usize,
}

const FORMS: &[Form] = &[
    Form { begins: SECRET, is: "a secret", goes_on: is_hex_or_blank, at_least: 16 },
    Form {
        begins: "pkiplan-encryption-key-1",
        is: "an encryption key",
        goes_on: is_hex_or_blank,
        at_least: 16,
    },
    Form {
        begins: "pkiplan-imported-text-1",
        is: "a token or password",
        goes_on: is_hex_or_blank,
        at_least: 16,
    },
    Form { begins: AGE, is: "an age identity", goes_on: is_of_age, at_least: 16 },
    // The base64 of `-----BEGIN `, and of what kinds of private keys go on with (RFC 4648, section 4).
    Form { begins: "LS0tLS1CRUdJTiBQUklWQVRFIEtFW", is: "a private key", goes_on: is_base64, at_least: 16 },
    Form { begins: "LS0tLS1CRUdJTiBSU0EgUFJJVkFUR", is: "a private key", goes_on: is_base64, at_least: 16 },
    Form { begins: "LS0tLS1CRUdJTiBFQyBQUklWQVRFI", is: "a private key", goes_on: is_base64, at_least: 16 },
    Form { begins: "LS0tLS1CRUdJTiBFTkNSWVBURUQgU", is: "a private key", goes_on: is_base64, at_least: 16 },
    Form { begins: "LS0tLS1CRUdJTiBPUEVOU1NIIFBSS", is: "a private key", goes_on: is_base64, at_least: 16 },
];

/// The label of a private key in PEM, as its first line ends (RFC 7468, section 10; `BLOCK` for OpenPGP).
const PEM_ENDS: [&str; 2] = ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"];

/// Messages break lines between words, and begin each with a bar.
fn is_hex_or_blank(c: char) -> bool {
    c.is_ascii_hexdigit() || c.is_ascii_whitespace() || c == '│'
}

fn is_of_age(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
}

fn is_pem(c: char) -> bool {
    is_base64(c) || c.is_ascii_whitespace() || matches!(c, '\\' | ':' | ',' | '-' | '│' | '|')
}

/// What private thing a text holds, in words; none if it holds none.
pub(super) fn holds(text: &str) -> Option<&'static str> {
    next(text).map(|found| found.is)
}

/// The text with everything private replaced, and without the users and passwords of URLs.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    match without_keys(text) {
        Cow::Borrowed(text) => without_users(text),
        Cow::Owned(text) => Cow::Owned(without_users(&text).into_owned()),
    }
}

/// A plan may have users and passwords in URLs, so that they are no secret or key.
fn without_users(text: &str) -> Cow<'_, str> {
    let (mut shown, mut from) = (String::new(), 0);
    for at in places(text.as_bytes(), SCHEME) {
        if let Some(password) = url_password(text.as_bytes(), at).filter(|_| at >= from) {
            shown.push_str(&text[from..at + SCHEME.len()]);
            shown.push_str(MASK);
            from = password.end;
        }
    }
    if from == 0 { Cow::Borrowed(text) } else { Cow::Owned(shown + &text[from..]) }
}

fn without_keys(text: &str) -> Cow<'_, str> {
    let Some(mut found) = next(text) else { return Cow::Borrowed(text) };
    let (mut shown, mut rest) = (String::with_capacity(text.len()), text);
    loop {
        shown.push_str(&rest[..found.from]);
        shown.push_str(MASK);
        rest = &rest[found.to..];
        match next(rest) {
            Some(next) => found = next,
            None => break,
        }
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// Something private, and the bytes of it that are not shown.
struct Found {
    is: &'static str,
    from: usize,
    to: usize,
}

/// The first private thing in a text.
fn next(text: &str) -> Option<Found> {
    let formed = FORMS.iter().filter_map(|form| form.find(text));
    formed.chain(pem(text)).min_by_key(|found| found.from)
}

impl Form {
    fn find(&self, text: &str) -> Option<Found> {
        text.match_indices(self.begins).find_map(|(at, begin)| {
            let from = at + begin.len();
            let rest = &text[from..];
            let to = rest.find(|c| !(self.goes_on)(c)).unwrap_or(rest.len());
            let counted = rest[..to].chars().filter(char::is_ascii_alphanumeric).count();
            (counted >= self.at_least).then(|| Found { is: self.is, from, to: from + to })
        })
    }
}

/// The body of a private key in PEM.
fn pem(text: &str) -> Option<Found> {
    text.match_indices(BEGIN).find_map(|(at, begin)| {
        let label = &text[at + begin.len()..];
        let line = label.split(['\n', '\r']).next().unwrap_or_default();
        let end = PEM_ENDS.iter().find_map(|end| Some(line.find(end)? + end.len()))?;
        // A label holds words in capitals: anything else only mentions it.
        let words = &line[..end];
        if !words.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, ' ' | '-')) {
            return None;
        }
        let from = at + begin.len() + end;
        let body = &text[from..];
        let to = body.find(|c| !is_pem(c)).unwrap_or(body.len());
        let counted = body[..to].chars().filter(|c| is_base64(*c)).count();
        (counted >= 16).then(|| Found { is: "a private key", from, to: from + to })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    #[test]
    fn what_is_private_is_found_and_not_shown() {
        let pem = format!(
            "-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----\n",
            "MHcCAQEE".repeat(8)
        );
        let base64 =
            format!("client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQ{}", "MHcCAQEE".repeat(8));
        for (text, is) in [
            (format!("pkiplan-secret-1 {DIGITS}\n"), "a secret"),
            (format!("cannot read pkiplan-secret-1 {DIGITS}: it is not there"), "a secret"),
            (format!("cannot read pkiplan-secret-1\n  │ {DIGITS}: it is not there"), "a secret"),
            (format!("pkiplan-encryption-key-1 {DIGITS} {DIGITS}\n"), "an encryption key"),
            (format!("# created\nAGE-SECRET-KEY-1{}\n", "QQPZ".repeat(14)), "an age identity"),
            (pem, "a private key"),
            (base64, "a private key"),
        ] {
            assert_eq!(holds(&text), Some(is), "{text}");
            let shown = masked(&text);
            assert!(
                !shown.contains("001122") && !shown.contains("MHcC") && !shown.contains("QQPZ"),
                "{shown}"
            );
        }
    }

    #[test]
    fn urls_are_shown_without_their_users() {
        let text = "a http://u:pw@h:1/x, https://h, \"https://u:p@w@[::1]\" and u@h:1";
        assert_eq!(masked(text), "a http://***@h:1/x, https://h, \"https://***@[::1]\" and u@h:1");
        assert_eq!(holds(text), None, "a plan may name a proxy");
    }

    #[test]
    fn what_only_mentions_a_form_is_not_private() {
        for text in [
            "a secret file contains one line: `pkiplan-secret-1` and 64 hexadecimal digits",
            "if [ \"$(head -n1 key)\" = '-----BEGIN PRIVATE KEY-----' ]; then",
            "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUAQ\n-----END CERTIFICATE-----\n",
            "client-key-data: {{ key }}",
        ] {
            assert_eq!(holds(text), None, "{text}");
            assert_eq!(masked(text), text);
        }
    }
}
