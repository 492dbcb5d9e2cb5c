//! What programs do with TLS, as types: where they listen, what they dial, what they present, and whom they trust.
//!
//! The same types describe what a plan requires and what hosts actually have. Certificates are in DER as in their
//! files; keys are represented by their public keys. What could not be determined is a [`Gap`] with its reason, never a
//! guess.

mod connection;
mod gap;
mod host;
mod interned;
mod join;
mod material;
mod part;
mod program;
mod slot;
mod whole;

pub use connection::{
    Credential, Dial, Goal, Hidden, Listen, Needs, Passes, Route, Socket, Target, Tokens, Trust,
};
pub use gap::Gap;
pub use host::{Host, HostIndex};
pub use interned::Interned;
pub use join::{Clash, join};
pub use material::{Chain, Der, Held, Key, Missing, Pool};
pub use part::Part;
pub use program::{Keys, Lacking, Probe, Program, ProgramIndex, Same, Signer};
pub use slot::Slot;
pub use whole::Wiring;
