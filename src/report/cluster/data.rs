//! The data of the page, with short keys, because some entries occur many thousands of times.

use serde::Serialize;

use super::authorities::{Authority, authorities};
use super::certificates::{Words, elsewhere};
use super::endings::{Ending, endings};
use super::hosts::{Group, Host, Hosts, Kind};
use super::shown::Shown;
use super::topology::{Edge, External, Vip, topology};
use crate::diagnostics::Diagnostic;

/// All of it.
#[derive(Serialize)]
pub(super) struct Data {
    /// The instant from which days are counted, in seconds since 1970.
    at: i64,
    /// Whether dates are those of a build that has not been made.
    supposed: bool,
    /// What there is to say of the cluster, in rows.
    cluster: Vec<(&'static str, String)>,
    groups: Vec<Group>,
    kinds: Vec<Kind>,
    /// Lists of files that kinds of hosts have.
    files: Vec<Vec<super::hosts::File>>,
    /// Lists of certificates that kinds of hosts have.
    words: Vec<Vec<Words>>,
    hosts: Vec<Host>,
    /// Certificates on no host.
    others: Vec<Words>,
    vips: Vec<Vip>,
    externals: Vec<External>,
    edges: Vec<Edge>,
    authorities: Vec<Authority>,
    endings: Vec<Ending>,
}

impl Data {
    pub(super) fn of(shown: &Shown<'_>) -> Result<Self, Vec<Diagnostic>> {
        let hosts = Hosts::of(shown)?;
        let (vips, externals, edges) = topology(shown.blueprint, &hosts);
        Ok(Self {
            at: shown.at.unix(),
            supposed: shown.previous.is_none(),
            cluster: cluster(shown),
            others: elsewhere(shown),
            vips,
            externals,
            edges,
            authorities: authorities(shown),
            endings: endings(shown),
            groups: hosts.groups,
            kinds: hosts.kinds,
            files: hosts.files.lists,
            words: hosts.words.lists,
            hosts: hosts.hosts,
        })
    }
}

fn cluster(shown: &Shown<'_>) -> Vec<(&'static str, String)> {
    let Some(cluster) = &shown.blueprint.model.cluster else { return Vec::new() };
    let mut rows = vec![("cluster", cluster.name.value.to_string())];
    rows.extend(cluster.version.as_ref().map(|version| ("version", version.value.to_string())));
    rows.extend(shown.blueprint.endpoint().map(|endpoint| ("endpoint", endpoint.url())));
    rows.push(("profile", cluster.profile.value.to_string()));
    rows.push(("layout", cluster.layout.value.to_string()));
    rows
}
