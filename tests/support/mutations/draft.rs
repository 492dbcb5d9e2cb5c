//! Certificates, taken apart and signed anew.

use pkiplan::issue::key::PrivateKey;
use pkiplan::issue::pem;
use pkiplan::issue::secret::Secret;
use pkiplan::values::KeyAlgorithm;

use crate::support::SECRET;
use crate::support::forge::{Extension, der, names, purposes};

/// A certificate that is to be changed.
#[derive(Clone)]
pub(crate) struct Draft {
    /// What is signed, element by element: version, serial, algorithm, issuer, validity, subject, key.
    elements: Vec<Vec<u8>>,
    extensions: Vec<Extension>,
    /// Outside of what is signed.
    algorithm: Vec<u8>,
}

/// Positions of elements.
const ALGORITHM: usize = 2;
const ISSUER: usize = 3;
const VALIDITY: usize = 4;
const SUBJECT: usize = 5;
const KEY: usize = 6;

/// The key of an authority of the plans, which has P-256.
pub(crate) fn authority(name: &str) -> PrivateKey {
    key(&format!("authority.{name}"))
}

/// A key that no plan has.
pub(crate) fn stranger() -> PrivateKey {
    key("stranger")
}

fn key(id: &str) -> PrivateKey {
    let secret = Secret::parse(&format!("pkiplan-secret-1 {SECRET}\n")).ok().unwrap();
    PrivateKey::derive(&secret, id, KeyAlgorithm::EcdsaP256, 1)
}

/// Tag and content of the first element, and what is behind it.
fn element(text: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (length, header) = match text[1] {
        short @ 0..=0x7f => (usize::from(short), 2),
        0x81 => (usize::from(text[2]), 3),
        _ => (usize::from(text[2]) << 8 | usize::from(text[3]), 4),
    };
    (&text[..header + length], &text[header..header + length], &text[header + length..])
}

fn elements(mut content: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while !content.is_empty() {
        let (whole, _, rest) = element(content);
        all.push(whole);
        content = rest;
    }
    all
}

fn content(whole: &[u8]) -> &[u8] {
    element(whole).1
}

impl Draft {
    /// The first certificate of a PEM text.
    pub(crate) fn of(text: &str) -> Self {
        let block = pem::blocks(text).into_iter().find(|block| block.label == "CERTIFICATE").unwrap();
        let parts: Vec<Vec<u8>> = elements(content(&block.der)).into_iter().map(<[u8]>::to_vec).collect();
        let mut all: Vec<Vec<u8>> = elements(content(&parts[0])).into_iter().map(<[u8]>::to_vec).collect();
        let extensions = all.pop().unwrap();
        let extensions = elements(content(content(&extensions))).into_iter().map(|extension| {
            let parts = elements(content(extension));
            let value = content(parts.last().unwrap()).to_vec();
            (content(parts[0]).to_vec(), parts.len() == 3, value)
        });
        Self { elements: all, extensions: extensions.collect(), algorithm: parts[1].clone() }
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

    /// Without one DNS name, or one address by its bytes.
    pub(crate) fn without_name(mut self, name: &[u8]) -> Self {
        let san = self.extensions.iter().find(|(oid, ..)| *oid == [0x55, 0x1d, 17]).unwrap();
        let all = elements(content(&san.2));
        let kept: Vec<(u8, &[u8])> = all
            .iter()
            .map(|general| (general[0] & 0x1f, content(general)))
            .filter(|(_, known)| *known != name)
            .collect();
        assert_eq!(kept.len() + 1, all.len(), "{name:?}");
        let kept = names(&kept);
        self = self.extension(kept);
        self
    }

    pub(crate) fn purposes(self, oids: &[&[u8]]) -> Self {
        self.extension(purposes(oids))
    }

    /// UTCTime
    pub(crate) fn dates(mut self, from: &str, to: &str) -> Self {
        self.elements[VALIDITY] = der(0x30, &[&der(0x17, &[from.as_bytes()]), &der(0x17, &[to.as_bytes()])]);
        self
    }

    /// Common name and organizations.
    pub(crate) fn subject(mut self, common: &str, organizations: &[&str]) -> Self {
        self.elements[SUBJECT] = subject(common, organizations);
        self
    }

    /// SubjectPublicKeyInfo
    pub(crate) fn key(mut self, spki: Vec<u8>) -> Self {
        self.elements[KEY] = spki;
        self
    }

    /// AlgorithmIdentifier, inside and outside.
    pub(crate) fn algorithm(mut self, algorithm: Vec<u8>) -> Self {
        self.elements[ALGORITHM].clone_from(&algorithm);
        self.algorithm = algorithm;
        self
    }

    /// Issued by the one of this certificate, too.
    pub(crate) fn issued_by(mut self, authority: &Draft) -> Self {
        self.elements[ISSUER].clone_from(&authority.elements[SUBJECT]);
        self
    }

    /// In PEM, signed with a key.
    pub(crate) fn signed(&self, key: &PrivateKey) -> String {
        let extensions = self.extensions.iter().map(|(oid, critical, value)| {
            let critical: &[u8] = if *critical { &[1, 1, 0xff] } else { &[] };
            der(0x30, &[&der(6, &[oid]), critical, &der(4, &[value])])
        });
        let extensions = der(0xa3, &[&der(0x30, &[&extensions.collect::<Vec<_>>().concat()])]);
        let tbs = der(0x30, &[&self.elements.concat(), &extensions]);
        let signature = der(3, &[&[0], &key.sign(&tbs)]);
        pem::encode("CERTIFICATE", &der(0x30, &[&tbs, &self.algorithm, &signature]))
    }
}

fn subject(common: &str, organizations: &[&str]) -> Vec<u8> {
    let attribute = |last: u8, text: &str| {
        der(0x31, &[&der(0x30, &[&[6, 3, 0x55, 4, last], &der(0x0c, &[text.as_bytes()])])])
    };
    let mut all: Vec<Vec<u8>> = organizations.iter().map(|name| attribute(10, name)).collect();
    all.push(attribute(3, common));
    der(0x30, &[&all.concat()])
}
