//! The output of `pkiplan status` as JSON and as OpenMetrics.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::Answer;
use crate::expand::Reliance;
use crate::expiry::{Expiry, Kind, State, stops};
use crate::printable;
use crate::resolve::NodeIndex;
use crate::values::Instant;

/// How many hosts of an end of a dial are named, unless all are asked for.
const LISTED: usize = 10;

impl Answer<'_> {
    /// Each by itself.
    #[must_use]
    pub fn json(&self) -> Value {
        let of = |is: fn(Kind) -> bool| -> Vec<Value> {
            let entries = self.entries.iter().filter(|entry| is(entry.ending.kind()));
            entries.map(|entry| self.entry(entry)).collect()
        };
        let counts =
            State::ALL.iter().map(|state| (state.word().replace(' ', "_"), self.count(*state).into()));
        printable::value(json!({
            "at": self.at.to_string(),
            "within_seconds": self.within.seconds(),
            "counts": counts.collect::<Map<String, Value>>(),
            "certificates": of(|kind| !matches!(kind, Kind::Crl | Kind::Token)),
            "tokens": of(|kind| kind == Kind::Token),
            "crls": of(|kind| kind == Kind::Crl),
        }))
    }

    fn entry(&self, entry: &Expiry<'_>) -> Value {
        let stops = stops(self.blueprint, std::slice::from_ref(entry)).map(|stops| {
            let trusts = stops.trusts.iter().map(|trusts| {
                let (authority, component) = (trusts.authority, trusts.component);
                json!({ "authority": authority, "component": component, "hosts": self.hosts_json(&trusts.on) })
            });
            let joins = stops.joins.iter();
            let joins =
                joins.map(|joins| json!({ "component": joins.component, "hosts": self.hosts_json(&joins.on) }));
            let undeclared = stops.undeclared.iter();
            let undeclared = undeclared
                .map(|found| json!({ "component": found.component, "hosts": self.hosts_json(&found.on) }));
            json!({
                "certificates": stops.below,
                "dials": stops.dials.iter().map(|reliance| self.reliance(reliance)).collect::<Vec<_>>(),
                "trusts": trusts.collect::<Vec<_>>(),
                "joins": joins.collect::<Vec<_>>(),
                "checks": self.hosts_json(&stops.checks.iter().copied().collect::<Vec<_>>()),
                "users": stops.people,
                "undeclared": undeclared.collect::<Vec<_>>(),
            })
        });
        json!({
            "id": &**entry.id,
            "kind": entry.ending.kind().word(),
            "state": entry.state.word(),
            "not_before": entry.not_before.map(|begin| begin.to_string()),
            "not_after": entry.not_after.map(|end| end.to_string()),
            "days": entry.not_after.map(|end| self.at.days_until(end)),
            "stops": stops,
        })
    }

    fn hosts_json(&self, nodes: &[NodeIndex]) -> Value {
        let shown = if self.all { nodes.len() } else { LISTED };
        let names: Vec<&str> = nodes.iter().take(shown).map(|node| self.node(*node)).collect();
        json!({ "count": nodes.len(), "names": names })
    }

    fn reliance(&self, reliance: &Reliance<'_>) -> Value {
        json!({
            "component": &**reliance.component,
            "dial": &*reliance.dial.name,
            "to": format!("{}.{}", reliance.dial.component, reliance.dial.listen),
            "from_hosts": self.hosts_json(&reliance.from),
            "to_hosts": self.hosts_json(&reliance.to),
        })
    }

    /// The text format of OpenMetrics 1.0: how each of them stands, and when it ends. Where nobody here knows what the
    /// host has, and of what the plan has no more, there is no date: an alarm on dates never speaks of these.
    #[must_use]
    pub fn openmetrics(&self) -> String {
        let mut text = String::new();
        let dated =
            || self.entries.iter().filter(|entry| !matches!(entry.state, State::Rotated | State::Removed));
        let of = |is: fn(Kind) -> bool| dated().filter(move |entry| is(entry.ending.kind()));
        let certificates = || of(|kind| !matches!(kind, Kind::Crl | Kind::Token));
        gauge(&mut text, CERTIFICATE_END, certificates().map(|entry| (entry, entry.not_after)));
        gauge(&mut text, CERTIFICATE_BEGIN, certificates().map(|entry| (entry, entry.not_before)));
        gauge(&mut text, CRL_END, of(|kind| kind == Kind::Crl).map(|entry| (entry, entry.not_after)));
        gauge(&mut text, TOKEN_END, of(|kind| kind == Kind::Token).map(|entry| (entry, entry.not_after)));
        let _ = writeln!(
            text,
            "# TYPE pkiplan_ending info\n# HELP pkiplan_ending What expires, and its state at the time of writing."
        );
        for entry in &self.entries {
            let (kind, state) = (entry.ending.kind().word(), entry.state.word());
            let _ = writeln!(
                text,
                "pkiplan_ending_info{{id=\"{}\",kind=\"{kind}\",state=\"{state}\"}} 1",
                label(entry.id)
            );
        }
        text.push_str("# EOF\n");
        text
    }
}

/// A family of one gauge, and what it says.
type Family = (&'static str, &'static str);

const CERTIFICATE_END: Family = (
    "pkiplan_certificate_not_after_timestamp_seconds",
    "When the certificate expires, in seconds since 1970.",
);
const CERTIFICATE_BEGIN: Family = (
    "pkiplan_certificate_not_before_timestamp_seconds",
    "When the certificate becomes valid, in seconds since 1970.",
);
const CRL_END: Family = (
    "pkiplan_crl_not_after_timestamp_seconds",
    "When the CRL of an authority expires, in seconds since 1970.",
);
const TOKEN_END: Family =
    ("pkiplan_token_not_after_timestamp_seconds", "When the token expires, in seconds since 1970.");

fn gauge<'a>(
    text: &mut String,
    (name, help): Family,
    rows: impl Iterator<Item = (&'a Expiry<'a>, Option<Instant>)>,
) {
    let mut rows = rows.filter_map(|(entry, instant)| Some((entry.id, instant?))).peekable();
    if rows.peek().is_none() {
        return;
    }
    let _ = writeln!(text, "# TYPE {name} gauge\n# UNIT {name} seconds\n# HELP {name} {help}");
    for (id, instant) in rows {
        let _ = writeln!(text, "{name}{{id=\"{}\"}} {}", label(id), instant.unix());
    }
}

/// Ids hold neither quotes nor backslashes nor line feeds, but who knows for how long.
fn label(id: &str) -> String {
    printable::file(id).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
