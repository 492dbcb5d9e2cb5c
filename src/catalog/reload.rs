//! What a component's program needs when an artefact changes: the compiled `[reload]` table.

use super::run::Effect;
use super::tree::Template;

/// What `[reload]` says of an artefact.
#[derive(Debug)]
pub enum Reload {
    /// The same on every node and in every version.
    Always(Effect),
    /// A text that gives one of [`Effect::WORDS`].
    Decided(Template),
}
