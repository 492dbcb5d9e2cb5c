//! The table that maps kubeadm's configuration to keys of a plan.

use std::path::Path;

use crate::read::{Builtin, World as _};
use crate::yaml::{Node, documents};

/// Where it stands among the templates.
const FILE: &str = "init/kubeadm.yaml";

/// The table.
pub(super) struct Mapping(Node);

/// What is known of one component.
pub(super) struct Component<'m>(&'m Node);

impl Mapping {
    /// The table that is built in.
    ///
    /// # Errors
    /// It is broken, which no release is.
    pub(super) fn builtin() -> Result<Self, String> {
        let text = Builtin.read(Path::new(FILE)).map_err(|error| format!("{FILE}: {error}"))?;
        let documents = documents(&text).map_err(|broken| format!("{FILE}: {}", broken.why))?;
        let document = documents.into_iter().next().ok_or_else(|| format!("{FILE} is empty"))?;
        Ok(Self(document.root))
    }

    fn text(&self, keys: &[&str]) -> &str {
        self.0.at(keys).and_then(Node::as_str).unwrap_or_default()
    }

    fn texts(&self, key: &str) -> impl Iterator<Item = &str> {
        self.0.get(key).map_or(&[][..], Node::items).iter().filter_map(Node::as_str)
    }

    /// The kind of document that is read.
    pub(super) fn kind(&self) -> &str {
        self.text(&["kind"])
    }

    /// Its versions, `GROUP/VERSION`.
    pub(super) fn versions(&self) -> impl Iterator<Item = &str> {
        self.texts("versions")
    }

    /// Labels of nodes with an API server.
    pub(super) fn control_plane_labels(&self) -> impl Iterator<Item = &str> {
        self.texts("control-plane-labels")
    }

    /// The port of the API server.
    pub(super) fn api_port(&self) -> u16 {
        let port = self.0.get("api-port").and_then(Node::as_int);
        port.and_then(|port| u16::try_from(port).ok()).unwrap_or_default()
    }

    /// The path of the key that says something of the cluster.
    pub(super) fn cluster(&self, what: &str) -> &str {
        self.text(&["cluster", what])
    }

    /// The folder of kubeadm's authorities.
    pub(super) fn certificates(&self) -> &str {
        self.text(&["certificates"])
    }

    /// The components in their order.
    pub(super) fn components(&self) -> impl Iterator<Item = Component<'_>> {
        self.0.get("components").map_or(&[][..], Node::items).iter().map(Component)
    }

    /// Whether a value says what is so anyway, or what only kubeadm needs.
    pub(super) fn is_nothing(&self, path: &str, value: &str) -> bool {
        let default = self.0.get("defaults").and_then(|defaults| defaults.get(path)).and_then(Node::scalar);
        default.is_some_and(|default| default.text() == value) || self.texts("silent").any(|one| one == path)
    }

    /// Why a key, or what is below it, is not taken over.
    pub(super) fn reason(&self, path: &str) -> Option<&str> {
        let below = |known: &str| {
            path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let reasons = self.0.get("reasons").map_or(&[][..], Node::entries);
        reasons.iter().find(|(known, _)| below(&known.text)).and_then(|(_, why)| why.as_str())
    }
}

impl Component<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Node::as_str)
    }

    /// Its name in the plan.
    pub(super) fn name(&self) -> &str {
        self.text("name").unwrap_or_default()
    }

    /// What its table is for.
    pub(super) fn title(&self) -> &str {
        self.text("title").unwrap_or_default()
    }

    /// The same where others run it.
    pub(super) fn outside(&self) -> &str {
        self.text("outside").unwrap_or_default()
    }

    /// Lines that are there in any case, keys with what is behind `=`.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.0.get("lines").map_or(&[][..], Node::items).iter();
        lines.filter_map(|line| line.as_str()?.split_once(" = "))
    }

    /// Whether its table is there even without lines.
    pub(super) fn is_added(&self) -> bool {
        self.0.get("add").and_then(Node::as_bool).unwrap_or(false)
    }

    /// Whether clients reach it at the endpoint, so that its certificates have that name.
    pub(super) fn is_behind_endpoint(&self) -> bool {
        self.0.get("endpoint").and_then(Node::as_bool).unwrap_or(false)
    }

    /// The path of its flags.
    pub(super) fn flags(&self) -> Option<&str> {
        self.text("flags")
    }

    /// The paths of names for its certificates.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.get("names").map_or(&[][..], Node::items).iter().filter_map(Node::as_str)
    }

    /// What its images have behind the registry; none where it has none.
    pub(super) fn registry(&self) -> Option<&str> {
        self.text("registry")
    }

    /// The path of its endpoints where others run it.
    pub(super) fn urls(&self) -> Option<&str> {
        self.text("urls")
    }
}
