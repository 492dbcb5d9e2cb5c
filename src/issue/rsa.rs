//! RSA: the search for primes is pkiplan's own, so that its result never changes; signing is done by the crate.

use crypto_bigint::{BoxedUint, ConcatenatingMul as _, Gcd as _, Limb, NonZero, Resize as _};
use crypto_primes::{Flavor, is_prime};
use rsa::{Pkcs1v15Sign, PrivateKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::der::{self, element};
use super::derivation::Purpose;
use super::secret::Secret;

type Number = Zeroizing<BoxedUint>;
type Bytes = Zeroizing<Vec<u8>>;

/// The public exponent. It is a prime, so it has an inverse modulo `p - 1` unless `p` is 1 modulo it.
const EXPONENT: u64 = 65537;
/// How many odd numbers a draw tries.
const STEPS: u32 = 1 << 20;
/// How many of them are sieved together: enough that a second window is rare (a prime of 1024 bits is one
/// odd number in 355).
const WINDOW: u32 = 1 << 12;
/// The sieve has the primes below this. It only saves time, the result does not depend on it.
const SMALL: u32 = 1 << 15;

/// AlgorithmIdentifier of rsaEncryption with its NULL (RFC 3279, 2.3.1).
const ALGORITHM: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// A private key. The crate's type overwrites itself when it is dropped.
pub(super) struct Key {
    signer: PrivateKey,
    /// RSAPrivateKey (RFC 8017, A.1.2).
    pkcs1: Bytes,
}

impl Key {
    /// The private key and its RSAPublicKey (RFC 8017, A.1.1).
    pub(super) fn derive(secret: &Secret, purpose: Purpose<'_>, bits: u32) -> (Self, Vec<u8>) {
        let (p, q) = primes(bits / 2, |counter, draw| purpose.expand(secret, counter, draw));
        Self::from_primes(&p, &q)
    }

    /// A key that was made elsewhere; none unless the modulus is the product of two primes of half its length.
    pub(super) fn from_parts(modulus: &[u8], p: &[u8], q: &[u8]) -> Option<(Self, Vec<u8>)> {
        let half = modulus.len() / 2;
        let number = |bytes: &[u8]| {
            let number = Number::new(BoxedUint::from_be_slice_vartime(bytes));
            let coprime = u64::from(residue(bytes, EXPONENT as u32)) != 1;
            (bytes.len() == half && coprime && is_prime(Flavor::Any, &*number)).then_some(number)
        };
        let (p, q) = (number(p)?, number(q)?);
        let product = Number::new(p.concatenating_mul(&*q));
        let whole = p != q && product.to_be_bytes()[..] == *modulus;
        whole.then(|| Self::from_primes(&p, &q))
    }

    fn from_primes(p: &Number, q: &Number) -> (Self, Vec<u8>) {
        let modulus = p.concatenating_mul(&**q);
        let (p_less, q_less) = (minus_one(p), minus_one(q));
        let d = inverse_of_exponent(&lcm(&p_less, &q_less), modulus.bits_precision());
        let signer = PrivateKey::from_components(
            modulus.clone(),
            BoxedUint::from(EXPONENT),
            (*d).clone(),
            vec![(**p).clone(), (**q).clone()],
        )
        .expect("two primes and the inverse of the exponent are a key");

        let d_p = Number::new(d.rem(&nonzero(&p_less)));
        let d_q = Number::new(d.rem(&nonzero(&q_less)));
        let odd = p.as_odd_vartime().expect("large primes are odd");
        let q_inverse = Number::new(q.invert_odd_mod(odd).expect("other primes have an inverse"));
        let exponent = integer(&EXPONENT.to_be_bytes());
        let n = integer(&modulus.to_be_bytes());
        let numbers = [&d, p, q, &d_p, &d_q, &q_inverse]
            .map(|number| integer(&Bytes::new(number.to_be_bytes().into())));
        let [d, p, q, d_p, d_q, q_inverse] = &numbers;
        let pkcs1 = element(der::SEQUENCE, &[&integer(&[0]), &n, &exponent, d, p, q, d_p, d_q, q_inverse]);
        (Self { signer, pkcs1: Bytes::new(pkcs1) }, element(der::SEQUENCE, &[&n, &exponent]))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2), which draws nothing. The crate verifies what it made: one wrong
    /// power modulo a prime would give the primes away (Boneh, DeMillo, Lipton).
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.signer
            .sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message))
            .expect("a modulus of 2048 bits holds a digest")
    }

    /// PrivateKeyInfo (RFC 5208, 5).
    pub(super) fn to_pkcs8(&self) -> Bytes {
        let key = Bytes::new(element(der::OCTET_STRING, &[&self.pkcs1]));
        Bytes::new(element(der::SEQUENCE, &[&integer(&[0]), &ALGORITHM, &key]))
    }
}

/// SubjectPublicKeyInfo of an RSAPublicKey (RFC 3279, 2.3.1).
pub(super) fn spki(public: &[u8]) -> Vec<u8> {
    element(der::SEQUENCE, &[&ALGORITHM, &element(der::BIT_STRING, &[&[0], public])])
}

/// `p > q`, of `bits` bits each, from draws that `fill` fills by their number.
fn primes(bits: u32, mut fill: impl FnMut(u32, &mut [u8])) -> (Number, Number) {
    let small = small_primes();
    let mut bytes = Bytes::new(vec![0; bits as usize / 8]);
    let mut found = (0..).filter_map(|counter| {
        fill(counter, &mut bytes);
        bytes[0] |= 0xc0;
        let last = bytes.len() - 1;
        bytes[last] |= 1;
        prime_from(&bytes, &small)
    });
    let mut next = || found.next().expect("primes do not end");
    let first = next();
    loop {
        let second = next();
        let (p, q) = if *first > *second { (&first, &second) } else { (&second, &first) };
        // Primes close to each other are found from the root of their product (FIPS 186-5, A.1.3).
        if Number::new(p.wrapping_sub(&**q)).bit_width() > bits - 100 {
            return (p.clone(), q.clone());
        }
    }
}

/// The first suitable prime from an odd number on.
fn prime_from(start: &[u8], small: &[u32]) -> Option<Number> {
    let base = Number::new(BoxedUint::from_be_slice_vartime(start));
    let residues: Zeroizing<Vec<u32>> =
        Zeroizing::new(small.iter().map(|&prime| residue(start, prime)).collect());
    let exponent_residue = u64::from(residue(start, EXPONENT as u32));
    let mut composite = Zeroizing::new(vec![false; WINDOW as usize]);
    for window in (0..STEPS).step_by(WINDOW as usize) {
        composite.fill(false);
        for (&prime, &residue) in small.iter().zip(residues.iter()) {
            // The candidate of a step is divisible when `residue + 2 (window + step) = 0` modulo the prime.
            let prime = u64::from(prime);
            let here = (u64::from(residue) + 2 * u64::from(window)) % prime;
            let half = prime.div_ceil(2);
            let first = (prime - here) * half % prime;
            composite.iter_mut().skip(first as usize).step_by(prime as usize).for_each(|mark| *mark = true);
        }
        let steps = composite.iter().zip(window..).filter(|(composite, _)| !**composite);
        for offset in steps.map(|(_, step)| 2 * u64::from(step)) {
            if (exponent_residue + offset) % EXPONENT == 1 {
                continue;
            }
            let candidate = Number::new(base.wrapping_add(BoxedUint::from(offset)));
            if *candidate < *base {
                return None;
            }
            if is_prime(Flavor::Any, &*candidate) {
                return Some(candidate);
            }
        }
    }
    None
}

fn residue(number: &[u8], prime: u32) -> u32 {
    let words =
        number.chunks_exact(4).map(|word| word.iter().fold(0, |word, &byte| (word << 8) | u64::from(byte)));
    words.fold(0, |residue: u64, word| ((residue << 32) | word) % u64::from(prime)) as u32
}

/// The odd primes below [`SMALL`].
fn small_primes() -> Vec<u32> {
    let mut composite = vec![false; SMALL as usize];
    let mut primes = Vec::new();
    for number in (3..SMALL).step_by(2) {
        if !composite[number as usize] {
            primes.push(number);
            (number..SMALL).step_by(number as usize).for_each(|multiple| composite[multiple as usize] = true);
        }
    }
    primes
}

fn minus_one(number: &Number) -> Number {
    Number::new(number.wrapping_sub(BoxedUint::one()))
}

fn nonzero(number: &Number) -> Zeroizing<NonZero<BoxedUint>> {
    Zeroizing::new(number.to_nz().expect("a large number is not zero"))
}

fn lcm(a: &Number, b: &Number) -> Number {
    let gcd = Number::new(a.gcd(&**b));
    Number::new(Number::new(a.wrapping_div(&nonzero(&gcd))).concatenating_mul(&**b))
}

/// The inverse of the exponent `e` modulo `m`: it is `(1 + k m) / e` for the `k < e` that makes the division
/// exact, `k = -m^-1 mod e`. The inverse modulo the prime `e` is a power (Fermat).
fn inverse_of_exponent(m: &Number, precision: u32) -> Number {
    let exponent = NonZero::new(Limb::from(EXPONENT as u32)).expect("65537 is not zero");
    let rest = u64::from(residue(&Bytes::new(m.to_be_bytes().into()), EXPONENT as u32));
    // The exponent 65535 is 16 ones: square and multiply each time.
    let inverse = (0..16).fold(1, |power, _| power * power % EXPONENT * rest % EXPONENT);
    let multiple = Number::new(m.concatenating_mul(BoxedUint::from(EXPONENT - inverse)));
    let dividend = Number::new(multiple.wrapping_add(BoxedUint::one()));
    let (quotient, rest) = dividend.div_rem_limb(exponent);
    debug_assert!(rest == Limb::ZERO, "the division is exact");
    Number::new(quotient.resize(precision))
}

fn integer(bytes: &[u8]) -> Bytes {
    Bytes::new(der::integer(bytes))
}
