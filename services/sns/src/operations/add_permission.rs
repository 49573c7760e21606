//! AddPermission: lets other accounts do something with a topic.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::topic::{Attached, Found};
use crate::{Call, Sns, error, find, permission};

/// AddPermission.
pub struct AddPermission;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub topic_arn: String,
    /// What the new statement is called.
    pub label: String,
    /// The accounts.
    #[shape(name = "AWSAccountId")]
    pub aws_account_id: Vec<String>,
    /// What they may do: `Publish`.
    pub action_name: Vec<String>,
}

impl Operation for AddPermission {
    const NAME: &'static str = "AddPermission";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"TopicArn": "arn:aws:sns:us-east-1:123456789012:alerts", "Label": "partner", "AWSAccountId": ["210987654321"], "ActionName": ["Publish"]}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        find::topic(call, &input.topic_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, topic: Authorized<Found>) -> Result<()> {
        let policy = permission::add(
            topic.policy.text(),
            &topic.arn,
            &input.label,
            &input.aws_account_id,
            &input.action_name,
        )?;
        let mut changed = topic.topic.value.clone();
        changed.policy = Attached::new(policy);
        let mut changes = call.service.records.changes();
        changes.replace(&topic.topic, &changed).map_err(error::of_record)?;
        call.service.commit(changes).await
    }
}
