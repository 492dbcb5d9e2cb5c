//! The output of `pkiplan explain`, as text and as JSON.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::lookup::{FlagWords, Found, Key, KnownCode, below, settings};
use crate::plan::AtHand;
use crate::printable;
use crate::read::FileKind;
use crate::read::catalog::ComponentDocument;

/// One thing that a word means.
#[derive(Serialize)]
struct Explanation {
    /// `code`, `component`, `flag`, `key`, `setting`, `term`.
    kind: &'static str,
    /// As plans, definitions or messages write it.
    name: String,
    /// What it is, in a few words.
    is: String,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<String>,
    /// Of a code: how bad it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    /// Of a key, a setting or a flag: what it takes.
    #[serde(skip_serializing_if = "Option::is_none", rename = "type")]
    takes: Option<String>,
    /// What counts where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    /// The only values that it takes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
    /// Of a table: its keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<&'static str>,
    /// Of a component: its settings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    settings: Vec<String>,
    /// Where it is said: a section of the reference, or `file:line` of the catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
}

/// For people.
#[must_use]
pub fn explained_to_text(found: &[Found<'_>], at_hand: &AtHand) -> String {
    let texts: Vec<String> = found.iter().map(|found| text(found, at_hand)).collect();
    texts.join("\n")
}

/// For programs: a list, one object for each thing that the word means.
#[must_use]
pub fn explained_to_json(found: &[Found<'_>], at_hand: &AtHand) -> Value {
    let explanations: Vec<Explanation> = found.iter().map(|found| explanation(found, at_hand)).collect();
    serde_json::json!({ "format": 1, "explained": explanations })
}

/// A code with its severity and its explanation.
#[must_use]
pub fn code_to_text(code: &KnownCode) -> String {
    format!("{} ({})\n\n{}\n", code.name, code.severity, code.explanation)
}

fn text(found: &Found<'_>, at_hand: &AtHand) -> String {
    if let Found::Code(code) = found {
        return code_to_text(code);
    }
    let is = explanation(found, at_hand);
    let mut text = format!("{} ({})\n", is.name, is.is);
    if let Some(meaning) = &is.meaning {
        let _ = write!(text, "\n{}\n", printable::line(meaning));
    }
    let from = is.from.map(|from| match found {
        Found::Key(_) => format!("section `{from}` of the reference"),
        _ => from,
    });
    let rows = [
        ("type", is.takes),
        ("values", (!is.values.is_empty()).then(|| is.values.join(", "))),
        ("default", is.default),
        ("keys", (!is.keys.is_empty()).then(|| is.keys.join(", "))),
        ("settings", (!is.settings.is_empty()).then(|| is.settings.join(", "))),
        ("from", from),
    ];
    let mut begun = false;
    for (name, value) in rows {
        if let Some(value) = value {
            let _ =
                writeln!(text, "{}  {name:<8}  {}", if begun { "" } else { "\n" }, printable::line(&value));
            begun = true;
        }
    }
    if let Found::Component(component) = found {
        let _ = write!(text, "\n`pkiplan catalog show {}` shows all of it.\n", component.name.value);
    }
    text
}

fn explanation(found: &Found<'_>, at_hand: &AtHand) -> Explanation {
    match found {
        Found::Code(code) => Explanation {
            meaning: Some(code.explanation.to_owned()),
            severity: Some(code.severity),
            ..empty("code", code.name.to_owned(), "code of a message".to_owned())
        },
        Found::Component(component) => of_component(component, at_hand),
        Found::Flag(component, life) => {
            let name = &component.name.value;
            let shown = FlagWords::of(life);
            let from = component.flag_table.as_ref().map(|table| format!("the flag table `{}`", table.value));
            Explanation {
                meaning: shown.remarks(),
                takes: Some(shown.takes),
                from,
                ..empty(
                    "flag",
                    format!("component.{name}.flags.set.{}", life.name),
                    format!("flag of component {name}"),
                )
            }
        }
        Found::Key(key) => of_key(key),
        Found::Term(term) => Explanation {
            meaning: Some(term.meaning()),
            from: Some("the glossary".to_owned()),
            ..empty("term", term.name.to_owned(), "term of the glossary".to_owned())
        },
        Found::Setting(component, setting) => {
            let name = &component.name.value;
            Explanation {
                meaning: setting.comment.clone(),
                takes: Some(setting.kind.clone()),
                default: Some(
                    setting.default.clone().unwrap_or_else(|| "none: the plan must set it".to_owned()),
                ),
                values: setting.words.clone(),
                from: Some(at_hand.sources.place(setting.span)),
                ..empty(
                    "setting",
                    format!("component.{name}.setting.{}", setting.name),
                    format!("setting of component {name}"),
                )
            }
        }
    }
}

fn of_component(component: &ComponentDocument, at_hand: &AtHand) -> Explanation {
    let settings = settings(component, &at_hand.sources).into_iter().map(|setting| setting.name).collect();
    Explanation {
        meaning: component
            .title
            .as_ref()
            .map(|title| title.value.clone())
            .filter(|title| *title != component.name.value),
        settings,
        from: Some(at_hand.sources.place(component.span)),
        ..empty("component", component.name.value.clone(), "component of the catalog".to_owned())
    }
}

fn of_key(key: &Key) -> Explanation {
    let is = match key.file {
        FileKind::Plan => "key of a plan".to_owned(),
        file => format!("key of {} in a catalog", file.name()),
    };
    Explanation {
        meaning: key.meaning(),
        takes: Some(key.kind()),
        default: key.default(),
        keys: below(key),
        from: key.section(),
        ..empty("key", key.written(), is)
    }
}

fn empty(kind: &'static str, name: String, is: String) -> Explanation {
    Explanation {
        kind,
        name,
        is,
        meaning: None,
        severity: None,
        takes: None,
        default: None,
        values: Vec::new(),
        keys: Vec::new(),
        settings: Vec::new(),
        from: None,
    }
}
