//! Lists what a catalog contains.

use super::answer::{Entry, FORMAT, List};
use super::others::profile_about;
use crate::plan::AtHand;
use crate::source::SourceId;
use crate::values::counted;

/// All components, profiles, layouts and flag tables.
#[must_use]
pub fn list(at_hand: &AtHand) -> List {
    let AtHand { documents, catalog, sources, .. } = at_hand;
    let file = |source: SourceId| sources.get(source).name.clone();
    let components = documents.components.iter().map(|component| Entry {
        name: component.name.value.clone(),
        about: component.title.as_ref().map(|title| title.value.clone()),
        from: sources.place(component.span),
    });
    let profiles = catalog.profiles.values().map(|profile| Entry {
        name: profile.name.clone(),
        about: Some(profile_about(profile)),
        from: file(profile.source),
    });
    let mut layouts: Vec<Entry> = Vec::new();
    for layout in &documents.layouts {
        if layouts.iter().all(|known| known.name != layout.name) {
            let extends = layout.extends.as_ref().map(|other| format!("extends {}", other.value));
            layouts.push(Entry { name: layout.name.clone(), about: extends, from: file(layout.source) });
        }
    }
    let flag_tables = documents.flags.iter().map(|table| {
        let covers = table.covers.as_ref().map(|covers| format!(", versions {}", covers.value));
        Entry {
            name: table.name.clone(),
            about: Some(format!("{}{}", counted(table.flags.len(), "name"), covers.unwrap_or_default())),
            from: file(table.source),
        }
    });
    let mut list = List {
        format: FORMAT,
        components: components.collect(),
        profiles: profiles.collect(),
        layouts,
        flag_tables: flag_tables.collect(),
    };
    for entries in [&mut list.components, &mut list.layouts, &mut list.flag_tables] {
        entries.sort_by(|one, other| one.name.cmp(&other.name));
    }
    list
}
