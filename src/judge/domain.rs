//! Domain names and mailboxes in certificates, as Go's crypto/x509 reads them, with everything that it accepts.
//!
//! They are `domainNameValid` (parser.go) and `parseRFC2821Mailbox` (verify.go).

/// Whether Go compares it with constraints: labels of visible characters. The empty text is one.
pub(super) fn is_domain(text: &[u8]) -> bool {
    text.is_empty() || labels(text)
}

/// The same for a constraint, which may begin with a dot.
pub(super) fn is_constraint(text: &[u8]) -> bool {
    text.is_empty() || labels(text.strip_prefix(b".").unwrap_or(text))
}

fn labels(text: &[u8]) -> bool {
    let is_label = |label: &[u8]| !label.is_empty() && label.iter().all(|byte| (33..=126).contains(byte));
    text.split(|byte| *byte == b'.').all(is_label)
}

/// A mailbox (RFC 5321, 4.1.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mailbox {
    pub(super) local: Vec<u8>,
    /// In lower case.
    pub(super) domain: Vec<u8>,
}

impl Mailbox {
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (local, rest) = match text.strip_prefix(b"\"") {
            Some(quoted) => quoted_string(quoted)?,
            None => dot_string(text)?,
        };
        let domain = rest.strip_prefix(b"@")?;
        if !is_domain(domain) || domain.contains(&b'@') {
            return None;
        }
        Some(Self { local, domain: domain.to_ascii_lowercase() })
    }
}

/// What stands in quotes, and what follows.
fn quoted_string(mut text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut local = Vec::new();
    loop {
        let (byte, rest) = text.split_first()?;
        text = rest;
        match byte {
            b'"' => return Some((local, text)),
            b'\\' => {
                let (escaped, rest) = text.split_first()?;
                if !matches!(escaped, 1..=9 | 11 | 12 | 14..=127) {
                    return None;
                }
                local.push(*escaped);
                text = rest;
            }
            1..=8 | 11 | 12 | 14..=33 | 35..=91 | 93..=127 => local.push(*byte),
            _ => return None,
        }
    }
}

/// Words between dots, and what follows.
fn dot_string(mut text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut local = Vec::new();
    while let Some((byte, rest)) = text.split_first() {
        if *byte == b'\\' {
            // Whatever is escaped is taken.
            let (escaped, rest) = rest.split_first()?;
            local.push(*escaped);
            text = rest;
        } else if byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(byte) {
            local.push(*byte);
            text = rest;
        } else {
            break;
        }
    }
    let dotted = local.first() == Some(&b'.') || local.last() == Some(&b'.');
    let empty_word = local.windows(2).any(|pair| pair == b"..");
    (!local.is_empty() && !dotted && !empty_word).then_some((local, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        for good in ["", "a", "a.b", "*.a", "a_b", "A!"] {
            assert!(is_domain(good.as_bytes()), "{good}");
        }
        for wrong in [".", "a.", ".a", "a..b", "a b", "\u{7f}"] {
            assert!(!is_domain(wrong.as_bytes()), "{wrong}");
        }
        assert!(is_constraint(b".a") && is_constraint(b""));
        assert!(!is_constraint(b"..a") && !is_constraint(b".") && !is_constraint(b"a."));
    }

    #[test]
    fn mailboxes() {
        let parse = |text: &str| Mailbox::parse(text.as_bytes()).map(|box_| (box_.local, box_.domain));
        assert_eq!(parse("a.B@C.d"), Some((b"a.B".to_vec(), b"c.d".to_vec())));
        assert_eq!(parse("\"a\\\" b\"@c"), Some((b"a\" b".to_vec(), b"c".to_vec())));
        assert_eq!(parse("a\\@b@c"), Some((b"a@b".to_vec(), b"c".to_vec())));
        for wrong in ["", "a", "@b", ".a@b", "a.@b", "a..b@c", "a@b@c", "a@.b", "\"a@b", "a\\"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
