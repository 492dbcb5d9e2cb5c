//! Default versions of components, and the version skew that components tolerate.

use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::Literal;
use crate::read::plan::Text;
use crate::source::Spanned;
use crate::values::Version;

/// A value that depends on a version: from each version on another one, in rising order.
#[derive(Debug, Clone)]
pub struct Since<T>(Vec<(Version, T)>);

impl<T> Since<T> {
    /// The same value for all versions.
    pub(super) fn always(value: T) -> Self {
        Self(vec![(Version::new(0, 0, None), value)])
    }

    /// The value at a version; the first one for versions before all others.
    #[must_use]
    pub fn at(&self, version: &Version) -> Option<&T> {
        let reached = self.0.iter().rev().find(|(since, _)| version >= since);
        reached.or(self.0.first()).map(|(_, value)| value)
    }
}

/// How many minor versions a component may be away from those of another one.
#[derive(Debug)]
pub struct Skew {
    /// The other component; it may be the same one.
    pub of: Arc<str>,
    /// How many it may be older, by its own version.
    pub older: Since<u64>,
    /// How many it may be newer, by its own version.
    pub newer: Since<u64>,
    /// Whether only the instance on the same host counts.
    pub same_host: bool,
}

impl Skew {
    /// How many minor versions it may be older, and newer, at its own version.
    #[must_use]
    pub fn limits(&self, version: &Version) -> (u64, u64) {
        let at = |since: &Since<u64>| since.at(version).copied().unwrap_or(0);
        (at(&self.older), at(&self.newer))
    }

    /// Whether it may run beside the other one.
    #[must_use]
    pub fn allows(&self, own: &Version, other: &Version) -> bool {
        let (older, newer) = self.limits(own);
        match own.minors_from(other) {
            (true, apart) => apart <= newer,
            (false, apart) => apart <= older,
        }
    }
}

/// `"3.6.8"`, or by the cluster's version: `{ "1.22" = "3.5.9", "1.34" = "3.6.8" }`
pub(super) fn default(
    written: Option<&Spanned<Literal>>,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<Since<Version>>> {
    let written = written?;
    let since = since(&written.value, |value| value.as_text()?.parse().ok());
    if since.is_none() {
        let help =
            "write `\"1.36\"`, or versions by the cluster's: `{ \"1.18\" = \"3.4\", \"1.22\" = \"3.5\" }`";
        let diagnostic = Diagnostic::new(Code::BadVersion, "these are not versions");
        diagnostics.push(diagnostic.at(written.span, "").help(help));
    }
    since.map(|since| Spanned::new(since, written.span))
}

/// The keys of an entry of `[skew]`: those that limit, and those that say for which instances.
pub const OF_SKEW: ([&str; 2], [&str; 1]) = (["older", "newer"], ["reach"]);
/// For which instances a limit counts.
pub const REACHES: [&str; 2] = ["every", "same-host"];

/// `[skew]`: `NAME = { older = 2, newer = 0 }`
pub(super) fn skews(tables: &[(Text, Spanned<Literal>)], diagnostics: &mut Diagnostics) -> Vec<Skew> {
    let mut all = Vec::new();
    for (name, table) in tables {
        let skew = skew(name, &table.value);
        if skew.is_none() {
            let help = "write `{ older = 1, newer = 0 }`, or numbers by its own version: `older = { \"1.18\" = 2, \"1.25\" = 3 }`; \
                 and perhaps `reach = \"same-host\"`";
            let diagnostic =
                Diagnostic::new(Code::BadValue, "this does not limit how far versions may differ");
            diagnostics.push(diagnostic.at(table.span, "").help(help));
        }
        all.extend(skew);
    }
    all
}

fn skew(name: &Text, table: &Literal) -> Option<Skew> {
    let Literal::Table(keys) = table else { return None };
    let minors = |key: &str| since(&table.get(key)?.value, number);
    let ([older, newer], [reach]) = OF_SKEW;
    let known = |key: &str| [older, newer, reach].contains(&key);
    let [every, same_host] = REACHES;
    let same_host = match table.get(reach).map(|reach| reach.value.as_text()) {
        None => false,
        Some(Some(word)) if word == every => false,
        Some(Some(word)) if word == same_host => true,
        Some(_) => return None,
    };
    let whole = keys.iter().all(|(key, _)| known(&key.value));
    let skew =
        Skew { of: name.value.as_str().into(), older: minors(older)?, newer: minors(newer)?, same_host };
    whole.then_some(skew)
}

fn number(literal: &Literal) -> Option<u64> {
    if let Literal::Integer(number) = literal { u64::try_from(*number).ok() } else { None }
}

/// One value for all versions, or a table of them.
pub(super) fn since<T>(literal: &Literal, read: impl Fn(&Literal) -> Option<T>) -> Option<Since<T>> {
    let Literal::Table(entries) = literal else {
        return Some(Since(vec![(Version::new(0, 0, None), read(literal)?)]));
    };
    let entry = |(since, value): &(Spanned<String>, Spanned<Literal>)| {
        Some((since.value.parse::<Version>().ok()?, read(&value.value)?))
    };
    let mut all: Vec<_> = entries.iter().map(entry).collect::<Option<_>>()?;
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    (!all.is_empty()).then_some(Since(all))
}
