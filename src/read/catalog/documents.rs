//! All documents of a catalog.

use super::component::ComponentDocument;
use super::fields::FieldsDocument;
use super::flags::FlagsDocument;
use super::layout::LayoutDocument;
use super::profile::ProfileDocument;
use super::roles::RolesDocument;
use crate::source::SourceId;

/// All definitions: those that are built in, and those of the user's folder, which come first.
#[derive(Debug, Default)]
pub struct CatalogDocuments {
    /// `components/NAME/component.toml`
    pub components: Vec<ComponentDocument>,
    /// `profiles/NAME.toml`
    pub profiles: Vec<ProfileDocument>,
    /// `layouts/NAME.toml`
    pub layouts: Vec<LayoutDocument>,
    /// `flags/NAME.toml`
    pub flags: Vec<FlagsDocument>,
    /// `fields/NAME.toml`
    pub fields: Vec<FieldsDocument>,
    /// `roles/NAME.toml`
    pub roles: Vec<RolesDocument>,
    /// Templates by their path in the catalog.
    pub templates: Vec<TemplateDocument>,
}

/// A template's text.
#[derive(Debug)]
pub struct TemplateDocument {
    /// `components/etcd/etcd.conf.j2`
    pub name: String,
    /// Its text.
    pub source: SourceId,
}
