//! Checks by its contents whether a text is a plan or a definition, so that lines of other files are never shown.

/// Keys and tables of which a text has at least one.
struct Signs {
    /// Before the first table.
    keys: &'static [&'static str],
    /// `[table]`
    tables: &'static [&'static str],
    /// `[table.NAME]`
    named: &'static [&'static str],
    /// Tables that files of other programs have, too, with keys of ours: `[table]` or `[table.NAME]` with one of them.
    with_keys: &'static [(&'static str, &'static [&'static str])],
}

/// What `[user.NAME]` and others have that those of other programs have not.
const PART_KEYS: &[(&str, &[&str])] = &[
    ("certificate", &["certificate-file", "common-name", "key-file", "usage"]),
    ("file", &["crl-of", "source"]),
    ("grant", &["groups", "role", "users"]),
    ("secret", &["epoch"]),
    ("user", &["common-name", "kubeconfig-file", "organizations"]),
];

/// A plan. Tables that files of other programs may well have, such as `[user]`, are no signs.
const PLAN: Signs = Signs {
    keys: &["format"],
    tables: &["cluster"],
    named: &["authority", "component", "external", "import", "keyring", "node", "pool", "vip"],
    with_keys: &[],
};

/// A part of a plan, which may have nothing but users or files.
const PART: Signs = Signs { keys: &[], tables: &["bootstrap", "cluster"], with_keys: PART_KEYS, ..PLAN };

/// A component, a profile, a layout or a table of flags or fields.
const DEFINITION: Signs = Signs {
    keys: &[
        "components",
        "covers",
        "endpoint",
        "extends",
        "layout",
        "program",
        "roles",
        "served-by",
        "users-authority",
        "version",
    ],
    tables: &["authority", "component", "flags", "folder", "keyring"],
    named: &[
        "authority",
        "bundle",
        "certificate",
        "component",
        "default",
        "dial",
        "file",
        "folder",
        "group",
        "keyring",
        "layout",
        "listen",
        "role",
        "separate",
    ],
    with_keys: &[(
        "default",
        &["authority", "binary", "bundle", "certificate", "file", "keyring", "kubeconfig"],
    )],
};

/// Whether a text is to be a plan, whole or not.
pub(super) fn is_plan(text: &str) -> bool {
    PLAN.are_in(text)
}

/// Whether a text is to be a part of a plan, whole or not. A plan is one, which then says that it is more.
pub(super) fn is_part(text: &str) -> bool {
    PART.are_in(text) || PLAN.are_in(text)
}

/// Whether a text is to be a definition of the catalog, whole or not.
pub(super) fn is_definition(text: &str) -> bool {
    DEFINITION.are_in(text)
}

impl Signs {
    /// What is empty has nothing that could be shown.
    fn are_in(&self, text: &str) -> bool {
        let text = text.trim_start_matches('\u{feff}');
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let Some(first) = lines.next() else { return true };
        let has_keys = text.contains('=');
        let mut keys = self.keys;
        let is_sign = |line: &str| match line.strip_prefix('[') {
            Some(header) => {
                let header = header.trim_start_matches('[').trim_start();
                let with = self.with_keys.iter().find(|(table, _)| is_table(header, table));
                keys = with.map_or(&[], |(_, keys)| *keys);
                // Where no table has a key there is nothing that could be shown.
                self.names(header) || with.is_some() && !has_keys
            }
            None => keys.iter().any(|key| begins(line, key, '=') || begins(line, key, '.')),
        };
        !text.contains('\0') && std::iter::once(first).chain(lines).any(is_sign)
    }

    fn names(&self, header: &str) -> bool {
        self.tables.iter().any(|table| begins(header, table, ']'))
            || self.named.iter().any(|table| begins(header, table, '.'))
    }
}

/// Whether a header is `[table]` or `[table.NAME]`.
fn is_table(header: &str, table: &str) -> bool {
    begins(header, table, ']') || begins(header, table, '.')
}

/// Whether a line begins with a word and, behind blanks, a character.
fn begins(line: &str, word: &str, then: char) -> bool {
    line.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with(then))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_programs_are_not_ours() {
        for text in [
            "[core]\n\tbare = false\n[user]\n\tname = x\n[remote \"origin\"]\n\turl = y\n",
            "HOME=/root\0format=1\0PATH=/bin",
            "HOME=/root\nTOKEN=x\n",
            "[default]\naws_secret_access_key = x\n",
            "[registry]\ntoken = \"x\"\n",
            "root:x:0:0::/root:/bin/sh\n",
            "[user.ann]\npassword = \"x\"\n[secret.a]\nvalue = 1\n[grant.b]\npath = 2\n",
            "password = \"x\"\n[user.ann]\n",
            "[certificate]\n[other]\nkey = 1\nusage = 2\n",
        ] {
            assert!(!is_plan(text) && !is_definition(text) && !is_part(text), "{text}");
        }
    }

    #[test]
    fn ours_are_known_although_they_are_broken() {
        for text in [
            "",
            "# nothing yet\n",
            "format = 1",
            "format=",
            "frmat = 1\n[cluster]\nname =",
            "[node.a",
            "[ node.a ]",
            "\u{feff}format = 1\n",
        ] {
            assert!(is_plan(text), "{text}");
        }
        for text in
            ["[user.ann]\n[user.bob]\n", "[user.ann]\nkey = 1\norganizations = []\n", "[secret.a]\nepoch = "]
        {
            assert!(is_part(text) && !is_plan(text), "{text}");
        }
        for text in [
            "[component]\nname = \"x\"\n",
            "components = [\"a\"]\n",
            "program = \"x\"\n[flags]\n",
            "[layout.x]\n",
            "[default]\ncertificate = { key = \"/x\" }\n",
            "[default]\nfile.x = ",
        ] {
            assert!(is_definition(text), "{text}");
        }
    }
}
