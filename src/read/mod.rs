//! Reads texts into documents with the location of every key and value, and reports all errors in their structure.
//!
//! A document contains what the user wrote, unchecked: names are still strings. Plans and the catalog's definitions use
//! the same reader. All files come from a [`World`], the only access to the disk.

mod asked;
mod bare;
mod beneath;
mod beside;
pub mod catalog;
mod disk;
mod folder;
mod hidden;
mod include;
mod instead;
mod literal;
mod noted;
mod opened;
mod other;
mod ours;
mod parsed;
mod path;
pub mod plan;
mod refusal;
mod regular;
mod shape;
mod syntax;
mod table;
mod table_name;
mod text;
mod unread;
mod walk;
mod world;
mod written;

pub use asked::{ANY_NAME, TakenKey, Takes, written as written_path};
pub use bare::{Bare, Lies, Lying};
pub use beside::beside;
pub use catalog::CatalogDocuments;
pub use disk::{Anywhere, Bounds, Disk};
pub use folder::{Folder, definitions};
pub use hidden::{hidden, hidden_in_text};
pub use literal::Literal;
pub use noted::{Answer, Noted};
pub use opened::plan;
pub(crate) use path::FROM_THE_PLAN;
pub use path::normal;
pub use plan::Document;
pub use refusal::{LARGEST, Refusal};
pub use regular::{open_named, read_named};
pub use shape::FileKind;
pub use table_name::{TableKind, TableName};
pub(crate) use text::of_plan;
pub use unread::Unread;
pub use world::{Builtin, Memory, Overlay, World};
pub use written::{WrittenKey, written, written_node};
