//! The meaning of a program's inputs: which of them say where it listens, what it dials and whom it trusts.
//!
//! An input is a flag, an environment variable, or a line or field of a configuration file. With these definitions, the
//! files of any host show what its programs will do.

use std::sync::Arc;

use super::versions::Since;
use crate::source::Span;
use crate::values::Engine;

/// `[program]` and `[seen]` of a component.
#[derive(Debug)]
pub struct Seen {
    /// How the program is started, and where its inputs stand.
    pub program: Program,
    /// `[seen.listen.NAME]`
    pub listens: Vec<SeenListen>,
    /// `[seen.dial.NAME]`
    pub dials: Vec<SeenDial>,
    /// `[seen.keys.NAME]`
    pub keys: Vec<SeenKeys>,
    /// `[seen.same.NAME]`
    pub same: Vec<SeenSame>,
    /// `[seen.file.NAME]`
    pub files: Vec<SeenFile>,
    /// `[seen.signer.NAME]`
    pub signers: Vec<SeenSigner>,
    /// `[seen.node]`
    pub node: Option<SeenNode>,
    /// The folder whose pods it runs.
    pub pods: Option<Slot>,
    /// Where pods usually lie, if nothing of a host says it.
    pub usual_pods: Option<Arc<str>>,
    /// Addresses that it moves between hosts.
    pub holds: Option<Slot>,
    /// `[seen.roles]`: what the server gives to whom without any object.
    pub roles: Vec<Role>,
}

/// How a program is started.
#[derive(Debug)]
pub struct Program {
    /// Where it is said.
    pub span: Span,
    /// The last part of the path of what is run, or of an image's name where a container names no command.
    pub names: Vec<Arc<str>>,
    /// Where its configuration file is named; flags count beside it.
    pub configuration: Option<Slot>,
    /// The kinds of document of which its configuration file is one; empty: it says none.
    pub kinds: Vec<Arc<str>>,
    /// The flag of a configuration file beside which flags do not count.
    pub only: Option<Arc<str>>,
    /// The file that shows that a program runs whose unit others brought.
    pub found_by: Option<Arc<str>>,
    /// The folder that keeps what it stores when the program ends.
    pub keeps: Option<Slot>,
    /// Before the names of variables that stand for flags.
    pub environment: Option<Arc<str>>,
    /// Whether flags are read as Go's package `flag` does: one dash or two.
    pub one_dash: bool,
}

/// Where an input stands. The first place that says something counts.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Where it may stand.
    pub sources: Vec<Source>,
    /// What the program takes where nothing says anything, by its version.
    pub absent: Option<Since<Vec<Arc<str>>>>,
    /// What it takes instead where none of some flags is given.
    pub bare: Option<Bare>,
    /// How it is written.
    pub form: Form,
}

/// What a program takes where nothing says anything, and none of some flags is given.
#[derive(Debug, Clone)]
pub struct Bare {
    /// The flags.
    pub without: Vec<Arc<str>>,
    /// What it takes.
    pub values: Vec<Arc<str>>,
}

/// One place of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `--NAME`
    Flag(Arc<str>),
    /// `--NAME`, where another flag is not given: beside that one it does not count.
    FlagWithout(Arc<str>, Arc<str>),
    /// `$NAME`
    Variable(Arc<str>),
    /// `a.b.c`: a field of the configuration file.
    Field(Vec<Arc<str>>),
    /// `@NAME` or `@NAME.PART`: the file of the component that the plan calls so.
    Artefact(Arc<str>),
    /// A line of the configuration file.
    Line(Pattern),
}

/// A line by its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The first word of the section in which it stands: any of these.
    pub sections: Vec<Arc<str>>,
    /// Its words.
    pub words: Vec<PatternWord>,
}

/// One word of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternWord {
    /// This one.
    Exactly(Arc<str>),
    /// `{}`: any.
    Any,
    /// `{value}`: the one that is wanted.
    Value,
    /// `...`: any number of them.
    Rest,
}

/// How an input is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As it is; lists with commas.
    Plain,
    /// `NAME=URL`
    NamedUrl,
}

/// Where a program listens.
#[derive(Debug)]
pub struct SeenListen {
    /// Its name; that of a `[listen]` where there is one.
    pub name: Arc<str>,
    /// Where it is said.
    pub span: Span,
    /// Its addresses.
    pub at: ListensAt,
    /// The certificate that it shows.
    pub certificate: Option<Slot>,
    /// The key of it.
    pub key: Option<Slot>,
    /// The authorities whose clients are let in.
    pub clients: Option<Slot>,
    /// Whether a client must show a certificate.
    pub required: Option<Slot>,
    /// Common names of which a client must have one, where there are any.
    pub names: Option<Slot>,
    /// The file of tokens that let somebody in.
    pub tokens: Option<Slot>,
    /// Whether tokens that are objects of the API let somebody in.
    pub token_objects: Option<Slot>,
    /// Whether a client must show a certificate wherever authorities of clients are named.
    pub pool_requires: bool,
    /// Whether whoever shows nothing is let in.
    pub anonymous: Option<Slot>,
    /// What lets everybody do everything, and the value that does.
    pub everybody: Option<(Slot, Arc<str>)>,
    /// The paths at which everybody gets an answer; empty: not known.
    pub answers: Vec<Arc<str>>,
    /// Whether the address of a client must be among its certificate's, where that has any.
    pub checks_source: bool,
    /// Who judges clients.
    pub engine: Engine,
    /// The dial to which it passes what comes in.
    pub passes: Option<Passes>,
}

/// At which addresses a program listens.
#[derive(Debug)]
pub enum ListensAt {
    /// Addresses and a port; no address or `0.0.0.0`: all of its host.
    Port {
        /// The addresses.
        addresses: Option<Slot>,
        /// The port.
        port: Slot,
    },
    /// URLs, or `ADDRESS:PORT`.
    Urls(Slot),
    /// At none of its own: others take what it says.
    Nowhere,
    /// Where the plan says.
    Plan,
}

/// To which dial a listen passes what comes in.
#[derive(Debug, Clone)]
pub struct Passes {
    /// The dial.
    pub dial: Arc<str>,
    /// The name of the section that holds the dial's lines.
    pub section: Option<Slot>,
}

/// Whom a program dials.
#[derive(Debug)]
pub struct SeenDial {
    /// Its name; that of a `[dial]` where there is one.
    pub name: Arc<str>,
    /// Where it is said.
    pub span: Span,
    /// Component and listen.
    pub to: (Arc<str>, Arc<str>),
    /// Which addresses.
    pub targets: Targets,
    /// The kubeconfig that says whom it believes, as whom it speaks, and, if nothing else does, whom it dials.
    pub kubeconfig: Option<Slot>,
    /// The URL that it dials in place of the one of its kubeconfig.
    pub server: Option<Slot>,
    /// The certificate that it shows.
    pub certificate: Option<Slot>,
    /// The key of it.
    pub key: Option<Slot>,
    /// Where this says something, the program makes its certificate and key while it runs.
    pub later: Option<Slot>,
    /// Whom it believes.
    pub trusts: Option<Slot>,
    /// Whether it verifies the server at all.
    pub verifies: bool,
    /// What makes it verify nothing, and the value that does.
    pub unverified: Option<(Slot, Arc<str>)>,
    /// Whether it verifies nothing where nothing says whom it believes; else it believes whom its system does.
    pub needs_trust: bool,
    /// Who judges the server.
    pub engine: Engine,
    /// Whether the dialled name counts, or the certificate's path alone.
    pub checks_name: bool,
    /// Whether one answer is enough.
    pub any: bool,
    /// Whether it leads to others alone, never to the program itself.
    pub others: bool,
    /// The path at which it asks whether the server is well.
    pub check: Option<Slot>,
    /// What it must be allowed to do there.
    pub needs: Needs,
    /// The name by which it dials, whatever is written.
    pub server_name: Option<Arc<str>>,
    /// The name that the server's certificate must have; where it is said, the name counts.
    pub expects: Option<Slot>,
}

/// Where a dial goes.
#[derive(Debug)]
pub enum Targets {
    /// To URLs, or to `ADDRESS:PORT`.
    Urls(Slot),
    /// Where its kubeconfig says.
    Kubeconfig,
    /// To every such listen, at the addresses under which its host is registered.
    Nodes(Option<Slot>),
    /// To the first address of these networks, and by the names of that service.
    Service {
        /// The networks.
        networks: Slot,
        /// Names by which it is dialled, too.
        names: Vec<Arc<str>>,
    },
    /// To listens of the same instance.
    Itself,
    /// Where the plan says.
    Plan,
}

/// What a server must allow a client.
#[derive(Debug, Default)]
pub struct Needs {
    /// These roles, all of them.
    pub roles: Vec<Arc<str>>,
    /// This user, with `{node}` for the name of its host.
    pub user: Option<Arc<str>>,
    /// This group.
    pub group: Option<Arc<str>>,
}

/// Keys that some programs sign with and others verify with.
#[derive(Debug)]
pub struct SeenKeys {
    /// What they are: the same word in every component.
    pub name: Arc<str>,
    /// Where it is said.
    pub span: Span,
    /// The private key that signs.
    pub signs: Option<Slot>,
    /// The public keys that verify.
    pub verifies: Option<Slot>,
}

/// What must be the same wherever the component runs.
#[derive(Debug)]
pub struct SeenSame {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is said.
    pub span: Span,
    /// What.
    pub slot: Slot,
    /// Whether the contents of the file that it names count.
    pub file: bool,
    /// Whether nothing in that file is secret.
    pub public: bool,
    /// Whether the order of values counts.
    pub ordered: bool,
    /// It counts where this says that.
    pub only: Option<(Slot, Arc<str>)>,
    /// The rest of a sentence: what happens otherwise.
    pub because: Arc<str>,
}

/// A file with a document that the program reads beside its configuration.
#[derive(Debug)]
pub struct SeenFile {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is said.
    pub span: Span,
    /// What names it.
    pub slot: Slot,
    /// The kinds of document of which it is one.
    pub kinds: Vec<Arc<str>>,
    /// Where it names documents that it could have in itself.
    pub inner: Option<SeenInner>,
}

/// Documents that another one has in the items of a list, or names there by their paths.
#[derive(Debug)]
pub struct SeenInner {
    /// The list.
    pub list: Arc<str>,
    /// The field of an item with the path of its document, from the folder of the outer one.
    pub path: Arc<str>,
    /// The field of an item with the document itself, which counts before a path.
    pub document: Arc<str>,
}

/// A certificate and key with which a program issues others.
#[derive(Debug)]
pub struct SeenSigner {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is said.
    pub span: Span,
    /// Its certificate: exactly one.
    pub certificate: Slot,
    /// Its key.
    pub key: Slot,
    /// The component and the listen that must let in what it issues.
    pub clients_of: Option<(Arc<str>, Arc<str>)>,
}

/// How a host registers itself.
#[derive(Debug)]
pub struct SeenNode {
    /// Its name.
    pub name: Slot,
    /// Its addresses.
    pub addresses: Option<Slot>,
}

/// What a server gives without any object.
#[derive(Debug)]
pub struct Role {
    /// The role.
    pub name: Arc<str>,
    /// To these users.
    pub users: Vec<Arc<str>>,
    /// To these groups.
    pub groups: Vec<Arc<str>>,
    /// Groups that are there for this role, which objects give them.
    pub for_groups: Vec<Arc<str>>,
    /// Whether it contains all others.
    pub all: bool,
}

impl Slot {
    /// A slot with one place.
    #[must_use]
    pub fn of(source: Source) -> Self {
        Self { sources: vec![source], absent: None, bare: None, form: Form::Plain }
    }

    /// What no input says, and always is so.
    pub(super) fn always(value: bool) -> Self {
        let value: Arc<str> = value.to_string().into();
        let absent = Some(Since::always(vec![value]));
        Self { sources: Vec::new(), absent, bare: None, form: Form::Plain }
    }
}
