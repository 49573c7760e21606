//! What alarms do.

use strongroom_api::{BoxFuture, Circumstances};
use strongroom_cloudwatch::{Notification, Notifications, Undelivered};

/// The port `Notifications` of CloudWatch.
pub struct AlarmActions;

impl Notifications for AlarmActions {
    fn publish<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        notification: Notification<'a>,
    ) -> BoxFuture<'a, Result<(), Undelivered>> {
        let service = notification.action_arn.split(':').nth(2).unwrap_or_default();
        let why = format!("actions of the service '{service}' are not offered");
        Box::pin(std::future::ready(Err(Undelivered::Refused(why))))
    }
}
