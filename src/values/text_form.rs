//! Formats of settings in which not every text is valid.

use super::Invalid;

/// How many bytes the name of a user of a host has at most (useradd(8)).
const LONGEST_USER: usize = 32;

/// The form of a text that a program takes for more than a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextForm {
    /// Where a program listens on the same host or another: `unix:///run/x.sock`, or an absolute path.
    Endpoint,
    /// Where images come from: `registry.example.com:5000/k8s`.
    Registry,
    /// The path of a URL, with a query if need be: `/readyz?verbose`.
    UrlPath,
    /// A user of a host (useradd(8)), or its number.
    User,
    /// The name of an environment variable, or nothing.
    Variable,
}

impl TextForm {
    /// Every form with its word.
    pub const WORDS: [(&str, TextForm); 5] = [
        ("endpoint", TextForm::Endpoint),
        ("registry", TextForm::Registry),
        ("url-path", TextForm::UrlPath),
        ("user", TextForm::User),
        ("variable", TextForm::Variable),
    ];

    /// Says why a text is not of the form.
    ///
    /// # Errors
    ///
    /// With what to write instead.
    pub fn check(self, text: &str) -> Result<(), Invalid> {
        let (good, what, help) = match self {
            TextForm::Endpoint => (
                is_endpoint(text),
                "where a program listens",
                "write a URI such as `unix:///run/containerd/containerd.sock`",
            ),
            TextForm::Registry => (
                is_registry(text),
                "where images come from",
                "write it as in image names, such as `registry.example.com:5000/kubernetes`",
            ),
            TextForm::UrlPath => {
                (is_url_path(text), "the path of a URL", "write a path without blanks, such as `/readyz`")
            }
            TextForm::User => {
                (is_user(text), "the name of a user of a host", "write a name such as `root`, or a number")
            }
            TextForm::Variable => (
                is_variable(text),
                "the name of an environment variable",
                "write letters, digits and `_`, such as `MY_ARGS`",
            ),
        };
        if good { Ok(()) } else { Err(Invalid::new(format!("`{text}` is not {what}")).help(help)) }
    }
}

/// A text of one line: what stands in units, flags and configuration files would otherwise end there, and begin
/// with something that nobody meant.
///
/// # Errors
///
/// Where a control character is in it.
pub fn one_line(text: &str) -> Result<(), Invalid> {
    let Some(found) = text.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) else {
        return Ok(());
    };
    let what = match found {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => "a line break",
        '\t' => "a tab",
        _ => "a control character",
    };
    Err(Invalid::new(format!("{what} is in `{text}`"))
        .help("write it in one line, without control characters"))
}

fn is_endpoint(text: &str) -> bool {
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return false;
    }
    match text.split_once("://") {
        // What stands before the path would be a host.
        Some(("unix", path)) => path.starts_with('/'),
        Some((scheme, rest)) => {
            let letters = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
            letters && scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && !rest.is_empty()
        }
        None => text.starts_with('/'),
    }
}

fn is_registry(text: &str) -> bool {
    let (first, path) = text.split_once('/').map_or((text, None), |(first, path)| (first, Some(path)));
    let usual = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_part = |part: &str| {
        part.starts_with(usual)
            && part.ends_with(usual)
            && part.chars().all(|c| usual(c) || "-_.".contains(c))
    };
    // github.com/distribution/reference: only what has a dot or a colon is a host, and only a host has a port.
    let is_host = first.contains(['.', ':']) && {
        let port = first.rsplit_once(':').filter(|_| !first.ends_with(']'));
        let (host, port) = port.map_or((first, "1"), |(host, port)| (host, port));
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
        !host.is_empty() && host.bytes().all(allowed) && port.parse::<u16>().is_ok()
    };
    (is_host || is_part(first)) && path.is_none_or(|path| path.split('/').all(is_part))
}

/// RFC 3986, 3.3 and 3.4, without the quote, which configuration files take for themselves.
fn is_url_path(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&()*+,;=:@%/?".contains(&byte);
    text.starts_with('/') && text.bytes().all(allowed)
}

fn is_user(text: &str) -> bool {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let length = (1..=LONGEST_USER).contains(&text.len());
    length && !text.starts_with('-') && text.bytes().all(usual)
}

fn is_variable(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().all(allowed) && !text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_take_what_programs_take() {
        let cases = [
            (
                TextForm::Endpoint,
                &["unix:///run/a.sock", "/run/a.sock", "npipe:////./pipe/a", "tcp://h:1"][..],
            ),
            (
                TextForm::Registry,
                &[
                    "registry.k8s.io",
                    "h:5000/a/b_c",
                    "[fd00::1]:5000",
                    "[fd00::1]",
                    "team",
                    "R.Example.com/a",
                ],
            ),
            (TextForm::UrlPath, &["/", "/readyz", "/readyz?exclude=etcd&verbose"]),
            (TextForm::User, &["root", "etcd", "1000", "a.b-c_d"]),
            (TextForm::Variable, &["", "A", "_a1"]),
        ];
        for (form, good) in cases {
            for text in good {
                assert!(form.check(text).is_ok(), "{form:?} {text}");
            }
        }
        let cases = [
            (TextForm::Endpoint, &["", "run/a.sock", "unix://run/a.sock", "unix:///a b", "://a"][..]),
            (
                TextForm::Registry,
                &[
                    "",
                    "a b",
                    "a/",
                    "/a",
                    "https://a b",
                    "https://registry.k8s.io",
                    "r/a:v1",
                    "R/K8S",
                    "r.io/A",
                    "r:x",
                ],
            ),
            (TextForm::UrlPath, &["", "readyz", "/a b", "/a\n", "/a#b", "/a'b", "/ä"]),
            (TextForm::User, &["", "et cd", "-a", "a:b", "a\n"]),
            (TextForm::Variable, &["MY VAR", "1A", "A=B", "ä"]),
        ];
        for (form, bad) in cases {
            for text in bad {
                assert!(form.check(text).is_err(), "{form:?} {text}");
            }
        }
    }

    #[test]
    fn a_line_ends_in_many_ways() {
        for bad in ["a\nb", "a\r", "a\tb", "a\0", "a\u{85}b", "a\u{2028}b", "\u{1b}[1m"] {
            assert!(one_line(bad).is_err(), "{bad:?}");
        }
        assert!(one_line("a b ä").is_ok());
    }
}
