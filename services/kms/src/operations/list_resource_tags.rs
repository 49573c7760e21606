//! ListResourceTags: lists the tags of a key.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::shapes::{Limit, Marker};
use crate::subject::Subject;
use crate::tag::{Tag, TagKey};
use crate::{Call, KeyId, Kms, page};

/// ListResourceTags.
pub struct ListResourceTags;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// How many tags a page may have; 50 if absent.
    pub limit: Option<Limit>,
    /// Where to go on.
    pub marker: Option<Marker>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The tags.
    pub tags: Vec<Tag>,
    /// Where to go on.
    pub next_marker: Option<String>,
    /// Whether there are more.
    pub truncated: bool,
}

impl Operation for ListResourceTags {
    const NAME: &'static str = "ListResourceTags";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    async fn run(_: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        let behind = page::behind(input.marker.as_ref())?;
        let size = page::size(input.limit, 50, 50);
        let tags = subject.tags.iter();
        let (tags, next_marker) =
            page::cut(tags, |(name, _)| (*name).clone(), behind.as_deref(), size);
        let tags = tags
            .into_iter()
            .map(|(name, value)| Tag { tag_key: TagKey(name.clone()), tag_value: value.clone() })
            .collect();
        Ok(Output { tags, truncated: next_marker.is_some(), next_marker })
    }
}
