//! pkiplan compiles one declarative TOML plan (nodes, VIPs, authorities, components) into everything that the
//! plan's TLS trust needs, as one directory tree per host.
//!
//! ```text
//! trees = compile(plan, lock, secret, catalog)
//! ```
//!
//! The same inputs give the same bytes, on any machine, with any number of threads, in any year.
//!
//! # The modules
//!
//! A row imports only from the rows below it, and a stage also from the stages before it; `tests/suite/layering`
//! holds this for modules and for the files within them.
//!
//! ```text
//! cli                          arguments and exit codes; the only one with clock, randomness, terminal
//! mend                         edits of a plan that mend what a proof has found
//! workspace                    the files beside a plan: opened -> expanded -> decided
//! report   git   import   init what the others found, in words; revisions; keys of a cluster that runs; a first plan
//! schema                       plans and catalog files for editors
//! lookup   reference           what a word of the two languages means; their reference
//! rehearsal                    hosts as a build would make them, with throw-away keys, proven
//! compare   verify             two states against each other; whether every connection works
//! plan   build                 a plan up to its model; trees
//! inventory                    nodes from files of others
//! expiry   inspect   lint      what ends when; what a file is, and what is wrong with it
//! +--------------------------------------------------------------------------------------+
//! | read -> catalog -> resolve -> expand -> decide -> render -> issue -> fill -> write   |  the stages
//! +--------------------------------------------------------------------------------------+
//! applied   handshake   judge  which hosts have which lock; one real handshake; paths as Go judges them
//! observe   wiring             what a host's programs see and do; one type for it
//! lock   seal   stored         decisions; sealed secrets; certificates that were made before
//! diagnostics   expression   host   index   kubernetes   leaks   printable   source   specification   values   yaml
//! ```
//!
//! The stages, in their order:
//!
//! 1. [`read`] makes documents of the plan and of the catalog's definitions: the right shape, every key and
//!    value with its place. Its [`read::World`] is the one door to files.
//! 2. [`catalog`] compiles the definitions. What a component is stands in `templates/`; no module knows one by
//!    name.
//! 3. [`resolve`] makes a [`resolve::Model`]: names become indices, values are typed, defaults have their
//!    origins, rules are checked.
//! 4. [`expand`] applies components to nodes (settings, endpoints, dials, certificates, paths) and makes an
//!    [`expand::Blueprint`].
//! 5. [`decide`] compares the blueprint with the [`lock`] and decides serial numbers and dates. It needs no key.
//! 6. [`render`] makes the sheets of one host: text with holes where keys and certificates go.
//! 7. [`issue`] derives keys from the secret and issues certificates; [`fill`] puts them into the holes.
//! 8. [`mod@write`] stages every host, replaces the lock, then exchanges the hosts.
//!
//! [`workspace`] takes every command through them, as far as no key is needed; `build` in `cli/build.rs` is the
//! whole way as one function. Around them:
//!
//! - [`cli`]: one file for each command. [`report`] writes what the others found. [`git`] reads revisions and the
//!   index, and makes git know plans.
//! - [`plan`]: read, catalog and resolve for a plan and for those that it imports; [`inventory`]: the nodes that it takes
//!   from CSV, JSON and Ansible's inventories. [`build`]: from a blueprint to
//!   trees. [`import`]: takes over the keys of a cluster that runs; [`init`]: writes a first plan.
//! - [`compare`]: what differs between two states, what caused it, and what becomes riskier; it needs no secret.
//!   [`expiry`]: what ends when, and what stops then. [`inspect`]: what a file is that others made,
//!   [`lint`]: what is wrong with it.
//! - [`judge`]: what Go's TLS says of a certificate path. [`applied`]: what has reached the hosts. [`seal`]: secrets at rest. [`stored`]: certificates that were made before.
//! - [`host`]: the files of a host, wherever they lie. [`observe`]: the programs that it runs, with their words and
//!   variables, and the files that they read; [`yaml`] is a tree with lines.
//! - [`wiring`]: what programs do with TLS. [`verify`]: whether every connection of a wiring holds, and why not.
//!   [`handshake`]: one real handshake in memory. [`rehearsal`]: what would be built, made with keys that nobody has and proven, also the
//!   way from one state to another; [`mend`]: edits of a plan, tried until one mends what is wrong.
//! - What all use: [`source`] (texts and places in them), [`diagnostics`] (messages with codes), [`values`] (names,
//!   addresses, subjects, instants), [`specification`] (a certificate in words), [`expression`] (the language of
//!   the catalog), [`index`] (typed indices), [`kubernetes`] (what its protocols fix), [`leaks`] (what is private
//!   in bytes and texts), [`printable`] (texts of others as they may be printed).
//!
//! [`reference`](mod@reference) is the reference of the plan language, and its tables as data; [`lookup`] explains
//! a code, a key, a component or a setting by it and by the catalog, and [`schema`] makes JSON Schemas of both.
//!
//! # One certificate from TOML to disk
//!
//! The serving certificate of kube-apiserver on `master01`, function by function. What it is called in each form
//! stands in brackets: there are twelve.
//!
//! ```text
//! read     cli::build::build -> Opened::read -> plan::load -> Loader::load
//!          -> read::plan                       [text, Document]            names.add, nodes, VIPs
//!          -> plan::definitions -> read::definitions -> catalog::load
//!          -> Compiler::definition -> certificates      [CertificateDefinition]    templates, authority
//! resolve  -> resolve::resolve -> components::components         [Model]   instances, who issues
//! expand   Opened::expand -> expand::expand
//!          -> endpoints::places                                            where it listens
//!          -> names::wanted                                                who dials it, by which names
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
