//! What alarms do: publish to topics and hand events to functions, as CloudWatch and on behalf of the
//! alarm. The policies of topics and functions see `aws:SourceArn` and `aws:SourceAccount`.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Call, Caller, Circumstances, Details, Error, PrincipalKind};
use strongroom_cloudwatch::{Notification, Notifications, Undelivered};
use strongroom_lambda::{Lambda, OnBehalf};
use strongroom_sns::Sns;
use strongroom_sns::operations::Publish;

/// The port `Notifications` of CloudWatch over SNS and Lambda.
pub struct AlarmActions {
    /// Where topics are.
    pub topics: Arc<Sns>,
    /// Where functions are.
    pub functions: Arc<Lambda>,
}

const CLOUDWATCH: &str = "cloudwatch.amazonaws.com";
/// AWS has a principal of its own for alarms that call functions.
const ALARMS: &str = "lambda.alarms.cloudwatch.amazonaws.com";

impl AlarmActions {
    async fn to_topic(
        &self,
        circumstances: &Circumstances<'_>,
        notification: Notification<'_>,
    ) -> Result<(), Undelivered> {
        let Notification { account, alarm_arn, action_arn, subject, message, .. } = notification;
        let details = Details {
            service: Some(CLOUDWATCH.to_owned()),
            source: Some((alarm_arn.to_owned(), account.to_owned())),
            ..Details::default()
        };
        let caller = Caller::new(PrincipalKind::Service, account, CLOUDWATCH, CLOUDWATCH, details);
        let region = region_of(action_arn).unwrap_or(notification.region);
        let circumstances = Circumstances { caller: &caller, region, via: None, ..*circumstances };
        let input = Publish::input(action_arn, Some(subject), message.to_owned());
        let call = Call::new(&*self.topics, &circumstances);
        call.perform::<Publish>(&input).await.map(drop).map_err(fault)
    }

    async fn to_function(
        &self,
        circumstances: &Circumstances<'_>,
        notification: Notification<'_>,
    ) -> Result<(), Undelivered> {
        let Notification { account, alarm_arn, action_arn, event, .. } = notification;
        let on_behalf =
            OnBehalf { service: ALARMS, source_arn: alarm_arn, source_account: account };
        let region = region_of(action_arn).unwrap_or(notification.region);
        let circumstances = Circumstances { region, via: None, ..*circumstances };
        let payload = event.as_bytes().to_vec();
        let sent = self.functions.send_as_service(&circumstances, action_arn, on_behalf, payload);
        sent.await.map_err(fault)
    }
}

impl Notifications for AlarmActions {
    fn publish<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        notification: Notification<'a>,
    ) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            match notification.action_arn.split(':').nth(2).unwrap_or_default() {
                "sns" => self.to_topic(circumstances, notification).await,
                "lambda" => self.to_function(circumstances, notification).await,
                service => Err(not_offered(service)),
            }
        })
    }
}

fn not_offered(service: &str) -> Undelivered {
    Undelivered::Refused(format!("actions of the service '{service}' are not offered"))
}

fn region_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}

/// A fault of ours, or too much at once, may be over a little later.
fn fault(error: Error) -> Undelivered {
    let code = error.code(strongroom_wire::Family::Query).to_owned();
    let told = format!("{code}: {}", error.message());
    match error.is_internal() || code.starts_with("Throttl") {
        true => Undelivered::Later(told),
        false => Undelivered::Refused(told),
    }
}
