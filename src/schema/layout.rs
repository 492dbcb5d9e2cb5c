//! The schema of paths in layouts.

use serde_json::{Map, Value, json};

use super::words::Words;
use crate::catalog::{OF_AUTHORITY, OF_CERTIFICATE, OF_KEYRING};
use crate::read::catalog::ComponentDocument;
use crate::read::plan::Named;

/// `[authority.PURPOSE]`
pub(super) fn authorities() -> Value {
    by_name(texts(OF_AUTHORITY.into_iter()))
}

/// `[keyring.NAME]`
pub(super) fn keyrings() -> Value {
    by_name(texts(OF_KEYRING.into_iter()))
}

/// `[component.NAME]`
pub(super) fn components(words: &Words<'_>) -> Value {
    let all = words.at_hand.documents.components.iter();
    let known: Map<String, Value> =
        all.map(|component| (component.name.value.clone(), component_paths(component))).collect();
    json!({ "type": "object", "properties": known, "additionalProperties": !words.whole })
}

fn component_paths(component: &ComponentDocument) -> Value {
    let certificate = texts(OF_CERTIFICATE.into_iter());
    let certificates = names(&component.certificates).map(|name| (name.to_owned(), certificate.clone()));
    closed([
        ("binary".to_owned(), json!({ "type": "string" })),
        ("certificate".to_owned(), closed(certificates)),
        ("bundle".to_owned(), texts(names(&component.bundles))),
        ("kubeconfig".to_owned(), texts(names(&component.kubeconfigs))),
        ("file".to_owned(), texts(names(&component.files))),
    ])
}

fn names<T>(named: &Named<T>) -> impl Iterator<Item = &str> {
    named.iter().map(|(name, _)| name.value.as_str())
}

fn texts<'n>(keys: impl Iterator<Item = &'n str>) -> Value {
    closed(keys.map(|key| (key.to_owned(), json!({ "type": "string" }))))
}

fn closed(properties: impl IntoIterator<Item = (String, Value)>) -> Value {
    let properties: Map<String, Value> = properties.into_iter().collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn by_name(schema: Value) -> Value {
    json!({ "type": "object", "additionalProperties": schema })
}
