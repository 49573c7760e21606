//! Delivery: fanning messages out, and one attempt after the other until an endpoint has taken them.

use std::sync::atomic::{AtomicI64, Ordering};

use strongroom_api::{Caller, Circumstances, Result, Timestamp};
use strongroom_store::{Direction, Range};

use crate::delivery_policy::Manner;
use crate::document::{self, Links};
use crate::due::{self, Delivery};
use crate::endpoint::Protocol;
use crate::failure::{Failure, KEPT_MILLIS};
use crate::message::{Kind, Message};
use crate::ports::{Email, Miss, Post};
use crate::subscription::{State, Subscription};
use crate::topic::Topic;
use crate::{Sns, email, error, paths};

/// The principal that delivers.
pub const PRINCIPAL: &str = "sns.amazonaws.com";

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Work {
    /// Where it stands; no two pieces of work have the same.
    pub key: String,
    /// What must not be worked on by too many at a time: the subscription of a delivery.
    pub lane: Option<String>,
}

/// What came of a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A message was handed on to (so many) subscriptions; there may be more.
    FannedOut(u32),
    /// The endpoint has taken the message.
    Delivered,
    /// It has not, and is tried again.
    Postponed,
    /// It has not, and is not tried again.
    GivenUp,
    /// There was nothing to do: the subscription or the message is gone.
    Dropped,
}

/// Subscriptions handled in one step of fanning out; a transaction takes 128 operations.
const STEP: usize = 50;

impl Sns {
    /// What is due at `now`: messages to be fanned out and deliveries, the oldest first.
    ///
    /// # Errors
    /// Internal only.
    pub async fn due(
        &self,
        now: Timestamp,
        after: Option<&Work>,
        limit: usize,
    ) -> Result<Vec<Work>> {
        let mut work = Vec::new();
        for index in [paths::MESSAGES, paths::DELIVERIES] {
            let mut range = paths::due_at(index, now);
            match after {
                Some(after) if after.key.starts_with(index) => range = range.after(&after.key),
                // What stands in the first index was seen before.
                Some(_) if index == paths::MESSAGES => continue,
                _ => {}
            }
            let page = self.records.scan_index(range, Direction::Forward, limit).await;
            for (key, _) in page.map_err(error::of_record)?.entries {
                let lane =
                    key.strip_prefix(paths::DELIVERIES).and_then(|rest| rest.rsplit('/').next());
                let lane = lane.map(str::to_owned);
                work.push(Work { key, lane });
            }
        }
        Ok(work)
    }

    /// Does one piece of work. Doing it twice, also at the same time, does no harm.
    ///
    /// # Errors
    /// Internal only; the work stays due.
    pub async fn work(&self, circumstances: &Circumstances<'_>, work: &Work) -> Result<Outcome> {
        match paths::read_due(paths::MESSAGES, &work.key) {
            Some((_, rest)) => self.fan_out(circumstances, &work.key, rest).await,
            None => self.deliver(circumstances, &work.key).await,
        }
    }

    /// Hands a message on to the next subscriptions of its topic.
    async fn fan_out(
        &self,
        circumstances: &Circumstances<'_>,
        key: &str,
        rest: &str,
    ) -> Result<Outcome> {
        let now = circumstances.now;
        let place = rest.splitn(3, '/').collect::<Vec<_>>();
        let [account, region, id] = place[..] else { return self.forget(key).await };
        let message_key = paths::home(account, region) + "message/" + id;
        let message = self.records.get::<Message>(&message_key).await.map_err(error::of_record)?;
        let Some(message) = message else { return self.forget(key).await };

        let cursor =
            self.records.scan_index(Range::new(key, format!("{key}\0")), Direction::Forward, 1);
        let cursor = cursor.await.map_err(error::of_record)?.entries;
        // Somebody else has finished it.
        let Some((_, cursor)) = cursor.into_iter().next() else { return Ok(Outcome::Dropped) };
        let range = Range::prefix(paths::subscription(&message.place(), ""));
        let range = if cursor.is_empty() { range } else { range.after(&cursor) };
        let page = self.records.scan::<Subscription>(range, Direction::Forward, STEP).await;
        let page = page.map_err(error::of_record)?;

        let mut changes = self.records.changes();
        let mut count = 0;
        for subscription in &page.records {
            if subscription.is_confirmed() && passes(subscription, &message) {
                due::deliver_to(&mut changes, &message, &subscription.id, now)
                    .map_err(error::of_record)?;
                count += 1;
            }
        }
        match page.records.last().filter(|_| page.more) {
            // Deliveries and cursor are written together, so nobody is passed over or served twice.
            Some(last) => changes.index(key, &last.key),
            None => {
                changes.delete(key);
                due::forget_message(&mut changes, &message, now);
            }
        }
        self.commit(changes).await?;
        Ok(Outcome::FannedOut(count))
    }

    async fn deliver(&self, circumstances: &Circumstances<'_>, key: &str) -> Result<Outcome> {
        let rest = paths::read_due(paths::DELIVERIES, key).map_or("", |(_, rest)| rest);
        let place = rest.splitn(4, '/').collect::<Vec<_>>();
        let [account, region, message, subscription] = place[..] else {
            return self.forget(key).await;
        };
        let delivery_key = paths::delivery(account, region, message, subscription);
        let delivery =
            self.records.get::<Delivery>(&delivery_key).await.map_err(error::of_record)?;
        let Some(delivery) = delivery.filter(|delivery| delivery.due_key() == key) else {
            return self.forget(key).await;
        };
        let message_key = paths::home(account, region) + "message/" + message;
        let message = self.records.get::<Message>(&message_key).await.map_err(error::of_record)?;
        let Some(message) = message else { return self.finish(&delivery).await };
        let Some(subscription) = self.recipient(&message, subscription).await? else {
            return self.finish(&delivery).await;
        };
        let topic = self.read_topic(&message.place()).await?;
        let topic = topic.as_ref().map(|topic| &topic.value);
        let manner = subscription.manner(topic);

        if let Some(slot) = self.wait_for_turn(&delivery, &manner, circumstances.now) {
            return self.postpone(&delivery, slot, delivery.attempts, true).await;
        }
        let attempt = self.attempt(circumstances, &message, &subscription, topic, &manner).await?;
        let Err(miss) = attempt else {
            self.finish(&delivery).await?;
            return Ok(Outcome::Delivered);
        };
        let attempts = delivery.attempts + 1;
        let delay = manner.retries.delay_millis(attempts).filter(|_| miss.may_recover);
        match delay {
            Some(delay) => {
                let due = circumstances.now.plus_millis(delay.max(1));
                self.postpone(&delivery, due, attempts, false).await
            }
            None => {
                let now = circumstances.now;
                let failure = Failure::of(&message, &subscription, attempts, miss.reason, now);
                self.give_up(&delivery, &message, failure).await
            }
        }
    }

    /// The subscription that a message is for, as far as it is still to get it.
    async fn recipient(&self, message: &Message, id: &str) -> Result<Option<Subscription>> {
        let place = message.place();
        let key = match message.kind {
            Kind::UnsubscribeConfirmation { .. } => paths::unsubscribed(&place, id),
            _ => paths::subscription(&place, id),
        };
        let Some(found) = self.read_subscription(&key).await? else { return Ok(None) };
        let wanted = match (&message.kind, &found.state) {
            (Kind::Notification, State::Confirmed) => true,
            // A newer question has another token, and an answered one is not asked again.
            (Kind::SubscriptionConfirmation { token }, State::Pending { token: ours, .. })
            | (Kind::UnsubscribeConfirmation { token }, State::Deleted { token: ours, .. }) => {
                token == ours
            }
            _ => false,
        };
        Ok(wanted.then(|| found.value.clone()))
    }

    /// One attempt.
    async fn attempt(
        &self,
        circumstances: &Circumstances<'_>,
        message: &Message,
        subscription: &Subscription,
        topic: Option<&Topic>,
        manner: &Manner,
    ) -> Result<Result<(), Miss>> {
        let text = message.text_for(subscription.protocol.text());
        let links = Links { base_url: self.ports.address.base_url() };
        let raw = subscription.is_raw() && message.kind == Kind::Notification;
        if raw && subscription.protocol.is_web() {
            return Ok(self.post(message, subscription, manner, text, true).await);
        }
        let (now, entropy) = (circumstances.now, circumstances.entropy);
        let signed = self.sign(message, text, &links, now, entropy).await?;
        let document = || document::of_web(message, text, subscription, &signed, &links);
        Ok(match subscription.protocol {
            Protocol::Http | Protocol::Https => {
                self.post(message, subscription, manner, &document(), false).await
            }
            Protocol::Email | Protocol::EmailJson => {
                let json = (subscription.protocol == Protocol::EmailJson).then(document);
                let mail = email::write(message, text, subscription, topic, &links, json);
                let mail = Email {
                    from_name: &mail.from_name,
                    to: &subscription.endpoint,
                    subject: &mail.subject,
                    body: &mail.body,
                    unsubscribe: mail.unsubscribe.as_deref(),
                };
                self.ports.mail.send(mail).await
            }
            Protocol::Lambda => {
                let event = document::of_function(message, text, subscription, &signed, &links);
                let mut caller = Caller::service(&message.account, PRINCIPAL);
                caller.details.source = Some((message.topic_arn(), message.account.clone()));
                let acting =
                    Circumstances { caller: &caller, region: &message.region, ..*circumstances };
                let function = &subscription.endpoint;
                self.ports.functions.invoke(&acting, function, event.as_bytes()).await
            }
        })
    }

    async fn post(
        &self,
        message: &Message,
        subscription: &Subscription,
        manner: &Manner,
        body: &str,
        raw: bool,
    ) -> Result<(), Miss> {
        let mut headers = vec![
            ("x-amz-sns-message-type", message.kind.name().to_owned()),
            ("x-amz-sns-message-id", message.id.clone()),
            ("x-amz-sns-topic-arn", message.topic_arn()),
        ];
        if !matches!(message.kind, Kind::SubscriptionConfirmation { .. }) {
            headers.push(("x-amz-sns-subscription-arn", subscription.arn()));
        }
        if raw {
            headers.push(("x-amz-sns-rawdelivery", "true".to_owned()));
        }
        let content_type = match message.kind {
            Kind::Notification => manner.content_type.clone(),
            _ => Manner::http().content_type,
        };
        headers.push(("content-type", content_type));
        headers.push(("user-agent", "Amazon Simple Notification Service Agent".to_owned()));
        let post = Post { url: &subscription.endpoint, headers: &headers, body: body.as_bytes() };
        self.ports.web.post(post).await
    }

    /// When a subscription that takes only so many messages in a second gets this one; `None` for now.
    fn wait_for_turn(
        &self,
        delivery: &Delivery,
        manner: &Manner,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let interval = 1_000 / i64::from(manner.most_per_second?.max(1));
        if delivery.has_turn {
            return None;
        }
        let next = self.turns.get(&delivery.subscription).unwrap_or_else(|| {
            let next = std::sync::Arc::new(AtomicI64::new(0));
            self.turns.insert(delivery.subscription.clone(), next.clone());
            next
        });
        let take = |free: i64| Some(free.max(now.millis()) + interval.max(1));
        let free = next.fetch_update(Ordering::AcqRel, Ordering::Acquire, take).unwrap_or(0);
        (free > now.millis()).then(|| Timestamp::from_millis(free))
    }

    async fn postpone(
        &self,
        delivery: &strongroom_records::Stored<Delivery>,
        due: Timestamp,
        attempts: u32,
        has_turn: bool,
    ) -> Result<Outcome> {
        let later = Delivery { due, attempts, has_turn, ..delivery.value.clone() };
        let mut changes = self.records.changes();
        changes.replace(delivery, &later).map_err(error::of_record)?;
        changes.delete(&delivery.due_key());
        changes.index(&later.due_key(), "");
        self.commit(changes).await?;
        Ok(Outcome::Postponed)
    }

    async fn give_up(
        &self,
        delivery: &strongroom_records::Stored<Delivery>,
        message: &Message,
        failure: Failure,
    ) -> Result<Outcome> {
        let key = failure.key(message, &delivery.subscription);
        let mut changes = self.records.changes();
        changes.put(&key, &failure).map_err(error::of_record)?;
        let ends = failure.given_up.plus_millis(KEPT_MILLIS);
        changes.index(&paths::due(paths::ENDS, ends, &key), "");
        changes.remove(delivery);
        changes.delete(&delivery.due_key());
        self.commit(changes).await?;
        Ok(Outcome::GivenUp)
    }

    async fn finish(&self, delivery: &strongroom_records::Stored<Delivery>) -> Result<Outcome> {
        let mut changes = self.records.changes();
        changes.remove(delivery);
        changes.delete(&delivery.due_key());
        self.commit(changes).await?;
        Ok(Outcome::Dropped)
    }

    /// Removes an entry that has outlived what it stands for.
    async fn forget(&self, key: &str) -> Result<Outcome> {
        let mut changes = self.records.changes();
        changes.delete(key);
        self.commit(changes).await?;
        Ok(Outcome::Dropped)
    }
}

fn passes(subscription: &Subscription, message: &Message) -> bool {
    match subscription.filter() {
        Ok(None) => true,
        Ok(Some(filter)) => filter
            .takes(|name| message.filterable(name), message.text_for(subscription.protocol.text())),
        // Who asked for few messages is better given none than all.
        Err(()) => false,
    }
}
