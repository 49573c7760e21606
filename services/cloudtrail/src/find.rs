//! Finding the trail that a request names, as the target that the caller is authorized for.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::Target;
use strongroom_records::Stored;
use strongroom_store::Direction;
use strongroom_wire::Result;

use crate::trail::Trail;
use crate::{Call, CloudTrail, arn, error, names, paths};

/// A trail that was found.
pub struct Found {
    /// The trail.
    pub trail: Arc<Stored<Trail>>,
    arn: String,
}

/// AWS's quota of trails in a region.
pub const MOST_TRAILS: usize = 5;
/// More regions than anybody has.
const MOST_LISTED: usize = 1_000;

impl Found {
    /// Finds the trail that is named by its name, in the region of the call, or by its ARN.
    ///
    /// # Errors
    /// InvalidTrailNameException, CloudTrailARNInvalidException, TrailNotFoundException.
    pub async fn find(call: &Call<'_>, name: &str) -> Result<Self> {
        let account = call.caller.account();
        let (owner, region, short) = match name.starts_with("arn:") {
            true => {
                let arn = arn::parse(name).ok_or_else(|| error::invalid_arn(name))?;
                (arn.account, arn.region, arn.name)
            }
            false => (account, call.region, name),
        };
        names::check_trail(short)?;
        let arn = arn::of_trail(owner, region, short);
        // Nobody sees into another account.
        let key = paths::trail(owner, region, short);
        let found = match owner == account {
            true => call.service.records.get(&key).await.map_err(error::of_record)?,
            false => None,
        };
        match found {
            Some(trail) => Ok(Self { trail, arn }),
            None => Err(error::no_such_trail(short, account, arn)),
        }
    }

    /// As [`find`](Self::find), to change it, which is done in its home region.
    ///
    /// # Errors
    /// As [`find`](Self::find), and InvalidHomeRegionException.
    pub async fn find_at_home(call: &Call<'_>, name: &str) -> Result<Self> {
        let found = Self::find(call, name).await?;
        match found.trail.region == call.region {
            true => Ok(found),
            false => Err(error::not_home_region(&found.trail.region).about(found.arn)),
        }
    }

    /// Stores what has become of it.
    ///
    /// # Errors
    /// A conflict when another writer was faster.
    pub async fn save(&self, service: &CloudTrail, changed: &Trail) -> Result<()> {
        let mut changes = service.records.changes();
        changes.replace(&self.trail, changed).map_err(error::of_record)?;
        service.records.commit(changes).await.map(drop).map_err(error::of_record)
    }
}

impl Target for Found {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.trail.account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let (_, value) = self.trail.tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
        Some(value)
    }
}

impl CloudTrail {
    /// All trails of an account, in the order of regions and names.
    pub(crate) async fn trails(&self, account: &str) -> Result<Vec<Arc<Stored<Trail>>>> {
        let range = paths::trails(account);
        let page = self.records.scan(range, Direction::Forward, MOST_LISTED).await;
        Ok(page.map_err(error::of_record)?.records)
    }
}

/// A trail that is about to be made or given a role, and that role.
pub struct Made {
    /// The trail's ARN.
    pub trail: Named,
    /// The role that delivers its events to a log group.
    pub role: Option<Named>,
}

/// Something known by its ARN only.
pub struct Named {
    arn: String,
    account: String,
}

impl Named {
    /// What has this ARN, in `account`.
    pub fn new(arn: String, account: &str) -> Self {
        Self { arn, account: account.to_owned() }
    }
}

impl Target for Named {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Target for Made {
    fn arn(&self) -> Cow<'_, str> {
        self.trail.arn()
    }

    fn account(&self) -> &str {
        self.trail.account()
    }
}
