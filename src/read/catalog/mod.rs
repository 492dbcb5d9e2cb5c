//! The catalog's definitions as they were written: components, profiles, layouts, flag tables.

mod artefacts;
mod component;
mod connection;
mod documents;
mod file;
mod flags;
mod kubeconfig;
mod layout;
mod profile;
mod sensitive;

pub use artefacts::{Bundle, CertificateTable};
pub use component::{ComponentDocument, Setting};
pub use connection::{Dial, Listen};
pub use documents::{CatalogDocuments, TemplateDocument};
pub use file::File;
pub use flags::FlagsDocument;
pub use kubeconfig::{Context, Kubeconfig};
pub use layout::{LayoutDocument, Paths};
pub use profile::{ProfileDocument, Separate};
pub use sensitive::Sensitive;
