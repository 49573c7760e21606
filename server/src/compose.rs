//! The composition root: configuration in, running server out.

use std::net::SocketAddr;
use std::sync::Arc;

use strongroom_api::{Entropy, Ids};
use strongroom_seal::SystemEntropy;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::accounts;
use crate::adapters::dev_identities::DevIdentities;
use crate::adapters::recorder::TrailRecorder;
use crate::admin::{Office, Socket};
use crate::authenticate::Authenticator;
use crate::clock::{Clock, SystemClock};
use crate::complaints::Complaints;
use crate::config::{Config, Tls};
use crate::connections::Connections;
use crate::exporter::Exporter;
use crate::failure::Failure;
use crate::foundation::Foundation;
use crate::health::Health;
use crate::jobs::Jobs;
use crate::listeners::Listener;
use crate::metrics::Metrics;
use crate::ports::{Failures, Identities};
use crate::request::Gateway;
use crate::services::{Parts, Services};
use crate::tls;
use crate::uses::Uses;

/// A server that takes requests.
pub struct Running {
    /// Where, as clients on this machine reach it.
    pub endpoint: String,
    /// The address that it listens on.
    pub address: SocketAddr,
    /// Where figures are served, if they are.
    pub metrics_address: Option<SocketAddr>,
    /// Whether this start created the first account.
    pub is_first_start: bool,
    /// What it stands on.
    pub foundation: Arc<Foundation>,
    gateway: Arc<Gateway>,
    connections: Arc<Connections>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Starts a server on this machine's clock and random bytes.
///
/// # Errors
/// For the operator; nothing is left running.
pub async fn start(
    config: &Config,
    build: impl FnOnce(&Foundation) -> Parts,
) -> Result<Running, Failure> {
    start_with(config, build, Arc::new(SystemClock), Arc::new(SystemEntropy)).await
}

/// Starts a server with a clock and random bytes of the caller's.
///
/// # Errors
/// For the operator; nothing is left running.
pub async fn start_with(
    config: &Config,
    build: impl FnOnce(&Foundation) -> Parts,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Result<Running, Failure> {
    let tls = prepare_tls(config, &*clock)?;
    let foundation = Foundation::lay(config, Arc::clone(&clock), Arc::clone(&entropy)).await?;
    let foundation = Arc::new(foundation);
    let Parts { identities, hosts, jobs, failures, pages, tasks: own_tasks } = build(&foundation);
    let identities = if config.dev {
        Arc::new(DevIdentities::new(identities, Arc::clone(&clock), Arc::clone(&entropy)))
    } else {
        identities
    };
    let is_first_start = accounts::begin(config, &foundation, &*identities).await?;
    let recorder = Arc::new(TrailRecorder::new(Arc::clone(&foundation.trail)));
    let services = Services::new(hosts);
    let metrics = Arc::new(Metrics::new(&services));
    let connections = Arc::new(Connections::default());

    let uses = Arc::new(Uses::default());
    let authenticator =
        Authenticator::new(Arc::clone(&identities), Arc::clone(&uses), config.clock_skew_seconds);
    let gateway = Arc::new(Gateway {
        services,
        authenticator,
        clock: Arc::clone(&clock),
        entropy: Arc::clone(&entropy),
        ids: Ids::new(&*entropy),
        recorder: recorder.clone(),
        region: config.region.clone(),
        limits: config.limits.clone(),
        metrics: Arc::clone(&metrics),
        complaints: Complaints::default(),
        health: Health::default(),
        pages,
    });
    let socket = bind(config.listen, "listen").await?;
    let address = local_address(&socket)?;
    let endpoint = config.endpoint(address);
    foundation.exit.endpoint.get_or_init(|| endpoint.clone());
    let jobs = Jobs {
        list: jobs,
        store: Arc::clone(&foundation.store),
        holder: foundation.holder(),
        clock,
        entropy,
        recorder: recorder.clone(),
        account: config.account.clone(),
        region: config.region.clone(),
    };

    let (stop, stopped) = watch::channel(false);
    let mut tasks = Vec::new();
    tasks.extend(own_tasks.into_iter().map(|task| until_stopped(&stopped, task)));
    let keeper = Arc::clone(&identities);
    tasks.push(until_stopped(&stopped, async move { uses.keep(keeper).await }));
    tasks.push(until_stopped(&stopped, patrol(&connections, &gateway)));
    tasks.push(until_stopped(&stopped, async move { jobs.run().await }));
    if !config.dev {
        tasks.push(until_stopped(
            &stopped,
            office(config, &foundation, identities, failures, &endpoint)?,
        ));
    }
    let metrics_address = match config.metrics_listen {
        None => None,
        Some(asked) => {
            let socket = bind(asked, "metrics_listen").await?;
            let address = local_address(&socket)?;
            let exporter = Exporter {
                metrics,
                recorder,
                foundation: Arc::clone(&foundation),
                connections: Arc::clone(&connections),
            };
            tasks.push(until_stopped(&stopped, exporter.serve(socket)));
            Some(address)
        }
    };
    let listener = Listener {
        socket,
        tls,
        gateway: Arc::clone(&gateway),
        connections: Arc::clone(&connections),
    };
    tasks.push(tokio::spawn(listener.run(stopped)));
    Ok(Running {
        endpoint,
        address,
        metrics_address,
        is_first_start,
        foundation,
        gateway,
        connections,
        stop,
        tasks,
    })
}

impl Running {
    /// How many requests are being worked on.
    #[must_use]
    pub fn requests_in_progress(&self) -> usize {
        self.connections.requests_in_progress()
    }

    /// Finishes what was begun, within the time that the configuration gives, and lets go of
    /// everything. Returns how many connections had to be cut off.
    ///
    /// # Errors
    /// For the operator: what could not be written out.
    pub async fn stop(self) -> Result<usize, Failure> {
        self.gateway.health.stop();
        // Nobody has stopped listening for this: the tasks hold the other ends.
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(error) = task.await
                && error.is_panic()
            {
                tracing::error!("a part of the server failed: {error}");
            }
        }
        let cut_off = self.connections.drain(self.gateway.limits.drain_patience).await;
        self.foundation.close().await?;
        Ok(cut_off)
    }
}

fn prepare_tls(
    config: &Config,
    clock: &dyn Clock,
) -> Result<Option<tokio_rustls::TlsAcceptor>, Failure> {
    let Some(files) = config.certificate() else { return Ok(None) };
    if config.tls == Tls::Generated && !files.key.exists() {
        crate::files::private_folder(config.data.path())?;
        tls::init(&config.data.tls(), &tls::names(config, &[]), tls::today(clock))?;
    }
    files.acceptor().map(Some)
}

fn office(
    config: &Config,
    foundation: &Arc<Foundation>,
    identities: Arc<dyn Identities>,
    failures: Arc<dyn Failures>,
    endpoint: &str,
) -> Result<impl Future<Output = ()> + Send + use<>, Failure> {
    let socket = Socket::bind(&config.data.admin_socket())?;
    let office = Office {
        config: config.clone(),
        endpoint: Some(endpoint.to_owned()),
        foundation: Arc::clone(foundation),
        identities,
        failures,
    };
    Ok(Arc::new(office).open(socket))
}

fn patrol(
    connections: &Arc<Connections>,
    gateway: &Arc<Gateway>,
) -> impl Future<Output = ()> + Send + use<> {
    let (connections, gateway) = (Arc::clone(connections), Arc::clone(gateway));
    async move { connections.patrol(&gateway.limits).await }
}

fn until_stopped(
    stopped: &watch::Receiver<bool>,
    part: impl Future<Output = ()> + Send + 'static,
) -> JoinHandle<()> {
    let mut stopped = stopped.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => {}
            () = part => {}
        }
    })
}

async fn bind(address: SocketAddr, key: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|cause| {
        Failure::new(format!("cannot listen on {address}: {cause}"))
            .hint(format!("choose another `{key}`, or stop what listens there"))
    })
}

fn local_address(socket: &TcpListener) -> Result<SocketAddr, Failure> {
    socket.local_addr().map_err(|cause| Failure::new(format!("a socket has no address: {cause}")))
}
