//! Every service of the server over a store in memory, with a clock that stands still.

use std::sync::Arc;

use serde_json::Value;
use strongroom::clock::Clock;
use strongroom::config;
use strongroom::foundation::Foundation;
use strongroom::services;
use strongroom::settings::Layers;
use strongroom_api::{Body, Host, Protocol, Timestamp};
use strongroom_seal::SeededEntropy;
use strongroom_testkit::Stage;
use tokio::runtime::Runtime;

/// A server without sockets, and a root user to call it.
pub struct World {
    /// The services.
    pub hosts: Vec<Arc<dyn Host>>,
    stage: Stage,
    runtime: Runtime,
    _foundation: Foundation,
}

struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(1_769_854_830)
    }
}

impl World {
    /// A world in which nothing has happened, the same every time.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let in_memory = |key: &str| (key == "dev").then(|| "true".to_owned());
        let layers = Layers::gather(in_memory, |_| None, None).expect("settings");
        let config = config::read(&layers, |_| None).expect("a configuration");
        let lay = Foundation::lay(&config, Arc::new(StoppedClock), Arc::new(SeededEntropy::new(1)));
        let foundation = runtime.block_on(lay).expect("a foundation");
        let parts = {
            let _within = runtime.enter();
            services::build(&foundation)
        };
        let stage = Stage::new(2);
        let account = parts.identities.create_account(
            strongroom_testkit::ACCOUNT,
            stage.now(),
            &*foundation.entropy,
        );
        runtime.block_on(account).expect("an account");
        let hosts = parts.hosts;
        Self { hosts, stage, runtime, _foundation: foundation }
    }

    /// A world with the secret `prod/db` and the key behind `alias/app`, and that key's id.
    pub fn furnished() -> (Self, String) {
        let world = Self::new();
        let secret = br#"{"Name":"prod/db","SecretString":"hunter2","ClientRequestToken":"EXAMPLE1-90ab-cdef-fedc-ba987SECRET1"}"#;
        world.call("secretsmanager", "CreateSecret", Protocol::Json11, secret).expect("a secret");
        let key = world.call("kms", "CreateKey", Protocol::Json11, b"{}").expect("a key");
        let key: Value = serde_json::from_slice(&key).expect("a reply");
        let id = key["KeyMetadata"]["KeyId"].as_str().expect("an id").to_owned();
        let alias = format!(r#"{{"AliasName":"alias/app","TargetKeyId":"{id}"}}"#);
        world.call("kms", "CreateAlias", Protocol::Json11, alias.as_bytes()).expect("an alias");
        (world, id)
    }

    /// The service with this name.
    pub fn host(&self, service: &str) -> Option<&Arc<dyn Host>> {
        self.hosts.iter().find(|host| host.facts().name == service)
    }

    /// Calls an operation, as a signed request would, and checks that the server takes no blame.
    /// `None` when it refused, or when there is no such operation.
    pub fn call(
        &self,
        service: &str,
        operation: &str,
        protocol: Protocol,
        body: &[u8],
    ) -> Option<Vec<u8>> {
        let host = self.host(service)?;
        let position = host.find(operation)?;
        let circumstances = self.stage.circumstances();
        let body = Body { protocol, members: protocol.read(body) };
        match self.runtime.block_on(host.perform(position, &circumstances, body)) {
            Ok(reply) => Some(reply.to_vec()),
            Err(error) => {
                let status = error.status(protocol.family());
                assert!(status < 500, "{service}.{operation} answered {status}: {error:?}");
                None
            }
        }
    }

    /// An example of every operation, `service.Operation` with its JSON body.
    pub fn examples(&self) -> Vec<(String, &'static str)> {
        let examples = |host: &Arc<dyn Host>| {
            let name = |operation: &str| format!("{}.{operation}", host.facts().name);
            let operations = host.operations().into_iter();
            operations.map(|one| (name(one.name), one.example)).collect::<Vec<_>>()
        };
        self.hosts.iter().flat_map(examples).collect()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
