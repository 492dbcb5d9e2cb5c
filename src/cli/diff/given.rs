//! Parses `--host NAME=DIR[@ADDRESS]`.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;

/// `NAME=DIR[@ADDRESS]`
pub(super) struct Given {
    pub(super) name: String,
    pub(super) folder: PathBuf,
    pub(super) address: Option<IpAddr>,
}

/// What `--host` says, each time.
///
/// # Errors
/// What is no `NAME=DIR`, or names a host twice.
pub(super) fn given(all: &[String]) -> Result<Vec<Given>, String> {
    let mut names = BTreeSet::new();
    let one = |text: &String| {
        let Some((name, rest)) =
            text.split_once('=').filter(|(name, rest)| !name.is_empty() && !rest.is_empty())
        else {
            return Err(format!("--host {text}: write NAME=DIR, like the others"));
        };
        if !names.insert(name.to_owned()) {
            return Err(format!("--host: `{name}` is given twice"));
        }
        let apart = rest.rsplit_once('@').and_then(|(folder, address)| Some((folder, address.parse().ok()?)));
        let (folder, address) = apart.map_or((rest, None), |(folder, address)| (folder, Some(address)));
        Ok(Given { name: name.to_owned(), folder: folder.into(), address })
    };
    all.iter().map(one).collect()
}
