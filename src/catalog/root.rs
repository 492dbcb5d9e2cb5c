//! The root names of the scopes in which the catalog's expressions are evaluated.

/// The first part of a name in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// The plan's policy for nodes that join; `none` where it has none.
    Bootstrap,
    /// The certificates of the component's bundles, by their names, written with `_`.
    Bundle,
    /// Which of the component's certificates this node has, by [`super::CertificateDefinition::field`].
    Certificate,
    /// The cluster's names and networks.
    Cluster,
    /// The component itself.
    Component,
    /// Addresses that the component connects to, by [`super::Dial::field`].
    Dial,
    /// The flags of the component on this node, by their names, written with `_`.
    Flag,
    /// The flags of the component on this node, as a list.
    Flags,
    /// Secrets that are not certificates, by the names of the plan's keyrings, written with `_`.
    Keyring,
    /// Addresses at which the component listens, by [`super::Listen::field`].
    Listen,
    /// What the file of one's own says that a flag names, by the flag's name, written with `_`.
    Named,
    /// The node.
    Node,
    /// The settings of another component on the first of its hosts, by the component's name, written with `_`.
    Others,
    /// Paths of the component's bundles and files, by their names, written with `_`.
    Path,
    /// All instances of the component, as a list.
    Peers,
    /// What a static pod mounts.
    Pod,
    /// Ports that VIPs and components take on hosts that run pods, as a list.
    Ports,
    /// The component's settings, by [`super::Setting::field`].
    Setting,
    /// The ids of the authorities' certificates in the component's bundles, by their names, written with `_`.
    Trust,
    /// The VIPs that the node serves, as a list.
    Vips,
    /// What the file's `with` adds.
    With,
}

impl Root {
    const ALL: [Root; 21] = [
        Root::Bootstrap,
        Root::Bundle,
        Root::Certificate,
        Root::Cluster,
        Root::Component,
        Root::Dial,
        Root::Flag,
        Root::Flags,
        Root::Keyring,
        Root::Listen,
        Root::Named,
        Root::Node,
        Root::Others,
        Root::Path,
        Root::Peers,
        Root::Pod,
        Root::Ports,
        Root::Setting,
        Root::Trust,
        Root::Vips,
        Root::With,
    ];

    /// As expressions write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Root::Bootstrap => "bootstrap",
            Root::Bundle => "bundle",
            Root::Certificate => "certificate",
            Root::Cluster => "cluster",
            Root::Component => "component",
            Root::Dial => "dial",
            Root::Flag => "flag",
            Root::Flags => "flags",
            Root::Keyring => "keyring",
            Root::Listen => "listen",
            Root::Named => "named",
            Root::Node => "node",
            Root::Others => "others",
            Root::Path => "path",
            Root::Peers => "peers",
            Root::Pod => "pod",
            Root::Ports => "ports",
            Root::Setting => "setting",
            Root::Trust => "trust",
            Root::Vips => "vips",
            Root::With => "with",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|root| root.word() == word)
    }
}
