//! What the program and its modules do by themselves: nothing here needs another program.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../fuzz/mod.rs"]
mod fuzz;
#[path = "../support/mod.rs"]
mod support;

mod accepted;
mod applied;
mod belonging;
mod built;
mod cli;
mod commands;
mod crls;
mod decide;
mod decisions;
mod dependencies;
mod diagnostics;
mod doors;
mod drift;
mod edited;
mod encryption;
mod fields;
mod fleet;
mod handed_over;
mod hidden;
mod inventory;
mod judge;
mod kept;
mod kills;
mod law;
mod layering;
mod lint;
mod lock;
mod lookup;
mod memory;
mod neighbours;
mod observe;
mod own_files;
mod packed;
mod pages;
mod progress;
mod reference;
mod report;
mod robustness;
mod rollout;
mod rotation;
mod schema;
mod schemas;
mod shards;
mod start;
mod tampered;
mod together;
mod trees;
mod verify;
mod versions;
mod walkthroughs;
mod words;
mod write;
