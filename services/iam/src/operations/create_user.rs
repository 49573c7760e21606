//! CreateUser: makes a user.

use strongroom_api::access_key::{IdPrefix, unique_id};
use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Values};

use crate::entity::{Attached, Sort, User};
use crate::found::{Nascent};
use crate::shape::{Arn, Path, UserName};
use crate::tag::{TagList};
use crate::{Call, Iam, attach, error, shown, tag};

/// The operation.
pub struct CreateUser;

/// The request.
#[derive(Shape)]
pub struct Input {
    path: Option<Path>,
    user_name: UserName,
    permissions_boundary: Option<Arn>,
    tags: Option<TagList>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    user: shown::User,
}

/// AWS's quota.
const MOST_USERS: u32 = 5_000;

impl Operation for CreateUser {
    const NAME: &'static str = "CreateUser";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Nascent;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Nascent> {
        let path = input.path.as_deref().unwrap_or("/");
        Ok(Nascent::new(call, "user", path, &input.user_name))
    }

    fn demands<'t>(input: &'t Input, target: &'t Nascent) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(target)]);
        if input.tags.is_some() {
            demands.push(Demand::of("iam:TagUser", target));
        }
        demands
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Nascent>, key: &str) -> Option<Values<'v>> {
        tag::set_condition(input.tags.as_ref(), key)
            .or_else(|| attach::boundary_condition(input.permissions_boundary.as_deref(), key))
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Nascent>) -> Result<Output> {
        let user = User {
            account: target.account.clone(),
            name: input.user_name.to_string(),
            path: input.path.as_deref().unwrap_or("/").to_owned(),
            id: unique_id(IdPrefix::Aida, &target.account, call.entropy),
            created: call.now,
            policies: Attached::default(),
            boundary: input.permissions_boundary.as_deref().map(str::to_owned),
            tags: tag::initial(input.tags.as_ref())?,
            groups: Vec::new(),
            access_keys: Vec::new(),
        };
        let mut edit = call.service.edit(&user.account).await?;
        if call.service.get::<User>(&user.account, &user.name).await?.is_some() {
            return Err(error::name_taken("User", &user.name));
        }
        if edit.ledger.users >= MOST_USERS {
            return Err(error::limit_exceeded("UsersPerAccount", MOST_USERS as usize));
        }
        if let Some(boundary) = &user.boundary {
            call.service.must_be_attachable(&user.account, boundary).await?;
        }
        edit.create(&user)?;
        edit.hold_id(&user.id, Sort::User, &user.name)?;
        edit.move_boundary(&user, None, user.boundary.as_deref()).await?;
        edit.ledger.users += 1;
        edit.commit().await?;
        Ok(Output { user: shown::User::whole(&user) })
    }
}
