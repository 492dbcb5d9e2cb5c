//! All certificates and keys of the given files, as the input of rules across files.

use crate::catalog::FileRole;
use crate::lint::certificate::Certificate;
use crate::lint::content::{Content, Read};
use crate::lint::facts::Facts;
use crate::lint::knowledge::Knowledge;
use crate::lint::kubeconfig::Material;
use crate::lint::pem::{Piece, What};
use crate::lint::report::Report;
use crate::source::Span;

/// Certificates and keys of all files; more of them are not looked at together.
const MOST: usize = 5_000;

/// What files hold together.
#[derive(Default)]
pub(super) struct Set<'f> {
    pub(super) certificates: Vec<Item<'f>>,
    pub(super) requests: Vec<Facts<'f>>,
    pub(super) keys: Vec<KeyItem<'f>>,
}

/// A certificate with its place.
pub(super) struct Item<'f> {
    pub(super) certificate: &'f Certificate,
    pub(super) place: Span,
    /// The file, by its position among all.
    pub(super) file: usize,
    /// Its position in the file, or in what a kubeconfig embeds.
    pub(super) position: usize,
    pub(super) path: &'f str,
    pub(super) host: Option<&'f str>,
    /// Whether a kubeconfig embeds it.
    pub(super) embedded: bool,
    pub(super) role: Option<&'f FileRole>,
}

/// A key with its place.
pub(super) struct KeyItem<'f> {
    pub(super) public: Option<&'f str>,
    pub(super) algorithm: &'f str,
    pub(super) private: bool,
    pub(super) place: Span,
    pub(super) path: &'f str,
    pub(super) host: Option<&'f str>,
    pub(super) role: Option<&'f FileRole>,
}

impl<'f> Item<'f> {
    pub(super) fn facts(&self) -> Facts<'f> {
        Facts::of_certificate(self.certificate, self.place, self.role)
    }
}

impl<'f> Set<'f> {
    pub(super) fn of(files: &'f [Read<'_>], knowledge: &'f Knowledge, report: &Report) -> Self {
        let mut set = Self::default();
        for (at, file) in files.iter().enumerate() {
            match &file.content {
                Content::Pieces(pieces) => {
                    let placed = pieces.iter().map(|piece| (piece.line, piece));
                    set.add((at, file), placed, false, knowledge, report);
                }
                Content::Kubeconfig(config) => {
                    let clusters = config.clusters.iter().map(|cluster| &cluster.authority);
                    let users = config.users.iter().flat_map(|user| [&user.certificate, &user.key]);
                    for material in clusters.chain(users) {
                        set.add((at, file), material.pieces(), true, knowledge, report);
                    }
                }
                _ => {}
            }
        }
        set
    }

    fn add(
        &mut self,
        (at, file): (usize, &'f Read<'_>),
        pieces: impl Iterator<Item = (u32, &'f Piece)>,
        embedded: bool,
        knowledge: &'f Knowledge,
        report: &Report,
    ) {
        let path = file.given.path.as_str();
        let host = file.given.host.as_deref();
        let by_path = if embedded { None } else { knowledge.roles.of(path) };
        for (position, (line, piece)) in pieces.enumerate() {
            if self.certificates.len() + self.keys.len() >= MOST {
                return;
            }
            let place = report.line(file.source, line);
            match &piece.what {
                What::Certificate(certificate) => {
                    let dns: Vec<&str> =
                        certificate.names.iter().flat_map(|names| &names.dns).map(String::as_str).collect();
                    let by_names = || knowledge.roles.by_names(&dns);
                    let role = by_path.or_else(by_names);
                    self.certificates.push(Item {
                        certificate,
                        place,
                        file: at,
                        position,
                        path,
                        host,
                        embedded,
                        role,
                    });
                }
                What::PrivateKey(key) | What::PublicKey(key) => self.keys.push(KeyItem {
                    public: key.public_sha256.as_deref(),
                    algorithm: &key.algorithm,
                    private: matches!(piece.what, What::PrivateKey(_)),
                    place,
                    path,
                    host,
                    role: by_path,
                }),
                What::Request(request) => self.requests.push(Facts::of_request(request, place, by_path)),
                What::Encrypted | What::Other | What::Unreadable(_) => {}
            }
        }
    }

    /// The authority among all files that signed a certificate; another than itself.
    pub(super) fn issuer(&self, of: &Certificate) -> Option<&Item<'f>> {
        use crate::lint::certificate::Signed;
        let named = self.certificates.iter().filter(|item| item.certificate.subject == of.issuer);
        let mut others = named.filter(|item| item.certificate.der != of.der);
        others.find(|item| of.signed_by(item.certificate) == Signed::Yes)
    }
}

/// The certificates that a kubeconfig's value embeds.
pub(super) fn embedded(material: &Material) -> Vec<&Certificate> {
    let pieces = material.pieces();
    let certificates = pieces.filter_map(|(_, piece)| match &piece.what {
        What::Certificate(certificate) => Some(&**certificate),
        _ => None,
    });
    certificates.collect()
}
