//! The document of a plan, as it is written.

mod authority;
mod bootstrap;
mod certificate;
mod cluster;
mod component;
mod connection;
mod crl;
mod document;
mod generations;
mod grant;
mod import;
mod keyring;
mod node;
mod own_file;
mod shape;
mod user;

pub use authority::{AuthorityTable, NameConstraintsTable};
pub use bootstrap::BootstrapTable;
pub use certificate::FreeCertificateTable;
pub use cluster::ClusterTable;
pub use component::ComponentTable;
pub use connection::{ExternalTable, VipTable};
pub use crl::{CrlTable, RevokedTable};
pub use document::Document;
pub use generations::{GenerationsTable, WrittenGeneration};
pub use grant::GrantTable;
pub use import::ImportTable;
pub use keyring::{KeyringTable, SecretTable};
pub use node::{Listed, NodeTable, PoolTable};
pub use own_file::OwnFileTable;
pub(super) use shape::each;
pub use shape::{Literals, Named, Text};
pub use user::UserTable;
