//! What is wrong, as facts: a report writes the words.

use std::net::IpAddr;
use std::sync::Arc;

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

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Something does not work, or lets in whom it should not.
    Error,
    /// It works, and gives something away.
    Warning,
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
    /// A listen lets in clients that show no certificate.
    OpenListen,
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
}

impl Fault {
    /// How bad it is.
    #[must_use]
    pub fn weight(&self) -> Weight {
        match self {
            Fault::OpenToOthers { .. } | Fault::NotVerified | Fault::Anonymous => Weight::Warning,
            _ => Weight::Error,
        }
    }

    /// Its stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Fault::NobodyListens { .. } => "verify::nobody-listens",
            Fault::OtherListens { .. } => "verify::other-listens",
            Fault::Plain(_) => "verify::plain",
            Fault::ServerRefused(_) => "verify::server-refused",
            Fault::Name { .. } => "verify::name-missing",
            Fault::NoCertificate => "verify::no-certificate",
            Fault::ClientRefused(_) => "verify::client-refused",
            Fault::NoClients => "verify::no-clients",
            Fault::CommonName { .. } => "verify::common-name",
            Fault::Source { .. } => "verify::source-address",
            Fault::UnknownToken => "verify::unknown-token",
            Fault::TokenEnded(_) => "verify::token-ended",
            Fault::Rights { .. } => "verify::rights-missing",
            Fault::Material(_) => "verify::input",
            Fault::OtherKey => "verify::other-key",
            Fault::Unreadable { .. } => "verify::unreadable",
            Fault::OpenToOthers { .. } => "verify::open-to-others",
            Fault::DoesNotStart(_) => "verify::does-not-start",
            Fault::Ignored(_) => "verify::ignored",
            Fault::NotConnected { .. } => "verify::not-connected",
            Fault::Probe { .. } => "verify::probe",
            Fault::Rule(_) => "verify::rule",
            Fault::NotVerified => "verify::not-verified",
            Fault::SelfMade => "verify::self-made",
            Fault::Check { .. } => "verify::check",
            Fault::Anonymous => "verify::anonymous",
            Fault::Everybody => "verify::everybody",
            Fault::OpenListen => "verify::open-listen",
            Fault::Differs { .. } => "verify::differs",
            Fault::NotVerifiable { .. } => "verify::not-verifiable",
            Fault::NotAdmitted(_) => "verify::not-admitted",
            Fault::Signers(_) => "verify::signers",
            Fault::ForeignAuthority(_) => "verify::foreign-authority",
        }
    }
}
