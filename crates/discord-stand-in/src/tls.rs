//! A certificate authority of one afternoon, and the certificate of the names that Discord answers to.
//! Made at the first start and kept with the world, so that a client that trusts the CA still does after a restart.

use std::sync::Arc;

use anyhow::Context;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use serde::{Deserialize, Serialize};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What a client resolves to this machine, besides the machine's own names.
const NAMES: [&str; 5] = [
    "discord.com",
    "gateway.discord.gg",
    "cdn.discordapp.com",
    "localhost",
    "127.0.0.1",
];

/// The CA's public half and the leaf with its key, all PEM; enough to serve with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Papers {
    pub(crate) ca: String,
    certificate: String,
    key: String,
}

impl Papers {
    /// A new CA and its one leaf. The CA's key is forgotten at once.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let mut ca = CertificateParams::default();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        ca.distinguished_name
            .push(DnType::CommonName, "Discord stand-in CA");
        let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate()?)?;

        let mut leaf = CertificateParams::new(NAMES.map(str::to_owned).to_vec())?;
        leaf.distinguished_name
            .push(DnType::CommonName, "discord.com");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        Ok(Self {
            certificate: leaf.signed_by(&key, &ca)?.pem(),
            key: key.serialize_pem(),
            ca: ca.pem(),
        })
    }

    /// What accepts TLS connections with these papers.
    pub(crate) fn acceptor(&self) -> anyhow::Result<TlsAcceptor> {
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes())
            .context("the certificate is not PEM")?;
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes())
            .context("the certificate's key is not PEM")?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .context("the TLS versions of this build do not fit its provider")?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
