//! What keys encrypt, and how.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::merged::Merged;
use super::model::Encryption;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::kubernetes::ENCRYPTION_PROVIDERS;
use crate::read::plan::{KeyringTable as Table, Text};

pub(super) fn encryption(merged: &Merged<'_, Table>, diagnostics: &mut Diagnostics) -> Option<Encryption> {
    let resources = match merged.get(|keyring| keyring.resources.as_ref()) {
        Some(written) => resources(written, merged.name, diagnostics),
        None => Some(vec![Encryption::USUAL.into()]),
    };
    let mut providers = Some(BTreeMap::new());
    for (number, value) in merged.plan.into_iter().flat_map(|plan| &plan.providers) {
        let generation = number.value.parse::<u32>().ok().filter(|number| *number >= 1);
        let word = value.value.as_text();
        let provider = word.filter(|word| ENCRYPTION_PROVIDERS.contains(word));
        match (generation, provider) {
            (Some(generation), Some(provider)) => {
                if let Some(providers) = &mut providers {
                    providers.insert(generation, Arc::from(provider));
                }
            }
            _ => {
                providers = None;
                let message = match generation {
                    Some(_) => "this is not a provider whose keys can be derived".to_owned(),
                    None => format!("`{}` is not a generation", number.value),
                };
                let help = did_you_mean(word.unwrap_or_default(), ENCRYPTION_PROVIDERS);
                let known = "write `provider.1 = \"secretbox\"`, \"aescbc\" or \"aesgcm\"".to_owned();
                let span = if generation.is_some() { value.span } else { number.span };
                diagnostics
                    .push(Diagnostic::new(Code::BadValue, message).at(span, "").help(help.unwrap_or(known)));
            }
        }
    }
    Some(Encryption { resources: resources?, providers: providers? })
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
        let help = "write resources with their groups: `[\"secrets\", \"deployments.apps\"]`";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(span, "").help(help));
        return None;
    }
    let mut resources: Vec<Arc<str>> = written.iter().map(|text| text.value.as_str().into()).collect();
    resources.sort_unstable();
    resources.dedup();
    Some(resources)
}
