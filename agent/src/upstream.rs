//! The services behind the agent, asked as itself or as a role.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use strongroom_client::{
    Client, Credentials, Error, Fault, Providing, SECRETS_MANAGER, SSM, STS, Service,
};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::answer::Refusal;

/// What a service answered.
pub type Body = Zeroizing<Vec<u8>>;

/// Services to ask; tests have their own.
pub trait Upstream: Send + Sync {
    /// Performs `operation` (`secretsmanager.GetSecretValue`) as `role`, or as the agent itself.
    fn ask<'a>(
        &'a self,
        role: Option<&'a str>,
        operation: &'a str,
        body: Vec<u8>,
    ) -> Providing<'a, Result<Body, Refusal>>;
}

/// The services themselves.
pub struct Services {
    client: Client,
    roles: Mutex<HashMap<String, Client>>,
    max_roles: usize,
    permits: Semaphore,
    timeout: Duration,
    parameter_timeout: Duration,
}

impl Services {
    /// Asked through `client`, by so many requests at once, as so many roles.
    #[must_use]
    pub fn new(client: Client, config: &crate::config::Config) -> Self {
        Self {
            client,
            roles: Mutex::default(),
            max_roles: config.max_roles,
            permits: Semaphore::new(config.upstream_connections),
            timeout: config.timeout,
            parameter_timeout: config.parameter_timeout,
        }
    }

    /// Who the agent is.
    ///
    /// # Errors
    /// What kept STS from saying it.
    pub async fn caller(&self) -> Result<String, Error> {
        let reply = self.client.query(STS, "GetCallerIdentity", &[]).await?;
        let arn = strongroom_client::element(reply.text()?, "Arn").unwrap_or_default();
        Ok(arn.to_owned())
    }

    fn as_role(&self, role: Option<&str>) -> Result<Client, Refusal> {
        let Some(arn) = role else { return Ok(self.client.clone()) };
        let mut roles = self.roles.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = roles.get(arn) {
            return Ok(client.clone());
        }
        if roles.len() >= self.max_roles {
            let text = format!("Maximum number of roles ({}) exceeded", self.max_roles);
            return Err(Refusal::coded(400, "MaxRolesExceeded", &text));
        }
        let client = self.client.as_role(arn, "strongroom-agent");
        roles.insert(arn.to_owned(), client.clone());
        Ok(client)
    }

    async fn perform(
        &self,
        role: Option<&str>,
        operation: &str,
        body: Vec<u8>,
    ) -> Result<Body, Refusal> {
        let (service, timeout) = self.service(operation);
        // One time for all of it: who waits for others to be answered, or for a role, waits no longer.
        let end = Instant::now() + timeout;
        let late = |_| Error::of(Fault::Timeout, "the service took too long");
        let refused = |error: Error| {
            tracing::debug!(operation, %error, "the service did not answer with a value");
            Refusal::upstream(&error)
        };
        let busy = |_| Refusal::coded(500, "InternalFailure", "");
        let permit =
            timeout_at(end, self.permits.acquire()).await.map_err(late).map_err(refused)?;
        let _permit = permit.map_err(busy)?;
        let client = self.as_role(role)?;
        if let Some(arn) = role {
            let assumed = timeout_at(end, client.credentials()).await.map_err(late).flatten();
            self.assumed(assumed, arn)?;
        }
        let asked = timeout_at(end, client.json(service, operation, &body)).await;
        let asked = asked.map_err(late).flatten();
        if let (Err(error), Some(arn)) = (&asked, role)
            && !error.is_transient()
        {
            // The role may have gone meanwhile, and its session with it: then that is the matter.
            let assumed = timeout_at(end, client.credentials()).await.map_err(late).flatten();
            self.assumed(assumed, arn)?;
        }
        asked.map(|reply| reply.body).map_err(refused)
    }

    /// A role that cannot be assumed must not take the place of one that can.
    fn assumed(&self, assumed: Result<Credentials, Error>, arn: &str) -> Result<(), Refusal> {
        let Err(error) = assumed else { return Ok(()) };
        self.roles.lock().unwrap_or_else(PoisonError::into_inner).remove(arn);
        if error.is_transient() {
            return Err(Refusal::upstream(&error));
        }
        let text = format!("Failed to create caching client from role: {arn}");
        Err(Refusal::coded(403, "AccessDeniedException", &text))
    }

    fn service(&self, operation: &str) -> (Service, Duration) {
        if operation.starts_with("AmazonSSM.") {
            (SSM, self.parameter_timeout)
        } else {
            (SECRETS_MANAGER, self.timeout)
        }
    }
}

impl Upstream for Services {
    fn ask<'a>(
        &'a self,
        role: Option<&'a str>,
        operation: &'a str,
        body: Vec<u8>,
    ) -> Providing<'a, Result<Body, Refusal>> {
        Box::pin(self.perform(role, operation, body))
    }
}

/// Shared by everything that asks.
pub type Shared = Arc<dyn Upstream>;
