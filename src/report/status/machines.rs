//! JSON and OpenMetrics.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Answer;
use crate::expand::Reliance;
use crate::expiry::{Expiry, State, stops};
use crate::printable;
use crate::resolve::NodeIndex;

/// How many hosts of an end of a dial are named, unless all are asked for.
const LISTED: usize = 10;

impl Answer<'_> {
    /// Every certificate by itself.
    #[must_use]
    pub fn json(&self) -> Value {
        let certificates: Vec<Value> = self.entries.iter().map(|entry| self.certificate(entry)).collect();
        printable::value(json!({
            "at": self.at.to_string(),
            "within_seconds": self.within.seconds(),
            "counts": {
                "expired": self.count(State::Expired),
                "due": self.count(State::Due),
                "valid": self.count(State::Valid),
                "rotated": self.count(State::Rotated),
                "removed": self.count(State::Removed),
                "not_issued": self.count(State::NotIssued),
            },
            "certificates": certificates,
        }))
    }

    fn certificate(&self, entry: &Expiry<'_>) -> Value {
        let own = entry.certificate.filter(|_| entry.state != State::Rotated);
        let stops = own.map(|position| stops(self.blueprint, &[position]));
        let stops = stops.map(|stops| {
            let trusts = stops.trusts.iter().map(|trusts| {
                let (authority, component) = (trusts.authority, trusts.component);
                json!({ "authority": authority, "component": component, "hosts": self.hosts_json(&trusts.on) })
            });
            json!({
                "certificates": stops.below,
                "dials": stops.dials.iter().map(|reliance| self.reliance(reliance)).collect::<Vec<_>>(),
                "trusts": trusts.collect::<Vec<_>>(),
                "users": stops.people,
            })
        });
        json!({
            "id": &**entry.id,
            "state": entry.state.word(),
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

    /// The text format of OpenMetrics 1.0: one gauge, of every certificate that was issued.
    #[must_use]
    pub fn openmetrics(&self) -> String {
        const NAME: &str = "pkiplan_certificate_not_after_timestamp_seconds";
        let mut text = format!(
            "# TYPE {NAME} gauge\n# UNIT {NAME} seconds\n# HELP {NAME} When the certificate ends, in seconds since 1970.\n"
        );
        for entry in &self.entries {
            if entry.state == State::Rotated {
                continue;
            }
            if let (Some(end), Some(_)) = (entry.not_after, entry.certificate) {
                // Ids hold neither quotes nor backslashes nor line feeds, but who knows for how long.
                let id =
                    printable::file(entry.id).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                let _ = writeln!(text, "{NAME}{{id=\"{id}\"}} {}", end.unix());
            }
        }
        text.push_str("# EOF\n");
        text
    }
}
