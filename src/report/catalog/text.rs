//! The output of `pkiplan catalog` as text.

use std::fmt::Write as _;

use super::answer::{Answer, Component, Entry, List, Listing, Other, Part};
use crate::report::table::{Section, sections_to_text};

/// Columns, or lines with their numbers.
#[must_use]
pub fn to_text(answer: &Answer) -> String {
    match answer {
        Answer::List(list) => sections_to_text(&of_list(list)),
        Answer::Component(component) => sections_to_text(&of_component(component)),
        Answer::Other(other) => sections_to_text(&of_other(other)),
        Answer::Source(listing) => lines(listing),
    }
}

fn of_list(list: &List) -> Vec<Section> {
    let section = |title: &str, entries: &[Entry]| {
        let mut section = Section::new(title);
        for entry in entries {
            section.row(&entry.name, entry.about.as_deref().unwrap_or_default(), &entry.from);
        }
        section
    };
    vec![
        section("components", &list.components),
        section("profiles", &list.profiles),
        section("layouts", &list.layouts),
        section("flag tables", &list.flag_tables),
    ]
}

fn of_component(component: &Component) -> Vec<Section> {
    let mut own = Section::new(format!("component {}", component.component));
    own.row("is", component.title.as_ref().unwrap_or(&component.component), &component.from);
    own.row("place", component.place.join(", "), "");
    let rows = [
        ("versions", &component.versions),
        ("version", &component.version),
        ("flag table", &component.flag_table),
        ("unit", &component.unit),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            own.row(name, value, "");
        }
    }
    let mut settings = Section::new("settings");
    for setting in &component.settings {
        let default =
            setting.default.as_ref().map_or(", required".to_owned(), |default| format!(" = {default}"));
        settings.row(&setting.name, format!("{}{default}", setting.kind), &setting.from);
        if !setting.words.is_empty() {
            settings.row("", format!("one of {}", setting.words.join(", ")), "");
        }
        if let Some(about) = &setting.about {
            settings.row("", format!("# {about}"), "");
        }
    }
    let mut flags = Section::new("flags that it sets");
    for flag in &component.flags {
        flags.row(&flag.name, &flag.value, &flag.from);
    }
    vec![
        own,
        settings,
        flags,
        of_parts("listens", &component.listens),
        of_parts("connects to", &component.dials),
        of_parts("certificates", &component.certificates),
        of_parts("bundles", &component.bundles),
        of_parts("kubeconfigs", &component.kubeconfigs),
        of_parts("files", &component.files),
        of_parts("manifests", &component.manifests),
    ]
}

/// The first key of each stands beside its name, and what more there is below.
fn of_parts(title: &str, parts: &[Part]) -> Section {
    let mut section = Section::new(title);
    for part in parts {
        let mut keys = part.keys.iter().map(|key| format!("{} = {}", key.key, key.value));
        section.row(&part.name, keys.next().unwrap_or_default(), &part.from);
        keys.for_each(|key| section.row("", key, ""));
    }
    section
}

fn of_other(other: &Other) -> Vec<Section> {
    let about = other.about.as_ref().map(|about| format!(" ({about})")).unwrap_or_default();
    let kind = if other.kind == "flag-table" { "flag table" } else { other.kind };
    let mut section = Section::new(format!("{kind} {}{about}", other.name));
    for line in &other.lines {
        section.row(&line.name, &line.value, &line.from);
    }
    vec![section]
}

fn lines(listing: &Listing) -> String {
    let width = (listing.first + listing.lines.len()).to_string().len();
    let mut text = format!("{}\n", listing.file);
    for (number, line) in (listing.first..).zip(&listing.lines) {
        let mark = if listing.line == Some(number) { '>' } else { ' ' };
        let _ = writeln!(text, "{mark}{number:>width$} | {line}");
    }
    text
}
