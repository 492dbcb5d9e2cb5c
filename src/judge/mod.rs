//! Judges certificate paths as Go's crypto/x509 and crypto/tls do, which the programs of Kubernetes and etcd use.
//!
//! It is a pure function; the time is an argument. The files correspond to Go's: `reader` and `time` (cryptobyte);
//! `certificate`, `extensions`, `policy_extensions`, `key`, `alternative_names`, `uri`, `address`, `text`, `domain`
//! (parser.go, net/url, net/netip); `algorithm`, `signature` (x509.go); `pool` (cert_pool.go); `path`, `usages`,
//! `policies`, `dialled` (verify.go); `constraints`, `names` (constraints.go). The Go version is 1.27. `openssl` judges
//! a chain as OpenSSL 3 does, with the same code and two stricter rules.
//!
//! It is stricter than Go in these points: it reads ML-DSA and P-224 keys but never verifies with them, and an RSA key
//! of more than 16384 bits verifies nothing. It does not check whether a P-224 point is on its curve. [`judge`] also
//! refuses a leaf whose key could not sign the handshake that follows.

mod address;
mod algorithm;
mod alternative_names;
mod certificate;
mod constraints;
mod dialled;
mod domain;
mod extensions;
mod key;
mod likeness;
mod malformed;
mod names;
mod path;
mod policies;
mod policy_extensions;
mod pool;
mod reader;
mod refusal;
mod shown;
mod signature;
mod text;
mod time;
mod uri;
mod usages;

use std::cmp::Reverse;

use sha2::{Digest, Sha256};

use certificate::Certificate;
pub use dialled::Dialled;
use key::Key;
pub use likeness::{Likeness, likeness};
pub use malformed::Malformed;
use path::{Path, Search, check_alone};
pub use pool::Roots;
use pool::{Member, Pool};
pub use refusal::{ConstraintFault, Fault, Place, Refusal, SignatureFault};
pub use shown::{Shown, is_for, shown};
pub use usages::Purpose;

use crate::issue::signature::{KeyParts, SMALLEST_MODULUS};
use crate::values::Instant;

/// crypto/tls, `defaultMaxRSAKeySize`
const LARGEST_SENT_MODULUS: usize = 8192;

/// The last instant that X.509 can write, which stands for none (RFC 5280, 4.1.2.5).
const NO_END: i64 = 253_402_300_799;

/// What is asked of a chain.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// What its leaf is to be used for.
    pub purpose: Purpose,
    /// The name that a client dials; none where a server judges a client.
    pub dialled: Option<&'q Dialled>,
    /// When.
    pub now: Instant,
}

/// An accepted chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The last instant at which the path that holds longest is still valid; none where it has no end.
    pub until: Option<Instant>,
    /// That path: from the leaf to the root.
    pub path: Vec<Place>,
}

/// Judges a chain as it is sent, the leaf first, as `tls.Client` and `tls.Server` of Go do.
///
/// # Errors
/// When Go would refuse it.
pub fn judge(chain: &[&[u8]], roots: &Roots<'_>, question: Question<'_>) -> Result<Accepted, Refusal> {
    let sent = read(chain)?;
    for Member { place, certificate } in &sent {
        match certificate.key.as_ref().and_then(Key::modulus_bits) {
            Some(bits) if bits > LARGEST_SENT_MODULUS => {
                return Err(Refusal::LargeKey { place: *place, bits });
            }
            _ => {}
        }
    }
    let accepted = verify_read(sent.clone(), roots, question, Rules::Go)?;
    let signs = sent.first().and_then(|leaf| leaf.certificate.key.as_ref()).is_some_and(signs_handshakes);
    if signs { Ok(accepted) } else { Err(Refusal::LeafKey) }
}

/// Judges a chain as `Certificate.Verify` alone does: sizes and kinds of keys that TLS refuses may pass.
///
/// # Errors
/// When Go would refuse it.
pub fn verify(chain: &[&[u8]], roots: &Roots<'_>, question: Question<'_>) -> Result<Accepted, Refusal> {
    verify_read(read(chain)?, roots, question, Rules::Go)
}

/// Judges a chain as OpenSSL 3 does where no partial chain is allowed (`X509_verify_cert`): as Go, but a path ends at a
/// root that names itself as its issuer, and `anyExtendedKeyUsage` stands for nothing.
///
/// # Errors
/// When OpenSSL would refuse it.
pub fn openssl(chain: &[&[u8]], roots: &Roots<'_>, question: Question<'_>) -> Result<Accepted, Refusal> {
    verify_read(read(chain)?, roots, question, Rules::OpenSsl)
}

/// Whose rules for a path that leads to a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rules {
    Go,
    OpenSsl,
}

fn read<'a>(chain: &[&'a [u8]]) -> Result<Vec<Member<'a>>, Refusal> {
    let members = chain.iter().enumerate().map(|(at, der)| {
        let place = Place::Sent(at);
        match Certificate::parse(der) {
            Ok(certificate) => Ok(Member { place, certificate }),
            Err(what) => Err(Refusal::Malformed { place, what }),
        }
    });
    members.collect()
}

fn verify_read(
    sent: Vec<Member<'_>>,
    roots: &Roots<'_>,
    question: Question<'_>,
    rules: Rules,
) -> Result<Accepted, Refusal> {
    let mut sent = sent.into_iter();
    let leaf = sent.next().ok_or(Refusal::Nothing)?;
    let mut intermediates = Pool::default();
    sent.for_each(|member| intermediates.add(member.place, member.certificate));
    check_alone(&leaf.certificate, question.now).map_err(Refusal::Leaf)?;
    let names = leaf.certificate.extensions.alternative_names.as_ref();
    if question.dialled.is_some_and(|dialled| !dialled.is_among(names)) {
        return Err(Refusal::Name);
    }
    let paths = match roots.pool.find(&leaf.certificate) {
        // A leaf that is trusted itself needs no issuer.
        Some(_) => vec![vec![&leaf]],
        None => Search::new(&roots.pool, &intermediates, question.now).paths(&leaf)?,
    };
    longest(&paths, question.purpose, rules)
}

/// The path that holds longest, of those that may be used; else what is wrong with the first one.
fn longest(paths: &[Path<'_, '_>], purpose: Purpose, rules: Rules) -> Result<Accepted, Refusal> {
    let mut refusals = Vec::new();
    let mut best: Option<(i64, &Path<'_, '_>)> = None;
    for path in paths {
        match check_path(path, purpose, rules) {
            Ok(()) => {
                let end = path.iter().map(|member| member.certificate.validity.1).min().unwrap_or(NO_END);
                if best.is_none_or(|(longest, _)| end > longest) {
                    best = Some((end, path));
                }
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    match best {
        Some((end, path)) => Ok(Accepted {
            until: Instant::from_unix(end).filter(|end| end.unix() < NO_END),
            path: path.iter().map(|member| member.place).collect(),
        }),
        // Go names name constraints first.
        None => {
            refusals.sort_by_key(|refusal| Reverse(matches!(refusal, Refusal::NameConstraint { .. })));
            Err(refusals.into_iter().next().unwrap_or(Refusal::Nothing))
        }
    }
}

fn check_path(path: &Path<'_, '_>, purpose: Purpose, rules: Rules) -> Result<(), Refusal> {
    if rules == Rules::OpenSsl
        && let Some(last) = path.last().filter(|last| !last.certificate.is_self_issued())
    {
        return Err(Refusal::UnknownAuthority { of: last.place, because: None });
    }
    if !policies::are_valid(path) {
        return Err(Refusal::Policy);
    }
    if !usages::allow(path, purpose, rules == Rules::Go) {
        return Err(Refusal::Usage);
    }
    names::check(path)?;
    let is_distrusted = |member: &&Member<'_>| {
        let digest: [u8; 32] = Sha256::digest(member.certificate.spki).into();
        DISTRUSTED.contains(&crate::values::hex(&digest).as_str())
    };
    if path.iter().any(is_distrusted) { Err(Refusal::Distrusted) } else { Ok(()) }
}

/// Whether TLS 1.2 and 1.3 of Go have a signature scheme for it (crypto/tls, auth.go), and whether its crypto/rsa
/// verifies with it.
fn signs_handshakes(key: &Key) -> bool {
    match key {
        Key::Parts(KeyParts::Ecdsa(..) | KeyParts::Ed25519(_)) => true,
        Key::Parts(parts) => parts.modulus_bits().is_some_and(|bits| bits >= SMALLEST_MODULUS),
        Key::Rsa { .. } | Key::P224 | Key::Dsa | Key::MlDsa => false,
    }
}

/// SHA-256 of public keys that Go refuses (verify.go, `distrustedSPKIHashes`).
const DISTRUSTED: [&str; 8] = [
    "ebed6475c2c2d80fcb199f3fe8dd6e6b3ce60b77eb15d4e42c3dec0c6f5b5105",
    "49dd353dc2b919a3770645117d0e60c16115e7d1bc259eefe734b00ea434fe5f",
    "e0254c7fcdc265e2f0f8a428dabb75ab4ae039b4872d62f5ee57f0877d5a8a41",
    "5c0660a2b164910d8ff589c18e14552e9e0ec237dcefe2cb736d41a4811f81a0",
    "43bffa19d6ef651451f6841e019931e96f6f2eaeff28ab4b6f1ce4576de2717b",
    "63ecefee431d49523bc1136c4e72d0206a477086caf606cd5cf025686c109cf8",
    "ec4ffa1ad0ac88081314b7aaffef6a91f97cd57291bb5ba686c5415f5eb4f6b6",
    "92c063d67e8f14db71d288e11266ffdaf69cbf115f7bab14f3bc2f68d25e0e30",
];
