//! RemovePermission: takes a permission back.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result, Shape};

use crate::find::{self, Found};
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::{Call, Lambda, error};

/// The operation.
pub struct RemovePermission;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    #[shape(length = 1..=100, pattern = r"([a-zA-Z0-9-_.]+)")]
    statement_id: String,
    qualifier: Option<Qualifier>,
    revision_id: Option<String>,
}

impl Operation for RemovePermission {
    const NAME: &'static str = "RemovePermission";
    const EVENT: &'static str = "RemovePermission20150331v2";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate", "StatementId": "sm"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}")
            .status(204)
            .request(&[
                ("Qualifier", Place::Query("Qualifier")),
                ("RevisionId", Place::Query("RevisionId")),
            ]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let qualifier = input.qualifier.as_ref().map(|one| one.0.as_str());
        call.service.find(call, &input.function_name.0, qualifier).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<()> {
        let mut function = found.function.value.clone();
        let qualifier = found.named.qualifier.clone().unwrap_or_default();
        let policy =
            function.policies.get_mut(&qualifier).ok_or_else(error::no_policy_to_change)?;
        super::check_policy_revision(input.revision_id.as_deref(), &policy.revision_id)?;
        policy.remove(&input.statement_id, find::revision_id(call.entropy))?;
        if policy.statements.is_empty() {
            function.policies.remove(&qualifier);
        }
        call.service.replace(&found.function, &function).await
    }
}
