//! Reads hosts as their programs do, and builds the wiring.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use rayon::prelude::*;

use super::command::{Command, Paths, Runner, Unread, Word};
use super::inputs::Inputs;
use super::link::link;
use super::material::Store;
use super::named::Named;
use super::names::{image_beside, name_of, names_of, of_image, probes};
use super::program::Does;
use super::reader::{Plan, Reader};
use super::{mounts, pods, units};
use crate::catalog::{Catalog, Definition, Seen};
use crate::host::{Files, Hosts, Place};
use crate::values::Version;
use crate::wiring::{Gap, Host, Program, Wiring};

/// A host whose files are there.
pub struct HostFiles<'a> {
    /// Its name.
    pub name: Arc<str>,
    /// Its addresses, as far as they are known.
    pub addresses: Vec<IpAddr>,
    /// Its files.
    pub files: &'a dyn Files,
}

/// What is known beside the files.
pub trait Known: Sync {
    /// The version of a component on a host, where no file says it; none where nobody knows it.
    fn version(&self, host: &str, component: &Definition) -> Option<Version>;

    /// Where an artefact of a component lies on a host: `NAME` or `NAME.PART`.
    fn artefact(&self, host: &str, component: &str, name: &str) -> Option<String>;

    /// Where a dial of a component leads from a host, of which no input speaks.
    fn targets(&self, host: &str, component: &str, dial: &str) -> Vec<(String, u16)>;

    /// Where a component listens on a host, of which no input speaks.
    fn sockets(&self, host: &str, component: &str, listen: &str) -> Vec<(IpAddr, u16)>;

    /// The components that a host is to run; none where nobody knows.
    fn runs(&self, _host: &str) -> Vec<Arc<str>> {
        Vec::new()
    }

    /// Whether the plan has a flag of a component name a path and brings nothing there: others do.
    fn comes_otherwise(&self, _host: &str, _component: &str, _path: &str) -> bool {
        false
    }

    /// What a host has of which no program's inputs speak: what it is called, and what it does.
    fn others(&self, host: &str) -> Vec<(Arc<str>, Arc<Seen>)>;
}

/// Reads hosts.
#[must_use]
pub fn observe(hosts: &[HostFiles<'_>], catalog: &Catalog, known: &dyn Known) -> Wiring {
    let store = Store::default();
    let observed = hosts.par_iter().map(|host| Observer { host, catalog, known, store: &store }.all());
    gather(observed.collect(), catalog)
}

/// Reads hosts whose files are there while they are read.
#[must_use]
pub fn observe_each(
    hosts: &[(Arc<str>, Vec<IpAddr>)],
    source: &dyn Hosts,
    catalog: &Catalog,
    known: &dyn Known,
) -> Wiring {
    let store = Store::default();
    let observed = hosts.par_iter().filter_map(|(name, addresses)| {
        let mut found = None;
        source.open(name, &mut |files| {
            let host = HostFiles { name: Arc::clone(name), addresses: addresses.clone(), files };
            found = Some(Observer { host: &host, catalog, known, store: &store }.all());
        });
        found
    });
    gather(observed.collect(), catalog)
}

fn gather(observed: Vec<Observed>, catalog: &Catalog) -> Wiring {
    let mut wiring = Wiring::default();
    for host in observed {
        let index = wiring.hosts.push(host.host);
        for mut program in host.programs {
            program.host = Some(index);
            wiring.programs.push(program);
        }
        let gaps = host.unread.into_iter().map(|unread| Gap { at: unread.place, why: unread.why });
        wiring.unread.extend(gaps.map(|gap| (Some(index), gap)));
    }
    link(&mut wiring, catalog);
    wiring
}

struct Observed {
    host: Host,
    /// Whether only the running host knows the name by which it registers itself.
    is_nameless: bool,
    /// Whether what runs pods says of each folder of them that it reads it.
    says_pods: bool,
    programs: Vec<Program>,
    unread: Vec<Unread>,
}

impl Observed {
    /// Of a host whose addresses nobody named: those at which its programs listen.
    fn find_addresses(&mut self) {
        if !self.host.addresses.is_empty() {
            return;
        }
        let sockets =
            self.programs.iter().flat_map(|program| &program.listens).flat_map(|listen| &listen.sockets);
        for address in sockets.filter_map(|socket| socket.address).filter(|address| !address.is_loopback()) {
            if !self.host.addresses.contains(&address) {
                self.host.addresses.push(address);
            }
        }
        if self.host.registered.is_some() && self.host.registers.is_empty() {
            self.host.registers.extend(self.host.addresses.first());
        }
    }
}

struct Observer<'o> {
    host: &'o HostFiles<'o>,
    catalog: &'o Catalog,
    known: &'o dyn Known,
    store: &'o Store,
}

impl Observer<'_> {
    fn all(&self) -> Observed {
        let host = Host {
            name: Arc::clone(&self.host.name),
            shown: Arc::clone(&self.host.name),
            addresses: self.host.addresses.clone(),
            holds: Vec::new(),
            registered: None,
            registers: Vec::new(),
        };
        let mut observed =
            Observed { host, is_nameless: false, says_pods: false, programs: Vec::new(), unread: Vec::new() };
        let (commands, unread) = units(self.host.files);
        observed.unread.extend(unread);
        let mut folders = Vec::new();
        for command in &commands {
            self.command(command, &mut observed, &mut folders);
        }
        self.of_others(&mut observed, &mut folders, |seen| seen.pods.is_some());
        if folders.is_empty() && !observed.says_pods {
            let usual = self.programs().filter_map(|(_, seen)| seen.usual_pods.as_ref());
            folders.extend(usual.map(ToString::to_string));
        }
        let mut seen = Vec::new();
        while let Some(folder) = folders.pop() {
            if seen.contains(&folder) {
                continue;
            }
            let (commands, unread) = pods(self.host.files, &folder);
            observed.unread.extend(unread);
            for command in &commands {
                self.command(command, &mut observed, &mut folders);
            }
            seen.push(folder);
        }
        self.of_others(&mut observed, &mut Vec::new(), |_| true);
        self.planned(&mut observed);
        observed.find_addresses();
        self.missing(&mut observed);
        observed
    }

    /// Programs that are to run here, and that nothing starts.
    fn missing(&self, observed: &mut Observed) {
        for name in self.known.runs(&self.host.name) {
            let is_there = observed.programs.iter().any(|program| program.component == name);
            let definition = self.catalog.components.get(&*name).filter(|of| of.seen.is_some());
            let Some(definition) = definition.filter(|_| !is_there) else { continue };
            let unit = definition.unit.clone().unwrap_or_else(|| Arc::clone(&name));
            // What could not be read may be what starts it.
            let is_its = |unread: &Unread| unread.place.path.contains(&*name);
            let (at, why) = match observed.unread.iter().position(is_its) {
                Some(found) => {
                    let unread = observed.unread.remove(found);
                    (unread.place, unread.why)
                }
                None => (Place::file(unit.clone()), "nothing on this host starts it".to_owned()),
            };
            observed.programs.push(Program {
                is_object: false,
                version: self
                    .known
                    .version(&self.host.name, definition)
                    .unwrap_or_else(|| newest(definition)),
                refuses: vec![Gap { at, why }],
                starts: false,
                ..Program::named(Arc::clone(&name), unit)
            });
        }
    }

    /// Programs whose units others brought: their configuration is here.
    fn of_others(
        &self,
        observed: &mut Observed,
        folders: &mut Vec<String>,
        is_wanted: impl Fn(&Seen) -> bool,
    ) {
        let planned = self.known.runs(&self.host.name);
        for (definition, seen) in self.programs().filter(|(_, seen)| is_wanted(seen)) {
            let Some(path) = &seen.program.found_by else { continue };
            // The file may be that of a component that the plan has in its place.
            if !planned.is_empty() && !planned.contains(&definition.name) {
                continue;
            }
            let runs = observed.programs.iter().any(|program| program.component == definition.name);
            if runs || !matches!(self.host.files.status(path), Ok(Some(_))) {
                continue;
            }
            let name = definition.unit.clone().unwrap_or_else(|| Arc::clone(&definition.name));
            let command = command(&name, path);
            self.program((definition, seen), &command, observed, folders);
        }
    }

    /// What only the plan knows of.
    fn planned(&self, observed: &mut Observed) {
        for (component, seen) in self.known.others(&self.host.name) {
            let definition = self.catalog.components.get(&*component).map(|definition| &**definition);
            let command = command(&component, &component);
            self.read(&component, (definition, &seen), &command, observed, &mut Vec::new());
        }
    }

    fn programs(&self) -> impl Iterator<Item = (&Definition, &Seen)> {
        self.catalog
            .components
            .values()
            .filter_map(|definition| Some((&**definition, definition.seen.as_ref()?)))
    }

    fn command(&self, command: &Command, observed: &mut Observed, folders: &mut Vec<String>) {
        if let Runner::Pod { init: true, .. } = command.runner {
            return;
        }
        let names = names_of(command);
        let is_it =
            |(_, seen): &(&Definition, &Seen)| seen.program.names.iter().any(|name| names.contains(&&**name));
        let Some(found) = self.programs().find(is_it) else { return };
        let before = observed.programs.len();
        self.program(found, command, observed, folders);
        let image =
            image_beside(command).filter(|image| found.1.program.names.iter().all(|name| **name != **image));
        let is_of =
            |(_, seen): &(&Definition, &Seen)| seen.program.names.iter().any(|name| Some(&**name) == image);
        let other = self.programs().find(is_of);
        if let (Some((other, _)), Some(program)) = (other, observed.programs.get_mut(before)) {
            let why = format!("its image is the one of {}, which does not contain this program", other.name);
            program.refuses.push(Gap { at: command.place.clone(), why });
        }
    }

    fn program(
        &self,
        (definition, seen): (&Definition, &Seen),
        command: &Command,
        observed: &mut Observed,
        folders: &mut Vec<String>,
    ) {
        self.read(&Arc::clone(&definition.name), (Some(definition), seen), command, observed, folders);
    }

    fn read(
        &self,
        component: &Arc<str>,
        (definition, seen): (Option<&Definition>, &Seen),
        command: &Command,
        observed: &mut Observed,
        folders: &mut Vec<String>,
    ) {
        let name = &self.host.name;
        let said = of_image(&command.runner).or_else(|| self.known.version(name, definition?));
        let version = said.clone().or_else(|| definition.map(newest)).unwrap_or_else(unknown);
        let artefact = |wanted: &str| self.known.artefact(name, component, wanted);
        let table = definition.and_then(|definition| definition.flag_table.as_deref());
        let mut inputs = Inputs::read(
            (self.host.files, &self.catalog.fields),
            (table, seen),
            command,
            (said.as_ref(), &version),
            &artefact,
        );
        let otherwise = |path: &str| self.known.comes_otherwise(name, component, path);
        let Named { files, documents } = inputs.named(table, seen, &otherwise);
        self.register(seen, &inputs, observed, folders);
        let node = observed.host.registered.as_ref().unwrap_or(name);
        let node = (!observed.is_nameless).then(|| node.to_string());
        let targets = |dial: &str| self.known.targets(name, component, dial);
        let sockets = |listen: &str| self.known.sockets(name, component, listen);
        let planned = Plan { targets: &targets, sockets: &sockets };
        let does = Reader { inputs: &mut inputs, store: self.store, node: node.as_deref(), planned }
            .read(definition, seen);
        let Does { listens, dials, lacks, keys, same, signers } = does;
        observed.unread.append(&mut inputs.unread);
        let refused =
            command.refused.iter().map(|unread| Gap { at: unread.place.clone(), why: unread.why.clone() });
        let refused = refused.chain(mounts::refused(command, self.host.files));
        let refuses = refused.chain(std::mem::take(&mut inputs.refuses)).collect();
        observed.programs.push(Program {
            is_object: false,
            host: None,
            starts: true,
            component: Arc::clone(component),
            name: name_of(&command.runner),
            at: command.place.clone(),
            user: command.user.clone(),
            listens,
            dials,
            lacks,
            keys,
            same,
            signers,
            keeps: seen.program.keeps.as_ref().and_then(|slot| inputs.kept(slot)),
            probes: probes(command),
            inputs: inputs.flags(),
            unsure: inputs.unsure(),
            files,
            documents,
            refuses,
            ignores: std::mem::take(&mut inputs.ignores),
            version,
        });
    }

    /// What a program says of its host.
    fn register(&self, seen: &Seen, inputs: &Inputs<'_>, observed: &mut Observed, folders: &mut Vec<String>) {
        let host = &mut observed.host;
        if let Some(node) = &seen.node {
            let first = inputs.said(&node.name).and_then(|said| said.values.into_iter().next());
            observed.is_nameless = first.as_ref().is_some_and(|name| name.unknown.is_some());
            let name = first.map_or_else(|| Arc::clone(&host.name), |name| name.text);
            host.registered = (!observed.is_nameless).then_some(name);
            let addresses = node.addresses.as_ref().and_then(|slot| inputs.list(slot));
            let addresses = addresses.into_iter().flat_map(|said| said.values);
            host.registers = addresses.filter_map(|value| value.text.parse().ok()).collect();
            if host.registers.is_empty() {
                host.registers = host.addresses.first().copied().into_iter().collect();
            }
        }
        let holds = seen.holds.as_ref().filter(|_| !inputs.command.runner.is_apart());
        if let Some(said) = holds.and_then(|slot| inputs.list(slot)) {
            let address =
                |text: &str| text.split_once('/').map_or(text, |(address, _)| address).parse::<IpAddr>().ok();
            host.holds.extend(said.values.iter().filter_map(|value| address(&value.text)));
        }
        let Some(slot) = &seen.pods else { return };
        let said = inputs.said(slot).map(|said| said.values).unwrap_or_default();
        observed.says_pods |= inputs.has_tree() && said.iter().all(|value| value.unknown.is_none());
        let known = said.iter().filter(|value| value.unknown.is_none());
        folders.extend(known.filter_map(|value| Some(inputs.locate(&value.text).ok()?.to_string())));
    }
}

/// The newest version that the catalog knows of a component: whose defaults count where nobody knows which it is.
fn newest(component: &Definition) -> Version {
    let covered = component.flag_table.as_ref().and_then(|table| table.covers.newest());
    covered.unwrap_or_else(unknown)
}

fn unknown() -> Version {
    Version::new(0, 0, None)
}

/// A program that nothing here starts, known by a file.
pub(super) fn command(name: &Arc<str>, path: &Arc<str>) -> Command {
    let place = Place::file(Arc::clone(path));
    Command {
        runner: Runner::Unit { name: Arc::clone(name), enabled: true },
        program: Some(Word::new(Arc::clone(name), place.clone())),
        place,
        words: Vec::new(),
        environment: BTreeMap::new(),
        user: None,
        group: None,
        groups: Vec::new(),
        folder: None,
        paths: Paths::default(),
        probes: Vec::new(),
        refused: Vec::new(),
    }
}
