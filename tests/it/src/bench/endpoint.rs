//! AWS's services over TLS, each at a port of its own, as each has a host of its own: a world answers.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::local::root;
use crate::world::World;

use super::Error;
use super::serving::{Serving, connection};

/// The services by the names of their endpoint variables.
const SERVICES: [(&str, &str); 9] = [
    ("account", "ACCOUNT"),
    ("cloudtrail", "CLOUDTRAIL"),
    ("dynamodb", "DYNAMODB"),
    ("organizations", "ORGANIZATIONS"),
    ("s3", "S3"),
    ("sns", "SNS"),
    ("sqs", "SQS"),
    ("ssm", "SSM"),
    ("states", "SFN"),
];

/// Calls, by service.
pub(super) type Counts = BTreeMap<&'static str, usize>;

/// The endpoints; dropping this closes them.
#[derive(Debug)]
pub struct Endpoint {
    ports: Vec<(&'static str, u16)>,
    counts: Arc<Mutex<Counts>>,
    folder: PathBuf,
    _serving: Serving,
}

impl Endpoint {
    /// Serves a world; `folder` gets the certificate.
    ///
    /// # Errors
    /// The folder or a port cannot be had.
    pub fn start(world: &World, folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder)?;
        let acceptor = acceptor(folder)?;
        let world = world.clone();
        let counts = Arc::<Mutex<Counts>>::default();
        let counting = Arc::clone(&counts);
        let (serving, ports) = Serving::start(move || async move {
            let mut ports = Vec::new();
            for (service, variable) in SERVICES {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                ports.push((variable, listener.local_addr()?.port()));
                tokio::spawn(serve(
                    listener,
                    service,
                    acceptor.clone(),
                    world.clone(),
                    Arc::clone(&counting),
                ));
            }
            Ok((ports, std::future::pending()))
        })?;
        Ok(Self {
            ports,
            counts,
            folder: folder.to_owned(),
            _serving: serving,
        })
    }

    /// What was asked since the last time.
    pub(super) fn take_counts(&self) -> Counts {
        std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The variables that lead to the endpoints.
    #[must_use]
    pub fn vars(&self) -> Vec<(String, String)> {
        let url = |port| format!("https://localhost:{port}");
        let services = self
            .ports
            .iter()
            .map(|(name, port)| (format!("AWS_ENDPOINT_URL_{name}"), url(*port)));
        services.collect()
    }

    /// Amazon's roots, and the endpoints' own: what the functions read when they are told of a file.
    #[must_use]
    pub fn few_roots(&self) -> PathBuf {
        self.folder.join("few.pem")
    }

    /// The system's roots, and the endpoints' own: what others read.
    pub(super) fn all_roots(&self) -> PathBuf {
        self.folder.join("all.pem")
    }
}

fn acceptor(folder: &Path) -> Result<TlsAcceptor, Error> {
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let made = rcgen::generate_simple_self_signed(names)?;
    let few = fs::read_to_string(root().join("shared/account-aws/src/roots.pem"))?;
    let all = fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default();
    fs::write(folder.join("few.pem"), few + &made.cert.pem())?;
    fs::write(folder.join("all.pem"), all + &made.cert.pem())?;
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], PrivateKeyDer::Pkcs8(key))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn serve(
    listener: TcpListener,
    service: &'static str,
    acceptor: TlsAcceptor,
    world: World,
    counts: Arc<Mutex<Counts>>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        // Answers are small and in one piece.
        let _ = stream.set_nodelay(true);
        let (acceptor, world, counts) = (acceptor.clone(), world.clone(), Arc::clone(&counts));
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            connection(stream, async |request| {
                *counts
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .entry(service)
                    .or_default() += 1;
                world
                    .answer(service, request)
                    .await
                    .map_err(io::Error::other)
            })
            .await;
        });
    }
}
