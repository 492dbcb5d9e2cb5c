//! A digest of everything that a unit is made from: units with the same digest have the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::catalog::Class;
use crate::fill::{Credentials, KeyMaterial, words};
use crate::render::{Content, Filling, Hole, Piece, Sheet};
use crate::specification::CertificateIndex;
use crate::values::hex;
use crate::write::{Inputs, Text};

/// A digest.
pub(super) type Digest = [u8; 32];

/// What every unit hangs on: the program, and the secrets and imported keys that are at hand.
#[must_use]
pub fn base(program: &str, material: &KeyMaterial) -> Digest {
    let mut hash = Sha256::new();
    part(&mut hash, program.as_bytes());
    for (epoch, secret) in &material.secrets {
        part(&mut hash, format!("secret {epoch} {}", secret.identity()).as_bytes());
    }
    for ((id, generation), key) in &material.imported.pairs {
        part(&mut hash, format!("pair {id} {generation} {}", hex(&key.public().sha256())).as_bytes());
    }
    for (name, key) in &material.imported.leaves {
        part(&mut hash, format!("leaf {name} {}", hex(&key.public().sha256())).as_bytes());
    }
    // The plan has their digests.
    for (id, generation) in material.imported.encryption.keys().chain(material.imported.texts.keys()) {
        part(&mut hash, format!("imported {id} {generation}").as_bytes());
    }
    hash.finalize().into()
}

/// What a whole build is made from: what every unit hangs on, what was read, and the lock as it is written.
#[must_use]
pub fn inputs(base: Digest, read: &Digest, lock: &Text<'_>) -> Inputs {
    let mut hash = Sha256::new();
    hash.update(base);
    hash.update(read);
    lock(&mut |piece| hash.update(piece));
    Inputs { base, all: hash.finalize().into() }
}

/// What a unit is made from; none where a certificate in it is not known yet. `issued` are the fingerprints of those that
/// were just issued for it.
pub(super) fn made_from(
    credentials: &Credentials<'_>,
    sheets: &[Sheet],
    issued: &BTreeMap<CertificateIndex, Digest>,
) -> Option<Digest> {
    let mut hash = Sha256::new();
    // An authority is made already, and the lock knows what is kept.
    let fingerprint = |one: CertificateIndex| {
        let known = issued.get(&one).copied().or_else(|| credentials.authority_digest(one));
        known.or(credentials.draft().certificates[one].recorded_sha256)
    };
    // A unit's manifest has their digest in the order of the plan.
    let holes = sheets.iter().flat_map(|sheet| sheet.content.holes());
    let all: BTreeSet<_> = holes.flat_map(|hole| hole.filling.certificates()).copied().collect();
    for one in all {
        part(&mut hash, credentials.blueprint().certificates[one].id.as_bytes());
    }
    for sheet in sheets {
        part(&mut hash, sheet.path.as_bytes());
        part(&mut hash, sheet.owner.as_bytes());
        part(&mut hash, sheet.artefact.as_bytes());
        hash.update(sheet.mode.to_le_bytes());
        hash.update([match sheet.class {
            Class::Absent => 0,
            Class::Managed => 1,
            Class::Runtime => 2,
            Class::Seed => 3,
        }]);
        count(&mut hash, sheet.reactions.len());
        for reaction in &sheet.reactions {
            part(&mut hash, format!("{} {:?}", reaction.unit, reaction.effect).as_bytes());
        }
        match &sheet.content {
            Content::Folder => hash.update([0]),
            Content::None => hash.update([1]),
            Content::Pieces(pieces) => {
                hash.update([2]);
                count(&mut hash, pieces.len());
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => {
                            hash.update([0]);
                            part(&mut hash, text.as_bytes());
                        }
                        Piece::Hole(hole) => {
                            hash.update([1]);
                            fill(&mut hash, credentials, hole, &fingerprint)?;
                        }
                    }
                }
            }
        }
    }
    Some(hash.finalize().into())
}

/// What fills a hole. A certificate's public key says which private key belongs to it.
fn fill(
    hash: &mut Sha256,
    credentials: &Credentials<'_>,
    hole: &Hole,
    fingerprint: &dyn Fn(CertificateIndex) -> Option<Digest>,
) -> Option<()> {
    let mut certificates = |positions: &[CertificateIndex]| {
        count(hash, positions.len());
        positions.iter().try_for_each(|position| fingerprint(*position).map(|one| hash.update(one)))
    };
    match &hole.filling {
        Filling::Certificates(positions) => certificates(positions)?,
        Filling::Key(position) => certificates(&[*position])?,
        Filling::Store(store) => certificates(store.certificates())?,
        Filling::Crl(position, _) => certificates(&[*position])?,
        Filling::Digest(_) | Filling::Keyring { .. } => {}
    }
    // They say what the lock has, which may have been edited without its fingerprints.
    let words = words(credentials.blueprint(), credentials.draft(), hole);
    count(hash, words.len());
    words.iter().for_each(|word| part(hash, word.as_bytes()));
    Some(())
}

/// A part of what is hashed, whose end is known.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    count(hash, bytes.len());
    hash.update(bytes);
}

/// How much of something follows.
fn count(hash: &mut Sha256, number: usize) {
    hash.update((number as u64).to_le_bytes());
}
