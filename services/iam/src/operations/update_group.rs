//! UpdateGroup: renames a group or moves it to another path.

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Result, Shape};

use crate::entity::{Group, Sort};
use crate::found::{Found, Nascent, Renamed};
use crate::holder::{Entity};
use crate::shape::{GroupName, Path};
use crate::{Call, Iam, error};

/// The operation.
pub struct UpdateGroup;

/// The request.
#[derive(Shape)]
pub struct Input {
    group_name: GroupName,
    new_path: Option<Path>,
    new_group_name: Option<GroupName>,
}

impl Operation for UpdateGroup {
    const NAME: &'static str = "UpdateGroup";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"GroupName": "staff", "NewGroupName": "everyone"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Renamed<Group>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Renamed<Group>> {
        let entity: Found<Group> = call.service.find(call, &input.group_name).await?;
        let path = input.new_path.as_deref().unwrap_or(&entity.path);
        let name = input.new_group_name.as_deref().unwrap_or(&entity.name);
        let new = Nascent::new(call, "group", path, name);
        Ok(Renamed { entity, new })
    }

    fn demands<'t>(_: &'t Input, target: &'t Renamed<Group>) -> Demands<'t> {
        Demands::from_iter([Demand::own::<Self>(target), Demand::of("iam:UpdateGroup", &target.new)])
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Renamed<Group>>) -> Result<()> {
        let had = &target.entity;
        let mut group = had.stored.value.clone();
        group.path = input.new_path.as_deref().unwrap_or(&group.path).to_owned();
        group.name = input.new_group_name.as_deref().unwrap_or(&group.name).to_owned();
        let mut edit = call.service.edit(&group.account).await?;
        if group.key() == had.key() {
            edit.replace(&had.stored, &group)?;
        } else {
            if call.service.get::<Group>(&group.account, &group.name).await?.is_some() {
                return Err(error::name_taken("Group", &group.name));
            }
            edit.rename(&had.stored, &group)?;
        }
        edit.hold_id(&group.id, Sort::Group, &group.name)?;
        edit.commit().await
    }
}
