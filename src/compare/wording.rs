//! Describes holes of a sheet in words, so that its text can be shown.

use super::certificates::Pairing;
use super::comparison::CertificateChange;
use super::mask::Mask;
use super::placeholders::{Mention, Placeholder, Placeholders};
use super::state::State;
use crate::fill;
use crate::render::{Content, Filling, Hole, KeyringItem, Piece, StorePassword};
use crate::resolve::Keyring;
use crate::specification::{CertificateIndex, KeyIdentity};

/// How many differences of a certificate stand beside its name.
const REPORTED: usize = 3;

/// What may be said of holes: of those of the new side with what became of each certificate.
#[derive(Clone, Copy)]
pub(super) struct Wording<'a> {
    pub(super) state: &'a State<'a>,
    pub(super) mask: &'a Mask,
    /// Only on the new side.
    pub(super) changes: Option<(&'a Pairing, &'a [CertificateChange])>,
}

impl Wording<'_> {
    /// The text, masked, with signs of placeholders in its holes; none where there is none. `other` is the content of
    /// the other side, if it has one.
    pub(super) fn text(
        self,
        content: &Content,
        other: Option<&(Wording<'_>, &Content)>,
        placeholders: &mut Placeholders,
    ) -> Option<String> {
        let Content::Pieces(pieces) = content else { return None };
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Hole(hole) => text.push(placeholders.sign(self.placeholder(hole, other))),
            }
        }
        Some(self.mask.put_on(&text))
    }

    /// What stands for what fills a hole.
    pub(super) fn placeholder(self, hole: &Hole, other: Option<&(Wording<'_>, &Content)>) -> Placeholder {
        let words = match &hole.filling {
            Filling::Certificates(positions) => return Placeholder::Certificates(self.mentions(positions)),
            Filling::Crl(position, _) => {
                let number = self.state.blueprint.crl(*position).map(|crl| crl.number).unwrap_or_default();
                format!("<CRL of {}, number {number}>", self.state.id(*position))
            }
            Filling::Digest(_) => self.digest(hole, other).to_owned(),
            Filling::Key(position) => {
                let which = match self.state.draft.certificates[*position].key {
                    KeyIdentity::Derived { generation, .. } => format!("generation {generation}"),
                    other => other.to_string(),
                };
                format!("<key of {}, {which}>", self.state.id(*position))
            }
            Filling::Store(store) => {
                let held = Placeholder::Certificates(self.mentions(store.certificates()));
                let key = store.key().map(Filling::Key).map(|key| self.placeholder(&Hole::text(key), None));
                let password = match &store.password {
                    StorePassword::Declared(text) => format!("password {text}"),
                    StorePassword::Keyring(name, generation) => {
                        let keyring = &self.state.blueprint.model.keyrings[name];
                        self.item(keyring, KeyringItem::Password, &[*generation])
                    }
                };
                let key = key.map(|key| format!("{key}, ")).unwrap_or_default();
                format!("<store: {held}, {key}{password}>")
            }
            Filling::Keyring { name, item, generations } => {
                self.item(&self.state.blueprint.model.keyrings[name], *item, generations)
            }
        };
        Placeholder::Words(self.mask.put_on(&words))
    }

    /// A digest says nothing to people, but that it is another one.
    fn digest(self, hole: &Hole, other: Option<&(Wording<'_>, &Content)>) -> &'static str {
        let words =
            |wording: &Wording<'_>, hole| fill::words(wording.state.blueprint, wording.state.draft, hole);
        let own = words(&self, hole);
        let known = other.is_none_or(|(wording, content)| {
            let Content::Pieces(pieces) = content else { return true };
            pieces.iter().any(|piece| matches!(piece, Piece::Hole(hole) if words(wording, hole) == own))
        });
        match (known, self.changes) {
            (true, _) => "<digest of files read at start>",
            (false, None) => "<digest of files read at start, before>",
            (false, Some(_)) => "<digest of files read at start, changed>",
        }
    }

    fn item(self, keyring: &Keyring, item: KeyringItem, generations: &[u32]) -> String {
        let numbers: Vec<String> = generations.iter().map(ToString::to_string).collect();
        let named = |what: &str| format!("<{what} of {}, generation {}>", keyring.id, numbers.join(", "));
        match item {
            KeyringItem::EncryptionKey => named("key"),
            KeyringItem::NotAfter => {
                let record = self.state.draft.lock.keys.get(&keyring.id);
                let not_after = |generation| record?.not_after.get(generation);
                generations.iter().filter_map(not_after).map(ToString::to_string).collect()
            }
            KeyringItem::Password => named("password"),
            KeyringItem::PrivateKey => named("private key"),
            KeyringItem::PublicKey => {
                format!("<public keys of {}, generations {}>", keyring.id, numbers.join(", "))
            }
            KeyringItem::Token => named("token"),
            KeyringItem::TokenId => named("id of the token"),
            KeyringItem::TokenSecret => named("secret of the token"),
        }
    }

    /// Certificates by their ids, and what became of them.
    pub(super) fn mentions(self, positions: &[CertificateIndex]) -> Vec<Mention> {
        let mention = |&position: &CertificateIndex| Mention {
            id: self.mask.put_on(self.state.id(position)),
            became: self.became(position).map(|became| self.mask.put_on(&became)),
        };
        positions.iter().map(mention).collect()
    }

    /// What became of a certificate: `reissued (+DNS:a)`; none: nothing, or it is new.
    fn became(self, position: CertificateIndex) -> Option<String> {
        let (pairing, changes) = self.changes?;
        pairing.counterpart[position]?;
        let change = &changes[*pairing.change.get(&position)?];
        let first = change.differences.iter().take(REPORTED);
        let reported: Vec<String> = first.map(|field| field.difference.to_string()).collect();
        let more = match change.differences.len().saturating_sub(REPORTED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(match &reported[..] {
            [] => change.change.word().to_owned(),
            reported => format!("{} ({}{more})", change.change.word(), reported.join(", ")),
        })
    }
}
