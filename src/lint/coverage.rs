//! The rules of a correct cluster, and where each one is checked.

use std::fmt;

use crate::diagnostics::Code::{self, *};

/// Where a rule is decided.
#[derive(Debug, Clone, Copy)]
pub enum Decided {
    /// By files alone: these rules.
    Files(&'static [Code]),
    /// By files as far as they can, and by something else: what that is.
    Partly(&'static [Code], &'static str),
    /// Not by single files: by what.
    Elsewhere(&'static str),
}

impl Decided {
    /// The codes of rules over files.
    #[must_use]
    pub fn codes(self) -> &'static [Code] {
        match self {
            Decided::Files(codes) | Decided::Partly(codes, _) => codes,
            Decided::Elsewhere(_) => &[],
        }
    }
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, code) in self.codes().iter().enumerate() {
            write!(f, "{}{code}", if at > 0 { ", " } else { "" })?;
        }
        match self {
            Decided::Files(_) => Ok(()),
            Decided::Partly(_, also) => write!(f, "; {also}"),
            Decided::Elsewhere(what) => f.write_str(what),
        }
    }
}

/// Rules by their letters: identities, front proxy, signing controller, service accounts, names, X.509, tokens and
/// encryption, files and order.
pub const COVERAGE: &[(&str, Decided)] = &[
    ("I1", Decided::Files(&[LintNoUser])),
    (
        "I2",
        Decided::Partly(
            &[LintNameLimits],
            "flags say which bundle checks clients: `verify`; of a plan: resolve::wide-client-trust",
        ),
    ),
    ("I3", Decided::Partly(&[LintNodeIdentity], "the host says by which name the node registers: `verify`")),
    ("I4", Decided::Files(&[LintMasters])),
    (
        "I5",
        Decided::Partly(
            &[LintSharedAuthority],
            "in files with other names: `verify`; of a plan: resolve::clients-of-others",
        ),
    ),
    ("I6", Decided::Files(&[LintServiceAccountKey])),
    ("I7", Decided::Files(&[LintLongName])),
    ("F1", Decided::Elsewhere("a flag says which names are allowed: `verify`")),
    (
        "F2",
        Decided::Partly(
            &[LintSharedAuthority],
            "a flag has the list of names: `verify`; of a plan: resolve::shared-client-authority",
        ),
    ),
    (
        "F3",
        Decided::Elsewhere(
            "an object of the running cluster, and a flag: `verify`; its order in a rotation: `diff`",
        ),
    ),
    ("S1", Decided::Elsewhere("a flag says which file signs, and a bundle is fine elsewhere: `verify`")),
    ("S2", Decided::Elsewhere("flags that exclude one another: `verify`; of a plan: expand::cannot-work")),
    ("S3", Decided::Elsewhere("flags of two programs name the signer and the bundle: `verify`")),
    ("S4", Decided::Partly(&[LintNodeIdentity, LintKeyUsage], "only the running cluster makes requests")),
    ("A1", Decided::Files(&[LintServiceAccountPair])),
    (
        "A2",
        Decided::Partly(
            &[LintServiceAccountPair, LintDiffers],
            "flags say which keys each server accepts: `verify`",
        ),
    ),
    ("A3", Decided::Elsewhere("an order in time: `diff`, and decide::early-use of a plan")),
    (
        "N1",
        Decided::Partly(
            &[LintMissingNames],
            "a flag says which network it is: `verify`; of a plan: it follows from the network",
        ),
    ),
    (
        "N2",
        Decided::Partly(
            &[LintMissingNames],
            "other files say to which addresses and VIPs clients connect: `verify`",
        ),
    ),
    ("N3", Decided::Elsewhere("a flag and the nodes' registrations say where clients connect to: `verify`")),
    ("N4", Decided::Files(&[LintAddressAsName, LintBadName, LintRefusedCertificate])),
    ("N5", Decided::Files(&[LintNoNames])),
    (
        "N6",
        Decided::Partly(&[LintRoleUsages, LintEncryptedKey], "flags say which URLs members have: `verify`"),
    ),
    ("X1", Decided::Files(&[LintSerial, LintDuplicateSerial, LintRefusedCertificate])),
    (
        "X2",
        Decided::Files(&[
            LintDateEncoding,
            LintPast2049,
            LintExpired,
            LintNotYetValid,
            LintEndsSoon,
            LintOutlivesIssuer,
        ]),
    ),
    ("X3", Decided::Files(&[LintAuthorityForm, LintNotAnAuthority, LintLeafForm])),
    ("X4", Decided::Files(&[LintAuthorityUsages])),
    ("X5", Decided::Files(&[LintKeyUsage])),
    ("X6", Decided::Files(&[LintWeakSignature])),
    ("X7", Decided::Files(&[LintRefusedCertificate])),
    (
        "X8",
        Decided::Partly(
            &[LintNameLimits],
            "addresses and the cluster's domain: `verify`; of a plan: expand::outside-constraints",
        ),
    ),
    ("X9", Decided::Files(&[LintTwoGenerations])),
    (
        "X10",
        Decided::Files(&[
            LintChainOrder,
            LintRootInChain,
            LintBrokenChain,
            LintSubjectOfIssuer,
            LintIntermediateTrust,
        ]),
    ),
    ("X11", Decided::Files(&[LintWeakKey])),
    ("T1", Decided::Files(&[LintBootstrapToken, LintEndlessToken, LintTokenForm])),
    ("T2", Decided::Files(&[LintTokenFile, LintWeakToken, LintStaticToken, LintTokenMismatch])),
    (
        "T3",
        Decided::Partly(
            &[LintEncryptionKey, LintEncryptionOff, LintDiffers],
            "only the cluster knows which key encrypted which data; the order of a change: `diff`",
        ),
    ),
    ("O1", Decided::Partly(&[LintOpenKey], "copies lose the owners of files: `verify` of a host")),
    (
        "O2",
        Decided::Elsewhere(
            "behaviour of programs, not a mistake: the catalog's `[reload]`, which `diff` reads",
        ),
    ),
    ("O3", Decided::Elsewhere("an order in time: `diff`, and `verify --base`")),
    ("O4", Decided::Partly(&[LintSharedKey, LintKeyMismatch], "flags of each host name the files: `verify`")),
];
