//! Puts the agent together and runs it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use strongroom_client::{
    Client, Credentials, Error, Fault, Fresh, Machine, Provide, Providing, Settings, Static,
    Variables, chain, configured,
};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::desk::Desk;
use crate::disk::Disk;
use crate::failure::Failure;
use crate::gate::Gate;
use crate::joined::{Join, Joined};
use crate::listeners::{self, Counter, Listener};
use crate::reader::Reader;
use crate::upstream::{Services, Shared};
use crate::workload::{Role, Workload};
use crate::{changes, prefetch};

/// The name under which requests are recorded.
pub const USER_AGENT: &str = concat!("strongroom-agent/", env!("CARGO_PKG_VERSION"));

/// What an agent needs to start.
pub struct Order {
    /// What is configured.
    pub config: Config,
    /// The role whose credentials are served, if any.
    pub role: Option<Role>,
    /// Where instance metadata is served besides the main address.
    pub metadata: Option<SocketAddr>,
    /// How many hops answers travel.
    pub hop_limit: u32,
    /// How this host joins, or has joined.
    pub join: Join,
    /// The token of the container endpoint, which is wanted with a role.
    pub container_token: Zeroizing<String>,
    /// The environment.
    pub variables: Variables,
    /// Time and randomness.
    pub machine: Arc<dyn Machine>,
}

/// An agent that runs, until it is dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where instance metadata is served.
    pub metadata: Option<SocketAddr>,
    /// The Region.
    pub region: String,
    /// Who it is, if that was asked.
    pub caller: Option<String>,
    /// The role served.
    pub role: Option<String>,
    /// The id of this host, if it has joined.
    pub host: Option<String>,
    _tasks: JoinSet<()>,
}

/// Starts it; what it serves is ready when this returns.
///
/// # Errors
/// For the operator: addresses that are taken, credentials that are not good, files that cannot be used.
pub async fn start(order: Order) -> Result<Running, Failure> {
    let Order { config, variables, machine, .. } = order;
    let (client, joined) = client(&config, &order.join, &variables, &machine).await?;
    let gate = Gate::open(&config, &variables, machine.as_ref())?;
    let disk = match &config.disk {
        Some(disk) => Some(Disk::open(disk, config.max_stale, Arc::clone(&machine))?),
        None => None,
    };
    let services = Services::new(client.clone(), &config);
    let may_be_away = config.disk.is_some() || joined.is_some();
    let caller = match config.validate_credentials {
        true => check(&services, may_be_away).await?,
        false => None,
    };
    let workload = match (&order.role, &joined) {
        (Some(role), _) => {
            Some(Workload::open(&client, role, &host_name(), order.container_token).await?)
        }
        (None, Some(joined)) => Some(Workload::of_host(&client, joined, order.container_token)?),
        (None, None) => None,
    };
    let host = joined.map(|joined| joined.enrolment.host_id);
    let role = workload.as_ref().map(|workload| workload.role_arn().to_owned());
    let upstream: Shared = Arc::new(services);
    let reader = Arc::new(Reader::new(&config, Arc::clone(&upstream), Arc::clone(&machine), disk));

    // Everything that can be taken is taken before anything is served.
    let main = listeners::tcp(config.listen, order.hop_limit).await?;
    let address = main.address().unwrap_or(config.listen);
    let mut open: Vec<(Listener, bool)> = vec![(main, true)];
    if let Some(path) = &config.unix_socket {
        open.push((listeners::unix(path)?, true));
    }
    let mut metadata = None;
    if let Some(wanted) = order.metadata {
        let listener = listeners::tcp(wanted, order.hop_limit).await?;
        metadata = listener.address();
        open.push((listener, false));
    }

    let mut tasks = JoinSet::new();
    if let Some(is_wanted) = follows(&config, &client) {
        tasks.spawn(changes::keep_true(client.clone(), Arc::clone(&reader), is_wanted));
    }
    tasks.spawn(prefetch::run(config.clone(), upstream, Arc::clone(&reader), machine));
    let counter = Counter::new(config.max_connections);
    let desk = Arc::new(Desk::new(&config, gate, reader, workload));
    for (listener, has_secrets) in open {
        tasks.spawn(listener.serve(Arc::clone(&desk), Arc::clone(&counter), has_secrets));
    }
    let region = client.settings().region.clone();
    Ok(Running { address, metadata, region, caller, role, host, _tasks: tasks })
}

/// A client with the settings and credentials that variables and configuration name. Where these name no
/// credentials, a host that has joined is what it is.
async fn client(
    config: &Config,
    join: &Join,
    variables: &Variables,
    machine: &Arc<dyn Machine>,
) -> Result<(Client, Option<Joined>), Failure> {
    let region = config.region.clone();
    let inner = Arc::clone(variables);
    let with_region: Variables = Arc::new(move |name| match (&region, name) {
        (Some(region), "AWS_REGION") => Some(region.clone()),
        _ => inner(name),
    });
    let mut settings = settings(join, &with_region)?;
    settings.user_agent = USER_AGENT.to_owned();
    let nobody = Arc::new(Static(Credentials::new("", "", None)));
    let joining = Client::new(settings.clone(), nobody, Arc::clone(machine));
    let joined = join.open(&joining).await?;
    if let Some(joined) = joined.as_ref().filter(|_| settings.region == UNKNOWN_REGION) {
        settings.region.clone_from(&joined.enrolment.region);
    }
    let file = config.credentials_file.as_ref().map(|path| CredentialsFile {
        path: path.clone(),
        settings: settings.clone(),
        machine: Arc::clone(machine),
    });
    let found = match file {
        Some(file) => Some(Box::new(file) as Box<dyn Provide>),
        None => configured(&with_region, &settings, machine)?,
    };
    let fresh = |found| Arc::new(Fresh::new(found, Arc::clone(machine)));
    let provide = match (found, &joined) {
        (Some(found), _) => fresh(found),
        // It remembers sessions itself, for whom the host's role is served, too.
        (None, Some(joined)) => Arc::clone(&joined.credentials),
        (None, None) => fresh(chain(&with_region, &settings, machine)?),
    };
    Ok((Client::new(settings, provide, Arc::clone(machine)), joined))
}

/// Stands for a Region that the host has yet to be told.
const UNKNOWN_REGION: &str = "unknown";

/// The settings. A host that has joined, or is to, need not be told its Region: the server tells it.
fn settings(join: &Join, variables: &Variables) -> Result<Settings, Failure> {
    match Settings::from_environment(variables) {
        Err(_) if join.is_wanted() => {
            let told = join.region().unwrap_or_else(|| UNKNOWN_REGION.to_owned());
            let inner = Arc::clone(variables);
            let with_region: Variables = Arc::new(move |name| match name {
                "AWS_REGION" => Some(told.clone()),
                _ => inner(name),
            });
            Ok(Settings::from_environment(&with_region)?)
        }
        settings => Ok(settings?),
    }
}

/// Whether changes are followed, and whether by all means.
fn follows(config: &Config, client: &Client) -> Option<bool> {
    let is_aws =
        client.settings().configured_endpoint(strongroom_client::SECRETS_MANAGER).is_none();
    match config.follow_changes {
        Some(false) => None,
        Some(true) => Some(true),
        None => (!is_aws).then_some(false),
    }
}

/// Who the agent is. Who kept values for an outage, or has a key of its host's own, may start in one.
async fn check(services: &Services, may_be_away: bool) -> Result<Option<String>, Failure> {
    match services.caller().await {
        Ok(arn) => Ok(Some(arn)),
        Err(error) if error.is_transient() && may_be_away => {
            tracing::warn!(%error, "the service is away: values kept on disk, if any, serve");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn host_name() -> String {
    let read = |path| std::fs::read_to_string(path).ok();
    let name = read("/etc/machine-id").or_else(|| read("/proc/sys/kernel/hostname"));
    name.map(|name| name.trim().to_owned()).unwrap_or_default()
}

/// A shared credentials file that something else renews; it is read anew every five minutes.
struct CredentialsFile {
    path: PathBuf,
    settings: Settings,
    machine: Arc<dyn Machine>,
}

const READ_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

impl CredentialsFile {
    async fn read(&self) -> Result<Credentials, Error> {
        let path = self.path.display().to_string();
        let only: Variables = Arc::new(move |name| match name {
            "AWS_SHARED_CREDENTIALS_FILE" => Some(path.clone()),
            "AWS_CONFIG_FILE" => Some("/dev/null".to_owned()),
            "AWS_EC2_METADATA_DISABLED" => Some("true".to_owned()),
            _ => None,
        });
        let found = chain(&only, &self.settings, &self.machine)?.provide().await?;
        if found.session_token().is_none() {
            let text = format!("the credentials in {} have no session token", self.path.display());
            return Err(Error::of(Fault::Credentials, text));
        }
        let now = self.machine.now();
        // `Fresh` renews at half of what is left.
        Ok(found.until(now.saturating_add(READ_AGAIN * 2).unwrap_or(now)))
    }
}

impl Provide for CredentialsFile {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(self.read())
    }
}
