//! Imports tokens and passwords that are in use.

use serde_json::Value;
use zeroize::Zeroizing;

use super::adopted::AdoptedKey;
use super::finder::Finder;
use crate::issue::imported::ImportedText;
use crate::kubernetes::{KnownToken, bootstrap_tokens, token_file};
use crate::read::World;
use crate::resolve::KeyringKind;

impl Finder<'_> {
    /// The one text of the one file that is given.
    pub(super) fn text(&mut self, name: &str, kind: &KeyringKind, world: &dyn World) -> Result<(), String> {
        let [piece] = self.pieces else {
            let message = format!("`keyring.{name}` is a single text: give the one file that contains it");
            self.found.problems.push(message);
            return Ok(());
        };
        self.taken.insert(&piece.path);
        let file = world.read(&piece.path).map(Zeroizing::new);
        let file = file.map_err(|error| format!("cannot read {}: {error}", piece.path.display()))?;
        match held(&file, kind).and_then(|text| match kind.misfit(&text) {
            None => Ok(text),
            Some(wanted) => Err(format!("its contents are not a `{}`: {wanted}", kind.word())),
        }) {
            Ok(text) => {
                let text = ImportedText::new(&text, (self.request.random)()?);
                self.adopt("keyring", name, 1, piece, AdoptedKey::Text(text));
            }
            Err(why) => self.problem(&piece.path, why),
        }
        Ok(())
    }
}

/// The text itself, or what a Secret or a token file has of the keyring's kind.
fn held(file: &str, kind: &KeyringKind) -> Result<Zeroizing<String>, String> {
    let whole = file.trim();
    if !whole.contains(|c: char| c.is_whitespace() || c == ',') {
        return Ok(Zeroizing::new(whole.to_owned()));
    }
    let (known, what): (Vec<KnownToken>, String) = match kind {
        KeyringKind::BootstrapToken(_) => {
            let objects: Vec<Value> = serde_saphyr::from_multiple(file).unwrap_or_default();
            (bootstrap_tokens(&objects), "Secrets of bootstrap tokens".to_owned())
        }
        KeyringKind::StaticToken(token) => {
            let user = token.user.to_string();
            let rows = token_file(file).into_iter().filter(|row| row.user == user);
            (rows.collect(), format!("rows with the user `{user}`"))
        }
        KeyringKind::Encryption(_) | KeyringKind::KeyPair(_) | KeyringKind::Password(_) => {
            return Err("it contains more than one word".to_owned());
        }
    };
    match <[KnownToken; 1]>::try_from(known) {
        Ok([one]) => Ok(one.token),
        Err(known) => Err(format!("it contains {} {what}, but must contain one", known.len())),
    }
}
