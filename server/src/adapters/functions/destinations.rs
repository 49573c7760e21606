//! Who is told what came of events: topics and functions, as the execution role.

use std::sync::{Arc, OnceLock, Weak};

use strongroom_api::{BoxFuture, Call, Error, Result};
use strongroom_lambda::Lambda;
use strongroom_lambda::runner::{Destinations, Parcel, Unsent};
use strongroom_sns::Sns;
use strongroom_sns::operations::Publish;
use strongroom_wire::Family;

use super::roles::StsRoles;

/// The port `Destinations` of Lambda. What it sends to comes after Lambda, so it is told of that later.
pub struct RoleDestinations {
    roles: Arc<StsRoles>,
    reached: OnceLock<(Weak<Lambda>, Weak<Sns>)>,
}

impl RoleDestinations {
    /// Destinations that sessions of `roles` send to.
    #[must_use]
    pub fn new(roles: Arc<StsRoles>) -> Self {
        Self { roles, reached: OnceLock::new() }
    }

    /// Tells where functions and topics are.
    pub fn tell(&self, lambda: &Arc<Lambda>, sns: &Arc<Sns>) {
        self.reached.get_or_init(|| (Arc::downgrade(lambda), Arc::downgrade(sns)));
    }

    fn reached(&self) -> Result<(Arc<Lambda>, Arc<Sns>)> {
        let both = self.reached.get();
        let both = both.and_then(|(lambda, sns)| Some((lambda.upgrade()?, sns.upgrade()?)));
        both.ok_or_else(|| Error::internal("functions and topics are not there"))
    }

    async fn may(&self, parcel: &Parcel) -> Result<Option<bool>> {
        let (lambda, sns) = self.reached()?;
        let caller = match self.roles.caller(parcel).await {
            Ok(caller) => caller,
            Err(error) if error.is_internal() => return Err(error),
            Err(_) => return Ok(Some(false)),
        };
        let request_id = self.roles.request_id();
        let there = self.roles.circumstances(&caller, region(parcel), &request_id);
        match is_topic(parcel) {
            true => sns.may_publish(&there, &parcel.target).await.map(Some),
            false => lambda.may_invoke(&there, &parcel.target).await,
        }
    }

    async fn perform(&self, parcel: &Parcel) -> Result<()> {
        let (lambda, sns) = self.reached()?;
        let caller = self.roles.caller(parcel).await?;
        let request_id = self.roles.request_id();
        let there = self.roles.circumstances(&caller, region(parcel), &request_id);
        if !is_topic(parcel) {
            return lambda.send(&there, &parcel.target, parcel.body.clone().into_bytes()).await;
        }
        let input = Publish::input(&parcel.target, None, parcel.body.clone());
        let input = input.with(&parcel.attributes);
        Call::new(&*sns, &there).perform::<Publish>(&input).await.map(drop)
    }
}

impl Destinations for RoleDestinations {
    fn may_send<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Option<bool>>> {
        Box::pin(self.may(parcel))
    }

    fn send<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, std::result::Result<(), Unsent>> {
        Box::pin(async move {
            self.perform(parcel).await.map_err(|error| {
                let text = error.to_string();
                // 429: too many calls at this moment.
                match error.is_internal() || error.status(Family::Rest) == 429 {
                    true => Unsent::Later(text),
                    false => Unsent::Refused(text),
                }
            })
        })
    }
}

fn is_topic(parcel: &Parcel) -> bool {
    parcel.target.split(':').nth(2) == Some("sns")
}

fn region(parcel: &Parcel) -> &str {
    parcel.target.split(':').nth(3).unwrap_or_default()
}
