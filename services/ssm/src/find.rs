//! What calls are about: parameters that are there, and names of those that are not.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::Target;
use strongroom_records::Stored;
use strongroom_wire::Result;

use crate::name::{Named, Place, Selector};
use crate::parameter::Parameter;
use crate::shapes::ResourceType;
use crate::{Call, Ssm, error, name, paths};

/// A parameter that was found.
pub type Found = Arc<Stored<Parameter>>;

/// A name and what stands there.
#[derive(Clone, Debug)]
pub struct Slot {
    /// As the request has it.
    pub asked: String,
    /// Where it leads.
    pub named: Named,
    /// The parameter, if there is one.
    pub found: Option<Found>,
    arn: String,
    account: String,
}

/// Several names, each of which the caller must be allowed to use.
#[derive(Debug)]
pub struct Slots(pub Vec<Slot>);

/// A path, with everything below it.
#[derive(Debug)]
pub struct Path {
    arn: String,
    account: String,
    /// Without slashes at its ends.
    pub inner: String,
}

impl Slot {
    /// The parameter.
    ///
    /// # Errors
    /// ParameterNotFound.
    pub fn parameter(&self) -> Result<&Found> {
        match (&self.found, &self.named) {
            (Some(found), _) => Ok(found),
            (None, Named::Parameter(place, _)) => Err(error::not_found(place)),
            (None, Named::Secret { .. }) => Err(error::no_secret(&self.asked)),
        }
    }

    /// Which version is asked for.
    pub fn selector(&self) -> Option<&Selector> {
        match &self.named {
            Named::Parameter(_, selector) => selector.as_ref(),
            Named::Secret { .. } => None,
        }
    }

    /// The parameter's ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }
}

impl Ssm {
    /// What stands where `text` (a name, perhaps with a version or label behind it, or an ARN) leads.
    ///
    /// # Errors
    /// ValidationException for what cannot be a name.
    pub(crate) async fn slot(&self, call: &Call<'_>, text: &str) -> Result<Slot> {
        let (account, region) = (call.caller.account(), call.region);
        let named = Named::parse(text, account, region)?;
        let slot = Slot {
            asked: text.to_owned(),
            arn: match &named {
                Named::Parameter(place, _) => place.arn(),
                Named::Secret { id, .. } => {
                    name::arn(account, region, &["aws/reference/secretsmanager/", id].concat())
                }
            },
            account: match &named {
                Named::Parameter(place, _) => place.account.clone(),
                Named::Secret { .. } => account.to_owned(),
            },
            found: match &named {
                Named::Parameter(place, _) => self.at(call, place).await?,
                Named::Secret { .. } => None,
            },
            named,
        };
        Ok(slot)
    }

    /// A parameter that has to be there, by its name or ARN.
    ///
    /// # Errors
    /// ParameterNotFound, ValidationException.
    pub(crate) async fn existing(&self, call: &Call<'_>, text: &str) -> Result<Slot> {
        let slot = self.slot(call, text).await?;
        slot.parameter()?;
        Ok(slot)
    }

    /// The parameter at `place`; `None` if there is none, or one whose name is written otherwise.
    async fn at(&self, call: &Call<'_>, place: &Place) -> Result<Option<Found>> {
        // Parameters are neither shared between accounts nor read across regions.
        if place.account != call.caller.account() || place.region != call.region {
            return Ok(None);
        }
        let found = self.under(&place.account, &place.region, &place.name).await?;
        Ok(found.filter(|found| place.means(&found.name)))
    }

    /// A parameter whose tags are meant.
    ///
    /// # Errors
    /// InvalidResourceId.
    pub(crate) async fn tagged(
        &self,
        call: &Call<'_>,
        kind: ResourceType,
        id: &str,
    ) -> Result<Slot> {
        if kind != ResourceType::Parameter {
            // Nothing else of Systems Manager is kept here.
            return Err(error::invalid_resource_id().about("*"));
        }
        let slot = self.slot(call, id).await?;
        if slot.found.is_none() {
            return Err(error::invalid_resource_id().about(slot.arn));
        }
        Ok(slot)
    }

    /// Writes a parameter that was `read` and whose values stay.
    ///
    /// # Errors
    /// Conflicts, and faults of ours.
    pub(crate) async fn replace(&self, read: &Found, parameter: &Parameter) -> Result<()> {
        let mut changes = self.records.changes();
        changes.replace(read, parameter).map_err(error::of_record)?;
        self.records.commit(changes).await.map(drop).map_err(error::of_record)
    }

    /// The parameter whose ARN has this name.
    pub(crate) async fn under(
        &self,
        account: &str,
        region: &str,
        name: &str,
    ) -> Result<Option<Found>> {
        let key = paths::parameter(account, region, name);
        self.records.get(&key).await.map_err(error::of_record)
    }
}

impl Path {
    /// The path `text` of the caller's account.
    ///
    /// # Errors
    /// ValidationException.
    pub fn parse(call: &Call<'_>, text: &str) -> Result<Self> {
        let inner = name::check_path(text)?.to_owned();
        let account = call.caller.account().to_owned();
        Ok(Self { arn: name::arn(&account, call.region, text), account, inner })
    }
}

impl Target for Slot {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.found.as_ref()?.tag(key)
    }
}

impl Target for Slots {
    fn arn(&self) -> Cow<'_, str> {
        self.0.first().map_or(Cow::Borrowed("*"), Target::arn)
    }

    fn account(&self) -> &str {
        self.0.first().map_or("", Target::account)
    }
}

impl Target for Path {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}
