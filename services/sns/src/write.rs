//! What is written when subscriptions come and go.

use std::sync::Arc;

use strongroom_records::{Changes, Stored};
use strongroom_wire::Result;

use crate::arn;
use crate::document;
use crate::due;
use crate::message::{Kind, Message};
use crate::subscription::{self, State, Subscription};
use crate::topic::{Counts, Topic};
use crate::{Call, Sns, error, paths};

/// How long an endpoint may take to agree.
pub const CONFIRMATION_MILLIS: i64 = 48 * 3_600_000;

impl Sns {
    /// Commits `changes`.
    ///
    /// # Errors
    /// A conflict, or a fault of ours.
    pub(crate) async fn commit(&self, changes: Changes<'_>) -> Result<()> {
        self.records.commit(changes).await.map(drop).map_err(error::of_record)
    }

    /// Replaces the topic by one with other counts.
    pub(crate) fn recount(
        &self,
        changes: &mut Changes<'_>,
        topic: &Stored<Topic>,
        change: impl FnOnce(&mut Counts),
    ) -> Result<()> {
        let mut changed = topic.value.clone();
        change(&mut changed.counts);
        changes.replace(topic, &changed).map_err(error::of_record)
    }

    /// Removes a subscription with everything that leads to it.
    pub(crate) fn remove(&self, changes: &mut Changes<'_>, gone: &Stored<Subscription>) {
        let topic = gone.topic();
        changes.remove(gone);
        changes.delete(&paths::endpoint(&topic, gone.protocol.text(), &gone.endpoint));
        changes.delete(&paths::subscribed(&gone.owner, &topic.region, Some((&topic, &gone.id))));
        if let State::Pending { ends, .. } = &gone.state {
            changes.delete(&paths::due(paths::ENDS, *ends, &gone.key));
        }
    }

    /// Stores a subscription's place in the lists, beside its record.
    pub(crate) fn enlist(&self, changes: &mut Changes<'_>, of: &Subscription) -> Result<()> {
        let topic = of.topic();
        let claim = paths::endpoint(&topic, of.protocol.text(), &of.endpoint);
        changes.create(&claim, &Holder { id: of.id.clone() }).map_err(error::of_record)?;
        let place = paths::subscribed(&of.owner, &topic.region, Some((&topic, &of.id)));
        changes.index(&place, &paths::subscription(&topic, &of.id));
        Ok(())
    }

    /// Asks the endpoint of a subscription whether it agrees: a new token, and a message with it.
    pub(crate) fn ask(
        &self,
        call: &Call<'_>,
        changes: &mut Changes<'_>,
        topic: &Topic,
        subscription: &mut Subscription,
    ) -> Result<()> {
        let token = subscription::new_token(&subscription.id, call.entropy);
        let ends = call.now.plus_millis(CONFIRMATION_MILLIS);
        subscription.state = State::Pending { token: token.clone(), ends };
        let key = paths::subscription(&subscription.topic(), &subscription.id);
        changes.index(&paths::due(paths::ENDS, ends, &key), "");
        let text = document::question(&topic.arn());
        let kind = Kind::SubscriptionConfirmation { token };
        let message = message(call, topic, kind, text);
        due::send_to(changes, &message, &subscription.id).map_err(error::of_record)
    }
}

/// Which subscription an endpoint has.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Holder {
    /// Its id.
    pub id: String,
}

impl strongroom_records::Record for Holder {
    const KIND: &'static str = "endpoint";
}

/// A message of ours about a topic.
pub fn message(call: &Call<'_>, topic: &Topic, kind: Kind, text: String) -> Message {
    Message {
        id: strongroom_api::random_uuid(call.entropy).to_string(),
        account: topic.place.account.clone(),
        region: topic.place.region.clone(),
        topic: topic.place.name.clone(),
        published: call.now,
        kind,
        subject: None,
        text,
        texts: Default::default(),
        attributes: Default::default(),
        signature_version: signature_version(topic),
    }
}

/// How messages of a topic are signed.
pub fn signature_version(topic: &Topic) -> u8 {
    if topic.attribute("SignatureVersion") == Some("2") { 2 } else { 1 }
}

impl Sns {
    /// Deletes every subscription of a topic, which itself stays for the caller to delete last: a crash
    /// in between leaves a topic with fewer subscriptions, and the next attempt finishes the work.
    pub(crate) async fn remove_all(&self, topic: &arn::TopicArn) -> Result<()> {
        use strongroom_store::{Direction, Range};

        /// A transaction takes 128 operations, and each subscription needs up to five.
        const SWEEP: usize = 20;
        loop {
            let range = Range::prefix(paths::subscription(topic, ""));
            let page = self.records.scan::<Subscription>(range, Direction::Forward, SWEEP).await;
            let page = page.map_err(error::of_record)?;
            if page.records.is_empty() {
                break;
            }
            let mut changes = self.records.changes();
            for gone in &page.records {
                self.remove(&mut changes, gone);
            }
            self.commit(changes).await?;
        }
        loop {
            let range = Range::prefix(paths::unsubscribed(topic, ""));
            let page = self.records.scan::<Subscription>(range, Direction::Forward, SWEEP).await;
            let page = page.map_err(error::of_record)?;
            if page.records.is_empty() {
                return Ok(());
            }
            let mut changes = self.records.changes();
            for gone in &page.records {
                changes.remove(&**gone);
            }
            self.commit(changes).await?;
        }
    }

    /// The subscription that an endpoint has already.
    pub(crate) async fn holder(
        &self,
        topic: &arn::TopicArn,
        protocol: &str,
        endpoint: &str,
    ) -> Result<Option<Arc<Stored<Subscription>>>> {
        let claim = paths::endpoint(topic, protocol, endpoint);
        let holder = self.records.get::<Holder>(&claim).await.map_err(error::of_record)?;
        match holder {
            None => Ok(None),
            Some(holder) => self.read_subscription(&paths::subscription(topic, &holder.id)).await,
        }
    }
}
