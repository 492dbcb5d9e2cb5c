//! Messages as text for people, drawn by miette.

use std::fmt;
use std::fmt::Write as _;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::view::{View, Views};
use super::{Diagnostic, Diagnostics, Severity};
use crate::printable;
use crate::source::{Sources, Span};

/// Messages shown in full before the rest is only counted.
const SHOWN: usize = 50;

/// How to draw.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// Columns to wrap at.
    pub width: usize,
}

/// All messages as text, each followed by an empty line.
#[must_use]
pub fn render(diagnostics: &Diagnostics, sources: &Sources, style: Style) -> String {
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(false)
        .with_context_lines(1)
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
        .with_break_words(false)
        .without_cause_chain();
    let handler = if style.color { handler } else { handler.without_syntax_highlighting() };
    let sorted = diagnostics.sorted();
    let mut text = String::new();
    let reported = &sorted[..sorted.len().min(SHOWN)];
    let labels = reported.iter().flat_map(|diagnostic| &diagnostic.labels);
    let views = Views::of(labels.map(|label| label.span.source), sources);
    for diagnostic in reported {
        let report = Report::new(diagnostic, &views).allowed(diagnostics.why_allowed(diagnostic.code));
        if handler.render_report(&mut text, &report).is_err() {
            let _ = writeln!(text, "{}", report.message);
        }
        text.push('\n');
    }
    if sorted.len() > SHOWN {
        let _ = writeln!(text, "and {} more\n", sorted.len() - SHOWN);
    }
    text.lines().fold(String::with_capacity(text.len()), |mut trimmed, line| {
        trimmed.push_str(line.trim_end());
        trimmed.push('\n');
        trimmed
    })
}

/// A diagnostic in the shape that miette draws. Labels in a second source become a related report.
struct Report<'a> {
    code: &'static str,
    severity: Severity,
    message: String,
    help: Option<String>,
    source: Option<&'a View<'a>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Report<'a>>,
}

impl<'a> Report<'a> {
    fn new(diagnostic: &Diagnostic, views: &'a Views<'a>) -> Self {
        let first = diagnostic.labels.first().map(|label| label.span.source);
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            diagnostic.labels.iter().partition(|label| Some(label.span.source) == first);
        let labeled = |span: Span, text: &str, primary: bool| {
            let text = (!text.is_empty()).then(|| printable::line(text).into_owned());
            let range = views.get(span.source).map_or((0, 0), |view| view.place(span));
            if primary {
                LabeledSpan::new_primary_with_span(text, range)
            } else {
                LabeledSpan::new_with_span(text, range)
            }
        };
        let labels =
            here.iter().enumerate().map(|(i, label)| labeled(label.span, &label.text, i == 0)).collect();
        let related = elsewhere
            .iter()
            .map(|label| Report {
                code: "",
                severity: Severity::Advice,
                message: printable::line(&label.text).into_owned(),
                help: None,
                source: views.get(label.span.source),
                labels: vec![labeled(label.span, "", true)],
                related: Vec::new(),
            })
            .collect();
        Report {
            code: diagnostic.code.name(),
            severity: diagnostic.code.severity(),
            message: printable::line(&diagnostic.message).into_owned(),
            help: diagnostic.help.as_deref().map(|help| printable::lines(help).into_owned()),
            source: first.and_then(|id| views.get(id)),
            labels,
            related,
        }
    }

    /// The same as something that the plan allows.
    fn allowed(mut self, why: Option<&str>) -> Self {
        if let Some(why) = why {
            self.severity = Severity::Advice;
            self.help = Some(format!("allowed by the plan: {}", printable::line(why)));
        }
        self
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        (!self.code.is_empty()).then(|| Box::new(self.code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Advice => miette::Severity::Advice,
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn miette::Diagnostic> + 'b>> {
        let all = self.related.iter().map(|report| report as &dyn miette::Diagnostic);
        (!self.related.is_empty())
            .then(|| Box::new(all) as Box<dyn Iterator<Item = &'b dyn miette::Diagnostic>>)
    }
}
