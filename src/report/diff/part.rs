//! Reduces a comparison to the requested part, and writes it as JSON.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{Named, Part};
use crate::compare::{
    CertificateChange, Comparison, Drift, Edit, KeyChange, Proved, Risk, Severity, State, TrustChange,
    UnitChange, Unproven, Wave,
};
use crate::diagnostics::{Failed, Stopped, did_you_mean};
use crate::printable;
use crate::report::schema::of;

/// The version of the JSON's form.
const FORMAT: u32 = 1;

/// The part alone. A high risk belongs to every part, and so does what could not be compared.
#[must_use]
pub fn only(comparison: Comparison, part: Option<Part>) -> Comparison {
    let Comparison { plan, certificates, trust, keys, units, waves, proof, risks, unproven, drift } =
        comparison;
    let none = Comparison { unproven, drift, ..Comparison::default() };
    let high = |risks: Vec<Risk>| risks.into_iter().filter(|risk| risk.severity == Severity::High).collect();
    match part {
        None => Comparison { plan, certificates, trust, keys, units, waves, proof, risks, ..none },
        Some(Part::Certificates) => {
            Comparison { plan, certificates, trust, keys, risks: high(risks), ..none }
        }
        Some(Part::Files) => Comparison { plan, units, risks: high(risks), ..none },
        Some(Part::Impact) => Comparison { plan, waves, proof, risks, ..none },
    }
}

/// What `pkiplan diff --format json` prints.
#[derive(JsonSchema)]
#[schemars(untagged, title = "pkiplan diff --format json")]
#[expect(dead_code, reason = "the schema alone is made of it")]
enum Answer {
    /// What changes. With `--only`, the parts that were not asked for are not there. Nothing of it is secret.
    Comparison(Box<Report<'static>>),
    /// What is wrong with one of both sides; the exit code is 1.
    Failed(Failed),
    /// Why nothing could be done, such as a file that is not there; the exit code is 1.
    Stopped(Stopped),
}

/// What changes from one state to another.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Report<'r> {
    /// The version of this form. Within one, keys and words may come, and none goes.
    #[schemars(extend("const" = FORMAT))]
    format: u32,
    /// The base, as people call it: `HEAD (1a2b3c4)`, a plan, a folder of trees.
    before: &'r str,
    /// The plan.
    after: &'r str,
    /// What was edited in the plan, table by table, in the order of its text.
    plan: &'r [Edit],
    /// Certificates that are not what they were, sorted by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificates: Option<&'r [CertificateChange]>,
    /// Authorities' certificates that bundles gain or lose, sorted by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<&'r [TrustChange]>,
    /// Keys that belong to no certificate and are not what they were, sorted by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<&'r [KeyChange]>,
    /// Hosts, users and the cluster's folder, those that change alike together.
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<&'r [UnitChange]>,
    /// What restarts, in the order in which it should: a wave begins when the one before is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    waves: Option<&'r [Wave]>,
    /// Whether everything works while it is rolled out. Not there where nothing changes, of one host alone, and against trees
    /// and hosts, whose plan is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<&'r Proved>,
    /// What becomes riskier, the worst first.
    risks: &'r [Risk],
    /// Files of trees that only the secret can compare.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unproven: &'r [Unproven],
    /// Against hosts alone: what they run, what nobody planned, and what servers show.
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<&'r Drift>,
}

/// The form for machines; what was not asked for is not there.
#[must_use]
pub fn json(named: &Named, comparison: &Comparison, part: Option<Part>) -> Value {
    let Comparison { plan, certificates, trust, keys, units, waves, proof, risks, unproven, drift } =
        comparison;
    let asked = |wanted: Part| part.is_none_or(|part| part == wanted);
    let of_certificates = asked(Part::Certificates);
    let report = Report {
        format: FORMAT,
        before: &named.before,
        after: &named.after,
        plan,
        certificates: of_certificates.then_some(certificates),
        trust: of_certificates.then_some(trust),
        keys: of_certificates.then_some(keys),
        units: asked(Part::Files).then_some(units),
        waves: asked(Part::Impact).then_some(waves),
        proof: proof.as_ref().filter(|_| asked(Part::Impact)),
        risks,
        unproven,
        drift: drift.as_ref(),
    };
    // What serialises has only strings as keys, so that it does.
    printable::value(serde_json::to_value(report).unwrap_or_default())
}

/// The JSON Schema of that form.
#[must_use]
pub fn schema() -> Value {
    of::<Answer>()
}

/// Whether one of both sides has a host.
///
/// # Errors
/// What to write instead.
pub fn knows(host: &str, before: Option<&State<'_>>, after: &State<'_>) -> Result<(), String> {
    let nodes = |state: &State<'_>| {
        let nodes = state.blueprint.model.nodes.iter();
        nodes.map(|node| node.name.to_string()).collect::<Vec<_>>()
    };
    let mut names = nodes(after);
    names.extend(before.map(nodes).unwrap_or_default());
    if names.iter().any(|name| name == host) {
        return Ok(());
    }
    let meant = did_you_mean(host, names.iter().map(String::as_str));
    let meant = meant.map_or_else(String::new, |help| format!("; {help}"));
    Err(format!("there is no host `{host}`{meant}"))
}
