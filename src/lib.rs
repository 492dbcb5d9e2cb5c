//! pkiplan compiles one declarative TOML plan (nodes, VIPs, authorities, components) into everything that the
//! cluster's TLS setup needs: one directory tree for each host.
//!
//! ```text
//! trees = compile(plan, lock, secret, catalog)
//! ```
//!
//! The same inputs give the same bytes, on any machine, with any number of threads, in any year.
//!
//! # The modules
//!
//! A module imports only from the rows below it, and a stage also from earlier stages. `tests/suite/layering`
//! checks this for modules and for the files within them.
//!
//! ```text
//! cli                          arguments and exit codes; the only module with clock, randomness and terminal
//! mend                         searches for edits of a plan that fix findings of a proof
//! workspace                    the files next to a plan: opened -> expanded -> decided
//! report   git   import   init text and JSON of results; revisions; existing keys; a first plan
//! schema                       JSON Schemas for editors
//! lookup   reference           explains words of the plan and catalog languages; their reference
//! rehearsal                    renders and proves hosts with throw-away keys
//! compare   verify             differences between two states; whether every connection works
//! plan   build                 a plan up to its model; trees
//! inventory                    nodes from CSV, JSON and Ansible inventories
//! expiry   inspect   lint      what expires when; describes a file; finds mistakes in it
//! +--------------------------------------------------------------------------------------+
//! | read -> catalog -> resolve -> expand -> decide -> render -> issue -> fill -> write   |  the stages
//! +--------------------------------------------------------------------------------------+
//! applied   handshake   judge  which hosts have which lock; one real handshake; certificate paths as Go judges them
//! observe   wiring             reads what programs of a host do; its result, as types
//! lock   seal   stored         decisions; sealed secrets; certificates from earlier builds
//! diagnostics   expression   host   index   kubernetes   leaks   printable   source   specification   values   yaml
//! ```
//!
//! The stages, in order:
//!
//! 1. [`read`] parses the plan and the catalog's definitions into documents and checks their structure; every key and
//!    value keeps its location in the source. All files are read through its [`read::World`].
//! 2. [`catalog`] compiles the definitions. Components are defined in `templates/`; no module knows one by
//!    name.
//! 3. [`resolve`] builds a [`resolve::Model`]: it turns names into indices, types values, records the origins of
//!    defaults and checks rules.
//! 4. [`expand`] applies components to nodes (settings, endpoints, connections, certificates, paths) and builds an
//!    [`expand::Blueprint`].
//! 5. [`decide`] compares the blueprint with the [`lock`] and decides serial numbers and dates. It needs no key.
//! 6. [`render`] writes the sheets of one host: text with holes for keys and certificates.
//! 7. [`issue`] derives keys from the secret and issues certificates; [`fill`] puts them into the holes.
//! 8. [`mod@write`] stages the tree of every host, replaces the lock, then moves the trees into place.
//!
//! [`workspace`] runs these stages for every command, as far as no key is needed; `build` in `cli/build.rs` is the
//! whole pipeline as one function. The other modules:
//!
//! - [`cli`] has one file for each command. [`report`] turns results into text, JSON and HTML. [`git`] reads revisions
//!   and the index, and configures git for plans.
//! - [`plan`] runs read, catalog and resolve for a plan and its imports. [`inventory`] reads nodes from CSV, JSON and
//!   Ansible inventories. [`build`] goes from a blueprint to trees. [`import`] reads the keys of a running cluster.
//!   [`init`] writes a first plan.
//! - [`compare`] finds what differs between two states, what caused it and what becomes riskier; it needs no secret.
//!   [`expiry`] finds what expires when, and what breaks then. [`inspect`] describes an existing file,
//!   [`lint`] finds mistakes in it.
//! - [`judge`] judges a certificate path as Go's TLS does. [`applied`] records which hosts have which lock. [`seal`]
//!   encrypts secrets at rest. [`stored`] parses certificates from earlier builds and imports.
//! - [`host`] gives access to the files of a host, from any source. [`observe`] reads which programs a host runs, with
//!   their flags, variables and files. [`yaml`] is a YAML tree with line numbers.
//! - [`wiring`] is what programs do with TLS, as types. [`verify`] proves whether every connection of a wiring works,
//!   and why not. [`handshake`] makes one real handshake in memory. [`rehearsal`] renders a build with throw-away keys
//!   and proves it, also every mixed state between two plans. [`mend`] tries edits of a plan until one fixes the
//!   findings.
//! - Shared by all: [`source`] (texts and locations in them), [`diagnostics`] (messages with codes), [`values`] (names,
//!   addresses, subjects, instants), [`specification`] (the contents of a certificate), [`expression`] (the language of
//!   the catalog), [`index`] (typed indices), [`kubernetes`] (what its protocols define), [`leaks`] (finds private data
//!   in bytes and texts), [`printable`] (escapes untrusted texts for printing).
//!
//! [`reference`](mod@reference) is the reference of the plan language, and its tables as data. [`lookup`] uses it and
//! the catalog to explain a code, a key, a component or a setting, and [`schema`] generates JSON Schemas from both.
//!
//! # One certificate from TOML to disk
//!
//! The path of kube-apiserver's serving certificate on `master01`, function by function. The type of each of its forms
//! is in brackets.
//!
//! ```text
//! read     cli::build::build -> Opened::read -> plan::load -> Loader::load
//!          -> read::plan                       [text, Document]            names.add, nodes, VIPs
//!          -> plan::definitions -> read::definitions -> catalog::load
//!          -> Compiler::definition -> certificates      [CertificateDefinition]    templates, authority
//! resolve  -> resolve::resolve -> components::components         [Model]   instances, who issues
//! expand   Opened::expand -> expand::expand
//!          -> endpoints::places                                            where it listens
//!          -> names::wanted                                                which clients connect, by which names
//!          -> certificates::instances -> of_instance -> subject, names_of
//!                                          [expand::Certificate, Specification]
//! decide   Expanded::decide -> build::draft    [Wanted]
//!          -> decide::decide -> certificates::decide
//!                                          [Decision, CertificateRecord]   serial, dates, lock
//! render   build::each_unit -> build::render -> render::host -> Instance::all
//!          -> Instance::pair -> put                       [Sheet with a Hole]   path, mode, restarts
//! issue    build::fill -> Credentials::fill -> key -> PrivateKey::derive
//!          -> Credentials::issue -> issue::issue    [ToBeIssued, DER]      rcgen, then our signature
//! fill     Credentials::sheet -> hole -> pem::encode             [Filled: PEM]
//! write    build::stage -> Session::stage, build::write -> Session::commit  [Entry, the file]
//! ```

pub mod applied;
pub mod build;
pub mod catalog;
pub mod cli;
pub mod compare;
pub mod decide;
pub mod diagnostics;
pub mod expand;
pub mod expiry;
pub mod expression;
pub mod fill;
pub mod git;
pub mod handshake;
pub mod host;
pub mod import;
pub mod index;
pub mod init;
pub mod inspect;
pub mod inventory;
pub mod issue;
pub mod judge;
pub mod kubernetes;
pub mod leaks;
pub mod lint;
pub mod lock;
pub mod lookup;
pub mod mend;
pub mod observe;
pub mod plan;
pub mod printable;
pub mod read;
pub mod reference;
pub mod rehearsal;
pub mod render;
pub mod report;
pub mod resolve;
pub mod schema;
pub mod seal;
pub mod source;
pub mod specification;
pub mod stored;
pub mod values;
pub mod verify;
pub mod wiring;
pub mod workspace;
pub mod write;
pub mod yaml;
