//! Renders all sheets of one host.

use std::collections::BTreeMap;

use super::instance::Instance;
use super::placement::{Host, Put};
use super::{Content, Filling, MadeFrom, Sheet, shared};
use crate::catalog::Class;
use crate::diagnostics::Diagnostic;
use crate::expand::Blueprint;
use crate::resolve::{ComponentIndex, FreeIndex, InstanceIndex, NodeIndex};
use crate::specification::CertificateIndex;

/// The sheets of a node, sorted by path.
///
/// # Errors
/// What is wrong with a template or an expression, at its place, or with two artefacts on one path.
pub fn host(blueprint: &Blueprint<'_>, node: NodeIndex) -> Result<Vec<Sheet>, Vec<Diagnostic>> {
    let mut host = Host::new(blueprint);
    let mut failures = Vec::new();
    for &(component, instance) in &blueprint.hosts[node] {
        if let Err(failure) = Instance::new(&mut host, component, instance).and_then(Instance::all) {
            failures.push(failure);
        }
    }
    for (index, made) in blueprint.free_on(node) {
        if let Err(failure) = host.free(index, made) {
            failures.push(failure);
        }
    }
    failures.extend(host.own(node).err());
    failures.extend(host.users(node).err());
    host.folders();
    if failures.is_empty() {
        Ok(host.sheets.into_values().map(|(sheet, _)| sheet).collect())
    } else {
        Err(failures)
    }
}

/// The flags of one instance, `--name=value`.
///
/// # Errors
/// What is wrong with an expression, at its place.
pub fn flags_of(
    blueprint: &Blueprint<'_>,
    component: ComponentIndex,
    instance: InstanceIndex,
) -> Result<Vec<String>, Diagnostic> {
    let mut host = Host::new(blueprint);
    Instance::owned(&mut host, (component, instance), "root".into()).flags()
}

/// The values of the flags of one instance, by name.
pub(super) fn flag_values_of(
    blueprint: &Blueprint<'_>,
    component: ComponentIndex,
    instance: InstanceIndex,
) -> Result<BTreeMap<String, Vec<String>>, Diagnostic> {
    let mut host = Host::new(blueprint);
    Instance::owned(&mut host, (component, instance), "root".into()).flag_values()
}

impl Host<'_, '_> {
    /// Kubeconfigs of users that lie here, too.
    fn users(&mut self, node: NodeIndex) -> Result<(), Diagnostic> {
        let blueprint = self.blueprint;
        for index in blueprint.model.extras_on(node).users {
            let user = &blueprint.model.users[index];
            let certificate = blueprint.of_users.get(index).copied();
            let (Some(on), Some(certificate)) = (&user.on_hosts, certificate) else { continue };
            let Some(pieces) = shared::kubeconfig(blueprint, certificate) else { continue };
            let artefact = format!("kubeconfig of {}", user.id);
            let put = Put::shared(&on.file, Content::Pieces(pieces), 0o600, on.owner.clone(), artefact);
            self.put_class(put.from(MadeFrom::Endpoint), Class::Managed)?;
        }
        Ok(())
    }

    fn free(&mut self, index: FreeIndex, made: CertificateIndex) -> Result<(), Diagnostic> {
        let blueprint = self.blueprint;
        let certificate = &blueprint.model.certificates[index];
        let authority = blueprint.model.root_of(certificate.authority);
        if let Some(path) = certificate.files.certificate.as_ref().filter(|_| certificate.files.is_one_file())
        {
            let artefact = format!("certificate and key of {}", blueprint.certificates[made].id);
            let both = Content::pair(blueprint.chain(made), made, certificate.files.first);
            self.put_class(
                Put::shared(path, both, 0o600, certificate.owner.clone(), artefact),
                Class::Managed,
            )?;
        }
        let apart = !certificate.files.is_one_file();
        let files = [
            (
                &certificate.files.certificate,
                Filling::Certificates(blueprint.chain(made)),
                0o644,
                "certificate",
            ),
            (&certificate.files.key, Filling::Key(made), 0o600, "key"),
            (
                &certificate.files.roots,
                Filling::Certificates(blueprint.authorities[authority].in_bundles().collect()),
                0o644,
                "roots",
            ),
        ];
        for (path, filling, mode, what) in files {
            let Some(path) = path.as_ref().filter(|_| apart || what == "roots") else { continue };
            let artefact = format!("{what} of {}", blueprint.certificates[made].id);
            let owner = certificate.owner.clone();
            self.put_class(Put::shared(path, Content::of(filling), mode, owner, artefact), Class::Managed)?;
        }
        Ok(())
    }

    /// Folders with modes of their own, where something lies in them.
    fn folders(&mut self) {
        let Some(layout) = self.blueprint.layout else { return };
        for (path, mode) in &layout.folders {
            let inner = path.trim_start_matches('/');
            let below = format!("{inner}/");
            let used = self.sheets.range(below.clone()..).next().is_some_and(|(p, _)| p.starts_with(&below));
            if used && !self.sheets.contains_key(inner) {
                let sheet = Sheet {
                    path: inner.to_owned(),
                    content: Content::Folder,
                    class: Class::Managed,
                    mode: *mode,
                    owner: "root".into(),
                    artefact: "folder".to_owned(),
                    reactions: Vec::new(),
                    component: None,
                    pod: false,
                    made_from: None,
                };
                if let Some(cluster) = self.blueprint.model.cluster.as_ref() {
                    let span = cluster.layout.origin.or(cluster.name.origin);
                    if let Some(span) = span {
                        self.sheets.insert(inner.to_owned(), (sheet, span));
                    }
                }
            }
        }
    }
}
