//! What a word means that somebody looks up: a code, a key of the two languages, a component, a setting, a flag.

mod comment;
mod flag;
mod found;
mod keys;
mod path;
mod settings;
mod word;

pub use comment::comment_above;
pub use flag::FlagWords;
pub use found::{Found, KnownCode};
pub use keys::{Key, keys};
pub use settings::{KnownSetting, settings};
pub use word::{Unknown, code, codes, explain};
