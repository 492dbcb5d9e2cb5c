//! What the catalog defines about files: the fields of configuration files, and the roles of certificates and keys.

use crate::catalog::{FieldTables, FileRoles, field_tables, roles};
use crate::diagnostics::Diagnostics;
use crate::read::CatalogDocuments;

/// What is known of files, from the catalog.
pub struct Knowledge {
    /// Which fields configuration files have.
    pub fields: FieldTables,
    /// What files are for.
    pub roles: FileRoles,
}

impl Knowledge {
    /// Of all definitions.
    pub fn of(documents: &CatalogDocuments, diagnostics: &mut Diagnostics) -> Self {
        Self { fields: field_tables(documents, diagnostics), roles: roles(documents, diagnostics) }
    }
}
