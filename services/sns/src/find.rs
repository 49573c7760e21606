//! Finding topics and subscriptions by their ARNs.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::{Account, Target};
use strongroom_records::Stored;
use strongroom_wire::Result;

use crate::arn::{SubscriptionArn, TopicArn};
use crate::subscription::{Subscribed, Subscription};
use crate::topic::{Found, Topic};
use crate::{Call, Sns, error, paths};

/// A topic that does not exist yet, or no longer.
#[derive(Clone, Debug)]
pub struct Nascent {
    /// Its ARN, taken apart.
    pub place: TopicArn,
    /// The topic, if there is one already.
    pub found: Option<Found>,
    arn: String,
}

impl Nascent {
    /// The topic of this ARN, whether it exists or not.
    pub async fn find(call: &Call<'_>, place: TopicArn) -> Result<Self> {
        let found = call.service.read_topic(&place).await?.map(Found::new);
        Ok(Self { arn: place.text(), found, place })
    }
}

impl Target for Nascent {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.place.account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.found.as_ref()?.tag(key)
    }

    fn rule(&self) -> strongroom_api::ResourceRule<'_> {
        match &self.found {
            Some(found) => found.rule(),
            None => strongroom_api::ResourceRule::Ordinary(None),
        }
    }
}

/// Everything of the caller's account.
pub fn everything(call: &Call<'_>) -> Account {
    Account(call.caller.account().to_owned())
}

/// Reads a topic's ARN, which has to be of the region that is called.
///
/// # Errors
/// AWS's for a text that is no ARN or of another region.
pub fn topic_arn(call: &Call<'_>, text: &str) -> Result<TopicArn> {
    let arn = TopicArn::read(text, "TopicArn")?;
    if arn.region != call.region {
        return Err(error::invalid_parameter("TopicArn"));
    }
    Ok(arn)
}

/// The topic with this ARN.
///
/// # Errors
/// As [`topic_arn`], or that there is none.
pub async fn topic(call: &Call<'_>, text: &str) -> Result<Found> {
    let arn = topic_arn(call, text)?;
    let found = call.service.read_topic(&arn).await?;
    found.map(Found::new).ok_or_else(|| error::no_such_topic(&arn.text()))
}

/// The topic that tags are asked for.
///
/// # Errors
/// As [`topic`], in the words of the tagging operations.
pub async fn tagged(call: &Call<'_>, text: &str) -> Result<Found> {
    let arn = TopicArn::read(text, "ResourceArn")?;
    if arn.region != call.region {
        return Err(error::invalid_parameter("ResourceArn"));
    }
    let found = call.service.read_topic(&arn).await?;
    found.map(Found::new).ok_or_else(|| error::no_such_resource(&arn.text()))
}

/// The subscription with this ARN. A caller without a signature comes by a link that the ARN alone
/// makes up, and may be of any region.
///
/// # Errors
/// AWS's for a text that is no ARN, and that there is no such subscription.
pub async fn subscription(call: &Call<'_>, text: &str) -> Result<Subscribed> {
    let arn = SubscriptionArn::read(text)?;
    let by_link = call.caller.account().is_empty();
    if !by_link && arn.topic.region != call.region {
        return Err(error::subscription_id());
    }
    let key = paths::subscription(&arn.topic, &arn.id);
    let found = call.service.read_subscription(&key).await?;
    let found = found.ok_or_else(|| error::no_such_subscription(&arn.topic.text()))?;
    let topic = call.service.read_topic(&arn.topic).await?;
    Ok(Subscribed::new(found, topic, call.caller.account()))
}

impl Sns {
    /// The topic at this place.
    pub(crate) async fn read_topic(&self, arn: &TopicArn) -> Result<Option<Arc<Stored<Topic>>>> {
        let key = paths::topic(&arn.account, &arn.region, &arn.name);
        self.records.get(&key).await.map_err(error::of_record)
    }

    /// The subscription under this key.
    pub(crate) async fn read_subscription(
        &self,
        key: &str,
    ) -> Result<Option<Arc<Stored<Subscription>>>> {
        self.records.get(key).await.map_err(error::of_record)
    }
}
