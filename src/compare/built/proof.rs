//! Compares what fills the holes of a built file with what the lock records.
//!
//! Without a secret, only public keys can be compared; anything else stays unproven.

use super::super::state::State;
use crate::inspect::{held_keys, written_keys};
use crate::render::{Filling, Form, Hole, KeyringItem};

/// Whether a hole is filled with what a build would fill it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    Same,
    /// With the same, written otherwise.
    Otherwise,
    /// With the same, and more.
    More,
    Other,
    /// Only the secret can tell.
    Unproven,
}

/// A private key in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyFound {
    /// By the digest of its public half.
    Written([u8; 32]),
    /// The same, of one that is not written as a build writes it.
    Otherwise([u8; 32]),
    /// It is no key.
    Broken,
    /// Where it begins and ends nobody can say.
    Unread,
}

impl KeyFound {
    pub(super) fn of(hole: &Hole, inside: Option<&str>) -> Self {
        let Some(inside) = inside else { return KeyFound::Unread };
        match written_keys(inside, is_base64(hole)).as_deref() {
            Some([one]) => KeyFound::Written(*one),
            _ => match held_keys(inside, is_base64(hole)).as_deref() {
                Some([one]) => KeyFound::Otherwise(*one),
                _ => KeyFound::Broken,
            },
        }
    }
}

/// What fills a hole of a keyring.
pub(super) fn of_keyring(after: &State<'_>, hole: &Hole, inside: Option<&str>) -> Proof {
    let (Filling::Keyring { name, item, generations }, Some(inside)) = (&hole.filling, inside) else {
        return Proof::Unproven;
    };
    if generations.is_empty() {
        return if inside.is_empty() { Proof::Same } else { Proof::Other };
    }
    if !matches!(item, KeyringItem::PrivateKey | KeyringItem::PublicKey) {
        return Proof::Unproven;
    }
    let written = written_keys(inside, is_base64(hole));
    let (same, held) = match &written {
        Some(_) => (Proof::Same, written),
        None => (Proof::Otherwise, held_keys(inside, is_base64(hole))),
    };
    let Some(held) = held else { return Proof::Other };
    let record = after.draft.lock.keys.get(&after.blueprint.model.keyrings[name].id);
    let recorded: Option<Vec<[u8; 32]>> =
        generations.iter().map(|generation| record?.sha256.get(generation).copied()).collect();
    match recorded {
        None => Proof::Unproven,
        Some(recorded) if recorded == held => same,
        Some(recorded) if recorded.len() < held.len() && recorded.iter().all(|key| held.contains(key)) => {
            Proof::More
        }
        Some(_) => Proof::Other,
    }
}

pub(super) fn is_base64(hole: &Hole) -> bool {
    hole.form == Form::Base64
}
