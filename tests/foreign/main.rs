//! What other programs say of ours: TLS libraries, kubectl, etcd, haproxy, systemd, age, git, a browser.
//!
//! Nothing here skips because a program is missing: `tests/install` installs them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../support/mod.rs"]
mod support;

mod arguments;
mod completions;
mod crls;
mod diff;
mod endings;
mod expiry;
mod git;
mod history;
mod import;
mod import_forms;
mod inventory;
mod issuance;
mod judge;
mod kubernetes;
mod merge;
mod metrics;
mod mixed;
mod opened;
mod page;
mod parallel;
mod programs;
mod schema;
mod secrets;
mod served;
mod services;
mod several_secrets;
mod stores;
mod units;
mod verdicts;
