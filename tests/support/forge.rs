//! Certificates with any content, right or wrong, byte by byte; signed with P-256 keys that are numbers.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};

/// A certificate to be made. Names are common names.
#[derive(Debug, Clone)]
pub(crate) struct Forge {
    /// Content of the INTEGER, or no version at all.
    pub(crate) version: Option<u8>,
    /// Content of the INTEGER.
    pub(crate) serial: Vec<u8>,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// More of the subject: the last component of an attribute's OID (10 is O, 6 is C) and its value.
    pub(crate) attributes: Vec<(u8, String)>,
    /// UTCTime, or GeneralizedTime
    pub(crate) dates: (String, String),
    pub(crate) key: u8,
    pub(crate) signer: u8,
    pub(crate) extensions: Vec<Extension>,
    /// AlgorithmIdentifiers: inside and outside of what is signed.
    pub(crate) algorithms: (Vec<u8>, Vec<u8>),
    /// SubjectPublicKeyInfo, where it is not that of `key`.
    pub(crate) spki: Option<Vec<u8>>,
}

/// Content of the OID, whether it is critical, value.
pub(crate) type Extension = (Vec<u8>, bool, Vec<u8>);

pub(crate) const SERVER: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
pub(crate) const CLIENT: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];
pub(crate) const ANY: &[u8] = &[0x55, 0x1d, 0x25, 0];
/// id-kp-codeSigning
pub(crate) const CODE: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 3];

/// An element of DER.
pub(crate) fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let header = match length {
        0..0x80 => vec![tag, u8::try_from(length).unwrap()],
        0x80..0x100 => vec![tag, 0x81, u8::try_from(length).unwrap()],
        _ => [&[tag, 0x82][..], &u16::try_from(length).unwrap().to_be_bytes()].concat(),
    };
    [header, content].concat()
}

/// An AlgorithmIdentifier of ECDSA with this last component: 1 is SHA-1; 3.2 SHA-256, 3.3 SHA-384, 3.4 SHA-512.
pub(crate) fn ecdsa_with(arc: &[u8]) -> Vec<u8> {
    let oid = [&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4], arc].concat();
    der(0x30, &[&der(6, &[&oid])])
}

fn signing_key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number + 1; 32]).unwrap()
}

/// SubjectPublicKeyInfo of a number.
pub(crate) fn spki(number: u8) -> Vec<u8> {
    let curve = [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    let algorithm = der(0x30, &[&der(6, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]]), &der(6, &[&curve])]);
    let point = signing_key(number).verifying_key().to_sec1_point(false);
    der(0x30, &[&algorithm, &der(3, &[&[0], point.as_bytes()])])
}

/// SubjectPublicKeyInfo of an RSA key with some odd modulus of so many bits.
pub(crate) fn rsa_spki(bits: usize) -> Vec<u8> {
    let mut modulus = vec![0xff; bits.div_ceil(8)];
    modulus[0] >>= bits.div_ceil(8) * 8 - bits;
    let key =
        der(0x30, &[&der(2, &[if modulus[0] & 0x80 == 0 { &[] } else { &[0] }, &modulus]), &[2, 3, 1, 0, 1]]);
    let algorithm = der(0x30, &[&der(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0xd, 1, 1, 1]]), &[5, 0]]);
    der(0x30, &[&algorithm, &der(3, &[&[0], &key])])
}

pub(crate) fn name(common: &str) -> Vec<u8> {
    let attribute = der(0x30, &[&[6, 3, 0x55, 4, 3], &der(0x0c, &[common.as_bytes()])]);
    der(0x30, &[&der(0x31, &[&attribute])])
}

/// A name with more attributes behind the common name; without a common name where that is empty.
pub(crate) fn subject(common: &str, attributes: &[(u8, String)]) -> Vec<u8> {
    let common = (!common.is_empty()).then(|| (3, common.to_owned()));
    let sets = common.into_iter().chain(attributes.iter().cloned()).map(|(kind, value)| {
        let attribute = der(0x30, &[&[6, 3, 0x55, 4, kind], &der(0x0c, &[value.as_bytes()])]);
        der(0x31, &[&attribute])
    });
    der(0x30, &[&sets.collect::<Vec<_>>().concat()])
}

/// A private key as SEC 1 has it (RFC 5915, 3).
pub(crate) fn private_key(number: u8) -> Vec<u8> {
    let curve = [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    let point = signing_key(number).verifying_key().to_sec1_point(false);
    let public = der(0xa1, &[&der(3, &[&[0], point.as_bytes()])]);
    der(0x30, &[&[2, 1, 1], &der(4, &[&[number + 1; 32]]), &der(0xa0, &[&der(6, &[&curve])]), &public])
}

impl Forge {
    /// An authority that signs itself.
    pub(crate) fn root(key: u8) -> Self {
        Self {
            extensions: vec![constraints(true, None), usage(5)],
            ..Self::leaf(&format!("ca{key}"), key, key)
        }
    }

    /// An authority below the one with the key `signer`.
    pub(crate) fn intermediate(key: u8, signer: u8) -> Self {
        Self { issuer: format!("ca{signer}"), ..Self::root(key) }.signed_by(signer)
    }

    /// A server and client, whose DNS name is its common name.
    pub(crate) fn leaf(name: &str, key: u8, signer: u8) -> Self {
        let sha256 = ecdsa_with(&[3, 2]);
        Self {
            version: Some(2),
            serial: vec![1],
            issuer: format!("ca{signer}"),
            subject: name.to_owned(),
            attributes: Vec::new(),
            dates: ("260101000000Z".into(), "280101000000Z".into()),
            key,
            signer,
            extensions: vec![names(&[(2, name.as_bytes())]), purposes(&[SERVER, CLIENT])],
            algorithms: (sha256.clone(), sha256),
            spki: None,
        }
    }

    fn signed_by(self, signer: u8) -> Self {
        Self { signer, ..self }
    }

    /// Changes it.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// With this extension, instead of the one of its kind.
    pub(crate) fn extension(mut self, extension: Extension) -> Self {
        self.extensions.retain(|(oid, ..)| *oid != extension.0);
        self.extensions.push(extension);
        self
    }

    /// Without the extension with this last component of its OID.
    pub(crate) fn without(mut self, last: u8) -> Self {
        self.extensions.retain(|(oid, ..)| *oid != [0x55, 0x1d, last]);
        self
    }

    /// What is signed.
    pub(crate) fn tbs(&self) -> Vec<u8> {
        let version = self.version.map(|version| der(0xa0, &[&[2, 1, version]])).unwrap_or_default();
        // GeneralizedTime has a century.
        let date = |date: &str| der(if date.len() > 13 { 0x18 } else { 0x17 }, &[date.as_bytes()]);
        let dates = der(0x30, &[&date(&self.dates.0), &date(&self.dates.1)]);
        let extensions: Vec<Vec<u8>> = self.extensions.iter().map(extension).collect();
        let extensions = match extensions.is_empty() {
            true => Vec::new(),
            false => der(0xa3, &[&der(0x30, &[&extensions.concat()])]),
        };
        let key = self.spki.clone().unwrap_or_else(|| spki(self.key));
        let (serial, inner) = (der(2, &[&self.serial]), &self.algorithms.0);
        let (issuer, subject) = (name(&self.issuer), subject(&self.subject, &self.attributes));
        der(0x30, &[&version, &serial, inner, &issuer, &dates, &subject, &key, &extensions])
    }

    /// The certificate.
    pub(crate) fn make(&self) -> Vec<u8> {
        self.sign(&self.tbs())
    }

    /// The certificate of a changed `tbs`.
    pub(crate) fn sign(&self, tbs: &[u8]) -> Vec<u8> {
        let signature: Signature = signing_key(self.signer).sign(tbs);
        let signature = der(3, &[&[0], signature.to_der().as_bytes()]);
        der(0x30, &[tbs, &self.algorithms.1, &signature])
    }
}

fn extension((oid, critical, value): &Extension) -> Vec<u8> {
    let critical: &[u8] = if *critical { &[1, 1, 0xff] } else { &[] };
    der(0x30, &[&der(6, &[oid]), critical, &der(4, &[value])])
}

fn id_ce(last: u8, critical: bool, value: Vec<u8>) -> Extension {
    (vec![0x55, 0x1d, last], critical, value)
}

/// Basic constraints.
pub(crate) fn constraints(authority: bool, length: Option<u8>) -> Extension {
    let authority: &[u8] = if authority { &[1, 1, 0xff] } else { &[] };
    let length = length.map(|length| vec![2, 1, length]).unwrap_or_default();
    id_ce(19, true, der(0x30, &[authority, &length]))
}

/// Key usage with one bit: 0 is digitalSignature, 5 keyCertSign; 6 cRLSign.
pub(crate) fn usage(bit: u8) -> Extension {
    id_ce(15, true, der(3, &[&[7 - bit, 0x80 >> bit]]))
}

/// Key usage with several bits, in rising order.
pub(crate) fn usages(bits: &[u8]) -> Extension {
    let byte = bits.iter().fold(0, |byte, bit| byte | 0x80 >> bit);
    let unused = 7 - bits.iter().max().unwrap();
    id_ce(15, true, der(3, &[&[unused, byte]]))
}

/// Subject key identifier, of the key's number.
pub(crate) fn subject_key(number: u8) -> Extension {
    id_ce(14, false, der(4, &[&[number; 20]]))
}

/// Authority key identifier, likewise.
pub(crate) fn authority_key(number: u8) -> Extension {
    id_ce(35, false, der(0x30, &[&der(0x80, &[&[number; 20]])]))
}

/// Extended key usage.
pub(crate) fn purposes(oids: &[&[u8]]) -> Extension {
    let oids: Vec<Vec<u8>> = oids.iter().map(|oid| der(6, &[oid])).collect();
    id_ce(37, false, der(0x30, &[&oids.concat()]))
}

/// Subject alternative names by the numbers of their kinds.
pub(crate) fn names(names: &[(u8, &[u8])]) -> Extension {
    id_ce(17, false, der(0x30, &[&general(names).concat()]))
}

/// Name constraints.
pub(crate) fn allowed(permitted: &[(u8, &[u8])], excluded: &[(u8, &[u8])]) -> Extension {
    let field = |tag, names| {
        let trees: Vec<Vec<u8>> = general(names).iter().map(|name| der(0x30, &[name])).collect();
        if trees.is_empty() { Vec::new() } else { der(tag, &[&trees.concat()]) }
    };
    id_ce(30, true, der(0x30, &[&field(0xa0, permitted), &field(0xa1, excluded)]))
}

/// An extension that nobody knows.
pub(crate) fn unknown(critical: bool) -> Extension {
    (vec![0x2a, 3, 4], critical, vec![5, 0])
}

/// Key identifiers: 14 for the own one, 35 for the issuer's.
pub(crate) fn identifier(kind: u8, bytes: &[u8], critical: bool) -> Extension {
    let value = if kind == 14 { der(4, &[bytes]) } else { der(0x30, &[&der(0x80, &[bytes])]) };
    id_ce(kind, critical, value)
}

/// Certificate policies by the last component of their OIDs; 0 is anyPolicy.
pub(crate) fn policies(policies: &[u8]) -> Extension {
    let all: Vec<Vec<u8>> = policies.iter().map(|policy| der(0x30, &[&policy_oid(*policy)])).collect();
    id_ce(32, false, der(0x30, &[&all.concat()]))
}

/// Policy mappings.
pub(crate) fn mappings(pairs: &[(u8, u8)]) -> Extension {
    let pairs =
        pairs.iter().map(|(issuer, subject)| der(0x30, &[&policy_oid(*issuer), &policy_oid(*subject)]));
    id_ce(33, true, der(0x30, &[&pairs.collect::<Vec<_>>().concat()]))
}

fn policy_oid(policy: u8) -> Vec<u8> {
    if policy == 0 { der(6, &[&[0x55, 0x1d, 0x20, 0]]) } else { der(6, &[&[0x2a, 5, policy]]) }
}

/// Policy constraints: how many may follow until a policy is required, and until mappings no longer count.
pub(crate) fn policy_constraints(explicit: Option<u8>, mapping: Option<u8>) -> Extension {
    let field = |tag, number: Option<u8>| number.map(|number| vec![tag, 1, number]).unwrap_or_default();
    id_ce(36, true, der(0x30, &[&field(0x80, explicit), &field(0x81, mapping)]))
}

/// How many may follow until anyPolicy no longer counts.
pub(crate) fn inhibit_any(number: u8) -> Extension {
    id_ce(54, true, vec![2, 1, number])
}

fn general(names: &[(u8, &[u8])]) -> Vec<Vec<u8>> {
    names.iter().map(|(kind, name)| der(0x80 | kind, &[name])).collect()
}
