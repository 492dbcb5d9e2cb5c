//! Reads kubeadm's ClusterConfiguration, and lists what a plan cannot express.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::hosts::with_help;
use super::mapping::{Component, Mapping};
use super::part::{Content, Line, Part};
use super::written::{key, one_line, quoted, value};
use crate::values::{AlternativeName, Cidr, DnsName, Version, counted, plural};
use crate::yaml::{self, Node, Value};

/// Flags or names of a component: the largest programs have some hundred flags.
const MOST: usize = 1000;
/// The key of a component's table for names of its certificates.
pub(super) const NAMES: &str = "names.add";

/// What a configuration says, as far as a plan can say it.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// The cluster's name.
    pub name: Option<String>,
    /// The Kubernetes version.
    pub version: Option<Version>,
    /// The DNS domain of services.
    pub domain: Option<DnsName>,
    /// Networks of services.
    pub services: Vec<Cidr>,
    /// Networks of pods.
    pub pods: Vec<Cidr>,
    /// Where the API is reached: a name or an address, and a port.
    pub endpoint: Option<(Place, u16)>,
    /// The port of the API server.
    pub api_port: u16,
    /// Whether the control-plane hosts carry the members of the store.
    pub stacked: bool,
    /// The folder of the authorities: an absolute path without characters that nobody sees.
    pub certificates: String,
    /// Tables for components, those included that say nothing so far.
    pub parts: Vec<Part>,
    /// The table of the component whose certificates have the endpoint's name.
    pub behind_endpoint: String,
    /// What is not taken over, with the reason, a line for each.
    pub left: Vec<String>,
}

/// The host of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An address.
    Address(IpAddr),
    /// A DNS name.
    Name(DnsName),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Address(address) => write!(f, "{address}"),
            Place::Name(name) => write!(f, "{name}"),
        }
    }
}

/// Reads kubeadm's configuration, or the ConfigMap that has it; `file` is what it is called in messages.
///
/// # Errors
/// It is no YAML, there is no such configuration in it, or it has more than a plan could take.
pub fn kubeadm(text: &str, file: &str) -> Result<Taken, String> {
    let mapping = Mapping::builtin()?;
    let documents = documents(text, file)?;
    let is_it = |node: &&Node| text_of(node, "kind") == Some(mapping.kind());
    let found: Vec<&Node> = documents.iter().filter(is_it).collect();
    let root = match found[..] {
        [one] => one,
        [] => return Err(format!("{file} has no document of kind {}", mapping.kind())),
        _ => {
            return Err(format!(
                "{file} has {} of kind {}: keep one",
                counted(found.len(), "document"),
                mapping.kind()
            ));
        }
    };
    let version = text_of(root, "apiVersion").unwrap_or_default();
    if !mapping.versions().any(|known| known == version) {
        let known: Vec<&str> = mapping.versions().collect();
        return Err(format!(
            "{file}: apiVersion `{}` is not supported, only {}; update the file with `kubeadm config migrate`",
            one_line(version),
            known.join(" and ")
        ));
    }
    let mut reader = Reader { root, mapping: &mapping, used: BTreeSet::new(), taken: Taken::default() };
    reader.cluster();
    for component in mapping.components() {
        reader.component(&component).map_err(|why| format!("{file}: {why}"))?;
    }
    reader.rest();
    let others = documents.iter().filter(|node| !is_it(node)).filter_map(|node| text_of(node, "kind"));
    let others = others.map(|kind| format!("the document of kind {}", one_line(kind)));
    reader.taken.left.extend(others);
    Ok(reader.taken)
}

/// The documents of a text, with those that a ConfigMap has.
fn documents(text: &str, file: &str) -> Result<Vec<Node>, String> {
    let read = |text: &str| {
        yaml::documents(text).map_err(|broken| format!("{file}, line {}: {}", broken.line, broken.why))
    };
    let mut all = Vec::new();
    for document in read(text)? {
        match document.root.get("data") {
            Some(data) if text_of(&document.root, "kind") == Some("ConfigMap") => {
                for (_, inner) in data.entries() {
                    let inner = read(inner.as_str().unwrap_or_default())?;
                    all.extend(inner.into_iter().map(|document| document.root));
                }
            }
            _ => all.push(document.root),
        }
    }
    Ok(all)
}

fn text_of<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::as_str)
}

/// What is read, and which keys were.
struct Reader<'a> {
    root: &'a Node,
    mapping: &'a Mapping,
    used: BTreeSet<String>,
    taken: Taken,
}

impl<'a> Reader<'a> {
    /// The value behind a path, which counts as read.
    fn take(&mut self, path: &str) -> Option<&'a Node> {
        let keys: Vec<&str> = path.split('.').collect();
        let found = self.root.at(&keys)?;
        self.used.insert(path.to_owned());
        Some(found)
    }

    /// The text behind a path. What cannot be made of it is left.
    fn parsed<T>(&mut self, path: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.take(path)?.scalar()?.text();
        let parsed = if text.is_empty() { return None } else { parse(text) };
        if parsed.is_none() {
            self.used.remove(path);
        }
        parsed
    }

    fn cluster(&mut self) {
        let mapping = self.mapping;
        let cidrs = |text: &str| text.split(',').map(|cidr| cidr.trim().parse::<Cidr>().ok()).collect();
        self.taken.name = self.parsed(mapping.cluster("name"), |text| Some(text.to_owned()));
        self.taken.version = self.parsed(mapping.cluster("version"), |text| text.parse().ok());
        self.taken.domain = self.parsed(mapping.cluster("domain"), |text| text.parse().ok());
        self.taken.services = self.parsed(mapping.cluster("services"), cidrs).unwrap_or_default();
        self.taken.pods = self.parsed(mapping.cluster("pods"), cidrs).unwrap_or_default();
        let port = mapping.api_port();
        self.taken.api_port = port;
        self.taken.endpoint = self.parsed(mapping.cluster("endpoint"), |text| endpoint(text, port));
        let folder = mapping.cluster("certificates");
        let folder = self.root.get(folder).and_then(Node::as_str);
        let folder = folder.filter(|folder| folder.starts_with('/') && one_line(folder) == **folder);
        folder.unwrap_or(mapping.certificates()).clone_into(&mut self.taken.certificates);
        self.taken.stacked = !mapping.components().any(|component| {
            component.urls().is_some_and(|path| self.root.at(&path.split('.').collect::<Vec<_>>()).is_some())
        });
    }

    fn component(&mut self, component: &Component<'_>) -> Result<(), String> {
        let line = |(key, written): (&str, &str)| Line {
            key: key.to_owned(),
            content: Content::One(written.to_owned()),
        };
        let mut part = Part {
            title: component.title().to_owned(),
            table: format!("component.{}", component.name()),
            lines: component.lines().map(line).collect(),
            stands_alone: component.is_added(),
            is_whole: false,
        };
        for path in component.names() {
            for name in self.texts(path)? {
                let name = name.to_ascii_lowercase();
                match name.parse::<AlternativeName>() {
                    Ok(_) => part.add(NAMES, &name),
                    Err(why) => {
                        self.taken.left.push(one_line(&format!("{path}: {}", with_help(why).message)));
                    }
                }
            }
        }
        if let Some((suffix, registry)) = component.registry().zip(self.registry()) {
            let content = Content::One(quoted(&format!("{registry}{suffix}")));
            part.lines.push(Line { key: "setting.registry".to_owned(), content });
        }
        for (flag, values) in component.flags().map(|path| self.flags(path)).transpose()?.unwrap_or_default()
        {
            let content = match &values[..] {
                [one] => Content::One(value(one)),
                _ => Content::List(values),
            };
            part.lines.push(Line { key: format!("flags.set.{}", key(&flag)), content });
        }
        let urls = component.urls().map(|path| self.texts(path)).transpose()?.unwrap_or_default();
        if !urls.is_empty() {
            // Nothing else of it is there.
            part = Part {
                title: component.outside().to_owned(),
                table: format!("external.{}", component.name()),
                lines: vec![Line { key: "urls".to_owned(), content: Content::List(urls) }],
                stands_alone: false,
                is_whole: true,
            };
        }
        if component.is_behind_endpoint() {
            part.table.clone_into(&mut self.taken.behind_endpoint);
        }
        self.taken.parts.push(part);
        Ok(())
    }

    /// Where images come from, where that is not so anyway.
    fn registry(&mut self) -> Option<String> {
        let path = self.mapping.cluster("registry");
        let registry = self.take(path).and_then(Node::as_str)?;
        (!self.mapping.is_nothing(path, registry)).then(|| registry.to_owned())
    }

    fn texts(&mut self, path: &str) -> Result<Vec<String>, String> {
        let items = self.take(path).map_or(&[][..], Node::items);
        let texts = items.iter().filter_map(|item| Some(item.scalar()?.text().to_owned()));
        bounded(path, texts.collect())
    }

    /// Flags with their values: a mapping until v1beta3, a list of names and values from then on, in which a name may
    /// come again.
    fn flags(&mut self, path: &str) -> Result<Vec<(String, Vec<String>)>, String> {
        let Some(node) = self.take(path) else { return Ok(Vec::new()) };
        let of_list = node.items().iter().filter_map(|item| {
            let value = item.get("value").and_then(Node::scalar).map(|scalar| scalar.text().to_owned());
            Some((text_of(item, "name")?.to_owned(), value.unwrap_or_default()))
        });
        let of_mapping = node
            .entries()
            .iter()
            .filter_map(|(key, value)| Some((key.text.clone(), value.scalar()?.text().to_owned())));
        let each = bounded(path, of_list.chain(of_mapping).collect())?;
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        let mut places = BTreeMap::new();
        for (name, value) in each {
            let place = *places.entry(name.clone()).or_insert(all.len());
            match all.get_mut(place) {
                Some((_, values)) => values.push(value),
                None => all.push((name, vec![value])),
            }
        }
        Ok(all)
    }

    /// Everything that nothing has read.
    fn rest(&mut self) {
        let mut left = Vec::new();
        self.below("", self.root, &mut left);
        self.taken.left.extend(left);
    }

    fn below(&self, path: &str, node: &Node, left: &mut Vec<String>) {
        if self.used.contains(path) || path == "apiVersion" || path == "kind" {
            return;
        }
        match &node.value {
            Value::Mapping(entries) => {
                for (key, value) in entries {
                    let path =
                        if path.is_empty() { key.text.clone() } else { format!("{path}.{}", key.text) };
                    self.below(&path, value, left);
                }
            }
            Value::Sequence(items) if items.is_empty() => {}
            Value::Sequence(items) => left.push(self.line(path, &entries(items.len()))),
            Value::Scalar(_) if node.is_null() => {}
            Value::Scalar(scalar)
                if self.mapping.is_nothing(path, scalar.text()) || scalar.text().is_empty() => {}
            // Its value may be private.
            Value::Scalar(_) => left.push(self.line(path, "")),
        }
    }

    fn line(&self, path: &str, count: &str) -> String {
        let why = self.mapping.reason(path).map(|why| format!(" ({why})")).unwrap_or_default();
        let count = if count.is_empty() { String::new() } else { format!(": {count}") };
        one_line(&format!("{path}{count}{why}"))
    }
}

fn entries(count: usize) -> String {
    format!("{count} {}", plural(count, "entry", "entries"))
}

/// What stands at a path, where it is not too much.
fn bounded<T>(path: &str, all: Vec<T>) -> Result<Vec<T>, String> {
    match all.len() {
        ..=MOST => Ok(all),
        count => Err(format!("`{path}` has {}, and at most {MOST} are taken over", entries(count))),
    }
}

/// `HOST:PORT`, `HOST`, `[ADDRESS]:PORT`
fn endpoint(text: &str, port: u16) -> Option<(Place, u16)> {
    if let Ok(both) = text.parse::<std::net::SocketAddr>() {
        return Some((Place::Address(both.ip()), both.port()));
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some((Place::Address(address), port));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (text, port),
    };
    Some((Place::Name(host.to_ascii_lowercase().parse().ok()?), port))
}
