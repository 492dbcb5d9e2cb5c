//! A piece of a lock: the fingerprints that one run of `pkiplan build --shard` records.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Table;

use super::text;
use super::write::{digits, header, quoted, string};
use crate::values::{SecretEpoch, hex};

/// The first line.
const COMMENT: &str = "# Written by `pkiplan build --shard`. `pkiplan lock assemble` puts all pieces into the lock. There is no secret in it.\n";

/// Fingerprints of what one run has made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Piece {
    /// Which run, as the command line says it.
    pub shard: String,
    /// A digest of the plan.
    pub plan: [u8; 32],
    /// A digest of the lock's decisions.
    pub decisions: [u8; 32],
    /// Identities of the secrets that were at hand.
    pub secrets: BTreeMap<SecretEpoch, String>,
    /// Certificates by id.
    pub certificates: BTreeMap<Arc<str>, [u8; 32]>,
    /// Keys by id and generation.
    pub keys: BTreeMap<(Arc<str>, u32), [u8; 32]>,
    /// The certificates of authorities in PEM, by the names of their files beside the lock.
    pub authorities: BTreeMap<String, String>,
}

impl Piece {
    /// The text of its file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = format!("{COMMENT}piece-format = 1\n");
        string(&mut out, "shard", &self.shard);
        digits(&mut out, "plan", &self.plan);
        digits(&mut out, "decisions", &self.decisions);
        let of = |out: &mut String, key: &str, value: &str| {
            quoted(out, key);
            out.push_str(" = ");
            quoted(out, value);
            out.push('\n');
        };
        out.push_str("\n[secrets]\n");
        for (secret, identity) in &self.secrets {
            of(&mut out, &format!("{}/{}", secret.name, secret.epoch), identity);
        }
        out.push_str("\n[certificates]\n");
        self.certificates.iter().for_each(|(id, sha256)| of(&mut out, id, &hex(sha256)));
        out.push_str("\n[authorities]\n");
        self.authorities.iter().for_each(|(name, pem)| of(&mut out, name, pem));
        for ((id, generation), sha256) in &self.keys {
            header(&mut out, "key", &format!("{id}/{generation}"));
            digits(&mut out, "sha256", sha256);
        }
        out
    }

    /// Reads what [`Piece::to_text`] writes; none where it is anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let table: Table = text.parse().ok()?;
        if table.get("piece-format")?.as_integer() != Some(1) {
            return None;
        }
        let text = |key: &str| table.get(key)?.as_str();
        let entries = |key: &str| table.get(key).and_then(toml::Value::as_table).into_iter().flatten();
        let secrets = entries("secrets").map(|(secret, value)| {
            let (name, epoch) = secret.split_once('/')?;
            let secret = SecretEpoch { name: name.parse().ok()?, epoch: text::generation(epoch)? };
            Some((secret, value.as_str().filter(|identity| text::is_hex(identity, 16))?.to_owned()))
        });
        let certificates = entries("certificates")
            .map(|(id, value)| Some((id.as_str().into(), text::unhex(value.as_str()?)?)));
        let keys = entries("key").map(|(key, value)| {
            let (id, generation) = key.rsplit_once('/')?;
            Some(((id.into(), text::generation(generation)?), text::unhex(value.get("sha256")?.as_str()?)?))
        });
        let authorities =
            entries("authorities").map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        Some(Self {
            authorities: authorities.collect::<Option<_>>()?,
            shard: text("shard")?.to_owned(),
            plan: text::unhex(text("plan")?)?,
            decisions: text::unhex(text("decisions")?)?,
            secrets: secrets.collect::<Option<_>>()?,
            certificates: certificates.collect::<Option<_>>()?,
            keys: keys.collect::<Option<_>>()?,
        })
    }
}
