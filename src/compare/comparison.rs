//! The result of a comparison, as types: the structure of `diff --format json`.

use std::collections::BTreeSet;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::dates::Dates;
use super::done::Done;
use super::drifted::Drift;
use super::edit::Edit;
use super::field::FieldChange;
use super::line::Line;
use super::proved::Proved;
use super::risks::Risk;
use crate::read::{TableKind, TableName};
use crate::values::UnitId;

/// What the plan means now against then, and what becomes of files, services and risks. Nothing of it is secret.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What was edited in the plan, table by table, in the order of its text.
    pub plan: Vec<Edit>,
    /// Certificates that are not what they were, sorted by id.
    pub certificates: Vec<CertificateChange>,
    /// Authorities' certificates that bundles gain or lose, sorted by id.
    pub trust: Vec<TrustChange>,
    /// Keys that belong to no certificate and are not what they were, sorted by id.
    pub keys: Vec<KeyChange>,
    /// Hosts, users and the cluster's folder, those that change alike together.
    pub units: Vec<UnitChange>,
    /// What restarts, in the order in which it should.
    pub waves: Vec<Wave>,
    /// Whether everything works while it is rolled out, where that was asked.
    pub proof: Option<Proved>,
    /// What becomes riskier.
    pub risks: Vec<Risk>,
    /// Files of trees that only the secret can compare.
    pub unproven: Vec<Unproven>,
    /// Of hosts: what they run, what nobody planned, and what servers show.
    pub drift: Option<Drift>,
}

/// Files of one unit that may be others than a build would write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Unproven {
    /// Which it is.
    pub unit: UnitId,
    /// From the unit's folder, sorted.
    pub paths: Vec<String>,
}

/// What became of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Made {
    /// It is new, and was made elsewhere.
    Imported,
    /// It is new.
    Issued,
    /// It says something else.
    Reissued,
    /// It says the same with another key.
    Rekeyed,
    /// It is gone.
    Removed,
    /// It says the same with other dates.
    Renewed,
    /// It was made elsewhere, and another one took its place.
    Replaced,
}

/// One certificate that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CertificateChange {
    /// Whether it is new, gone, or says something else.
    pub change: Made,
    /// Its id, as in the lock.
    pub id: String,
    /// Whose it is; none: an authority's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Field by field.
    pub differences: Vec<FieldChange>,
    /// From when to when it was valid, and is.
    pub dates: Dates,
    /// Tables of the plan that caused it.
    #[schemars(with = "Vec<String>")]
    pub because_of: Vec<TableName>,
}

/// A certificate of an authority that bundles gain or lose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TrustChange {
    /// Added or removed.
    pub change: Done,
    /// `authority.kubernetes/2`
    pub certificate: String,
    /// Where, sorted.
    pub units: Vec<UnitId>,
}

/// One key that belongs to no certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct KeyChange {
    /// Whether it is new, gone or differs.
    pub change: Done,
    /// Its id, as in the lock.
    pub id: String,
    /// Field by field: `use 1 -> 2`.
    pub differences: Vec<String>,
}

/// Units that change alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct UnitChange {
    /// Which they are. Where there are several, `*` stands in paths and lines for the
    /// host's own name, and `<own address>` for each of its own addresses; in causes `node.*` is each host's own table.
    pub names: Vec<UnitId>,
    /// Whether it is new, gone or differs.
    pub change: Done,
    /// The names that they had, where they had others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub were: Vec<UnitId>,
    /// Files and folders, sorted by path. Of a unit that is new or gone without their lines.
    pub files: Vec<FileChange>,
    /// What starts, stops, restarts, reloads or is exchanged, sorted by name.
    pub services: Vec<ServiceChange>,
}

/// A file or folder that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FileChange {
    /// From the unit's folder.
    pub path: String,
    /// Whether it is a folder.
    #[serde(skip)]
    pub is_folder: bool,
    /// Whether it is new, gone or differs.
    pub change: Done,
    /// For people: `certificate node.a/etcd-server`.
    pub artefact: String,
    /// What differs, line by line.
    pub lines: Vec<Line>,
    /// What takes the change, and how; it may start or stop all the same.
    pub services: Vec<ServiceChange>,
    /// Whether the file gains or loses trust in an authority and is else the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<Trust>,
    /// Tables of the plan that caused it, where that is known.
    #[schemars(with = "Vec<String>")]
    pub because_of: Vec<TableName>,
    /// The ids of the certificates in it, of all units, that are not what they were.
    #[serde(skip)]
    pub certificates: BTreeSet<String>,
}

/// What becomes of trust in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// More authorities are trusted.
    Added,
    /// Fewer are.
    Dropped,
}

/// What becomes of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It reads its files anew.
    Reload,
    /// It is started anew.
    Restart,
    /// Another version of its program takes its place.
    Exchange,
    /// It was not there.
    Start,
    /// It is not there any more.
    Stop,
}

/// One service of a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ServiceChange {
    /// `etcd.service`; of a static pod `pod etcd`.
    pub service: String,
    /// What becomes of it.
    pub action: Action,
    /// Of a program that is exchanged: `1.35.4 -> 1.36.2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Of what starts, stops or is exchanged: tables of the plan that caused it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub because_of: Vec<TableName>,
}

/// What is rolled out together, before the next wave begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Wave {
    /// What is rolled out in it.
    pub kind: WaveKind,
    /// Hosts that do the same.
    pub steps: Vec<Step>,
}

/// The waves, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaveKind {
    /// Trust in new authorities, on every host, before anybody shows what they issue.
    TrustAdded,
    /// What votes: never two at once.
    Members,
    /// What the cluster's endpoint leads to, and what else stands on those hosts.
    ControlPlanes,
    /// Programs that may not be newer than what the endpoint leads to, wherever they run.
    Followers,
    /// All other hosts.
    Others,
    /// Hosts that are no longer in the plan.
    Leaving,
    /// Trust in old authorities, when nobody shows any more what they issued.
    TrustDropped,
}

/// Hosts of a wave that do the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Step {
    /// Their names, in the order of the plan.
    pub hosts: Vec<String>,
    /// Whether host follows host, each only when the one before is well again.
    pub one_by_one: bool,
    /// What they do.
    pub services: Vec<ServiceChange>,
}

/// In causes of units that are reported together: each host's own table. No node has this name.
pub(super) fn own_tables() -> TableName {
    TableKind::Node.named("*")
}

impl UnitChange {
    /// Causes of something, each by the name of its table, with those of its names for which it is one.
    #[must_use]
    pub fn causes<'a>(&'a self, because_of: &'a [TableName]) -> Vec<(Cow<'a, TableName>, Vec<&'a UnitId>)> {
        let (own_tables, mut causes) = (own_tables(), Vec::new());
        for cause in because_of {
            let names = self.names.iter();
            if *cause == own_tables {
                // What is everybody's cause is not reported again as one's own.
                let own = |name| own_table(name).filter(|table| !because_of.contains(table));
                causes.extend(names.filter_map(|name| Some((Cow::Owned(own(name)?), vec![name]))));
            } else {
                causes.push((Cow::Borrowed(cause), names.collect()));
            }
        }
        causes
    }

    /// Causes of something, each by the name of its table.
    #[must_use]
    pub fn tables(&self, because_of: &[TableName]) -> Vec<TableName> {
        self.causes(because_of).into_iter().map(|(table, _)| table.into_owned()).collect()
    }
}

/// The table of a host's own.
pub(super) fn own_table(unit: &UnitId) -> Option<TableName> {
    unit.host().map(|host| TableKind::Node.named(host))
}

impl Comparison {
    /// Whether nothing differs, and that is certain.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.unproven.is_empty() && self.shows_nothing()
    }

    /// Whether nothing differs that can be told.
    #[must_use]
    pub fn shows_nothing(&self) -> bool {
        let Comparison { plan, certificates, trust, keys, units, waves, risks, drift, proof: _, unproven: _ } =
            self;
        plan.is_empty()
            && certificates.is_empty()
            && trust.is_empty()
            && keys.is_empty()
            && units.is_empty()
            && waves.is_empty()
            && risks.is_empty()
            && drift.as_ref().is_none_or(Drift::is_planned)
    }
}

impl Made {
    /// The word of it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Made::Imported => "imported",
            Made::Issued => "issued",
            Made::Reissued => "reissued",
            Made::Rekeyed => "rekeyed",
            Made::Removed => "removed",
            Made::Renewed => "renewed",
            Made::Replaced => "replaced",
        }
    }
}

impl Action {
    /// The word of it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Action::Reload => "reload",
            Action::Restart => "restart",
            Action::Exchange => "exchange",
            Action::Start => "start",
            Action::Stop => "stop",
        }
    }
}

impl WaveKind {
    /// What is rolled out.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            WaveKind::TrustAdded => "trust added, everywhere",
            WaveKind::Members => "voting members",
            WaveKind::ControlPlanes => "control planes",
            WaveKind::Followers => "programs that must not be newer than the control plane",
            WaveKind::Others => "other hosts",
            WaveKind::Leaving => "hosts that leave",
            WaveKind::TrustDropped => "trust dropped, last",
        }
    }
}
