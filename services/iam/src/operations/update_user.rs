//! UpdateUser: renames a user or moves it to another path.

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Result, Shape};

use crate::entity::{Sort, User};
use crate::found::{Found, Nascent, Renamed};
use crate::holder::{Entity};
use crate::shape::{ExistingUserName, Path, UserName};
use crate::{Call, Iam, error, path};

/// The operation.
pub struct UpdateUser;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: ExistingUserName,
    new_path: Option<Path>,
    new_user_name: Option<UserName>,
}

impl Operation for UpdateUser {
    const NAME: &'static str = "UpdateUser";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna", "NewUserName": "anne"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Renamed<User>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Renamed<User>> {
        let entity: Found<User> = call.service.find(call, &input.user_name).await?;
        let path = input.new_path.as_deref().unwrap_or(&entity.path);
        let name = input.new_user_name.as_deref().unwrap_or(&entity.name);
        let new = Nascent::new(call, "user", path, name);
        Ok(Renamed { entity, new })
    }

    fn demands<'t>(_: &'t Input, target: &'t Renamed<User>) -> Demands<'t> {
        Demands::from_iter([Demand::own::<Self>(target), Demand::of("iam:UpdateUser", &target.new)])
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Renamed<User>>) -> Result<()> {
        let had = &target.entity;
        let mut user = had.stored.value.clone();
        user.path = input.new_path.as_deref().unwrap_or(&user.path).to_owned();
        user.name = input.new_user_name.as_deref().unwrap_or(&user.name).to_owned();
        let mut edit = call.service.edit(&user.account).await?;
        if user.key() == had.key() {
            edit.replace(&had.stored, &user)?;
        } else {
            if call.service.get::<User>(&user.account, &user.name).await?.is_some() {
                return Err(error::name_taken("User", &user.name));
            }
            edit.rename(&had.stored, &user)?;
            for group in &user.groups {
                let members = path::members(&user.account, group);
                edit.delete(&format!("{members}{}", had.name.to_ascii_lowercase()));
                edit.index(&format!("{members}{}", user.name.to_ascii_lowercase()));
            }
            if let Some(boundary) = &user.boundary {
                edit.rename_bounded(boundary, &had.stored.value, &user);
            }
        }
        edit.hold_id(&user.id, Sort::User, &user.name)?;
        edit.commit().await
    }
}
