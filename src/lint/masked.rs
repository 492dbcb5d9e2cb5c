//! Masks private data in the texts that messages show, line by line.

use crate::leaks;

/// What stands in place of what is not shown.
const MASK: &str = "***";
/// Words beside which something private stands.
const PRIVATE: [&str; 6] = ["secret", "token", "password", "-data", "passphrase", "private"];
/// Keys of URLs, which may have no scheme.
const URLS: [&str; 2] = ["server", "proxy-url"];
/// What stands in place of the user of a URL.
const HIDDEN_USER: &str = "***@";
/// Characters of a value that could be a key.
const KEY: usize = 20;

/// PEM: the lines that begin and end blocks.
pub(super) fn pem(text: &str) -> String {
    let line =
        |line: &str| if line.trim_start().starts_with("-----") { line.to_owned() } else { MASK.to_owned() };
    safe(&text.lines().map(line).collect::<Vec<_>>().join("\n"))
}

/// YAML or JSON with something private in it: of a line that could hold it, what stands before.
pub(super) fn yaml(text: &str) -> String {
    safe(&text.lines().map(yaml_line).collect::<Vec<_>>().join("\n"))
}

fn yaml_line(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    if let Some(at) = PRIVATE.iter().filter_map(|word| lower.find(word)).min() {
        let colon = line.get(at..).and_then(|rest| rest.find(':')).map_or(at, |colon| at + colon + 1);
        return format!("{} {MASK}", line.get(..colon).unwrap_or_default());
    }
    let lone = !line.contains(':') && line.trim().trim_start_matches("- ").len() >= KEY;
    if lone { MASK.to_owned() } else { url(line) }
}

/// A line with URLs without their users; of one in which they cannot be seen, what stands before.
fn url(line: &str) -> String {
    let shown = leaks::masked(line);
    let all = shown.matches('@').count() == shown.matches(HIDDEN_USER).count();
    match URLS.iter().filter_map(|word| line.find(word)).min() {
        Some(at) if !all => {
            let colon = line.get(at..).and_then(|rest| rest.find(':')).map_or(at, |colon| at + colon + 1);
            format!("{} {MASK}", line.get(..colon).unwrap_or_default())
        }
        _ => shown.into_owned(),
    }
}

/// A file of tokens: what stands behind the first comma.
pub(super) fn tokens(text: &str) -> String {
    let line = |line: &str| match line.split_once(',') {
        Some((token, rest)) if !token.contains('"') => format!("{MASK},{rest}"),
        _ => MASK.to_owned(),
    };
    safe(&text.lines().map(line).collect::<Vec<_>>().join("\n"))
}

/// A configuration that is no secret, but for its passwords.
pub(super) fn plain(text: &str) -> String {
    let line = |line: &str| match line.trim_start().starts_with('[') || line.contains('=') {
        true if !PRIVATE.iter().any(|word| line.to_ascii_lowercase().contains(word)) => line.to_owned(),
        _ => yaml_line(line),
    };
    safe(&text.lines().map(line).collect::<Vec<_>>().join("\n"))
}

/// Nothing of a text in which something private is left after all.
fn safe(text: &str) -> String {
    match leaks::holds(text) {
        None => text.to_owned(),
        Some(_) => text.lines().map(|_| MASK).collect::<Vec<_>>().join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_private_is_not_shown() {
        let text = "users:\n- name: a\n  user:\n    token: abcdef.0123456789abcdef\n    client-key-data: |\n      QUJDREVGR0hJSktMTU5P\n";
        let shown = yaml(text);
        assert!(
            !shown.contains("abcdef") && !shown.contains("QUJD") && shown.contains("- name: a"),
            "{shown}"
        );
        assert!(!yaml("{\"user\": {\"password\": \"geheim\"}}").contains("geheim"));
        for url in [
            "server: https://u:geheim@h:1",
            "{\"proxy-url\": \"u:geheim@h\", \"a\": 1}",
            "server: https:\\/\\/u:geheim@h",
        ] {
            let shown = yaml(url);
            assert!(!shown.contains("geheim") && shown.contains("***"), "{shown}");
        }
        assert_eq!(yaml("- name: u@c\n  server: https://h:1"), "- name: u@c\n  server: https://h:1");
        assert_eq!(tokens("t0ken,a,1,\"g\"\n\"to,ken\",b,2"), "***,a,1,\"g\"\n***");
        let pem = pem("junk\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assert_eq!(
            pem.lines().collect::<Vec<_>>(),
            ["***", "-----BEGIN PRIVATE KEY-----", "***", "-----END PRIVATE KEY-----"]
        );
    }
}
