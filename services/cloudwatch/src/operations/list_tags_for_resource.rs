//! ListTagsForResource: lists the tags of an alarm.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::Found;
use crate::{Call, Cloudwatch};

/// ListTagsForResource.
pub struct ListTagsForResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The ARN of the alarm.
    #[shape(name = "ResourceARN", length = 1..=1024)]
    pub resource_arn: String,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The tags.
    pub tags: Vec<TagView>,
}

/// A tag.
#[derive(Debug, Reply)]
pub struct TagView {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}

impl Operation for ListTagsForResource {
    const NAME: &'static str = "ListTagsForResource";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"ResourceARN": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:SecretAccessDenied"}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        Found::with_arn(call, &input.resource_arn).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<Output> {
        let tags = found.0.tags.iter();
        let view =
            |(key, value): (&String, &String)| TagView { key: key.clone(), value: value.clone() };
        Ok(Output { tags: tags.map(view).collect() })
    }
}
