//! Renders the PKCS#12 files of an instance.

use super::Piece;
use super::hole::{Entries, Filling, Hole, KeyringItem, Store, StorePassword};
use super::instance::Instance;
use super::marker::Holes;
use crate::catalog::{StoreDefinition, StoreHolds, Template};
use crate::diagnostics::{Code, Diagnostic};
use crate::expression::{Value, to_text};

/// Java takes no shorter ones.
const SHORTEST: usize = 6;

impl Instance<'_, '_, '_> {
    /// What fills a PKCS#12 file; its password is evaluated in `scope`.
    pub(super) fn store(
        &self,
        store: &StoreDefinition,
        scope: &Value,
        holes: &Holes,
    ) -> Result<Filling, Diagnostic> {
        let blueprint = self.host.blueprint;
        let entries = match &store.holds {
            StoreHolds::Bundle(bundle) => {
                Entries::Trusted(blueprint.held(self.component, self.instance, *bundle).0)
            }
            StoreHolds::Certificate { certificate, alias } => {
                let Some(made) = self.certificate(*certificate) else {
                    let message = format!(
                        "a PKCS#12 file of `{}` contains its certificate `{}`, which this node does not have",
                        self.definition.name, self.definition.certificates[*certificate].name
                    );
                    let help = "give both the same condition";
                    let diagnostic = Diagnostic::new(Code::UnknownReference, message);
                    return Err(diagnostic.at(store.password.span(), "").help(help));
                };
                Entries::Key { alias: alias.clone(), chain: blueprint.chain(made) }
            }
        };
        let text = to_text(&store.password.evaluate(&blueprint.catalog.engine, scope, blueprint.sources)?);
        let password = password(&store.password, &text, holes)?;
        Ok(Filling::Store(Box::new(Store { entries, password })))
    }
}

/// The password of a keyring, or a text that every program takes.
fn password(template: &Template, text: &str, holes: &Holes) -> Result<StorePassword, Diagnostic> {
    let pieces = holes.split(text).unwrap_or_default();
    match &pieces[..] {
        [
            Piece::Hole(Hole {
                filling: Filling::Keyring { name, item: KeyringItem::Password, generations },
                ..
            }),
        ] => Ok(StorePassword::Keyring(name.clone(), generations.first().copied().unwrap_or(1))),
        [Piece::Text(text)]
            if text.len() >= SHORTEST && !text.contains(|sign: char| !sign.is_ascii_graphic()) =>
        {
            Ok(StorePassword::Declared(text.as_str().into()))
        }
        _ => {
            let message = format!(
                "the password of a PKCS#12 file needs at least {SHORTEST} ASCII letters, digits and punctuation characters"
            );
            let help = "write one, or use a keyring: `{{ keyring.NAME.password }}`";
            Err(Diagnostic::new(Code::BadValue, message).at(template.span(), "").help(help))
        }
    }
}
