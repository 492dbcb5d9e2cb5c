//! The units of a build: one directory of files for each host, for each user, and for the cluster.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::Invalid;

const CLUSTER: &str = "cluster";
const HOSTS: &str = "hosts";
const USERS: &str = "users";

/// One unit. It prints as the path of its folder below the trees: `cluster`, `hosts/master01`, `users/alice`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitId {
    /// What is applied once for the whole cluster.
    Cluster,
    /// A host, by the name of its node.
    Host(Arc<str>),
    /// Somebody with a certificate of their own.
    User(Arc<str>),
}

impl UnitId {
    /// The folders of the trees that hold one folder for each unit.
    pub const GROUPS: [&str; 2] = [HOSTS, USERS];

    /// The name of the host; none where it is no host.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        if let Self::Host(name) = self { Some(name) } else { None }
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cluster => f.write_str(CLUSTER),
            Self::Host(name) => write!(f, "{HOSTS}/{name}"),
            Self::User(name) => write!(f, "{USERS}/{name}"),
        }
    }
}

impl FromStr for UnitId {
    type Err = Invalid;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let unit = match text.split_once('/') {
            None if text == CLUSTER => Some(Self::Cluster),
            Some((HOSTS, name)) => Some(Self::Host(name.into())),
            Some((USERS, name)) => Some(Self::User(name.into())),
            _ => None,
        };
        let is_name = |name: &str| !name.is_empty() && !name.contains('/');
        unit.filter(|unit| match unit {
            Self::Cluster => true,
            Self::Host(name) | Self::User(name) => is_name(name),
        })
        .ok_or_else(|| Invalid::new(format!("`{text}` is not a host, a user or the cluster")))
    }
}

impl Serialize for UnitId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for UnitId {
    fn schema_name() -> Cow<'static, str> {
        "Unit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(hosts/.+|users/.+|cluster)$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_print_as_they_are_read() {
        for text in ["cluster", "hosts/master01", "users/alice"] {
            assert_eq!(text.parse::<UnitId>().unwrap().to_string(), text);
        }
        for bad in ["", "hosts", "hosts/", "hosts/a/b", "cluster/", "cluster/a", "Hosts/a", "a"] {
            assert!(bad.parse::<UnitId>().is_err(), "{bad}");
        }
    }
}
