//! A server of a federation, on this machine: it wants a certificate.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, CertifiedKey, KeyPair, PublicKeyData};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

/// A certificate that signed itself, as members of a federation use them.
pub(super) struct Member {
    pub(super) certificate: CertifiedKey<KeyPair>,
}

impl Member {
    pub(super) fn new() -> Self {
        let signing_key = KeyPair::generate().unwrap();
        let cert = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&signing_key).unwrap();
        Self { certificate: CertifiedKey { cert, signing_key } }
    }

    /// Certificate and key, as a secret holds them.
    pub(super) fn identity(&self) -> String {
        format!("{}{}", self.certificate.cert.pem(), self.certificate.signing_key.serialize_pem())
    }

    pub(super) fn pin(&self) -> Value {
        let key = digest(&SHA256, &self.certificate.signing_key.subject_public_key_info());
        json!({ "alg": "sha256", "digest": STANDARD.encode(key) })
    }

    fn der(&self) -> CertificateDer<'static> {
        self.certificate.cert.der().clone()
    }
}

/// Serves `hej` to `client` only, until the test ends. Gives the port.
pub(super) async fn serve(server: &Member, client: &Member) -> u16 {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(client.der()).unwrap();
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let key = PrivateKeyDer::try_from(server.certificate.signing_key.serialize_der()).unwrap();
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(vec![server.der()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut asked = [0; 4096];
                if stream.read(&mut asked).await.is_ok() {
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nhej";
                    let _ = stream.write_all(answer).await;
                    let _ = stream.shutdown().await;
                }
            });
        }
    });
    port
}
