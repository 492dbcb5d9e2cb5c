//! Reads a container of a pod.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{variables, volumes};
use crate::host::Place;
use crate::observe::command::{Command, Paths, Probe, Runner, Source, Unread, Word};
use crate::yaml::{Node, Typed};

/// What the containers of a pod share.
pub(super) struct Pod<'a> {
    pub(super) path: &'a Arc<str>,
    pub(super) namespace: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) spec: &'a Node,
    pub(super) volumes: BTreeMap<Arc<str>, Source>,
}

impl Pod<'_> {
    pub(super) fn command(&self, node: &Node, init: bool, unread: &mut Vec<Unread>) -> Command {
        let text = |key| node.get(key).and_then(Node::as_str);
        let environment = variables::environment(self.path, node, unread);
        let mut words = self.words(node, "command", &environment, unread).into_iter();
        let program = words.next();
        let words = words.chain(self.words(node, "args", &environment, unread)).collect();
        let setting = |key| {
            let own = node.at(&["securityContext", key]);
            let number = own.or_else(|| self.spec.at(&["securityContext", key]))?.as_int()?;
            Some(number.to_string().into())
        };
        let runner = Runner::Pod {
            namespace: Arc::clone(&self.namespace),
            name: Arc::clone(&self.name),
            container: text("name").unwrap_or_default().into(),
            image: text("image").unwrap_or_default().into(),
            host_network: self.spec.get("hostNetwork").and_then(Node::as_bool) == Some(true),
            ports: ports(node),
            init,
        };
        let mounts = volumes::mounts(self.path, node, &self.volumes, unread);
        Command {
            runner,
            place: Place::line(self.path, node.line),
            program,
            words,
            environment,
            user: setting("runAsUser"),
            group: setting("runAsGroup"),
            groups: Vec::new(),
            folder: text("workingDir").map(Arc::from),
            paths: Paths { mounts: Some(mounts), loaded: BTreeMap::new() },
            probes: self.probes(node),
            refused: Vec::new(),
        }
    }

    fn words(
        &self,
        node: &Node,
        key: &str,
        environment: &BTreeMap<Arc<str>, Word>,
        unread: &mut Vec<Unread>,
    ) -> Vec<Word> {
        let mut words = Vec::new();
        for item in node.get(key).map(Node::items).unwrap_or_default() {
            let place = Place::line(self.path, item.line);
            match item.as_str() {
                Some(text) => words.push(variables::expand(text, &place, environment)),
                None => {
                    let why = format!("a word of `{key}` is {}, not a text", item.kind());
                    unread.push(Unread::new(place, why));
                }
            }
        }
        words
    }

    fn probes(&self, node: &Node) -> Vec<Probe> {
        let kinds = ["livenessProbe", "readinessProbe", "startupProbe"];
        kinds.into_iter().filter_map(|kind| self.probe(kind, node.get(kind)?, node)).collect()
    }

    fn probe(&self, kind: &'static str, probe: &Node, container: &Node) -> Option<Probe> {
        let place = Place::line(self.path, probe.line);
        let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(Arc::<str>::from);
        let handlers = [("httpGet", "HTTP"), ("tcpSocket", "TCP"), ("grpc", "gRPC"), ("exec", "exec")];
        let found = handlers.into_iter().find_map(|(key, scheme)| Some((probe.get(key)?, scheme)));
        let (handler, usual) = found?;
        let port = match handler.get("port").and_then(Node::scalar).map(|port| port.typed()) {
            Some(Typed::Int(port)) => u16::try_from(port).ok(),
            Some(Typed::Text(name)) => name.parse().ok().or_else(|| port_of(container, name)),
            _ => None,
        };
        Some(Probe {
            kind,
            scheme: text(handler, "scheme").unwrap_or_else(|| usual.into()),
            host: text(handler, "host"),
            port,
            path: text(handler, "path"),
            place,
        })
    }
}

fn ports(container: &Node) -> Vec<(u16, u16)> {
    let ports = container.get("ports").map(Node::items).unwrap_or_default();
    let number = |port: &Node, key| u16::try_from(port.get(key)?.as_int()?).ok();
    ports
        .iter()
        .filter_map(|port| Some((number(port, "containerPort")?, number(port, "hostPort")?)))
        .collect()
}

/// The port that a container calls so.
fn port_of(container: &Node, name: &str) -> Option<u16> {
    let ports = container.get("ports").map(Node::items).unwrap_or_default();
    let port = ports.iter().find(|port| port.get("name").and_then(Node::as_str) == Some(name))?;
    u16::try_from(port.get("containerPort")?.as_int()?).ok()
}
