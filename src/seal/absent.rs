//! Replaces `format` in a build without age, which can neither seal nor open files.

use zeroize::Zeroizing;

use super::{Ask, SealError};
use crate::values::Invalid;

pub(super) enum Recipient {}

pub(super) enum Identity {}

pub(super) fn recipient(_: &str) -> Result<Recipient, Invalid> {
    Err(Invalid::new(SealError::Absent.to_string()))
}

pub(super) fn identities(_: &str, _: Ask<'_>) -> Result<Vec<Identity>, String> {
    Err(SealError::Absent.to_string())
}

pub(super) fn seal_with_passphrase(_: &[u8], _: &str) -> Result<String, SealError> {
    Err(SealError::Absent)
}

pub(super) fn seal<'r>(_: &[u8], _: impl Iterator<Item = &'r Recipient>) -> Result<String, SealError> {
    Err(SealError::Absent)
}

pub(super) fn wants_passphrase(_: &[u8]) -> Result<bool, SealError> {
    Err(SealError::Absent)
}

pub(super) fn open(_: &[u8], _: &[Identity]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    Err(SealError::Absent)
}

pub(super) fn open_with_passphrase(_: &[u8], _: Zeroizing<String>) -> Result<Zeroizing<Vec<u8>>, SealError> {
    Err(SealError::Absent)
}
