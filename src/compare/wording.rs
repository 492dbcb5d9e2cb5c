//! The text of a sheet with words where its holes are: what may be shown.

use super::certificates::Pairing;
use super::comparison::CertificateChange;
use super::state::State;
use crate::fill;
use crate::render::{Content, Filling, Hole, KeyringItem, Piece};
use crate::resolve::Keyring;
use crate::specification::KeyIdentity;

/// How many differences of a certificate stand beside its name.
const TOLD: usize = 3;

/// Who puts words into holes: of the new side with what became of each certificate.
#[derive(Clone, Copy)]
pub(super) struct Wording<'a> {
    pub(super) state: &'a State<'a>,
    /// Only on the new side.
    pub(super) changes: Option<(&'a Pairing, &'a [CertificateChange])>,
}

impl Wording<'_> {
    /// The text; none where there is none. `other` is the content of the other side, if it has one.
    pub(super) fn text(self, content: &Content, other: Option<&(Wording<'_>, &Content)>) -> Option<String> {
        let Content::Pieces(pieces) = content else { return None };
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Hole(hole) if matches!(hole.filling, Filling::Digest(_)) => {
                    text.push_str(self.digest(hole, other));
                }
                Piece::Hole(hole) => text.push_str(&self.filling(&hole.filling)),
            }
        }
        Some(text)
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
            (true, _) => "<digest of what is read at the start>",
            (false, None) => "<digest of what was read at the start>",
            (false, Some(_)) => "<digest of what is read at the start, another one>",
        }
    }

    /// What fills a hole, in words.
    fn filling(self, filling: &Filling) -> String {
        match filling {
            Filling::Certificates(positions) => {
                let named: Vec<String> =
                    positions.iter().map(|&position| self.certificate(position)).collect();
                match &named[..] {
                    [one] => format!("<certificate {one}>"),
                    _ => format!("<certificates {}>", named.join("; ")),
                }
            }
            // Told by the caller, who knows the other side.
            Filling::Digest(_) => String::new(),
            Filling::Key(position) => {
                let key = self.state.draft.certificates[*position].key;
                let which = match key {
                    KeyIdentity::Derived { generation, .. } => format!("generation {generation}"),
                    other => other.to_string(),
                };
                let certificate = &self.state.blueprint.certificates[*position];
                format!("<key of {}, {which}>", certificate.id)
            }
            Filling::Keyring { name, item, generations } => {
                self.item(&self.state.blueprint.model.keyrings[name], *item, generations)
            }
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

    /// A certificate's id, and what became of it.
    pub(super) fn certificate(self, position: usize) -> String {
        let id = self.state.id(position);
        match self.became(position) {
            Some(became) => format!("{id}, {became}"),
            None => id.to_string(),
        }
    }

    /// What became of a certificate: `reissued (+DNS:a)`; none: nothing, or it is new.
    pub(super) fn became(self, position: usize) -> Option<String> {
        let (pairing, changes) = self.changes?;
        pairing.twin[position]?;
        let change = &changes[*pairing.change.get(&position)?];
        let first = change.differences.iter().take(TOLD);
        let told: Vec<String> = first.map(|field| field.difference.to_string()).collect();
        let more = match change.differences.len().saturating_sub(TOLD) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        // No colon with a space: in a structure it would begin a mapping.
        Some(match &told[..] {
            [] => change.change.word().to_owned(),
            told => format!("{} ({}{more})", change.change.word(), told.join(", ")),
        })
    }
}
