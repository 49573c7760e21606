//! Which secrets somebody may see, for those who are told of changes.

use std::borrow::Cow;

use strongroom_api::{Circumstances, Target};

use crate::id::{self, SecretId};
use crate::{Call, SecretsManager};

/// A secret that is gone: what is left to authorize against is its ARN.
struct Gone<'a> {
    arn: String,
    account: &'a str,
}

impl Target for Gone<'_> {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        self.account
    }
}

impl SecretsManager {
    /// The ARN of the secret with this name or ARN in the region of `circumstances`, if it is one of
    /// the caller's account that the caller may describe. One that is gone is seen by those whose own
    /// policies let them describe it.
    pub async fn seen(&self, circumstances: &Circumstances<'_>, id: &str) -> Option<String> {
        const ACTION: &str = "secretsmanager:DescribeSecret";
        let call = Call::new(self, circumstances);
        let id = SecretId(id.to_owned());
        let reference = id.resolve(call.caller.account(), call.region).ok()?;
        if reference.account != call.caller.account() {
            return None;
        }
        match self.find(&call, &id).await {
            Ok(found) => call.would_allow(ACTION, &found).then(|| Target::arn(&found).into_owned()),
            Err(error) => {
                // Only what is not there has an ARN to ask about; anything else is a fault.
                error.reveals()?;
                let (region, account) = (reference.region, reference.account);
                let arn = id::arn(region, account, reference.name, reference.suffix);
                let gone = Gone { arn, account };
                call.would_allow(ACTION, &gone).then_some(gone.arn)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use strongroom_testkit::{ACCOUNT, allowed_only, nobody};

    use crate::testing::Room;

    async fn seen(room: &Room, id: &str) -> Option<String> {
        room.service.seen(&room.stage.circumstances(), id).await
    }

    #[tokio::test]
    async fn a_secret_is_seen_by_those_who_may_describe_it() {
        let room = Room::with_secret("db").await;
        let arn = seen(&room, "db").await.unwrap();
        assert!(arn.starts_with("arn:aws:secretsmanager:us-east-1:123456789012:secret:db-"));
        let describing = allowed_only(ACCOUNT, &["secretsmanager:DescribeSecret"]);
        assert_eq!(seen(&room.as_caller(describing), &arn).await, Some(arn.clone()));
        let reading = allowed_only(ACCOUNT, &["secretsmanager:GetSecretValue"]);
        assert_eq!(seen(&room.as_caller(reading), &arn).await, None);
        assert_eq!(seen(&room.as_caller(nobody(ACCOUNT)), "gone").await, None);
        assert!(seen(&room, "gone").await.is_some());
        let stranger = allowed_only("222233334444", &["*"]);
        assert_eq!(seen(&room.as_caller(stranger), &arn).await, None);
    }
}
