//! Derives what a program does from its inputs: where it listens, what it dials, whom it trusts.

use std::net::IpAddr;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::command::Runner;
use super::inputs::Input;
use super::reader::Reader;
use super::sockets::socket;
use crate::catalog::{self, Definition, ListensAt, Seen, SeenDial, SeenListen, Source, Targets};
use crate::host::Place;
use crate::kubernetes::token_file;
use crate::wiring::{
    Credential, Dial, Goal, Held, Hidden, Keys, Lacking, Listen, Missing, Needs, Passes, Same, Signer, Slot,
    Socket, Tokens, Trust,
};

/// Where the name of the node stands in what a server must allow.
const NODE: &str = "{node}";

/// What a program does, but for whose it is.
#[derive(Default)]
pub(super) struct Does {
    pub(super) listens: Vec<Listen>,
    pub(super) dials: Vec<Dial>,
    pub(super) lacks: Vec<Lacking>,
    pub(super) keys: Vec<Keys>,
    pub(super) same: Vec<Same>,
    pub(super) signers: Vec<Signer>,
}

impl Reader<'_, '_> {
    pub(super) fn read(&mut self, definition: Option<&Definition>, seen: &Seen) -> Does {
        let mut dials: Vec<Dial> = seen.dials.iter().filter_map(|dial| self.dial(dial)).collect();
        let done = done(seen, &dials);
        dials.retain(|dial| !done.contains(&dial.name));
        Does {
            listens: seen.listens.iter().map(|listen| self.listen(definition, (seen, listen))).collect(),
            lacks: definition.map(|definition| self.lacks(definition, seen, &dials)).unwrap_or_default(),
            dials,
            keys: seen.keys.iter().map(|keys| self.keys(keys)).collect(),
            same: seen.same.iter().map(|same| self.same(same)).collect(),
            signers: seen.signers.iter().filter_map(|signer| self.signer(signer)).collect(),
        }
    }

    /// Dials that the component has wherever it runs.
    fn lacks(&self, definition: &Definition, seen: &Seen, dials: &[Dial]) -> Vec<Lacking> {
        let is_planned = |dial: &&SeenDial| definition.dials.iter().any(|known| known.name == dial.name);
        let is_there = |dial: &&SeenDial| dials.iter().any(|found| found.name == dial.name);
        let missing = seen.dials.iter().filter(is_planned).filter(|dial| !is_there(dial));
        let lacking = missing.filter_map(|dial| {
            let slot = match &dial.targets {
                Targets::Urls(slot) => slot,
                _ => dial.kubeconfig.as_ref()?,
            };
            let to = Goal { component: Arc::clone(&dial.to.0), listen: Arc::clone(&dial.to.1) };
            Some(Lacking { dial: Arc::clone(&dial.name), to, slot: self.inputs.absent(slot) })
        });
        lacking.collect()
    }

    fn listen(&mut self, definition: Option<&Definition>, (seen, listen): (&Seen, &SeenListen)) -> Listen {
        let planned = definition.and_then(|d| d.listens.iter().find(|known| known.name == listen.name));
        let (sockets, slot, hidden) = self.sockets(&listen.name, &listen.at);
        let (sockets, hidden) = self.at_host(sockets, hidden, planned.is_some());
        let clients = listen.clients.as_ref().and_then(|slot| self.inputs.pool(self.store, slot));
        let required = listen.required.as_ref().and_then(|slot| {
            let said = self.inputs.said(slot)?;
            let value = said.values.first().filter(|value| value.unknown.is_none())?;
            Some((&*value.text == "true" || listen.pool_requires && clients.is_some(), said.slot))
        });
        let names = listen.names.as_ref().and_then(|slot| {
            let said = self.inputs.list(slot)?;
            let is_known = said.values.iter().all(|value| value.unknown.is_none());
            is_known.then(|| (said.values.into_iter().map(|value| value.text).collect(), said.slot))
        });
        Listen {
            name: Arc::clone(&listen.name),
            sockets,
            slot,
            hidden,
            certificate: listen.certificate.as_ref().and_then(|slot| self.inputs.chain(self.store, slot)),
            key: listen.key.as_ref().and_then(|slot| self.inputs.key(slot)),
            clients,
            required,
            guarded: planned.is_some_and(|planned| planned.clients_required),
            admits: planned.is_some_and(|planned| planned.clients.is_some()),
            anonymous: listen.anonymous.as_ref().and_then(|slot| self.slot_that_is(slot, "true")),
            everybody: listen.everybody.as_ref().and_then(|(slot, value)| self.slot_that_is(slot, value)),
            answers: listen.answers.clone(),
            names,
            tokens: self.tokens(listen),
            token_objects: listen.token_objects.as_ref().is_some_and(|slot| self.inputs.is_true(slot)),
            checks_source: listen.checks_source,
            engine: listen.engine,
            passes: listen.passes.as_ref().map(|passes| self.passes(passes, (seen, listen))),
        }
    }

    /// The tokens of a file by their digests, with user and groups.
    fn tokens(&self, listen: &SeenListen) -> Option<Held<Tokens>> {
        let said = self.inputs.said(listen.tokens.as_ref()?)?;
        let input = said.values.first()?;
        Some(self.inputs.held(&said.slot, input, |bytes| {
            let text =
                std::str::from_utf8(bytes).map_err(|_| Missing::Wrong("it is not UTF-8".to_owned()))?;
            let tokens = token_file(text).into_iter();
            let known =
                tokens.map(|line| (Sha256::digest(line.token.as_bytes()).into(), (line.user, line.groups)));
            Ok(known.collect())
        }))
    }

    fn passes(&mut self, passes: &catalog::Passes, (seen, listen): (&Seen, &SeenListen)) -> Passes {
        let mut sections = passes.section.as_ref().map(|slot| self.sections(slot)).unwrap_or_default();
        let dial = seen.dials.iter().find(|dial| dial.name == passes.dial);
        if let (ListensAt::Urls(door), Some(Targets::Urls(behind))) =
            (&listen.at, dial.map(|dial| &dial.targets))
        {
            // What comes in where lines of both stand goes out there.
            let both = self.inputs.sections_of_both(door, behind);
            sections.extend(both.into_iter().map(|name| (Arc::clone(&name), name)));
        }
        Passes { dial: Arc::clone(&passes.dial), sections }
    }

    fn sections(&mut self, slot: &crate::catalog::Slot) -> Vec<(Arc<str>, Arc<str>)> {
        let said = self.inputs.said(slot);
        let values: Vec<Input> = said.into_iter().flat_map(|said| said.values).collect();
        for value in &values {
            if self.inputs.names_section(slot, &value.text) {
                continue;
            }
            let at = value.at.clone().unwrap_or_else(|| self.inputs.command.place.clone());
            let name = &value.text;
            self.inputs.refuse(
                &at,
                &format!("its configuration has no section `{name}`, to which it forwards connections"),
            );
        }
        let values = values.into_iter();
        values.filter_map(|value| Some((value.section?, value.text))).collect()
    }

    /// What of the sockets of a pod with a network of its own is reached at its host: ports that lead there.
    fn at_host(
        &self,
        sockets: Vec<Socket>,
        hidden: Option<Hidden>,
        is_planned: bool,
    ) -> (Vec<Socket>, Option<Hidden>) {
        let Runner::Pod { host_network: false, ports, .. } = &self.inputs.command.runner else {
            return (sockets, hidden);
        };
        let led = |socket: &Socket| {
            let (_, host) = ports.iter().find(|(own, _)| *own == socket.port)?;
            Some(Socket { address: None, port: *host, ..socket.clone() })
        };
        let left: Vec<Socket> = sockets.iter().filter_map(led).collect();
        let is_cut = is_planned && left.is_empty() && !sockets.is_empty();
        (left, if is_cut { Some(Hidden::Network) } else { hidden })
    }

    fn sockets(&mut self, listen: &str, at: &ListensAt) -> (Vec<Socket>, Option<Slot>, Option<Hidden>) {
        match at {
            ListensAt::Nowhere => (Vec::new(), None, None),
            ListensAt::Plan => {
                let planned = (self.planned.sockets)(listen).into_iter();
                let socket =
                    |(address, port)| Socket { address: Some(address), port, tls: true, section: None };
                (planned.map(socket).collect(), None, None)
            }
            ListensAt::Urls(slot) => {
                let Some(said) = self.inputs.list(slot) else { return (Vec::new(), None, None) };
                let known = said.values.iter().filter(|value| value.unknown.is_none());
                let sockets = known.filter_map(|value| {
                    let found = socket(&value.text, value.section.clone());
                    if found.is_none() {
                        self.unread(value, "it is not an address to listen on");
                    }
                    found
                });
                let mut sockets: Vec<Socket> = sockets.collect();
                sockets.sort();
                sockets.dedup();
                let hidden = self.hidden(&said.values);
                (sockets, Some(said.slot), hidden)
            }
            ListensAt::Port { addresses, port } => {
                let Some(said) = self.inputs.said(port) else { return (Vec::new(), None, None) };
                let addresses = addresses.as_ref().and_then(|slot| self.inputs.list(slot));
                let addresses = addresses.map(|said| said.values);
                let hidden = self.hidden(said.values.iter().chain(addresses.iter().flatten()));
                let number = said.values.first().and_then(|value| value.text.parse::<u16>().ok());
                let Some(number) = number.filter(|number| *number > 0) else {
                    return (Vec::new(), Some(said.slot), hidden);
                };
                let sockets = match addresses {
                    None => vec![Socket { address: None, port: number, tls: true, section: None }],
                    Some(addresses) => {
                        let one = |value: &Input| {
                            let address = value.text.parse::<IpAddr>().ok()?;
                            let address = (!address.is_unspecified()).then_some(address.to_canonical());
                            Some(Socket { address, port: number, tls: true, section: None })
                        };
                        addresses.iter().filter_map(one).collect()
                    }
                };
                (sockets, Some(said.slot), hidden)
            }
        }
    }

    /// Why not all of where a program listens is known; it is reported, too.
    fn hidden<'v>(&mut self, values: impl IntoIterator<Item = &'v Input>) -> Option<Hidden> {
        let mut found = None;
        for value in values {
            let Some(unknown) = &value.unknown else { continue };
            self.unread(value, &unknown.why);
            found = found.or_else(|| Some(Hidden::Unknown(Arc::clone(&unknown.why))));
        }
        found
    }

    fn dial(&mut self, dial: &SeenDial) -> Option<Dial> {
        let kubeconfig = match &dial.kubeconfig {
            // Nothing names one: the program has no such dial.
            Some(slot) => Some(self.inputs.kubeconfig(slot)?),
            None => None,
        };
        let (mut targets, slot) = self.targets(dial, kubeconfig.as_ref());
        let expected = dial.expects.as_ref().and_then(|slot| self.inputs.said(slot));
        let expected = expected.and_then(|said| Some(Arc::clone(&said.values.first()?.text)));
        if let Some(name) = &expected {
            targets.iter_mut().for_each(|target| target.server_name = Some(Arc::clone(name)));
        }
        let (credential, trusts) = match &kubeconfig {
            Some(Ok((said, read))) => {
                (self.inputs.credential(self.store, said, read), self.inputs.trust(self.store, said, read))
            }
            Some(Err(held)) => {
                let unknown = Credential::Unknown("its kubeconfig cannot be read".to_owned());
                (unknown, Trust::Pool(held.clone()))
            }
            None => (self.inputs.pair(self.store, dial), self.inputs.trusted(self.store, dial)),
        };
        let made = dial.later.as_ref().is_some_and(|slot| self.inputs.said(slot).is_some());
        let credential = if made { made_later(credential) } else { credential };
        if targets.is_empty()
            && matches!(dial.targets, Targets::Urls(_) | Targets::Service { .. })
            && slot.is_none()
        {
            return None;
        }
        Some(Dial {
            name: Arc::clone(&dial.name),
            to: Goal { component: Arc::clone(&dial.to.0), listen: Arc::clone(&dial.to.1) },
            targets,
            slot,
            credential,
            trusts,
            engine: dial.engine,
            checks_name: dial.checks_name || expected.is_some(),
            any: dial.any,
            others: dial.others,
            looked_up: matches!(dial.targets, Targets::Nodes(_)),
            check: dial.check.as_ref().and_then(|slot| {
                let said = self.inputs.said(slot)?;
                let path = said.values.first().filter(|path| path.unknown.is_none())?;
                Some((Arc::clone(&path.text), said.slot))
            }),
            needs: Needs {
                roles: dial.needs.roles.clone(),
                user: dial.needs.user.as_ref().and_then(|user| self.of_node(user)),
                group: dial.needs.group.clone(),
            },
        })
    }

    /// A text about the node; none where it is about a name that only the running host knows.
    fn of_node(&self, text: &Arc<str>) -> Option<Arc<str>> {
        match self.node {
            Some(node) => Some(text.replace(NODE, node).into()),
            None => (!text.contains(NODE)).then(|| Arc::clone(text)),
        }
    }

    pub(super) fn unread(&mut self, input: &Input, why: &str) {
        let at = input.at.clone().unwrap_or_else(|| self.inputs.command.place.clone());
        self.unread_at(&at, why);
    }

    pub(super) fn unread_at(&mut self, at: &Place, why: &str) {
        self.inputs.unread.push(super::command::Unread::new(at.clone(), why));
    }
}

/// The dials without a kubeconfig that a program needs only until it has made a credential, where it has one: a kubelet
/// does not look at `--bootstrap-kubeconfig` any more (pkg/kubelet/certificate/bootstrap), and kubeadm removes the file.
fn done(seen: &Seen, dials: &[Dial]) -> Vec<Arc<str>> {
    let of = |name: &Arc<str>| dials.iter().find(|dial| dial.name == *name);
    let is_absent =
        |dial: &Dial| matches!(&dial.trusts, Trust::Pool(held) if held.content == Err(Missing::Absent));
    let has_pair = |dial: &Dial| match &dial.credential {
        Credential::Pair { certificate, key } => certificate.get().is_some() && key.get().is_some(),
        _ => false,
    };
    let made = seen.dials.iter().filter(|known| of(&known.name).is_some_and(has_pair));
    let made: Vec<&[Source]> = made.filter_map(|known| Some(&*known.later.as_ref()?.sources)).collect();
    let is_done = |known: &&SeenDial| {
        let slot = known.kubeconfig.as_ref();
        slot.is_some_and(|slot| made.contains(&&*slot.sources)) && of(&known.name).is_some_and(is_absent)
    };
    seen.dials.iter().filter(is_done).map(|known| Arc::clone(&known.name)).collect()
}

/// What is not there yet is made while the program runs.
fn made_later(credential: Credential) -> Credential {
    let Credential::Pair { mut certificate, mut key } = credential else { return credential };
    if certificate.content == Err(Missing::Absent) {
        certificate.content = Err(Missing::MadeLater);
    }
    if matches!(key.content, Err(Missing::Absent)) {
        key.content = Err(Missing::MadeLater);
    }
    Credential::Pair { certificate, key }
}
