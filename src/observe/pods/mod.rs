//! Reads the manifests of static pods, as a kubelet does.

mod container;
mod variables;
mod volumes;

use std::sync::Arc;

use super::command::{Command, Unread};
use crate::host::{Files, Place, joined};
use crate::yaml::{self, Node};

/// Containers of one folder at most.
const MOST: usize = 2000;

/// The containers of the manifests in a folder. A kubelet takes every regular file in it whose name does not begin
/// with a dot, whatever its ending.
#[must_use]
pub fn pods(files: &dyn Files, folder: &str) -> (Vec<Command>, Vec<Unread>) {
    let mut found = Found::default();
    let entries = match files.list(folder) {
        Ok(entries) => entries,
        Err(problem) => return (Vec::new(), vec![problem.into()]),
    };
    for entry in entries.iter().filter(|entry| !entry.folder && !entry.name.starts_with('.')) {
        let path: Arc<str> = joined(folder, &entry.name).into();
        if entry.link.is_some()
            && !matches!(files.status(&path), Ok(Some(status)) if status.kind == crate::host::Kind::File)
        {
            continue;
        }
        match files.text(&path) {
            Ok(Some((text, _))) => found.manifest(&path, &text),
            Ok(None) => {}
            Err(problem) => found.unread.push(problem.into()),
        }
    }
    (found.commands, found.unread)
}

#[derive(Default)]
struct Found {
    commands: Vec<Command>,
    unread: Vec<Unread>,
}

impl Found {
    fn manifest(&mut self, path: &Arc<str>, text: &str) {
        let at = |line| Place::line(path, line);
        let documents = match yaml::documents(text) {
            Ok(documents) => documents,
            Err(broken) => return self.unread.push(Unread::new(at(broken.line), broken.why)),
        };
        let mut documents = documents.into_iter();
        let Some(document) = documents.next() else {
            return self.unread.push(Unread::new(Place::file(Arc::clone(path)), "it is empty"));
        };
        if let Some(second) = documents.next() {
            let why = "it is ignored: only the first document of a manifest is read";
            self.unread.push(Unread::new(at(second.root.line), why));
        }
        let root = &document.root;
        if root.get("kind").and_then(Node::as_str) != Some("Pod") {
            return self.unread.push(Unread::new(at(root.line), "it is not a pod"));
        }
        for key in &document.duplicates {
            let why = format!("the key `{}` is written twice", key.text);
            self.unread.push(Unread::new(at(key.line), why));
        }
        self.pod(path, root);
    }

    fn pod(&mut self, path: &Arc<str>, root: &Node) {
        let Some(spec) = root.get("spec") else {
            return self.unread.push(Unread::new(Place::line(path, root.line), "the pod has no `spec`"));
        };
        let text = |keys: &[&str]| root.at(keys).and_then(Node::as_str);
        let pod = container::Pod {
            path,
            namespace: text(&["metadata", "namespace"]).unwrap_or("default").into(),
            name: text(&["metadata", "name"]).unwrap_or_default().into(),
            spec,
            volumes: volumes::volumes(spec),
        };
        for (list, init) in [("initContainers", true), ("containers", false)] {
            for node in spec.get(list).map(Node::items).unwrap_or_default() {
                if self.commands.len() >= MOST {
                    let why = format!("there are more than {MOST} containers");
                    return self.unread.push(Unread::new(Place::line(path, node.line), why));
                }
                self.commands.push(pod.command(node, init, &mut self.unread));
            }
        }
    }
}
