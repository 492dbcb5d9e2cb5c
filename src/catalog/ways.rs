//! The ways in which VIPs are served: each one is a combination of what components serve.

use super::load::Catalog;
use super::serves::Serves;
use crate::values::Selector;

/// A way to serve VIPs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Something that is not of the plan does.
    External,
    /// Components of the catalog do, on the nodes that the VIP names.
    Carried(Vec<Serves>),
}

impl Way {
    /// The word of what others serve.
    pub const EXTERNAL: &'static str = "external";

    /// Whether nodes of the plan carry the VIP.
    #[must_use]
    pub fn is_carried(&self) -> bool {
        *self != Self::External
    }

    /// Whether the VIP's addresses move between its nodes.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.does(Serves::Address) || self.by_vrrp()
    }

    /// Whether they move by VRRP.
    #[must_use]
    pub fn by_vrrp(&self) -> bool {
        self.does(Serves::Vrrp)
    }

    /// Whether a program takes the VIP's port on its nodes.
    #[must_use]
    pub fn takes_port(&self) -> bool {
        self.does(Serves::Port)
    }

    /// Whether every node of the VIP has it for itself, on its loopback address.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.is_carried() && !self.moves()
    }

    /// Whether what comes in goes to what stands behind the VIP on the same node, at the same port.
    #[must_use]
    pub fn is_direct(&self) -> bool {
        self.is_carried() && !self.takes_port()
    }

    fn does(&self, what: Serves) -> bool {
        matches!(self, Self::Carried(all) if all.contains(&what))
    }
}

impl Catalog {
    /// Every word for a way to serve VIPs.
    pub fn ways(&self) -> impl Iterator<Item = &str> {
        let places = self.components.values().flat_map(|definition| &definition.place);
        let words =
            places.filter_map(|place| if let Selector::Vip(word) = place { Some(&**word) } else { None });
        words.chain([Way::EXTERNAL])
    }

    /// The way that a word means; none where no component serves VIPs so.
    #[must_use]
    pub fn way(&self, word: &str) -> Option<Way> {
        if word == Way::EXTERNAL {
            return Some(Way::External);
        }
        let serves = |place: &Selector| matches!(place, Selector::Vip(known) if **known == *word);
        let serving = self.components.values().filter(|known| known.place.iter().any(serves));
        let all: Vec<Serves> = serving.flat_map(|known| known.serves.iter().copied()).collect();
        (!all.is_empty()).then_some(Way::Carried(all))
    }
}
