//! The evaluated settings and endpoints of an instance.

use std::net::IpAddr;
use std::sync::Arc;

use crate::expression::{Value, to_text};
use crate::index::List;
use crate::resolve::{Component, Instance};

/// Of every instance of every component.
pub type Places = List<Component, List<Instance, Place>>;

/// An instance's settings and endpoints.
#[derive(Debug, Clone)]
pub struct Place {
    /// The `setting` of expressions.
    pub settings: Value,
    /// One for each listen of the definition.
    pub listens: Vec<ListenAt>,
}

impl Place {
    /// A setting as programs write it, by its name in expressions.
    #[must_use]
    pub fn setting(&self, field: &str) -> String {
        self.settings.get_attr(field).map(|value| to_text(&value)).unwrap_or_default()
    }
}

/// Where an instance is dialled.
#[derive(Debug, Clone)]
pub struct ListenAt {
    /// The first is the one that is dialled.
    pub addresses: Arc<[IpAddr]>,
    /// The port.
    pub port: u16,
}
