//! Explains a word: a code, a key of the plan or catalog language, a component, a setting, a flag, or a term.

mod comment;
mod flag;
mod found;
mod glossary;
mod keys;
mod path;
mod settings;
mod word;

pub use comment::comment_above;
pub use flag::FlagWords;
pub use found::{Found, KnownCode};
pub use glossary::Term;
pub use keys::{Key, below, keys};
pub use settings::{KnownSetting, settings};
pub use word::{Unknown, code, codes, explain};
