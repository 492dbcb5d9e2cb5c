//! Volumes of a pod, and their mounts in a container.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::host::{Place, beneath, joined, normal};
use crate::observe::command::{Mount, Source, Unread};
use crate::yaml::Node;

/// The volumes of a pod by their names.
pub(super) fn volumes(spec: &Node) -> BTreeMap<Arc<str>, Source> {
    let volumes = spec.get("volumes").map(Node::items).unwrap_or_default();
    volumes.iter().filter_map(|volume| Some((volume.get("name")?.as_str()?.into(), source(volume)))).collect()
}

fn source(volume: &Node) -> Source {
    if let Some(host) = volume.get("hostPath") {
        let text = |key| host.get(key).and_then(Node::as_str);
        let kind = text("type").unwrap_or_default().into();
        return Source::Host { path: normal(text("path").unwrap_or_default()).into(), kind };
    }
    let kind = volume.entries().iter().map(|(key, _)| key.text.as_str()).find(|key| *key != "name");
    Source::Other(kind.unwrap_or("emptyDir").into())
}

/// What a container sees.
pub(super) fn mounts(
    path: &Arc<str>,
    container: &Node,
    volumes: &BTreeMap<Arc<str>, Source>,
    unread: &mut Vec<Unread>,
) -> Vec<Mount> {
    let mounts = container.get("volumeMounts").map(Node::items).unwrap_or_default();
    mounts.iter().filter_map(|mount| one(path, mount, volumes, unread)).collect()
}

fn one(
    path: &Arc<str>,
    mount: &Node,
    volumes: &BTreeMap<Arc<str>, Source>,
    unread: &mut Vec<Unread>,
) -> Option<Mount> {
    let place = Place::line(path, mount.line);
    let text = |key| mount.get(key).and_then(Node::as_str);
    let mut wrong = |why: &str| {
        unread.push(Unread::new(place.clone(), why));
        None
    };
    let Some(at) = text("mountPath") else { return wrong("a mount has no `mountPath`") };
    let Some(volume) = text("name").and_then(|name| volumes.get(name)) else {
        return wrong("a mount names a volume that the pod does not have");
    };
    let source = match (volume, text("subPath"), text("subPathExpr")) {
        (_, _, Some(_)) => Source::Other("a path that is made when the container starts".into()),
        (Source::Host { path, kind }, Some(sub), None) if !leads_out(sub) => {
            // Whether the folder is one says nothing of what lies in it.
            let kind = if sub.is_empty() { Arc::clone(kind) } else { Arc::default() };
            Source::Host { path: joined(path, &format!("./{sub}")).into(), kind }
        }
        (_, Some(sub), None) if leads_out(sub) => return wrong("a `subPath` leads out of its volume"),
        (source, ..) => source.clone(),
    };
    let read_only = mount.get("readOnly").and_then(Node::as_bool) == Some(true);
    Some(Mount { at: normal(at).into(), source, read_only, place })
}

/// Whether a path leads out of where it is counted from.
fn leads_out(path: &str) -> bool {
    beneath("/v", &joined("/v", &format!("./{path}"))).is_none()
}
