//! Finds the path of an instance's artefact on its host.

use super::instance::Instance;
use super::placement::Host;
use super::yaml::Fill as _;
use crate::catalog::{Definition, PairPart, Reference};
use crate::expand::Blueprint;
use crate::resolve::{ComponentIndex, InstanceIndex};

/// The path of an artefact of an instance, called as references call it: `NAME`, or `NAME.certificate` and `NAME.key`.
/// None where the instance has no such artefact.
#[must_use]
pub fn located(
    blueprint: &Blueprint<'_>,
    (component, instance): (ComponentIndex, InstanceIndex),
    name: &str,
) -> Option<String> {
    let definition = blueprint.definition(component).clone();
    let reference = reference(&definition, name)?;
    if let Reference::Certificate(certificate, _) = reference {
        blueprint.instance_certificate(component, instance, certificate)?;
    }
    let mut host = Host::new(blueprint);
    let mut this = Instance::owned(&mut host, (component, instance), "root".into());
    if let Reference::Kubeconfig(kubeconfig) = reference
        && !this.holds(definition.kubeconfigs[kubeconfig].when.as_ref()).ok()?
    {
        return None;
    }
    this.path(reference).ok()
}

fn reference(definition: &Definition, name: &str) -> Option<Reference> {
    if let Some((certificate, part)) = name.split_once('.') {
        let part = match part {
            "certificate" => PairPart::Certificate,
            "key" => PairPart::Key,
            _ => return None,
        };
        let position = definition.certificates.iter().position(|known| *known.name == *certificate)?;
        return Some(Reference::Certificate(position, part));
    }
    let bundle = definition.bundles.iter().position(|known| *known.name == *name).map(Reference::Bundle);
    let kubeconfig =
        || definition.kubeconfigs.iter().position(|known| *known.name == *name).map(Reference::Kubeconfig);
    let file = || definition.files.iter().position(|known| *known.name == *name).map(Reference::File);
    bundle.or_else(kubeconfig).or_else(file)
}
