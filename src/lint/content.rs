//! Recognises what a file contains.

use zeroize::Zeroizing;

use super::given::Given;
use super::kubeconfig::{self, Kubeconfig};
use super::openssl::{self, Configuration};
use super::pem::{self, Piece};
use super::report::Report;
use super::tokens::{self, Row};
use super::{masked, openssl::is_configuration};
use crate::diagnostics::Code;
use crate::source::{SourceId, Span};
use crate::yaml::{self, Document};

/// A file that was read.
pub(super) struct Read<'g> {
    pub(super) given: &'g Given,
    pub(super) source: SourceId,
    pub(super) content: Content,
}

/// What it holds.
pub(super) enum Content {
    /// Certificates and keys, in PEM or DER.
    Pieces(Vec<Piece>),
    Kubeconfig(Box<Kubeconfig>),
    /// YAML or JSON of another kind.
    Documents(Vec<Document>),
    /// A configuration of OpenSSL.
    Openssl(Configuration),
    /// A file of static tokens.
    Tokens(Vec<Row>),
    /// Nothing that is known.
    Unknown,
}

impl Content {
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Content::Unknown)
    }
}

impl Read<'_> {
    /// The place of a line, from 1.
    pub(super) fn at(&self, line: u32, report: &Report) -> Span {
        report.line(self.source, line)
    }
}

/// Reads a file, and says what keeps it from being read.
pub(super) fn read<'g>(given: &'g Given, report: &mut Report) -> Read<'g> {
    let bytes = match &given.bytes {
        Ok(bytes) => bytes,
        Err(why) => {
            let source = report.source(&given.name, " ".to_owned());
            report.say(
                Code::LintUnreadable,
                source.span(0..0),
                format!("{} cannot be read: {why}", given.name),
                "",
            );
            return Read { given, source, content: Content::Unknown };
        }
    };
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (content, shown) = match std::str::from_utf8(plain) {
        Ok(text) => of_text(given, text),
        Err(_) => of_bytes(plain),
    };
    let known = content.is_known();
    let source = report.source(&given.name, if shown.is_empty() { " ".to_owned() } else { shown });
    if !known && given.named {
        let help = "`lint` reads certificates and keys in PEM or DER, kubeconfigs, and configuration of the \
                    API server, OpenSSL and cfssl";
        report.say(
            Code::LintUnreadable,
            source.span(0..0),
            format!("{} is of an unknown kind", given.name),
            help,
        );
    }
    Read { given, source, content }
}

fn of_bytes(bytes: &[u8]) -> (Content, String) {
    match pem::der(bytes) {
        Some(piece) => (Content::Pieces(vec![piece]), "(DER)".to_owned()),
        // Text around PEM may have any encoding.
        None => {
            let text = Zeroizing::new(String::from_utf8_lossy(bytes).into_owned());
            let pieces = pem::pieces(&text);
            if pieces.is_empty() {
                (Content::Unknown, String::new())
            } else {
                (Content::Pieces(pieces), masked::pem(&text))
            }
        }
    }
}

fn of_text(given: &Given, text: &str) -> (Content, String) {
    let pieces = if text.contains("-----BEGIN ") && !text.trim_start().starts_with(['{', 'a', 'k']) {
        pem::pieces(text)
    } else {
        Vec::new()
    };
    if !pieces.is_empty() {
        return (Content::Pieces(pieces), masked::pem(text));
    }
    if let Some(rows) = tokens::rows(&given.path, text) {
        return (Content::Tokens(rows), masked::tokens(text));
    }
    if is_configuration(text) {
        return (Content::Openssl(openssl::read(text)), masked::plain(text));
    }
    let Ok(documents) = yaml::documents(text) else { return (Content::Unknown, masked::yaml(text)) };
    if documents.iter().any(|document| kubeconfig::is_one(&document.root)) {
        let read = kubeconfig::read(documents.into_iter().next());
        return (
            read.map_or(Content::Unknown, |read| Content::Kubeconfig(Box::new(read))),
            masked::yaml(text),
        );
    }
    let is_tree = |document: &Document| !document.root.entries().is_empty();
    if documents.iter().any(is_tree) {
        let known = documents.iter().any(is_known);
        let content = if known { Content::Documents(documents) } else { Content::Unknown };
        return (content, masked::yaml(text));
    }
    (Content::Unknown, String::new())
}

/// What says its kind, and what only cfssl has.
fn is_known(document: &Document) -> bool {
    let has = |key: &str| document.root.get(key).is_some();
    (has("kind") && has("apiVersion"))
        || has("signing")
        || (has("key") && (has("CN") || has("hosts") || has("names")))
}
