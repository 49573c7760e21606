//! What alarms do: they publish to topics, and call functions, as CloudWatch and for the alarm.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Call, Caller, Circumstances, Error};
use strongroom_cloudwatch::{Notification, Notifications, Undelivered};
use strongroom_lambda::{Lambda, OnBehalf};
use strongroom_sns::Sns;
use strongroom_sns::operations::Publish;

/// The port `Notifications` of CloudWatch.
pub struct AlarmActions {
    /// Topics.
    pub sns: Arc<Sns>,
    /// Functions.
    pub lambda: Arc<Lambda>,
}

/// Who publishes to topics, as their policies see it.
const TO_TOPICS: &str = "cloudwatch.amazonaws.com";
/// Who calls functions, as their policies see it.
const TO_FUNCTIONS: &str = "lambda.alarms.cloudwatch.amazonaws.com";

impl Notifications for AlarmActions {
    fn publish<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        notification: Notification<'a>,
    ) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            let mut parts = notification.action_arn.split(':').skip(2);
            let service = parts.next().unwrap_or_default();
            let region = parts.next().unwrap_or_default();
            let there = Circumstances { region, via: None, ..*circumstances };
            match service {
                "sns" => self.tell_topic(&there, notification).await,
                "lambda" => self.call_function(&there, notification).await,
                other => Err(Undelivered::Refused(format!(
                    "actions of the service '{other}' are not offered"
                ))),
            }
        })
    }
}

impl AlarmActions {
    async fn tell_topic(
        &self,
        there: &Circumstances<'_>,
        notification: Notification<'_>,
    ) -> Result<(), Undelivered> {
        let mut caller = Caller::service(notification.account, TO_TOPICS);
        caller.details.source =
            Some((notification.alarm_arn.to_owned(), notification.account.to_owned()));
        let acting = Circumstances { caller: &caller, ..*there };
        let message = notification.message.to_owned();
        let input = Publish::input(notification.action_arn, Some(notification.subject), message);
        let published = Call::new(&*self.sns, &acting).perform::<Publish>(&input).await;
        published.map(drop).map_err(told)
    }

    async fn call_function(
        &self,
        there: &Circumstances<'_>,
        notification: Notification<'_>,
    ) -> Result<(), Undelivered> {
        let on_behalf = OnBehalf {
            service: TO_FUNCTIONS,
            source_arn: notification.alarm_arn,
            source_account: notification.account,
        };
        let event = notification.event.as_bytes().to_vec();
        let sent =
            self.lambda.send_as_service(there, notification.action_arn, on_behalf, event).await;
        sent.map_err(told)
    }
}

fn told(error: Error) -> Undelivered {
    let text = error.to_string();
    if error.is_internal() { Undelivered::Later(text) } else { Undelivered::Refused(text) }
}
