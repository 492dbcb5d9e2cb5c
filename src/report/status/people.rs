//! The output of `pkiplan status` as a table.

use std::fmt::Write as _;

use super::Answer;
use super::breaks::breaks;
use crate::expiry::{Expiry, Group, Kind, State, due_from_others, groups};
use crate::printable;
use crate::values::{counted, plural};

impl Answer<'_> {
    /// Aligned columns; certificates alike are one row, unless all are asked for.
    #[must_use]
    pub fn table(&self) -> String {
        let groups = if self.all {
            let all = self.entries.iter();
            all.map(|entry| Group { name: entry.name(), entries: vec![*entry] }).collect()
        } else {
            groups(self.blueprint, &self.entries)
        };
        let rows: Vec<Row> = groups.iter().map(|group| self.row(group)).collect();
        let width = |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0);
        let (ends, days, names) = (
            width(|row| &row.ends).max("expires".len()),
            width(|row| &row.days).max("days".len()),
            width(|row| &row.name),
        );
        let mut text = String::new();
        if !rows.is_empty() {
            let _ =
                writeln!(text, "{:ends$}  {:>days$}  {:names$}  what breaks then", "expires", "days", "what");
        }
        for row in &rows {
            let mut stops = row.stops.iter();
            let first = stops.next().map_or("", String::as_str);
            let line = format!("{:ends$}  {:>days$}  {:names$}  {first}", row.ends, row.days, row.name);
            let _ = writeln!(text, "{}", line.trim_end());
            for stop in stops {
                let _ = writeln!(text, "{:1$}{stop}", "", ends + days + names + 6);
            }
        }
        if !text.is_empty() {
            text.push('\n');
        }
        self.summary(&mut text);
        text
    }

    fn row(&self, group: &Group<'_>) -> Row {
        let (first, last) = (group.entries.first(), group.entries.last());
        let end = |entry: Option<&Expiry<'_>>| entry.and_then(|entry| entry.not_after);
        let mut more = Vec::new();
        if group.entries.len() > 1 {
            more.push(format!("{} of them", group.entries.len()));
            let ends = end(last).filter(|_| end(first) != end(last));
            more.extend(ends.map(|ends| format!("last one {ends}")));
        }
        if first.is_some_and(|entry| entry.state == State::Removed) {
            more.push("no longer in the plan".to_owned());
        }
        let begin =
            first.filter(|entry| entry.state == State::NotYetValid).and_then(|entry| entry.not_before);
        more.extend(begin.map(|begin| format!("not valid before {begin}")));
        let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join(", ")) };
        Row {
            ends: end(first).map_or("not issued yet".to_owned(), |end| end.to_string()),
            days: end(first).map(|end| self.at.days_until(end).to_string()).unwrap_or_default(),
            name: printable::line(&format!("{}{more}", group.name)).into_owned(),
            stops: breaks(self.blueprint, &group.entries),
        }
    }

    fn summary(&self, text: &mut String) {
        let within = self.within;
        let mut parts = Vec::new();
        for state in State::ALL {
            let count = self.count(state);
            let end = plural(count, "expires", "expire");
            let what = match state {
                State::Expired => "expired".to_owned(),
                State::NotYetValid => "not valid yet".to_owned(),
                State::Due => format!("{end} within {within}"),
                State::Valid => format!("{end} later"),
                State::Rotated => "rotated by the cluster".to_owned(),
                State::Removed => "no longer in the plan".to_owned(),
                State::NotIssued => "not issued yet".to_owned(),
            };
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        }
        let of = |kind: Kind| self.entries.iter().filter(|entry| entry.ending.kind() == kind).count();
        let (tokens, crls) = (of(Kind::Token), of(Kind::Crl));
        let certificates = counted(self.entries.len() - tokens - crls, "certificate");
        let others = [(tokens, "token"), (crls, "CRL")].into_iter().filter(|(count, _)| *count > 0);
        let others: Vec<String> = others.map(|(count, what)| counted(count, what)).collect();
        let total = match &others[..] {
            [] => certificates,
            [one] => format!("{certificates} and {one}"),
            several => format!("{certificates}, {}", several.join(" and ")),
        };
        let parts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
        let _ = writeln!(text, "{total} at {}{parts}", self.at);
        self.advice(text);
    }

    /// What to do.
    fn advice(&self, text: &mut String) {
        if self.count(State::NotYetValid) > 0 {
            text.push_str(
                "nobody accepts a certificate that is not valid yet: the issuer's clock was fast, or this machine's clock is slow\n",
            );
        }
        let ends = |entry: &Expiry<'_>| matches!(entry.state, State::Expired | State::Due);
        if self.entries.iter().any(|entry| ends(entry) && entry.ending.kind() == Kind::Crl) {
            text.push_str(
                "renew a CRL in the plan: write a new `issued` and `expires` and a larger `number` in `[authority.NAME.crl]`\n",
            );
        }
        for target in due_from_others(self.blueprint, &self.entries) {
            let _ = writeln!(
                text,
                "`{target}` is imported: ask its issuer for a new certificate with its key, and import it with `--as {target}`"
            );
        }
    }
}

struct Row {
    ends: String,
    days: String,
    name: String,
    stops: Vec<String>,
}
