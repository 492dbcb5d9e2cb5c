//! Maps the tables of plan and catalog files to the sections of the reference page.

use super::page::{Row, all, first_paragraph};
use crate::read::{ANY_NAME, FileKind};

/// The tables of the languages, each with the heading that has its keys.
const TABLES: &[(FileKind, &str, &str)] = &[
    (FileKind::Plan, "", "## The file itself"),
    (FileKind::Plan, "import.*", "## `[import.NAME]`"),
    (FileKind::Plan, "cluster", "## `[cluster]`"),
    (FileKind::Plan, "bootstrap", "## `[bootstrap]`"),
    (FileKind::Plan, "node.*", "## `[node.NAME]`"),
    (FileKind::Plan, "pool.*", "## `[pool.NAME]`"),
    (FileKind::Plan, "vip.*", "## `[vip.NAME]`"),
    (FileKind::Plan, "external.*", "## `[external.COMPONENT]`"),
    (FileKind::Plan, "authority.*", "## `[authority.NAME]`"),
    (FileKind::Plan, "authority.*.name-constraints", "### Name constraints"),
    (FileKind::Plan, "authority.*.crl", "### Certificate revocation lists"),
    (FileKind::Plan, "authority.*.crl.revoked.*", "### Certificate revocation lists"),
    (FileKind::Plan, "authority.*.generations", "### Generations"),
    (FileKind::Plan, "keyring.*", "## `[keyring.NAME]`"),
    (FileKind::Plan, "keyring.*.generations", "### Generations"),
    (FileKind::Plan, "keyring.*.provider.*", "#### KMS plugins"),
    (FileKind::Plan, "secret.*", "## `[secret.NAME]`"),
    (FileKind::Plan, "component.*", "## `[component.NAME]`"),
    (FileKind::Plan, "node.*.component.*", "## `[component.NAME]`"),
    (FileKind::Plan, "pool.*.component.*", "## `[component.NAME]`"),
    (FileKind::Plan, "user.*", "## `[user.NAME]`"),
    (FileKind::Plan, "grant.*", "## `[grant.NAME]`"),
    (FileKind::Plan, "certificate.*", "## `[certificate.NAME]`"),
    (FileKind::Plan, "file.*", "## `[file.NAME]`"),
    (FileKind::Plan, "confirmed", "### What has reached the hosts"),
    (FileKind::Component, "component", "### `[component]`"),
    (FileKind::Component, "skew", "### `[skew]`"),
    (FileKind::Component, "setting.*", "### `[setting]`"),
    (FileKind::Component, "certificate.*", "### `[certificate.NAME]`"),
    (FileKind::Component, "bundle.*", "### `[bundle]`"),
    (FileKind::Component, "listen.*", "### `[listen.NAME]`"),
    (FileKind::Component, "dial.*", "### `[dial]`"),
    (FileKind::Component, "kubeconfig.*", "### `[kubeconfig]`"),
    (FileKind::Component, "kubeconfig.*.contexts.*", "### `[kubeconfig]`"),
    (FileKind::Component, "flags.*", "### `[flags]`"),
    (FileKind::Component, "file.*", "### `[file.NAME]`"),
    (FileKind::Component, "manifest.*", "### `[file.NAME]`"),
    (FileKind::Component, "reload", "### `[reload]`"),
    (FileKind::Component, "sensitive.*", "### `[sensitive.NAME]`"),
    (FileKind::Component, "rule.*", "### `[rule.NAME]`"),
    (FileKind::Component, "port.*", "### `[port.NAME]`"),
    (FileKind::Component, "state.*", "### `[state.NAME]`"),
    (FileKind::Component, "state.*.change", "### `[state.NAME]`"),
    (FileKind::Component, "state.*.appear", "### `[state.NAME]`"),
    (FileKind::Component, "state.*.vanish", "### `[state.NAME]`"),
    (FileKind::Component, "program", "### `[program]` and `[seen]`"),
    (FileKind::Component, "seen", "### `[program]` and `[seen]`"),
    (FileKind::Component, "layout.*", "### `[layout.LAYOUT]`"),
    (FileKind::Profile, "", "## Profiles"),
    (FileKind::Profile, "authority.*", "## `[authority.NAME]`"),
    (FileKind::Profile, "authority.*.name-constraints", "### Name constraints"),
    (FileKind::Profile, "authority.*.crl", "### Certificate revocation lists"),
    (FileKind::Profile, "authority.*.crl.revoked.*", "### Certificate revocation lists"),
    (FileKind::Profile, "authority.*.generations", "### Generations"),
    (FileKind::Profile, "keyring.*", "## `[keyring.NAME]`"),
    (FileKind::Profile, "keyring.*.generations", "### Generations"),
    (FileKind::Profile, "keyring.*.provider.*", "#### KMS plugins"),
    (FileKind::Profile, "component.*", "## `[component.NAME]`"),
    (FileKind::Profile, "user.*", "## `[user.NAME]`"),
    (FileKind::Layout, "", "## Layouts"),
    (FileKind::Flags, "", "## Flag tables"),
    (FileKind::Fields, "", "## Tables of fields"),
    (FileKind::Roles, "", "## Roles of files"),
];

/// The row of the page about a key, by its way from the top of its file.
#[must_use]
pub fn described(file: FileKind, path: &[&str]) -> Option<&'static Row> {
    // The nearest table above it counts first.
    (0..path.len()).rev().find_map(|length| {
        let heading = heading(file, &path[..length])?;
        all().iter().find(|row| row.heading == heading && row.is_of(&path[length..]))
    })
}

/// The heading that has the keys of a table, and its first paragraph, by the table's way from the top of its file.
#[must_use]
pub fn section(file: FileKind, path: &[&str]) -> Option<(&'static str, Option<&'static str>)> {
    let chosen = [path, &[ANY_NAME]].concat();
    let heading = heading(file, path).or_else(|| heading(file, &chosen))?;
    Some((heading.trim_start_matches(['#', ' ']), first_paragraph(heading)))
}

/// Every row of a file's tables, with the ways of its keys.
pub fn rows(file: FileKind) -> impl Iterator<Item = (&'static Row, Vec<Vec<&'static str>>)> {
    let tables = TABLES.iter().filter(move |(of, _, _)| *of == file);
    tables.flat_map(|(_, table, heading)| {
        let above: Vec<&'static str> = table.split('.').filter(|part| !part.is_empty()).collect();
        all().iter().filter(|row| row.heading == *heading).map(move |row| {
            let below = |key: &'static Vec<String>| {
                let key = key.iter().map(String::as_str);
                above.iter().copied().chain(key).collect()
            };
            (row, row.keys.iter().map(below).collect())
        })
    })
}

fn heading(file: FileKind, path: &[&str]) -> Option<&'static str> {
    let written = path.join(".");
    TABLES.iter().find(|(of, table, _)| *of == file && *table == written).map(|(_, _, heading)| *heading)
}

impl Row {
    /// Whether it is about the key of that way; `[role.NAME]` is about `role`.
    fn is_of(&self, path: &[&str]) -> bool {
        let same = |key: &[String]| key.iter().eq(path);
        self.keys.iter().any(|key| {
            same(key) || key.split_last().is_some_and(|(last, above)| last == ANY_NAME && same(above))
        })
    }
}
