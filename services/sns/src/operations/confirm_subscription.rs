//! ConfirmSubscription: an endpoint agrees, with the token that it was sent.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, Reply, Result, Sensitive, Shape, Target,
};
use strongroom_records::Stored;

use crate::arn::TopicArn;
use crate::subscription::{State, Subscription, id_of_token};
use crate::topic::Topic;
use crate::{Call, Sns, error, paths};

/// ConfirmSubscription.
pub struct ConfirmSubscription;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub topic_arn: String,
    /// The token.
    pub token: Sensitive<String>,
    /// `true` if only a signed call shall cancel the subscription.
    pub authenticate_on_unsubscribe: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The subscription.
    pub subscription_arn: String,
}

/// A subscription whose token is shown. The token speaks for the topic; a caller who signs needs the
/// permission of his own account beside it.
pub struct Asked {
    topic_arn: String,
    account: String,
    found: Option<Arc<Stored<Subscription>>>,
    topic: Option<Arc<Stored<Topic>>>,
}

impl Target for Asked {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.topic_arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Operation for ConfirmSubscription {
    const NAME: &'static str = "ConfirmSubscription";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"TopicArn": "arn:aws:sns:us-east-1:123456789012:alerts", "Token": "2336412f37fb687f"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Asked;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Asked> {
        let arn = TopicArn::read(&input.topic_arn, "TopicArn")?;
        let account = call.caller.account().to_owned();
        if !account.is_empty() && arn.region != call.region {
            return Err(error::invalid_parameter("TopicArn"));
        }
        let (mut found, mut topic) = (None, None);
        if let Some(id) = id_of_token(input.token.reveal()) {
            let service = call.service;
            found = service.read_subscription(&paths::subscription(&arn, &id)).await?;
            if found.is_none() {
                found = service.read_subscription(&paths::unsubscribed(&arn, &id)).await?;
            }
            topic = service.read_topic(&arn).await?;
        }
        Ok(Asked { topic_arn: arn.text(), account, found, topic })
    }

    fn demands<'t>(_: &'t Input, asked: &'t Asked) -> Demands<'t> {
        // Whoever follows the link shows the token and signs nothing.
        let signed = !asked.account.is_empty();
        signed.then(|| Demand::own::<Self>(asked)).into_iter().collect()
    }

    async fn run(call: &Call<'_>, input: &Input, asked: Authorized<Asked>) -> Result<Output> {
        let signed = !asked.account.is_empty();
        let authenticate = match input.authenticate_on_unsubscribe.as_deref() {
            None | Some("" | "false") => false,
            Some("true") => signed,
            Some(_) => return Err(error::invalid_parameter("AuthenticateOnUnsubscribe")),
        };
        let token = input.token.reveal();
        let (Some(found), Some(topic)) = (&asked.found, &asked.topic) else {
            return Err(error::invalid_token());
        };
        let output = || Output { subscription_arn: found.arn() };
        if found.was_confirmed_by(token) {
            // Links are followed twice, by people and by what checks mails before they do.
            return Ok(output());
        }
        if !found.accepts(token, call.now) {
            return Err(error::invalid_token());
        }
        let mut confirmed = found.value.clone();
        confirmed.confirm(token);
        confirmed.authenticated |= signed;
        confirmed.authenticate_on_unsubscribe |= authenticate;
        let service = call.service;
        let mut changes = service.records.changes();
        let restores = matches!(found.state, State::Deleted { .. });
        if restores {
            let key = paths::subscription(&found.topic(), &found.id);
            changes.remove(found);
            changes.create(&key, &confirmed).map_err(error::of_record)?;
            service.enlist(&mut changes, &confirmed)?;
        } else {
            changes.replace(found, &confirmed).map_err(error::of_record)?;
        }
        let filtered = u32::from(restores && confirmed.is_filtered());
        service.recount(&mut changes, topic, |counts| {
            let from = if restores { &mut counts.deleted } else { &mut counts.pending };
            *from = from.saturating_sub(1);
            counts.confirmed += 1;
            counts.filtered += filtered;
        })?;
        service.commit(changes).await?;
        Ok(output())
    }
}
