//! Findings and faults as data; a report turns them into text.

use std::net::IpAddr;
use std::sync::Arc;

use super::code::Code;
use crate::diagnostics::Severity;
use crate::host::Place;
use crate::judge::{Refusal, Shown};
use crate::values::Instant;
use crate::wiring::{Missing, Needs, ProgramIndex, Slot};

/// Which end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// The one that dials.
    Client,
    /// The one that is dialled.
    Server,
}

/// An input of a program, and where what it names was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The program.
    pub program: ProgramIndex,
    /// The input; none: no single one.
    pub slot: Option<Slot>,
    /// The file.
    pub file: Option<Place>,
}

/// Something that is wrong, once for all that it happens to in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub fault: Fault,
    /// Whose: the program that it is about, or the client of a connection.
    pub subject: Subject,
    /// The other program that takes part.
    pub other: Option<Subject>,
    /// What connects them, if it is about a connection.
    pub dial: Option<Arc<str>>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing listens at the address that is dialled.
    NobodyListens {
        /// As it is dialled.
        dialled: Arc<str>,
        /// The port.
        port: u16,
    },
    /// It is to be reached at its host, and its pod has a network of its own.
    OwnNetwork,
    /// Something else listens there.
    OtherListens {
        /// As it is dialled.
        dialled: Arc<str>,
        /// The port.
        port: u16,
        /// What listens there.
        component: Arc<str>,
        /// Its listen.
        listen: Arc<str>,
    },
    /// One end speaks TLS and the other one does not.
    Plain(End),
    /// The client refuses the server's certificate.
    ServerRefused(Refusal),
    /// The server's certificate is not for the name that is dialled.
    Name {
        /// The name.
        dialled: Arc<str>,
        /// What the certificate says.
        shown: Arc<Shown>,
    },
    /// The server requires a certificate and the client shows none.
    NoCertificate,
    /// The server lets in whoever shows nothing, as nobody, and the client is there for more.
    NoCredential,
    /// The server refuses the client's certificate.
    ClientRefused(Refusal),
    /// No client certificate lets anybody in.
    NoClients,
    /// The client's common name is none of those that are let in.
    CommonName {
        /// Its name.
        shown: String,
        /// Those that are let in.
        allowed: Vec<Arc<str>>,
    },
    /// The address of the client is none of its certificate's.
    Source {
        /// Addresses of the client's host.
        addresses: Vec<IpAddr>,
        /// Those of its certificate.
        names: Vec<IpAddr>,
    },
    /// The server does not know the token that the client shows.
    UnknownToken,
    /// The token ended.
    TokenEnded(Instant),
    /// Whom the server sees may not do what the client is there for.
    Rights {
        /// The user.
        user: String,
        /// Its groups.
        groups: Vec<String>,
        /// What is needed.
        needs: Needs,
    },
    /// An input names something that is not there, or is not what it should be.
    Material(Missing),
    /// Certificate and key do not belong together.
    OtherKey,
    /// A file cannot be read by the user that its program runs as.
    Unreadable {
        /// Permission bits.
        mode: u32,
        /// The file's owner.
        owner: Arc<str>,
        /// The program's user.
        user: Arc<str>,
    },
    /// Others can read a private key.
    OpenToOthers {
        /// Permission bits.
        mode: u32,
    },
    /// The program does not start; the rest of a sentence.
    DoesNotStart(String),
    /// The program reads something and does not take it; the rest of a sentence.
    Ignored(String),
    /// It has no input that says how it connects to what it is there for.
    NotConnected {
        /// The component that it is to connect to.
        to: Arc<str>,
    },
    /// Who runs it asks after its health where it does not answer.
    Probe {
        /// `livenessProbe`
        name: Arc<str>,
        /// The port that is asked.
        port: u16,
        /// Whether the program listens there: then it is asked with TLS and speaks none, or the other way round.
        listens: bool,
    },
    /// It asks another host.
    ProbeElsewhere {
        /// `livenessProbe`
        name: Arc<str>,
        /// The address.
        address: IpAddr,
    },
    /// It asks at a path that answers otherwise to whoever shows no credential.
    ProbePath {
        /// `livenessProbe`
        name: Arc<str>,
        /// The path.
        path: Arc<str>,
    },
    /// A rule of its component is broken; a sentence.
    Rule(String),
    /// The server is not verified at all.
    NotVerified,
    /// The server shows a certificate that it made itself, and nobody can believe that.
    SelfMade,
    /// The server answers otherwise at the path at which the client asks whether it is well.
    Check {
        /// The path.
        path: Arc<str>,
    },
    /// A listen lets in whoever shows no credential, as somebody who may do little.
    Anonymous,
    /// A listen lets all whom it knows do everything.
    Everybody,
    /// A role that contains all others is that of a group in which is everybody, or every pod.
    GivenToAll {
        /// The role.
        role: Arc<str>,
        /// The group.
        group: Arc<str>,
    },
    /// A listen lets in clients that show no certificate.
    OpenListen,
    /// A listen that is to let nobody in without a certificate speaks no TLS there.
    PlainListen {
        /// The address; none: all of the host.
        address: Option<IpAddr>,
        /// The port.
        port: u16,
    },
    /// Programs of a kind differ where they must not.
    Differs {
        /// What differs.
        what: Arc<str>,
        /// The rest of a sentence: what happens.
        because: Arc<str>,
    },
    /// What one program signs, another one does not verify.
    NotVerifiable {
        /// What the keys are for.
        keys: Arc<str>,
    },
    /// What it issues is not let in.
    NotAdmitted(Refusal),
    /// A signer's file holds this many certificates, and it must be one.
    Signers(usize),
    /// Somebody is believed whom the plan does not know; by its subject.
    ForeignAuthority(String),
    /// An authority of the plan is believed by a certificate with other extensions than the plan's; how people call it.
    OtherCertificate(String),
    /// An authority of the plan is believed by an earlier certificate with the same name and key.
    FormerCertificate {
        /// How people call it.
        name: String,
        /// Until when that certificate is valid; none: for ever.
        until: Option<Instant>,
    },
    /// A program listens where another one of its host does.
    PortTaken {
        /// The address; none: all of the host.
        address: Option<IpAddr>,
        /// The port.
        port: u16,
        /// What else listens there.
        component: Arc<str>,
        /// Its listen.
        listen: Arc<str>,
    },
    /// Somebody is let in by an authority of the plan that belongs elsewhere; by its common name.
    OtherAuthority(String),
}

impl Fault {
    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code().severity()
    }

    /// Which kind of finding it is.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Fault::NobodyListens { .. } | Fault::OwnNetwork => Code::NobodyListens,
            Fault::OtherListens { .. } => Code::OtherListens,
            Fault::Plain(_) => Code::Plain,
            Fault::ServerRefused(_) => Code::ServerRefused,
            Fault::Name { .. } => Code::Name,
            Fault::NoCertificate | Fault::NoCredential => Code::NoCertificate,
            Fault::ClientRefused(_) => Code::ClientRefused,
            Fault::NoClients => Code::NoClients,
            Fault::CommonName { .. } => Code::CommonName,
            Fault::Source { .. } => Code::Source,
            Fault::UnknownToken => Code::UnknownToken,
            Fault::TokenEnded(_) => Code::TokenEnded,
            Fault::Rights { .. } => Code::Rights,
            Fault::Material(_) => Code::Material,
            Fault::OtherKey => Code::OtherKey,
            Fault::Unreadable { .. } => Code::Unreadable,
            Fault::OpenToOthers { .. } => Code::OpenToOthers,
            Fault::DoesNotStart(_) => Code::DoesNotStart,
            Fault::Ignored(_) => Code::Ignored,
            Fault::NotConnected { .. } => Code::NotConnected,
            Fault::Probe { .. } | Fault::ProbeElsewhere { .. } | Fault::ProbePath { .. } => Code::Probe,
            Fault::Rule(_) => Code::Rule,
            Fault::NotVerified => Code::NotVerified,
            Fault::SelfMade => Code::SelfMade,
            Fault::Check { .. } => Code::Check,
            Fault::Anonymous => Code::Anonymous,
            Fault::Everybody | Fault::GivenToAll { .. } => Code::Everybody,
            Fault::OpenListen | Fault::PlainListen { .. } => Code::OpenListen,
            Fault::Differs { .. } => Code::Differs,
            Fault::NotVerifiable { .. } => Code::NotVerifiable,
            Fault::NotAdmitted(_) => Code::NotAdmitted,
            Fault::Signers(_) => Code::Signers,
            Fault::ForeignAuthority(_) | Fault::OtherAuthority(_) | Fault::OtherCertificate(_) => {
                Code::ForeignAuthority
            }
            Fault::FormerCertificate { .. } => Code::FormerCertificate,
            Fault::PortTaken { .. } => Code::PortTaken,
        }
    }
}
