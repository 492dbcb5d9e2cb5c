//! Writes results of other modules as text, Markdown, JSON, HTML and OpenMetrics.
//!
//! A report makes no decision and reads no clock, file or environment variable: it is a function of what it shows.

pub mod catalog;
mod certificate;
mod changes;
pub mod cluster;
pub mod diff;
mod escaped;
mod explain;
mod graph;
mod inline;
mod page;
mod schema;
pub mod show;
pub mod status;
mod table;
pub mod verify;

pub use changes::{Changes, Counted, DecisionReport, Decisions, unsettled};
pub use explain::{code_to_text, explained_to_json, explained_to_text};
pub use graph::{graph_to_dot, graph_to_json, graph_to_mermaid};
pub use page::BEGIN;
pub use table::{Section, sections_to_json, sections_to_text};
