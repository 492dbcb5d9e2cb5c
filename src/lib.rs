//! pkiplan compiles one declarative TOML plan (nodes, VIPs, authorities, components) into everything
//! that the plan's TLS trust needs, as one directory tree per host.
//!
//! ```text
//! trees = compile(plan, lock, secret, catalog)
//! ```
//!
//! The same inputs give the same bytes, on any machine, with any number of threads, in any year.
//!
//! # The road, one room per stage
//!
//! ```text
//! read -> resolve -> expand -> decide -> render -> issue + fill -> write
//! ```
//!
//! 1. [`read`] makes documents of the plan and of the catalog's definitions: the right shape, every key
//!    and value with its place. Its [`read::World`] is the one door to files.
//! 2. [`catalog`] compiles the definitions: what a component is stands in `templates/`, and no room knows
//!    one by name.
//! 3. [`resolve`] makes a [`resolve::Model`]: names are indices, values typed, defaults explicit with
//!    their origins, rules checked.
//! 4. [`expand`] applies components to nodes, layer by layer (settings, endpoints, dials, certificates,
//!    paths), and makes an [`expand::Blueprint`].
//! 5. [`decide`] compares the blueprint with the [`lock`] and decides serials and dates. It needs no key.
//! 6. [`render`] writes the sheets of one host: text with holes where keys and certificates go.
//! 7. [`issue`] derives keys from the secret and issues certificates; [`fill`] puts them into the holes.
//! 8. [`mod@write`] stages every host, replaces the lock, then exchanges the hosts.
//!
//! [`seal`] keeps secrets at rest.
//! [`plan`] walks the road as far as no secret is needed, also of the plans that a plan imports, [`build`]
//! to its end; [`cli`] is the only room with clock, randomness, terminal and exit codes.
//! [`report`] says what others found, in every form.
//! [`git`] reads revisions and the index, and makes git know plans.
//! [`compare`] tells what differs between two states, without any secret.
//! [`inspect`] reads what others have made, [`expiry`] tells from blueprint and lock what ends when, and
//! what stops then.
//!
//! Leaves that import no room: [`source`] (texts and places in them), [`diagnostics`] (messages with
//! codes), [`values`] (names, addresses, subjects, instants), [`specification`] (a certificate in words),
//! [`expression`] (the catalog's little language), [`stored`] (certificates that were made before),
//! [`kubernetes`] (what its protocols fix), [`leaks`] (what is private in bytes and texts).
//!
//! How a plan is written stands in [`reference`](mod@reference).

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
pub mod import;
pub mod index;
pub mod inspect;
pub mod issue;
pub mod kubernetes;
pub mod leaks;
pub mod lock;
pub mod plan;
pub mod read;
pub mod reference;
pub mod render;
pub mod report;
pub mod resolve;
pub mod seal;
pub mod source;
pub mod specification;
pub mod stored;
pub mod values;
pub mod workspace;
pub mod write;
