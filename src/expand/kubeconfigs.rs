//! Kubeconfigs that a component reads from another component on the same host.

use std::collections::BTreeSet;

use super::blueprint::Blueprint;
use super::dials;
use super::reliance::Reliance;
use crate::catalog::{KubeconfigContext, Template};
use crate::diagnostics::{Code, Diagnostic};
use crate::expression::to_text;
use crate::resolve::{ComponentIndex, InstanceIndex, NodeIndex};

/// A kubeconfig on a host, by positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KubeconfigAt {
    /// The component.
    pub component: ComponentIndex,
    /// Its instance.
    pub instance: InstanceIndex,
    /// The kubeconfig in its definition.
    pub kubeconfig: usize,
}

impl<'a> Blueprint<'a> {
    /// The kubeconfig of another component of the host that is read instead of this one; none: its own.
    ///
    /// # Errors
    /// Where the other one is not there, or reads somebody else's itself.
    pub fn read_instead(&self, of: KubeconfigAt) -> Result<Option<KubeconfigAt>, Diagnostic> {
        let Some(written) = self.written_other(of)? else { return Ok(None) };
        let components = &self.model.components;
        let node = components[of.component].instances[of.instance].node;
        let refuse = |why: &str| {
            let definition = self.definition(of.component);
            let node = &self.model.nodes[node].name;
            let message =
                format!("`{}` uses the kubeconfig `{written}`, {why} on node `{node}`", definition.name);
            let help = "place it on the same nodes as that component, or give it its own kubeconfig";
            let span = definition.kubeconfigs[of.kubeconfig].span;
            Err(Diagnostic::new(Code::UnknownReference, message).at(span, "").help(help))
        };
        let found = written.split_once('.').and_then(|(name, kubeconfig)| {
            let component = components.position(|known| *known.definition.name == *name)?;
            let other = &components[component];
            let instance = other.instances.position(|instance| instance.node == node)?;
            let kubeconfig = other.definition.kubeconfigs.iter().position(|k| *k.name == *kubeconfig)?;
            Some(KubeconfigAt { component, instance, kubeconfig })
        });
        let Some(other) = found else { return refuse("which does not exist") };
        if !self.is_there(other)? || self.written_other(other)?.is_some() {
            return refuse("which is not its own");
        }
        Ok(Some(other))
    }

    /// The components that show a token of a keyring, and their nodes, ascending.
    #[must_use]
    pub fn holders_of_token(&self, keyring: &str) -> Vec<(&'a str, Vec<NodeIndex>)> {
        let model = self.model;
        let mut found = Vec::new();
        for (component, of) in model.components.enumerate() {
            let shows = |context: &KubeconfigContext| context.token.as_deref() == Some(keyring);
            let all = of.definition.kubeconfigs.iter().enumerate();
            let with_token: Vec<usize> =
                all.filter(|(_, one)| one.contexts.iter().any(shows)).map(|(i, _)| i).collect();
            let holds = |instance: InstanceIndex| {
                let at = |kubeconfig: &usize| KubeconfigAt { component, instance, kubeconfig: *kubeconfig };
                // What is wrong with a condition was reported where the host was rendered.
                with_token.iter().any(|kubeconfig| self.is_there(at(kubeconfig)).unwrap_or(false))
            };
            let on = of.instances.enumerate().filter(|(i, _)| holds(*i)).map(|(_, instance)| instance.node);
            let mut on: Vec<NodeIndex> = on.collect();
            on.sort_unstable();
            if !on.is_empty() {
                found.push((&*of.definition.name, on));
            }
        }
        found
    }

    /// Whether the condition of a kubeconfig holds.
    fn is_there(&self, at: KubeconfigAt) -> Result<bool, Diagnostic> {
        let when = self.definition(at.component).kubeconfigs[at.kubeconfig].when.as_ref();
        when.map_or(Ok(true), |when| self.evaluated(at, when).map(|value| value.is_true()))
    }

    /// `COMPONENT.NAME`, where the catalog says so.
    fn written_other(&self, of: KubeconfigAt) -> Result<Option<String>, Diagnostic> {
        let Some(other) = &self.definition(of.component).kubeconfigs[of.kubeconfig].of else {
            return Ok(None);
        };
        Ok(Some(to_text(&self.evaluated(of, other)?)).filter(|written| !written.is_empty()))
    }

    fn evaluated(
        &self,
        at: KubeconfigAt,
        template: &Template,
    ) -> Result<crate::expression::Value, Diagnostic> {
        let scope = self.scope(at.component, at.instance).build();
        template.evaluate(&self.catalog.engine, &scope, self.sources)
    }

    /// The dials of components that show a certificate because they read the kubeconfig of the one whose it is.
    pub(super) fn borrowed(
        &'a self,
        component: ComponentIndex,
        certificate: usize,
        nodes: &[NodeIndex],
    ) -> Vec<Reliance<'a>> {
        let mut found = Vec::new();
        let lender = &self.model.components[component].definition;
        let shows = |kubeconfig: usize| {
            let contexts = lender.kubeconfigs[kubeconfig].contexts.iter();
            contexts.map(|c| &lender.dials[c.dial]).any(|dial| dial.certificate == Some(certificate))
        };
        if !(0..lender.kubeconfigs.len()).any(shows) {
            return found;
        }
        for (position, borrower) in self.model.components.enumerate() {
            for (kubeconfig, own) in borrower.definition.kubeconfigs.iter().enumerate() {
                if own.of.is_none() || position == component {
                    continue;
                }
                let reads = |&(instance, _): &(InstanceIndex, NodeIndex)| {
                    let at = KubeconfigAt { component: position, instance, kubeconfig };
                    // What is wrong with it was reported where the host was rendered.
                    let other = self.read_instead(at).unwrap_or_default();
                    other.is_some_and(|other| other.component == component && shows(other.kubeconfig))
                };
                let instances = borrower.instances.enumerate().map(|(i, on)| (i, on.node));
                let on = instances.filter(|(_, node)| nodes.binary_search(node).is_ok());
                let from: Vec<NodeIndex> = on.filter(reads).map(|(_, node)| node).collect();
                let dials: BTreeSet<usize> = own.contexts.iter().map(|context| context.dial).collect();
                for dial in dials.into_iter().map(|dial| &borrower.definition.dials[dial]) {
                    let Some((goal, _)) = dials::goal(self.model, dial) else { continue };
                    found.extend(self.reliance(dial, (position, &from), (goal, &self.nodes_of(goal))));
                }
            }
        }
        found
    }
}
