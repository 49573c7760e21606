//! CreateGroup: makes a group.

use strongroom_api::access_key::{IdPrefix, unique_id};
use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Attached, Group, Sort};
use crate::found::{Nascent};
use crate::shape::{GroupName, Path};
use crate::{Call, Iam, error, shown};

/// The operation.
pub struct CreateGroup;

/// The request.
#[derive(Shape)]
pub struct Input {
    path: Option<Path>,
    group_name: GroupName,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    group: shown::GroupShown,
}

/// AWS's quota.
const MOST_GROUPS: u32 = 300;

impl Operation for CreateGroup {
    const NAME: &'static str = "CreateGroup";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"GroupName": "staff"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Nascent;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Nascent> {
        let path = input.path.as_deref().unwrap_or("/");
        Ok(Nascent::new(call, "group", path, &input.group_name))
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Nascent>) -> Result<Output> {
        let group = Group {
            account: target.account.clone(),
            name: input.group_name.to_string(),
            path: input.path.as_deref().unwrap_or("/").to_owned(),
            id: unique_id(IdPrefix::Agpa, &target.account, call.entropy),
            created: call.now,
            policies: Attached::default(),
            members: 0,
        };
        let mut edit = call.service.edit(&group.account).await?;
        if call.service.get::<Group>(&group.account, &group.name).await?.is_some() {
            return Err(error::name_taken("Group", &group.name));
        }
        if edit.ledger.groups >= MOST_GROUPS {
            return Err(error::limit_exceeded("GroupsPerAccount", MOST_GROUPS as usize));
        }
        edit.create(&group)?;
        edit.hold_id(&group.id, Sort::Group, &group.name)?;
        edit.ledger.groups += 1;
        edit.commit().await?;
        Ok(Output { group: shown::GroupShown::of(&group) })
    }
}
