//! `[file.NAME]` files and root certificates that are placed where a host executes, obeys or trusts them.

use std::collections::BTreeSet;

use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::catalog::FileContent;
use crate::expand::Blueprint;
use crate::resolve::{FreeCertificate, Model, OwnFile};

/// Beginnings of paths, and what is done with a file there: the rest of a sentence.
const PLACES: &[(&[&str], &str)] = &[
    (
        &[
            "/etc/cron",
            "/etc/anacrontab",
            "/var/spool/cron",
            "/var/spool/at",
            "/etc/logrotate",
            "/etc/periodic",
        ],
        "commands in it are run as root, at their time",
    ),
    (
        &["/etc/systemd/", "/usr/lib/systemd/", "/lib/systemd/", "/run/systemd/", "/usr/local/lib/systemd/"],
        "systemd reads it, and starts what it names",
    ),
    (
        &[
            "/etc/rc",
            "/etc/init",
            "/etc/profile",
            "/etc/bash",
            "/etc/environment",
            "/etc/zsh",
            "/etc/update-motd.d/",
        ],
        "it runs when the host starts, or when someone logs in",
    ),
    (
        &[
            "/etc/ssh/",
            "/etc/sudo",
            "/etc/pam",
            "/etc/security/",
            "/etc/polkit",
            "/etc/passwd",
            "/etc/shadow",
            "/etc/group",
            "/etc/nsswitch.conf",
        ],
        "it decides who may log in, and as whom",
    ),
    (
        &[
            "/etc/ld.so",
            "/lib",
            "/usr/lib",
            "/usr/local/lib",
            "/bin",
            "/sbin",
            "/usr/bin",
            "/usr/sbin",
            "/usr/local/bin",
            "/usr/local/sbin",
            "/opt/cni/",
            "/usr/libexec",
        ],
        "programs of the host load or run it",
    ),
    (
        &[
            "/etc/udev/",
            "/etc/mod",
            "/etc/sysctl",
            "/etc/kernel",
            "/etc/initramfs",
            "/etc/dracut",
            "/boot/",
            "/etc/default/",
            "/etc/sysconfig/",
            "/etc/network",
            "/etc/NetworkManager/",
            "/etc/dhcp",
            "/etc/cloud/",
            "/etc/dbus",
            "/etc/apt/",
            "/etc/yum",
            "/etc/dnf/",
        ],
        "the kernel or a service of the host uses it, as root",
    ),
    (
        &[
            "/etc/containerd/",
            "/etc/crio/",
            "/etc/cri-o/",
            "/etc/docker/",
            "/etc/cni/",
            "/etc/containers/",
            "/etc/nri/",
            "/etc/cdi/",
        ],
        "it decides what the container runtime runs as root",
    ),
    (&["/etc/hosts", "/etc/resolv", "/etc/gai.conf"], "it decides which addresses names resolve to"),
    (
        &[
            "/etc/ssl/certs/",
            "/usr/local/share/ca-certificates/",
            "/usr/share/ca-certificates/",
            "/etc/ca-certificates",
            "/etc/pki/",
            "/usr/share/pki/",
        ],
        "programs on the host may trust the certificates that it issues",
    ),
];

/// Files that are new at such a place, or other ones than before.
pub(super) fn changes(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (sides.before.blueprint.model, sides.after.blueprint.model);
    let mut found = Vec::new();
    for file in &new.files {
        let Some(because) = place(sides.after.blueprint, &file.path.value, file.mode) else { continue };
        let hosts = gaining(old, new, file);
        if hosts.is_empty() {
            continue;
        }
        let source = file.beside().map_or(&*file.name, |beside| &beside.source.value);
        let message = format!("{} is `{source}`, on {}", file.path.value, listed(hosts));
        found.push(RiskKind::Code.of(message, because));
    }
    found.extend(new.certificates.iter().filter_map(|certificate| roots(sides, certificate)));
    found
}

/// Roots that come to such a place with a certificate of the plan.
fn roots(sides: &Sides<'_>, certificate: &FreeCertificate) -> Option<Risk> {
    let (old, new) = (sides.before.blueprint.model, sides.after.blueprint.model);
    let path = &*certificate.files.roots.as_ref()?.value;
    let because = place(sides.after.blueprint, path, 0)?;
    let were_there = |was: &FreeCertificate| {
        let same = was.files.roots.as_ref().is_some_and(|roots| *roots.value == *path);
        same && old.authorities[was.authority].id == new.authorities[certificate.authority].id
    };
    if certificate.nodes.is_empty() || old.certificates.iter().any(were_there) {
        return None;
    }
    let hosts = certificate.nodes.iter().map(|node| new.nodes[*node].name.as_str());
    let message =
        format!("{path} contains the roots of `certificate.{}`, on {}", certificate.name, listed(hosts));
    Some(RiskKind::Code.of(message, because))
}

/// What a host does with a file; none where it does nothing by itself.
fn place(blueprint: &Blueprint<'_>, path: &str, mode: u32) -> Option<&'static str> {
    if in_pods(blueprint, path) {
        return Some("the pod in it runs at once, without the API server, and possibly as root");
    }
    if path.contains("/.ssh/") {
        return Some("it decides who may log in, and as whom");
    }
    let known = PLACES.iter().find(|(beginnings, _)| beginnings.iter().any(|begin| path.starts_with(begin)));
    known.map(|(_, because)| *because).or((mode & 0o111 != 0).then_some("it is a program"))
}

/// Whether it is in the folder from which a program of its hosts runs pods.
fn in_pods(blueprint: &Blueprint<'_>, path: &str) -> bool {
    let Some((folder, _)) = path.rsplit_once('/') else { return false };
    let components = blueprint.model.components.enumerate();
    components.into_iter().any(|(index, component)| {
        let definition = &component.definition;
        let Some(seen) = definition.seen.as_ref().filter(|seen| seen.pods.is_some()) else { return false };
        let folders = definition.files.iter().zip(&blueprint.paths[index].files);
        let mut folders = folders.filter(|(file, _)| matches!(file.content, FileContent::Folder));
        seen.usual_pods.as_deref() == Some(folder)
            || folders.any(|(_, known)| known.as_ref().is_some_and(|known| known.value == folder))
    })
}

/// The hosts on which it is another file than before, or was none; those that are new get what others had.
fn gaining<'n>(old: &Model, new: &'n Model, file: &OwnFile) -> Vec<&'n str> {
    let same = |was: &&OwnFile| {
        let text = |file: &OwnFile| file.beside().map(|beside| beside.text.clone());
        was.path.value == file.path.value && was.mode == file.mode && text(was) == text(file)
    };
    let had: Vec<&OwnFile> = old.files.iter().filter(same).collect();
    let known: BTreeSet<&str> = old.nodes.iter().map(|node| &*node.id).collect();
    let on: BTreeSet<&str> =
        had.iter().flat_map(|was| &was.nodes).map(|node| &*old.nodes[*node].id).collect();
    let nodes = file.nodes.iter().map(|node| &new.nodes[*node]);
    let gains = nodes.filter(|node| match known.contains(&*node.id) {
        true => !on.contains(&*node.id),
        false => had.is_empty(),
    });
    gains.map(|node| node.name.as_str()).collect()
}
