//! The documents of the catalog, as they are written: components, profiles, layouts, tables of flags and fields, roles.

mod artefacts;
mod component;
mod connection;
mod documents;
mod fields;
mod file;
mod flags;
mod knowledge;
mod kubeconfig;
mod layout;
mod profile;
mod roles;
mod sensitive;

pub use artefacts::{BundleTable, CertificateTable};
pub use component::{ComponentDocument, SettingTable};
pub use connection::{DialTable, ListenTable};
pub use documents::{CatalogDocuments, TemplateDocument};
pub use fields::FieldsDocument;
pub use file::{FileTable, StoreTable};
pub use flags::FlagsDocument;
pub use knowledge::{PortTable, RuleTable, StateTable, StepTable};
pub use kubeconfig::{ContextTable, KubeconfigTable};
pub use layout::{LayoutDocument, PathsTable};
pub use profile::{ProfileDocument, SeparateTable};
pub use roles::{GroupTable, RoleTable, RolesDocument};
pub use sensitive::SensitiveTable;
