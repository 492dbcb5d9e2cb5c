//! The handshake itself, by rustls.

use std::sync::Arc;

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
use super::verifier::Expects;

/// Rounds of messages until both ends are done: TLS 1.3 needs two.
const MOST_ROUNDS: usize = 8;

/// Shakes hands once.
pub(super) fn shake(server: Shows<'_>, client: Option<Shows<'_>>) -> Result<(), Failed> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server_key = certified(&provider, server)?;
    let client_key = client.map(|client| certified(&provider, client)).transpose()?;
    let server_config = server_config(&provider, Arc::clone(&server_key), client.map(|client| client.chain))?;
    let client_config = client_config(&provider, client_key, server.chain)?;
    let name =
        ServerName::try_from("pkiplan.invalid").map_err(|error| Failed::CannotTry(error.to_string()))?;
    let mut client = ClientConnection::new(client_config, name).map_err(|error| refused(&error))?;
    let mut server = ServerConnection::new(server_config).map_err(|error| refused(&error))?;
    for _ in 0..MOST_ROUNDS {
        let mut bytes = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut bytes).map_err(|error| Failed::Refused(error.to_string()))?;
        }
        feed(&bytes, |reader| server.read_tls(reader))?;
        server.process_new_packets().map_err(|error| refused(&error))?;
        let mut bytes = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut bytes).map_err(|error| Failed::Refused(error.to_string()))?;
        }
        feed(&bytes, |reader| client.read_tls(reader))?;
        client.process_new_packets().map_err(|error| refused(&error))?;
        if !client.is_handshaking() && !server.is_handshaking() && !client.wants_write() {
            return Ok(());
        }
    }
    Err(Failed::Refused("it does not end".to_owned()))
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

fn certified(provider: &CryptoProvider, shows: Shows<'_>) -> Result<Arc<CertifiedKey>, Failed> {
    let key = PrivateKeyDer::from_pem_slice(shows.key.as_bytes())
        .map_err(|_| Failed::CannotTry("the key is none that it reads".to_owned()))?;
    let key = provider
        .key_provider
        .load_private_key(key)
        .map_err(|_| Failed::CannotTry("it does not sign with such a key".to_owned()))?;
    let chain = shows.chain.iter().map(|der| CertificateDer::from(der.to_vec())).collect();
    Ok(Arc::new(CertifiedKey::new(chain, key)))
}

fn server_config(
    provider: &Arc<CryptoProvider>,
    own: Arc<CertifiedKey>,
    expected: Option<&[Arc<[u8]>]>,
) -> Result<Arc<ServerConfig>, Failed> {
    let builder = ServerConfig::builder_with_details(Arc::clone(provider), Arc::new(NoClock))
        .with_protocol_versions(&[&TLS13])
        .map_err(|error| refused(&error))?;
    let builder = match expected {
        Some(chain) => builder.with_client_cert_verifier(Arc::new(Expects::new(provider, chain))),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_cert_resolver(Arc::new(Always(own)));
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

fn client_config(
    provider: &Arc<CryptoProvider>,
    own: Option<Arc<CertifiedKey>>,
    expected: &[Arc<[u8]>],
) -> Result<Arc<ClientConfig>, Failed> {
    let builder = ClientConfig::builder_with_details(Arc::clone(provider), Arc::new(NoClock))
        .with_protocol_versions(&[&TLS13])
        .map_err(|error| refused(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Expects::new(provider, expected)));
    let mut config = match own {
        Some(own) => builder.with_client_cert_resolver(Arc::new(Always(own))),
        None => builder.with_no_client_auth(),
    };
    config.enable_sni = false;
    config.resumption = rustls::client::Resumption::disabled();
    Ok(Arc::new(config))
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
