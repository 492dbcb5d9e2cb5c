//! Makes real TLS 1.3 handshakes in memory, to check the verdicts of [`crate::judge`].
//!
//! The certificates were judged before. The verifiers here only check that the other end presents the expected
//! certificate and has its key. No handshake uses a socket, a clock or a session ticket. `served` also returns what a
//! server presents to a client that sends nothing, over a stream that the caller opens.

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

/// A server that is ready for any number of clients.
#[cfg(feature = "fast")]
pub struct Server(tls::Server);

/// A client that is ready for any number of servers.
#[cfg(feature = "fast")]
pub struct Client(tls::Client);

/// A server that this program, which was built without an engine (feature `fast`), does not try.
#[cfg(not(feature = "fast"))]
pub struct Server(());

/// A client that this program, which was built without an engine (feature `fast`), does not try.
#[cfg(not(feature = "fast"))]
pub struct Client(());

impl Server {
    /// Reads what a server shows, and whether it `asks` clients for a certificate.
    ///
    /// # Errors
    /// The engine cannot use it, or there is none.
    pub fn new(shows: Shows<'_>, asks: bool) -> Result<Self, Failed> {
        #[cfg(feature = "fast")]
        return tls::Server::new(shows, asks).map(Self);
        #[cfg(not(feature = "fast"))]
        return without((shows.chain, asks)).map(|()| Self(()));
    }
}

impl Client {
    /// Reads what a client shows, if anything.
    ///
    /// # Errors
    /// The engine cannot use it, or there is none.
    pub fn new(shows: Option<Shows<'_>>) -> Result<Self, Failed> {
        #[cfg(feature = "fast")]
        return tls::Client::new(shows).map(Self);
        #[cfg(not(feature = "fast"))]
        return without(shows.map(|shows| shows.chain)).map(|()| Self(()));
    }
}

/// Shakes hands once.
///
/// # Errors
/// It does not come about.
pub fn shake(server: &Server, client: &Client) -> Result<(), Failed> {
    #[cfg(feature = "fast")]
    return tls::shake(&server.0, &client.0);
    #[cfg(not(feature = "fast"))]
    return without((&server.0, &client.0));
}

#[cfg(not(feature = "fast"))]
fn without<T>(_: T) -> Result<(), Failed> {
    Err(Failed::CannotTry("this program was built without TLS (feature `fast`)".to_owned()))
}
