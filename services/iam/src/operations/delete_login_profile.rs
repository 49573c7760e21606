//! DeleteLoginProfile: deletes the password of a user; users have none.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::User;
use crate::found::Found;
use crate::shape::UserName;
use crate::{Call, Iam, error};

/// The operation.
pub struct DeleteLoginProfile;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: Option<UserName>,
}

impl Operation for DeleteLoginProfile {
    const NAME: &'static str = "DeleteLoginProfile";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find_user_or_self(call, input.user_name.as_deref()).await
    }

    async fn run(_: &Call<'_>, _: &Input, target: Authorized<Found<User>>) -> Result<()> {
        Err(error::no_login_profile(&target.name))
    }
}
