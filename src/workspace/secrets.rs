//! Collects the available secrets that a build needs, and the certificates that replace missing ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::belonging::Belonging;
use super::decided::Decided;
use super::failure::Failure;
use super::given::Which;
use super::keychain::{Found, Keychain};
use crate::issue::secret::Secret;
use crate::specification::KeyIdentity;
use crate::stored::{Stored, file_name};
use crate::values::{SecretEpoch, SecretName};
use crate::write::Access;

/// What was found.
#[derive(Default)]
pub struct Secrets {
    /// By name and epoch.
    pub found: BTreeMap<SecretEpoch, Secret>,
    /// The one that has just been made and is not on the disk yet.
    pub fresh: Option<SecretEpoch>,
    /// Files of secrets that others may get at.
    pub open: Vec<(PathBuf, Access)>,
    /// Those that do not say yet which lock they belong to.
    pub unnoted: Vec<Unnoted>,
}

/// A secret that belongs to the lock from now on, and does not say so yet.
pub struct Unnoted {
    /// How messages call its place.
    pub shown: String,
    /// What its text says.
    pub belonging: Belonging,
    /// Whether the lock did not know it before.
    pub is_first: bool,
}

/// Finds the secrets that keys of the draft derive from. One that is missing is reported where something needs it;
/// none at all is refused, but for a first build, which `make` makes the default one for.
///
/// # Errors
/// What is missing, cannot be read, or is another secret than that of the lock.
pub fn secrets(
    keychain: &Keychain<'_>,
    decided: &Decided<'_>,
    make: impl FnOnce() -> Result<Secret, String>,
) -> Result<Secrets, Failure> {
    decided.needs_its_lock()?;
    let known = &decided.blueprint().model.secrets;
    if let Some(which) = keychain.given().find(|which| !known.contains_key(&which.name)) {
        return Err(format!("{which} is given, but the plan has no secret with that name").into());
    }
    let needed = decided.draft.lock.derives_from();
    let names: BTreeSet<SecretName> = needed.iter().map(|secret| secret.name).collect();
    let mut search = Search { keychain, decided, secrets: Secrets::default() };
    for name in names {
        let epochs: Vec<SecretEpoch> = needed.iter().rev().filter(|s| s.name == name).copied().collect();
        search.name(name, &epochs).map_err(|problem| problem.failure(decided))?;
    }
    let mut secrets = search.secrets;
    let default = needed.iter().rev().find(|secret| secret.name.is_default()).copied();
    if let Some(default) = default.filter(|default| !secrets.found.contains_key(default)) {
        if decided.previous.is_none() {
            let secret = make()?;
            let file = &decided.files().secret;
            secrets.unnoted.push(Unnoted {
                shown: file.display().to_string(),
                belonging: Belonging::of(&[], &secret, Some(file), false),
                is_first: true,
            });
            secrets.found.insert(default, secret);
            secrets.fresh = Some(default);
        } else if secrets.found.is_empty() {
            return Err(none(decided).failure(decided));
        }
    }
    Ok(secrets)
}

/// The certificates beside the lock of authorities that cannot be issued again, since a secret is missing.
#[must_use]
pub fn stored_certificates(decided: &Decided<'_>, secrets: &Secrets) -> BTreeMap<Arc<str>, Stored> {
    let lock = &decided.draft.lock;
    let missing = |key: &KeyIdentity| match key {
        KeyIdentity::Derived { secret, .. } => !secrets.found.contains_key(secret),
        KeyIdentity::Imported { .. } | KeyIdentity::External => false,
    };
    if !lock.certificates.values().any(|record| missing(&record.key)) {
        return BTreeMap::new();
    }
    let authorities = decided.blueprint().certificates.iter().filter(|made| made.generation.is_some());
    let world = decided.expanded.opened.world;
    let world = world.aside().unwrap_or(world);
    let read = |id: &Arc<str>| {
        let text = world.read(&decided.files().certificates.join(file_name(id))).ok()?;
        Some((id.clone(), Stored::from_pem(&text).ok()?))
    };
    authorities.filter_map(|made| read(&made.id)).collect()
}

/// Why a secret, or the want of one, is refused.
enum Problem {
    /// With what to do about it.
    Refused(String, String),
    /// It is there and cannot be read.
    Unreadable(String),
}

impl Problem {
    fn failure(self, decided: &Decided<'_>) -> Failure {
        match self {
            Problem::Unreadable(message) => message.into(),
            Problem::Refused(message, help) => decided.refuse_lock(message, help),
        }
    }
}

/// There is a lock, and no secret of it.
fn none(decided: &Decided<'_>) -> Problem {
    let path = decided.files().secret.display();
    if decided.previous.is_some_and(|lock| lock.secrets.is_empty()) {
        let message = format!("there is no {path}, and this lock has never been used with a secret");
        return Problem::Refused(
            message,
            format!("create one with `pkiplan secret new {}`", decided.files().plan.display()),
        );
    }
    let message = format!("there is a lock but no secret {path}");
    let help = "restore the secret from a backup, or say where it is (`--secret FILE`); pkiplan does not create \
                a new one here, because every key would change";
    Problem::Refused(message, help.to_owned())
}

struct Search<'a> {
    keychain: &'a Keychain<'a>,
    decided: &'a Decided<'a>,
    secrets: Secrets,
}

impl Search<'_> {
    /// Finds the secrets of one name, the newest epoch first.
    fn name(&mut self, name: SecretName, epochs: &[SecretEpoch]) -> Result<(), Problem> {
        let mut current = self.find(Which { name, epoch: None })?;
        for (i, secret) in epochs.iter().enumerate() {
            let explicit = self.find(Which { name, epoch: Some(secret.epoch) })?;
            if let Some(found) = explicit {
                self.must_match(*secret, &found)?;
                self.take(*secret, found)?;
            } else if let Some(found) = current.take() {
                match self.suits(*secret, i == 0, &found)? {
                    true => self.take(*secret, found)?,
                    false => current = Some(found),
                }
            }
        }
        Ok(())
    }

    fn find(&self, which: Which) -> Result<Option<Found>, Problem> {
        self.keychain.find(which).map_err(Problem::Unreadable)
    }

    fn recorded(&self, secret: SecretEpoch) -> Option<&str> {
        let record = self.decided.previous.and_then(|lock| lock.secret(secret));
        record.map(|record| record.identity.as_str())
    }

    fn must_match(&self, secret: SecretEpoch, found: &Found) -> Result<(), Problem> {
        match self.recorded(secret) {
            Some(identity) if identity != found.secret.identity() => {
                let message = format!("the lock was made with another secret than {}", found.shown);
                let help = format!(
                    "use the secret and the lock of the same PKI: the lock expects the identity {identity}, and this \
                     secret has {}; `pkiplan secret check FILE` compares a backup",
                    found.secret.identity()
                );
                Err(Problem::Refused(message, help))
            }
            _ => Ok(()),
        }
    }

    /// Whether the one that is current is of this epoch.
    fn suits(&self, secret: SecretEpoch, newest: bool, found: &Found) -> Result<bool, Problem> {
        let identity = found.secret.identity();
        if let Some(recorded) = self.recorded(secret) {
            let declared = self.decided.blueprint().model.secrets.get(&secret.name).map_or(1, |d| d.epoch);
            if recorded != identity && newest && declared <= secret.epoch {
                return self.must_match(secret, found).map(|()| false);
            }
            return Ok(recorded == identity);
        }
        let known = self.decided.previous.and_then(|lock| lock.known_as(&identity));
        match known.filter(|known| newest && known.name == secret.name) {
            Some(known) => {
                let message = format!(
                    "the plan wants epoch {} of the secret `{}`, but {} is still the one of epoch {}",
                    secret.epoch, secret.name, found.shown, known.epoch
                );
                let name = match secret.name.is_default() {
                    true => String::new(),
                    false => format!(" --name {}", secret.name),
                };
                let plan = self.decided.files().plan.display();
                let help = format!(
                    "create it with `pkiplan secret new {plan}{name} --epoch {}`, which keeps the old one",
                    secret.epoch
                );
                Err(Problem::Refused(message, help))
            }
            None => Ok(newest),
        }
    }

    fn take(&mut self, secret: SecretEpoch, found: Found) -> Result<(), Problem> {
        let Found { secret: bytes, shown, open, belonging } = found;
        if belonging.is_of_others(&self.decided.draft.lock.id) {
            return Err(self.of_others(&shown, &belonging));
        }
        if belonging.noted.is_empty() {
            let is_first = self.recorded(secret).is_none();
            self.secrets.unnoted.push(Unnoted { shown, belonging, is_first });
        }
        self.secrets.open.extend(open);
        self.secrets.found.insert(secret, bytes);
        Ok(())
    }

    /// It belongs to the lock of another cluster.
    fn of_others(&self, shown: &str, belonging: &Belonging) -> Problem {
        let files = self.decided.files();
        let message = format!(
            "{shown} belongs to another lock than {}: things with the same name in both would have the same key, and \
             an administrator of one cluster would be an administrator of the other",
            files.lock.display()
        );
        let plan = files.plan.display();
        let first = match self.decided.previous {
            Some(_) => String::new(),
            None => format!("run `pkiplan lock {plan}`, and then "),
        };
        let share = match belonging.is_changeable() {
            true => format!("run `pkiplan secret share {shown} --plan {plan}`"),
            false => "add a line `# lock ID` with the lock's id to the secret".to_owned(),
        };
        let help = format!(
            "use a new secret, which the first build creates; if this is the same cluster, restore its \
             lock from git. If both should have the same keys, {first}{share}"
        );
        Problem::Refused(message, help)
    }
}
