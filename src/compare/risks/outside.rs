//! Changes of where clients connect, and of what comes from outside the plan: VIPs, external servers, imports.

use std::collections::{BTreeMap, BTreeSet};

use super::super::state::State;
use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::expand::TargetKind;
use crate::read::{TableKind, TableName};
use crate::resolve::{Foreign, Model, Vip};

/// Everything of this kind that differs.
pub(super) fn changes(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (sides.before.blueprint.model, sides.after.blueprint.model);
    let mut found = vips(old, new);
    found.extend(other_endpoint(sides));
    found.extend(externals(old, new));
    found.extend(imports(sides));
    found.extend(keys(old, new));
    found.extend(leaves(old, new));
    found
}

fn vips(old: &Model, new: &Model) -> Vec<Risk> {
    let dialled = |model: &Model, vip: &Vip| -> BTreeSet<String> {
        let by_name = model.cluster.as_ref().is_some_and(|cluster| cluster.endpoint_by_name);
        let host = vip.host.as_ref().filter(|_| by_name).map(ToString::to_string);
        vip.addresses.iter().map(ToString::to_string).chain(host).collect()
    };
    let mut found = Vec::new();
    for vip in &new.vips {
        let Some(was) = old.vips.iter().find(|was| was.name == vip.name) else { continue };
        let (before, after) = (dialled(old, was), dialled(new, vip));
        let gained: Vec<&str> = after.difference(&before).map(String::as_str).collect();
        if !gained.is_empty() {
            let message = format!("clients of `vip.{}` now connect to {}", vip.name, listed(gained));
            found.push(
                RiskKind::Destination.of(message, "they send their credentials to whatever answers there"),
            );
        }
        found.extend(other_port(was, vip));
        found.extend(handed_over(was, vip));
    }
    found
}

/// A VIP that hosts of the plan carried, and that somebody else is to serve.
fn handed_over(was: &Vip, vip: &Vip) -> Option<Risk> {
    if !was.way.is_carried() || vip.way.is_carried() {
        return None;
    }
    let addresses =
        listed(vip.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().iter().map(String::as_str));
    let message = format!(
        "no host of the plan has `vip.{}` ({addresses}) any more: something else must have it",
        vip.name
    );
    let help = format!(
        "make sure that something else answers at its port {} before the first host changes, and that only one machine has the address at a time",
        vip.port
    );
    Some(RiskKind::NameRemoved.of(message, &help))
}

/// Another endpoint: nothing renews the kubeconfigs that users have.
fn other_endpoint(sides: &Sides<'_>) -> Option<Risk> {
    let (was, is) = (sides.before.blueprint.endpoint()?, sides.after.blueprint.endpoint()?);
    // Where a VIP itself changes, it is reported as that.
    let is_same_vip = is.kind == TargetKind::Vip && was.kind == is.kind && was.name == is.name;
    if is_same_vip || (&was.host, was.port) == (&is.host, is.port) {
        return None;
    }
    let message = format!(
        "the endpoint is {}:{}, no longer {}:{}: kubeconfigs of users name the old one",
        is.host, is.port, was.host, was.port
    );
    let help = "keep the old endpoint until every host has changed and users have their new kubeconfigs";
    Some(RiskKind::NameRemoved.of(message, help))
}

/// A VIP that answers at another port: no certificate shows it.
fn other_port(was: &Vip, vip: &Vip) -> Option<Risk> {
    if was.port == vip.port {
        return None;
    }
    let message = format!(
        "`vip.{}` answers at port {}, no longer at {}: clients that have not changed connect to a port where nothing listens",
        vip.name, vip.port, was.port
    );
    let help = format!(
        "serve both ports for a while: add a VIP with the same addresses and router id and `port = {}`, roll it \
         out, then move the endpoint, then remove the old VIP; give users their new kubeconfigs",
        vip.port
    );
    Some(RiskKind::NameRemoved.of(message, &help))
}

fn externals(old: &Model, new: &Model) -> Vec<Risk> {
    let mut found = Vec::new();
    for external in &new.externals {
        let had: BTreeSet<String> = old
            .external(&external.component)
            .map(|was| was.urls.iter().map(ToString::to_string).collect())
            .unwrap_or_default();
        let urls: BTreeSet<String> = external.urls.iter().map(ToString::to_string).collect();
        let gained: Vec<&str> = urls.difference(&had).map(String::as_str).collect();
        if !gained.is_empty() {
            let message = format!("clients of {} now connect to {}", external.component, listed(gained));
            found.push(RiskKind::Destination.of(message, "make sure that the servers there are yours"));
        }
    }
    found
}

/// Another plan behind the name of an import, or another authority behind its name there.
fn imports(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (plans(sides.before), plans(sides.after));
    let mut found = Vec::new();
    for (import, plan) in new {
        if let Some(was) = old.get(import).filter(|was| **was != plan) {
            let message = format!("`{import}` is now the plan {plan}, no longer {was}");
            found.push(
                RiskKind::Imported
                    .of(message, "whoever can change that plan decides which clients this cluster trusts"),
            );
        }
    }
    let (old, new) = (sides.before.blueprint.model, sides.after.blueprint.model);
    for foreign in &new.foreign {
        let Some(was) = old.foreign.iter().find(|was| was.name == foreign.name) else { continue };
        let keys = |foreign: &Foreign| -> BTreeSet<[u8; 32]> {
            foreign.certificates.values().map(|certificate| certificate.key_sha256()).collect()
        };
        if !keys(foreign).is_subset(&keys(was)) {
            let message = format!("authority `{}` of another plan has a new key", foreign.name);
            found.push(RiskKind::Imported.of(message, "check it in the history of that plan"));
        }
    }
    found
}

/// The plan of every import, as it is written.
fn plans<'a>(state: &State<'a>) -> BTreeMap<&'a TableName, &'a str> {
    let keys = state.plan.keys.iter().filter(|key| key.key == "plan" && key.table.kind == TableKind::Import);
    keys.map(|key| (&key.table, key.value.as_str())).collect()
}

/// Keys that were made elsewhere, by the public digest that the plan pins.
fn keys(old: &Model, new: &Model) -> Vec<Risk> {
    let (had, has) = (imported(old), imported(new));
    let reported = has.into_iter().filter(|(id, key)| had.get(id) != Some(key)).map(|(id, _)| {
        let message = format!("{id} now has an imported key");
        RiskKind::Imported.of(message, "whoever created it still has it")
    });
    reported.collect()
}

/// Places that have a certificate of others from now on, and had one of the plan's own.
fn leaves(old: &Model, new: &Model) -> Vec<Risk> {
    let targets = |model: &Model| -> BTreeSet<String> {
        model.imported_certificates().map(|imported| imported.target.to_string()).collect()
    };
    let had = targets(old);
    let reported = targets(new).into_iter().filter(|target| !had.contains(target)).map(|target| {
        let message = format!("`{target}` now has an imported certificate and key");
        RiskKind::Imported
            .of(message, "whoever created the key still has it, and `renew` does not renew the certificate")
    });
    reported.collect()
}

/// The public digest of every imported key by the generation that it is.
fn imported(model: &Model) -> BTreeMap<String, [u8; 32]> {
    let name = |id: &str, generation: &u32| format!("`{id}`, generation {generation},");
    let mut found = BTreeMap::new();
    for authority in &model.authorities {
        let generations = authority.imported.iter();
        found.extend(generations.map(|(generation, imported)| {
            (name(&authority.id, generation), imported.certificate.key_sha256())
        }));
    }
    for keyring in model.keyrings.values() {
        let generations = keyring.imported.iter();
        found.extend(generations.map(|(generation, key)| (name(&keyring.id, generation), key.digest)));
    }
    found
}
