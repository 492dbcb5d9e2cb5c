//! The answer about the whole plan.

use super::answer::{joined, origin};
use crate::expand::Blueprint;
use crate::report::table::Section;
use crate::resolve::{Cluster, Endpoint, KeyringKind};
use crate::values::{PlainText, counted};

/// Nodes of one pool are shown once.
#[must_use]
pub fn sections(blueprint: &Blueprint<'_>) -> Vec<Section> {
    let model = blueprint.model;
    let mut sections = Vec::new();
    if let Some(cluster) = &model.cluster {
        sections.push(self::cluster(blueprint, cluster));
    }
    sections.push(vips(blueprint));
    sections.push(externals(blueprint));
    sections.push(nodes(blueprint));
    sections.push(authorities(blueprint));
    sections.push(keyrings(blueprint));
    sections.push(components(blueprint));
    let mut users = Section::new("users");
    for user in &model.users {
        users.row(&*user.name, &user.subject, origin(blueprint, Some(user.origin)));
    }
    sections.push(users);
    let mut certificates = Section::new("certificates");
    for certificate in &blueprint.certificates {
        certificates.row(
            &*certificate.id,
            &certificate.specification.subject,
            origin(blueprint, Some(certificate.origin)),
        );
    }
    sections.push(certificates);
    sections
}

fn cluster(blueprint: &Blueprint<'_>, cluster: &Cluster) -> Section {
    let model = blueprint.model;
    let mut section = Section::new("cluster");
    let place = |span| origin(blueprint, span);
    section.row("name", &cluster.name.value, place(cluster.name.origin));
    section.row("profile", &cluster.profile.value, place(cluster.profile.origin));
    section.row("layout", &cluster.layout.value, place(cluster.layout.origin));
    section.row("run", cluster.run.value.word(), place(cluster.run.origin));
    if let Some(version) = &cluster.version {
        section.row("version", &version.value, place(version.origin));
    }
    section.row("domain", &cluster.domain.value, place(cluster.domain.origin));
    for cidr in &cluster.service_cidrs {
        section.row("service-cidrs", cidr.value, place(cidr.origin));
    }
    for cidr in &cluster.pod_cidrs {
        section.row("pod-cidrs", cidr.value, place(cidr.origin));
    }
    let named = cluster.endpoint.as_ref().map(|endpoint| match endpoint.value {
        Endpoint::Node(node) => format!("node.{}", model.nodes[node].name),
        Endpoint::Vip(vip) => format!("vip.{}", model.vips[vip].name),
    });
    let url = blueprint.endpoint().map(|target| target.url()).unwrap_or_default();
    let span = cluster.endpoint.as_ref().and_then(|endpoint| endpoint.origin);
    section.row("endpoint", format!("{} {url}", named.unwrap_or_default()).trim(), place(span));
    section
}

fn vips(blueprint: &Blueprint<'_>) -> Section {
    let model = blueprint.model;
    let mut section = Section::new("vips");
    for vip in &model.vips {
        let host = vip.host.as_ref().map(|host| format!(" {host}")).unwrap_or_default();
        let nodes = joined(vip.nodes.iter().map(|node| &model.nodes[*node].name));
        let value =
            format!("{}{host} port {} by {} on {nodes}", joined(&vip.addresses), vip.port, vip.served_by);
        section.row(&*vip.name, value, origin(blueprint, Some(vip.origin)));
    }
    section
}

fn externals(blueprint: &Blueprint<'_>) -> Section {
    let mut section = Section::new("run by others");
    for external in &blueprint.model.externals {
        let clients = external.clients.map(|authority| &blueprint.model.authorities[authority].name);
        let clients = clients.map(|name| format!("; accepts clients of {name}")).unwrap_or_default();
        let value = format!("{}{clients}", joined(&external.urls));
        section.row(&*external.component, value, origin(blueprint, Some(external.origin)));
    }
    section
}

fn nodes(blueprint: &Blueprint<'_>) -> Section {
    let model = blueprint.model;
    let mut section = Section::new("nodes");
    for node in model.nodes.iter().filter(|node| node.pool.is_none()) {
        let value = format!("{} ({})", joined(node.addresses.iter()), joined(node.roles.iter()));
        section.row(node.name.as_str(), value, origin(blueprint, Some(node.origin)));
    }
    let mut pools: Vec<&str> = model.nodes.iter().filter_map(|node| node.pool.as_deref()).collect();
    pools.dedup();
    for pool in pools {
        let members: Vec<_> = model.nodes.iter().filter(|node| node.pool.as_deref() == Some(pool)).collect();
        if let (Some(first), Some(last)) = (members.first(), members.last()) {
            let value = format!(
                "{} nodes, {} {} to {} {}",
                members.len(),
                first.name,
                joined(first.addresses.iter()),
                last.name,
                joined(last.addresses.iter())
            );
            section.row(format!("pool {pool}"), value, origin(blueprint, Some(first.origin)));
        }
    }
    section
}

fn authorities(blueprint: &Blueprint<'_>) -> Section {
    let model = blueprint.model;
    let mut section = Section::new("authorities");
    for authority in &model.authorities {
        let place = |span| origin(blueprint, span);
        let own = Some(authority.origin);
        let name = &authority.name;
        section.row(&**name, authority.subject_text(), place(own));
        let issuer = authority.issuer.map_or("itself", |above| &model.authorities[above].name);
        section.row(format!("{name} issuer"), issuer, place(own));
        section.row(format!("{name} serves"), joined(authority.serves.iter()), place(own));
        section.row(format!("{name} key"), authority.key, place(own));
        section.row(format!("{name} validity.own"), authority.own.value, place(authority.own.origin));
        section.row(
            format!("{name} validity.issued"),
            authority.issued.value,
            place(authority.issued.origin),
        );
        if let Some(spread) = &authority.spread {
            section.row(format!("{name} validity.spread"), spread.value, place(Some(spread.span)));
        }
        if let Some(length) = authority.path_length {
            section.row(format!("{name} path-length"), length, place(own));
        }
        let generations =
            format!("use {}, trust {}", authority.generations.used, joined(&authority.generations.trust));
        section.row(format!("{name} generations"), generations, place(own));
        for (generation, imported) in &authority.imported {
            let key = authority.key_identity(*generation);
            section.row(format!("{name} generation {generation}"), key, place(Some(imported.origin)));
        }
    }
    section
}

fn keyrings(blueprint: &Blueprint<'_>) -> Section {
    let mut section = Section::new("keyrings");
    if let Some(bootstrap) = &blueprint.model.bootstrap {
        let value = format!("tokens from `pkiplan join`; groups {}", joined(&bootstrap.groups));
        section.row("bootstrap", value, origin(blueprint, Some(bootstrap.origin)));
    }
    for keyring in blueprint.model.keyrings.values() {
        let kind = match &keyring.kind {
            KeyringKind::BootstrapToken(_) => "bootstrap tokens".to_owned(),
            KeyringKind::Encryption(_) => "encryption keys of 32 bytes".to_owned(),
            KeyringKind::KeyPair(algorithm) => format!("key pair, {algorithm}"),
            KeyringKind::Password(length) => format!("password of {length} characters"),
            KeyringKind::StaticToken(token) => format!("tokens of {}", token.user),
        };
        let generations = &keyring.generations;
        let value = match (&keyring.kind, generations.plain_text) {
            (KeyringKind::Encryption(_), PlainText::Written) => {
                format!("{kind}; use plain text, trust plain text, {}", joined(&generations.trust))
            }
            (KeyringKind::Encryption(_), PlainText::Read | PlainText::Unsaid) => {
                format!("{kind}; use {}, trust plain text, {}", generations.used, joined(&generations.trust))
            }
            _ => format!("{kind}; use {}, trust {}", generations.used, joined(&generations.trust)),
        };
        section.row(&*keyring.name, value, origin(blueprint, Some(keyring.origin)));
        if let KeyringKind::Encryption(encryption) = &keyring.kind {
            for (generation, kms) in &encryption.plugins {
                let value = format!("the KMS plugin `{}` at {}", kms.name, kms.endpoint);
                let place = origin(blueprint, Some(keyring.origin));
                section.row(format!("{} generation {generation}", keyring.name), value, place);
            }
        }
        for (generation, imported) in &keyring.imported {
            let name = imported.name.as_deref().map(|name| format!(" as `{name}`")).unwrap_or_default();
            let place = origin(blueprint, Some(imported.origin));
            section.row(
                format!("{} generation {generation}", keyring.name),
                format!("imported{name}"),
                place,
            );
        }
    }
    section
}

fn components(blueprint: &Blueprint<'_>) -> Section {
    let mut section = Section::new("components");
    for component in &blueprint.model.components {
        let count = component.instances.len();
        let versions = component.instances.iter().map(|instance| instance.config.version.value.to_string());
        let versions: std::collections::BTreeSet<String> = versions.collect();
        let value = format!(
            "{}{}{}",
            counted(count, "instance"),
            if count > 0 { ", version " } else { "" },
            joined(versions)
        );
        section.row(&*component.definition.name, value, origin(blueprint, Some(component.definition.span)));
    }
    section
}
