//! What certificates and keys that pkiplan did not make are for, recognised by their file names or DNS names.

use std::collections::BTreeMap;

use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::catalog::{RoleTable, RolesDocument};
use crate::read::plan::Text;

/// What a pair of certificate and key is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRole {
    /// What it is, in words.
    pub title: String,
    files: Vec<String>,
    below: Vec<String>,
    /// Whose trust it belongs to; none where that is not said.
    pub group: Option<String>,
    names: Vec<String>,
    /// What address it has to have, in words.
    pub address: Option<String>,
    /// Whether it is shown by a client.
    pub is_client: bool,
    /// Whether it is shown by a server.
    pub is_server: bool,
    /// Whether it is a key that signs tokens and nothing else.
    pub signs_tokens: bool,
}

/// All roles.
#[derive(Debug, Default)]
pub struct FileRoles {
    roles: Vec<FileRole>,
    apart: BTreeMap<String, String>,
}

impl FileRoles {
    pub(super) fn load(documents: &[RolesDocument], diagnostics: &mut Diagnostics) -> Self {
        let mut roles = Self::default();
        for document in documents {
            roles.roles.extend(document.roles.iter().map(|(_, table)| FileRole::load(table, diagnostics)));
            for (name, group) in &document.groups {
                let apart = group.apart.as_ref().map(|apart| apart.value.clone());
                roles.apart.extend(apart.map(|apart| (name.value.clone(), apart)));
            }
        }
        roles
    }

    /// What the file at a path is for, as far as its name and the folders above it say it.
    #[must_use]
    pub fn of(&self, path: &str) -> Option<&FileRole> {
        let path = path.to_ascii_lowercase();
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let stem = stem(name);
        self.roles.iter().find(|role| role.is(folders, stem))
    }

    /// Why the authority of a group should be nobody else's.
    #[must_use]
    pub fn apart(&self, group: &str) -> Option<&str> {
        self.apart.get(group).map(String::as_str)
    }
}

impl FileRole {
    fn load(table: &RoleTable, diagnostics: &mut Diagnostics) -> Self {
        let texts = |texts: &[Text]| texts.iter().map(|text| text.value.clone()).collect::<Vec<_>>();
        for usage in table.usages.iter().filter(|usage| !["client", "server"].contains(&usage.value.as_str()))
        {
            let help = did_you_mean(&usage.value, ["client", "server"]);
            let message = format!("`{}` is not a usage of a role", usage.value);
            diagnostics.push(Diagnostic::new(Code::BadValue, message).at(usage.span, "").maybe_help(help));
        }
        let has = |word: &str| table.usages.iter().any(|usage| usage.value == word);
        Self {
            title: table.title.as_ref().map(|title| title.value.clone()).unwrap_or_default(),
            files: texts(&table.files),
            below: texts(&table.below),
            group: table.group.as_ref().map(|group| group.value.clone()),
            names: texts(&table.names),
            address: table.address.as_ref().map(|address| address.value.clone()),
            is_client: has("client"),
            is_server: has("server"),
            signs_tokens: table.signs_tokens.as_ref().is_some_and(|signs| signs.value),
        }
    }

    fn is(&self, folders: &str, stem: &str) -> bool {
        let named = |file: &String| match file.strip_suffix('*') {
            Some(begins) => stem.starts_with(begins),
            None => file == stem,
        };
        let below = |word: &String| folders.split('/').any(|folder| folder.contains(word.as_str()));
        self.files.iter().any(named) && (self.below.is_empty() || self.below.iter().any(below))
    }

    /// The names that it has to have and that are not among `dns`.
    #[must_use]
    pub fn missing<'r>(&'r self, dns: &[&str]) -> Vec<&'r str> {
        let has = |name: &&String| match name.strip_suffix('*') {
            Some(begins) => dns.iter().any(|dns| dns.len() > begins.len() && dns.starts_with(begins)),
            None => dns.contains(&name.as_str()),
        };
        self.names.iter().filter(|name| !has(name)).map(String::as_str).collect()
    }

    /// Whether `dns` has one of the names that this role alone has.
    #[must_use]
    pub fn is_meant_by(&self, dns: &[&str]) -> bool {
        self.names.iter().any(|name| name.contains('.') && dns.contains(&name.as_str()))
    }
}

impl FileRoles {
    /// DNS names that certificates of some role have to have.
    pub fn needed_names(&self) -> impl Iterator<Item = &str> {
        let names = self.roles.iter().flat_map(|role| &role.names);
        names.map(String::as_str).filter(|name| !name.ends_with('*'))
    }

    /// The role that a certificate's names say, where its file says none.
    #[must_use]
    pub fn by_names(&self, dns: &[&str]) -> Option<&FileRole> {
        self.roles.iter().find(|role| role.is_meant_by(dns))
    }
}

/// A file's name without what says that it is a certificate or a key: `a` of `a-key.pem`, of `a.crt`, of `a.pub`.
#[must_use]
pub fn stem(name: &str) -> &str {
    const ENDS: [&str; 9] = [".crt", ".pem", ".cert", ".cer", ".key", ".pub", ".der", ".json", ".csr"];
    let mut stem = name;
    while let Some(shorter) = ENDS.iter().find_map(|end| stem.strip_suffix(end)) {
        stem = shorter;
    }
    let stem = stem.strip_suffix("-csr").unwrap_or(stem);
    stem.strip_suffix("-key").unwrap_or(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_are_without_what_a_file_is() {
        let found = ["ca-key.pem", "x.key", "x.key.pem", "kubernetes-csr.json", "a.b.crt", "token"].map(stem);
        assert_eq!(found, ["ca", "x", "x", "kubernetes", "a.b", "token"]);
    }
}
