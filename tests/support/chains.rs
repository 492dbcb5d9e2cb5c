//! Chains to be judged: those of x509-limbo, forged ones, and mutations of both, the same for the same seed.

use pkiplan::judge::Purpose;
use serde_json::Value;

use super::forge::{self, Extension, Forge};

const DERS: &[u8] = include_bytes!("../vectors/x509-limbo/certificates.der");
const PATHS: &str = include_str!("../vectors/x509-limbo/paths.jsonl");

/// What is asked of a judge.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) purpose: Purpose,
    pub(crate) name: String,
    pub(crate) at: i64,
    /// The private key of the leaf, where a handshake is asked for.
    pub(crate) key: Option<Vec<u8>>,
    /// Where it comes from.
    pub(crate) what: String,
}

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) % u64::try_from(end).unwrap()).unwrap()
    }

    fn of<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.below(choices.len())]
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// Changes a few bytes.
    fn flip(&mut self, der: &mut [u8]) {
        for _ in 0..=self.below(2) {
            if der.is_empty() {
                return;
            }
            let at = self.below(der.len());
            match self.below(8) {
                0 => der[at] = der[at].wrapping_add(1),
                1 => der[at] = u8::try_from(self.below(256)).unwrap(),
                2 => der[at] = *self.of(&[0, 1, 0x7f, 0x80, 0xff, 0x30, b'.', b'*', b'@', b':']),
                3 => der.swap(at, at.saturating_sub(1)),
                _ => der[at] ^= 1 << self.below(8),
            }
        }
    }
}

/// The paths of x509-limbo, each with Go's error, if it refuses it.
pub(crate) fn limbo() -> Vec<(Asked, Option<String>)> {
    let cases = PATHS.lines().map(|line| serde_json::from_str(line).unwrap());
    cases.map(|case: Value| (one(&case), case["error"].as_str().map(str::to_owned))).collect()
}

fn one(case: &Value) -> Asked {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let ders = |name: &str| {
        let spans = case[name].as_array().unwrap().iter();
        spans.map(|span| DERS[number(&span[0])..][..number(&span[1])].to_vec()).collect()
    };
    let at: pkiplan::values::Instant = case["at"].as_str().unwrap().parse().unwrap();
    Asked {
        roots: ders("roots"),
        chain: ders("chain"),
        purpose: if case["purpose"] == "client" { Purpose::Client } else { Purpose::Server },
        name: case["name"].as_str().unwrap().to_owned(),
        at: at.unix(),
        key: None,
        what: case["id"].as_str().unwrap().to_owned(),
    }
}

/// One of them, changed. Nothing is signed anew, so that bytes change where no signature is looked at: in roots, and
/// in a leaf that is one.
pub(crate) fn mutated(bases: &[Asked], random: &mut Random) -> Asked {
    let mut asked = random.of(bases).clone();
    for _ in 0..=random.below(2) {
        let last = asked.chain.len() - 1;
        match random.below(12) {
            0..=2 => {
                let root = random.below(asked.roots.len());
                random.flip(&mut asked.roots[root]);
            }
            3..=5 => {
                random.flip(&mut asked.chain[0]);
                asked.roots.push(asked.chain[0].clone());
            }
            6 => {
                let at = random.below(last + 1);
                random.flip(&mut asked.chain[at]);
            }
            7 => asked.chain[1..].reverse(),
            8 => {
                let at = random.below(last + 1);
                if at > 0 {
                    asked.chain.remove(at);
                }
            }
            9 => {
                let other = random.of(bases).clone();
                asked.roots.extend(other.roots);
                asked.chain.extend(other.chain.into_iter().take(5));
            }
            10 => asked.at = [0, 1_000_000_000, 2_000_000_000, asked.at + 1][random.below(4)].max(0),
            _ => match random.below(3) {
                0 => asked.name = another_name(&asked.name, random),
                1 => asked.purpose = Purpose::Client,
                _ => asked.roots.extend(asked.chain.last().cloned()),
            },
        }
    }
    asked
}

fn another_name(name: &str, random: &mut Random) -> String {
    match random.below(8) {
        0 => format!("{name}."),
        1 => format!("sub.{name}"),
        2 => name.to_ascii_uppercase(),
        3 => name.split_once('.').map_or(String::new(), |(_, rest)| rest.to_owned()),
        4 => format!("[{name}]"),
        5 => "10.0.0.1".to_owned(),
        6 => format!("*.{name}"),
        _ => format!("::ffff:{name}"),
    }
}

/// A chain of one to four certificates, whose extensions are drawn from many. Bytes are changed before they are
/// signed.
pub(crate) fn forged(random: &mut Random) -> Asked {
    let authorities = u8::try_from(1 + random.below(3)).unwrap();
    let mut forges = vec![Forge::root(0)];
    forges.extend((1..authorities).map(|key| Forge::intermediate(key, key - 1)));
    let name = (*random.of(&NAMES)).to_owned();
    forges.push(Forge::leaf(&name, 9, authorities - 1));
    let faults = random.below(4);
    for _ in 0..faults {
        let at = random.below(forges.len());
        forges[at] = changed(forges[at].clone(), at + 1 == forges.len(), random);
    }
    let broken = if random.one_in(4) { random.below(forges.len()) } else { usize::MAX };
    let mut ders = forges.iter().enumerate().map(|(at, forge)| {
        let mut tbs = forge.tbs();
        if at == broken {
            random.flip(&mut tbs);
        }
        forge.sign(&tbs)
    });
    let roots = vec![ders.next().unwrap()];
    let mut chain: Vec<Vec<u8>> = ders.collect();
    chain.reverse();
    let mut asked = Asked {
        roots,
        chain,
        purpose: *random.of(&[Purpose::Server, Purpose::Server, Purpose::Client]),
        name: if random.one_in(8) { another_name(&name, random) } else { name },
        at: 1_798_761_600,
        key: None,
        what: format!("{faults} faults"),
    };
    match random.below(20) {
        0 => asked.chain[1..].reverse(),
        1 => drop(asked.chain.split_off(1)),
        2 => asked.roots.push(asked.chain[0].clone()),
        3 => asked.roots.extend(asked.chain.last().cloned()),
        4 => asked.at = *random.of(&[1_767_225_600, 1_767_225_599, 1_830_297_600, 1_830_297_601]),
        5 => asked.chain.insert(1, Forge::intermediate(authorities - 1, 7).make()),
        _ => {}
    }
    asked
}

const NAMES: [&str; 6] =
    ["a.example.com", "api", "b.a.example.com", "etcd.example.org", "x_y.example.com", "Example.com"];

/// Names of all kinds: of certificates, of constraints.
const GENERAL: [(u8, &[u8]); 34] = [
    (2, b"a.example.com"),
    (2, b"*.example.com"),
    (2, b"*.a.example.com"),
    (2, b"example.com"),
    (2, b".example.com"),
    (2, b"EXAMPLE.com"),
    (2, b"api"),
    (2, b""),
    (2, b"com"),
    (2, b"a..b"),
    (2, b"example.com."),
    (2, b"10.0.0.1"),
    (1, b"user@example.com"),
    (1, b"User@EXAMPLE.com"),
    (1, b"example.com"),
    (1, b".example.com"),
    (1, b"\"a b\"@example.com"),
    (1, b"a@b@c"),
    (6, b"https://a.example.com/x"),
    (6, b"https://a.example.com:80"),
    (6, b"spiffe://example.com/x"),
    (6, b"example.com"),
    (6, b"https://[::1]:80/"),
    (6, b"https://10.0.0.1"),
    (6, b"urn:a:b"),
    (6, b"https://a:b"),
    (6, b"10.0.0.1"),
    (7, &[10, 0, 0, 1]),
    (7, &[0; 16]),
    (7, &[10, 0, 0, 1, 255, 0, 0, 0]),
    (7, &[10, 0, 0, 1, 255, 0, 255, 0]),
    (7, &[0xff; 32]),
    (0, b"other"),
    (8, &[42, 3]),
];

fn changed(forge: Forge, is_leaf: bool, random: &mut Random) -> Forge {
    let number = |random: &mut Random| u8::try_from(random.below(4)).unwrap();
    match random.below(30) {
        0..=4 => {
            let mut list: Vec<(u8, &[u8])> = (0..random.below(3)).map(|_| *random.of(&GENERAL)).collect();
            if is_leaf && !random.one_in(3) {
                list.push((2, b"a.example.com"));
            }
            forge.extension(forge::names(&list))
        }
        5..=9 => {
            let list = |random: &mut Random| -> Vec<(u8, &'static [u8])> {
                (0..random.below(3)).map(|_| *random.of(&GENERAL)).collect()
            };
            let (permitted, excluded) = (list(random), list(random));
            let mut extension = forge::allowed(&permitted, &excluded);
            extension.1 = !random.one_in(3);
            forge.extension(extension)
        }
        10..=12 => {
            let all = [forge::SERVER, forge::CLIENT, forge::ANY, forge::CODE];
            let list: Vec<&[u8]> = (0..random.below(3)).map(|_| *random.of(&all)).collect();
            forge.extension(forge::purposes(&list))
        }
        13 => forge.extension(forge::constraints(!random.one_in(3), None)),
        14 => {
            let length = number(random);
            forge.extension(forge::constraints(true, Some(length)))
        }
        15 => forge.extension(forge::usage(*random.of(&[0, 5, 6]))),
        16 => forge.without(*random.of(&[15, 17, 19, 37])),
        17 => forge.with(|forge| forge.version = *random.of(&[None, Some(0), Some(1), Some(2), Some(3)])),
        18 => {
            let dates = *random.of(&[
                ("270101000001Z", "280101000000Z"),
                ("200101000000Z", "261231235959Z"),
                ("2601010000Z", "280101000000+0100"),
            ]);
            forge.with(|forge| forge.dates = (dates.0.into(), dates.1.into()))
        }
        19 => forge.extension(forge::unknown(random.one_in(2))),
        20 => {
            let kind = *random.of(&[14, 35]);
            let bytes = *random.of::<&[u8]>(&[b"id", b"other", b""]);
            let critical = random.one_in(4);
            forge.extension(forge::identifier(kind, bytes, critical))
        }
        21..=23 => policy(forge, random),
        24 => forge.with(|forge| {
            forge.serial = random.of(&[vec![0x80], vec![0], vec![0, 1], vec![], vec![0x7f; 40]]).clone()
        }),
        25 => forge.with(|forge| {
            let algorithm = forge::ecdsa_with(random.of::<&[u8]>(&[&[1], &[3, 2], &[3, 3], &[3, 9]]));
            forge.algorithms.1 = algorithm.clone();
            if !random.one_in(3) {
                forge.algorithms.0 = algorithm;
            }
        }),
        26 => forge.with(|forge| forge.extensions.extend(forge.extensions.first().cloned())),
        27 => forge.with(|forge| forge.signer = number(random)),
        28 => forge.with(|forge| forge.issuer = format!("ca{}", random.below(3))),
        _ => {
            let bits = *random.of(&[1023, 1024, 2048, 8192, 8193]);
            forge.with(|forge| forge.spki = Some(forge::rsa_spki(bits)))
        }
    }
}

/// Policies are seldom on a whole path by chance, so several extensions come at once.
fn policy(forge: Forge, random: &mut Random) -> Forge {
    let number = |random: &mut Random| u8::try_from(random.below(3)).unwrap();
    let list = |random: &mut Random| -> Vec<u8> { (0..=random.below(2)).map(|_| number(random)).collect() };
    let mut extensions: Vec<Extension> = vec![forge::policies(&list(random))];
    if random.one_in(2) {
        let (explicit, mapping) = (number(random), number(random));
        extensions
            .push(forge::policy_constraints(Some(explicit), Some(mapping).filter(|number| *number > 0)));
    }
    if random.one_in(3) {
        extensions.push(forge::mappings(&[(number(random), number(random))]));
    }
    if random.one_in(4) {
        extensions.push(forge::inhibit_any(number(random)));
    }
    extensions.into_iter().fold(forge, Forge::extension)
}
