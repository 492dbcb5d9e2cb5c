//! One fixture for each rule: a good path with one property changed, and what Go 1.27.3 says of it. The foreign test
//! `judge` asks real Go about thousands like them.

use pkiplan::judge::{
    Accepted, ConstraintFault, Dialled, Fault, Malformed, Place, Purpose, Question, Refusal, Roots,
    SignatureFault, judge, verify,
};
use pkiplan::values::Instant;

use crate::support::forge::{
    ANY, CLIENT, CODE, Extension, Forge, SERVER, allowed, constraints, ecdsa_with, identifier, names,
    purposes, rsa_spki, unknown, usage,
};

/// 2027-01-01T00:00:00Z
const NOW: i64 = 1_798_761_600;
const LEAF: Place = Place::Sent(0);
const ROOT: Place = Place::Root(0);

fn at(seconds: i64) -> Instant {
    Instant::from_unix(seconds).unwrap()
}

/// The server `a.example.com` below root 0.
fn server() -> Forge {
    Forge::leaf("a.example.com", 9, 0)
}

/// The same below authority 1, which is below root 0.
pub(super) fn below() -> Forge {
    Forge::leaf("a.example.com", 9, 1)
}

fn asked(chain: &[Forge], root: &Forge, purpose: Purpose, name: &str, now: i64) -> Result<Accepted, Refusal> {
    let (chain, root) = (chain.iter().map(Forge::make).collect::<Vec<_>>(), root.make());
    let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
    let dialled = Dialled::new(name);
    judge(&chain, &Roots::new([&root[..]]), Question { purpose, dialled: dialled.as_ref(), now: at(now) })
}

/// What is said of a server, dialled by its name.
pub(super) fn dialled(chain: &[Forge], root: &Forge) -> Result<Accepted, Refusal> {
    asked(chain, root, Purpose::Server, "a.example.com", NOW)
}

fn unknown_authority(of: usize, because: Option<(Place, Fault)>) -> Result<Accepted, Refusal> {
    Err(Refusal::UnknownAuthority { of: Place::Sent(of), because })
}

fn malformed(what: Malformed) -> Result<Accepted, Refusal> {
    Err(Refusal::Malformed { place: LEAF, what })
}

#[test]
fn a_good_path_holds_until_its_first_end() {
    let short = Forge::intermediate(1, 0).with(|forge| forge.dates.1 = "270601000000Z".into());
    let accepted = dialled(&[below(), short.clone()], &Forge::root(0)).unwrap();
    assert_eq!(accepted.until, Some("2027-06-01T00:00:00Z".parse().unwrap()));
    assert_eq!(accepted.path, [LEAF, Place::Sent(1), ROOT]);
    // Another path to the same root holds longer.
    let accepted = dialled(&[below(), short, Forge::intermediate(1, 0)], &Forge::root(0)).unwrap();
    assert_eq!(accepted.until, Some("2028-01-01T00:00:00Z".parse().unwrap()));
    assert_eq!(accepted.path, [LEAF, Place::Sent(2), ROOT]);
    assert_eq!(dialled(&[], &Forge::root(0)), Err(Refusal::Nothing));
}

#[test]
fn every_certificate_is_valid_at_both_ends() {
    let (early, late) = ("270101000000Z", "270101000001Z");
    let begins = |forge: Forge, when: &str| forge.with(|forge| forge.dates.0 = when.into());
    let ends = |forge: Forge, when: &str| forge.with(|forge| forge.dates.1 = when.into());
    assert!(dialled(&[begins(server(), early)], &ends(Forge::root(0), early)).is_ok());
    let not_yet = Fault::NotYetValid(Some(at(NOW + 1)));
    let expired = Fault::Expired(Some(at(NOW - 1)));
    let (root, authority) = (Forge::root(0), Forge::intermediate(1, 0));
    assert_eq!(dialled(&[begins(server(), late)], &root), Err(Refusal::Leaf(not_yet.clone())));
    assert_eq!(dialled(&[ends(server(), "261231235959Z")], &root), Err(Refusal::Leaf(expired.clone())));
    for (root, authority, of, place, fault) in [
        (begins(root.clone(), late), authority.clone(), 1, ROOT, &not_yet),
        (ends(root.clone(), "261231235959Z"), authority.clone(), 1, ROOT, &expired),
        (root.clone(), begins(authority.clone(), late), 0, Place::Sent(1), &not_yet),
        (root, ends(authority, "261231235959Z"), 0, Place::Sent(1), &expired),
    ] {
        let said = dialled(&[below(), authority], &root);
        assert_eq!(said, unknown_authority(of, Some((place, fault.clone()))));
    }
}

#[test]
fn authorities_say_that_they_are() {
    let (root, authority) = (Forge::root(0), Forge::intermediate(1, 0));
    let refused = |place| unknown_authority(usize::from(place == ROOT), Some((place, Fault::NotAnAuthority)));
    for change in
        [Forge::without as fn(Forge, u8) -> Forge, |forge, _| forge.extension(constraints(false, None))]
    {
        let said = dialled(&[below(), authority.clone()], &change(root.clone(), 19));
        assert_eq!(said, refused(ROOT));
        let said = dialled(&[below(), change(authority.clone(), 19)], &root);
        assert_eq!(said, refused(Place::Sent(1)));
    }
    // Version 1 has no extensions: trusted as a root, never as an intermediate.
    let first = |forge: Forge| {
        forge.with(|forge| {
            forge.version = None;
            forge.extensions.clear();
        })
    };
    assert!(dialled(&[server()], &first(root.clone())).is_ok());
    assert_eq!(dialled(&[below(), first(authority)], &root), refused(Place::Sent(1)));
}

#[test]
fn key_usage_of_authorities_counts_where_it_is() {
    let refused = unknown_authority(0, Some((ROOT, Fault::KeyUsage)));
    assert_eq!(dialled(&[server()], &Forge::root(0).extension(usage(6))), refused);
    assert!(dialled(&[server()], &Forge::root(0).without(15)).is_ok());
    // Without any bit it says nothing.
    let empty: Extension = (vec![0x55, 0x1d, 15], true, vec![3, 1, 0]);
    assert!(dialled(&[server()], &Forge::root(0).extension(empty)).is_ok());
    // A leaf without digitalSignature is accepted, and so is one that is an authority.
    assert!(dialled(&[server().extension(usage(2))], &Forge::root(0)).is_ok());
    assert!(dialled(&[server().extension(constraints(true, None))], &Forge::root(0)).is_ok());
}

#[test]
fn path_length_counts_self_issued_authorities() {
    let root = |length| Forge::root(0).extension(constraints(true, Some(length)));
    assert!(dialled(&[server()], &root(0)).is_ok());
    let too_long = |limit, found| Some((ROOT, Fault::PathLength { limit, found }));
    assert_eq!(
        dialled(&[below(), Forge::intermediate(1, 0)], &root(0)),
        unknown_authority(1, too_long(0, 1))
    );
    assert!(dialled(&[below(), Forge::intermediate(1, 0)], &root(1)).is_ok());
    // The authority ca0 with a new key, issued by itself.
    let renewed = Forge::root(0).with(|forge| forge.key = 1);
    let leaf = server().with(|forge| forge.signer = 1);
    let said = dialled(&[leaf.clone(), renewed.clone()], &root(0));
    assert!(matches!(said, Err(Refusal::UnknownAuthority { .. })), "{said:?}");
    assert!(dialled(&[leaf, renewed], &root(1)).is_ok());
}

#[test]
fn extended_key_usages_are_nested_from_the_root_down() {
    let chain = |root: &[&[u8]], leaf: &[&[u8]], purpose| {
        let extended = |forge: Forge, oids: &[&[u8]]| match oids {
            [] => forge.without(37),
            oids => forge.extension(purposes(oids)),
        };
        let name = if purpose == Purpose::Server { "a.example.com" } else { "" };
        let chain = [extended(below(), leaf), extended(Forge::intermediate(1, 0), root)];
        asked(&chain, &Forge::root(0), purpose, name, NOW).map(|_| ())
    };
    use Purpose::{Client, Server};
    for (authority, leaf, purpose, expected) in [
        (&[][..], &[][..], Server, true),
        (&[], &[], Client, true),
        (&[], &[SERVER], Server, true),
        (&[], &[SERVER], Client, false),
        (&[], &[CLIENT], Server, false),
        (&[], &[ANY], Server, true),
        (&[CODE], &[SERVER], Server, false),
        (&[CLIENT], &[SERVER, CLIENT], Server, false),
        (&[CLIENT], &[], Server, false),
        (&[ANY], &[SERVER], Server, true),
        (&[SERVER], &[ANY], Client, false),
        (&[SERVER, CLIENT], &[CLIENT], Client, true),
    ] {
        let said = chain(authority, leaf, purpose);
        assert_eq!(said, if expected { Ok(()) } else { Err(Refusal::Usage) }, "{authority:?} {leaf:?}");
    }
}

#[test]
fn names_are_those_of_the_extension() {
    let root = Forge::root(0);
    let named = |list: &[(u8, &[u8])], name: &str| {
        asked(&[server().extension(names(list))], &root, Purpose::Server, name, NOW).map(|_| ())
    };
    let refused = Err(Refusal::Name);
    // Never the common name.
    assert_eq!(dialled(&[server().without(17)], &root).map(|_| ()), refused);
    assert_eq!(named(&[(2, b"b.example.com")], "a.example.com"), refused);
    assert_eq!(named(&[(2, b"A.Example.com")], "a.eXample.com."), Ok(()));
    assert_eq!(named(&[(2, b"*.example.com")], "a.example.com"), Ok(()));
    assert_eq!(named(&[(2, b"*.example.com")], "a.b.example.com"), refused);
    assert_eq!(named(&[(2, b"a*.example.com")], "ab.example.com"), refused);
    // An address is no name, and a name no address.
    assert_eq!(named(&[(2, b"10.0.0.1")], "10.0.0.1"), refused);
    assert_eq!(named(&[(7, &[10, 0, 0, 1])], "10.0.0.1"), Ok(()));
    assert_eq!(named(&[(7, &[10, 0, 0, 1])], "::ffff:10.0.0.1"), Ok(()));
    assert_eq!(named(&[(7, &[10, 0, 0, 2])], "10.0.0.1"), refused);
    // Without a dialled name nothing is compared.
    assert_eq!(named(&[(2, b"b")], ""), Ok(()));
}

/// Permitted and excluded names, a name below, and what is said.
type Constrained<'c> = (&'c [Name<'c>], &'c [Name<'c>], Name<'c>, Result<(), Refusal>);
/// The number of its kind, and its content.
type Name<'c> = (u8, &'c [u8]);

#[test]
fn name_constraints_hold_for_everything_below() {
    let below_constrained = |constraint: Extension, list: &[(u8, &[u8])]| {
        let root = Forge::root(0).extension(constraint);
        asked(&[server().extension(names(list))], &root, Purpose::Server, "", NOW).map(|_| ())
    };
    let refused = |what| Err(Refusal::NameConstraint { of: LEAF, by: ROOT, what });
    use ConstraintFault::{Excluded, NotPermitted, Unreadable};
    let cases: [Constrained<'_>; 18] = [
        (&[(2, &b"example.com"[..])][..], &[][..], (2, &b"a.example.com"[..]), Ok(())),
        (&[(2, b"example.com")], &[], (2, b"aexample.com"), refused(NotPermitted)),
        (&[(2, b".example.com")], &[], (2, b"example.com"), refused(NotPermitted)),
        (&[(2, b"example.com")], &[(2, b"a.example.com")], (2, b"b.a.example.com"), refused(Excluded)),
        (&[], &[(2, b"a.example.com")], (2, b"*.example.com"), refused(Excluded)),
        (&[(2, b"a.example.com")], &[], (2, b"*.example.com"), refused(NotPermitted)),
        (&[(2, b"example.com")], &[], (7, &[10, 0, 0, 1]), Ok(())),
        (&[(7, &[10, 9, 9, 9, 255, 0, 0, 0])], &[], (7, &[10, 0, 0, 1]), Ok(())),
        (&[(7, &[10, 0, 0, 0, 255, 0, 0, 0])], &[], (7, &[11, 0, 0, 1]), refused(NotPermitted)),
        (&[], &[(7, &[10, 0, 0, 0, 255, 0, 0, 0])], (7, &[10, 0, 0, 1]), refused(Excluded)),
        (&[(7, &[10, 0, 0, 0, 255, 0, 0, 0])], &[], (7, &[0xfd; 16]), refused(NotPermitted)),
        (&[(1, b"a@example.com")], &[], (1, b"a@EXAMPLE.com"), Ok(())),
        (&[(1, b"a@example.com")], &[], (1, b"A@example.com"), refused(NotPermitted)),
        (&[(1, b"example.com")], &[], (1, b"a@x.example.com"), Ok(())),
        (&[(6, b"example.com")], &[], (6, b"https://a.example.com:80/"), Ok(())),
        (&[(2, b"example.com")], &[], (6, b"https://10.0.0.1"), refused(Unreadable)),
        (&[(2, b"example.com")], &[], (6, b"urn:a"), refused(Unreadable)),
        (&[(7, &[10, 0, 0, 0, 255, 0, 0, 0])], &[], (2, b"a..b"), refused(Unreadable)),
    ];
    for (permitted, excluded, name, expected) in cases {
        let said = below_constrained(allowed(permitted, excluded), &[name]);
        assert_eq!(said, expected, "{permitted:?} {excluded:?} {name:?}");
    }
    // Names in subjects, and a certificate's own constraints, are nothing to it.
    let own = server().extension(allowed(&[(2, b"other")], &[]));
    assert!(dialled(&[own], &Forge::root(0)).is_ok());
    // The names of an authority are under the constraints above it.
    let authority = Forge::intermediate(1, 0).extension(names(&[(2, b"other")]));
    let root = Forge::root(0).extension(allowed(&[(2, b"example.com")], &[]));
    let said = dialled(&[below(), authority], &root);
    assert_eq!(said, Err(Refusal::NameConstraint { of: Place::Sent(1), by: ROOT, what: NotPermitted }));
    // A kind that nobody knows counts where it is critical.
    let critical = allowed(&[(8, &[42, 3])], &[]);
    let lax = (critical.0.clone(), false, critical.2.clone());
    assert!(dialled(&[server()], &Forge::root(0).extension(lax)).is_ok());
    let said = dialled(&[server()], &Forge::root(0).extension(critical));
    assert!(matches!(said, Err(Refusal::UnknownAuthority { because: Some((ROOT, Fault::Critical(_))), .. })));
}

#[test]
fn critical_extensions_are_understood_or_refused() {
    let fault = || Fault::Critical(vec![0x2a, 3, 4]);
    assert!(dialled(&[server().extension(unknown(false))], &Forge::root(0)).is_ok());
    assert_eq!(dialled(&[server().extension(unknown(true))], &Forge::root(0)), Err(Refusal::Leaf(fault())));
    let said = dialled(&[server()], &Forge::root(0).extension(unknown(true)));
    assert_eq!(said, unknown_authority(0, Some((ROOT, fault()))));
    // A critical alternative name without any name that is known.
    let (oid, _, value) = names(&[(0, b"other")]);
    let said = asked(&[server().extension((oid, true, value))], &Forge::root(0), Purpose::Client, "", NOW);
    assert!(matches!(said, Err(Refusal::Leaf(Fault::Critical(_)))), "{said:?}");
}

#[test]
fn what_go_cannot_parse_is_refused() {
    let said = |forge: Forge| dialled(&[forge], &Forge::root(0));
    let serial = |bytes: &[u8]| server().with(|forge| forge.serial = bytes.to_vec());
    assert_eq!(said(serial(&[0x80])), malformed(Malformed::NegativeSerialNumber));
    assert_eq!(said(serial(&[0, 1])), malformed(Malformed::SerialNumber));
    assert!(said(serial(&[0])).is_ok() && said(serial(&[0x7f; 40])).is_ok());
    let twice = server().with(|forge| forge.extensions.extend(forge.extensions.clone()));
    assert_eq!(said(twice), malformed(Malformed::DuplicateExtension));
    let differ = server().with(|forge| forge.algorithms.1 = ecdsa_with(&[3, 3]));
    assert_eq!(said(differ), malformed(Malformed::AlgorithmsDiffer));
    assert_eq!(said(server().with(|forge| forge.version = Some(3))), malformed(Malformed::Version));
    for (kind, what) in [(14, Malformed::CriticalExtension), (35, Malformed::CriticalExtension)] {
        assert_eq!(said(server().extension(identifier(kind, b"id", true))), malformed(what));
        assert!(said(server().extension(identifier(kind, b"id", false))).is_ok());
    }
    let date = server().with(|forge| forge.dates.1 = "280230000000Z".into());
    assert_eq!(said(date), malformed(Malformed::Validity));
    for name in
        [(2, &[0xff][..]), (6, b"https://a:b"), (7, &[1, 2, 3]), (7, b"\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\0")]
    {
        assert_eq!(said(server().extension(names(&[name]))), malformed(Malformed::AlternativeName));
    }
    for base in [(2, &b"a."[..]), (7, &[10, 0, 0, 0, 255, 0, 255, 0]), (6, b"10.0.0.1"), (1, b"@a")] {
        let constraint = server().extension(allowed(&[base], &[]));
        assert_eq!(said(constraint), malformed(Malformed::NameConstraints), "{base:?}");
    }
    assert_eq!(said(server().extension(allowed(&[], &[]))), malformed(Malformed::NameConstraints));
}

#[test]
fn a_broken_member_is_refused_from_a_peer_and_skipped_in_a_pool() {
    let (leaf, root, mut broken) = (server().make(), Forge::root(0).make(), Forge::root(5).make());
    broken.push(0);
    let question = Question { purpose: Purpose::Server, dialled: None, now: at(NOW) };
    let roots = Roots::new([&broken[..], &root[..]]);
    assert_eq!(roots.unreadable(), [(ROOT, Malformed::Trailing)]);
    assert_eq!(judge(&[&leaf], &roots, question).unwrap().path, [LEAF, Place::Root(1)]);
    let refused = Refusal::Malformed { place: Place::Sent(1), what: Malformed::Trailing };
    assert_eq!(judge(&[&leaf, &broken], &roots, question), Err(refused));
}

#[test]
fn weak_and_foreign_signatures_are_refused() {
    let signed = |arc: &[u8]| {
        let algorithm = ecdsa_with(arc);
        server().with(|forge| forge.algorithms = (algorithm.clone(), algorithm))
    };
    let refused = |fault| unknown_authority(0, Some((ROOT, Fault::Signature(fault))));
    assert_eq!(dialled(&[signed(&[1])], &Forge::root(0)), refused(SignatureFault::Weak));
    assert_eq!(dialled(&[signed(&[3, 9])], &Forge::root(0)), refused(SignatureFault::Unsupported));
    assert_eq!(dialled(&[signed(&[3, 3])], &Forge::root(0)), refused(SignatureFault::Wrong));
    let other = server().with(|forge| forge.signer = 5);
    assert_eq!(dialled(&[other], &Forge::root(0)), refused(SignatureFault::Wrong));
    let rsa = Forge::root(0).with(|forge| forge.spki = Some(rsa_spki(2048)));
    assert_eq!(dialled(&[server()], &rsa), refused(SignatureFault::OtherKind));
    // The signature of the root itself is nothing to anybody.
    let sha1 = ecdsa_with(&[1]);
    let root = Forge::root(0).with(|forge| forge.algorithms = (sha1.clone(), sha1));
    assert!(dialled(&[server()], &root).is_ok());
}

#[test]
fn sizes_of_rsa_keys_count_where_tls_looks() {
    let leaf = |bits| server().with(|forge| forge.spki = Some(rsa_spki(bits)));
    let said = |bits| dialled(&[leaf(bits)], &Forge::root(0)).map(|_| ());
    assert_eq!(said(1023), Err(Refusal::LeafKey));
    assert_eq!(said(1024), Ok(()));
    assert_eq!(said(8192), Ok(()));
    assert_eq!(said(8193), Err(Refusal::LargeKey { place: LEAF, bits: 8193 }));
    // Nor does TLS have a signature scheme for P-224.
    let p224 =
        [&[0x30, 78, 0x30, 16, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1][..], &[6, 5, 0x2b, 0x81, 4, 0, 33]];
    let p224 = [&p224.concat()[..], &[3, 58, 0, 4], &[7; 56]].concat();
    let said_of_p224 = dialled(&[server().with(|forge| forge.spki = Some(p224))], &Forge::root(0));
    assert_eq!(said_of_p224, Err(Refusal::LeafKey));
    // One that is not needed is looked at, too.
    let said = dialled(&[server(), leaf(8193)], &Forge::root(0));
    assert_eq!(said, Err(Refusal::LargeKey { place: Place::Sent(1), bits: 8193 }));
    // crypto/x509 alone has no limit.
    let (leaf, root) = (leaf(8193).make(), Forge::root(0).make());
    let question = Question { purpose: Purpose::Server, dialled: None, now: at(NOW) };
    assert!(verify(&[&leaf], &Roots::new([&root[..]]), question).is_ok());
    // The key of an authority that signs.
    let small = Forge::root(0).with(|forge| forge.spki = Some(rsa_spki(1023)));
    let sha256 = [&[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0xd, 1, 1, 11][..], &[5, 0]].concat();
    let signed = server().with(|forge| forge.algorithms = (sha256.clone(), sha256));
    let fault = Fault::Signature(SignatureFault::SmallKey { bits: 1023 });
    assert_eq!(dialled(&[signed], &small), unknown_authority(0, Some((ROOT, fault))));
}

#[test]
fn issuers_are_found_by_their_names_and_all_of_them_are_tried() {
    // Names agree to the byte.
    let other = Forge::root(0).with(|forge| forge.subject = "CA0".into());
    assert_eq!(dialled(&[server()], &other), unknown_authority(0, None));
    // Identifiers of keys never decide.
    let leaf = server().extension(identifier(35, b"one", false));
    assert!(dialled(&[leaf], &Forge::root(0).extension(identifier(14, b"two", false))).is_ok());
    // Several of the same name, the right one last.
    let (leaf, roots) = (
        server().make(),
        [5, 6, 0].map(|key| Forge::root(key).with(|forge| forge.subject = "ca0".into()).make()),
    );
    let question = Question { purpose: Purpose::Server, dialled: None, now: at(NOW) };
    let accepted = judge(&[&leaf], &Roots::new(roots.iter().map(Vec::as_slice)), question).unwrap();
    assert_eq!(accepted.path, [LEAF, Place::Root(2)]);
    // A leaf that is a root itself needs nobody.
    let said = judge(&[&leaf], &Roots::new([&leaf[..]]), question).unwrap();
    assert_eq!(said.path, [LEAF]);
    // An intermediate as a root ends the path.
    let (leaf, authority) = (below().make(), Forge::intermediate(1, 0).make());
    assert!(judge(&[&leaf], &Roots::new([&authority[..]]), question).is_ok());
}
