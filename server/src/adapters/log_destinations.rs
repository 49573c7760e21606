//! Functions that take log events, as CloudWatch Logs and for the log group.

use std::sync::{Arc, OnceLock, Weak};

use strongroom_api::{BoxFuture, Circumstances, Error, Result};
use strongroom_lambda::{Lambda, OnBehalf};
use strongroom_logs::{Delivery, Destinations, Undelivered};
use strongroom_wire::Family;

/// The port `Destinations` of CloudWatch Logs. Lambda has its output written to logs, so it is told of
/// only once it is there.
#[derive(Default)]
pub struct LogDestinations(OnceLock<Weak<Lambda>>);

impl LogDestinations {
    /// Tells where functions are.
    pub fn tell(&self, lambda: &Arc<Lambda>) {
        self.0.get_or_init(|| Arc::downgrade(lambda));
    }

    fn lambda(&self) -> Result<Arc<Lambda>> {
        let lambda = self.0.get().and_then(Weak::upgrade);
        lambda.ok_or_else(|| Error::internal("functions are not there"))
    }

    /// As whom logs may call the function: policies name the service with or without its region.
    async fn principal(
        &self,
        circumstances: &Circumstances<'_>,
        delivery: Delivery<'_>,
    ) -> Result<Option<String>> {
        let regional = format!("logs.{}.amazonaws.com", circumstances.region);
        for service in ["logs.amazonaws.com".to_owned(), regional] {
            let (there, on_behalf) = call_of(circumstances, delivery, &service);
            if self.lambda()?.may_call(&there, delivery.function, on_behalf).await? {
                return Ok(Some(service));
            }
        }
        Ok(None)
    }

    async fn send(
        &self,
        circumstances: &Circumstances<'_>,
        delivery: Delivery<'_>,
        event: Vec<u8>,
    ) -> Result<bool> {
        let Some(service) = self.principal(circumstances, delivery).await? else {
            return Ok(false);
        };
        let (there, on_behalf) = call_of(circumstances, delivery, &service);
        self.lambda()?.send_as_service(&there, delivery.function, on_behalf, event).await?;
        Ok(true)
    }
}

impl Destinations for LogDestinations {
    fn may_deliver<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        delivery: Delivery<'a>,
    ) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move {
            self.principal(circumstances, delivery).await.map(|service| service.is_some())
        })
    }

    fn deliver<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        delivery: Delivery<'a>,
        event: Vec<u8>,
    ) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            match self.send(circumstances, delivery, event).await {
                Ok(true) => Ok(()),
                Ok(false) => {
                    Err(Undelivered::Refused("its policy does not let logs call it".to_owned()))
                }
                // 429: too many calls at this moment.
                Err(error) if error.is_internal() || error.status(Family::Json) == 429 => {
                    Err(Undelivered::Later(error.to_string()))
                }
                Err(error) => Err(Undelivered::Refused(error.to_string())),
            }
        })
    }
}

fn call_of<'a>(
    circumstances: &Circumstances<'a>,
    delivery: Delivery<'a>,
    service: &'a str,
) -> (Circumstances<'a>, OnBehalf<'a>) {
    let on_behalf =
        OnBehalf { service, source_arn: delivery.group_arn, source_account: delivery.account };
    (*circumstances, on_behalf)
}
