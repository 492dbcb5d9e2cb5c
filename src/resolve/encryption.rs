//! Resolves what the keys of a keyring encrypt, and with which providers.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use super::merged::Merged;
use super::model::Encryption;
use super::parse::valid;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::kubernetes::{ENCRYPTION_PROVIDERS, Kms, KmsEndpoint, KmsName};
use crate::read::Literal;
use crate::read::plan::{KeyringTable as Table, Text};
use crate::source::Spanned;
use crate::values::{Duration, Invalid};

pub(super) fn encryption(merged: &Merged<'_, Table>, diagnostics: &mut Diagnostics) -> Option<Encryption> {
    let resources = match merged.get(|keyring| keyring.resources.as_ref()) {
        Some(written) => resources(written, merged.name, diagnostics),
        None => Some(vec![Encryption::USUAL.into()]),
    };
    let (mut providers, mut plugins) = (BTreeMap::new(), BTreeMap::new());
    let mut is_whole = true;
    for (number, value) in merged.plan.into_iter().flat_map(|plan| &plan.providers) {
        let provider = generation(number, merged, diagnostics).zip(provider(value, diagnostics));
        match provider {
            Some((generation, Provider::Plugin(kms))) if named(&plugins, &kms.name) => {
                let message = format!("generation {generation} is the plugin `{}` once more", kms.name);
                let help = "a plugin is one generation, even if it changes its key by itself";
                diagnostics.push(Diagnostic::new(Code::BadValue, message).at(value.span, "").help(help));
                is_whole = false;
            }
            Some((generation, Provider::Plugin(kms))) => {
                providers.insert(generation, kms.identity().into());
                plugins.insert(generation, kms);
            }
            Some((generation, Provider::Method(word))) => _ = providers.insert(generation, word),
            None => is_whole = false,
        }
    }
    Some(Encryption { resources: resources?, providers, plugins }).filter(|_| is_whole)
}

/// How one generation encrypts.
enum Provider {
    /// The API server, with a key that derives here.
    Method(Arc<str>),
    /// A plugin, with a key of its own.
    Plugin(Kms),
}

fn named(plugins: &BTreeMap<u32, Kms>, name: &KmsName) -> bool {
    plugins.values().any(|known| known.name == *name)
}

fn generation(number: &Text, merged: &Merged<'_, Table>, diagnostics: &mut Diagnostics) -> Option<u32> {
    let canonical = !number.value.starts_with(['0', '+']);
    let generation = number.value.parse::<u32>().ok().filter(|_| canonical);
    let imported = merged.plan.into_iter().flat_map(|plan| &plan.imported);
    let (message, help) = if generation.is_none() {
        (format!("`{}` is not a generation", number.value), "generations start at 1: write `provider.1`")
    } else if imported.into_iter().any(|(imported, _)| imported.value == number.value) {
        let message =
            format!("generation {} is imported, and the `imported` line has its provider", number.value);
        (message, "remove one of them")
    } else {
        return generation;
    };
    diagnostics.push(Diagnostic::new(Code::BadValue, message).at(number.span, "").help(help));
    None
}

fn provider(value: &Spanned<Literal>, diagnostics: &mut Diagnostics) -> Option<Provider> {
    if let Literal::Table(entries) = &value.value {
        return plugin(value, entries, diagnostics).map(Provider::Plugin);
    }
    let word = value.value.as_text();
    if let Some(word) = word.filter(|word| ENCRYPTION_PROVIDERS.contains(word)) {
        return Some(Provider::Method(word.into()));
    }
    let (message, help) = match word {
        Some(Kms::WORD) => ("a plugin needs a name and a socket".to_owned(), None),
        _ => {
            let near = did_you_mean(word.unwrap_or_default(), ENCRYPTION_PROVIDERS);
            ("keys for this provider cannot be derived".to_owned(), near)
        }
    };
    diagnostics
        .push(Diagnostic::new(Code::BadValue, message).at(value.span, "").help(help.unwrap_or_else(known)));
    None
}

/// What a provider can be.
fn known() -> String {
    let words: Vec<String> = ENCRYPTION_PROVIDERS.iter().map(|word| format!("\"{word}\"")).collect();
    let kms = Kms::WORD;
    format!("write {}, or `{{ {kms} = \"NAME\", endpoint = \"unix:///run/kms/socket\" }}`", words.join(", "))
}

fn plugin(
    value: &Spanned<Literal>,
    entries: &[(Text, Spanned<Literal>)],
    diagnostics: &mut Diagnostics,
) -> Option<Kms> {
    const KEYS: [&str; 3] = [Kms::WORD, "endpoint", "timeout"];
    let mut is_whole = true;
    for (key, _) in entries.iter().filter(|(key, _)| !KEYS.contains(&key.value.as_str())) {
        let message = format!("unknown key `{}` of a provider", key.value);
        let help = did_you_mean(&key.value, KEYS).unwrap_or_else(known);
        diagnostics.push(Diagnostic::new(Code::UnknownKey, message).at(key.span, "").help(help));
        is_whole = false;
    }
    for key in [Kms::WORD, "endpoint"] {
        if value.value.get(key).is_none() {
            let message = format!("this provider needs `{key}`");
            diagnostics.push(Diagnostic::new(Code::MissingKey, message).at(value.span, "").help(known()));
            is_whole = false;
        }
    }
    let name = entry::<KmsName>(value, Kms::WORD, Code::BadValue, diagnostics);
    let endpoint = entry::<KmsEndpoint>(value, "endpoint", Code::BadValue, diagnostics);
    let timeout = entry::<Duration>(value, "timeout", Code::BadDuration, diagnostics);
    Some(Kms { name: name??, endpoint: endpoint??, timeout: timeout? }).filter(|_| is_whole)
}

/// A text of a table that may be absent; the outer `None` means that it is wrong.
fn entry<T: FromStr<Err = Invalid>>(
    table: &Spanned<Literal>,
    key: &str,
    code: Code,
    diagnostics: &mut Diagnostics,
) -> Option<Option<T>> {
    let Some(value) = table.value.get(key) else { return Some(None) };
    match value.value.as_text() {
        Some(text) => valid(text.parse(), value.span, code, diagnostics).map(Some),
        None => {
            let message = format!("`{key}` must be a string, not {}", value.value.kind());
            diagnostics.push(Diagnostic::new(Code::WrongType, message).at(value.span, ""));
            None
        }
    }
}

fn resources(written: &[Text], name: &Text, diagnostics: &mut Diagnostics) -> Option<Vec<Arc<str>>> {
    let good = |text: &&Text| {
        let mut characters = text.value.chars();
        !text.value.is_empty()
            && characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.*".contains(c))
    };
    let wrong = written.iter().find(|text| !good(text));
    if wrong.is_some() || written.is_empty() {
        let (message, span) = match wrong {
            Some(text) => (format!("`{}` is not a resource", text.value), text.span),
            None => (format!("keyring `{}` encrypts nothing", name.value), name.span),
        };
        let help = "write resources with their API groups: `[\"secrets\", \"deployments.apps\"]`";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(span, "").help(help));
        return None;
    }
    let mut resources: Vec<Arc<str>> = written.iter().map(|text| text.value.as_str().into()).collect();
    resources.sort_unstable();
    resources.dedup();
    Some(resources)
}
