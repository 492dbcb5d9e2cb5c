//! What others found, in words and drawings: text, Markdown, JSON, HTML, OpenMetrics.
//!
//! Nothing here decides, and nothing reads a clock, a file or the environment: a report is a function of what it
//! shows.

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
