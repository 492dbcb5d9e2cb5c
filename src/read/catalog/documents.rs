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

impl CatalogDocuments {
    /// Adds other definitions behind these.
    pub(crate) fn extend(&mut self, more: Self) {
        self.components.extend(more.components);
        self.profiles.extend(more.profiles);
        self.layouts.extend(more.layouts);
        self.flags.extend(more.flags);
        self.fields.extend(more.fields);
        self.roles.extend(more.roles);
        self.templates.extend(more.templates);
    }
}

/// A template's text.
#[derive(Debug)]
pub struct TemplateDocument {
    /// `components/etcd/etcd.conf.j2`
    pub name: String,
    /// Its text.
    pub source: SourceId,
}
