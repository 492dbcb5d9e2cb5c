//! The output of `pkiplan show`: a resolved plan, or one item of it, with the origin of every value.

mod answer;
mod certificate;
mod component;
mod node;
mod overview;

pub use answer::{Nothing, Sections};
pub use certificate::sections as certificate;
pub use component::sections as component;
pub use node::sections as node;
pub use overview::sections as overview;
