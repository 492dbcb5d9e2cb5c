//! Prints results to standard output and messages to standard error.

use std::cell::RefCell;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::ColorChoice;
use terminal_size::terminal_size_of;

use super::global::{Format, Global};
use super::named::{named, named_in};
use super::progress::{Progress, Shown, Stage};
use crate::diagnostics::{self, Diagnostics, Style};
use crate::leaks::masked;
use crate::printable;
use crate::source::Sources;
use crate::values::counted;
use crate::workspace::Failure;

/// Where reports go: results to standard output, messages to standard error.
pub(super) struct Output {
    pub(super) json: bool,
    pub(super) quiet: bool,
    pub(super) form: Format,
    /// Whether standard output takes colours.
    pub(super) paints: bool,
    style: Style,
    /// The plan's file, as messages name it.
    plan: Option<String>,
    /// What shows how far work is.
    progress: Progress,
    /// Why something did not go out, of the first time.
    lost: RefCell<Option<String>>,
}

/// Where a text goes.
#[derive(Clone, Copy)]
enum Stream {
    /// Standard output.
    Results,
    /// Standard error.
    Messages,
}

impl Stream {
    fn name(self) -> &'static str {
        match self {
            Stream::Results => "standard output",
            Stream::Messages => "standard error",
        }
    }

    fn write(self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Stream::Results => {
                let mut out = std::io::stdout().lock();
                out.write_all(bytes)?;
                out.flush()
            }
            Stream::Messages => std::io::stderr().write_all(bytes),
        }
    }
}

/// Whether a terminal takes colours: <https://no-color.org>, and `TERM` of those that know no commands.
fn may_paint() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}

/// How many characters a line has: as `COLUMNS` says, else the terminal that shows messages or results.
fn columns() -> Option<usize> {
    let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || {
        let (width, _) =
            terminal_size_of(std::io::stderr()).or_else(|| terminal_size_of(std::io::stdout()))?;
        Some(usize::from(width.0))
    };
    given.or_else(terminal)
}

/// What the command line itself says: help, the version, or what is wrong with the arguments, one of which may be a
/// secret in a wrong place.
pub(super) fn answer(answer: &clap::Error) -> ExitCode {
    let stream = if answer.use_stderr() { Stream::Messages } else { Stream::Results };
    let colors = match stream {
        Stream::Results => std::io::stdout().is_terminal(),
        Stream::Messages => std::io::stderr().is_terminal(),
    };
    let colors = colors && may_paint();
    let text = answer.render();
    let text = if colors { text.ansi().to_string() } else { text.to_string() };
    match stream.write(printed(&text, colors).as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let _ = Stream::Messages
                .write(format!("error: cannot write to {}: {error}\n", stream.name()).as_bytes());
            ExitCode::FAILURE
        }
        _ => ExitCode::from(u8::from(answer.use_stderr())),
    }
}

/// A text as it goes out: nothing private is shown, and what is in it from elsewhere commands no terminal.
fn printed(text: &str, paints: bool) -> String {
    let text = masked(text);
    let shown = if paints { printable::painted(&text) } else { printable::lines(&text) };
    shown.into_owned()
}

impl Output {
    pub(super) fn new(global: &Global) -> Self {
        let colors = |terminal: bool| match global.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && may_paint(),
        };
        let color = colors(std::io::stderr().is_terminal());
        let paints = colors(std::io::stdout().is_terminal());
        let width = columns().unwrap_or(100).clamp(60, 160);
        let (form, style) = (global.format, Style { color, width });
        Output {
            json: form == Format::Json,
            quiet: global.quiet,
            form,
            paints,
            style,
            plan: None,
            progress: Progress::new(Shown::of(global.quiet, |name| std::env::var(name).ok())),
            lost: RefCell::default(),
        }
    }

    /// Begins a stage of work that may take long; see [`Progress::stage`].
    pub(super) fn stage(&self, words: &'static str, total: usize) -> Stage {
        self.progress.stage(words, total)
    }

    /// The same for a run that is about a plan.
    pub(super) fn about(self, plan: Option<&Path>) -> Self {
        let plan = plan.map(printable::path);
        Self { plan, ..self }
    }

    /// How many characters a line of a report has.
    pub(super) fn width(&self) -> usize {
        self.style.width
    }

    /// A result, to standard output. Nothing private that a file had is shown.
    pub(super) fn print(&self, text: &str) {
        self.write(Stream::Results, printed(text, self.paints).as_bytes());
    }

    /// A result as it goes out, for a file.
    pub(super) fn printed(&self, text: &str) -> String {
        printed(text, false)
    }

    /// A result that need not be text.
    pub(super) fn bytes(&self, bytes: &[u8]) {
        self.write(Stream::Results, bytes);
    }

    /// A secret, to standard output, where it was asked for and nowhere else.
    ///
    /// # Errors
    /// When not all of it went out: whoever reads must not take a part for the whole.
    pub(super) fn secret(&self, bytes: &[u8]) -> std::io::Result<()> {
        Stream::Results.write(bytes)
    }

    /// What a person may want to know; silent where asked to be.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet && !self.json {
            self.print(text);
        }
    }

    /// The command that comes next, for people.
    pub(super) fn next(&self, command: &str) {
        self.say(&format!("next: {command}\n"));
    }

    /// A question, to standard error, without a new line.
    pub(super) fn ask(&self, question: &str) {
        self.message(question);
    }

    /// What went wrong, outside any source.
    pub(super) fn fail(&self, message: &str) {
        let message = self.plan.as_ref().map_or_else(|| message.to_owned(), |plan| named(message, plan));
        self.message(&format!("error: {message}\n"));
    }

    /// Why a command cannot go on, where it has no other answer.
    pub(super) fn stop(&self, message: &str) {
        if self.json {
            self.json(diagnostics::stopped_to_json(message));
        } else {
            self.fail(message);
        }
    }

    /// Something to beware of.
    pub(super) fn warn(&self, message: &str) {
        self.message(&format!("warning: {message}\n"));
    }

    fn message(&self, text: &str) {
        self.write(Stream::Messages, printed(text, self.style.color).as_bytes());
    }

    /// Everything is written here. What does not go out is kept for the end, but for a pipe that is closed: who reads
    /// no more wants no more.
    fn write(&self, stream: Stream, bytes: &[u8]) {
        if let Err(error) = stream.write(bytes)
            && error.kind() != ErrorKind::BrokenPipe
        {
            self.lost.borrow_mut().get_or_insert(format!("cannot write to {}: {error}", stream.name()));
        }
    }

    /// The exit code of a run: a failure where something that was to be read did not go out.
    pub(super) fn finish(&self, code: ExitCode) -> ExitCode {
        let Some(lost) = self.lost.take() else { return code };
        // It may be standard error that does not take it; the exit code says it all the same.
        let _ = Stream::Messages.write(format!("error: {lost}\n").as_bytes());
        ExitCode::FAILURE
    }

    /// All messages, to standard error, and how many they are.
    pub(super) fn diagnostics(&self, diagnostics: &Diagnostics, sources: &Sources) {
        let text = match &self.plan {
            Some(plan) => {
                let named = diagnostics.clone().with_helps(|help| named(help, plan));
                diagnostics::render(&named, sources, self.style)
            }
            None => diagnostics::render(diagnostics, sources, self.style),
        };
        self.message(&text);
        let found = [(diagnostics.errors(), "error"), (diagnostics.warnings(), "warning")];
        let found: Vec<String> = found
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| counted(count, word))
            .collect();
        let lowered =
            (diagnostics.lowered() > 0).then(|| format!("{} allowed by the plan", diagnostics.lowered()));
        let found: Vec<String> = found.into_iter().chain(lowered).collect();
        if !found.is_empty() {
            self.message(&format!("{}\n", found.join(", ")));
        }
    }

    /// The end of a run that found errors.
    pub(super) fn failed(&self, diagnostics: &Diagnostics, sources: &Sources) -> ExitCode {
        if self.json {
            self.json(serde_json::json!({ "diagnostics": diagnostics::to_json(diagnostics, sources) }));
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
                self.stop(&message);
                ExitCode::FAILURE
            }
            Err(Failure::Refused(refused)) => self.failed(&refused.diagnostics, &refused.sources),
        }
    }

    /// A machine's answer.
    pub(super) fn json(&self, mut value: serde_json::Value) {
        if let Some(plan) = &self.plan {
            named_in(&mut value, plan);
        }
        self.print(&format!("{:#}\n", printable::value(value)));
    }
}
