//! Finds a leaf certificate and its key among the given files, and writes its line into the plan.

use std::path::PathBuf;
use std::sync::Arc;

use super::edit::{Edited, table};
use super::finder::Request;
use super::piece::{Piece, read_all};
use super::target::Target;
use crate::issue::key::PrivateKey;
use crate::plan::Plan;
use crate::read::World;
use crate::stored::Stored;
use crate::values::hex;

/// A certificate with its key.
pub struct Leaf {
    /// The certificate.
    pub stored: Stored,
    /// Its key.
    pub key: Arc<PrivateKey>,
    /// Where the certificate was found.
    pub from: PathBuf,
    /// What else to know.
    pub notes: Vec<String>,
}

/// The certificate among some files, and its key.
///
/// # Errors
/// Everything that is wrong with the files.
pub fn leaf(world: &dyn World, plan: &Plan, request: &Request<'_>) -> Result<Leaf, Vec<String>> {
    let pieces = read_all(world, request.paths, request.passphrase).map_err(|why| vec![why])?;
    let key = only_key(&pieces)?;
    let sha256 = key.public().sha256();
    let certificates = || pieces.iter().flat_map(|piece| piece.certificates.iter().map(move |c| (piece, c)));
    let own = certificates().find_map(|(piece, certificate)| {
        let stored = certificate.as_ref().filter(|stored| stored.key_sha256() == sha256)?;
        Some((piece, stored))
    });
    let Some((piece, stored)) = own else {
        let problem = |(piece, certificate): (&Piece, &Option<Stored>)| match certificate {
            Some(stored) => {
                format!("{}: the key is not that of {}", piece.path.display(), stored.subject_text)
            }
            None => format!("{}: its certificate cannot be read", piece.path.display()),
        };
        let problems: Vec<String> = certificates().map(problem).collect();
        let none = problems.is_empty().then(|| "none of the files is a certificate".to_owned());
        return Err(problems.into_iter().chain(none).collect());
    };
    if stored.authority {
        let why = "it is a CA certificate: import it with `--as authority.NAME`";
        return Err(vec![format!("{}: {why}", piece.path.display())]);
    }
    let authorities = plan.model.authorities.iter().flat_map(|authority| authority.imported.values());
    let known: Vec<&Stored> = authorities.map(|imported| &*imported.certificate).collect();
    let unknown = certificates().filter_map(|(piece, certificate)| Some((piece, certificate.as_ref()?)));
    let unknown = unknown.filter(|(_, other)| *other != stored && !known.contains(other));
    let notes = unknown.map(|(piece, other)| {
        format!(
            "{} also contains {}, which is skipped: the chain comes from the plan's authorities",
            piece.path.display(),
            other.subject_text
        )
    });
    Ok(Leaf { stored: stored.clone(), key, from: piece.path.clone(), notes: notes.collect() })
}

fn only_key(pieces: &[Piece]) -> Result<Arc<PrivateKey>, Vec<String>> {
    let mut keys = pieces.iter().filter_map(|piece| Some((piece, piece.key.as_ref()?)));
    let (Some((piece, key)), second) = (keys.next(), keys.next()) else {
        return Err(vec!["none of the files is a private key: give the certificate and its key".to_owned()]);
    };
    if let Some((other, _)) = second {
        let (one, other) = (piece.path.display(), other.path.display());
        return Err(vec![format!(
            "{one} and {other} are two private keys: give one certificate and its key"
        )]);
    }
    key.as_ref().map(Arc::clone).map_err(|why| vec![format!("{}: {why}", piece.path.display())])
}

impl Leaf {
    /// Writes the line that names it into a plan's text, in the place of the one that named another. What else stands there
    /// stays, to the byte.
    #[must_use]
    pub fn edit(&self, plan: &str, target: &Target) -> Edited {
        let (header, key) = (target.header(), target.key());
        let digest = format!("\"sha256:{}\"", hex(&self.stored.sha256()));
        let line = format!("{key} = {digest}");
        let lines = format!("{header}\n{line}\n");
        let mut text = plan.to_owned();
        let Some(below) = table(plan, &header) else {
            let gap = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{gap}\n{lines}"));
            return Edited { text, lines };
        };
        let mut start = below.start;
        for old in plan[below.clone()].split_inclusive('\n') {
            let sides = old.trim_end().split_once('=').filter(|(known, _)| known.trim() == key);
            if let Some((known, value)) = sides {
                // A digest has no `#`.
                let comment = value.find('#').map(|at| format!(" {}", &value[at..])).unwrap_or_default();
                let new = format!("{known}= {digest}{comment}");
                text.replace_range(start..start + old.trim_end().len(), &new);
                return Edited { text, lines };
            }
            start += old.len();
        }
        text.insert_str(below.start, &format!("{line}\n"));
        Edited { text, lines }
    }
}
