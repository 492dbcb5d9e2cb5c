//! Rules for the encoding and the validity of certificates (RFC 5280, 4.1 and 4.2; Go's crypto/x509).

use super::set::Item;
use crate::diagnostics::Code;
use crate::judge::Roots;
use crate::lint::report::Report;
use crate::values::Instant;

/// Octets of a serial number (RFC 5280, 4.1.2.2).
const SERIAL: usize = 20;
/// The first second of 2050, from which GeneralizedTime is written (RFC 5280, 4.1.2.5).
const Y2050: i64 = 2_524_608_000;
/// Days before its end within which somebody should act.
const SOON: i64 = 30;

pub(super) fn check(item: &Item<'_>, report: &mut Report) {
    let (certificate, place) = (item.certificate, item.place);
    let name = certificate.name();
    if let Some((_, what)) = Roots::new([&*certificate.der]).unreadable().first() {
        let message = format!("programs in Go refuse the certificate of {name}: {what}");
        report.say(Code::LintRefusedCertificate, place, message, "regenerate it");
    }
    let digits = certificate.serial.iter().skip_while(|byte| **byte == 0).count();
    if digits == 0 {
        report.say(Code::LintSerial, place, format!("the serial number of {name} is 0"), "regenerate it");
    } else if certificate.serial.len() > SERIAL {
        let octets = certificate.serial.len();
        let message =
            format!("the serial number of {name} has {octets} octets, at most {SERIAL} are allowed");
        report.say(Code::LintSerial, place, message, "regenerate it with at most 159 random bits");
    }
    if certificate.weak_signature && !certificate.is_self_issued() {
        let message = format!("the certificate of {name} is signed with SHA-1 or MD5");
        report.say(
            Code::LintWeakSignature,
            place,
            message,
            "sign it again with SHA-256 (`default_md = sha256`, `-sha256`)",
        );
    }
    validity(item, &name, report);
}

fn validity(item: &Item<'_>, name: &str, report: &mut Report) {
    let (from, to) = item.certificate.validity;
    let place = item.place;
    for (time, generalized) in [(from, item.certificate.generalized.0), (to, item.certificate.generalized.1)]
    {
        if generalized && time < Y2050 {
            let message = format!("a date of {name} before 2050 is written as GeneralizedTime");
            report.say(Code::LintDateEncoding, place, message, "regenerate it: such dates are UTCTime");
            break;
        }
    }
    if to >= Y2050 {
        let message = format!("{name} expires {}, after 2049", shown(to));
        report.say(Code::LintPast2049, place, message, "let it expire before 2050");
    }
    let now = report.now.unix();
    if from > to {
        report.say(
            Code::LintExpired,
            place,
            format!("{name} expires before it becomes valid"),
            "regenerate it",
        );
    } else if now < from {
        let message = format!("{name} is not valid before {}", shown(from));
        report.say(
            Code::LintNotYetValid,
            place,
            message,
            "wait, or correct the clock of the host that issues it",
        );
    } else if now > to {
        report.say(Code::LintExpired, place, format!("{name} expired {}", shown(to)), "reissue it");
    } else if (to - now) / 86_400 < SOON && to - from > 2 * SOON * 86_400 {
        let message = format!("{name} expires {}, in {} days", shown(to), (to - now) / 86_400);
        report.say(Code::LintEndsSoon, place, message, "reissue it");
    }
}

/// `2049-12-31`
fn shown(time: i64) -> String {
    let instant = Instant::from_unix(time).map(|instant| instant.to_string()).unwrap_or_default();
    instant.split('T').next().unwrap_or_default().to_owned()
}
