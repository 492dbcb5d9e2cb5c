//! One real TLS 1.3 handshake in memory, to see that what the judges accept works.
//!
//! Judging is done before ([`crate::judge`]): the verifiers here check that the other end shows the expected certificate
//! and has its key, and nothing else. No socket, no clock, no ticket. And what a server shows to somebody who sends nothing, over a stream that
//! others bring.

mod ends;
#[cfg(feature = "fast")]
mod served;
#[cfg(feature = "fast")]
mod tls;
#[cfg(feature = "fast")]
mod verifier;

pub use ends::{Failed, Shows};
#[cfg(feature = "fast")]
pub use served::served;

/// Shakes hands once.
///
/// # Errors
/// It does not come about, or this program was built without an engine (feature `fast`).
pub fn shake(server: Shows<'_>, client: Option<Shows<'_>>) -> Result<(), Failed> {
    #[cfg(feature = "fast")]
    return tls::shake(server, client);
    #[cfg(not(feature = "fast"))]
    {
        let _ = (server.chain, server.key, client.is_some());
        Err(Failed::CannotTry("this program was built without TLS (feature `fast`)".to_owned()))
    }
}
