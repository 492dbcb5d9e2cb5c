//! Flags, fields and bundles of a component that decide who may do what in the cluster.

use std::sync::Arc;

/// `[sensitive.NAME]`: something whose change can hand the cluster to somebody.
#[derive(Debug)]
pub struct Sensitive {
    /// Its name within the component.
    pub name: Arc<str>,
    /// The rest of a sentence: what it decides.
    pub because: Arc<str>,
    /// Flags, without dashes.
    pub(super) flags: Vec<Pattern>,
    /// Paths of values in its YAML files.
    pub(super) fields: Vec<Pattern>,
    /// The bundle whose clients are let in, an index.
    pub clients: Option<usize>,
    /// Which changes count.
    pub guard: Guard,
}

/// Which changes of a value count.
#[derive(Debug, PartialEq, Eq)]
pub enum Guard {
    /// Every change.
    Any,
    /// Changes to one of these values.
    Weak(Vec<Pattern>),
    /// Changes that take one of these items out of a list.
    Keep(Vec<Arc<str>>),
}

/// A text, or what texts begin with.
#[derive(Debug, PartialEq, Eq)]
pub enum Pattern {
    /// The text.
    Exactly(Arc<str>),
    /// Its beginning.
    Begins(Arc<str>),
}

impl Sensitive {
    /// Whether a flag, without dashes, is one of its own.
    #[must_use]
    pub fn has_flag(&self, name: &str) -> bool {
        self.flags.iter().any(|pattern| pattern.fits(name))
    }

    /// Whether a value of a YAML file is one of its own.
    #[must_use]
    pub fn has_field(&self, path: &str) -> bool {
        self.fields.iter().any(|pattern| pattern.fits(path))
    }
}

impl Guard {
    /// Whether the step from one value to another gives something away; none: nothing is said there.
    #[must_use]
    pub fn gives_away(&self, before: Option<&str>, after: Option<&str>) -> bool {
        let items = |value: Option<&str>| -> Vec<String> {
            value.unwrap_or_default().split(',').map(|item| item.trim().to_owned()).collect()
        };
        match self {
            Guard::Any => before != after,
            Guard::Weak(weak) => {
                let weak = |value: Option<&str>| -> Vec<String> {
                    let is_weak = |item: &String| weak.iter().any(|weak| weak.fits(item));
                    value
                        .map(|value| items(Some(value)).into_iter().filter(is_weak).collect())
                        .unwrap_or_default()
                };
                let (was, is) = (weak(before), weak(after));
                // Of a list, each item gives away something of its own.
                let more = items(after).len() > 1 && is.iter().any(|item| !was.contains(item));
                !is.is_empty() && (was.is_empty() || more)
            }
            Guard::Keep(keep) => {
                let (had, has) = (items(before), items(after));
                keep.iter().any(|item| {
                    had.iter().any(|had| **had == **item) && !has.iter().any(|has| **has == **item)
                })
            }
        }
    }
}

impl Pattern {
    /// A star at the end stands for any rest.
    pub(super) fn new(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some(start) => Pattern::Begins(start.into()),
            None => Pattern::Exactly(text.into()),
        }
    }

    fn fits(&self, name: &str) -> bool {
        match self {
            Pattern::Exactly(own) => **own == *name,
            Pattern::Begins(start) => name.starts_with(&**start),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_know_which_step_gives_something_away() {
        let weak = Guard::Weak(vec![Pattern::Exactly("true".into())]);
        assert!(weak.gives_away(None, Some("true")) && weak.gives_away(Some("false"), Some("true")));
        assert!(!weak.gives_away(Some("true"), Some("true")) && !weak.gives_away(Some("true"), None));
        let keep = Guard::Keep(vec!["NodeRestriction".into()]);
        assert!(keep.gives_away(Some("A,NodeRestriction"), Some("A")));
        assert!(keep.gives_away(Some("NodeRestriction"), None));
        assert!(!keep.gives_away(Some("A"), Some("B")) && !keep.gives_away(None, Some("NodeRestriction")));
        assert!(Guard::Any.gives_away(None, Some("")) && !Guard::Any.gives_away(None, None));
    }

    #[test]
    fn a_star_ends_a_pattern() {
        let pattern = Pattern::Begins("oidc-".into());
        assert!(pattern.fits("oidc-issuer-url") && !pattern.fits("audit"));
    }
}
