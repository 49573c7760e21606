//! The composition root: configuration in, running server out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use strongroom_api::{Entropy, Ids, Job};
use strongroom_organizations::Organizations;
use strongroom_seal::SystemEntropy;
use strongroom_secretsmanager::SecretsManager;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::adapters::call_metrics::CallMetrics;
use crate::adapters::dev_identities::DevIdentities;
use crate::adapters::functions::{Endpoint, Functions};
use crate::adapters::recorder::TrailRecorder;
use crate::adapters::trail_events;
use crate::admin::{Office, Socket};
use crate::authenticate::Authenticator;
use crate::certificate::Certificate;
use crate::clock::{Clock, SystemClock};
use crate::complaints::Complaints;
use crate::config::{Config, Tls};
use crate::connections::Connections;
use crate::exporter::Exporter;
use crate::failure::Failure;
use crate::feed::stream::{Feed, Sources};
use crate::feed::webhook::Webhook;
use crate::foundation::Foundation;
use crate::generations;
use crate::health::Health;
use crate::jobs::Jobs;
use crate::jobs::reseal::Reseal;
use crate::keeper::{self, Keeper};
use crate::large_bodies::LargeBodies;
use crate::listeners::Listener;
use crate::metrics::Metrics;
use crate::ports::{Failures, Identities};
use crate::request::Gateway;
use crate::services::{Parts, Services};
use crate::sinks::Sink;
use crate::streams::Streams;
use crate::tls;
use crate::uses::Uses;
use crate::{accounts, aside};

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
    functions: Option<Arc<Functions>>,
    call_metrics: Option<Arc<CallMetrics>>,
    certificate: Option<Arc<Certificate>>,
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
    let certificate = prepare_tls(config, &clock)?;
    let foundation = Foundation::lay(config, Arc::clone(&clock), Arc::clone(&entropy)).await?;
    let foundation = Arc::new(foundation);
    if let Some(certificate) = &certificate {
        foundation.names.tell(Arc::clone(certificate));
    }
    let parts = build(&foundation);
    let Parts { identities, hosts, jobs, long_jobs, secrets, functions, .. } = parts;
    let Parts { failures, denials, organizations, pages, audience, .. } = parts;
    let Parts { call_metrics, tasks: own_tasks, .. } = parts;
    let identities = if config.dev {
        Arc::new(DevIdentities::new(identities, Arc::clone(&clock), Arc::clone(&entropy)))
    } else {
        identities
    };
    let is_first_start = accounts::begin(config, &foundation, &*identities).await?;
    let keeper = keeper(config, &foundation).await?;
    follow_trail(&foundation)?;
    let sinks = sinks(config, &foundation).await?;
    let gauges: Vec<_> = sinks.iter().map(|sink| Arc::clone(&sink.gauge)).collect();
    let recorder = TrailRecorder::new(Arc::clone(&foundation.trail))
        .seen_by(Arc::clone(&foundation.tally))
        .blocked_by(gauges.iter().cloned());
    let recorder = Arc::new(recorder);
    let services = Services::new(hosts);
    let metrics = Arc::new(Metrics::new(&services));
    let connections = Arc::new(Connections::default());

    let uses = Arc::new(Uses::default());
    let authenticator =
        Authenticator::new(Arc::clone(&identities), Arc::clone(&uses), config.clock_skew_seconds);
    let (stop, stopped) = watch::channel(false);
    let sources = Sources {
        trail: Arc::clone(&foundation.trail),
        secrets: Arc::clone(&audience),
        identities: Arc::clone(&identities),
        keyring: Arc::clone(&foundation.keyring),
        clock: Arc::clone(&clock),
        entropy: Arc::clone(&entropy),
    };
    let gateway = Arc::new(Gateway {
        services,
        authenticator,
        clock: Arc::clone(&clock),
        entropy: Arc::clone(&entropy),
        ids: Ids::new(&*entropy),
        recorder: recorder.clone(),
        tally: Arc::clone(&foundation.tally),
        region: config.region.clone(),
        limits: config.limits.clone(),
        large_bodies: LargeBodies::default(),
        metrics: Arc::clone(&metrics),
        complaints: Complaints::default(),
        health: Health::default(),
        denials,
        pages,
        feed: Arc::new(Feed::new(sources, stopped.clone())),
        streams: Streams::new(Arc::clone(&clock), stopped.clone()),
    });
    let socket = bind(config.listen, "listen").await?;
    let address = local_address(&socket)?;
    let endpoint = config.endpoint(address);
    if let Some(functions) = &functions {
        let authority = config.private_authority();
        functions.tell_endpoint(Endpoint { url: endpoint.clone(), authority });
    }
    foundation.exit.endpoint.get_or_init(|| endpoint.clone());
    let jobs = Jobs {
        list: with_own(jobs, &foundation),
        long: long_jobs,
        store: Arc::clone(&foundation.store),
        clock,
        entropy,
        recorder: recorder.clone(),
        account: config.account.clone(),
        region: config.region.clone(),
    };

    let mut tasks = Vec::new();
    tasks.extend(own_tasks.into_iter().map(|task| until_stopped(&stopped, task)));
    let noting = Arc::clone(&identities);
    tasks.push(until_stopped(&stopped, async move { uses.keep(noting).await }));
    tasks.push(until_stopped(&stopped, patrol(&connections, &gateway)));
    tasks.push(until_stopped(&stopped, async move { jobs.run().await }));
    let given_up = Arc::new(AtomicU64::new(0));
    for sink in sinks {
        tasks.push(until_stopped(&stopped, sink.run()));
    }
    if let Some(webhook) = &config.webhook {
        let webhook = Webhook {
            address: webhook.address.clone(),
            secret: webhook.secret.clone(),
            foundation: Arc::clone(&foundation),
            secrets: audience,
            recorder: recorder.clone(),
            given_up: Arc::clone(&given_up),
        };
        tasks.push(until_stopped(&stopped, webhook.run()));
    }
    if let Some(certificate) = &certificate {
        tasks.push(until_stopped(&stopped, Arc::clone(certificate).follow()));
    }
    if let Some(keeper) = keeper {
        tasks.push(until_stopped(&stopped, async move { keeper.run().await }));
    }
    if !config.dev {
        tasks.push(until_stopped(
            &stopped,
            office(config, &foundation, identities, secrets, (failures, organizations), &endpoint)?,
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
                sinks: gauges,
                webhook_given_up: given_up,
                certificate: certificate.clone(),
            };
            tasks.push(until_stopped(&stopped, exporter.serve(socket)));
            Some(address)
        }
    };
    let listener = Listener {
        socket,
        tls: certificate.clone(),
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
        functions,
        call_metrics,
        certificate,
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

    /// The certificate that connections are shown, if TLS is spoken.
    #[must_use]
    pub fn certificate(&self) -> Option<&Arc<Certificate>> {
        self.certificate.as_ref()
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
        if let Some(functions) = self.functions {
            functions.close().await;
        }
        // Nobody calls any more, so these are the last.
        if let Some(call_metrics) = self.call_metrics {
            call_metrics.hand_on().await;
        }
        if let Err(failure) = keeper::note_position(&self.foundation).await {
            tracing::error!("how far the trail has come is not remembered: {failure}");
        }
        self.foundation.close().await?;
        Ok(cut_off)
    }
}

async fn sinks(config: &Config, foundation: &Arc<Foundation>) -> Result<Vec<Sink>, Failure> {
    let mut sinks = Vec::new();
    for spec in &config.trail_sinks {
        let (account, region) = (config.account.clone(), config.region.clone());
        let opened = Sink::open(spec.clone(), Arc::clone(foundation), account, region).await;
        sinks.push(opened.map_err(|error| Failure::new(error.to_string()))?);
    }
    Ok(sinks)
}

/// What keeps the trail's files; a trail in memory has none.
async fn keeper(config: &Config, foundation: &Arc<Foundation>) -> Result<Option<Keeper>, Failure> {
    if config.dev {
        return Ok(None);
    }
    let mut keeper = Keeper {
        folder: config.data.trail(),
        foundation: Arc::clone(foundation),
        retention_days: config.trail_retention_days,
        is_anew: false,
    };
    keeper.check().await?;
    Ok(Some(keeper))
}

/// The jobs of the services, and of what they stand on.
fn with_own(mut jobs: Vec<Arc<dyn Job>>, foundation: &Foundation) -> Vec<Arc<dyn Job>> {
    let (records, left) = (Arc::clone(&foundation.records), Arc::clone(&foundation.old_records));
    jobs.push(Arc::new(Reseal::new(records, generations::inners(), left)));
    jobs
}

/// Starts what reads the trail behind everybody's back. It ends when the trail is closed.
fn follow_trail(foundation: &Arc<Foundation>) -> Result<(), Failure> {
    let (trail, index) = (Arc::clone(&foundation.trail), Arc::clone(&foundation.trail_index));
    std::thread::Builder::new()
        .name("trail-index".to_owned())
        .spawn(move || {
            // Calls are answered first. What is put off is made up for as soon as a processor is free.
            aside::give_way();
            trail_events::follow(&trail, &index);
        })
        .map(drop)
        .map_err(|cause| Failure::new(format!("cannot start a thread: {cause}")))
}

fn prepare_tls(
    config: &Config,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Arc<Certificate>>, Failure> {
    let Some(files) = config.certificate() else { return Ok(None) };
    if config.tls == Tls::Generated && !files.key.exists() {
        crate::files::private_folder(config.data.path())?;
        tls::init(&config.data.tls(), &tls::names(config, &[]), tls::today(&**clock))?;
    }
    Ok(Some(Arc::new(Certificate::new(files, Arc::clone(clock))?)))
}

fn office(
    config: &Config,
    foundation: &Arc<Foundation>,
    identities: Arc<dyn Identities>,
    secrets: Option<Arc<SecretsManager>>,
    (failures, organizations): (Arc<dyn Failures>, Option<Arc<Organizations>>),
    endpoint: &str,
) -> Result<impl Future<Output = ()> + Send + use<>, Failure> {
    let socket = Socket::bind(&config.data.admin_socket())?;
    let office = Office {
        config: config.clone(),
        endpoint: Some(endpoint.to_owned()),
        foundation: Arc::clone(foundation),
        identities,
        secrets,
        failures,
        organizations,
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
