//! The documents of profiles: `profiles/NAME.toml`.

use crate::read::plan::{AuthorityTable, ComponentTable, KeyringTable, Named, Text, UserTable, each};
use crate::read::table::{Reader, Table};
use crate::source::SourceId;

/// `profiles/NAME.toml`
#[derive(Debug)]
pub struct ProfileDocument {
    /// The file's name.
    pub name: String,
    /// The file.
    pub source: SourceId,
    /// Which components.
    pub components: Vec<Text>,
    /// Which roles.
    pub roles: Vec<Text>,
    /// Where things lie unless the plan says otherwise.
    pub layout: Option<Text>,
    /// The version unless the plan says otherwise.
    pub version: Option<Text>,
    /// `COMPONENT.LISTEN` that VIPs and the endpoint lead to.
    pub endpoint: Option<Text>,
    /// How VIPs are served unless the plan says otherwise.
    pub served_by: Option<Text>,
    /// The purpose of users' certificates.
    pub users_authority: Option<Text>,
    /// The purposes that must not share an authority, and the flag that makes it safe.
    pub separate: Named<SeparateTable>,
    /// Default authorities.
    pub authorities: Named<AuthorityTable>,
    /// Default keyrings.
    pub keyrings: Named<KeyringTable>,
    /// Defaults for components.
    pub component_defaults: Named<ComponentTable>,
    /// Default users.
    pub users: Named<UserTable>,
}

/// `[separate.PURPOSE]`: which purpose must have an authority of its own.
#[derive(Debug)]
pub struct SeparateTable {
    /// The other purposes.
    pub from: Vec<Text>,
    /// A few words: what an authority for both gives away.
    pub because: Option<Text>,
    /// `COMPONENT.FLAG` that makes sharing bearable; none: nothing does.
    pub unless: Option<Text>,
}

impl ProfileDocument {
    pub(in crate::read) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>, name: String) -> Self {
        let profile = ProfileDocument {
            name,
            source: reader.source,
            components: t.texts(reader, "components").unwrap_or_default(),
            roles: t.texts(reader, "roles").unwrap_or_default(),
            layout: t.text(reader, "layout"),
            version: t.text(reader, "version"),
            endpoint: t.text(reader, "endpoint"),
            served_by: t.text(reader, "served-by"),
            users_authority: t.text(reader, "users-authority"),
            separate: each(reader, &mut t, "separate", |reader, mut t| {
                let separate = SeparateTable {
                    from: t.one_or_more(reader, "from").unwrap_or_default(),
                    because: t.text(reader, "because"),
                    unless: t.text(reader, "unless"),
                };
                t.finish(reader);
                separate
            }),
            authorities: each(reader, &mut t, "authority", AuthorityTable::read),
            keyrings: each(reader, &mut t, "keyring", KeyringTable::read),
            component_defaults: each(reader, &mut t, "component", ComponentTable::read),
            users: each(reader, &mut t, "user", UserTable::read),
        };
        t.finish(reader);
        profile
    }
}
