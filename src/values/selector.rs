//! Selectors of nodes.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::{Invalid, Name, NodeName};

/// A set of nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// `all`
    All,
    /// `node:NAME`
    Node(NodeName),
    /// `pool:NAME`
    Pool(Name),
    /// `role:NAME`
    Role(Name),
    /// `vip:SERVED-BY`: the nodes that carry VIPs served that way.
    Vip(Arc<str>),
}

impl FromStr for Selector {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.split_once(':') {
            None if text == "all" => Ok(Self::All),
            Some(("node", name)) => name.parse().map(Self::Node),
            Some(("pool", name)) => name.parse().map(Self::Pool),
            Some(("role", name)) => name.parse().map(Self::Role),
            Some(("vip", name)) => Ok(Self::Vip(name.into())),
            _ => Err(Invalid::new(format!("`{text}` is not a selector"))
                .help("write `all`, `role:NAME`, `node:NAME`, `pool:NAME` or `vip:SERVED-BY`")),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Node(name) => write!(f, "node:{name}"),
            Self::Pool(name) => write!(f, "pool:{name}"),
            Self::Role(name) => write!(f, "role:{name}"),
            Self::Vip(name) => write!(f, "vip:{name}"),
        }
    }
}
