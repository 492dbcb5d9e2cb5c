//! Names of units.

pub(super) const SERVICE: &str = ".service";

/// The name of a unit in its parts: `a-b@c.service` has the prefix `a-b` and the instance `c`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts<'n> {
    pub(super) prefix: &'n str,
    /// None: it has no `@`; empty: it is a template.
    pub(super) instance: Option<&'n str>,
}

/// The parts of the name of a service; none where it is no such name.
pub(super) fn parts(name: &str) -> Option<Parts<'_>> {
    let stem = name.strip_suffix(SERVICE)?;
    let valid = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@".contains(c);
    if stem.is_empty() || name.len() > 255 || !stem.chars().all(valid) || stem.starts_with('@') {
        return None;
    }
    Some(match stem.split_once('@') {
        Some((prefix, instance)) => Parts { prefix, instance: Some(instance) },
        None => Parts { prefix: stem, instance: None },
    })
}

impl Parts<'_> {
    pub(super) fn is_template(self) -> bool {
        self.instance == Some("")
    }

    /// The name of its template.
    pub(super) fn template(self) -> Option<String> {
        self.instance.map(|_| format!("{}@{SERVICE}", self.prefix))
    }
}

/// The names by which drop-ins are found, the most special first: `a-b@c.service`, `a-b@.service`, `a-@c.service`,
/// `a-@.service`.
pub(super) fn drop_in_names(name: &str) -> Vec<String> {
    let mut names = vec![name.to_owned()];
    let Some(Parts { prefix, instance }) = parts(name) else { return names };
    let with = |prefix: &str, instance: Option<&str>| match instance {
        Some(instance) => format!("{prefix}@{instance}{SERVICE}"),
        None => format!("{prefix}{SERVICE}"),
    };
    let special = instance.filter(|instance| !instance.is_empty());
    names.extend(special.map(|_| with(prefix, Some(""))));
    let mut rest = prefix;
    while let Some(at) = rest.trim_end_matches('-').rfind('-') {
        rest = rest.get(..=at).unwrap_or_default();
        if rest.trim_end_matches('-').is_empty() {
            break;
        }
        names.push(with(rest, instance));
        names.extend(special.map(|_| with(rest, Some(""))));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drop_ins_are_looked_for_from_special_to_general() {
        let one = ["foo-bar-waldo.service", "foo-bar-.service", "foo-.service"];
        assert_eq!(drop_in_names("foo-bar-waldo.service"), one);
        let two = ["a-b@c.service", "a-b@.service", "a-@c.service", "a-@.service"];
        assert_eq!(drop_in_names("a-b@c.service"), two);
        assert_eq!(drop_in_names("etcd.service"), ["etcd.service"]);
        assert_eq!(drop_in_names("-a.service"), ["-a.service"]);
    }
}
