//! Tries connections that the judges accept with real handshakes: one for each kind of pair, or one for each pair.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::memo::Memo;
use super::proof::{Connection, Proof, Verdict};
use crate::handshake::{Client, Failed, Server, Shows, shake};
use crate::judge::shown;
use crate::wiring::{Chain, Credential, Held, Key, Wiring};

/// What became of the handshakes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tried {
    /// How many were made.
    pub handshakes: usize,
    /// Connections that the judges accept and the engine does not: the position of each, and why.
    pub failed: Vec<(usize, String)>,
    /// Why the engine could not try some of them, each reason once.
    pub untried: BTreeSet<String>,
}

/// Tries connections that hold. Pairs whose ends have keys of the same kinds, and chains of the same length, are alike:
/// without `all`, one of them is tried.
#[must_use]
pub fn try_handshakes(wiring: &Wiring, proof: &Proof, all: bool) -> Tried {
    let mut seen = BTreeSet::new();
    let kinds = Memo::default();
    let chosen: Vec<(usize, Pair<'_>)> = proof
        .connections
        .iter()
        .enumerate()
        .filter(|(_, connection)| matches!(connection.verdict, Verdict::Holds(_)))
        .filter_map(|(at, connection)| Some((at, Pair::of(wiring, connection)?)))
        .filter(|(_, pair)| all || seen.insert(pair.kind(&kinds)))
        .collect();
    // A client's connections follow one another: what it shows is read once for all of them.
    let groups: Vec<&[(usize, Pair<'_>)]> =
        chosen.chunk_by(|(_, one), (_, other)| one.client_address() == other.client_address()).collect();
    let servers = Servers::default();
    let results: Vec<(usize, Result<(), Failed>)> =
        groups.par_iter().flat_map_iter(|group| shake_all(group, &servers)).collect();
    let mut tried = Tried { handshakes: results.len(), ..Tried::default() };
    for (at, result) in results {
        match result {
            Ok(()) => {}
            Err(Failed::CannotTry(why)) => _ = tried.untried.insert(why),
            Err(Failed::Refused(why)) => tried.failed.push((at, why)),
        }
    }
    tried
}

/// What both ends show.
struct Pair<'w> {
    server: (&'w Chain, &'w Key),
    client: Option<(&'w Chain, &'w Key)>,
}

impl<'w> Pair<'w> {
    /// None where there is no TLS, or no key is there.
    fn of(wiring: &'w Wiring, connection: &Connection) -> Option<Self> {
        let (server, listen) = connection.server?;
        let listen = wiring.programs[server].listens.get(listen)?;
        let server = both(listen.certificate.as_ref()?, listen.key.as_ref()?)?;
        let dial = wiring.programs[connection.client].dials.get(connection.dial)?;
        let client = match &dial.credential {
            Credential::Pair { certificate, key } if listen.clients.is_some() => {
                Some(both(certificate, key)?)
            }
            _ => None,
        };
        Some(Self { server, client })
    }

    /// What an engine could make a difference of.
    fn kind(&self, kinds: &Memo<usize, String>) -> (String, Option<String>) {
        let of =
            |(chain, _): (&Chain, &Key)| kinds.get(Arc::as_ptr(chain).cast::<u8>() as usize, || kind(chain));
        (of(self.server), self.client.map(of))
    }

    /// Where certificate and key of the client are, if it shows any.
    fn client_address(&self) -> Option<(usize, usize)> {
        self.client.map(address)
    }
}

fn address((chain, key): (&Chain, &Key)) -> (usize, usize) {
    (Arc::as_ptr(chain).cast::<u8>() as usize, std::ptr::from_ref(key) as usize)
}

/// Servers that are ready, by where certificate and key are and whether they ask for a certificate.
type Servers = Memo<((usize, usize), bool), Result<Arc<Server>, Failed>>;

/// Connections of one client.
fn shake_all(group: &[(usize, Pair<'_>)], servers: &Servers) -> Vec<(usize, Result<(), Failed>)> {
    let Some((_, first)) = group.first() else { return Vec::new() };
    let client = first.client.map(shows).transpose().and_then(Client::new);
    let shaken = group.iter().map(|(at, pair)| {
        let asks = pair.client.is_some();
        let server = servers
            .get((address(pair.server), asks), || Server::new(shows(pair.server)?, asks).map(Arc::new));
        let result = match (server, &client) {
            (Ok(server), Ok(client)) => shake(&server, client),
            (Err(why), _) => Err(why),
            (_, Err(why)) => Err(why.clone()),
        };
        (*at, result)
    });
    shaken.collect()
}

fn shows<'w>((chain, key): (&'w Chain, &'w Key)) -> Result<Shows<'w>, Failed> {
    let key = key.private.as_ref().ok_or_else(|| Failed::CannotTry("there is no private key".to_owned()))?;
    Ok(Shows { chain, key })
}

fn both<'w>(certificate: &'w Held<Chain>, key: &'w Held<Key>) -> Option<(&'w Chain, &'w Key)> {
    Some((certificate.get()?, key.get().filter(|key| key.private.is_some())?))
}

/// Kind and size of the key, and how many certificates are shown.
fn kind(chain: &Chain) -> String {
    // The algorithm stands at the beginning, the key's own numbers at the end.
    let key =
        chain.first().and_then(|leaf| shown(leaf).ok()).map(|shown| shown.public_key).unwrap_or_default();
    let algorithm: Arc<[u8]> = key.iter().skip(2).take(18).copied().collect();
    format!("{} {} {}", chain.len(), key.len(), crate::values::hex(&algorithm))
}
