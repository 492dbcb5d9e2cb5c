//! Texts of a host in which its own name and addresses are holes: `{n}`, `{0}`, `{1}`.

use crate::resolve::Node;

/// A text with holes for the name and the addresses of a node.
pub(super) fn with_holes(text: &str, node: &Node) -> String {
    let mut holed = replaced(text, node.name.as_str(), "{n}");
    for (position, address) in node.addresses.iter().enumerate() {
        holed = replaced(&holed, &address.to_string(), &format!("{{{position}}}"));
    }
    holed
}

/// The text that a host gives to one with holes; the script of the page does the same.
pub(super) fn filled(text: &str, node: &Node) -> String {
    let mut filled = text.replace("{n}", node.name.as_str());
    for (position, address) in node.addresses.iter().enumerate() {
        filled = filled.replace(&format!("{{{position}}}"), &address.to_string());
    }
    filled
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

    #[test]
    fn whole_words_are_holes() {
        assert_eq!(replaced("node.a/kubelet", "a", "{n}"), "node.{n}/kubelet");
        assert_eq!(replaced("CN=system:node:a, data", "a", "{n}"), "CN=system:node:{n}, data");
        assert_eq!(replaced("IP:10.0.0.1 IP:10.0.0.10", "10.0.0.1", "{0}"), "IP:{0} IP:10.0.0.10");
        assert_eq!(replaced("a-b", "a", "{n}"), "a-b");
    }
}
