//! Pieces of a lock: the part that each run of `build --shard` writes, and how all pieces are assembled into one lock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::shard::Shard;
use crate::expand::Blueprint;
use crate::lock::{Lock, Piece};
use crate::stored::{Stored, file_name};
use crate::values::SecretEpoch;

/// What shards have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Common {
    /// A digest of the plan.
    pub plan: [u8; 32],
    /// A digest of the lock's decisions.
    pub decisions: [u8; 32],
}

impl Common {
    /// Of all texts that the plan was read from, in their order, and of the lock.
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>, lock: &Lock) -> Self {
        let mut hash = Sha256::new();
        for text in texts {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        let decisions = Sha256::digest(lock.decisions().to_text()).into();
        Self { plan: hash.finalize().into(), decisions }
    }
}

/// What a shard leaves for the lock. What it kept as it was, the lock knows.
#[must_use]
pub(super) fn piece(shard: Shard, common: Common, lock: &Lock, made: Made) -> Piece {
    let needed = lock.derives_from();
    let certificates = made.certificates.into_iter().filter(|(id, _)| lock.certificates.contains_key(id));
    let keys = made.keys.into_iter().filter(|(id, ..)| lock.keys.contains_key(id));
    Piece {
        shard: shard.to_string(),
        plan: common.plan,
        decisions: common.decisions,
        secrets: made.secrets.into_iter().filter(|(secret, _)| needed.contains(secret)).collect(),
        certificates: certificates.collect(),
        keys: keys.map(|(id, generation, sha256)| ((id, generation), sha256)).collect(),
        authorities: made.files,
    }
}

/// What a build has made besides its units.
pub(super) struct Made {
    /// The fingerprints of certificates, by id.
    pub(super) certificates: Vec<(Arc<str>, [u8; 32])>,
    /// The digests of keys, by id and generation.
    pub(super) keys: Vec<(Arc<str>, u32, [u8; 32])>,
    /// The identities of the secrets that were there.
    pub(super) secrets: Vec<(SecretEpoch, String)>,
    /// The authorities' certificates in PEM, by their file names.
    pub(super) files: BTreeMap<String, String>,
}

/// A lock with all fingerprints, and what lies beside it.
pub struct Assembled {
    /// The lock.
    pub lock: Lock,
    /// The certificates of authorities in PEM, by the names of their files.
    pub authorities: BTreeMap<String, String>,
    /// Certificates that no run has made, by id.
    pub unmade: Vec<Arc<str>>,
}

/// Puts pieces, each with the name of its file, into a lock.
///
/// # Errors
/// What is wrong with them, in words, all at once.
pub fn assemble(
    blueprint: &Blueprint<'_>,
    lock: &Lock,
    common: Common,
    pieces: &[(String, Piece)],
) -> Result<Assembled, Vec<String>> {
    let mut wrong = Vec::new();
    let mut given: BTreeMap<Shard, &str> = BTreeMap::new();
    for (name, piece) in pieces {
        let Ok(shard) = piece.shard.parse::<Shard>() else {
            wrong.push(format!("{name} does not say which shard it is of"));
            continue;
        };
        if piece.plan != common.plan {
            wrong.push(format!("{name} was made from another plan, or by another version of pkiplan"));
        } else if piece.decisions != common.decisions {
            wrong.push(format!("{name} was made from another lock"));
        }
        if let Some(earlier) = given.insert(shard, name) {
            wrong.push(format!("{name} and {earlier} are both for shard {shard}"));
        }
    }
    let all: BTreeSet<Shard> = given.keys().next().map(|shard| shard.all(blueprint)).unwrap_or_default();
    let stray = given.iter().filter(|(shard, _)| !all.contains(shard));
    wrong
        .extend(stray.map(|(shard, name)| {
            format!("{name} is for shard {shard}, which does not fit the other pieces")
        }));
    let missing: Vec<String> =
        all.iter().filter(|one| !given.contains_key(one)).map(Shard::to_string).collect();
    if !missing.is_empty() {
        wrong.push(format!("there is no piece of shard {}", missing.join(", ")));
    }
    let mut next = lock.clone();
    for (name, piece) in pieces {
        wrong.extend(add(&mut next, name, piece));
    }
    let fingerprints = of_files(blueprint, &next);
    let mut authorities = BTreeMap::new();
    for (name, piece) in pieces {
        for (file, pem) in &piece.authorities {
            let read = Stored::from_pem(pem).ok().map(|stored| stored.sha256());
            if read.is_none() || fingerprints.get(file) != read.as_ref() {
                wrong
                    .push(format!("{name} has a certificate {file} that the plan's authorities do not have"));
            }
            authorities.insert(file.clone(), pem.clone());
        }
    }
    let unmade = next.certificates.iter().filter(|(_, record)| record.sha256.is_none());
    let unmade = unmade.map(|(id, _)| Arc::clone(id)).collect();
    if wrong.is_empty() { Ok(Assembled { lock: next, authorities, unmade }) } else { Err(wrong) }
}

/// The fingerprints of the authorities that are made here, by the names of their files beside the lock.
fn of_files(blueprint: &Blueprint<'_>, lock: &Lock) -> BTreeMap<String, [u8; 32]> {
    let made_here = blueprint.certificates.iter().filter(|one| one.stored.is_none());
    let of = |id: &Arc<str>| Some((file_name(id), lock.certificates.get(id)?.sha256?));
    made_here.filter_map(|one| of(&one.id)).collect()
}

/// Adds one piece; gives what contradicts what is there.
fn add(lock: &mut Lock, name: &str, piece: &Piece) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, sha256) in &piece.certificates {
        match lock.certificates.get_mut(id) {
            Some(record) if record.sha256.is_none_or(|known| known == *sha256) => {
                record.sha256 = Some(*sha256)
            }
            Some(_) => wrong
                .push(format!("{name} has a different certificate `{id}` than the lock or an earlier piece")),
            None => wrong.push(format!("{name} has the certificate `{id}`, which the lock does not know")),
        }
    }
    for ((id, generation), sha256) in &piece.keys {
        let known = lock.keys.get_mut(id).map(|record| record.sha256.entry(*generation).or_insert(*sha256));
        match known {
            Some(known) if known == sha256 => {}
            Some(_) => wrong.push(format!(
                "{name} has a different key `{id}/{generation}` than the lock or an earlier piece"
            )),
            None => {
                wrong.push(format!("{name} has the key `{id}/{generation}`, which the lock does not know"))
            }
        }
    }
    let needed = lock.derives_from();
    for (secret, identity) in &piece.secrets {
        match lock.secret(*secret).filter(|known| known.epoch == secret.epoch) {
            Some(known) if known.identity != *identity => {
                wrong.push(format!(
                    "{name} was made with a different secret `{}` than the lock or an earlier piece",
                    secret.name
                ));
            }
            Some(_) => {}
            None if needed.contains(secret) => lock.record_secret(*secret, identity.clone()),
            None => wrong.push(format!(
                "{name} was made with the secret `{}`, which the lock does not need",
                secret.name
            )),
        }
    }
    wrong
}
