//! Rules for single files with keys.

use crate::diagnostics::Code;
use crate::leaks;
use crate::lint::content::Read;
use crate::lint::pem::{Piece, What};
use crate::lint::report::Report;

/// Bits of a mode by which others than the owner read, write or run.
const OTHERS: u32 = 0o077;

pub(super) fn of_file(file: &Read<'_>, pieces: &[Piece], report: &mut Report) {
    for piece in pieces {
        let place = file.at(piece.line, report);
        match &piece.what {
            What::Unreadable(why) => {
                let message = format!("a block of {} cannot be read: {why}", file.given.name);
                let help = "programs that load the bundle refuse the whole file, or skip this block";
                report.say(Code::LintUnreadable, place, message, help);
            }
            What::Encrypted => {
                let message = format!("the key in {} is encrypted", file.given.name);
                let help = "no Kubernetes program asks for a password; decrypt the key with `openssl pkey -in FILE -out NEW`";
                report.say(Code::LintEncryptedKey, place, message, help);
            }
            _ => {}
        }
    }
    let private = pieces.iter().find(|piece| matches!(piece.what, What::PrivateKey(_)));
    if let Some(piece) = private {
        mode(file, piece.line, "private key", report);
    }
}

/// Keys within a file of another kind, as in a Secret or a PKCS#12 file, where others may read that.
pub(super) fn within(file: &Read<'_>, report: &mut Report) {
    let Ok(bytes) = &file.given.bytes else { return };
    if file.given.mode.is_none_or(|mode| mode & OTHERS == 0) {
        return;
    }
    let found = leaks::find(bytes, &|_| false).found;
    if let Some(leak) = found.iter().find(|leak| leak.what.is_key()) {
        let line = bytes[..leak.span.start].iter().filter(|byte| **byte == b'\n').count() + 1;
        let what = match leak.what {
            leaks::What::Keystore => "keystore",
            _ => "private key",
        };
        mode(file, u32::try_from(line).unwrap_or(u32::MAX), what, report);
    }
}

/// What is private and not only its owner's.
pub(super) fn mode(file: &Read<'_>, line: u32, what: &str, report: &mut Report) {
    let Some(mode) = file.given.mode.filter(|mode| mode & OTHERS != 0) else { return };
    let message = format!("the {what} in {} has the mode {:04o}", file.given.name, mode & 0o7777);
    let place = file.at(line, report);
    report.say(Code::LintOpenKey, place, message, "users other than its owner can read it: run `chmod 0600`");
}
