//! Masks a host's own name and addresses in texts, so that hosts with the same change are reported once.

use crate::resolve::Node;

/// Stands for the host's own name: a character for private use, which YAML takes and no text of ours has. A text that has
/// one gets another for it, see [`spared`].
const NAME: char = '\u{e000}';
/// Stands for its first address; the others follow.
const ADDRESS: u32 = 0xe001;
/// Stands for its last one.
const LAST: char = '\u{e006}';
/// Says that the character behind it stands for such a one of the text itself, or for itself.
const SPARE: char = '\u{f8ff}';
/// As far as those lie behind the ones for which they stand.
const BEHIND: u32 = 0x100;
/// As many addresses as have a sign.
const ADDRESSES: usize = 6;

/// The host's own words, the same before and after.
#[derive(Debug, Clone, Default)]
pub(super) struct Mask {
    words: Vec<(char, String)>,
}

impl Mask {
    /// Of a name and of addresses that are the same on both sides.
    pub(super) fn new(name: Option<&str>, addresses: impl Iterator<Item = String>) -> Self {
        let signs = (ADDRESS..).filter_map(char::from_u32);
        let mut words: Vec<(char, String)> = signs.zip(addresses).take(ADDRESSES).collect();
        words.extend(name.map(|name| (NAME, name.to_owned())));
        // A longer word may hold a shorter one.
        words.sort_by_key(|(_, word)| std::cmp::Reverse(word.len()));
        Self { words }
    }

    /// Of a node that only one side has, or that is the same on both.
    pub(super) fn of(node: &Node) -> Self {
        Self::new(Some(node.name.as_str()), node.addresses.iter().map(ToString::to_string))
    }

    /// The text with signs instead of the host's own words.
    pub(super) fn put_on(&self, text: &str) -> String {
        self.words.iter().fold(spared(text), |text, (sign, word)| replace(&text, word, *sign))
    }

    /// The text as it is.
    pub(super) fn take_off(&self, text: &str) -> String {
        unspared(&self.words.iter().fold(text.to_owned(), |text, (sign, word)| text.replace(*sign, word)))
    }
}

/// The text as it is for several: `*` is the own name, `<own address>` an own address.
pub(super) fn for_all(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            NAME => shown.push('*'),
            NAME..=LAST => shown.push_str("<own address>"),
            other => shown.push(other),
        }
    }
    unspared(&shown)
}

/// A text whose own characters are no signs: those that could be taken for one are written as two.
fn spared(text: &str) -> String {
    let mut spared = String::with_capacity(text.len());
    for c in text.chars() {
        if (NAME..=LAST).contains(&c) || c == SPARE {
            spared.push(SPARE);
        }
        spared.push(if (NAME..=LAST).contains(&c) { moved(u32::from(c) + BEHIND, c) } else { c });
    }
    spared
}

/// The text as it was.
fn unspared(text: &str) -> String {
    let mut chars = text.chars();
    let mut unspared = String::with_capacity(text.len());
    while let Some(c) = chars.next() {
        let behind = if c == SPARE { chars.next().unwrap_or(c) } else { c };
        let own = moved(u32::from(behind).saturating_sub(BEHIND), behind);
        unspared.push(if c == SPARE && (NAME..=LAST).contains(&own) { own } else { behind });
    }
    unspared
}

fn moved(to: u32, c: char) -> char {
    char::from_u32(to).unwrap_or(c)
}

/// Replaces a word where it is not a part of a longer one.
fn replace(text: &str, word: &str, sign: char) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    while let Some(at) = rest.find(word) {
        let (head, tail) = (&rest[..at], &rest[at + word.len()..]);
        let before = head.chars().next_back().or_else(|| replaced.chars().next_back());
        let whole = !before.is_some_and(part) && !tail.starts_with(part);
        replaced.push_str(head);
        if whole {
            replaced.push(sign);
        } else {
            replaced.push_str(word);
        }
        rest = tail;
    }
    replaced.push_str(rest);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_the_hosts_own() {
        let mask = Mask::new(Some("a"), ["10.0.0.1", "fd00::1"].map(String::from).into_iter());
        let text = "a=https://10.0.0.1:2380,ab=https://10.0.0.10 node.a/kubelet b-a fd00::1";
        let masked = mask.put_on(text);
        assert_eq!(
            for_all(&masked),
            "*=https://<own address>:2380,ab=https://10.0.0.10 node.*/kubelet b-a <own address>"
        );
        assert_eq!(mask.take_off(&masked), text);
    }

    /// A text with a sign of its own does not say what the host's own text says.
    #[test]
    fn signs_of_a_text_are_not_the_hosts_own() {
        let mask = Mask::new(Some("a"), ["10.0.0.1"].map(String::from).into_iter());
        for text in ["\u{e001}:2379 10.0.0.1", "\u{e000}", "\u{f8ff} \u{e001}", "\u{e101}\u{f8ff}\u{e006}"] {
            let masked = mask.put_on(text);
            let own = text.replace('\u{e001}', "10.0.0.1").replace('\u{e000}', "a");
            assert!(own == text || masked != mask.put_on(&own));
            assert_eq!(mask.take_off(&masked), text);
        }
        assert_eq!(for_all(&mask.put_on("\u{e001} 10.0.0.1")), "\u{e001} <own address>");
    }
}
