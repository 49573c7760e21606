//! What operations act on, as policies see it.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use strongroom_api::{ResourceRule, Result, Target};
use strongroom_policy::Policy;
use strongroom_records::Stored;

use crate::group::Group;
use crate::name::{GroupName, Reference, StreamName, group_arn, stream_arn};
use crate::stream::Stream;
use crate::{Call, Logs, error, paths};

/// Something found, or about to be made, with how policies name it.
pub struct Found<T> {
    of: T,
    arn: String,
    account: String,
    /// The group whose tags count, if there is one.
    group: Option<Arc<Stored<Group>>>,
    policy: Option<Arc<Policy>>,
}

/// A group.
pub type FoundGroup = Found<Arc<Stored<Group>>>;

/// A stream and its group.
pub struct StreamOf {
    /// The group.
    pub group: Arc<Stored<Group>>,
    /// The stream.
    pub stream: Arc<Stored<Stream>>,
}

impl<T> Found<T> {
    /// What was found.
    #[must_use]
    pub fn of(&self) -> &T {
        &self.of
    }
}

impl<T> Deref for Found<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.of
    }
}

impl<T: Send + Sync> Target for Found<T> {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let tags = &self.group.as_ref()?.tags;
        let found = tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.as_str())
    }

    fn rule(&self) -> ResourceRule<'_> {
        ResourceRule::Ordinary(self.policy.as_deref())
    }
}

impl Logs {
    /// The group that a request names.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub async fn find(&self, call: &Call<'_>, reference: Reference<'_>) -> Result<FoundGroup> {
        self.found(call, reference, reference.policy_arn()).await
    }

    /// The group of this name in the caller's account.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub async fn find_named(&self, call: &Call<'_>, name: &GroupName) -> Result<FoundGroup> {
        self.find(call, Reference::named(call, name)).await
    }

    /// The group that a request for tags names: its ARN stands without the end that others have.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub async fn find_tagged(
        &self,
        call: &Call<'_>,
        reference: Reference<'_>,
    ) -> Result<FoundGroup> {
        self.found(call, reference, reference.arn()).await
    }

    async fn found(
        &self,
        call: &Call<'_>,
        reference: Reference<'_>,
        arn: String,
    ) -> Result<FoundGroup> {
        let Reference { account, region, name } = reference;
        // The service is regional: an ARN of another region is not known here.
        let group = match region == call.region {
            true => self.group(account, region, name).await?,
            false => None,
        };
        let group = group.ok_or_else(|| error::no_such_group(&arn))?;
        let policy = self.policy(account, region).await?;
        let tagged = Some(Arc::clone(&group));
        Ok(Found { of: group, arn, account: account.to_owned(), group: tagged, policy })
    }

    /// A stream that a request names.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub async fn find_stream(
        &self,
        call: &Call<'_>,
        reference: Reference<'_>,
        stream: &StreamName,
    ) -> Result<Found<StreamOf>> {
        let arn = stream_arn(&reference.arn(), &stream.0);
        let group = self.found(call, reference, arn).await?;
        let found = self.stream(&group, &stream.0).await?;
        let stream = found.ok_or_else(|| error::no_such_stream(&group.arn))?;
        let Found { of, arn, account, group, policy } = group;
        Ok(Found { of: StreamOf { group: of, stream }, arn, account, group, policy })
    }

    /// The group in which a stream is to be made, authorized as that stream.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub async fn find_for_stream(
        &self,
        call: &Call<'_>,
        group: &GroupName,
        stream: &StreamName,
    ) -> Result<FoundGroup> {
        let reference = Reference::named(call, group);
        self.found(call, reference, stream_arn(&reference.arn(), &stream.0)).await
    }

    /// What stands for a group that is to be made, or for all groups (the empty name).
    ///
    /// # Errors
    /// Internal only.
    pub async fn place(&self, call: &Call<'_>, name: &str) -> Result<Found<()>> {
        let account = call.caller.account();
        let arn = stream_arn(&group_arn(account, call.region, name), "");
        let policy = self.policy(account, call.region).await?;
        Ok(Found { of: (), arn, account: account.to_owned(), group: None, policy })
    }

    /// What stands for a group that is to be made, with what stands for its tags.
    ///
    /// # Errors
    /// Internal only.
    pub async fn new_place(&self, call: &Call<'_>, name: &GroupName) -> Result<Found<Found<()>>> {
        let Found { arn, account, group, policy, .. } = self.place(call, &name.0).await?;
        let tags = Found {
            of: (),
            arn: group_arn(&account, call.region, &name.0),
            account: account.clone(),
            group: None,
            policy: policy.clone(),
        };
        Ok(Found { of: tags, arn, account, group, policy })
    }

    /// A group, if there is one.
    ///
    /// # Errors
    /// Internal only.
    pub async fn group(
        &self,
        account: &str,
        region: &str,
        name: &str,
    ) -> Result<Option<Arc<Stored<Group>>>> {
        let key = paths::group(account, region, name);
        self.records.get(&key).await.map_err(error::storage)
    }

    /// A stream of `group`, if there is one.
    ///
    /// # Errors
    /// Internal only.
    pub async fn stream(&self, group: &Group, name: &str) -> Result<Option<Arc<Stored<Stream>>>> {
        if name.len() > paths::LONGEST_STREAM_NAME {
            return Ok(None);
        }
        let key = paths::streams(group) + name;
        self.records.get(&key).await.map_err(error::storage)
    }
}
