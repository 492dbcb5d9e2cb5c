//! The public file `NAME.applied` next to the plan, which records which hosts have been rolled out.
//!
//! A commit is not a rollout. A key may be used once every host trusts it, and removed once no host uses it. Only the
//! operators know which hosts have which lock, so they record it with `pkiplan applied`, and commit the file. It
//! contains the key generations of each lock that some host has, and for each host the lock that it has.

mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::lock::{KeyRecord, Lock};
use crate::values::{Instant, PlainText, hex};

pub use text::{BadApplied, COMMENT, parse};

/// The format that is written.
pub const FORMAT: u32 = 1;

/// What has reached the hosts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The generations of the locks that hosts have, by the locks' digests.
    states: BTreeMap<Arc<str>, Arc<Keys>>,
    /// What each host has, by the node's id.
    hosts: BTreeMap<Arc<str>, OnHost>,
}

/// The generations of all keys, by their ids.
pub type Keys = BTreeMap<Arc<str>, KeyState>;

/// Which generations of a key there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// The one that signs or encrypts.
    pub used: u32,
    /// Those that are accepted, ascending.
    pub trust: Vec<u32>,
    /// What becomes of plain text, for keys that encrypt.
    pub plain_text: PlainText,
}

/// What a host has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnHost {
    /// The first 16 hexadecimal digits of the SHA-256 of its lock.
    pub lock: Arc<str>,
    /// Since when.
    pub at: Instant,
}

impl Applied {
    /// Notes that hosts have what a lock says, which stands in this text.
    pub fn mark(&mut self, hosts: &[Arc<str>], (lock, text): (&Lock, &str), at: Instant) {
        let digest: Arc<str> = digest(text.as_bytes()).into();
        self.states.insert(Arc::clone(&digest), Arc::new(keys(lock)));
        // What a host has had for some time it does not get again.
        let others = hosts.iter().filter(|host| self.hosts.get(*host).is_none_or(|on| on.lock != digest));
        let others: Vec<Arc<str>> = others.cloned().collect();
        self.hosts.extend(others.into_iter().map(|host| (host, OnHost { lock: Arc::clone(&digest), at })));
    }

    /// Leaves out hosts that are no more, and the locks that nobody has.
    pub fn keep(&mut self, is_host: impl Fn(&Arc<str>) -> bool) {
        self.hosts.retain(|host, _| is_host(host));
        let had: BTreeSet<&Arc<str>> = self.hosts.values().map(|on| &on.lock).collect();
        self.states.retain(|lock, _| had.contains(lock));
    }

    /// What each host has, by the node's id.
    pub fn hosts(&self) -> impl Iterator<Item = (&Arc<str>, &OnHost, &Arc<Keys>)> {
        self.hosts.iter().filter_map(|(host, on)| Some((host, on, self.states.get(&on.lock)?)))
    }
}

/// By which a lock's text is called: the first 16 hexadecimal digits of its SHA-256.
#[must_use]
pub fn digest(lock: &[u8]) -> String {
    hex(&Sha256::digest(lock)[..8])
}

fn keys(lock: &Lock) -> Keys {
    let state = |record: &KeyRecord| KeyState {
        used: record.used,
        trust: record.trust.clone(),
        plain_text: record.plain_text,
    };
    lock.keys.iter().map(|(id, record)| (Arc::clone(id), state(record))).collect()
}
