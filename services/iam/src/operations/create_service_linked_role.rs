//! CreateServiceLinkedRole: makes the role by which a service works in the account.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::entity::Role;
use crate::found::Nascent;
use crate::service_linked::ServiceLinked;
use crate::shape::{GroupName, RoleDescription};
use crate::{Call, Iam, error, shown};

/// The operation.
pub struct CreateServiceLinkedRole;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(name = "AWSServiceName")]
    service_name: GroupName,
    description: Option<RoleDescription>,
    #[shape(length = 1..=64, pattern = r"[\w+=,.@-]+")]
    custom_suffix: Option<String>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    role: shown::Role,
}

impl Operation for CreateServiceLinkedRole {
    const NAME: &'static str = "CreateServiceLinkedRole";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"AWSServiceName": "organizations.amazonaws.com"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Nascent;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Nascent> {
        let linked = ServiceLinked::of(&input.service_name, input.custom_suffix.as_deref())?;
        Ok(Nascent::new(call, "role", &linked.path, &linked.name))
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Nascent>, key: &str) -> Option<Values<'v>> {
        (key == "iam:awsservicename").then(|| Values::one(&input.service_name))
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Nascent>) -> Result<Output> {
        let linked = ServiceLinked::of(&input.service_name, input.custom_suffix.as_deref())?;
        let mut edit = call.service.edit(&target.account).await?;
        if call.service.get::<Role>(&target.account, &linked.name).await?.is_some() {
            return Err(error::service_linked_role_taken(&linked.name));
        }
        let description = input.description.as_deref();
        let role = linked.role(&target.account, description, call.now, call.entropy);
        call.service.add_role(&mut edit, &role).await?;
        edit.commit().await?;
        Ok(Output { role: shown::Role::created(&role, &role.trust) })
    }
}
