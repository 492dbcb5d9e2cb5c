//! The terminal.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::ColorChoice;

use super::global::{Format, Global};
use crate::diagnostics::{self, Diagnostics, Style};
use crate::source::Sources;
use crate::workspace::Failure;

/// Where reports go: results to standard output, messages to standard error.
pub(super) struct Output {
    pub(super) json: bool,
    pub(super) quiet: bool,
    pub(super) form: Format,
    /// Whether standard output takes colours.
    pub(super) paints: bool,
    style: Style,
}

impl Output {
    pub(super) fn new(global: &Global) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let colors = |terminal: bool| match global.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !set("NO_COLOR"),
        };
        let color = colors(std::io::stderr().is_terminal());
        let paints = colors(std::io::stdout().is_terminal());
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width = columns.unwrap_or(100usize).clamp(60, 160);
        let (form, style) = (global.format, Style { color, width });
        Output { json: form == Format::Json, quiet: global.quiet, form, paints, style }
    }

    /// How many characters a line of a report has.
    pub(super) fn width(&self) -> usize {
        self.style.width
    }

    /// A result, to standard output. A closed pipe is not a mistake.
    pub(super) fn print(&self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// A result that need not be text.
    pub(super) fn bytes(&self, bytes: &[u8]) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(bytes).and_then(|()| out.flush());
    }

    /// A secret, to standard output, where it was asked for and nowhere else.
    ///
    /// # Errors
    /// When not all of it went out: whoever reads must not take a part for the whole.
    pub(super) fn secret(&self, bytes: &[u8]) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    /// What a person may want to know; silent where asked to be.
    pub(super) fn tell(&self, text: &str) {
        if !self.quiet && !self.json {
            self.print(text);
        }
    }

    /// What went wrong, outside any source.
    pub(super) fn fail(&self, message: &str) {
        let _ = std::io::stderr().write_all(format!("error: {message}\n").as_bytes());
    }

    /// Something to beware of.
    pub(super) fn warn(&self, message: &str) {
        let _ = std::io::stderr().write_all(format!("warning: {message}\n").as_bytes());
    }

    /// All messages, to standard error, and how many they are.
    pub(super) fn diagnostics(&self, diagnostics: &Diagnostics, sources: &Sources) {
        let text = diagnostics::render(diagnostics, sources, self.style);
        let _ = std::io::stderr().write_all(text.as_bytes());
        let counted = [(diagnostics.errors(), "error"), (diagnostics.warnings(), "warning")];
        let counted: Vec<String> = counted
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
            .collect();
        if !counted.is_empty() {
            let _ = std::io::stderr().write_all(format!("{}\n", counted.join(", ")).as_bytes());
        }
    }

    /// The end of a run that found errors.
    pub(super) fn failed(&self, diagnostics: &Diagnostics, sources: &Sources) -> ExitCode {
        if self.json {
            self.json(&serde_json::json!({ "diagnostics": diagnostics::to_json(diagnostics, sources) }));
        } else {
            self.diagnostics(diagnostics, sources);
        }
        ExitCode::FAILURE
    }

    /// The exit code of a command, which says here why it could not go on.
    pub(super) fn end<E: Into<Failure>>(&self, result: Result<ExitCode, E>) -> ExitCode {
        match result.map_err(Into::into) {
            Ok(code) => code,
            Err(Failure::Message(message)) => {
                self.fail(&message);
                ExitCode::FAILURE
            }
            Err(Failure::Refused(refused)) => self.failed(&refused.diagnostics, &refused.sources),
        }
    }

    /// A machine's answer.
    pub(super) fn json(&self, value: &serde_json::Value) {
        self.print(&format!("{value:#}\n"));
    }
}
