//! Names and paths that cannot leave the directory that they belong to.

use std::borrow::Borrow;
use std::fmt;

/// The longest name of one file or folder, in bytes.
const LONGEST_NAME: usize = 255;
/// The longest path, in bytes: `PATH_MAX` without the leading slash and the closing NUL.
const LONGEST_PATH: usize = 4094;
/// The longest name of a unit's folder, so that its manifest and checksum list have names too.
const LONGEST_UNIT: usize = LONGEST_NAME - ".sha256".len();

/// Why a name cannot lie in a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` cannot be a {what}: {reason}", .name.escape_debug())]
pub struct NameError {
    what: &'static str,
    name: String,
    reason: &'static str,
}

/// A path inside a unit's folder, relative to it: `etc/kubernetes/pki/ca.crt`.
///
/// It has no `.`, no `..`, no empty component and no leading slash, so it cannot leave the folder,
/// and no control characters, so it is one line of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(Box<str>);

impl TreePath {
    /// Checks a path.
    pub fn new(path: &str) -> Result<Self, NameError> {
        match fault_of_path(path) {
            None => Ok(Self(path.into())),
            Some(reason) => Err(NameError { what: "path in a tree", name: path.to_owned(), reason }),
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a unit: `cluster`, or a group and a name, `hosts/master01`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitName(Box<str>);

impl UnitName {
    /// Checks a name. Its manifest and its checksum list lie beside the folder, so it cannot be called like
    /// one.
    pub fn new(name: &str) -> Result<Self, NameError> {
        match fault_of_path(name).or_else(|| fault_of_unit(name)) {
            None => Ok(Self(name.into())),
            Some(reason) => Err(NameError { what: "unit", name: name.to_owned(), reason }),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder it lies in, empty where that is the folder of the trees itself.
    pub fn group(&self) -> &str {
        self.0.split_once('/').map_or("", |(group, _)| group)
    }

    /// The name inside its group.
    pub fn base(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, base)| base)
    }
}

impl Borrow<str> for UnitName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a name can be that of one file, and not of a hidden one, which are ours.
pub(super) fn check_file_name(what: &'static str, name: &str) -> Result<(), NameError> {
    let reason = match fault_of_path(name) {
        Some(reason) => reason,
        None if name.contains('/') => "it has a slash in it",
        None if name.starts_with('.') => "it starts with a dot",
        None if name.len() > LONGEST_UNIT => "it is too long",
        None => return Ok(()),
    };
    Err(NameError { what, name: name.to_owned(), reason })
}

fn fault_of_path(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("it is empty");
    }
    if path.len() > LONGEST_PATH {
        return Some("it is longer than 4094 bytes");
    }
    if path.starts_with('/') {
        return Some("it starts with a slash");
    }
    if path.chars().any(char::is_control) {
        return Some("it has a control character in it");
    }
    path.split('/').find_map(fault_of_component)
}

fn fault_of_component(component: &str) -> Option<&'static str> {
    match component {
        "" => Some("it has an empty component"),
        "." | ".." => Some("it has `.` or `..` as a component"),
        long if long.len() > LONGEST_NAME => Some("it has a component of more than 255 bytes"),
        _ => None,
    }
}

fn fault_of_unit(name: &str) -> Option<&'static str> {
    let mut components = 0;
    for component in name.split('/') {
        components += 1;
        if component.starts_with('.') {
            return Some("a component of it starts with a dot");
        }
        if component.ends_with(".json") || component.ends_with(".sha256") {
            return Some("it ends like a manifest or a checksum list");
        }
        if component.len() > LONGEST_UNIT {
            return Some("it is too long");
        }
    }
    (components > 2).then_some("it has more than two components")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        let long = "x".repeat(256);
        let deep = "x/".repeat(2100) + "x";
        for bad in [
            "", "/", "/etc", "..", "a/../b", "./a", "a/.", "a//b", "a/", "a\0b", "a\nb", "a\u{85}", &long,
            &deep,
        ] {
            assert!(TreePath::new(bad).is_err(), "{bad:?}");
        }
        let component = "x".repeat(255);
        for good in ["a", "etc/kubernetes/pki/ca.crt", "...", ".hidden", r"a\x2db.mount", "ä b", &component]
        {
            assert_eq!(TreePath::new(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn units_leave_room_for_their_lists() {
        let long = "x".repeat(249);
        for bad in ["a/b/c", ".a", "a/.b", "a/b.json", "a.sha256", "a/b.sha256", "", "a/", &long] {
            assert!(UnitName::new(bad).is_err(), "{bad:?}");
        }
        let name = UnitName::new("hosts/master01").unwrap();
        assert_eq!((name.group(), name.base()), ("hosts", "master01"));
        let name = UnitName::new("cluster").unwrap();
        assert_eq!((name.group(), name.base()), ("", "cluster"));
    }
}
