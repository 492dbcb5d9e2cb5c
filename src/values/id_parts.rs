//! Splits the ids of certificates and keys into their parts.

/// What an id says: `node.master01/etcd-server`, `authority.kubernetes/2`, `user.admin`, `keyring.encryption`.
///
/// The kind ends at the first dot, the owner at the first slash: names have no slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdParts<'a> {
    /// `node.master01`
    pub owner: &'a str,
    /// `node`; nothing where the id names none.
    pub kind: &'a str,
    /// `master01`
    pub name: &'a str,
    /// `etcd-server`; of an authority's certificate the number of its generation.
    pub part: Option<&'a str>,
}

impl<'a> IdParts<'a> {
    /// Takes an id apart.
    #[must_use]
    pub fn of(id: &'a str) -> Self {
        let (owner, part) = match id.split_once('/') {
            Some((owner, part)) => (owner, Some(part)),
            None => (id, None),
        };
        let (kind, name) = owner.split_once('.').unwrap_or(("", owner));
        Self { owner, kind, name, part }
    }

    /// Whether it belongs to a node, as what lies on hosts does.
    #[must_use]
    pub fn is_of_node(&self) -> bool {
        self.kind == "node"
    }

    /// The id of an authority and the generation that an id of a certificate of it ends with: also of one that
    /// was imported, `import.platform/authority.root/1`.
    #[must_use]
    pub fn with_generation(id: &str) -> Option<(&str, u32)> {
        let (id, number) = id.rsplit_once('/')?;
        Some((id, number.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_have_dots_and_parts_may_be_numbers() {
        let id = IdParts::of("node.a.example/etcd-server");
        assert_eq!((id.owner, id.kind, id.name), ("node.a.example", "node", "a.example"));
        assert_eq!(id.part, Some("etcd-server"));
        assert_eq!(IdParts::with_generation("node.a/etcd-server"), None);
        assert_eq!(IdParts::with_generation("authority.root/2"), Some(("authority.root", 2)));
        let imported = IdParts::with_generation("import.b/authority.root/2");
        assert_eq!(imported, Some(("import.b/authority.root", 2)));
        let alone = IdParts::of("admin");
        assert_eq!((alone.owner, alone.kind, alone.name, alone.part), ("admin", "", "admin", None));
    }
}
