//! Finds the dials that depend on a certificate: those whose client presents it and those whose server presents it.

use super::artefacts::Holder;
use super::blueprint::Blueprint;
use super::dials;
use super::reliance::Reliance;
use crate::catalog::Dial;
use crate::resolve::{AuthorityIndex, ComponentIndex, NodeIndex, UserIndex};

impl<'a> Blueprint<'a> {
    /// The dials that hang on certificates of one kind: the component, its certificate, and the nodes whose
    /// certificates are dead, ascending.
    #[must_use]
    pub fn reliances(
        &'a self,
        component: ComponentIndex,
        certificate: usize,
        nodes: &[NodeIndex],
    ) -> Vec<Reliance<'a>> {
        let own = &self.model.components[component].definition;
        let mut found = Vec::new();
        for dial in own.dials.iter().filter(|dial| dial.certificate == Some(certificate)) {
            if self.model.external(&dial.component).is_some() {
                found.push(Reliance { component: &own.name, dial, from: nodes.to_vec(), to: Vec::new() });
                continue;
            }
            let Some((goal, listen)) = dials::goal(self.model, dial) else { continue };
            // Where nobody asks for it, a certificate is shown for nothing.
            if self.model.components[goal].definition.listens[listen].clients.is_some() {
                found.extend(self.reliance(dial, (component, nodes), (goal, &self.nodes_of(goal))));
            }
        }
        found.extend(self.borrowed(component, certificate, nodes));
        for dialling in self.model.components.indices() {
            for dial in &self.model.components[dialling].definition.dials {
                let goal = dials::goal(self.model, dial).filter(|(goal, _)| *goal == component);
                let shown = goal.and_then(|(_, listen)| own.listens[listen].certificate);
                // Who trusts nobody asks for no name and no date.
                if shown == Some(certificate) && dial.trusts.is_some() {
                    found.extend(self.reliance(
                        dial,
                        (dialling, &self.nodes_of(dialling)),
                        (component, nodes),
                    ));
                }
            }
        }
        found
    }

    /// The dials to what somebody else runs, whose servers an authority has issued.
    #[must_use]
    pub fn outward(&'a self, authority: AuthorityIndex) -> Vec<Reliance<'a>> {
        let mut found = Vec::new();
        for (position, component) in self.model.components.enumerate() {
            for dial in component.definition.dials.iter().filter(|dial| dial.trusts.is_some()) {
                let outside = self.model.external(&dial.component).is_some();
                if outside && self.shown_by(dial).is_some_and(|shown| self.is_below(shown, authority)) {
                    let (component, from) = (&component.definition.name, self.nodes_of(position));
                    found.push(Reliance { component, dial, from, to: Vec::new() });
                }
            }
        }
        found.retain(|reliance| !reliance.from.is_empty());
        found
    }

    /// The authority of what a dial meets.
    fn shown_by(&self, dial: &Dial) -> Option<AuthorityIndex> {
        let (goal, listen) = dials::goal(self.model, dial)?;
        let definition = &self.model.components[goal].definition;
        let certificate = definition.listens[listen].certificate?;
        self.model.authority_for(&definition.certificates[certificate].purpose)
    }

    /// Whether an authority is another one, or issued by it, or by one below it.
    fn is_below(&self, authority: AuthorityIndex, above: AuthorityIndex) -> bool {
        let mut at = Some(authority);
        while let Some(authority) = at.filter(|authority| *authority != above) {
            at = self.model.authorities[authority].issuer;
        }
        at.is_some()
    }

    /// The users whose kubeconfigs lead to such certificates.
    #[must_use]
    pub fn visitors(
        &self,
        component: ComponentIndex,
        certificate: usize,
        nodes: &[NodeIndex],
    ) -> Vec<UserIndex> {
        let definition = &self.model.components[component].definition;
        let to = self.model.cluster.as_ref().and_then(|cluster| cluster.endpoint_to.as_ref());
        let leads = to.is_some_and(|(name, listen)| {
            let listen = definition.listens.iter().find(|known| known.name == *listen);
            *name == definition.name && listen.is_some_and(|listen| listen.certificate == Some(certificate))
        });
        if !leads || !self.behind_the_door(component).iter().any(|node| nodes.contains(node)) {
            return Vec::new();
        }
        let holders = self.certificates.iter().map(|certificate| certificate.holder);
        holders.filter_map(|holder| if let Holder::User(user) = holder { Some(user) } else { None }).collect()
    }
}
