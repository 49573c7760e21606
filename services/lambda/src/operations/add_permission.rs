//! AddPermission: lets somebody call a function.

use strongroom_api::{Audit, Authorized, Operation, Place, Reply, Rest, Result, Shape, Values};

use crate::find::{self, Found};
use crate::id::LATEST;
use crate::policy::Permission;
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::{Call, Lambda, error};

/// The operation.
pub struct AddPermission;

texts! {
    /// How a function URL knows its callers.
    UrlAuthType { Nobody = "NONE", Iam = "AWS_IAM" }
}

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    #[shape(length = 1..=100, pattern = r"([a-zA-Z0-9-_]+)")]
    statement_id: String,
    #[shape(length = 0..=10000, pattern = r"(lambda:[*]|lambda:[a-zA-Z]+|[*])")]
    action: String,
    #[shape(length = 0..=2048, pattern = r"[^\s]+")]
    principal: String,
    #[shape(length = 0..=10000, pattern = r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)")]
    source_arn: Option<String>,
    #[shape(length = 0..=12, pattern = r"\d{12}")]
    source_account: Option<String>,
    #[shape(length = 0..=256, pattern = r"[a-zA-Z0-9._\-]+")]
    event_source_token: Option<String>,
    qualifier: Option<Qualifier>,
    revision_id: Option<String>,
    #[shape(name = "PrincipalOrgID", length = 12..=34, pattern = r"o-[a-z0-9]{10,32}")]
    principal_org_id: Option<String>,
    function_url_auth_type: Option<UrlAuthType>,
    invoked_via_function_url: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    statement: String,
}

impl Operation for AddPermission {
    const NAME: &'static str = "AddPermission";
    const EVENT: &'static str = "AddPermission20150331v2";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate", "StatementId": "sm", "Action": "lambda:InvokeFunction", "Principal": "secretsmanager.amazonaws.com"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("POST", "/2015-03-31/functions/{FunctionName}/policy")
            .status(201)
            .request(&[("Qualifier", Place::Query("Qualifier"))]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let qualifier = input.qualifier.as_ref().map(|one| one.0.as_str());
        call.service.find(call, &input.function_name.0, qualifier).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        match key {
            "lambda:principal" => Some(Values::one(&input.principal)),
            "lambda:functionurlauthtype" => {
                input.function_url_auth_type.map(|one| Values::one(one.text()))
            }
            _ => None,
        }
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<Output> {
        let qualifier = found.named.qualifier.as_deref();
        if qualifier == Some(LATEST) {
            return Err(error::no_policy_for_latest());
        }
        let mut function = found.function.value.clone();
        super::check_qualifier(call, &found).await?;
        let policy = function.policies.entry(qualifier.unwrap_or_default().to_owned());
        let policy = policy.or_default();
        super::check_policy_revision(input.revision_id.as_deref(), &policy.revision_id)?;
        let permission = Permission {
            id: &input.statement_id,
            action: &input.action,
            principal: &input.principal,
            resource: &found.named.qualified_arn(),
            source_arn: input.source_arn.as_deref(),
            source_account: input.source_account.as_deref().filter(|one| !one.is_empty()),
            organization: input.principal_org_id.as_deref(),
            event_source_token: input.event_source_token.as_deref(),
            url_auth_type: input.function_url_auth_type.map(UrlAuthType::text),
            via_url: input.invoked_via_function_url,
        };
        let statement = policy.add(permission, find::revision_id(call.entropy))?;
        call.service.replace(&found.function, &function).await?;
        Ok(Output { statement })
    }
}
