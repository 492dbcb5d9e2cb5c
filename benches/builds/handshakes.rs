//! The limit of `verify --exhaustive`: as many handshakes with nothing around them.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::version::TLS13;
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    ServerConnection, SignatureScheme,
};

use super::cost::Cost;

/// Shakes hands so many times with the certificates of one host, which are read before: TLS 1.3, both ends show a certificate and
/// prove its key. Chains are not looked at.
pub(crate) fn run(trees: &Path, count: usize) -> io::Result<()> {
    let pki = trees.join("hosts/master01/etc/kubernetes/pki");
    let (server, client) = (ends(&pki, "apiserver")?, ends(&pki, "apiserver-kubelet-client")?);
    let configs = configs(server, client).map_err(io::Error::other)?;
    Cost::of_own(|| (0..count).into_par_iter().try_for_each(|_| shake(&configs).map_err(io::Error::other)))
}

type Own = (CertificateDer<'static>, PrivateKeyDer<'static>);
type Configs = (Arc<ServerConfig>, Arc<ClientConfig>);

fn ends(pki: &Path, name: &str) -> io::Result<Own> {
    let read = |end: &str| fs::read(pki.join(format!("{name}.{end}")));
    let certificate = CertificateDer::from_pem_slice(&read("crt")?).map_err(io::Error::other)?;
    Ok((certificate, PrivateKeyDer::from_pem_slice(&read("key")?).map_err(io::Error::other)?))
}

fn configs((server, server_key): Own, (client, client_key): Own) -> Result<Configs, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let any = Arc::new(Anybody(Arc::clone(&provider)));
    let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::clone(&any) as Arc<dyn ClientCertVerifier>)
        .with_single_cert(vec![server], server_key)?;
    server.send_tls13_tickets = 0;
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(any)
        .with_client_auth_cert(vec![client], client_key)?;
    client.resumption = rustls::client::Resumption::disabled();
    Ok((Arc::new(server), Arc::new(client)))
}

fn shake((server, client): &Configs) -> Result<(), String> {
    let name = ServerName::try_from("bare.invalid").map_err(|error| error.to_string())?;
    let mut client = ClientConnection::new(Arc::clone(client), name).map_err(|error| error.to_string())?;
    let mut server = ServerConnection::new(Arc::clone(server)).map_err(|error| error.to_string())?;
    while client.is_handshaking() || server.is_handshaking() {
        let mut bytes = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut bytes).map_err(|error| error.to_string())?;
        }
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            server.read_tls(&mut rest).map_err(|error| error.to_string())?;
            server.process_new_packets().map_err(|error| error.to_string())?;
        }
        let mut bytes = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut bytes).map_err(|error| error.to_string())?;
        }
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            client.read_tls(&mut rest).map_err(|error| error.to_string())?;
            client.process_new_packets().map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// Believes everybody who has the key of what is shown.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl Anybody {
    fn signed(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.0.signature_verification_algorithms)
    }
}

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("this is no TLS 1.3".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Anybody {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("this is no TLS 1.3".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
