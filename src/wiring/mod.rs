//! What programs do with TLS: where they listen, whom they dial, what they show and whom they believe. One type for
//! what is expected of a plan and for what lies on hosts.
//!
//! Certificates are DER as they stand in their files, keys are known by their public halves. What could not be found
//! out is a [`Gap`] with its reason, never a guess.

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
