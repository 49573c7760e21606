//! GetAccessKeyLastUsed: tells when an access key was used last.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::found::{KeyOwner};
use crate::shape::{AccessKeyId};
use crate::{Call, Iam};

/// The operation.
pub struct GetAccessKeyLastUsed;

/// The request.
#[derive(Shape)]
pub struct Input {
    access_key_id: AccessKeyId,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    user_name: Option<String>,
    access_key_last_used: LastUsed,
}

/// When, by which service and where.
#[derive(Reply)]
pub struct LastUsed {
    last_used_date: Option<Timestamp>,
    service_name: String,
    region: String,
}

impl Operation for GetAccessKeyLastUsed {
    const NAME: &'static str = "GetAccessKeyLastUsed";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = KeyOwner;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<KeyOwner> {
        call.service.find_owner_of(call, &input.access_key_id).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<KeyOwner>) -> Result<Output> {
        let used = call.service.last_use(&input.access_key_id).await?;
        let never = || "N/A".to_owned();
        let user_name = match &*target {
            KeyOwner::User(user) => Some(user.name.clone()),
            KeyOwner::Root(_) => None,
        };
        let access_key_last_used = LastUsed {
            last_used_date: used.as_ref().map(|used| used.at),
            service_name: used.as_ref().map_or_else(never, |used| used.service.clone()),
            region: used.as_ref().map_or_else(never, |used| used.region.clone()),
        };
        Ok(Output { user_name, access_key_last_used })
    }
}
