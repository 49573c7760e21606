//! Unsubscribe: ends a subscription, and tells the endpoint how to restore it.

use std::borrow::Cow;

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, ResourceRule, Result, Shape, Target,
};

use crate::arn::SubscriptionArn;
use crate::message::Kind;
use crate::subscription::{self, State, Subscribed};
use crate::write::{self, CONFIRMATION_MILLIS};
use crate::{Call, Sns, document, due, error, paths};

/// Unsubscribe.
pub struct Unsubscribe;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The subscription.
    pub subscription_arn: String,
}

/// A subscription that is to end; one that is not there does not matter.
pub struct Leaving {
    topic_arn: String,
    account: String,
    found: Option<Subscribed>,
    by_link: bool,
}

impl Target for Leaving {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.topic_arn)
    }

    fn account(&self) -> &str {
        self.found.as_ref().map_or(&self.account, |found| found.account())
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.found.as_ref()?.tag(key)
    }

    fn rule(&self) -> ResourceRule<'_> {
        self.found.as_ref().map_or(ResourceRule::None, Target::rule)
    }
}

impl Operation for Unsubscribe {
    const NAME: &'static str = "Unsubscribe";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"SubscriptionArn": "arn:aws:sns:us-east-1:123456789012:alerts:6b0e71bd-7e97-4d97-80ce-4a0994e55286"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Leaving;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Leaving> {
        let arn = SubscriptionArn::read(&input.subscription_arn)?;
        let caller = call.caller.account();
        if !caller.is_empty() && arn.topic.region != call.region {
            return Err(error::subscription_id());
        }
        let key = paths::subscription(&arn.topic, &arn.id);
        let found = call.service.read_subscription(&key).await?;
        let topic = call.service.read_topic(&arn.topic).await?;
        Ok(Leaving {
            topic_arn: arn.topic.text(),
            account: arn.topic.account,
            found: found.map(|found| Subscribed::new(found, topic, caller)),
            by_link: caller.is_empty(),
        })
    }

    fn demands<'t>(_: &'t Input, leaving: &'t Leaving) -> Demands<'t> {
        // Whoever follows the link knows the subscription and signs nothing.
        (!leaving.by_link).then(|| Demand::own::<Self>(leaving)).into_iter().collect()
    }

    async fn run(call: &Call<'_>, _: &Input, leaving: Authorized<Leaving>) -> Result<()> {
        let Some(found) = &leaving.found else { return Ok(()) };
        if found.is_pending() {
            return Err(error::pending_confirmation());
        }
        if leaving.by_link && found.authenticate_on_unsubscribe {
            return Err(error::unsubscribe_unauthenticated());
        }
        let service = call.service;
        let mut changes = service.records.changes();
        service.remove(&mut changes, &found.subscription);
        // Mails are not sent after those who leave by themselves; who was thrown out by a link that
        // somebody else had is told.
        let told = found.protocol.is_web() || leaving.by_link;
        if let Some(topic) = &found.topic {
            if told {
                let ends = call.now.plus_millis(CONFIRMATION_MILLIS);
                let token = subscription::new_token(&found.id, call.entropy);
                let mut gone = found.subscription.value.clone();
                gone.state = State::Deleted { token: token.clone(), ends };
                let key = paths::unsubscribed(&found.topic(), &found.id);
                changes.create(&key, &gone).map_err(error::of_record)?;
                changes.index(&paths::due(paths::ENDS, ends, &key), "");
                let text = document::farewell(&found.subscription.arn());
                let kind = Kind::UnsubscribeConfirmation { token };
                let message = write::message(call, topic, kind, text);
                due::send_to(&mut changes, &message, &found.id).map_err(error::of_record)?;
            }
            service.recount(&mut changes, topic, |counts| {
                counts.confirmed = counts.confirmed.saturating_sub(1);
                counts.filtered = counts.filtered.saturating_sub(u32::from(found.is_filtered()));
                counts.deleted += u32::from(told);
            })?;
        }
        service.commit(changes).await
    }
}
