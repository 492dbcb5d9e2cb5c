//! Checks of one end of a connection, independent of the other end: they run for every program of every host.

use std::net::IpAddr;
use std::sync::Arc;

use super::authorities::Authorities;
use super::fault::{Fault, Finding, Subject};
use super::request::Request;
use crate::judge::{Likeness, Shown, shown};
use crate::wiring::{
    Chain, Credential, Dial, Held, Hidden, HostIndex, Key, Listen, Missing, Pool, Probe, Program,
    ProgramIndex, Signer, Slot, Socket, Trust, Wiring,
};

/// Everything that is wrong with single programs.
pub(super) fn review(wiring: &Wiring, requests: &[Request<'_>]) -> Vec<Finding> {
    use rayon::prelude::*;

    let programs: Vec<_> = wiring.programs.enumerate().collect();
    programs
        .into_par_iter()
        .flat_map_iter(|(index, program)| {
            let authorities = requests.get(wiring.part(index)).and_then(|request| request.authorities);
            let mut review = Review { wiring, index, program, authorities, found: Vec::new() };
            review.all();
            review.found
        })
        .collect()
}

struct Review<'w> {
    wiring: &'w Wiring,
    index: ProgramIndex,
    program: &'w Program,
    authorities: Option<&'w Authorities>,
    found: Vec<Finding>,
}

impl Review<'_> {
    fn all(&mut self) {
        let program = self.program;
        for gap in &program.refuses {
            let subject = Subject { program: self.index, slot: None, file: Some(gap.at.clone()) };
            self.push(Fault::DoesNotStart(gap.why.clone()), subject);
        }
        for gap in &program.ignores {
            let subject = Subject { program: self.index, slot: None, file: Some(gap.at.clone()) };
            self.push(Fault::Ignored(gap.why.clone()), subject);
        }
        for lacking in &program.lacks {
            let fault = Fault::NotConnected { to: Arc::clone(&lacking.to.component) };
            let slot = Some(lacking.slot.clone());
            self.push(fault, Subject { program: self.index, slot, file: Some(program.at.clone()) });
        }
        if let Some(kept) = &program.keeps {
            self.held(kept);
        }
        program.probes.iter().for_each(|probe| self.probe(probe));
        program.listens.iter().for_each(|listen| self.listen(listen));
        program.dials.iter().for_each(|dial| self.dial(dial));
        for keys in &program.keys {
            keys.signs.iter().for_each(|key| self.key(key));
            keys.verifies.iter().for_each(|held| self.held(held));
        }
        program.signers.iter().for_each(|signer| self.signer(signer));
        program.files.iter().for_each(|file| self.held(file));
        for file in program.same.iter().filter_map(|same| same.file.as_ref()) {
            self.secret(file);
        }
    }

    /// Whether the program answers where its health is asked; of one that is not known to listen, nothing is known.
    fn probe(&mut self, probe: &Probe) {
        let name = Arc::clone(&probe.name);
        let subject = Subject { program: self.index, slot: None, file: Some(probe.at.clone()) };
        let asked = probe.host.as_ref().and_then(|host| host.parse::<IpAddr>().ok());
        let elsewhere = asked.filter(|address| !address.is_loopback());
        if let Some(address) = elsewhere.filter(|address| self.is_of_another(address.to_canonical())) {
            return self.push(Fault::ProbeElsewhere { name, address }, subject);
        }
        let is_asked = |socket: &&Socket| {
            socket.port == probe.port
                && (asked.is_none() || socket.address.is_none() || socket.address == asked)
        };
        let listens = &self.program.listens;
        if listens.iter().all(|listen| listen.sockets.is_empty()) {
            return;
        }
        let there = || listens.iter().flat_map(|listen| &listen.sockets).filter(is_asked);
        if !there().any(|socket| socket.tls == probe.tls) {
            let listens = there().next().is_some();
            return self.push(Fault::Probe { name, port: probe.port, listens }, subject);
        }
        let path = probe.path.split('?').next().unwrap_or_default();
        let is_deaf = |listen: &Listen| {
            !listen.answers.is_empty()
                && listen.sockets.iter().any(|socket| is_asked(&socket))
                && !listen.answers.iter().any(|known| **known == *path)
        };
        if listens.iter().any(is_deaf) {
            self.push(Fault::ProbePath { name, path: Arc::clone(&probe.path) }, subject);
        }
    }

    /// Whether an address is that of another host here, and not of the program's.
    fn is_of_another(&self, address: IpAddr) -> bool {
        let is_own = |host: HostIndex| self.wiring.hosts[host].has(address);
        self.program.host.is_some_and(|own| {
            !is_own(own)
                && self
                    .wiring
                    .hosts
                    .indices()
                    .any(|host| self.wiring.hosts[host].addresses.contains(&address))
        })
    }

    fn listen(&mut self, listen: &Listen) {
        self.pair(listen.certificate.as_ref(), listen.key.as_ref());
        if let Some(pool) = &listen.clients {
            self.pool(pool);
        }
        for (slot, fault) in [(&listen.anonymous, Fault::Anonymous), (&listen.everybody, Fault::Everybody)] {
            if let Some(slot) = slot {
                let file = slot.at.clone().or_else(|| Some(self.program.at.clone()));
                self.push(fault, Subject { program: self.index, slot: Some(slot.clone()), file });
            }
        }
        if listen.hidden == Some(Hidden::Network) {
            let file = Some(self.program.at.clone());
            self.push(Fault::OwnNetwork, Subject { program: self.index, slot: listen.slot.clone(), file });
        }
        if listen.guarded {
            self.guarded(listen);
        }
    }

    /// Whether a listen that is to let nobody in without a certificate does so.
    fn guarded(&mut self, listen: &Listen) {
        let file = |slot: Option<&Slot>| {
            slot.and_then(|slot| slot.at.clone()).or_else(|| Some(self.program.at.clone()))
        };
        let plain = listen.sockets.iter().filter(|socket| !socket.tls).map(|socket| {
            let subject =
                Subject { program: self.index, slot: listen.slot.clone(), file: file(listen.slot.as_ref()) };
            (Fault::PlainListen { address: socket.address, port: socket.port }, subject)
        });
        let mut found: Vec<_> = plain.collect();
        // Where no TLS is spoken, nobody is asked for a certificate.
        let asks = listen.sockets.is_empty() || listen.sockets.iter().any(|socket| socket.tls);
        let open = match &listen.required {
            Some((required, slot)) => (!required).then(|| Some(slot.clone())),
            None => listen.clients.is_none().then_some(None),
        };
        if let Some(slot) = open.filter(|_| asks) {
            let file = file(slot.as_ref());
            found.push((Fault::OpenListen, Subject { program: self.index, slot, file }));
        }
        for (fault, subject) in found {
            self.push(fault, subject);
        }
    }

    fn dial(&mut self, dial: &Dial) {
        if let Credential::Pair { certificate, key } = &dial.credential {
            self.pair(Some(certificate), Some(key));
        }
        match &dial.trusts {
            Trust::Pool(pool) => self.pool(pool),
            Trust::Everybody(Some(slot)) => {
                let subject =
                    Subject { program: self.index, slot: Some(slot.clone()), file: slot.at.clone() };
                self.push(Fault::NotVerified, subject);
            }
            Trust::Everybody(None) | Trust::System => {}
        }
    }

    fn signer(&mut self, signer: &Signer) {
        self.pair(Some(&signer.certificate), Some(&signer.key));
        if let Some(chain) = signer.certificate.get().filter(|chain| chain.len() != 1) {
            let subject = self.subject(&signer.certificate);
            self.push(Fault::Signers(chain.len()), subject);
        }
    }

    fn pair(&mut self, certificate: Option<&Held<Chain>>, key: Option<&Held<Key>>) {
        certificate.into_iter().for_each(|held| self.held(held));
        key.into_iter().for_each(|held| self.key(held));
        let (Some(certificate), Some(key)) = (certificate, key) else { return };
        let (Some(chain), Some(private)) = (certificate.get(), key.get()) else { return };
        let public = chain.first().and_then(|leaf| shown(leaf).ok()).map(|leaf| leaf.public_key);
        if public.is_some_and(|public| *public != *private.public) {
            let subject = self.subject(key);
            self.push(Fault::OtherKey, subject);
        }
    }

    fn pool(&mut self, pool: &Held<Pool>) {
        self.held(pool);
        let (Some(known), Some(content)) = (self.authorities, pool.get()) else { return };
        for der in content.iter().filter(|der| !known.knows(der)) {
            let subject = self.subject(pool);
            let shown = shown(der).ok();
            let name = shown.as_ref().map(name_of).unwrap_or_default();
            let fault = match known.likeness(der) {
                Likeness::Renewed => {
                    Fault::FormerCertificate { name, until: shown.and_then(|shown| shown.until) }
                }
                Likeness::SameKey => Fault::OtherCertificate(name),
                Likeness::Others => Fault::ForeignAuthority(name),
            };
            self.push(fault, subject);
        }
    }

    fn key(&mut self, key: &Held<Key>) {
        self.secret(key);
    }

    fn secret<T>(&mut self, key: &Held<T>) {
        self.held(key);
        if let Some((mode, _)) = key.access.as_ref().filter(|(mode, _)| mode & 0o007 != 0) {
            let subject = self.subject(key);
            self.push(Fault::OpenToOthers { mode: *mode }, subject);
        }
    }

    fn held<T>(&mut self, held: &Held<T>) {
        let subject = self.subject(held);
        match &held.content {
            Err(missing @ (Missing::Absent | Missing::Wrong(_))) => {
                self.push(Fault::Material(missing.clone()), subject);
            }
            _ => self.access(held, subject),
        }
    }

    /// Whether the program's user reads a file; groups are not known here and let nobody in.
    fn access<T>(&mut self, held: &Held<T>, subject: Subject) {
        // What no input names is the plan's, for others to read.
        let Some((mode, owner)) = held.access.as_ref().filter(|_| held.slot.at.is_some()) else { return };
        let Some(user) = &self.program.user else { return };
        let is_root = matches!(&**user, "root" | "0");
        let bit = if owner == user { 0o400 } else { 0o004 };
        if !is_root && mode & bit == 0 {
            let (owner, user) = (Arc::clone(owner), Arc::clone(user));
            self.push(Fault::Unreadable { mode: *mode, owner, user }, subject);
        }
    }

    fn subject<T>(&self, held: &Held<T>) -> Subject {
        Subject { program: self.index, slot: Some(held.slot.clone()), file: Some(held.at.clone()) }
    }

    fn push(&mut self, fault: Fault, subject: Subject) {
        let finding = Finding { fault, subject, other: None, dial: None };
        // Several inputs may name one file.
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }
}

/// How people call an authority.
fn name_of(shown: &Shown) -> String {
    let parts = [&shown.common_name].into_iter().chain(&shown.organizations);
    let parts: Vec<&str> = parts.map(String::as_str).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "it has no name".to_owned() } else { parts.join(", ") }
}
