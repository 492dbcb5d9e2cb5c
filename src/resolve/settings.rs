//! Resolves settings of components: checks their types, words and formats.

use super::model::Config;
use super::parse::{unknown, valid};
use crate::catalog::{Definition, Setting, SettingKind};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::Literal;
use crate::read::plan::Text;
use crate::source::Spanned;
use crate::values::one_line;

/// Takes over a setting that the plan gives.
pub(super) fn set(
    definition: &Definition,
    name: &Text,
    value: &Spanned<Literal>,
    config: &mut Config,
    diagnostics: &mut Diagnostics,
) {
    let Some(index) = definition.settings.iter().position(|setting| *setting.name == *name.value) else {
        let what = format!("setting of `{}` called", definition.name);
        let known = definition.settings.iter().map(|setting| &*setting.name);
        return unknown(Code::UnknownSetting, &what, name, known, diagnostics);
    };
    let wanted = match (definition.settings[index].kind, &value.value) {
        (SettingKind::Boolean, Literal::Boolean(_))
        | (SettingKind::Integer, Literal::Integer(_))
        | (SettingKind::List, Literal::List(_))
        | (SettingKind::Text, Literal::Text(_)) => None,
        (SettingKind::Port, Literal::Integer(port)) if (1..=65535).contains(port) => None,
        (SettingKind::Boolean, _) => Some("a boolean"),
        (SettingKind::Integer, _) => Some("an integer"),
        (SettingKind::List, _) => Some("an array"),
        (SettingKind::Port, _) => Some("a port, 1 to 65535"),
        (SettingKind::Text, _) => Some("a string"),
    };
    let words = &definition.settings[index].words;
    let text = value.value.as_text().filter(|text| !words.is_empty() && !words.iter().any(|w| **w == **text));
    if let Some(text) = text {
        let message = format!("`{text}` is not a valid `{}` of `{}`", name.value, definition.name);
        let help = did_you_mean(text, words.iter().map(|word| &**word));
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(value.span, "").maybe_help(help));
        return;
    }
    match wanted {
        None if !well_formed(&definition.settings[index], value, diagnostics) => {}
        None => config.settings[index] = Some(value.clone()),
        Some(wanted) => {
            let message = format!("the setting `{}` of `{}` is {wanted}", name.value, definition.name);
            let label = format!("this is {}", value.value.kind());
            diagnostics.push(Diagnostic::new(Code::WrongType, message).at(value.span, label));
        }
    }
}

/// Whether each text is one line, and has the form of its setting.
fn well_formed(setting: &Setting, value: &Spanned<Literal>, diagnostics: &mut Diagnostics) -> bool {
    let check = |text: &str| match setting.form {
        Some(form) => one_line(text).and_then(|()| form.check(text)),
        None => one_line(text),
    };
    let items = match &value.value {
        Literal::List(items) => items.as_slice(),
        _ => std::slice::from_ref(value),
    };
    let mut texts = items.iter().filter_map(|item| Some((item.value.as_text()?, item.span)));
    texts.all(|(text, span)| valid(check(text), span, Code::BadValue, diagnostics).is_some())
}
