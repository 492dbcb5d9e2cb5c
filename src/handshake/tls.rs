//! The handshake itself, with rustls.

use std::sync::{Arc, LazyLock};

use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;
use rustls::version::TLS13;
use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection, SignatureScheme};

use super::ends::{Failed, Shows};
use super::verifier::HasKey;

/// Rounds of messages until both ends are done: TLS 1.3 needs two.
const MOST_ROUNDS: usize = 8;

/// How both ends agree on keys is no question here, so there is one way, and that is the quickest.
static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| {
    let kx_groups = vec![rustls::crypto::aws_lc_rs::kx_group::X25519];
    Arc::new(CryptoProvider { kx_groups, ..rustls::crypto::aws_lc_rs::default_provider() })
});

/// A server that is ready for any number of clients.
pub(super) struct Server {
    shows: Arc<CertifiedKey>,
    config: Arc<ServerConfig>,
    /// Whether it asks for a certificate.
    asks: bool,
}

/// A client that is ready for any number of servers.
pub(super) struct Client {
    shows: Option<Arc<CertifiedKey>>,
    config: Arc<ClientConfig>,
}

impl Server {
    pub(super) fn new(shows: Shows<'_>, asks: bool) -> Result<Self, Failed> {
        let shows = certified(shows)?;
        let builder = ServerConfig::builder_with_details(Arc::clone(&PROVIDER), Arc::new(NoClock))
            .with_protocol_versions(&[&TLS13])
            .map_err(|error| refused(&error))?;
        let builder = match asks {
            true => builder.with_client_cert_verifier(Arc::new(HasKey::of(&PROVIDER))),
            false => builder.with_no_client_auth(),
        };
        let mut config = builder.with_cert_resolver(Arc::new(Always(Arc::clone(&shows))));
        config.send_tls13_tickets = 0;
        Ok(Self { shows, config: Arc::new(config), asks })
    }
}

impl Client {
    pub(super) fn new(shows: Option<Shows<'_>>) -> Result<Self, Failed> {
        let shows = shows.map(certified).transpose()?;
        let builder = ClientConfig::builder_with_details(Arc::clone(&PROVIDER), Arc::new(NoClock))
            .with_protocol_versions(&[&TLS13])
            .map_err(|error| refused(&error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(HasKey::of(&PROVIDER)));
        let mut config = match &shows {
            Some(own) => builder.with_client_cert_resolver(Arc::new(Always(Arc::clone(own)))),
            None => builder.with_no_client_auth(),
        };
        config.enable_sni = false;
        config.resumption = rustls::client::Resumption::disabled();
        Ok(Self { shows, config: Arc::new(config) })
    }
}

/// Shakes hands once; each end must have been shown what the other one holds.
pub(super) fn shake(server: &Server, client: &Client) -> Result<(), Failed> {
    let name =
        ServerName::try_from("pkiplan.invalid").map_err(|error| Failed::CannotTry(error.to_string()))?;
    let mut near =
        ClientConnection::new(Arc::clone(&client.config), name).map_err(|error| refused(&error))?;
    let mut far = ServerConnection::new(Arc::clone(&server.config)).map_err(|error| refused(&error))?;
    for _ in 0..MOST_ROUNDS {
        let mut bytes = Vec::new();
        while near.wants_write() {
            near.write_tls(&mut bytes).map_err(|error| Failed::Refused(error.to_string()))?;
        }
        feed(&bytes, |reader| far.read_tls(reader))?;
        far.process_new_packets().map_err(|error| refused(&error))?;
        let mut bytes = Vec::new();
        while far.wants_write() {
            far.write_tls(&mut bytes).map_err(|error| Failed::Refused(error.to_string()))?;
        }
        feed(&bytes, |reader| near.read_tls(reader))?;
        near.process_new_packets().map_err(|error| refused(&error))?;
        if !near.is_handshaking() && !far.is_handshaking() && !near.wants_write() {
            shown(near.peer_certificates(), Some(&server.shows))?;
            return shown(far.peer_certificates(), client.shows.as_ref().filter(|_| server.asks));
        }
    }
    Err(Failed::Refused("it does not end".to_owned()))
}

/// Whether an end was shown what the other one holds.
fn shown(found: Option<&[CertificateDer<'_>]>, holds: Option<&Arc<CertifiedKey>>) -> Result<(), Failed> {
    if found.unwrap_or_default() == holds.map(|holds| &*holds.cert).unwrap_or_default() {
        Ok(())
    } else {
        Err(Failed::Refused("it presents other certificates than it has".to_owned()))
    }
}

fn feed(mut bytes: &[u8], mut read: impl FnMut(&mut &[u8]) -> std::io::Result<usize>) -> Result<(), Failed> {
    while !bytes.is_empty() {
        read(&mut bytes).map_err(|error| Failed::Refused(error.to_string()))?;
    }
    Ok(())
}

fn refused(error: &rustls::Error) -> Failed {
    Failed::Refused(error.to_string())
}

fn certified(shows: Shows<'_>) -> Result<Arc<CertifiedKey>, Failed> {
    let key = PrivateKeyDer::from_pem_slice(shows.key.as_bytes())
        .map_err(|_| Failed::CannotTry("it cannot read the key".to_owned()))?;
    let key = PROVIDER
        .key_provider
        .load_private_key(key)
        .map_err(|_| Failed::CannotTry("it cannot sign with such a key".to_owned()))?;
    let chain = shows.chain.iter().map(|der| CertificateDer::from(der.to_vec())).collect();
    Ok(Arc::new(CertifiedKey::new(chain, key)))
}

/// Shows one certificate, whatever is asked for.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

impl ResolvesClientCert for Always {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Dates are judged elsewhere.
#[derive(Debug)]
struct NoClock;

impl TimeProvider for NoClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Default::default()))
    }
}
