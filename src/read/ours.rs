//! Whether a text is what its place says, by content: of any other file no line is ever shown.

/// Keys and tables of which a text has at least one.
struct Signs {
    /// Before the first table.
    keys: &'static [&'static str],
    /// `[table]`
    tables: &'static [&'static str],
    /// `[table.NAME]`
    named: &'static [&'static str],
    /// A key of `[default]`, a table that files of other programs have, too.
    defaults: &'static [&'static str],
}

/// A plan. Tables that files of other programs may well have, such as `[user]`, are no signs.
const PLAN: Signs = Signs {
    keys: &["format"],
    tables: &["cluster"],
    named: &["authority", "component", "external", "import", "keyring", "node", "pool", "vip"],
    defaults: &[],
};

/// A part of a plan, which may have any of its tables with names.
const PART: Signs = Signs {
    keys: &[],
    tables: &["bootstrap", "cluster"],
    named: &[
        "authority",
        "certificate",
        "component",
        "external",
        "file",
        "grant",
        "import",
        "keyring",
        "node",
        "pool",
        "secret",
        "user",
        "vip",
    ],
    defaults: &[],
};

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
    defaults: &["authority", "binary", "bundle", "certificate", "file", "keyring", "kubeconfig"],
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
        let (mut in_table, mut in_default) = (false, false);
        !text.contains('\0')
            && std::iter::once(first).chain(lines).any(|line| match line.strip_prefix('[') {
                Some(header) => {
                    let header = header.trim_start_matches('[').trim_start();
                    (in_table, in_default) = (true, begins(header, "default", ']'));
                    self.names(header)
                }
                None if in_default => {
                    self.defaults.iter().any(|key| begins(line, key, '=') || begins(line, key, '.'))
                }
                None => !in_table && self.keys.iter().any(|key| begins(line, key, '=')),
            })
    }

    fn names(&self, header: &str) -> bool {
        self.tables.iter().any(|table| begins(header, table, ']'))
            || self.named.iter().any(|table| begins(header, table, '.'))
    }
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
