//! Listens and dials.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::material::{Chain, Held, Key, Pool};
use super::slot::Slot;
use crate::values::Engine;

/// Which listen of which component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Goal {
    /// The component.
    pub component: Arc<str>,
    /// Its listen.
    pub listen: Arc<str>,
}

/// Where a program listens.
pub struct Listen {
    /// Its name.
    pub name: Arc<str>,
    /// Its addresses; none: others take what it says.
    pub sockets: Vec<Socket>,
    /// The input that says so.
    pub slot: Option<Slot>,
    /// Why its addresses are not all that there is to know.
    pub hidden: Option<Hidden>,
    /// The certificates that it shows; none: no TLS.
    pub certificate: Option<Held<Chain>>,
    /// The key.
    pub key: Option<Held<Key>>,
    /// The authorities whose clients are let in; none: no certificate lets anybody in.
    pub clients: Option<Held<Pool>>,
    /// Whether a client must show a certificate, and the input that says so.
    pub required: Option<(bool, Slot)>,
    /// Whether the component is meant to let nobody in without one.
    pub guarded: bool,
    /// Whether the component is meant to let in clients by their certificates.
    pub admits: bool,
    /// The input that lets in whoever shows nothing.
    pub anonymous: Option<Slot>,
    /// The input that lets everybody do everything.
    pub everybody: Option<Slot>,
    /// The paths at which everybody gets an answer; empty: not known.
    pub answers: Vec<Arc<str>>,
    /// Common names of which a client must have one; none: any.
    pub names: Option<(Vec<Arc<str>>, Slot)>,
    /// Tokens that let somebody in; none: there is no such file.
    pub tokens: Option<Held<Tokens>>,
    /// Whether tokens that are objects of the API let somebody in.
    pub token_objects: bool,
    /// Whether the address of a client must be among its certificate's, where that has any.
    pub checks_source: bool,
    /// Who judges clients.
    pub engine: Engine,
    /// Where it passes what comes in.
    pub passes: Option<Passes>,
}

/// Why nobody here can say where a listen is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hidden {
    /// Only the running host knows one of its addresses, or its port; the rest of a sentence.
    Unknown(Arc<str>),
    /// It is in a network of its own, that of its pod, and the component is meant to be reached at its host.
    Network,
}

/// Users and their groups by SHA-256 of their tokens.
pub type Tokens = BTreeMap<[u8; 32], (String, Vec<String>)>;

/// One address and port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Socket {
    /// The address; none: all of the host.
    pub address: Option<IpAddr>,
    /// The port.
    pub port: u16,
    /// Whether TLS is spoken there.
    pub tls: bool,
    /// The section of a configuration file in which it stands.
    pub section: Option<Arc<str>>,
}

/// Where a listen passes what comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passes {
    /// The dial.
    pub dial: Arc<str>,
    /// Which sections of the listen pass to which sections of the dial; empty: all to all.
    pub sections: Vec<(Arc<str>, Arc<str>)>,
}

/// Whom a program dials.
pub struct Dial {
    /// Its name.
    pub name: Arc<str>,
    /// Where it leads.
    pub to: Goal,
    /// Which addresses.
    pub targets: Vec<Target>,
    /// The input that says so; none: nothing does.
    pub slot: Option<Slot>,
    /// As whom it speaks.
    pub credential: Credential,
    /// Whom it believes.
    pub trusts: Trust,
    /// Who judges the server.
    pub engine: Engine,
    /// Whether the dialled name counts, or the certificate's path alone.
    pub checks_name: bool,
    /// Whether one answer is enough.
    pub any: bool,
    /// Whether it leads to others alone, never to the program itself.
    pub others: bool,
    /// Whether it learns from the API where the other end is, port and all, each time that it connects.
    pub looked_up: bool,
    /// The path at which it asks whether the server is well, and the input that says so.
    pub check: Option<(Arc<str>, Slot)>,
    /// What it must be allowed to do there.
    pub needs: Needs,
}

/// One address that is dialled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// Address or name.
    pub host: Arc<str>,
    /// The port.
    pub port: u16,
    /// Whether TLS is spoken.
    pub tls: bool,
    /// The name that the certificate must have, where it is another one.
    pub server_name: Option<Arc<str>>,
    /// The section of a configuration file in which it stands.
    pub section: Option<Arc<str>>,
    /// How what is sent there gets to a listen.
    pub route: Route,
}

/// How what is sent to a target gets to a listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// By the address.
    Address,
    /// The cluster's network leads to every instance.
    Cluster,
    /// It stays in the program itself, or with who stands for it.
    Itself,
}

/// As whom a program speaks.
#[derive(Clone)]
pub enum Credential {
    /// As nobody.
    Nobody,
    /// With a certificate and its key.
    Pair {
        /// The certificates.
        certificate: Held<Chain>,
        /// The key.
        key: Held<Key>,
    },
    /// With a token; its SHA-256 and, of bootstrap tokens, the public part.
    Token {
        /// SHA-256 of it.
        digest: [u8; 32],
        /// Where it stands.
        slot: Slot,
    },
    /// With what nothing here says.
    Unknown(String),
}

/// Whom a program believes.
#[derive(Clone)]
pub enum Trust {
    /// Whoever the host's system believes.
    System,
    /// These.
    Pool(Held<Pool>),
    /// Everybody, and the input that says so; none: that is how the program is.
    Everybody(Option<Slot>),
}

/// What a server must allow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// These roles, all of them; empty: nothing.
    pub roles: Vec<Arc<str>>,
    /// Exactly this user.
    pub user: Option<Arc<str>>,
    /// This group.
    pub group: Option<Arc<str>>,
}
