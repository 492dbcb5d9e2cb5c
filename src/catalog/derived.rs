//! Descriptions of inputs that no definition describes: of components without `[seen]`, users, standalone certificates.

use std::sync::Arc;

use super::definition::Definition;
use super::seen::{ListensAt, Needs, Program, Seen, SeenDial, SeenListen, Slot, Source, Targets};
use crate::source::Span;
use crate::values::{Engine, Usage};

impl Seen {
    /// Nothing but the program's name.
    pub(super) fn empty(span: Span) -> Self {
        Self {
            program: Program {
                span,
                names: Vec::new(),
                configuration: None,
                kinds: Vec::new(),
                only: None,
                found_by: None,
                environment: None,
                keeps: None,
                one_dash: false,
            },
            listens: Vec::new(),
            dials: Vec::new(),
            keys: Vec::new(),
            same: Vec::new(),
            files: Vec::new(),
            signers: Vec::new(),
            node: None,
            pods: None,
            usual_pods: None,
            holds: None,
            roles: Vec::new(),
        }
    }

    /// What a person has: a kubeconfig that leads there.
    #[must_use]
    pub fn of_person(to: (Arc<str>, Arc<str>), span: Span) -> Self {
        let dial = SeenDial {
            kubeconfig: Some(Slot::of(Source::Artefact("kubeconfig".into()))),
            targets: Targets::Kubeconfig,
            ..SeenDial::of("kubeconfig".into(), span, to)
        };
        Self { dials: vec![dial], ..Self::empty(span) }
    }

    /// What can be said of a component whose program's inputs are not described: its certificates and bundles lie where
    /// the plan has them, and it listens and dials as the plan says.
    #[must_use]
    pub fn derived(definition: &Definition) -> Self {
        let artefact = |name: String| Slot::of(Source::Artefact(name.into()));
        let part = |certificate: Option<usize>, part: &str| {
            let name = &definition.certificates.get(certificate?)?.name;
            Some(artefact(format!("{name}.{part}")))
        };
        let bundle =
            |bundle: Option<usize>| Some(artefact(definition.bundles.get(bundle?)?.name.to_string()));
        let listens = definition.listens.iter().map(|listen| SeenListen {
            at: ListensAt::Plan,
            certificate: part(listen.certificate, "certificate"),
            key: part(listen.certificate, "key"),
            clients: bundle(listen.clients),
            required: Some(Slot::always(listen.clients_required)),
            ..SeenListen::of(Arc::clone(&listen.name), listen.span)
        });
        let dials = definition.dials.iter().enumerate().filter(|(at, _)| !is_aside(definition, *at)).map(
            |(at, dial)| {
                let mut of = definition
                    .kubeconfigs
                    .iter()
                    .filter(|kubeconfig| kubeconfig.contexts.iter().any(|c| c.dial == at));
                let kubeconfig = of.next().map(|kubeconfig| artefact(kubeconfig.name.to_string()));
                let pair = kubeconfig.is_none();
                SeenDial {
                    targets: if pair { Targets::Plan } else { Targets::Kubeconfig },
                    certificate: part(dial.certificate.filter(|_| pair), "certificate"),
                    key: part(dial.certificate.filter(|_| pair), "key"),
                    trusts: bundle(dial.trusts.filter(|_| pair)),
                    // What trusts nothing of the plan has its trust from elsewhere.
                    verifies: !pair || dial.trusts.is_some(),
                    unverified: None,
                    kubeconfig,
                    ..SeenDial::of(
                        Arc::clone(&dial.name),
                        dial.span,
                        (Arc::clone(&dial.component), Arc::clone(&dial.listen)),
                    )
                }
            },
        );
        Self { listens: listens.collect(), dials: dials.collect(), ..Self::empty(definition.span) }
    }

    /// What can be said of a certificate that belongs to no component: whoever has its roots believes it.
    #[must_use]
    pub fn of_pair(component: &Arc<str>, usages: &[Usage], span: Span) -> Self {
        let slot = |name: &str| Some(Slot::of(Source::Artefact(name.into())));
        let name: Arc<str> = "files".into();
        let shows = |usage| usages.is_empty() || usages.contains(&usage);
        let (server, client) = (shows(Usage::Server), shows(Usage::Client));
        let listen = SeenListen {
            at: ListensAt::Nowhere,
            certificate: slot("certificate").filter(|_| server),
            key: slot("key").filter(|_| server),
            clients: slot("roots").filter(|_| client),
            ..SeenListen::of(Arc::clone(&name), span)
        };
        let dial = SeenDial {
            targets: Targets::Itself,
            certificate: slot("certificate").filter(|_| client),
            key: slot("key").filter(|_| client),
            trusts: slot("roots").filter(|_| server),
            verifies: server,
            unverified: None,
            checks_name: false,
            ..SeenDial::of(Arc::clone(&name), span, (Arc::clone(component), name))
        };
        Self { listens: vec![listen], dials: vec![dial], ..Self::empty(span) }
    }
}

impl SeenListen {
    fn of(name: Arc<str>, span: Span) -> Self {
        Self {
            name,
            span,
            at: ListensAt::Plan,
            certificate: None,
            key: None,
            clients: None,
            required: None,
            names: None,
            tokens: None,
            token_objects: None,
            pool_requires: false,
            anonymous: None,
            everybody: None,
            answers: Vec::new(),
            checks_source: false,
            engine: Engine::Go,
            passes: None,
        }
    }
}

impl SeenDial {
    fn of(name: Arc<str>, span: Span, to: (Arc<str>, Arc<str>)) -> Self {
        Self {
            name,
            span,
            to,
            targets: Targets::Plan,
            kubeconfig: None,
            server: None,
            certificate: None,
            key: None,
            later: None,
            trusts: None,
            verifies: true,
            unverified: None,
            needs_trust: false,
            engine: Engine::Go,
            checks_name: true,
            any: false,
            others: false,
            check: None,
            needs: Needs::default(),
            server_name: None,
            expects: None,
        }
    }
}

/// Whether a dial stands in a context of a kubeconfig that is not its current one: nothing takes it by itself.
fn is_aside(definition: &Definition, dial: usize) -> bool {
    let mut of =
        definition.kubeconfigs.iter().filter(|kubeconfig| kubeconfig.contexts.iter().any(|c| c.dial == dial));
    of.next().is_some_and(|kubeconfig| kubeconfig.contexts.first().is_some_and(|first| first.dial != dial))
}
