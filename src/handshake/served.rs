//! Reads the certificates that a server presents to a client that sends nothing.

use std::io::{Read, Write};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};

/// Times that something is sent or read at most: a handshake takes a handful.
const MOST_STEPS: usize = 256;

/// The certificates that a server shows, in DER, its own first. No client certificate is shown and no name asked for; as
/// soon as the certificates are there, nothing is sent any more.
///
/// # Errors
/// It speaks no TLS that this end knows, or ends or waits too long; in words.
pub fn served(stream: &mut (impl Read + Write), address: IpAddr) -> Result<Vec<Vec<u8>>, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let keeps = Arc::new(Keeps { chain: Mutex::default(), provider: Arc::clone(&provider) });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|error| refused(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&keeps) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    config.enable_sni = false;
    config.resumption = rustls::client::Resumption::disabled();
    let name = ServerName::from(address);
    let mut client = ClientConnection::new(Arc::new(config), name).map_err(|error| refused(&error))?;
    for _ in 0..MOST_STEPS {
        if client.wants_write() {
            client.write_tls(stream).map_err(|error| broken(&error))?;
            continue;
        }
        if client.read_tls(stream).map_err(|error| broken(&error))? == 0 {
            return Err("it closes the connection before it presents a certificate".to_owned());
        }
        let done = client.process_new_packets();
        let kept = keeps.chain.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(chain) = kept {
            return Ok(chain);
        }
        done.map_err(|error| refused(&error))?;
    }
    Err("its handshake does not finish".to_owned())
}

fn refused(error: &Error) -> String {
    match error {
        Error::InvalidMessage(_) => "it does not use TLS".to_owned(),
        error => format!("the handshake fails: {error}"),
    }
}

fn broken(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => {
            "it does not answer in time".to_owned()
        }
        _ => format!("the connection breaks: {error}"),
    }
}

/// Takes what is shown, whatever it is: it is judged elsewhere.
#[derive(Debug)]
struct Keeps {
    chain: Mutex<Option<Vec<Vec<u8>>>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Keeps {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = [leaf].into_iter().chain(others).map(|der| der.to_vec()).collect();
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = Some(chain);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
