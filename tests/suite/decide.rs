//! What is kept, issued, reissued and removed.

use std::collections::BTreeMap;
use std::sync::Arc;

use pkiplan::decide::{Action, Decision, Draft, Renew, Request, Wanted, WantedKey, decide};
use pkiplan::diagnostics::{Code, Diagnostics};
use pkiplan::index::List;
use pkiplan::lock::Lock;
use pkiplan::source::{Sources, Span};
use pkiplan::specification::{CertificateIndex, Issuer, KeyIdentity, Specification, fingerprint, serial};
use pkiplan::values::{Instant, KeyAlgorithm, PlainText, SecretEpoch, Sorted, Subject, Usage};

const ID: &str = "000102030405060708090a0b0c0d0e0f";

/// A plan of one authority and its end entities, and what a build makes of it.
#[derive(Clone)]
struct Plan {
    generation: u32,
    list: Vec<(Arc<str>, Specification)>,
    keys: Vec<(u32, Vec<u32>)>,
    at: &'static str,
    renew: Option<Renew>,
    spread: Option<&'static str>,
}

fn authority() -> Specification {
    Specification {
        subject: Subject::new(Some("kubernetes"), []).unwrap(),
        names: Sorted::default(),
        usages: Sorted::default(),
        authority: Some(Box::default()),
        issuer: Issuer::Own,
        key: KeyAlgorithm::EcdsaP256,
        validity: "10y".parse().unwrap(),
    }
}

fn leaf(name: &str) -> Specification {
    Specification {
        subject: Subject::new(Some(name), []).unwrap(),
        names: [name.parse().unwrap()].into(),
        usages: [Usage::Client].into(),
        authority: None,
        issuer: Issuer::Authority { id: "authority.kubernetes".into(), key: derived(1) },
        key: KeyAlgorithm::EcdsaP256,
        validity: "1y".parse().unwrap(),
    }
}

fn derived(generation: u32) -> KeyIdentity {
    KeyIdentity::Derived { algorithm: KeyAlgorithm::EcdsaP256, generation, secret: SecretEpoch::default() }
}

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

/// A place that messages can name.
fn place() -> Span {
    Sources::default().add("plan", "generations").span(0..11)
}

impl Plan {
    fn new(names: &[&str]) -> Self {
        let mut list = vec![(Arc::from("authority.kubernetes"), authority())];
        list.extend(names.iter().map(|name| (Arc::from(format!("node.{name}/kubelet")), leaf(name))));
        Self {
            generation: 1,
            list,
            keys: vec![(1, vec![1])],
            at: "2026-11-23T01:05:00Z",
            renew: None,
            spread: None,
        }
    }

    fn at(mut self, at: &'static str) -> Self {
        self.at = at;
        self
    }

    fn change(mut self, index: usize, change: impl FnOnce(&mut Specification)) -> Self {
        change(&mut self.list[index].1);
        self
    }

    /// The authority's key is the one of `generation`.
    fn rotated(mut self, generation: u32) -> Self {
        self.generation = generation;
        for (_, specification) in &mut self.list[1..] {
            let id = "authority.kubernetes".into();
            specification.issuer = Issuer::Authority { id, key: derived(generation) };
        }
        self
    }

    fn keys(mut self, used: u32, trust: &[u32]) -> Self {
        self.keys = vec![(used, trust.to_vec())];
        self
    }

    fn told(&self, previous: Option<&Lock>) -> (Draft, Diagnostics) {
        let (mut wanted, mut authority) = (List::default(), None);
        for one in &self.list {
            let index = wanted.push(self.wanted(authority, one));
            authority.get_or_insert(index);
        }
        let mut keys: Vec<_> = self.keys.iter().map(|(used, trust)| service_account(*used, trust)).collect();
        // Every lock knows the keys of those who issue; one without them was cut off. A rotation trusts both, and
        // what comes back trusts nothing that was buried.
        let trust = if self.generation > 2 { vec![self.generation] } else { vec![1, 2] };
        if !self.list.is_empty() {
            let authority = service_account(self.generation, &trust);
            keys.push(WantedKey { id: "authority.kubernetes", kind: "authority", ..authority });
        }
        let catalog = BTreeMap::from([("component/etcd".to_owned(), [1; 32])]);
        let mut diagnostics = Diagnostics::default();
        let request = Request { renew: self.renew.clone(), ..Request::new(instant(self.at)) };
        let draft = decide(&wanted, &keys, &catalog, previous, ID, &request, &mut diagnostics);
        let again = Lock::parse(&draft.lock.to_text(), Sources::default().add("lock", "")).unwrap();
        assert_eq!(again, draft.lock);
        (draft, diagnostics)
    }

    fn wanted<'a>(
        &self,
        issuer: Option<CertificateIndex>,
        (id, specification): &'a (Arc<str>, Specification),
    ) -> Wanted<'a> {
        let authority = issuer.is_none();
        Wanted {
            id,
            specification,
            issuer,
            stored: None,
            target: None,
            plan: None,
            generation: authority.then_some(self.generation),
            rotated: false,
            spread: self.spread.filter(|_| !authority).map(|spread| spread.parse().unwrap()),
            secret: SecretEpoch::default(),
            origin: Some(place()),
        }
    }

    /// Decides where nothing is to be said.
    fn decide(&self, previous: Option<&Lock>) -> Draft {
        let (draft, diagnostics) = self.told(previous);
        assert!(diagnostics.sorted().is_empty(), "{:?}", diagnostics.sorted());
        draft
    }

    /// The lock after a first build.
    fn built(&self) -> Lock {
        self.decide(None).lock
    }
}

fn service_account(used: u32, trust: &[u32]) -> WantedKey<'_> {
    static NONE: BTreeMap<u32, [u8; 32]> = BTreeMap::new();
    static USUAL: BTreeMap<u32, Arc<str>> = BTreeMap::new();
    let algorithm = Some(KeyAlgorithm::EcdsaP256);
    WantedKey {
        by_lock: false,
        id: "keyring.service-account",
        kind: "key-pair",
        algorithm,
        validity: None,
        used,
        trust,
        plain_text: PlainText::default(),
        resources: &[],
        providers: &USUAL,
        outlives: false,
        imported: &NONE,
        secret: SecretEpoch::default(),
        origin: Some(place()),
    }
}

fn differences(decision: &Decision) -> Vec<String> {
    match &decision.action {
        Action::Reissue { differences } => differences.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

fn message(diagnostics: &Diagnostics) -> (Code, String) {
    let list = diagnostics.sorted();
    assert_eq!(list.len(), 1, "{list:?}");
    assert!(list[0].help.is_some());
    (list[0].code, list[0].message.clone())
}

#[test]
fn the_first_build_issues_everything() {
    let plan = Plan::new(&["a", "b"]);
    let draft = plan.decide(None);
    assert!(draft.certificates.iter().all(|decision| decision.action == Action::Issue));
    assert!(draft.removed.is_empty() && !draft.is_settled(None));
    let decision = &draft.certificates.as_slice()[1];
    assert_eq!(decision.not_before, instant("2026-11-23T01:00:00Z"));
    assert_eq!(decision.not_after, instant("2027-11-23T01:05:00Z"));
    assert_eq!((decision.generation, decision.key, decision.recorded_sha256), (1, derived(1), None));
    let print = fingerprint(leaf("a").words());
    assert_eq!(decision.fingerprint, print);
    assert_eq!(decision.serial, serial(ID, "node.a/kubelet", &print, &derived(1), decision.not_before));
    assert_eq!(draft.lock.id, ID);
    assert_eq!(draft.lock.catalog["component/etcd"], [1; 32]);
    assert_eq!(draft.lock.certificates["node.a/kubelet"].specification.to_vec(), leaf("a").words());
    assert_eq!(draft, plan.decide(None));
}

#[test]
fn what_is_unchanged_is_kept_whatever_the_clock_says() {
    let plan = Plan::new(&["a", "b"]);
    let mut lock = plan.built();
    lock.secrets.insert("default".into(), pkiplan::lock::SecretRecord { epoch: 1, identity: "0".repeat(16) });
    lock.record("node.a/kubelet", [7; 32]);
    lock.record_key("keyring.service-account", 1, [8; 32]);
    let later = plan.at("2027-03-01T00:00:00Z").decide(Some(&lock));
    assert!(later.certificates.iter().all(|decision| decision.action == Action::Keep));
    assert_eq!(later.certificates.as_slice()[1].recorded_sha256, Some([7; 32]));
    assert_eq!(later.lock, lock);
    assert!(later.is_settled(Some(&lock)));
}

/// Notes in the lock what a build with the secret does.
fn record(lock: &mut Lock, id: &str) {
    lock.record(id, [7; 32]);
    lock.record_secret(SecretEpoch::default(), "0123456789abcdef".to_owned());
}

#[test]
fn a_lock_keeps_its_id() {
    let lock = Lock::new("f".repeat(32));
    let draft = Plan::new(&["a", "b"]).decide(Some(&lock));
    assert_eq!(draft.lock.id, lock.id);
    let b = &draft.certificates.as_slice()[2];
    assert_eq!(b.serial, serial(&lock.id, "node.b/kubelet", &b.fingerprint, &b.key, b.not_before));
}

#[test]
fn fingerprints_alone_are_settled_and_a_new_catalog_is_not() {
    let plan = Plan::new(&["a"]);
    let lock = plan.built();
    let mut draft = plan.decide(Some(&lock));
    draft.lock.record("node.a/kubelet", [7; 32]);
    assert!(draft.is_settled(Some(&lock)));
    draft.lock.catalog.insert("component/etcd".into(), [2; 32]);
    assert!(!draft.is_settled(Some(&lock)));
}

#[test]
fn changed_words_reissue_with_the_same_key() {
    let plan = Plan::new(&["a", "b"]);
    let mut lock = plan.built();
    record(&mut lock, "node.a/kubelet");
    let changed = plan.change(1, |specification| {
        specification.names.insert("10.0.0.5".parse().unwrap());
        specification.validity = "30d".parse().unwrap();
    });
    let draft = changed.at("2027-03-01T00:00:00Z").decide(Some(&lock));
    let decision = &draft.certificates.as_slice()[1];
    assert_eq!(differences(decision), ["+IP:10.0.0.5", "validity 365d -> 30d"]);
    assert_eq!((decision.generation, decision.recorded_sha256), (1, None));
    assert_eq!(decision.not_after, instant("2027-03-31T00:00:00Z"));
    assert_ne!(decision.serial, lock.certificates["node.a/kubelet"].serial);
    assert_eq!(draft.lock.certificates["node.a/kubelet"].sha256, None);
    assert_eq!(draft.certificates.as_slice()[2].action, Action::Keep);
    assert!(!draft.is_settled(Some(&lock)));
}

#[test]
fn another_algorithm_is_the_next_generation() {
    let plan = Plan::new(&["a"]);
    let lock = plan.built();
    let rsa = plan.clone().change(1, |specification| specification.key = KeyAlgorithm::Rsa2048);
    let draft = rsa.decide(Some(&lock));
    assert_eq!(draft.certificates.as_slice()[1].generation, 2);
    assert_eq!(
        differences(&draft.certificates.as_slice()[1]),
        ["key ecdsa-p256 -> rsa-2048", "generation 1 -> 2"]
    );
    // And back: the first key does not come back with its algorithm.
    assert_eq!(plan.decide(Some(&draft.lock)).certificates.as_slice()[1].generation, 3);
}

#[test]
fn an_authority_with_another_key_reissues_what_it_issued_and_a_renewed_one_nothing() {
    let plan = Plan::new(&["a"]);
    let lock = plan.built();
    let rotated = plan.clone().rotated(2).decide(Some(&lock));
    assert_eq!(differences(&rotated.certificates.as_slice()[0]), ["generation 1 -> 2"]);
    let told = ["issuer-key derived ecdsa-p256 1 -> derived ecdsa-p256 2"];
    assert_eq!(differences(&rotated.certificates.as_slice()[1]), told);
    let longer = plan.change(0, |specification| specification.validity = "20y".parse().unwrap());
    let renewed = longer.decide(Some(&lock));
    assert_eq!(differences(&renewed.certificates.as_slice()[0]), ["validity 3650d -> 7300d"]);
    assert_eq!(renewed.certificates.as_slice()[1].action, Action::Keep);
}

#[test]
fn an_authority_with_another_name_reissues_what_it_issued() {
    let plan = Plan::new(&["a"]);
    let lock = plan.built();
    let name = Subject::new(Some("new"), []).unwrap();
    let renamed = plan.change(0, |specification| specification.subject = name).decide(Some(&lock));
    assert_eq!(
        differences(&renamed.certificates.as_slice()[1]),
        ["issuer's subject CN=kubernetes -> CN=new"]
    );
    // Decided at the very same instant, and yet another certificate.
    assert_ne!(renamed.certificates.as_slice()[1].serial, lock.certificates["node.a/kubelet"].serial);
}

#[test]
fn what_is_removed_leaves_a_tombstone_and_comes_back_with_another_key() {
    let lock = Plan::new(&["a", "x"]).built();
    let draft = Plan::new(&["a"]).decide(Some(&lock));
    assert_eq!(draft.removed, [Arc::from("node.x/kubelet")]);
    assert!(!draft.lock.certificates.contains_key("node.x/kubelet") && !draft.is_settled(Some(&lock)));
    let tombstone = draft.lock.tombstones["node.x/kubelet"];
    assert_eq!(tombstone.generation, 1);
    assert_eq!(tombstone.not_after, Some(instant("2027-11-23T01:05:00Z")));
    assert!(Plan::new(&["a"]).decide(Some(&draft.lock)).is_settled(Some(&draft.lock)));

    let again = Plan::new(&["a", "x"]).decide(Some(&draft.lock));
    assert_eq!(
        (&again.certificates.as_slice()[2].action, again.certificates.as_slice()[2].generation),
        (&Action::Issue, 2)
    );
    let kept = Plan::new(&["a", "x"]).decide(Some(&again.lock));
    assert!(kept.is_settled(Some(&again.lock)));

    // The tombstone keeps the highest generation and the latest end.
    let short =
        Plan::new(&["a", "x"]).change(2, |x| x.validity = "1d".parse().unwrap()).decide(Some(&draft.lock));
    let twice = Plan::new(&["a"]).decide(Some(&short.lock)).lock.tombstones["node.x/kubelet"];
    assert_eq!((twice.generation, twice.not_after), (2, tombstone.not_after));
}

#[test]
fn a_merge_that_keeps_what_another_branch_removed_takes_a_new_key() {
    let mut lock = Plan::new(&["a"]).built();
    let removed = Plan::new(&[]).decide(Some(&lock)).lock;
    lock.tombstones = removed.tombstones;
    let draft = Plan::new(&["a"]).decide(Some(&lock));
    assert_eq!(differences(&draft.certificates.as_slice()[1]), ["generation 1 -> 2"]);
}

#[test]
fn generations_never_go_back() {
    let plan = Plan::new(&["a"]);
    let rotated = plan.clone().rotated(2).decide(Some(&plan.built())).lock;
    let (_, diagnostics) = plan.told(Some(&rotated));
    let said = "`authority.kubernetes` asks for generation 1, but the lock knows generation 2";
    assert_eq!(message(&diagnostics), (Code::LockGeneration, said.to_owned()));
    assert_eq!(diagnostics.sorted()[0].labels[0].span, place());
    assert!(diagnostics.sorted()[0].help.as_ref().unwrap().contains("use = 2`"));

    let nothing = Plan { list: Vec::new(), ..plan.clone() }.decide(Some(&rotated)).lock;
    let (_, diagnostics) = plan.clone().rotated(2).told(Some(&nothing));
    // Of the certificate, and of its key, whose first generation is trusted again.
    let told = diagnostics.sorted();
    let said = |asked: u32| {
        let what = format!("asks for generation {asked}, but it was removed at generation 2");
        (Code::LockGeneration, format!("`authority.kubernetes` {what}"))
    };
    let found: Vec<_> = told.iter().map(|one| (one.code, one.message.clone())).collect();
    assert_eq!(found, [said(2), said(1)]);
    assert_eq!(plan.rotated(3).decide(Some(&nothing)).certificates.as_slice()[0].action, Action::Issue);
}

#[test]
fn nothing_outlives_its_issuer() {
    let plan =
        Plan::new(&["a", "b"]).change(0, |specification| specification.validity = "30d".parse().unwrap());
    let (draft, diagnostics) = plan.told(None);
    let end = instant("2026-12-23T01:05:00Z");
    assert!(draft.certificates.iter().all(|decision| decision.not_after == end));
    let said = "the validity of 2 certificates is shortened: their issuer `authority.kubernetes` expires at 2026-12-23T01:05:00Z";
    assert_eq!(message(&diagnostics), (Code::ValidityShortened, said.to_owned()));
    // It is told when it is decided.
    assert!(plan.decide(Some(&draft.lock)).is_settled(Some(&draft.lock)));
}

#[test]
fn below_an_expired_authority_dates_stay_in_order() {
    let lock = Plan::new(&["a"]).built();
    let (draft, diagnostics) = Plan::new(&["a", "b"]).at("2040-01-01T00:00:00Z").told(Some(&lock));
    let (authority, b) = (&draft.certificates.as_slice()[0], &draft.certificates.as_slice()[2]);
    assert_eq!((b.not_before, b.not_after), (authority.not_after, authority.not_after));
    let codes: Vec<_> = diagnostics.sorted().iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, [Code::ValidityShortened]);
}

#[test]
fn shared_keys_follow_the_plan_and_the_lock_remembers() {
    let plan = Plan::new(&[]);
    let mut lock = plan.built();
    lock.record_key("keyring.service-account", 1, [8; 32]);
    for (used, trust, highest, prints) in [
        (1, [1, 2].as_slice(), 2, 1),
        (1, [1].as_slice(), 2, 1),
        (1, [2, 1].as_slice(), 2, 1),
        (2, [1, 2].as_slice(), 2, 1),
        (2, [2].as_slice(), 2, 0),
    ] {
        let draft = plan.clone().keys(used, trust).decide(Some(&lock));
        assert!(!draft.is_settled(Some(&lock)));
        lock = draft.lock;
        let key = &lock.keys["keyring.service-account"];
        assert_eq!((key.used, key.highest, key.sha256.len()), (used, highest, prints));
        assert!(key.trust.is_sorted() && key.trust.len() == trust.len());
    }
    let (_, diagnostics) = plan.clone().keys(1, &[1]).told(Some(&lock));
    assert_eq!(message(&diagnostics).0, Code::LockGeneration);

    let without = Plan { keys: Vec::new(), ..plan.clone() }.decide(Some(&lock));
    assert_eq!(without.removed, [Arc::from("keyring.service-account")]);
    assert_eq!(without.lock.tombstones["keyring.service-account"].generation, 2);
    for (used, trust) in [(2, [2].as_slice()), (3, [2, 3].as_slice())] {
        let (_, diagnostics) = plan.clone().keys(used, trust).told(Some(&without.lock));
        assert_eq!(message(&diagnostics).0, Code::LockGeneration);
    }
    plan.keys(3, &[3]).decide(Some(&without.lock));
}

fn renew(names: &[&str]) -> Option<Renew> {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Some(Renew { names, within: "30d".parse().unwrap(), rekey: false })
}

impl Plan {
    fn renewed(mut self, names: &[&str]) -> Self {
        self.renew = renew(names);
        self
    }

    fn rekeyed(mut self) -> Self {
        self.renew.as_mut().unwrap().rekey = true;
        self
    }

    fn spread(mut self, spread: &'static str) -> Self {
        self.spread = Some(spread);
        self
    }
}

const RENEW: Action = Action::Renew { rekey: false };

fn actions(draft: &Draft) -> Vec<&Action> {
    draft.certificates.iter().map(|decision| &decision.action).collect()
}

#[test]
fn what_is_renewed_gets_dates_and_a_serial_and_keeps_its_key() {
    let plan = Plan::new(&["a", "b"]);
    let mut lock = plan.built();
    record(&mut lock, "node.a/kubelet");
    let later = plan.at("2027-03-01T00:00:00Z");
    let draft = later.clone().renewed(&["node.a/kubelet"]).decide(Some(&lock));
    assert_eq!(actions(&draft), [&Action::Keep, &RENEW, &Action::Keep]);
    let (old, new) = (&lock.certificates["node.a/kubelet"], &draft.lock.certificates["node.a/kubelet"]);
    assert_eq!((new.key, &new.specification), (old.key, &old.specification));
    assert_eq!(
        (new.not_before, new.not_after),
        (instant("2027-02-28T23:55:00Z"), instant("2028-02-29T00:00:00Z"))
    );
    assert_ne!(new.serial, old.serial);
    assert_eq!((draft.certificates.as_slice()[1].recorded_sha256, new.sha256), (None, None));
    assert!(!draft.is_settled(Some(&lock)));
    assert!(later.decide(Some(&draft.lock)).is_settled(Some(&draft.lock)));
    // Twice at one instant: another certificate all the same.
    let again = plan_at_once(&draft.lock);
    assert_ne!(again.certificates["node.a/kubelet"].serial, new.serial);
}

fn plan_at_once(lock: &Lock) -> Lock {
    Plan::new(&["a", "b"]).at("2027-03-01T00:00:00Z").renewed(&["*a*"]).decide(Some(lock)).lock
}

#[test]
fn without_names_all_that_end_within_the_window_are_renewed() {
    let plan = Plan::new(&["a", "b"]).change(2, |b| b.validity = "100d".parse().unwrap());
    let lock = plan.built();
    let soon = plan.at("2027-02-01T01:05:00Z").renewed(&[]);
    assert_eq!(actions(&soon.decide(Some(&lock))), [&Action::Keep, &Action::Keep, &RENEW]);
    // To the second: the window's last second is in it.
    let plan = Plan::new(&["a"]);
    let at = |at| actions_of(&plan.clone().at(at).renewed(&[]), &lock);
    assert_eq!(at("2027-10-24T01:05:00Z"), [Action::Keep, RENEW]);
    assert_eq!(at("2027-10-24T01:04:59Z"), [Action::Keep, Action::Keep]);
    // Expired ones, too, and the authority before them: nothing is cut short.
    assert_eq!(at("2046-11-23T01:05:00Z"), [RENEW, RENEW]);
}

fn actions_of(plan: &Plan, lock: &Lock) -> Vec<Action> {
    plan.decide(Some(lock)).certificates.into_iter().map(|decision| decision.action).collect()
}

#[test]
fn an_issuer_that_ends_soon_is_renewed_before_what_is_named() {
    let plan = Plan::new(&["a", "b"]);
    let lock = plan.built();
    let draft = plan.at("2036-11-10T00:00:00Z").renewed(&["node.a/kubelet"]).told(Some(&lock)).0;
    assert_eq!(actions(&draft), [&RENEW, &RENEW, &Action::Keep]);
    assert_eq!(draft.certificates.as_slice()[1].not_after, instant("2037-11-10T00:00:00Z"));
}

#[test]
fn a_renewed_authority_reissues_nothing() {
    let plan = Plan::new(&["a", "b"]);
    let lock = plan.built();
    // Without its generation, as the plan calls it; here the authority's id has none.
    let draft = plan.at("2027-03-01T00:00:00Z").renewed(&["authority.kubernetes"]).decide(Some(&lock));
    assert_eq!(actions(&draft), [&RENEW, &Action::Keep, &Action::Keep]);
    assert_eq!(draft.certificates.as_slice()[0].key, derived(1));
}

#[test]
fn a_new_key_is_the_next_generation_of_an_end_entity() {
    let plan = Plan::new(&["a", "b"]);
    let lock = plan.built();
    let draft = plan.clone().renewed(&["node.*/kubelet"]).rekeyed().decide(Some(&lock));
    let rekeyed = Action::Renew { rekey: true };
    assert_eq!(actions(&draft), [&Action::Keep, &rekeyed, &rekeyed]);
    assert_eq!(draft.certificates.as_slice()[1].key, derived(2));
    // And the lock keeps it.
    assert!(plan.decide(Some(&draft.lock)).is_settled(Some(&draft.lock)));
    // All that end soon: authorities are renewed, too, with the same key.
    let all = plan.at("2046-01-01T00:00:00Z").renewed(&[]).rekeyed().decide(Some(&lock));
    assert_eq!(actions(&all), [&RENEW, &rekeyed, &rekeyed]);
}

#[test]
fn a_changed_certificate_is_reissued_and_a_new_key_is_told_with_it() {
    let plan = Plan::new(&["a"]);
    let lock = plan.built();
    let changed = plan.change(1, |a| a.names.insert("10.0.0.5".parse().unwrap()).then_some(()).unwrap());
    let renewed = changed.renewed(&["*"]);
    assert_eq!(differences(&renewed.decide(Some(&lock)).certificates.as_slice()[1]), ["+IP:10.0.0.5"]);
    let rekeyed = renewed.renewed(&["node.*"]).rekeyed().decide(Some(&lock));
    assert_eq!(differences(&rekeyed.certificates.as_slice()[1]), ["+IP:10.0.0.5", "generation 1 -> 2"]);
}

#[test]
fn names_that_mean_nothing_and_keys_of_authorities_are_errors_together() {
    let plan = Plan::new(&["a"]);
    let lock = plan.built();
    let (_, told) =
        plan.renewed(&["authority.kubernetes", "node.a/kubelt", "x*"]).rekeyed().told(Some(&lock));
    let told: Vec<_> = told.sorted().iter().map(|d| (d.code, d.message.clone(), d.help.clone())).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    let has = |code, message: &str, help: &str| {
        assert!(
            told.iter().any(|(c, m, h)| *c == code && m == message && h.as_ref().unwrap().contains(help)),
            "{told:?}"
        );
    };
    has(Code::UnknownCertificate, "the plan has no certificate `node.a/kubelt`", "`node.a/kubelet`");
    has(
        Code::UnknownCertificate,
        "no certificate of the plan matches `x*`",
        "available: authority.kubernetes",
    );
    let same = "`authority.kubernetes` is an authority: a renewed authority keeps its key";
    has(Code::RekeyedAuthority, same, "use = 2");
}

#[test]
fn ends_are_spread_the_same_for_ever() {
    let names: Vec<String> = (0..1000).map(|number| format!("n{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let plain = Plan::new(&names);
    let spread = plain.clone().spread("30d");
    let draft = spread.decide(None);
    let (last, first) = (instant("2027-11-23T01:05:00Z"), instant("2027-10-24T01:05:00Z"));
    let mut days = [0; 30];
    for decision in &draft.certificates.as_slice()[1..] {
        assert!(decision.not_after <= last && decision.not_after > first);
        days[usize::try_from(first.days_until(decision.not_after)).unwrap().min(29)] += 1;
    }
    // A thousand on thirty days: 33 on each, give or take.
    assert!(days.iter().all(|count| (15..=60).contains(count)), "{days:?}");
    assert_eq!(draft.certificates.as_slice()[0].not_after, instant("2036-11-20T01:05:00Z"));
    assert_eq!(draft, spread.decide(None));
    // The words are the same, so that neither giving nor taking a spread reissues anything.
    let lock = plain.decide(None).lock;
    assert!(spread.decide(Some(&lock)).is_settled(Some(&lock)));
    assert!(plain.decide(Some(&draft.lock)).is_settled(Some(&draft.lock)));
    // A renewal keeps the distances.
    let renewed = spread.clone().at("2027-11-01T01:05:00Z").renewed(&["node.*"]).decide(Some(&draft.lock));
    for (old, new) in draft.certificates.as_slice()[1..].iter().zip(&renewed.certificates.as_slice()[1..]) {
        assert_eq!(new.not_after.unix() - old.not_after.unix(), 343 * 86400);
    }
}
