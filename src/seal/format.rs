//! Seals and opens files in the age format.

use std::io::{BufReader, Read as _, Write as _};

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::secrecy::SecretString;
use age::ssh::ParseRecipientKeyError;
use age::{DecryptError, Decryptor, Encryptor, scrypt, ssh, x25519};
use zeroize::Zeroizing;

use super::ssh_work::rounds;
use super::{Ask, SealError};
use crate::values::Invalid;

/// The base-2 logarithm of a passphrase's work: about a second, 256 MiB. The library would measure the machine.
const WORK: u8 = 18;
/// What is still opened: age's own program takes up to 22.
const MOST_WORK: u8 = 22;
/// How often bcrypt may hash the passphrase of an SSH key: `ssh-keygen` takes 24 rounds, and careful people some hundred.
const MOST_ROUNDS: u32 = 2_000;
/// More than any secret or key.
const LARGEST: u64 = 1 << 20;

pub(super) type Recipient = Box<dyn age::Recipient + Send + Sync>;
pub(super) type Identity = Box<dyn age::Identity + Send + Sync>;

pub(super) fn recipient(text: &str) -> Result<Recipient, Invalid> {
    if text.starts_with("age1") {
        let known = text.parse::<x25519::Recipient>();
        return known.map(|key| Box::new(key) as Recipient).map_err(|_| {
            Invalid::new(format!("`{text}` is not an X25519 recipient of age"))
                .help("write the `age1...` that `age-keygen` prints as the public key")
        });
    }
    text.parse::<ssh::Recipient>().map(|key| Box::new(key) as Recipient).map_err(|why| match why {
        ParseRecipientKeyError::Unsupported(kind) => {
            Invalid::new(format!("age does not seal to SSH keys of the kind {kind}"))
                .help("use an ssh-ed25519 or ssh-rsa key, or one from `age-keygen`")
        }
        ParseRecipientKeyError::RsaModulusTooLarge | ParseRecipientKeyError::RsaModulusTooSmall => {
            Invalid::new("the RSA key is too short or too long").help("use one with 2048 to 4096 bits")
        }
        // Whoever gives a private key here by mistake must not see it in a log.
        _ => Invalid::new("this is not a recipient")
            .help("write `age1...`, `ssh-ed25519 ...` or `ssh-rsa ...`: a public key"),
    })
}

pub(super) fn identities(text: &str, ask: Ask<'_>) -> Result<Vec<Identity>, String> {
    if text.contains("-----BEGIN ") {
        return ssh_identity(text, ask).map(|identity| vec![identity]);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let keys: Result<Vec<Identity>, String> = lines
        .map(|line| {
            line.parse::<x25519::Identity>().map(|key| Box::new(key) as Identity).map_err(str::to_owned)
        })
        .collect();
    match keys {
        Ok(keys) if !keys.is_empty() => Ok(keys),
        _ => {
            Err("it contains neither age identities (`AGE-SECRET-KEY-1...`) nor an SSH private key"
                .to_owned())
        }
    }
}

fn ssh_identity(text: &str, ask: Ask<'_>) -> Result<Identity, String> {
    let parsed = ssh::Identity::from_buffer(text.as_bytes(), None);
    match parsed.map_err(|_| "it is not an SSH private key that age can use".to_owned())? {
        ssh::Identity::Encrypted(key) => {
            if rounds(text).is_none_or(|rounds| rounds > MOST_ROUNDS) {
                return Err(format!(
                    "its passphrase asks for more than {MOST_ROUNDS} rounds of bcrypt; reduce them with `ssh-keygen -p -a 100`"
                ));
            }
            let passphrase = SecretString::from(String::from(ask("the passphrase of the SSH key")?.as_str()));
            let key =
                key.decrypt(passphrase).map_err(|_| "the passphrase does not open the SSH key".to_owned())?;
            Ok(Box::new(ssh::Identity::from(key)))
        }
        key @ ssh::Identity::Unencrypted(_) => Ok(Box::new(key)),
        ssh::Identity::Unsupported(_) => {
            Err("age cannot use this kind of SSH key; use ssh-ed25519 or ssh-rsa, saved by `ssh-keygen -o`"
                .to_owned())
        }
    }
}

pub(super) fn seal_with_passphrase(plain: &[u8], passphrase: &str) -> Result<String, SealError> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase));
    recipient.set_work_factor(WORK);
    seal_to(plain, std::iter::once(&recipient as &dyn age::Recipient))
}

pub(super) fn seal<'r>(
    plain: &[u8],
    recipients: impl Iterator<Item = &'r Recipient>,
) -> Result<String, SealError> {
    seal_to(plain, recipients.map(|recipient| &**recipient as &dyn age::Recipient))
}

fn seal_to<'r>(
    plain: &[u8],
    recipients: impl Iterator<Item = &'r dyn age::Recipient>,
) -> Result<String, SealError> {
    let encryptor = Encryptor::with_recipients(recipients).map_err(|_| SealError::Recipients)?;
    write(encryptor, plain).map_err(|_| SealError::Recipients)
}

fn write(encryptor: Encryptor, plain: &[u8]) -> std::io::Result<String> {
    let armour = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
    let mut stream = encryptor.wrap_output(armour)?;
    stream.write_all(plain)?;
    let sealed = stream.finish()?.finish()?;
    String::from_utf8(sealed).map_err(|_| std::io::ErrorKind::InvalidData.into())
}

type Opened<'a> = Decryptor<ArmoredReader<BufReader<&'a [u8]>>>;

fn decryptor(sealed: &[u8]) -> Result<Opened<'_>, SealError> {
    Decryptor::new(ArmoredReader::new(sealed.trim_ascii_start())).map_err(|_| SealError::Torn)
}

pub(super) fn wants_passphrase(sealed: &[u8]) -> Result<bool, SealError> {
    Ok(decryptor(sealed)?.is_scrypt())
}

pub(super) fn open(sealed: &[u8], identities: &[Identity]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    read(decryptor(sealed)?, identities.iter().map(|identity| &**identity as &dyn age::Identity))
}

pub(super) fn open_with_passphrase(
    sealed: &[u8],
    passphrase: Zeroizing<String>,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut identity = scrypt::Identity::new(SecretString::from(passphrase.as_str()));
    identity.set_max_work_factor(MOST_WORK);
    read(decryptor(sealed)?, std::iter::once(&identity as &dyn age::Identity))
}

fn read<'i>(
    decryptor: Opened<'_>,
    identities: impl Iterator<Item = &'i dyn age::Identity>,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let by_passphrase = decryptor.is_scrypt();
    let stream = decryptor.decrypt(identities).map_err(|error| match error {
        DecryptError::ExcessiveWork { .. } => SealError::Work,
        DecryptError::NoMatchingKeys => SealError::Keys,
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed if by_passphrase => {
            SealError::Passphrase
        }
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => SealError::Keys,
        _ => SealError::Torn,
    })?;
    // It does not grow, which would leave copies in memory.
    let mut plain = Zeroizing::new(Vec::with_capacity(1 << 16));
    stream.take(LARGEST).read_to_end(&mut plain).map_err(|_| SealError::Torn)?;
    Ok(plain)
}
