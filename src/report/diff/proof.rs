//! The result of the proof in one line.

use crate::compare::{Proved, WhyNot};
use crate::values::counted;

/// The line, without its title.
pub(super) fn line(proved: &Proved) -> String {
    match proved {
        Proved::Holds { unknown, waves, .. } => {
            let what = match waves {
                0 => "every connection works".to_owned(),
                waves => format!(
                    "every connection works before, after, and in every mixed state of {}",
                    counted(*waves, "wave")
                ),
            };
            match unknown {
                0 => what,
                unknown => format!("{what}; {} unknown", counted(*unknown, "connection")),
            }
        }
        Proved::Fails { findings, command } => {
            let one = if *findings == 1 { "is" } else { "are" };
            format!("{} {one} wrong with the state after: {command}", counted(*findings, "thing"))
        }
        Proved::Breaks { connections, wave, command } => {
            let when = wave.map_or_else(|| "on the way".to_owned(), |wave| format!("in wave {wave}"));
            let word = if *connections == 1 { "breaks" } else { "break" };
            format!("{} {word} {when}: {command}", counted(*connections, "connection"))
        }
        Proved::NotProven { why, command } => format!("not proven, {}: {command}", reason(*why)),
    }
}

fn reason(why: WhyNot) -> String {
    match why {
        WhyNot::ManyHosts { more_than } => {
            format!("because the plan has more than {more_than} hosts; add `--prove`")
        }
        WhyNot::Refused => "because a build would fail".to_owned(),
    }
}

/// Whether it says that something breaks.
pub(super) fn is_bad(proved: &Proved) -> bool {
    matches!(proved, Proved::Fails { .. } | Proved::Breaks { .. })
}
