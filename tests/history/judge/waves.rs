//! The order of restarts: all that units do stands in it once, and those that vote go one by one.

use std::collections::BTreeMap;

use super::compare;
use crate::announced::Announced;

/// Who votes.
const VOTING: &str = "etcd.service";

pub(super) fn judge(announced: &Announced, findings: &mut Vec<String>) {
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for step in announced.waves.iter().flat_map(|wave| &wave.steps) {
        for host in &step.hosts {
            for one in &step.services {
                *said.entry(format!("{host}: {} {}", one.action, one.service)).or_default() += 1;
            }
        }
        let voting = step.services.iter().any(|one| one.service == VOTING && one.action == "restart");
        if voting && step.hosts.len() > 1 {
            findings.push(format!("{VOTING} restarts on {:?} at once", step.hosts));
        }
    }
    let mut is = BTreeMap::new();
    for (name, unit) in announced.units() {
        let Some(host) = name.strip_prefix("hosts/") else { continue };
        is.extend(unit.services.iter().map(|one| (format!("{host}: {} {}", one.action, one.service), 1)));
    }
    compare("wave", &said, &is, findings);
}
