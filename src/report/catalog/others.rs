//! Finds and describes what `pkiplan catalog show` names: a component, a profile, a layout or a flag table.

use super::answer::{Answer, FORMAT, Line, Other};
use super::component::{component, lines, written};
use crate::catalog::FlagTable;
use crate::diagnostics::did_you_mean;
use crate::lookup::FlagWords;
use crate::plan::AtHand;
use crate::read::Literal;
use crate::read::catalog::{FlagsDocument, LayoutDocument, PathsTable, ProfileDocument};
use crate::read::plan::{Named, Text};
use crate::source::{Sources, Spanned};

/// Which folder of a catalog a name is looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// `components/`
    Component,
    /// `profiles/`
    Profile,
    /// `layouts/`
    Layout,
    /// `flags/`
    FlagTable,
}

impl Thing {
    /// In the order in which a name alone is looked for.
    const ALL: [(Thing, &str); 4] = [
        (Thing::Component, "components/"),
        (Thing::Profile, "profiles/"),
        (Thing::Layout, "layouts/"),
        (Thing::FlagTable, "flags/"),
    ];
}

/// What is called so: `etcd`, or with its folder where several things have one name, `flags/etcd`.
///
/// # Errors
/// Nothing is; in words.
pub fn show(at_hand: &AtHand, name: &str) -> Result<Answer, String> {
    let said = Thing::ALL.iter().find_map(|(thing, folder)| Some((*thing, name.strip_prefix(folder)?)));
    let (things, name) = match said {
        Some((thing, name)) => (vec![thing], name),
        None => (Thing::ALL.map(|(thing, _)| thing).to_vec(), name),
    };
    let name = name.trim_end_matches('/').trim_end_matches("/component.toml").trim_end_matches(".toml");
    things.iter().find_map(|thing| find(at_hand, *thing, name)).ok_or_else(|| {
        let documents = &at_hand.documents;
        let components = documents.components.iter().map(|component| component.name.value.as_str());
        let others = at_hand.catalog.profiles.keys().map(String::as_str);
        let others = others.chain(documents.layouts.iter().map(|layout| layout.name.as_str()));
        let all = components.chain(others).chain(documents.flags.iter().map(|table| table.name.as_str()));
        let help = did_you_mean(name, all).map(|help| format!("; {help}")).unwrap_or_default();
        format!("the catalog has no component, profile, layout or flag table `{name}`{help}")
    })
}

fn find(at_hand: &AtHand, thing: Thing, name: &str) -> Option<Answer> {
    let documents = &at_hand.documents;
    match thing {
        Thing::Component => {
            let found = documents.components.iter().find(|known| known.name.value == name)?;
            Some(Answer::Component(Box::new(component(found, at_hand))))
        }
        Thing::Profile => Some(Answer::Other(profile(at_hand.catalog.profiles.get(name)?, &at_hand.sources))),
        Thing::Layout => {
            let found = documents.layouts.iter().find(|known| known.name == name)?;
            Some(Answer::Other(layout(found, &at_hand.sources)))
        }
        Thing::FlagTable => {
            let found = documents.flags.iter().find(|known| known.name == name)?;
            let table = at_hand.catalog.flags.get(name)?;
            Some(Answer::Other(flags(found, table, &at_hand.sources)))
        }
    }
}

/// A profile in a line.
pub(super) fn profile_about(profile: &ProfileDocument) -> String {
    let components: Vec<&str> = profile.components.iter().map(|name| name.value.as_str()).collect();
    components.join(", ")
}

fn profile(profile: &ProfileDocument, sources: &Sources) -> Other {
    let text = |name: &str, text: &Option<Text>| {
        text.as_ref().map(|text| Line {
            name: name.to_owned(),
            value: text.value.clone(),
            from: sources.place(text.span),
        })
    };
    let one = [
        text("layout", &profile.layout),
        text("version", &profile.version),
        text("endpoint", &profile.endpoint),
        text("served-by", &profile.served_by),
        text("users-authority", &profile.users_authority),
    ];
    let mut lines = Vec::new();
    for (name, values) in [("component", &profile.components), ("role", &profile.roles)] {
        lines.extend(values.iter().map(|value| Line {
            name: name.to_owned(),
            value: value.value.clone(),
            from: sources.place(value.span),
        }));
    }
    lines.extend(one.into_iter().flatten());
    let names = |kind: &str, names: Vec<&Text>| -> Vec<Line> {
        let line = |name: &Text| Line {
            name: kind.to_owned(),
            value: name.value.clone(),
            from: sources.place(name.span),
        };
        names.into_iter().map(line).collect()
    };
    lines.extend(names("authority", profile.authorities.iter().map(|(name, _)| name).collect()));
    lines.extend(names("keyring", profile.keyrings.iter().map(|(name, _)| name).collect()));
    lines.extend(names("user", profile.users.iter().map(|(name, _)| name).collect()));
    Other {
        format: FORMAT,
        kind: "profile",
        name: profile.name.clone(),
        about: None,
        from: sources.get(profile.source).name.clone(),
        lines,
    }
}

fn layout(layout: &LayoutDocument, sources: &Sources) -> Other {
    let mut all = lines(sources, &layout.folders);
    let mut tables = |kind: &str, named: &Named<PathsTable>| {
        for (name, table) in named {
            paths(&format!("{kind}.{}", name.value), &table.entries, sources, &mut all);
        }
    };
    tables("authority", &layout.authorities);
    tables("keyring", &layout.keyrings);
    tables("component", &layout.components);
    if let Some(default) = &layout.default {
        paths("default", &default.entries, sources, &mut all);
    }
    Other {
        format: FORMAT,
        kind: "layout",
        name: layout.name.clone(),
        about: layout.extends.as_ref().map(|other| format!("extends {}", other.value)),
        from: sources.get(layout.source).name.clone(),
        lines: all,
    }
}

/// Each path by the whole way to it.
fn paths(above: &str, entries: &[(Text, Spanned<Literal>)], sources: &Sources, all: &mut Vec<Line>) {
    for (key, value) in entries {
        let name = format!("{above}.{}", key.value);
        match &value.value {
            Literal::Table(inner) => paths(&name, inner, sources, all),
            Literal::Text(path) => {
                all.push(Line { name, value: path.clone(), from: sources.place(key.span) });
            }
            _ => all.push(Line { name, value: written(sources, value), from: sources.place(key.span) }),
        }
    }
}

fn flags(document: &FlagsDocument, table: &FlagTable, sources: &Sources) -> Other {
    let span =
        |name: &str| document.flags.iter().find(|(flag, _)| flag.value == name).map(|(flag, _)| flag.span);
    let lines = table.lives().map(|flag| {
        let known = FlagWords::of(&flag);
        let remarks = known.remarks().map(|remarks| format!(" ({remarks})")).unwrap_or_default();
        Line {
            name: flag.name.to_owned(),
            value: format!("{}{remarks}", known.takes),
            from: span(flag.name).map(|span| sources.place(span)).unwrap_or_default(),
        }
    });
    Other {
        format: FORMAT,
        kind: "flag-table",
        name: document.name.clone(),
        about: document.covers.as_ref().map(|covers| format!("versions {}", covers.value)),
        from: sources.get(document.source).name.clone(),
        lines: lines.collect(),
    }
}
