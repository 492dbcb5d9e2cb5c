//! Joins the wirings of several plans into one, in which a host of several plans is one host.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::host::{Host, HostIndex};
use super::part::Part;
use super::whole::Wiring;

/// One address that two hosts have, each of another plan and with another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// The address.
    pub address: IpAddr,
    /// A plan and its host.
    pub one: (Arc<str>, Arc<str>),
    /// The other ones.
    pub other: (Arc<str>, Arc<str>),
}

/// Puts the wirings of plans together, each with what its plan is called. Hosts of two plans are one where they have a name
/// and an address in common.
///
/// # Errors
/// Two plans give one address to hosts with different names.
pub fn join(all: Vec<(Arc<str>, Wiring)>) -> Result<Wiring, Clash> {
    let mut joined = Wiring::default();
    let mut plans: Vec<Vec<Arc<str>>> = Vec::new();
    let mut known: BTreeMap<IpAddr, HostIndex> = BTreeMap::new();
    for (plan, wiring) in all {
        joined.parts.push(Part { plan: Arc::clone(&plan), first: joined.programs.len() });
        let (mut moved, mut own) = (Vec::new(), Vec::new());
        for host in wiring.hosts.into_items() {
            let addresses = host.addresses.clone();
            let there = host.addresses.iter().find_map(|address| Some((*address, *known.get(address)?)));
            let index = match there {
                Some((address, index)) if joined.hosts[index].name != host.name => {
                    let earlier = plans.get(index.position()).and_then(|plans| plans.first());
                    let one = earlier.cloned().unwrap_or_default();
                    let one = (one, Arc::clone(&joined.hosts[index].name));
                    return Err(Clash { address, one, other: (plan, host.name) });
                }
                Some((_, index)) => {
                    merge(&mut joined.hosts[index], host);
                    plans[index.position()].push(Arc::clone(&plan));
                    index
                }
                None => {
                    plans.push(vec![Arc::clone(&plan)]);
                    joined.hosts.push(host)
                }
            };
            own.extend(addresses.into_iter().map(|address| (address, index)));
            moved.push(index);
        }
        // Hosts of one plan that share an address are that plan's matter.
        known.extend(own);
        let at = |host: HostIndex| moved.get(host.position()).copied();
        for mut program in wiring.programs.into_items() {
            program.host = program.host.and_then(at);
            joined.programs.push(program);
        }
        joined.unread.extend(wiring.unread.into_iter().map(|(host, gap)| (host.and_then(at), gap)));
    }
    for (host, plans) in joined.hosts.iter_mut().zip(plans) {
        host.shown = format!("{} of {}", host.name, plans.join(" and ")).into();
    }
    Ok(joined)
}

fn merge(host: &mut Host, other: Host) {
    let new: Vec<IpAddr> = other.addresses.into_iter().filter(|own| !host.addresses.contains(own)).collect();
    host.addresses.extend(new);
    host.holds.extend(other.holds);
    host.registered = host.registered.take().or(other.registered);
    host.registers.extend(other.registers);
}
