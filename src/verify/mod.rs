//! Proves whether every connection of a wiring works, and why not.
//!
//! Each end is checked for every host. Then each connection is judged: a client instance, the address to which it
//! connects, and each server instance behind that address. Nothing is sent; the judges are those of [`crate::judge`].

mod authorities;
mod bundles;
mod code;
mod end;
mod engine;
mod equal;
mod fault;
mod identity;
mod judged;
mod loss;
mod memo;
mod pair;
mod planned;
mod ports;
mod proof;
mod reach;
mod request;
mod rolling;
mod shared_hosts;
mod together;
mod vacated;
mod wired;
mod written;

pub use authorities::Authorities;
pub use code::Code;
pub use engine::{Tried, try_handshakes};
pub use fault::{End, Fault, Finding, Subject};
pub use identity::{Binding, Grants, documents, grants};
pub use loss::{Lost, losses};
pub use planned::Planned;
pub use proof::{Connection, Proof, Verdict, prove, prove_all};
pub use request::{Doors, Names, Request};
pub use rolling::{Both, Broken, Meeting, Order, Rollout};
pub use shared_hosts::{Contents, contents};
pub use together::together;
pub use wired::{Wired, rules, wired};
