//! Asks questions at the terminal.

use std::io::{BufRead as _, IsTerminal as _};

use crate::cli::output::Output;
use crate::printable;

/// Whether somebody is there to ask.
pub(super) fn is_possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks until the answer means something; an empty one is the default.
///
/// # Errors
/// Nobody answers any more.
pub(super) fn ask<T>(
    output: &Output,
    question: &str,
    default: Option<&str>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<T, String> {
    loop {
        let shown = default.map(|default| format!(" [{default}]")).unwrap_or_default();
        output.ask(&format!("{question}{shown}: "));
        let mut line = Vec::new();
        let read = std::io::stdin()
            .lock()
            .read_until(b'\n', &mut line)
            .map_err(|error| format!("cannot read an answer: {error}"))?;
        if read == 0 {
            output.ask("\n");
            return Err("no answer, so nothing was written".to_owned());
        }
        let Ok(line) = String::from_utf8(line) else {
            output.ask("  this is not UTF-8\n");
            continue;
        };
        let answer = match line.trim() {
            "" => default.unwrap_or_default(),
            answer => answer,
        };
        match parse(answer) {
            Ok(value) => return Ok(value),
            Err(why) => output.ask(&format!("  {}\n", printable::line(&why))),
        }
    }
}
