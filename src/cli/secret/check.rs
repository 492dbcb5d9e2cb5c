//! `pkiplan secret check`: checks whether a secret is the one that the lock was made with.

use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::output::Output;
use crate::cli::unlock::Unlock;
use crate::issue::key::PrivateKey;
use crate::issue::secret::Secret;
use crate::lock::Lock;
use crate::read::{Bounds, Disk, World as _};
use crate::source::Sources;
use crate::specification::KeyIdentity;
use crate::stored::{Stored, file_name};
use crate::values::{KeyAlgorithm, SecretEpoch};
use crate::workspace::{Failure, PlanFiles, parse_secret, read_lock};

#[derive(Debug, Args)]
pub(super) struct CheckSecret {
    /// A file with a secret, plain or sealed.
    file: PathBuf,
    /// The plan whose lock to compare with.
    #[arg(long, value_name = "PLAN")]
    pub(super) plan: Option<PathBuf>,
    #[command(flatten)]
    unlock: Unlock,
}

pub(super) fn run(arguments: &CheckSecret, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    // The secret is gone before anything is said: a report may wait long for its reader.
    let proven = proven(arguments, bounds)?;
    let file = arguments.file.display().to_string();
    if output.json {
        output.json(proven.json(&file));
    } else {
        output.say(&proven.words(&file));
    }
    Ok(ExitCode::SUCCESS)
}

/// What is known of a secret.
enum Proven {
    /// It is one.
    Alone {
        /// By which locks know it.
        identity: String,
    },
    /// It is the one of a lock.
    OfLock {
        /// The lock's file.
        lock: String,
        which: SecretEpoch,
        /// How many public keys were derived again.
        keys: usize,
    },
}

impl Proven {
    fn words(&self, file: &str) -> String {
        match self {
            Proven::Alone { identity } => format!("{file} is a secret: its identity is {identity}\n"),
            Proven::OfLock { lock, which, keys } => {
                let epoch =
                    if which.epoch == 1 { String::new() } else { format!(" of epoch {}", which.epoch) };
                let keys = match keys {
                    0 => "no authority or key pair to compare".to_owned(),
                    1 => "1 public key agrees".to_owned(),
                    many => format!("{many} public keys agree"),
                };
                format!("{file} matches {lock} (secret `{}`{epoch}): {keys}\n", which.name)
            }
        }
    }

    fn json(&self, file: &str) -> serde_json::Value {
        match self {
            Proven::Alone { identity } => serde_json::json!({ "file": file, "identity": identity }),
            Proven::OfLock { lock, which, keys } => serde_json::json!({
                "file": file, "lock": lock, "secret": which.name.to_string(), "epoch": which.epoch, "keys": keys,
            }),
        }
    }
}

fn proven(arguments: &CheckSecret, bounds: &Bounds) -> Result<Proven, Failure> {
    let shown = arguments.file.display();
    let bytes = arguments.unlock.opener().file(&arguments.file)?;
    let secret = parse_secret(&bytes, &shown.to_string())?;
    let Some(plan) = &arguments.plan else {
        return Ok(Proven::Alone { identity: secret.identity() });
    };
    let beside = PlanFiles::of(plan);
    let disk = Disk::around(plan, bounds)?;
    let at = beside.lock.display();
    let mut sources = Sources::default();
    let text = read_lock(&disk, &beside.lock)?.ok_or_else(|| format!("there is no lock {at}"))?;
    let source = sources.add(at.to_string(), text.as_str());
    let lock = match Lock::parse(&text, source) {
        Ok(lock) => lock,
        Err(diagnostics) => return Err(Failure::refused(diagnostics, &sources)),
    };
    let Some(which) = lock.known_as(&secret.identity()) else {
        return Err(foreign(&lock, &secret, &shown, &at).into());
    };
    let (proven, wrong) =
        prove(&lock, &secret, which, |id| public_key(&disk, &beside.certificates.join(file_name(id))));
    if !wrong.is_empty() {
        let list = wrong.join(", ");
        let message = format!("{shown} has the identity that {at} records, but gives other keys for {list}");
        return Err(message.into());
    }
    Ok(Proven::OfLock { lock: at.to_string(), which, keys: proven })
}

fn foreign(lock: &Lock, secret: &Secret, shown: &impl ToString, at: &impl ToString) -> String {
    let (shown, at) = (shown.to_string(), at.to_string());
    if lock.secrets.is_empty() {
        return format!("{at} records no secret yet: nothing was built from it");
    }
    let known: Vec<String> = lock
        .secrets
        .iter()
        .map(|(name, record)| format!("{} for secret `{name}`", record.identity))
        .collect();
    format!(
        "{shown} is not the secret of {at}: its identity is {}, but the lock expects {}",
        secret.identity(),
        known.join(", ")
    )
}

/// Derives the keys of authorities and of key pairs again: how many are those on record, and whose are not.
fn prove(
    lock: &Lock,
    secret: &Secret,
    which: SecretEpoch,
    public_key: impl Fn(&str) -> Option<Vec<u8>>,
) -> (usize, Vec<String>) {
    let (mut proven, mut wrong) = (0, Vec::new());
    let derived = |id: &str, algorithm: KeyAlgorithm, generation: u32| {
        PrivateKey::derive(secret, id, algorithm, generation).public().clone()
    };
    for (id, record) in &lock.certificates {
        let KeyIdentity::Derived { algorithm, generation, secret } = record.key else { continue };
        // Only authorities have their certificates beside the lock, and the ids of those end in a generation.
        let Some((key_id, _)) = id.rsplit_once('/').filter(|_| secret == which) else { continue };
        let Some(recorded) = public_key(id) else { continue };
        if derived(key_id, algorithm, generation).spki_der() == recorded {
            proven += 1;
        } else {
            wrong.push(id.to_string());
        }
    }
    for (id, record) in &lock.keys {
        let Some(algorithm) = record.algorithm else { continue };
        let same = |(generation, recorded): &(&u32, &[u8; 32])| {
            record.secret(**generation) == which
                && derived(id, algorithm, **generation).sha256() == **recorded
        };
        // Another one may be imported.
        proven += record.sha256.iter().filter(same).count();
    }
    (proven, wrong)
}

/// The public key in a certificate's file.
fn public_key(disk: &Disk, path: &Path) -> Option<Vec<u8>> {
    let text = disk.read(path).ok()?;
    Stored::from_pem(&text).ok().map(|certificate| certificate.spki)
}
