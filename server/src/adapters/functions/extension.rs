//! AWS's extension layer: secrets and parameters at localhost:2773, for functions that name it.
//!
//! Functions share the machine's network, so one listener serves them all. Whoever asks shows the session
//! token of its instance, and is answered with that session's rights.

use std::any::Any;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use strongroom_agent::extension::{self, Desks};
use strongroom_agent::failure::Failure;
use strongroom_agent::listeners::{self, Counter};
use strongroom_api::Entropy;
use strongroom_client::{Credentials, Error, Machine, Settings, Variables};
use strongroom_lambda::runner::{self, Launch};
use tokio::sync::{Mutex, OnceCell};
use tokio::task::JoinSet;

use super::environment::Endpoint;
use crate::clock::Clock;

/// The port of AWS's extension.
const PORT: u16 = 2773;
/// The variable that chooses another.
pub const PORT_VARIABLE: &str = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT";
/// Ports below are not for functions to choose.
const LOWEST_PORT: u16 = 1_024;
/// Ports that functions may have chosen at a time.
const MOST_PORTS: usize = 16;
/// Connections of all functions together.
const MOST_CONNECTIONS: usize = 1_000;
/// The name under which requests are recorded.
const USER_AGENT: &str = concat!("strongroom-extension/", env!("CARGO_PKG_VERSION"));

/// The extension, of all functions.
pub struct Extension {
    machine: Arc<dyn Machine>,
    desks: OnceCell<Arc<Desks>>,
    counter: Arc<Counter>,
    listening: Mutex<Listening>,
}

#[derive(Default)]
struct Listening {
    /// The ports taken, by those wanted.
    ports: HashMap<u16, u16>,
    tasks: JoinSet<()>,
}

/// Where an instance is served, and what has to be kept for as long.
pub struct Service {
    /// The port, if it is not the one that the function takes for granted.
    pub other_port: Option<u16>,
    /// Ends the service when dropped.
    pub served: Arc<dyn Any + Send + Sync>,
}

/// The clock and the randomness of the server, for the client that asks it.
struct ServersMachine(Arc<dyn Clock>, Arc<dyn Entropy>);

impl Machine for ServersMachine {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0.now().millis()).unwrap_or_default()
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), Error> {
        self.1.fill(bytes);
        Ok(())
    }
}

impl Extension {
    /// Nothing listens before a function needs it.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            machine: Arc::new(ServersMachine(clock, entropy)),
            desks: OnceCell::new(),
            counter: Counter::new(MOST_CONNECTIONS),
            listening: Mutex::default(),
        }
    }

    /// Serves an instance of `launch` as the session that `credentials` are of.
    ///
    /// # Errors
    /// For the operator: a variable of the extension that cannot be, or no port to listen on.
    pub async fn serve(
        &self,
        launch: &Launch,
        credentials: &runner::Credentials,
        endpoint: &Endpoint,
    ) -> Result<Service, Failure> {
        let environment = launch.environment.clone();
        let variables: Variables = Arc::new(move |name| environment.get(name).cloned());
        let wanted = extension::config(&variables)?.listen.port();
        let machine = || Arc::clone(&self.machine);
        let desks = self.desks.get_or_try_init(async || Desks::new(machine())).await?;
        let port = self.port(wanted, desks).await?;
        let settings = Settings {
            ca_bundle: endpoint.authority.clone(),
            user_agent: USER_AGENT.to_owned(),
            ..Settings::for_region(&launch.region).at(&endpoint.url)
        };
        let credentials = Credentials::new(
            &credentials.access_key_id,
            credentials.secret_access_key.reveal(),
            Some(credentials.session_token.reveal()),
        );
        let served = desks.serve(settings, credentials, &variables)?;
        let other_port = (port != wanted).then_some(port);
        Ok(Service { other_port, served: Arc::new(served) })
    }

    /// Listens no more.
    pub async fn close(&self) {
        *self.listening.lock().await = Listening::default();
    }

    /// The port at which a function is served that wants `wanted`. If somebody else has that, it is
    /// another one, of which code learns by the variable.
    async fn port(&self, wanted: u16, desks: &Arc<Desks>) -> Result<u16, Failure> {
        let mut listening = self.listening.lock().await;
        if let Some(port) = listening.ports.get(&wanted) {
            return Ok(*port);
        }
        let may_choose =
            wanted == PORT || (wanted >= LOWEST_PORT && listening.ports.len() < MOST_PORTS);
        let on = |port: u16| listeners::tcp(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), 64);
        let listener = match on(if may_choose { wanted } else { 0 }).await {
            Ok(listener) => listener,
            Err(taken) => {
                tracing::warn!(
                    "functions find AWS's secrets extension at another port than {wanted}: {taken}"
                );
                on(0).await?
            }
        };
        let port = listener.address().map_or(wanted, |address| address.port());
        listening.tasks.spawn(listener.serve(Arc::clone(desks), Arc::clone(&self.counter), true));
        listening.ports.insert(wanted, port);
        Ok(port)
    }
}
