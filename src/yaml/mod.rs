//! Parses YAML or JSON into a tree with line numbers, as the decoders of Kubernetes read it (sigs.k8s.io/yaml).
//!
//! Plain words follow YAML 1.1: `yes` and `on` are true. The size of a text, the number of nodes behind aliases, and
//! their depth are limited. A text may be secret, so no type here implements `Debug`.

mod build;
mod embed;
mod node;
mod scalar;

pub use build::{Broken, Document, LARGEST, documents};
pub use node::{Key, Node, Value};
pub use scalar::{Scalar, Typed};
