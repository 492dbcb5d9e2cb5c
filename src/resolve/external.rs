//! Components that somebody else runs: only dialled, never made.

use std::sync::Arc;

use super::{Model, Resolver};
use crate::catalog::Definition;
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::{External as Written, Text};
use crate::source::Span;
use crate::values::HttpsUrl;

/// A component that stands on no node of the plan.
#[derive(Debug)]
pub struct External {
    /// Which.
    pub component: Arc<str>,
    /// Where it is dialled.
    pub urls: Vec<HttpsUrl>,
    /// The authority that issues what its clients present; none: the one that serves the purpose.
    pub clients: Option<usize>,
    /// Its table.
    pub origin: Span,
}

impl Resolver<'_> {
    pub(super) fn externals(&mut self, model: &mut Model) {
        if model.cluster.is_none() {
            return;
        }
        let document = self.document;
        for (name, written) in &document.externals {
            self.external(name, written, model);
        }
    }

    fn external(&mut self, name: &Text, written: &Written, model: &mut Model) {
        let Some(component) = model.component(&name.value) else {
            let known: Vec<String> =
                model.components.iter().map(|component| component.definition.name.to_string()).collect();
            return self.unknown(Code::UnknownComponent, "component", name, known.iter().map(String::as_str));
        };
        if let Some(instance) = component.instances.first() {
            let node = &model.nodes[instance.node];
            let message =
                format!("`{}` stands on node `{}`, and somebody else runs it, too", name.value, node.name);
            let help = "take the role away from the node, or leave this table out";
            let diagnostic =
                Diagnostic::new(Code::BadValue, message).at(name.span, "says that somebody else does");
            return self.push(diagnostic.at(node.origin, "this node").help(help));
        }
        let urls: Vec<HttpsUrl> = self.parsed_all(written.urls.as_ref(), Code::BadValue);
        if written.urls.as_ref().is_some_and(Vec::is_empty) {
            let message = format!("`{}` needs at least one URL", name.value);
            self.push(Diagnostic::new(Code::BadValue, message).at(name.span, ""));
        }
        let clients = written.clients.as_ref().and_then(|text| {
            let found = model.authorities.iter().position(|authority| *authority.name == *text.value);
            if found.is_none() {
                let known: Vec<&str> = model.authorities.iter().map(|authority| &*authority.name).collect();
                self.unknown(Code::UnknownAuthority, "authority", text, known);
            }
            found
        });
        model.externals.push(External {
            component: name.value.as_str().into(),
            urls,
            clients,
            origin: name.span,
        });
    }
}

impl Model {
    /// The component of that name, if somebody else runs it.
    #[must_use]
    pub fn external(&self, component: &str) -> Option<&External> {
        self.externals.iter().find(|external| &*external.component == component)
    }

    /// The authority that issues one of a component's certificates: the one that serves its purpose, unless
    /// it is presented to somebody else's component, who accepts another one's.
    #[must_use]
    pub fn issuer(&self, definition: &Definition, certificate: usize) -> Option<usize> {
        let dials = definition.dials.iter().filter(|dial| dial.certificate == Some(certificate));
        let accepted = dials.filter_map(|dial| self.external(&dial.component)?.clients).next();
        accepted.or_else(|| self.authority_for(&definition.certificates[certificate].purpose))
    }
}
