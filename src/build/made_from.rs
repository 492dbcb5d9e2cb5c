//! What a unit is made from, in one digest: the same digest, the same bytes.

use sha2::{Digest as _, Sha256};

use crate::catalog::Class;
use crate::decide::Draft;
use crate::expand::Blueprint;
use crate::fill::{Credentials, KeyMaterial, words};
use crate::render::{Content, Filling, Hole, Piece, Sheet};
use crate::specification::CertificateIndex;
use crate::values::hex;
use crate::write::Inputs;

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
    // The plan has their digests.
    for (id, generation) in material.imported.encryption.keys() {
        part(&mut hash, format!("encryption {id} {generation}").as_bytes());
    }
    hash.finalize().into()
}

/// What a whole build is made from: what every unit hangs on, what was read, and the lock as it is written.
#[must_use]
pub fn inputs(base: Digest, read: &Digest, lock: &str) -> Inputs {
    let mut hash = Sha256::new();
    hash.update(base);
    hash.update(read);
    hash.update(lock);
    Inputs { base, all: hash.finalize().into() }
}

/// The fingerprint of each certificate, where it is known.
pub(super) type Fingerprint<'f> = &'f dyn Fn(CertificateIndex) -> Option<Digest>;

/// What of a certificate is known before anything of its unit is issued: an authority is made already, and the lock
/// knows what is kept.
pub(super) fn known(
    credentials: &Credentials<'_>,
    draft: &Draft,
    certificate: CertificateIndex,
) -> Option<Digest> {
    credentials.authority_digest(certificate).or(draft.certificates[certificate].recorded_sha256)
}

/// What a unit is made from; none where a certificate in it is not known yet.
pub(super) fn made_from(
    (blueprint, draft): (&Blueprint<'_>, &Draft),
    sheets: &[Sheet],
    fingerprint: Fingerprint<'_>,
) -> Option<Digest> {
    let mut hash = Sha256::new();
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
        for reaction in &sheet.reactions {
            part(&mut hash, format!("{} {:?}", reaction.unit, reaction.effect).as_bytes());
        }
        match &sheet.content {
            Content::Folder => hash.update([0]),
            Content::None => hash.update([1]),
            Content::Pieces(pieces) => {
                hash.update([2]);
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => part(&mut hash, text.as_bytes()),
                        Piece::Hole(hole) => fill(&mut hash, (blueprint, draft), hole, fingerprint)?,
                    }
                }
            }
        }
        hash.update([0xff]);
    }
    Some(hash.finalize().into())
}

/// What fills a hole. A certificate's public key says which private key belongs to it.
fn fill(
    hash: &mut Sha256,
    (blueprint, draft): (&Blueprint<'_>, &Draft),
    hole: &Hole,
    fingerprint: Fingerprint<'_>,
) -> Option<()> {
    part(hash, format!("hole {:?}", hole.form).as_bytes());
    match &hole.filling {
        Filling::Certificates(positions) => {
            for &position in positions {
                hash.update(fingerprint(position)?);
            }
        }
        Filling::Key(position) => {
            hash.update(*b"key");
            hash.update(fingerprint(*position)?);
        }
        Filling::Store(store) => {
            for &position in store.certificates() {
                hash.update(fingerprint(position)?);
            }
            said(hash, &words(blueprint, draft, hole));
        }
        Filling::Digest(_) | Filling::Keyring { .. } => said(hash, &words(blueprint, draft, hole)),
    }
    Some(())
}

fn said(hash: &mut Sha256, words: &[String]) {
    words.iter().for_each(|word| part(hash, word.as_bytes()));
}

/// A part of what is hashed, whose end is known.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}
