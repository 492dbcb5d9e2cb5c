//! The catalog's definitions as they were written: components, profiles, layouts, flag tables.

mod artefacts;
mod component;
mod connection;
mod documents;
mod file;
mod flags;
mod knowledge;
mod kubeconfig;
mod layout;
mod profile;
mod sensitive;

pub use artefacts::{BundleTable, CertificateTable};
pub use component::{ComponentDocument, SettingTable};
pub use connection::{DialTable, ListenTable};
pub use documents::{CatalogDocuments, TemplateDocument};
pub use file::FileTable;
pub use flags::FlagsDocument;
pub use knowledge::{PortTable, RuleTable, StateTable, StepTable};
pub use kubeconfig::{ContextTable, KubeconfigTable};
pub use layout::{LayoutDocument, PathsTable};
pub use profile::{ProfileDocument, SeparateTable};
pub use sensitive::SensitiveTable;
