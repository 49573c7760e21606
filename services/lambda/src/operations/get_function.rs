//! GetFunction: shows a function with its tags and where its code is.

use strongroom_api::{Audit, Authorized, Operation, Place, Reply, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::tag::Tags;
use crate::views::{self, FunctionConfiguration};
use crate::{Call, Lambda};

/// The operation.
pub struct GetFunction;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    qualifier: Option<Qualifier>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    configuration: FunctionConfiguration,
    code: CodeLocation,
    tags: Option<Tags>,
    concurrency: Option<Concurrency>,
}

#[derive(Debug, Reply)]
struct CodeLocation {
    repository_type: String,
    location: String,
}

#[derive(Debug, Reply)]
struct Concurrency {
    reserved_concurrent_executions: u32,
}

impl Operation for GetFunction {
    const NAME: &'static str = "GetFunction";
    const EVENT: &'static str = "GetFunction20150331v2";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("GET", "/2015-03-31/functions/{FunctionName}")
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

    async fn run(call: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<Output> {
        let function = &found.function;
        let configuration = call.service.version(&found, call.entropy).await?;
        let arn = views::shown_arn(&found.named);
        Ok(Output {
            code: CodeLocation {
                repository_type: "S3".to_owned(),
                location: super::code_location(call, function, &configuration)?,
            },
            configuration: FunctionConfiguration::of(function, &configuration, arn),
            tags: (!function.tags.is_empty()).then(|| function.tags.clone()),
            concurrency: function
                .reserved_concurrency
                .map(|reserved| Concurrency { reserved_concurrent_executions: reserved }),
        })
    }
}
