//! The text format of `NAME.applied`: parsing and writing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Deserialize;

use super::{Applied, FORMAT, KeyState, Keys, OnHost};
use crate::diagnostics::{Code, Diagnostic};
use crate::lock::escape;
use crate::source::SourceId;
use crate::values::PlainText;

/// The first line; what follows it is data.
pub const COMMENT: &str =
    "# Written by `pkiplan applied`: commit it beside the plan. There is no secret in it.\n";

/// What is wrong with the text.
pub type BadApplied = Box<Diagnostic>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    format: u32,
    #[serde(default)]
    hosts: BTreeMap<String, HostText>,
    #[serde(default)]
    lock: BTreeMap<String, BTreeMap<String, KeyText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HostText {
    lock: String,
    at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct KeyText {
    r#use: u32,
    trust: Vec<u32>,
    plain_text: Option<String>,
}

/// Reads the file.
///
/// # Errors
/// What is wrong with it, at its place.
pub fn parse(text: &str, source: SourceId) -> Result<Applied, BadApplied> {
    let refuse = |why: &str, range: Option<std::ops::Range<usize>>| {
        let help = "only `pkiplan applied` writes this file: restore it from git, or remove it and record the hosts again";
        let diagnostic = Diagnostic::new(Code::BadApplied, why.to_owned()).help(help);
        Box::new(diagnostic.at(source.span(range.unwrap_or(0..0)), ""))
    };
    let read: Text = toml::from_str(text).map_err(|error| refuse(error.message(), error.span()))?;
    if read.format != FORMAT {
        return Err(refuse(
            &format!("its format is {}, and this version of pkiplan reads {FORMAT}", read.format),
            None,
        ));
    }
    let mut applied = Applied::default();
    for (digest, keys) in read.lock {
        let keys: Option<Keys> = keys.into_iter().map(|(id, key)| Some((id.into(), state(key)?))).collect();
        let keys =
            keys.ok_or_else(|| refuse(&format!("the generations of `{digest}` do not go together"), None))?;
        applied.states.insert(digest.into(), Arc::new(keys));
    }
    for (host, on) in read.hosts {
        let lock: Arc<str> = on.lock.into();
        let at = on.at.parse().ok().filter(|_| applied.states.contains_key(&lock));
        let at = at.ok_or_else(|| refuse(&format!("the entry of `{host}` cannot be read"), None))?;
        applied.hosts.insert(host.into(), OnHost { lock, at });
    }
    Ok(applied)
}

fn state(key: KeyText) -> Option<KeyState> {
    let plain_text = match &key.plain_text {
        Some(word) => PlainText::from_word(word)?,
        None => PlainText::Unsaid,
    };
    let sorted = key.trust.is_sorted_by(|a, b| a < b);
    sorted.then_some(KeyState { used: key.r#use, trust: key.trust, plain_text })
}

impl Applied {
    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = format!("{COMMENT}format = {FORMAT}\n\n[hosts]\n");
        for (host, on) in &self.hosts {
            let _ = writeln!(out, "{} = {{ lock = {}, at = \"{}\" }}", quoted(host), quoted(&on.lock), on.at);
        }
        for (lock, keys) in &self.states {
            let _ = write!(out, "\n[lock.{}]\n", quoted(lock));
            for (id, key) in &**keys {
                let trust: Vec<String> = key.trust.iter().map(ToString::to_string).collect();
                let said = key.plain_text.said().map(|word| format!(", plain-text = \"{word}\""));
                let _ = writeln!(
                    out,
                    "{} = {{ use = {}, trust = [{}]{} }}",
                    quoted(id),
                    key.used,
                    trust.join(", "),
                    said.unwrap_or_default()
                );
            }
        }
        out
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    escape(&mut out, text);
    out.push('"');
    out
}
