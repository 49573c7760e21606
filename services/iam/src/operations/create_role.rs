//! CreateRole: makes a role.

use strongroom_api::access_key::{IdPrefix, unique_id};
use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Values};

use crate::entity::{Attached, Role};
use crate::found::{Nascent};
use crate::shape::{Arn, Document, MaxSessionDuration, Path, RoleDescription, RoleName};
use crate::tag::{TagList};
use crate::{Call, Iam, attach, error, shown, tag};

/// The operation.
pub struct CreateRole;

/// The request.
#[derive(Shape)]
pub struct Input {
    path: Option<Path>,
    role_name: RoleName,
    assume_role_policy_document: Document,
    description: Option<RoleDescription>,
    max_session_duration: Option<MaxSessionDuration>,
    permissions_boundary: Option<Arn>,
    tags: Option<TagList>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    role: shown::Role,
}

/// The longest session of a role that does not say otherwise, in seconds.
const HOUR: i32 = 3_600;

impl Operation for CreateRole {
    const NAME: &'static str = "CreateRole";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app", "AssumeRolePolicyDocument": "{}"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Nascent;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Nascent> {
        let path = input.path.as_deref().unwrap_or("/");
        Ok(Nascent::new(call, "role", path, &input.role_name))
    }

    fn demands<'t>(input: &'t Input, target: &'t Nascent) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(target)]);
        if input.tags.is_some() {
            demands.push(Demand::of("iam:TagRole", target));
        }
        demands
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Nascent>, key: &str) -> Option<Values<'v>> {
        tag::set_condition(input.tags.as_ref(), key)
            .or_else(|| attach::boundary_condition(input.permissions_boundary.as_deref(), key))
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Nascent>) -> Result<Output> {
        let mut edit = call.service.edit(&target.account).await?;
        let role = Role {
            account: target.account.clone(),
            name: input.role_name.to_string(),
            path: input.path.as_deref().unwrap_or("/").to_owned(),
            id: unique_id(IdPrefix::Aroa, &target.account, call.entropy),
            created: call.now,
            trust: call.service.trust_to_store(&input.assume_role_policy_document).await?,
            description: input.description.as_deref().map(str::to_owned),
            max_session_seconds: input.max_session_duration.map_or(HOUR, |most| most.seconds()),
            policies: Attached::default(),
            boundary: input.permissions_boundary.as_deref().map(str::to_owned),
            tags: tag::initial(input.tags.as_ref())?,
            profiles: 0,
        };
        if role.is_service_linked() {
            return Err(error::service_linked_path());
        }
        if let Some(boundary) = &role.boundary {
            call.service.must_be_attachable(&role.account, boundary).await?;
        }
        call.service.add_role(&mut edit, &role).await?;
        edit.commit().await?;
        let role = shown::Role::created(&role, &input.assume_role_policy_document);
        Ok(Output { role })
    }
}
