//! The plan as it was written.

mod authority;
mod certificate;
mod cluster;
mod component;
mod connection;
mod document;
mod generations;
mod import;
mod keyring;
mod node;
mod shape;
mod user;

pub use authority::{Authority, NameConstraints};
pub use certificate::Certificate;
pub use cluster::Cluster;
pub use component::Component;
pub use connection::{External, Vip};
pub use document::Document;
pub use generations::Generations;
pub use import::Import;
pub use keyring::{Keyring, Secret};
pub use node::{Node, Pool};
pub(super) use shape::each;
pub use shape::{Literals, Named, Text};
pub use user::User;
