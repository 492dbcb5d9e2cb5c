//! Looks up a word.

use super::found::{Found, KnownCode};
use super::glossary::term;
use super::keys::{Key, keys};
use super::path::{is, parts};
use super::settings::settings;
use crate::diagnostics::{self, did_you_mean, nearest, resembles};
use crate::plan::AtHand;
use crate::read::catalog::ComponentDocument;
use crate::read::{ANY_NAME, FileKind, Takes, written_path};
use crate::verify;

/// The table whose names are those of components.
const LAYER: &str = "component";
/// Keys of one name that are explained together.
const TOGETHER: usize = 3;

/// Why there is nothing to explain: what may be meant instead, if something may.
#[derive(Debug)]
pub struct Unknown {
    /// The end of a sentence.
    pub help: Option<String>,
}

/// The code of that name.
///
/// # Errors
/// There is none; with what may be meant.
pub fn code(name: &str) -> Result<KnownCode, Unknown> {
    let known = diagnostics::Code::from_name(name).map(|code| KnownCode {
        name: code.name(),
        severity: code.severity().word(),
        explanation: code.explanation(),
    });
    let found = verify::Code::from_name(name).map(|code| KnownCode {
        name: code.name(),
        severity: code.severity().word(),
        explanation: code.explanation(),
    });
    known.or(found).ok_or_else(|| Unknown { help: did_you_mean(name, codes()) })
}

/// The names of all codes, of messages and of findings.
pub fn codes() -> impl Iterator<Item = &'static str> {
    let of_messages = diagnostics::Code::ALL.iter().map(|code| code.name());
    of_messages.chain(verify::Code::ALL.iter().map(|code| code.name()))
}

/// All that a word means: a term of the glossary first, then the plan's keys, then those of the catalog.
///
/// # Errors
/// It means nothing; with what may be meant.
pub fn explain<'c>(word: &str, at_hand: &'c AtHand) -> Result<Vec<Found<'c>>, Unknown> {
    if word.contains("::") {
        return Ok(vec![Found::Code(code(word)?)]);
    }
    let Some(term) = term(word.trim()) else { return of_languages(word, at_hand) };
    let mut found = vec![Found::Term(term)];
    found.extend(of_languages(word, at_hand).unwrap_or_default());
    Ok(found)
}

/// What a word means in plans and in the catalog.
fn of_languages<'c>(word: &str, at_hand: &'c AtHand) -> Result<Vec<Found<'c>>, Unknown> {
    let typed = parts(word);
    let all: Vec<Key> = FileKind::ALL.into_iter().flat_map(keys).collect();
    let mut found: Vec<Found<'c>> = of_a_component(&typed, at_hand).into_iter().collect();
    for key in &all {
        if is(&key.path, &typed) && !found.iter().any(|other| is_said(other, key)) {
            found.push(Found::Key(key.clone()));
        }
    }
    // `endpoint` alone is a key of profiles, and more often that of a cluster is meant.
    let called = called(&typed, &all);
    if !found.is_empty() {
        let known = |key: &Key| found.iter().any(|other| is_said(other, key));
        let more: Vec<&Key> =
            called.into_iter().filter(|key| key.file == FileKind::Plan && !known(key)).collect();
        if more.len() <= TOGETHER {
            found.splice(0..0, more.into_iter().cloned().map(Found::Key));
        }
        return Ok(found);
    }
    match called.len() {
        0 => {
            let tables = tables_of(&typed, &all);
            match tables.is_empty() {
                false => Ok(tables.into_iter().cloned().map(Found::Key).collect()),
                true => Err(Unknown { help: meant(&typed, &all, at_hand) }),
            }
        }
        1..=TOGETHER => Ok(called.into_iter().cloned().map(Found::Key).collect()),
        _ => {
            let names: Vec<String> = called.iter().map(|key| format!("`{}`", key.written())).collect();
            Err(Unknown { help: Some(format!("several tables have this key: {}", names.join(", "))) })
        }
    }
}

/// The tables that have a name of the user's choice, as in `[certificate.shop]`; none where it may be a misspelt key.
/// What is called after components is no choice. The plan's tables count alone.
fn tables_of<'k>(typed: &[String], all: &'k [Key]) -> Vec<&'k Key> {
    let Some((name, above)) = typed.split_last().filter(|(_, above)| !above.is_empty()) else {
        return Vec::new();
    };
    let is_misspelt = |key: &Key| {
        key.path.split_last().is_some_and(|(last, table)| is(table, above) && resembles(name, last))
    };
    let has_names = |key: &&Key| key.takes == Some(Takes::Tables) && is(&key.path, above);
    let tables: Vec<&Key> =
        all.iter().filter(has_names).filter(|key| key.path.last() != Some(&LAYER)).collect();
    if all.iter().any(is_misspelt) {
        return Vec::new();
    }
    let of_plan: Vec<&Key> = tables.iter().copied().filter(|key| key.file == FileKind::Plan).collect();
    if of_plan.is_empty() { tables } else { of_plan }
}

/// The keys that end in a word that stands alone, those that are alike once.
fn called<'k>(typed: &[String], all: &'k [Key]) -> Vec<&'k Key> {
    let mut called: Vec<&Key> = Vec::new();
    if let [name] = typed {
        for key in all.iter().filter(|key| key.path.last() == Some(&name.as_str())) {
            if !called.iter().any(|other| is_alike(other, key)) {
                called.push(key);
            }
        }
    }
    called
}

/// Whether two keys have one row: the same key at several places.
fn is_alike(one: &Key, other: &Key) -> bool {
    one.row.zip(other.row).is_some_and(|(one, other)| std::ptr::eq(one, other))
        && one.path.last() == other.path.last()
}

fn is_said(found: &Found<'_>, key: &Key) -> bool {
    matches!(found, Found::Key(other) if is_alike(other, key) && (other.path == key.path || other.file != key.file))
}

/// `COMPONENT`, `COMPONENT.SETTING`, `COMPONENT.FLAG`, each also as plans write it.
fn of_a_component<'c>(typed: &[String], at_hand: &'c AtHand) -> Option<Found<'c>> {
    let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
    let typed = match typed[..] {
        ["node" | "pool", _, "component", ref rest @ ..] | ["component", ref rest @ ..] => rest,
        _ => &typed[..],
    };
    let (name, rest) = typed.split_first()?;
    let component = component(name, at_hand)?;
    match *rest {
        [] => Some(Found::Component(component)),
        ["setting", setting] => find_setting(component, setting, at_hand),
        ["flags", "set" | "append" | "unset", flag] => find_flag(component, flag, at_hand),
        [one] => find_setting(component, one, at_hand).or_else(|| find_flag(component, one, at_hand)),
        _ => None,
    }
}

fn component<'c>(name: &str, at_hand: &'c AtHand) -> Option<&'c ComponentDocument> {
    at_hand.documents.components.iter().find(|component| component.name.value == name)
}

fn find_setting<'c>(component: &'c ComponentDocument, name: &str, at_hand: &'c AtHand) -> Option<Found<'c>> {
    let setting = settings(component, &at_hand.sources).into_iter().find(|setting| setting.name == name)?;
    Some(Found::Setting(component, setting))
}

fn find_flag<'c>(component: &'c ComponentDocument, name: &str, at_hand: &'c AtHand) -> Option<Found<'c>> {
    let table = at_hand.catalog.flags.get(&component.flag_table.as_ref()?.value)?;
    let flag = table.lives().find(|flag| flag.name == name.trim_start_matches('-'))?;
    Some(Found::Flag(component, flag))
}

/// What may be meant by parts that are the way of nothing: the longest beginning of them that is a key counts.
fn meant(typed: &[String], all: &[Key], at_hand: &AtHand) -> Option<String> {
    for length in (1..typed.len()).rev() {
        let (above, wrong) = (&typed[..length], &typed[length]);
        let of_table = |key: &&Key| key.path.split_last().is_some_and(|(_, table)| is(table, above));
        let below: Vec<&[&'static str]> = all.iter().filter(of_table).map(|key| &key.path[..]).collect();
        let last = |path: &[&'static str]| path.last().copied().unwrap_or_default();
        let near = below.iter().map(|path| last(path)).filter(|name| resembles(wrong, name));
        if let Some(name) = nearest(wrong, near) {
            let path = below.iter().find(|path| last(path) == name)?;
            return Some(format!("did you mean `{}`?", written_path(path)));
        }
        if let Some(near) = in_component(above, wrong, at_hand) {
            return Some(near);
        }
    }
    let components = at_hand.documents.components.iter().map(|component| component.name.value.as_str());
    let keys = all.iter().filter_map(|key| key.path.last().copied()).filter(|part| *part != ANY_NAME);
    let word = typed.first()?;
    let near = components.chain(keys).filter(|known| resembles(word, known));
    nearest(word, near).map(|near| format!("did you mean `{near}`?"))
}

/// A setting or a flag of a component that may be meant.
fn in_component(above: &[String], wrong: &str, at_hand: &AtHand) -> Option<String> {
    let name = match above {
        [name] => name,
        [first, name, ..] if first == "component" => name,
        _ => return None,
    };
    let component = component(name, at_hand)?;
    let settings: Vec<&str> = component.settings.iter().map(|(name, _)| name.value.as_str()).collect();
    let table = component.flag_table.as_ref().and_then(|table| at_hand.catalog.flags.get(&table.value));
    let flags = table.into_iter().flat_map(|table| table.names());
    let near = settings.into_iter().chain(flags).filter(|known| resembles(wrong, known));
    nearest(wrong, near).map(|near| format!("did you mean `{name}.{near}`?"))
}
