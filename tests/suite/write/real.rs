//! Whole builds of whole plans that fail or die at every single step: from the plan to the last file, with
//! secret, lock and certificates.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use pkiplan::build::{self, Kept, Stopped};
use pkiplan::decide::{Draft, Request};
use pkiplan::diagnostics::Diagnostics;
use pkiplan::expand::Blueprint;
use pkiplan::fill::KeyMaterial;
use pkiplan::issue::secret::Secret;
use pkiplan::lock::Lock;
use pkiplan::plan::{self, Plan};
use pkiplan::read::Memory;
use pkiplan::source::Sources;
use pkiplan::values::SecretEpoch;
use pkiplan::write::{Failure, Fault, Options, Session};
use sha2::{Digest as _, Sha256};

use super::lab::{Lab, Snapshot};

const ID: &str = "00112233445566778899aabbccddeeff";

const HEAD: &str = r#"
format = 1

[cluster]
name = "small"
version = "1.36"
layout = "kubeadm"

[authority.root]
generations = GENERATIONS

[certificate.web]
authority = "root"
usage = ["server", "client"]
nodes = "all"
node-names = true
certificate-file = "/etc/web/tls.crt"
key-file = "/etc/web/tls.key"
roots-file = "/etc/web/ca.crt"
"#;

const PERSON: &str = r#"
[certificate.mail]
authority = "root"
usage = ["client"]
"#;

/// The first plan, and one in which a host comes, one goes, one stays with other files, and a person goes.
fn plans() -> [Plan; 2] {
    let node = |name: &str, last: u8| format!("\n[node.{name}]\naddresses = [\"10.0.0.{last}\"]\n");
    let head = |generations: &str| HEAD.replace("GENERATIONS", generations);
    let first = [head("{ use = 1, trust = [1] }"), PERSON.to_owned(), node("a", 1), node("b", 2)];
    let second = [head("{ use = 1, trust = [1, 2] }"), node("a", 1), node("c", 3)];
    [first.concat(), second.concat()].map(|text| {
        let world = Memory::default().with("c.toml", text);
        let mut diagnostics = Diagnostics::default();
        plan::load(&world, "c.toml".as_ref(), Sources::default(), &mut diagnostics).map_err(drop).unwrap()
    })
}

/// What the command does, in the folder of a lab, on a disk that may fail.
fn build(lab: &Lab, plan: &Plan, fault: Option<Fault>) -> Result<(), String> {
    let mut diagnostics = Diagnostics::default();
    let blueprint = plan.expand(&mut diagnostics).unwrap();
    let previous = lock(lab);
    let request = Request::new("2026-01-01T00:00:00Z".parse().unwrap());
    let draft = build::draft(&blueprint, previous.as_ref(), ID, &request, &mut diagnostics);
    assert!(diagnostics.sorted().is_empty(), "{:?}", diagnostics.sorted());
    let at = lab.path("c.secret");
    let secret = Secret::from_bytes([7; 32]);
    let text = secret.to_text();
    let key_material =
        KeyMaterial { secrets: [(SecretEpoch::default(), secret)].into(), ..KeyMaterial::default() };
    // As the command line has it: a secret that is missing where nothing else is there is made.
    assert!(at.exists() || previous.is_none(), "a lock became visible before its secret");
    let mut options = Options::default();
    options.fault = fault;
    let session = Session::begin(&lab.site, options).map_err(|error| error.to_string())?;
    match make(&blueprint, draft, &key_material, session, (&at, &text)) {
        Ok(()) => Ok(()),
        Err(Stopped::Write(error)) => Err(error.to_string()),
        Err(Stopped::Diagnostics(found)) => panic!("{found:?}"),
    }
}

/// The stages that need keys; a secret that is not there yet comes before the lock.
fn make(
    blueprint: &Blueprint<'_>,
    draft: Draft,
    key_material: &KeyMaterial,
    session: Session,
    (at, secret): (&Path, &str),
) -> Result<(), Stopped> {
    let base = build::base("a test", key_material);
    let credentials = build::issue(blueprint, &draft, key_material)?;
    let kept = Kept { session: &session, credentials: &credentials, same: session.same(&base, None) };
    let staged = build::each_unit(&credentials, None, |job| {
        let Some(rendered) = build::render(blueprint, job)? else { return Ok(None) };
        if let Some(unit) = kept.before_issuing(&rendered)? {
            return Ok(Some(unit));
        }
        let filled = build::fill(&credentials, rendered)?;
        build::stage(&session, filled).map(Some)
    })?;
    if !at.exists() {
        session.write_new_secret(at, secret.as_bytes())?;
    }
    drop(credentials);
    build::write(draft, staged, &session, |lock| build::inputs(base, &[0; 32], lock)).map(drop)
}

fn lock(lab: &Lab) -> Option<Lock> {
    fs::read_to_string(lab.path("c.lock")).ok().map(|text| parse(&text))
}

fn parse(text: &str) -> Lock {
    Lock::parse(text, Sources::default().add("c.lock", "")).unwrap()
}

/// The state of each host and person.
fn units(snapshot: &Snapshot) -> BTreeMap<String, Snapshot> {
    let mut units: BTreeMap<String, Snapshot> = BTreeMap::new();
    for (path, content) in snapshot {
        let parts: Vec<&str> = path.splitn(4, '/').collect();
        if let ["c.trees", group @ ("hosts" | "users"), unit, below] = parts[..] {
            units.entry(format!("{group}/{unit}")).or_default().insert(below.to_owned(), content.clone());
        }
    }
    units
}

/// The fingerprints of all certificates in a text.
fn certificates(text: &str) -> Vec<[u8; 32]> {
    let pems = x509_parser::pem::Pem::iter_from_buffer(text.as_bytes()).map(Result::unwrap);
    pems.filter(|pem| pem.label == "CERTIFICATE").map(|pem| Sha256::digest(&pem.contents).into()).collect()
}

/// Whatever happened: hosts are old or new, the lock knows all that can be seen, the secret was there first.
fn check(found: &Snapshot, old: &Snapshot, new: &Snapshot, what: &str) {
    let (before, then) = (units(old), units(new));
    for (unit, files) in units(found) {
        let whole = [&before, &then].iter().any(|units| units.get(&unit) == Some(&files));
        assert!(whole, "{what}: {unit} is torn: {:?}", files.keys());
    }
    let text = found.get("c.lock");
    assert!(text == old.get("c.lock") || text == new.get("c.lock"), "{what}: the lock is torn");
    // What is about to go is known as well, to the lock that was.
    let locks = [old.get("c.lock"), text].into_iter().flatten().map(|(_, text)| parse(text));
    let known: BTreeSet<[u8; 32]> =
        locks.into_iter().flat_map(|lock| lock.certificates.into_values()).filter_map(|r| r.sha256).collect();
    for (path, (_, text)) in found.iter().filter(|(path, _)| !path.contains(".pkiplan.staging")) {
        let new_file = path.starts_with("c.certs/") && path.ends_with(".new");
        for certificate in certificates(text).iter().filter(|_| !new_file) {
            assert!(known.contains(certificate), "{what}: the lock does not know a certificate in {path}");
        }
    }
    for (path, (mode, text)) in found {
        let private = text.contains("PRIVATE KEY") || text.contains("pkiplan-secret");
        assert!(!private || mode & 0o177 == 0, "{what}: {path} has mode {mode:o}");
    }
    let secret = found.get("c.secret").map(|(_, text)| text.as_str());
    assert!(secret.is_some() || text.is_none(), "{what}: a lock without secret");
    assert!(secret.is_none() || secret == new.get("c.secret").map(|(_, text)| text.as_str()), "{what}");
}

/// The last of the plans fails at each step over the others; then it is built again.
fn at_every_step(plans: &[Plan], failure: Failure, exchange: bool) {
    let (last, before) = plans.split_last().unwrap();
    let lab = || {
        let lab = Lab::new();
        before.iter().for_each(|plan| build(&lab, plan, None).unwrap());
        lab
    };
    let old = lab().snapshot();
    let reference = lab();
    build(&reference, last, None).unwrap();
    let new = reference.snapshot();
    for step in 0.. {
        let what = format!("{failure:?} at step {step} over {}, exchange {exchange}", before.len());
        let lab = lab();
        let fault = Fault::at(step, failure);
        let fault = if exchange { fault } else { fault.without_exchange() };
        let done = build(&lab, last, Some(fault.clone()));
        if !fault.happened() {
            assert!(done.is_ok() && step > 100, "{step}: {done:?}");
            return;
        }
        let found = lab.snapshot();
        check(&found, &old, &new, &what);
        let (found, then) = (units(&found), units(&new));
        let stay = units(&old).into_keys().filter(|unit| exchange && then.contains_key(unit));
        stay.for_each(|unit| assert!(found.contains_key(&unit), "{what}: {unit} is away"));
        build(&lab, last, None).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(lab.snapshot() == new, "{what}: another end");
    }
}

fn alone(run: impl FnOnce() + Send) {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(run);
}

#[test]
fn the_first_build() {
    let [first, _] = plans();
    for failure in [Failure::Killed, Failure::Full, Failure::Denied] {
        alone(|| at_every_step(std::slice::from_ref(&first), failure, true));
    }
}

#[test]
fn a_build_that_changes_hosts() {
    for failure in [Failure::Killed, Failure::Full, Failure::Denied] {
        alone(|| at_every_step(&plans(), failure, true));
    }
}

#[test]
fn a_build_that_changes_hosts_where_folders_cannot_be_exchanged() {
    for failure in [Failure::Killed, Failure::Full, Failure::Denied] {
        alone(|| at_every_step(&plans(), failure, false));
    }
}
