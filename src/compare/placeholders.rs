//! The words that replace holes where a text is shown.

use std::fmt;

/// Of what fills a hole, what may be shown, with the host's own words masked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Placeholder {
    /// Certificates, in their order.
    Certificates(Vec<Mention>),
    /// Anything else in words; nothing is shown of it but that it is the same or another one.
    Words(String),
}

/// A certificate that fills a hole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    pub(super) id: String,
    /// `reissued (+DNS:a)`; none: nothing became of it, or it is new.
    pub(super) became: Option<String>,
}

/// What stands in two texts that are compared, each by a sign of its own: the same sign where the same fills a hole.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Placeholders(Vec<Placeholder>);

/// What is said of certificates of which none comes or goes.
pub(super) const OTHER_ORDER: &str = "in another order";
/// The first sign; the others follow. They are for private use, and YAML allows them in any value.
const FIRST: u32 = 0xf_0000;

impl Placeholders {
    /// The sign of a placeholder.
    pub(super) fn sign(&mut self, placeholder: Placeholder) -> char {
        let at = self.0.iter().position(|known| *known == placeholder).unwrap_or_else(|| {
            self.0.push(placeholder);
            self.0.len() - 1
        });
        u32::try_from(at).ok().and_then(|at| char::from_u32(FIRST + at)).unwrap_or(char::MAX)
    }

    fn of(&self, sign: char) -> Option<&Placeholder> {
        let at = u32::from(sign).checked_sub(FIRST)?;
        self.0.get(usize::try_from(at).ok()?)
    }

    /// Whether something in a text stands for a hole.
    pub(super) fn are_in(&self, text: &str) -> bool {
        text.chars().any(|sign| self.of(sign).is_some())
    }

    /// The certificates that a text stands for, where it is nothing else.
    pub(super) fn certificates(&self, text: &str) -> Option<&[Mention]> {
        let mut signs = text.chars();
        match (self.of(signs.next()?)?, signs.next()) {
            (Placeholder::Certificates(mentions), None) => Some(mentions),
            _ => None,
        }
    }

    /// The text with words in place of signs.
    pub(super) fn shown(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        for sign in text.chars() {
            match self.of(sign) {
                Some(placeholder) => shown.push_str(&placeholder.to_string()),
                None => shown.push(sign),
            }
        }
        shown
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Placeholder::Certificates(mentions) => {
                let named: Vec<String> = mentions.iter().map(|mention| mention.joined(", ")).collect();
                let what = if mentions.len() == 1 { "certificate" } else { "certificates" };
                write!(f, "<{what} {}>", named.join("; "))
            }
            Placeholder::Words(words) => f.write_str(words),
        }
    }
}

impl Mention {
    fn joined(&self, between: &str) -> String {
        match &self.became {
            Some(became) => format!("{}{between}{became}", self.id),
            None => self.id.clone(),
        }
    }
}

/// What becomes of certificates in one place: `- authority.root/1`, `+ authority.root/2`, `node.a/server reissued
/// (+DNS:b)`; nothing where they are the same.
pub(super) fn changes(before: &[Mention], after: &[Mention]) -> Vec<String> {
    let is_in = |mention: &Mention, all: &[Mention]| all.iter().any(|other| other.id == mention.id);
    let gone = before.iter().filter(|mention| !is_in(mention, after));
    let mut changes: Vec<String> = gone.map(|mention| format!("- {}", mention.joined(", "))).collect();
    for mention in after {
        if !is_in(mention, before) {
            changes.push(format!("+ {}", mention.id));
        } else if mention.became.is_some() {
            changes.push(mention.joined(" "));
        }
    }
    if changes.is_empty() && before != after {
        changes.push(OTHER_ORDER.to_owned());
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(id: &str, became: Option<&str>) -> Mention {
        Mention { id: id.to_owned(), became: became.map(ToOwned::to_owned) }
    }

    #[test]
    fn the_same_has_the_same_sign() {
        let mut placeholders = Placeholders::default();
        let words = |text: &str| Placeholder::Words(text.to_owned());
        let one = placeholders.sign(words("<key of a>"));
        let other = placeholders.sign(Placeholder::Certificates(vec![mention("b", Some("renewed"))]));
        assert_eq!(placeholders.sign(words("<key of a>")), one);
        let text = format!("a: {one}, b: {other}");
        assert_eq!(placeholders.shown(&text), "a: <key of a>, b: <certificate b, renewed>");
        assert!(placeholders.are_in(&text) && !placeholders.are_in("a: <key of a>"));
        assert!(placeholders.certificates(&other.to_string()).is_some());
        assert!(placeholders.certificates(&text).is_none());
        assert!(placeholders.certificates(&one.to_string()).is_none());
    }

    #[test]
    fn certificates_come_go_and_change() {
        let (a, b) = (mention("a", None), mention("b", None));
        let old = [a.clone(), b.clone()];
        assert_eq!(
            changes(&old, &[mention("b", Some("reissued (+DNS:x, +DNS:y)")), mention("c", None)]),
            ["- a", "b reissued (+DNS:x, +DNS:y)", "+ c"]
        );
        assert_eq!(changes(&old, &[b, a]), ["in another order"]);
        assert_eq!(changes(&old, &old), [""; 0]);
    }
}
