//! The documents of file roles, which say what certificates and keys are for: `roles/NAME.toml`.

use crate::read::plan::{Named, Text, each};
use crate::read::table::{Reader, Table};
use crate::source::Spanned;

/// `roles/NAME.toml`
#[derive(Debug)]
pub struct RolesDocument {
    /// `[role.NAME]`, in the order in which they are tried.
    pub roles: Named<RoleTable>,
    /// `[group.NAME]`
    pub groups: Named<GroupTable>,
}

/// `[role.NAME]`
#[derive(Debug)]
pub struct RoleTable {
    /// What it is, in words.
    pub title: Option<Text>,
    /// Names of files without their ends, with `*`.
    pub files: Vec<Text>,
    /// Only below a folder whose name has one of these words in it.
    pub below: Vec<Text>,
    /// Whose trust it belongs to.
    pub group: Option<Text>,
    /// DNS names that it has to have; `*` at the end stands for any.
    pub names: Vec<Text>,
    /// What address it has to have, in words.
    pub address: Option<Text>,
    /// What it is shown as: `client`, `server`.
    pub usages: Vec<Text>,
    /// Whether it is a key that signs tokens and nothing else.
    pub signs_tokens: Option<Spanned<bool>>,
}

/// `[group.NAME]`
#[derive(Debug)]
pub struct GroupTable {
    /// Why its authority should be nobody else's.
    pub apart: Option<Text>,
}

impl RolesDocument {
    pub(in crate::read) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let roles = RolesDocument {
            roles: each(reader, &mut t, "role", RoleTable::read),
            groups: each(reader, &mut t, "group", GroupTable::read),
        };
        t.finish(reader);
        roles
    }
}

impl RoleTable {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let role = RoleTable {
            title: t.required_text(reader, "title"),
            files: t.texts(reader, "files").unwrap_or_default(),
            below: t.texts(reader, "below").unwrap_or_default(),
            group: t.text(reader, "group"),
            names: t.texts(reader, "names").unwrap_or_default(),
            address: t.text(reader, "address"),
            usages: t.texts(reader, "usages").unwrap_or_default(),
            signs_tokens: t.boolean(reader, "signs-tokens"),
        };
        t.finish(reader);
        role
    }
}

impl GroupTable {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let group = GroupTable { apart: t.text(reader, "apart") };
        t.finish(reader);
        group
    }
}
