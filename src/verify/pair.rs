//! Judges one client and one server.

use std::net::IpAddr;
use std::sync::Arc;

use super::fault::Fault;
use super::identity::Grants;
use super::judged::Judged;
use crate::judge::{Purpose, Refusal};
use crate::values::Instant;
use crate::wiring::{
    Chain, Credential, Dial, Held, Host, Listen, Missing, Needs, Pool, Signer, Socket, Target, Trust,
};

/// Both ends of a connection.
pub(super) struct Pair<'w> {
    pub(super) dial: &'w Dial,
    pub(super) target: &'w Target,
    pub(super) listen: &'w Listen,
    /// The host of the client; none of what a person has.
    pub(super) from: Option<&'w Host>,
    /// What the cluster issues certificates with that lead to the goal.
    pub(super) signers: &'w [&'w Signer],
}

/// What the judges say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Judgement {
    /// It holds, until this instant.
    Holds(Option<Instant>),
    /// It does not.
    Broken(Fault),
    /// Nobody can say, and why not.
    Unknown(String),
    /// What one end lacks was told where that end was looked at.
    Reported,
}

impl Pair<'_> {
    pub(super) fn judge(&self, judged: &Judged, grants: &Grants) -> Judgement {
        let tls = self.speaks_tls();
        if self.target.tls != tls {
            let end = if tls { super::End::Client } else { super::End::Server };
            return Judgement::Broken(Fault::Plain(end));
        }
        if !tls {
            // That everybody gets in is reported at the server.
            return if self.listen.guarded { Judgement::Reported } else { Judgement::Holds(None) };
        }
        let (server, client) = (self.server(judged), self.client(judged, grants));
        match (server, client) {
            (Judgement::Holds(one), Judgement::Holds(other)) => Judgement::Holds(earlier(one, other)),
            (Judgement::Holds(_), other) => other,
            (broken @ Judgement::Broken(_), _) => broken,
            (_, broken @ Judgement::Broken(_)) => broken,
            (first, _) => first,
        }
    }

    /// Whether TLS is spoken where it is dialled; what is dialled through others comes to some address of the listen.
    fn speaks_tls(&self) -> bool {
        let sockets = &self.listen.sockets;
        let dialled = self.target.host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let is_own = |socket: &&Socket| {
            let is_there = socket.address.is_none()
                || dialled.is_none_or(|address| socket.address == Some(address.to_canonical()));
            socket.port == self.target.port && is_there
        };
        let mut own = sockets.iter().filter(is_own).peekable();
        match own.peek() {
            Some(_) => own.any(|socket| socket.tls),
            None => sockets.is_empty() || sockets.iter().any(|socket| socket.tls),
        }
    }

    /// What the client says of the server.
    fn server(&self, judged: &Judged) -> Judgement {
        let Some(certificate) = &self.listen.certificate else {
            let is_believed =
                self.listen.sockets.is_empty() || matches!(self.dial.trusts, Trust::Everybody(_));
            return if is_believed { Judgement::Holds(None) } else { Judgement::Broken(Fault::SelfMade) };
        };
        let pool = match &self.dial.trusts {
            Trust::Everybody(_) => {
                return self.missing_answer().map_or(Judgement::Holds(None), Judgement::Broken);
            }
            Trust::System => {
                return Judgement::Unknown("it trusts the CAs of the operating system".to_owned());
            }
            Trust::Pool(held) => held,
        };
        let (chain, pool) = match (content(certificate), content(pool)) {
            (Ok(chain), Ok(pool)) => (chain, pool),
            (Err(reason), _) | (_, Err(reason)) => return reason,
        };
        match judged.path(chain, pool, Purpose::Server, self.dial.engine) {
            Err(refusal) => Judgement::Broken(Fault::ServerRefused(refusal)),
            Ok(accepted) => match self.missing_name(chain, judged).or_else(|| self.missing_answer()) {
                Some(fault) => Judgement::Broken(fault),
                None => Judgement::Holds(accepted.until),
            },
        }
    }

    /// Whoever asks shows nothing.
    fn missing_answer(&self) -> Option<Fault> {
        let (path, _) = self.dial.check.as_ref()?;
        let asked = path.split('?').next().unwrap_or_default();
        let answers = &self.listen.answers;
        let is_answered = answers.is_empty() || answers.iter().any(|known| **known == *asked);
        (!is_answered).then(|| Fault::Check { path: Arc::clone(path) })
    }

    fn missing_name(&self, chain: &Chain, judged: &Judged) -> Option<Fault> {
        if !self.dial.checks_name {
            return None;
        }
        let name = self.target.server_name.as_ref().unwrap_or(&self.target.host);
        if judged.has_name(chain, name) {
            return None;
        }
        let shown = judged.shown(chain)?.ok()?;
        Some(Fault::Name { dialled: Arc::clone(name), shown })
    }

    /// What the server says of the client.
    fn client(&self, judged: &Judged, grants: &Grants) -> Judgement {
        let required = self.listen.required.as_ref().is_some_and(|(required, _)| *required);
        let chain = match &self.dial.credential {
            Credential::Pair { certificate, .. } => certificate,
            Credential::Nobody | Credential::Token { .. } if required => {
                return Judgement::Broken(Fault::NoCertificate);
            }
            Credential::Nobody => return self.anonymous(),
            Credential::Token { digest, .. } => return self.token(digest, judged, grants),
            Credential::Unknown(why) => return Judgement::Unknown(why.clone()),
        };
        let Some(pool) = &self.listen.clients else {
            // Nobody asks for the certificate: where it stands for somebody who has rights, it is of no use.
            let names_somebody = self.listen.admits && !self.listen.guarded;
            let needed = required || names_somebody || self.dial.needs != Needs::default();
            return if needed { Judgement::Broken(Fault::NoClients) } else { Judgement::Holds(None) };
        };
        if matches!(chain.content, Err(Missing::MadeLater)) {
            return self.made_later(pool, judged);
        }
        let (chain, pool) = match (content(chain), content(pool)) {
            (Ok(chain), Ok(pool)) => (chain, pool),
            (Err(reason), _) | (_, Err(reason)) => return reason,
        };
        match judged.path(chain, pool, Purpose::Client, self.listen.engine) {
            Err(refusal) => Judgement::Broken(Fault::ClientRefused(refusal)),
            Ok(accepted) => match self.refused(chain, judged, grants) {
                Some(fault) => Judgement::Broken(fault),
                None => Judgement::Holds(accepted.until),
            },
        }
    }

    /// Whoever shows nothing may do nothing.
    fn anonymous(&self) -> Judgement {
        let needs = &self.dial.needs;
        if *needs == Needs::default() {
            return Judgement::Holds(None);
        }
        Judgement::Broken(Fault::NoCredential)
    }

    /// What the server says of a token.
    fn token(&self, digest: &[u8; 32], judged: &Judged, grants: &Grants) -> Judgement {
        let of_file = self.listen.tokens.as_ref().and_then(|held| held.get()?.get(digest));
        let of_objects = grants.tokens.get(digest).filter(|_| self.listen.token_objects);
        let Some((user, groups)) = of_file.or(of_objects) else {
            // A service account's token, or one that an object grants that is not here.
            return match grants.complete {
                true => Judgement::Broken(Fault::UnknownToken),
                false => Judgement::Unknown("the API objects are not in the trees".to_owned()),
            };
        };
        let end = grants.ends.get(digest).filter(|_| of_file.is_none()).copied();
        if let Some(end) = end.filter(|end| *end <= judged.now()) {
            return Judgement::Broken(Fault::TokenEnded(end));
        }
        let needs = &self.dial.needs;
        if grants.allow(user, groups, needs) || !grants.complete {
            return Judgement::Holds(end);
        }
        Judgement::Broken(Fault::Rights { user: user.clone(), groups: groups.clone(), needs: needs.clone() })
    }

    /// What the server will say of a certificate that the cluster issues while the client runs: it is believed where its
    /// issuer is.
    fn made_later(&self, pool: &Held<Pool>, judged: &Judged) -> Judgement {
        let pool = match content(pool) {
            Ok(pool) => pool,
            Err(reason) => return reason,
        };
        let mut until = None;
        let mut known = false;
        for chain in self.signers.iter().filter_map(|signer| signer.certificate.get()) {
            match judged.issuer(chain, pool, Purpose::Client, self.listen.engine) {
                Ok(accepted) => until = earlier(until, accepted.until),
                Err(refusal) => return Judgement::Broken(Fault::ClientRefused(refusal)),
            }
            known = true;
        }
        if known {
            Judgement::Holds(until)
        } else {
            Judgement::Unknown("the program creates it while it runs".to_owned())
        }
    }

    /// What the server has against a client whose certificate it believes.
    fn refused(&self, chain: &Chain, judged: &Judged, grants: &Grants) -> Option<Fault> {
        let shown = match judged.shown(chain)? {
            Ok(shown) => shown,
            Err(what) => {
                return Some(Fault::ClientRefused(Refusal::Malformed {
                    place: crate::judge::Place::Sent(0),
                    what,
                }));
            }
        };
        if let Some((allowed, _)) = &self.listen.names
            && !allowed.is_empty()
            && !allowed.iter().any(|name| **name == *shown.common_name)
        {
            return Some(Fault::CommonName { shown: shown.common_name.clone(), allowed: allowed.clone() });
        }
        if let Some(host) = self.from.filter(|_| self.listen.checks_source)
            && !shown.addresses.is_empty()
            && !host.addresses.is_empty()
            && !host.addresses.iter().any(|address| shown.addresses.contains(&address.to_canonical()))
        {
            return Some(Fault::Source { addresses: host.addresses.clone(), names: shown.addresses.clone() });
        }
        let needs = &self.dial.needs;
        let is_known = grants.complete || needs.user.is_some();
        let has_rights = grants.allow(&shown.common_name, &shown.organizations, needs);
        let without = grants.without(&shown.common_name, &shown.organizations);
        let needs = match without.filter(|_| grants.complete) {
            Some(role) if has_rights => &Needs { roles: vec![role], ..Needs::default() },
            _ if has_rights || !is_known => return None,
            _ => needs,
        };
        let (user, groups) = (shown.common_name.clone(), shown.organizations.clone());
        Some(Fault::Rights { user, groups, needs: needs.clone() })
    }
}

fn content<T>(held: &Held<T>) -> Result<&T, Judgement> {
    held.content.as_ref().map_err(|missing| match missing {
        Missing::Absent | Missing::Wrong(_) => Judgement::Reported,
        Missing::MadeLater => Judgement::Unknown("the program creates it while it runs".to_owned()),
        Missing::Unknown(why) => Judgement::Unknown(why.clone()),
    })
}

/// The earlier of two ends, of which none is none.
pub(super) fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
