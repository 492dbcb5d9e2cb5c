//! The only source of time and randomness in the program.

use std::time::{SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use crate::issue::secret::Secret;
use crate::kubernetes::{TOKEN_CHARACTERS, TOKEN_ID, TOKEN_SECRET};
use crate::values::{Instant, hex};

/// By how much clocks of several machines may differ, in seconds.
pub(super) const A_DAY: i64 = 86_400;

/// When decisions are made: `--at`, else `SOURCE_DATE_EPOCH`, else now.
///
/// # Errors
/// What is wrong with the option or the variable.
pub(super) fn at(option: Option<&str>) -> Result<Instant, String> {
    if let Some(text) = option {
        return text.parse().map_err(|invalid: crate::values::Invalid| match invalid.help {
            Some(help) => format!("--at: {}; {help}", invalid.message),
            None => format!("--at: {}", invalid.message),
        });
    }
    if let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") {
        let seconds = text.to_str().and_then(|text| text.trim().parse().ok()).and_then(Instant::from_unix);
        return seconds.ok_or_else(|| "SOURCE_DATE_EPOCH is not a number of seconds since 1970".to_owned());
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| "the clock is set before 1970".to_owned())?;
    i64::try_from(now.as_secs())
        .ok()
        .and_then(Instant::from_unix)
        .ok_or_else(|| "the clock is set after the year 9999".to_owned())
}

/// A secret from the operating system's generator.
///
/// # Errors
/// When the system has none to give.
pub(super) fn new_secret() -> Result<Secret, String> {
    random().map(Zeroizing::new).map(|bytes| Secret::from_bytes(*bytes))
}

/// 32 random bytes.
///
/// # Errors
/// When the system has none to give.
pub(super) fn random() -> Result<[u8; 32], String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system has no random numbers: {error}"))?;
    Ok(bytes)
}

/// A bootstrap token.
///
/// # Errors
/// When the system has no randomness to give.
pub(super) fn join_token() -> Result<Zeroizing<String>, String> {
    let mut token = Zeroizing::new(String::with_capacity(TOKEN_ID + 1 + TOKEN_SECRET));
    // Every character is as likely as every other: what is left over at the top of a byte is drawn again.
    let all = TOKEN_CHARACTERS.len();
    let fair = u8::MAX as usize + 1 - (u8::MAX as usize + 1) % all;
    while token.len() <= TOKEN_ID + TOKEN_SECRET {
        if token.len() == TOKEN_ID {
            token.push('.');
        }
        let bytes = random().map(Zeroizing::new)?;
        let room = if token.len() < TOKEN_ID { TOKEN_ID } else { TOKEN_ID + 1 + TOKEN_SECRET } - token.len();
        let drawn = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        token.extend(drawn.take(room).map(|byte| char::from(TOKEN_CHARACTERS[byte % all])));
    }
    Ok(token)
}

/// A new lock's id.
///
/// # Errors
/// When the system has no randomness to give.
pub(super) fn new_lock_id() -> Result<String, String> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system has no random numbers: {error}"))?;
    Ok(hex(&bytes))
}
