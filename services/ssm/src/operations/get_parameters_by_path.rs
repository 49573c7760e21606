//! GetParametersByPath: the values of all parameters below a path.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::filter::{Filters, List, StringFilter};
use crate::find::Path;
use crate::listing::{self, Query};
use crate::shapes::Name;
use crate::views::ParameterView;
use crate::{Call, Ssm, name, page, reading};

/// GetParametersByPath.
pub struct GetParametersByPath;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The path.
    pub path: Name,
    /// Whether deeper levels count.
    pub recursive: Option<bool>,
    /// Which parameters.
    pub parameter_filters: Option<Vec<StringFilter>>,
    /// Whether SecureStrings are wanted in clear.
    pub with_decryption: Option<bool>,
    /// How many; 10 if absent.
    #[shape(range = 1..=10)]
    pub max_results: Option<i32>,
    /// Where to go on.
    pub next_token: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    parameters: Vec<ParameterView>,
    next_token: Option<String>,
}

const MOST: usize = 10;

impl Operation for GetParametersByPath {
    const NAME: &'static str = "GetParametersByPath";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"Path": "/prod/db", "Recursive": true, "WithDecryption": true}"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Path;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Path> {
        Path::parse(call, &input.path.0)
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Path>, key: &str) -> Option<Values<'v>> {
        let recursive = if input.recursive == Some(true) { "true" } else { "false" };
        (key == "ssm:recursive").then(|| Values::one(recursive))
    }

    /// Who may read a path may read everything below it, whatever policies say of single parameters
    /// there: so it is at AWS.
    async fn run(call: &Call<'_>, input: &Input, path: Authorized<Path>) -> Result<Output> {
        let filters = input.parameter_filters.as_deref().unwrap_or_default();
        let filters = Filters::check(filters, List::ByPath)?;
        let query = Query {
            path: &path.inner,
            recursive: input.recursive == Some(true),
            limit: page::size(input.max_results, MOST),
            token: input.next_token.as_ref(),
            fits: &|parameter| filters.fit(parameter),
        };
        let found = listing::page(call, &query).await?;
        let mut output = Output { parameters: Vec::new(), next_token: found.next_token };
        let decrypt = input.with_decryption == Some(true);
        for parameter in &found.parameters {
            let arn = name::arn(call.caller.account(), call.region, &parameter.name);
            let version = match filters.labelled(parameter) {
                Some(labelled) => labelled,
                None => reading::choose(parameter, None)?,
            };
            let value = reading::value(call, parameter, version, &arn, decrypt).await?;
            output.parameters.push(ParameterView::of(parameter, version, None, value, &arn));
        }
        Ok(output)
    }
}
