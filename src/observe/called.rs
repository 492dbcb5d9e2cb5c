//! Adds the servers in the cluster that API servers call, as API objects name them.
//!
//! The Secret with a server's certificate is known if a planned pod behind its Service mounts it. Else it is the Secret
//! of that namespace whose certificate has the called name, or the only one there whose certificate has a name of the
//! cluster. Of any other server, nothing is known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::material::Store;
use crate::host::Place;
use crate::judge::{Dialled, is_for, shown};
use crate::kubernetes::{
    Believed, Called, CalledAt, CalledKind, TlsSecret, called, secrets_behind, tls_secrets,
};
use crate::values::Engine;
use crate::wiring::{
    Chain, Credential, Dial, Gap, Goal, Held, Key, Listen, Missing, Needs, Program, Route, Slot, Target,
    Trust, Wiring,
};

/// The listen of a server that shows a Secret.
const LISTEN: &str = "tls";
/// Servers that are called, and Secrets, at most: each pair of them is compared.
const MOST: usize = 500;
/// How names of Services end or go on (<https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/>).
const OF_SERVICES: &str = ".svc";

/// Adds what `objects` say that the component `caller` calls.
pub fn add_called(wiring: &mut Wiring, objects: &[Value], caller: &Arc<str>) {
    let (all, secrets) = (called(objects), tls_secrets(objects));
    if all.len() > MOST || secrets.len() > MOST {
        let why = format!("more than {MOST} webhooks, extension servers or Secrets with certificates");
        wiring.unread.push((None, Gap { at: Place::file(Arc::clone(caller)), why }));
        return;
    }
    let store = Store::default();
    let secrets: Vec<Server> = secrets.iter().map(|secret| Server::of(secret, &store)).collect();
    let mut clients: BTreeMap<String, Vec<Dial>> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for called in all {
        let servers = servers(objects, &secrets, &called.at);
        let goals = servers.iter().map(|secret| Some(*secret)).chain(servers.is_empty().then_some(None));
        for secret in goals {
            let dial = dial(&called, secret.map(|at| &secrets[at]), &store);
            clients.entry(called.object.clone()).or_default().push(dial);
        }
        used.extend(servers);
    }
    for (object, dials) in clients {
        let name: Arc<str> = object.into();
        wiring.programs.push(Program { dials, is_object: true, ..Program::named(Arc::clone(caller), name) });
    }
    for (_, secret) in secrets.into_iter().enumerate().filter(|(at, _)| used.contains(at)) {
        let component = Arc::clone(&secret.component);
        wiring.programs.push(Program {
            listens: vec![secret.listen()],
            is_object: true,
            ..Program::named(Arc::clone(&component), component)
        });
    }
}

/// A Secret, as a server shows it.
struct Server {
    namespace: String,
    name: String,
    /// `Secret/NAMESPACE/NAME`
    component: Arc<str>,
    certificate: Held<Chain>,
    key: Held<Key>,
}

impl Server {
    fn of(secret: &TlsSecret, store: &Store) -> Self {
        let component: Arc<str> = format!("Secret/{}/{}", secret.namespace, secret.name).into();
        let broken = || Missing::Wrong("it is not base64".to_owned());
        let certificate = secret.certificate.as_deref().ok_or_else(broken).and_then(|pem| store.chain(pem));
        let key = secret.key.as_ref().ok_or_else(broken).and_then(|pem| Store::key(pem));
        Self {
            namespace: secret.namespace.clone(),
            name: secret.name.clone(),
            certificate: held("tls.crt", &component, certificate),
            key: held("tls.key", &component, key),
            component,
        }
    }

    fn leaf(&self) -> Option<&[u8]> {
        self.certificate.get()?.first().map(AsRef::as_ref)
    }

    fn is_for(&self, name: &str) -> bool {
        let dialled = Dialled::new(name);
        dialled.is_some_and(|dialled| self.leaf().is_some_and(|leaf| is_for(leaf, &dialled)))
    }

    /// Whether it is for a name that only the cluster's own DNS knows.
    fn is_of_cluster(&self) -> bool {
        let names = self.leaf().and_then(|leaf| shown(leaf).ok()).map(|shown| shown.dns).unwrap_or_default();
        names.iter().any(|name| name.ends_with(OF_SERVICES) || name.contains(&format!("{OF_SERVICES}.")))
    }

    fn goal(&self) -> Goal {
        Goal { component: Arc::clone(&self.component), listen: LISTEN.into() }
    }

    fn listen(self) -> Listen {
        Listen {
            name: LISTEN.into(),
            sockets: Vec::new(),
            slot: None,
            hidden: None,
            certificate: Some(self.certificate),
            key: Some(self.key),
            clients: None,
            required: None,
            guarded: false,
            admits: false,
            anonymous: None,
            everybody: None,
            answers: Vec::new(),
            names: None,
            tokens: None,
            token_objects: false,
            checks_source: false,
            engine: Engine::Go,
            passes: None,
        }
    }
}

/// The positions of the Secrets that a server shows; none: it is not known.
fn servers(objects: &[Value], secrets: &[Server], at: &CalledAt) -> Vec<usize> {
    let CalledAt::Service { namespace, name, .. } = at else { return Vec::new() };
    let within: Vec<usize> = (0..secrets.len()).filter(|at| secrets[*at].namespace == *namespace).collect();
    let called = at.server_name();
    let for_name = |within: &[usize]| -> Vec<usize> {
        within.iter().copied().filter(|at| secrets[*at].is_for(&called)).collect()
    };
    let behind = secrets_behind(objects, namespace, name);
    let mounted: Vec<usize> =
        within.iter().copied().filter(|at| behind.contains(&secrets[*at].name)).collect();
    // A pod may mount others beside the one that it shows.
    let first_of = |all: Vec<usize>| match for_name(&all) {
        right if right.is_empty() => all,
        right => right,
    };
    if !mounted.is_empty() {
        return first_of(mounted);
    }
    let right = for_name(&within);
    match within[..] {
        [only] if right.is_empty() && secrets[only].is_of_cluster() => vec![only],
        _ => right,
    }
}

fn dial(called: &Called, secret: Option<&Server>, store: &Store) -> Dial {
    let (host, port) = match &called.at {
        CalledAt::Service { port, .. } => (called.at.server_name(), *port),
        CalledAt::Url { host, port } => (host.clone(), *port),
    };
    let goal = secret.map(Server::goal);
    let target = Target {
        host: host.into(),
        port,
        tls: true,
        server_name: None,
        section: None,
        route: if goal.is_some() { Route::Cluster } else { Route::Address },
    };
    let slot = |name: &str| Slot { name: name.into(), at: Some(place(&called.object)) };
    Dial {
        name: kind(called.kind).into(),
        to: goal.unwrap_or_else(|| Goal { component: called.at.object().into(), listen: LISTEN.into() }),
        targets: vec![target],
        slot: None,
        credential: Credential::Nobody,
        trusts: match &called.believed {
            Believed::System => Trust::System,
            Believed::Everybody => Trust::Everybody(Some(slot("insecureSkipTLSVerify"))),
            Believed::Broken => Trust::Pool(held(
                "caBundle",
                &called.object,
                Err(Missing::Wrong("it is not base64".to_owned())),
            )),
            Believed::Bundle(pem) => Trust::Pool(held("caBundle", &called.object, store.chain(pem))),
        },
        engine: Engine::Go,
        checks_name: true,
        any: false,
        others: false,
        looked_up: false,
        check: None,
        needs: Needs::default(),
    }
}

fn kind(kind: CalledKind) -> &'static str {
    match kind {
        CalledKind::Webhook => "webhook",
        CalledKind::Extension => "extension server",
    }
}

fn held<T>(name: &str, object: &str, content: Result<T, Missing>) -> Held<T> {
    Held {
        slot: Slot { name: name.into(), at: Some(place(object)) },
        at: place(object),
        access: None,
        content,
    }
}

/// An object of the API, where others have a file.
fn place(object: &str) -> Place {
    Place::file(object)
}
