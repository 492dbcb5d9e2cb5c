//! YAML, or JSON, as a tree whose nodes have lines: as the decoders of Kubernetes read it (sigs.k8s.io/yaml, which is
//! YAML 1.1 for plain words: `yes` and `on` are true).
//!
//! Work is bounded: the size of a text, the number of nodes behind aliases, their depth. A text may be secret, so
//! nothing here has `Debug`.

mod build;
mod embed;
mod node;
mod scalar;

pub use build::{Broken, Document, LARGEST, documents};
pub use node::{Key, Node, Value};
pub use scalar::{Scalar, Typed};
