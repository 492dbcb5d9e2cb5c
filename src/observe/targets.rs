//! Determines the addresses that a program dials.

use std::sync::Arc;

use super::inputs::Said;
use super::kubeconfig::Kubeconfig;
use super::reader::Reader;
use super::sockets::target;
use crate::catalog::{SeenDial, Slot as Source, Targets};
use crate::values::Cidr;
use crate::wiring::{Held, Pool, Route, Slot, Target};

impl Reader<'_, '_> {
    pub(super) fn targets(
        &mut self,
        dial: &SeenDial,
        kubeconfig: Option<&Result<(Said, Kubeconfig), Held<Pool>>>,
    ) -> (Vec<Target>, Option<Slot>) {
        let own = |mut target: Target| {
            target.server_name = dial.server_name.clone().or(target.server_name);
            target
        };
        let route =
            |route| Target { host: "".into(), port: 0, tls: true, server_name: None, section: None, route };
        match &dial.targets {
            Targets::Urls(slot) => {
                let Some(said) = self.inputs.list(slot) else { return (Vec::new(), None) };
                self.urls(said, own)
            }
            Targets::Kubeconfig => {
                if let Some(said) = dial.server.as_ref().and_then(|slot| self.inputs.list(slot)) {
                    // The kubeconfig's `tls-server-name` does not count beside it (client-go, client_config.go).
                    return self.urls(said, own);
                }
                let Some(Ok((said, read))) = kubeconfig else { return (Vec::new(), None) };
                let Some(server) = &read.server else { return (Vec::new(), Some(said.slot.clone())) };
                let Some(mut found) = target(&server.text, None) else {
                    self.unread_at(&server.place, "it is not a URL");
                    return (Vec::new(), Some(said.slot.clone()));
                };
                found.server_name = read.tls_server_name.as_ref().map(|name| Arc::clone(&name.text));
                let slot = Slot { name: Arc::clone(&said.slot.name), at: Some(server.place.clone()) };
                (vec![own(found)], Some(slot))
            }
            // The hosts are known only together.
            Targets::Nodes(slot) => {
                let said = slot.as_ref().and_then(|slot| self.inputs.list(slot));
                (Vec::new(), said.map(|said| said.slot))
            }
            Targets::Service { networks, names } => self.service(networks, names),
            Targets::Itself => (vec![own(route(Route::Itself))], None),
            Targets::Plan => {
                let planned = (self.planned.targets)(&dial.name);
                let targets = planned
                    .into_iter()
                    .map(|(host, port)| own(Target { host: host.into(), port, ..route(Route::Address) }));
                (targets.collect(), None)
            }
        }
    }

    fn urls(&mut self, said: Said, own: impl Fn(Target) -> Target) -> (Vec<Target>, Option<Slot>) {
        let targets = said.values.iter().filter_map(|value| {
            if let Some(unknown) = &value.unknown {
                self.unread(value, &unknown.why);
                return None;
            }
            let found = target(&value.text, value.section.clone());
            if found.is_none() {
                self.unread(value, "it is not a URL");
            }
            found.map(&own)
        });
        (targets.collect(), Some(said.slot))
    }

    /// The first address of each network, and the names of the service.
    fn service(&self, networks: &Source, names: &[Arc<str>]) -> (Vec<Target>, Option<Slot>) {
        let Some(said) = self.inputs.list(networks) else { return (Vec::new(), None) };
        let first = said.values.first().and_then(|value| value.text.parse::<Cidr>().ok());
        let address = first.and_then(|cidr| cidr.nth(1)).map(|address| Arc::from(address.to_string()));
        let targets = address.iter().chain(names).map(|host| Target {
            host: Arc::clone(host),
            port: 443,
            tls: true,
            server_name: None,
            section: None,
            route: Route::Cluster,
        });
        (targets.collect(), Some(said.slot))
    }
}
