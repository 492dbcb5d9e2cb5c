//! The law of reading back: what the programs of built hosts are seen to do is what the plan means.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use pkiplan::build::{self, Unwritten};
use pkiplan::catalog::{ListensAt, Targets};
use pkiplan::decide::{Draft, Request};
use pkiplan::expand::Blueprint;
use pkiplan::observe::observe_each;
use pkiplan::read::{Bounds, Disk};
use pkiplan::resolve::{ComponentIndex, InstanceIndex};
use pkiplan::specification::CertificateIndex;
use pkiplan::stored::Stored;
use pkiplan::verify::Planned;
use pkiplan::wiring::{Credential, Dial, Held, Listen, Program, Trust, Wiring};
use pkiplan::workspace::{Opened, PlanFiles};

use proptest::prop_assert;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::Lab;
use crate::support::generated::shapes;

const AT: &str = "2027-01-01T00:00:00Z";

/// What a plan means, and what is seen of its hosts.
struct Seen<'s> {
    blueprint: &'s Blueprint<'s>,
    draft: &'s Draft,
    wiring: &'s Wiring,
    /// What differs, in words.
    differs: Vec<String>,
    /// How many facts were compared.
    facts: usize,
}

fn differences(plan: &Path) -> (usize, Vec<String>) {
    let bounds = Bounds::default();
    let disk = Disk::around(plan, &bounds).unwrap();
    let Ok(opened) = Opened::read(&disk, PlanFiles::of(plan)) else { panic!("{}", plan.display()) };
    let Ok(expanded) = opened.expand() else { panic!("{}", plan.display()) };
    let Ok(mut decided) = expanded.decide(Request::new(AT.parse().unwrap()), "0") else { panic!() };
    let material = build::rehearse(&mut decided.expanded.blueprint, &mut decided.draft);
    let Ok(credentials) = build::issue(decided.blueprint(), &decided.draft, &material) else { panic!() };
    let units = Unwritten::new(&credentials);
    let blueprint = decided.blueprint();
    let planned = Planned::new(blueprint);
    let hosts: Vec<_> = planned.hosts().map(|(_, name, addresses)| (name, addresses)).collect();
    let wiring = observe_each(&hosts, &units, blueprint.catalog, &planned);
    assert_eq!(wiring.hosts.iter().count(), hosts.len());
    assert_eq!(units.end().ok(), Some(Vec::new()));
    let mut seen = Seen { blueprint, draft: &decided.draft, wiring: &wiring, differs: Vec::new(), facts: 0 };
    for (_, gap) in &wiring.unread {
        seen.differs.push(format!("{}: {}", gap.at, gap.why));
    }
    seen.all();
    (seen.facts, seen.differs)
}

impl Seen<'_> {
    fn all(&mut self) {
        let mut programs: BTreeMap<(String, String), &Program> = BTreeMap::new();
        for program in self.wiring.programs.iter() {
            let host = self.wiring.hosts[program.host.unwrap()].name.to_string();
            let before = programs.insert((host, program.component.to_string()), program);
            assert!(before.is_none(), "one program of each kind on a host");
        }
        let mut expected = BTreeSet::new();
        for (c, component) in self.blueprint.model.components.enumerate() {
            for (i, instance) in component.instances.enumerate() {
                let host = self.blueprint.model.nodes[instance.node].name.as_str().to_owned();
                let key = (host, component.definition.name.to_string());
                match programs.get(&key) {
                    Some(program) => self.program(c, i, program),
                    None => self.differs.push(format!("{key:?} does not run")),
                }
                expected.insert(key);
            }
        }
        let more =
            programs.keys().filter(|key| !expected.contains(*key) && !key.1.starts_with("certificate."));
        self.differs.extend(more.map(|key| format!("{key:?} runs, and is not planned")));
    }

    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, expected: &T, seen: &T) {
        self.facts += 1;
        if expected != seen {
            self.differs.push(format!("{what}: planned {expected:?}, seen {seen:?}"));
        }
    }

    fn program(&mut self, c: ComponentIndex, i: InstanceIndex, program: &Program) {
        let definition = self.blueprint.definition(c).clone();
        let what = |part: &str| format!("{} {part} of {}", program.component, program.name);
        self.same(&what("refuses"), &Vec::new(), &program.refuses);
        self.same(&what("ignores"), &Vec::new(), &program.ignores);
        for (at, planned) in definition.listens.iter().enumerate() {
            let listen = program.listens.iter().find(|listen| listen.name == planned.name);
            let Some(listen) = listen else {
                self.differs.push(what(&format!("listen.{} is not seen", planned.name)));
                continue;
            };
            let places = &self.blueprint.places[c][i].listens[at];
            let expected: BTreeSet<(IpAddr, u16)> =
                places.addresses.iter().map(|address| (address.to_canonical(), places.port)).collect();
            let covered: BTreeSet<(IpAddr, u16)> =
                expected.iter().filter(|(address, port)| hears(listen, *address, *port)).copied().collect();
            self.same(&what(&planned.name), &expected, &covered);
            let certificate = planned.certificate.and_then(|k| self.blueprint.instance_certificate(c, i, k));
            let expected = certificate.map(|certificate| self.chain(certificate));
            self.same(&what("shows"), &expected, &listen.certificate.as_ref().and_then(serials));
            let expected = planned.clients.map(|bundle| self.held(c, i, bundle));
            self.same(&what("lets in"), &expected, &listen.clients.as_ref().and_then(serials).map(sorted));
            if planned.clients.is_some()
                && definition.seen.as_ref().is_some_and(|seen| requires(seen, &planned.name))
            {
                let required = listen.required.as_ref().is_some_and(|(required, _)| *required);
                self.same(&what("requires"), &planned.clients_required, &required);
            }
        }
        for (at, planned) in definition.dials.iter().enumerate() {
            // Nothing takes another context of a kubeconfig than its current one by itself.
            if definition.kubeconfigs.iter().any(|file| file.contexts.iter().skip(1).any(|c| c.dial == at)) {
                continue;
            }
            let Some(dial) = program.dials.iter().find(|dial| dial.name == planned.name) else {
                self.differs.push(what(&format!("dial.{} is not seen", planned.name)));
                continue;
            };
            self.dial((c, i, at), dial, program);
        }
    }

    fn dial(&mut self, (c, i, at): (ComponentIndex, InstanceIndex, usize), dial: &Dial, program: &Program) {
        let definition = self.blueprint.definition(c).clone();
        let planned = &definition.dials[at];
        let what =
            |part: &str| format!("{} dial.{} {part} of {}", program.component, dial.name, program.name);
        let targets = self.blueprint.targets(c, i, at);
        let mut expected: BTreeSet<(String, u16)> =
            targets.into_iter().map(|target| (target.host, target.port)).collect();
        let mut seen: BTreeSet<(String, u16)> =
            dial.targets.iter().map(|target| (target.host.to_string(), target.port)).collect();
        let slots = definition.seen.as_ref();
        let slots = slots.and_then(|seen| seen.dials.iter().find(|seen| seen.name == dial.name));
        if slots.is_some_and(|slots| matches!(slots.targets, Targets::Urls(_)))
            && planned.listen.contains("peer")
        {
            // Members name themselves, too, and each other by every address.
            seen.retain(|target| expected.contains(target));
        }
        if dial.targets.is_empty() {
            expected.clear();
        }
        self.same(&what("leads"), &expected, &seen);
        let certificate = planned.certificate.and_then(|k| self.blueprint.instance_certificate(c, i, k));
        let expected = certificate.map(|certificate| self.chain(certificate));
        let shown = match &dial.credential {
            Credential::Pair { certificate, .. } => serials(certificate),
            _ => None,
        };
        // Another component's kubeconfig, or one that the cluster rotates, shows another's.
        if expected.is_some() {
            self.same(&what("shows"), &expected, &shown);
        }
        if let Some(bundle) = planned.trusts {
            let expected = Some(self.held(c, i, bundle));
            let trusted = match &dial.trusts {
                Trust::Pool(pool) => serials(pool).map(sorted),
                _ => None,
            };
            self.same(&what("trusts"), &expected, &trusted);
        }
    }

    fn chain(&self, certificate: CertificateIndex) -> Vec<String> {
        self.blueprint.chain(certificate).into_iter().map(|one| self.serial(one)).collect()
    }

    fn held(&self, c: ComponentIndex, i: InstanceIndex, bundle: usize) -> Vec<String> {
        sorted(self.blueprint.held(c, i, bundle).0.into_iter().map(|one| self.serial(one)).collect())
    }

    fn serial(&self, certificate: CertificateIndex) -> String {
        self.draft.certificates[certificate].serial.to_string()
    }
}

/// Whether a listen answers at an address.
fn hears(listen: &Listen, address: IpAddr, port: u16) -> bool {
    listen.sockets.iter().any(|socket| socket.port == port && socket.address.is_none_or(|own| own == address))
}

fn requires(seen: &pkiplan::catalog::Seen, name: &str) -> bool {
    let listen = seen.listens.iter().find(|listen| &*listen.name == name);
    listen.is_some_and(|listen| listen.required.is_some() && !matches!(listen.at, ListensAt::Nowhere))
}

fn serials<T: AsRef<[pkiplan::wiring::Der]>>(held: &Held<T>) -> Option<Vec<String>> {
    let chain = held.get()?.as_ref();
    Some(chain.iter().map(|der| Stored::from_der(der).unwrap().serial.to_string()).collect())
}

fn sorted(mut all: Vec<String>) -> Vec<String> {
    all.sort();
    all
}

/// Every plan of the repository, under its own layout and under each built-in one, as units and as static pods.
#[test]
fn what_is_seen_of_built_hosts_is_what_is_planned() {
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
    let (mut facts, mut wrong) = (0, Vec::new());
    for entry in fs::read_dir(plans).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_none_or(|extension| extension != "toml") || name == "ten-thousand" {
            continue;
        }
        let lab = Lab::bare(&name);
        let plan = lab.read("cluster.toml");
        for (variant, text) in variants(&plan) {
            lab.write("cluster.toml", &text);
            let (compared, differs) = differences(&lab.path("cluster.toml"));
            facts += compared;
            wrong.extend(differs.into_iter().map(|what| format!("{name} {variant}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "{} of {facts} facts differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(facts > 2000, "{facts}");
}

/// Plans that nobody wrote: the law holds for each, and all of their connections are proven. `GENERATED=1000` for
/// more of them.
#[test]
fn the_law_holds_for_generated_plans() {
    let cases = std::env::var("GENERATED").map_or(10, |cases| cases.parse().unwrap());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let holds = TestRunner::new_with_rng(config, random).run(&shapes(), |shape| {
        let lab = Lab::empty();
        lab.write("cluster.toml", &shape.plan());
        let checked = lab.run(&["check", "cluster.toml"]);
        prop_assert!(checked.code == 0, "{}\n{}", shape.plan(), checked.err);
        let (facts, differs) = differences(&lab.path("cluster.toml"));
        prop_assert!(differs.is_empty(), "{}\n{}", shape.plan(), differs.join("\n"));
        prop_assert!(facts > 40, "{facts}");
        let verified = lab.run(&["verify", "cluster.toml", "--at", AT]);
        prop_assert!(verified.code == 0, "{}\n{}{}", shape.plan(), verified.out, verified.err);
        Ok(())
    });
    holds.unwrap_or_else(|failed| panic!("{failed}"));
}

/// A plan as it is; and where it has no layout of its own, under each built-in one and in both ways of running.
fn variants(plan: &str) -> Vec<(String, String)> {
    let mut all = vec![("as it is".to_owned(), plan.to_owned())];
    let layouts = ["kubeadm", "ssl", "the-hard-way"];
    let written = |key: &str| plan.lines().find(|line| line.starts_with(&format!("{key} = ")));
    let is_built_in = |line: &str| layouts.iter().any(|layout| line == format!("layout = \"{layout}\""));
    if !plan.contains("\n[cluster]\n") || written("layout").is_some_and(|line| !is_built_in(line)) {
        return all;
    }
    let with = |plan: &str, key: &str, value: &str| {
        let line = plan.lines().find(|line| line.starts_with(&format!("{key} = "))).map(str::to_owned);
        let new = format!("{key} = \"{value}\"");
        match line {
            Some(line) => plan.replacen(&line, &new, 1),
            None => plan.replacen("\n[cluster]\n", &format!("\n[cluster]\n{new}\n"), 1),
        }
    };
    for layout in layouts {
        for run in ["systemd", "static-pod"] {
            // Some plans name what only one of the two ways has.
            if written("run").is_some_and(|line| line != format!("run = \"{run}\"")) {
                continue;
            }
            all.push((format!("{layout} {run}"), with(&with(plan, "layout", layout), "run", run)));
        }
    }
    all
}
