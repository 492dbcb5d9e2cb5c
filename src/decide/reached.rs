//! Which locks have reached the hosts, and which keys operators have confirmed as unused.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::applied::Keys;
use crate::source::Span;

/// What has reached the hosts, and what people have made sure of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// What each host has; none: nobody says it.
    pub hosts: Option<Vec<Host>>,
    /// `ID/GENERATION` of the keys by which nothing goes any more, with their places in the plan.
    pub confirmed: BTreeMap<String, Span>,
}

/// What a host has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name.
    pub name: Arc<str>,
    /// The generations of its keys.
    pub keys: Arc<Keys>,
    /// That nothing reaches it for now: why, and where the plan says so.
    pub away: Option<(Arc<str>, Span)>,
}
