//! Lambda's functions, in the sandbox.
//!
//! The port `Runner` of Lambda over `strongroom-sandbox`: code is unpacked into a folder of its own, an
//! interpreter of the machine runs it, and its environment is what AWS gives it, with this server's
//! endpoint added.

mod destinations;
mod environment;
mod extension;
mod folders;
mod interpreters;
mod log;
mod roles;
mod rotators;
mod settings;

use std::sync::{Arc, OnceLock};

use strongroom_api::{BoxFuture, Entropy, Timestamp};
use strongroom_lambda::Lambda;
use strongroom_lambda::runner::{
    Event, Finished, FunctionLog, Launch, NotRun, Ports, Runner, Supply,
};
use strongroom_sandbox::pool::{Choice, Pool, keep_swept};
use strongroom_sandbox::wall::Wall;
use strongroom_sandbox::{Blueprint, Busy, Refusal, Sink};
use tokio::sync::Mutex;

pub use destinations::RoleDestinations;
pub use environment::Endpoint;
pub use roles::StsRoles;
pub use settings::FunctionSettings;

use crate::clock::Clock;
use crate::foundation::Foundation;
use crate::pages::{Page, Pages};
use extension::Extension;
use folders::Folders;
use interpreters::{Interpreters, Kind};
use rotators::ROTATORS;

/// Runs functions.
pub struct Functions {
    settings: FunctionSettings,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    log: Arc<dyn FunctionLog>,
    endpoint: OnceLock<Endpoint>,
    /// What the operator says where this server is.
    public_url: Option<String>,
    interpreters: Interpreters,
    folders: Folders,
    extension: Extension,
    pool: Mutex<Option<Arc<Pool>>>,
}

/// Instances are not handed an event for which their credentials might not last, in milliseconds.
const SPARE_MILLIS: i64 = 60_000;

impl Functions {
    /// Nothing runs yet, and nothing is looked for on the machine until a function is called.
    #[must_use]
    pub fn new(foundation: &Foundation, log: Arc<dyn FunctionLog>) -> Arc<Self> {
        let settings = foundation.config.functions.clone();
        Arc::new(Self {
            interpreters: Interpreters::new(&settings),
            folders: Folders::new(&settings),
            extension: Extension::new(
                Arc::clone(&foundation.clock),
                Arc::clone(&foundation.entropy),
            ),
            settings,
            clock: Arc::clone(&foundation.clock),
            entropy: Arc::clone(&foundation.entropy),
            log,
            endpoint: OnceLock::new(),
            public_url: foundation.config.outward.public_url.clone(),
            pool: Mutex::default(),
        })
    }

    /// What Lambda needs from outside.
    #[must_use]
    pub fn ports(
        self: &Arc<Self>,
        roles: Arc<StsRoles>,
        destinations: Arc<RoleDestinations>,
    ) -> Ports {
        let runner = Arc::clone(self) as Arc<dyn Runner>;
        Ports { runner, roles, destinations, built_in: ROTATORS }
    }

    /// Tells functions where this server is.
    pub fn tell_endpoint(&self, endpoint: Endpoint) {
        let _told_before = self.endpoint.set(endpoint);
    }

    /// Ends all instances that have nothing to do.
    pub async fn close(&self) {
        if let Some(pool) = self.pool.lock().await.take() {
            pool.close();
        }
        self.extension.close().await;
        self.folders.close().await;
    }

    async fn pool(&self) -> Result<Arc<Pool>, NotRun> {
        let mut pool = self.pool.lock().await;
        if let Some(pool) = &*pool {
            return Ok(Arc::clone(pool));
        }
        let wall = match (Wall::find().await, self.settings.unsandboxed) {
            (Ok(wall), _) => wall,
            (Err(missing), true) => {
                tracing::warn!("functions run without a sandbox, as was asked for: {missing}");
                Wall::None
            }
            (Err(missing), false) => {
                tracing::error!(
                    "a function was not run: {missing}; {}, or say --lambda-unsandboxed",
                    missing.hint
                );
                return Err(NotRun::NotOffered(UNCONTAINED.to_owned()));
            }
        };
        let clock = Arc::clone(&self.clock);
        let micros = Arc::new(move || clock.now().millis() * 1_000);
        let new = Arc::new(Pool::new(wall, micros, self.settings.most));
        tokio::spawn(keep_swept(Arc::downgrade(&new)));
        *pool = Some(Arc::clone(&new));
        Ok(new)
    }

    /// Everything that a new instance needs.
    async fn prepare(
        &self,
        launch: &Launch,
        supply: &dyn Supply,
        wall: &Wall,
    ) -> Result<Blueprint, NotRun> {
        let kind = Kind::of(&launch.runtime).ok_or_else(|| {
            NotRun::NotOffered(format!("the runtime {} is not offered here", launch.runtime))
        })?;
        let interpreter = self.interpreters.find(kind).await?;
        let credentials = supply.credentials().await.map_err(NotRun::Failed)?;
        let folder = self.folders.of(launch, supply, wall, &*self.entropy, kind).await?;
        let stream = log::stream(launch, self.clock.now(), &*self.entropy);
        let mut blueprint = Blueprint {
            name: launch.name.clone(),
            version: launch.version.clone(),
            command: Vec::new(),
            environment: Vec::new(),
            folder,
            shown: interpreter.shown.clone(),
            lent: Vec::new(),
            memory_mib: launch.memory_mib,
            ephemeral_mib: launch.ephemeral_mib,
            timeout: std::time::Duration::from_secs(u64::from(launch.timeout_seconds)),
            expires_micros: 0,
            sink: self.sink(launch, &stream),
            companion: None,
        };
        let places = wall.places(&blueprint.folder);
        blueprint.command = interpreter.command(launch, &places);
        let mut endpoint = self.endpoint.get().cloned();
        let extension = match &endpoint {
            Some(endpoint) if launch.has_secrets_extension => {
                let serving = self.extension.serve(launch, &credentials, endpoint).await;
                // The function runs without it, and says what it misses.
                serving
                    .inspect_err(|failure| {
                        tracing::warn!(function = launch.name, "no secrets extension: {failure}");
                    })
                    .ok()
            }
            _ => None,
        };
        if let Some(authority) = endpoint.as_mut().and_then(|one| one.authority.as_mut())
            && !matches!(wall, Wall::None)
        {
            let seen = environment::AUTHORITY;
            blueprint.lent.push((std::mem::replace(authority, seen.into()), seen.to_owned()));
        }
        blueprint.environment =
            environment::of(launch, &credentials, &stream, endpoint.as_ref(), &places, interpreter);
        if let Some(extension) = extension {
            let variable = extension::PORT_VARIABLE;
            blueprint
                .environment
                .extend(extension.other_port.map(|port| (variable.to_owned(), port.to_string())));
            blueprint.companion = Some(extension.served);
        }
        if launch.is_built_in {
            let is_walled = !matches!(wall, Wall::None);
            rotators::enter(&mut blueprint, launch, is_walled).map_err(NotRun::NotOffered)?;
        }
        let lasts = i64::from(launch.timeout_seconds) * 1_000 + SPARE_MILLIS;
        blueprint.expires_micros = (credentials.expires.millis() - lasts) * 1_000;
        Ok(blueprint)
    }

    fn sink(&self, launch: &Launch, stream: &str) -> Sink {
        let log = Arc::clone(&self.log);
        let (account, region) = (launch.account.clone(), launch.region.clone());
        let (group, stream) = (launch.log_group.clone(), stream.to_owned());
        Arc::new(move |lines| log.write(&account, &region, &group, &stream, lines))
    }
}

/// The archives of functions and layers, at the addresses that Lambda tells.
pub struct FunctionCode(pub Arc<Lambda>);

impl Pages for FunctionCode {
    fn page<'a>(&'a self, path: &'a str) -> BoxFuture<'a, strongroom_api::Result<Option<Page>>> {
        Box::pin(async move {
            let archive = self.0.download(path).await?;
            Ok(archive.map(|bytes| Page { content_type: "application/zip", bytes }))
        })
    }
}

const UNCONTAINED: &str =
    "functions are not run here: this machine offers no sandbox for them, see the server's log";

impl Runner for Functions {
    fn run<'a>(
        &'a self,
        launch: &'a Launch,
        supply: &'a dyn Supply,
        event: Event,
    ) -> BoxFuture<'a, Result<Finished, NotRun>> {
        Box::pin(async move {
            let pool = self.pool().await?;
            let Event { request_id, invoked_arn, payload, client_context } = event;
            let event =
                strongroom_sandbox::Event { request_id, invoked_arn, payload, client_context };
            let most = launch.reserved_concurrency;
            let choice = Choice { group: &launch.arn, key: &launch.key, most };
            let prepare = async || self.prepare(launch, supply, pool.wall()).await;
            match pool.run(choice, event, prepare).await {
                Ok(strongroom_sandbox::Finished { payload, is_error, log_tail }) => {
                    Ok(Finished { payload, is_error, log_tail })
                }
                Err(Refusal::Busy(Busy::Function)) => Err(NotRun::FunctionBusy),
                Err(Refusal::Busy(Busy::Machine)) => Err(NotRun::ServerBusy),
                Err(Refusal::Unprepared(fault)) => Err(fault),
            }
        })
    }

    fn forget(&self, function_arn: &str) {
        // Nobody holds the lock for longer than it takes to make a pool, and then it is empty.
        if let Ok(pool) = self.pool.try_lock()
            && let Some(pool) = &*pool
        {
            pool.forget(function_arn);
        }
    }

    fn address(&self) -> String {
        let endpoint = || self.endpoint.get().map(|endpoint| endpoint.url.clone());
        self.public_url.clone().or_else(endpoint).unwrap_or_default()
    }

    fn capacity(&self) -> u32 {
        self.settings.most
    }

    fn beside(&self, work: BoxFuture<'static, ()>) {
        tokio::spawn(work);
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
