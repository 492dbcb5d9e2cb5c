//! Texts with placeholders for a host's own name and addresses: `{n}`, `{0}`, `{1}`.
//!
//! A literal `{` is doubled.

use crate::resolve::Node;

/// What is a host's own in such texts.
pub(super) struct Own {
    name: String,
    addresses: Vec<String>,
}

impl Own {
    pub(super) fn of(node: &Node) -> Self {
        Self {
            name: node.name.to_string(),
            addresses: node.addresses.iter().map(ToString::to_string).collect(),
        }
    }

    /// A text of the host with holes wherever its name and its addresses stand.
    pub(super) fn holed(&self, text: &str) -> String {
        let mut holed = replaced(&literal(text), &self.name, "{n}");
        for (position, address) in self.addresses.iter().enumerate() {
            holed = replaced(&holed, address, &format!("{{{position}}}"));
        }
        holed
    }

    /// The text that the host gives to one with holes; the script of the page does the same.
    pub(super) fn filled(&self, holed: &str) -> String {
        let (mut done, mut rest) = (String::with_capacity(holed.len()), holed);
        while let Some((before, after)) = rest.split_once('{') {
            done.push_str(before);
            let hole = after.split_once('}').and_then(|(hole, behind)| Some((self.value(hole)?, behind)));
            let (value, behind) = match (after.strip_prefix('{'), hole) {
                (Some(behind), _) => ("{", behind),
                (None, Some(hole)) => hole,
                (None, None) => ("{", after),
            };
            done.push_str(value);
            rest = behind;
        }
        done.push_str(rest);
        done
    }

    fn value(&self, hole: &str) -> Option<&str> {
        let address = || self.addresses.get(hole.parse::<usize>().ok()?);
        if hole == "n" { Some(&self.name) } else { address().map(String::as_str) }
    }
}

/// The text with holes that gives each of two hosts its own: a part of a path may be called as one of them is.
pub(super) fn shared((text, own): (&str, &Own), (other_text, other): (&str, &Own)) -> Option<String> {
    let holed = [literal(text), own.holed(text), other.holed(other_text)];
    holed.into_iter().find(|holed| own.filled(holed) == text && other.filled(holed) == other_text)
}

/// A text without holes.
fn literal(text: &str) -> String {
    text.replace('{', "{{")
}

/// Where `what` stands as a whole word.
fn replaced(text: &str, what: &str, by: &str) -> String {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == ':';
    let (mut done, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(what) {
        let (before, after) = (&rest[..at], &rest[at + what.len()..]);
        // `IP:` and `system:node:` stand before names, colons of an address within it.
        let begins = !before.chars().next_back().is_some_and(|c| part(c) && c != ':');
        let ends = !after.chars().next().is_some_and(part);
        done.push_str(before);
        done.push_str(if begins && ends { by } else { what });
        rest = after;
    }
    done.push_str(rest);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(name: &str, address: &str) -> Own {
        Own { name: name.to_owned(), addresses: vec![address.to_owned()] }
    }

    #[test]
    fn whole_words_are_holes() {
        assert_eq!(replaced("node.a/kubelet", "a", "{n}"), "node.{n}/kubelet");
        assert_eq!(replaced("CN=system:node:a, data", "a", "{n}"), "CN=system:node:{n}, data");
        assert_eq!(replaced("IP:10.0.0.1 IP:10.0.0.10", "10.0.0.1", "{0}"), "IP:{0} IP:10.0.0.10");
        assert_eq!(replaced("a-b", "a", "{n}"), "a-b");
    }

    #[test]
    fn braces_are_no_holes() {
        let a = own("a", "10.0.0.1");
        for text in ["{n}", "{{n}}", "{a}", "{{a", "{0}/10.0.0.1", "{1}", "{", "a}{"] {
            assert_eq!(a.filled(&a.holed(text)), text);
            assert_eq!(own("b", "::1").filled(&literal(text)), text);
        }
        assert_eq!(own("b", "::1").filled(&a.holed("{a}/10.0.0.1")), "{b}/::1");
    }

    #[test]
    fn holes_are_proven() {
        let (pki, etcd, b) = (own("pki", "10.0.0.1"), own("etcd", "10.0.0.2"), own("b", "10.0.0.3"));
        let shared = |one: (&str, &Own), other| shared(one, other);
        assert_eq!(shared(("/pki/x", &pki), ("/pki/x", &b)).as_deref(), Some("/pki/x"));
        assert_eq!(shared(("/pki/pki", &pki), ("/pki/b", &b)).as_deref(), Some("/pki/{n}"));
        assert_eq!(shared(("/pki/etcd", &pki), ("/pki/etcd", &etcd)).as_deref(), Some("/pki/etcd"));
        assert_eq!(shared(("/pki/etcd/pki", &pki), ("/pki/etcd/etcd", &etcd)), None);
        assert_eq!(shared(("/x", &pki), ("/y", &b)), None);
    }
}
