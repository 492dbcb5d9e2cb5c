//! Names of the catalog that the schema suggests or requires in plans.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::plan::AtHand;
use crate::read::plan::Text;
use crate::values::Selector;

/// The catalog at hand, and whether it is that of the plan: then there are no other words.
pub(super) struct Words<'c> {
    pub(super) at_hand: &'c AtHand,
    pub(super) whole: bool,
}

impl<'c> Words<'c> {
    /// A word that the catalog has to have.
    pub(super) fn word(&self, words: Vec<&str>) -> Value {
        if self.whole { json!({ "enum": words }) } else { suggested(&words) }
    }

    pub(super) fn components(&self) -> Vec<&'c str> {
        let components = self.at_hand.documents.components.iter();
        distinct(components.map(|component| component.name.value.as_str()))
    }

    pub(super) fn layouts(&self) -> Vec<&'c str> {
        distinct(self.at_hand.documents.layouts.iter().map(|layout| layout.name.as_str()))
    }

    pub(super) fn profiles(&self) -> Vec<&'c str> {
        self.at_hand.catalog.profiles.keys().map(String::as_str).collect()
    }

    /// Roles that profiles have; a plan may add its own.
    pub(super) fn roles(&self) -> Vec<&'c str> {
        let profiles = self.at_hand.catalog.profiles.values().flat_map(|profile| &profile.roles);
        let own = self.at_hand.plan.iter().filter_map(|plan| plan.cluster.as_ref()?.roles.as_ref()).flatten();
        distinct(profiles.chain(own).map(text))
    }

    /// What serves VIPs: `external`, and what components select.
    pub(super) fn served_by(&self) -> Vec<&'c str> {
        let places = self.at_hand.catalog.components.values().flat_map(|component| &component.place);
        let words = places.filter_map(|selector| match selector {
            Selector::Vip(word) => Some(&**word),
            _ => None,
        });
        distinct(["external"].into_iter().chain(words))
    }

    /// What components ask authorities for.
    pub(super) fn purposes(&self) -> Vec<&'c str> {
        let components = self.at_hand.catalog.components.values();
        distinct(components.flat_map(|component| component.purposes.iter().map(|purpose| &**purpose)))
    }

    /// `COMPONENT.LISTEN`
    pub(super) fn listens(&self) -> Vec<String> {
        let components = self.at_hand.documents.components.iter();
        let listens = components.flat_map(|component| {
            component.listens.iter().map(|(name, _)| format!("{}.{}", component.name.value, name.value))
        });
        listens.collect::<BTreeSet<String>>().into_iter().collect()
    }
}

fn text(text: &Text) -> &str {
    &text.value
}

fn distinct<'c>(words: impl Iterator<Item = &'c str>) -> Vec<&'c str> {
    words.collect::<BTreeSet<&str>>().into_iter().collect()
}

/// Words that an editor offers; any other is right, too.
pub(super) fn suggested(words: &[&str]) -> Value {
    json!({ "anyOf": [{ "enum": words }, { "type": "string" }] })
}
