//! Finding alarms.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::{Demand, Demands, Result, Target};
use strongroom_records::Stored;
use strongroom_store::Direction;

use crate::alarm::{self, Alarm, Watched};
use crate::paths::Home;
use crate::rule::Rule;
use crate::{Call, Cloudwatch, error};

/// An alarm that is there.
#[derive(Clone, Debug)]
pub struct Found(pub Arc<Stored<Alarm>>);

/// A place for an alarm: one that is there, or the ARN that it will have.
#[derive(Clone, Debug)]
pub struct Place {
    /// The alarm that is there.
    pub found: Option<Arc<Stored<Alarm>>>,
    /// Its name.
    pub name: String,
    account: String,
    arn: String,
}

/// Several alarms.
#[derive(Clone, Debug)]
pub struct Several {
    /// Each of them.
    pub places: Vec<Place>,
    account: String,
}

/// All alarms of an account and region, which is what lists are authorized against.
#[derive(Clone, Debug)]
pub struct Alarms {
    arn: String,
    account: String,
}

/// Where a call looks.
#[must_use]
pub fn home<'c>(call: &Call<'c>) -> Home<'c> {
    let circumstances = call.circumstances();
    Home { account: circumstances.caller.account(), region: circumstances.region }
}

impl Alarms {
    /// Those of the caller in the region.
    #[must_use]
    pub fn of(call: &Call<'_>) -> Self {
        let Home { account, region } = home(call);
        Self { arn: alarm::arn(account, region, "*"), account: account.to_owned() }
    }
}

impl Place {
    /// The place of an alarm of the caller.
    ///
    /// # Errors
    /// What keeps the store from answering.
    pub async fn of(call: &Call<'_>, name: &str) -> Result<Self> {
        let home = home(call);
        let found = call.service.alarm(home, name).await?;
        let Home { account, region } = home;
        let arn = alarm::arn(account, region, name);
        Ok(Self { found, name: name.to_owned(), account: account.to_owned(), arn })
    }
}

impl Several {
    /// The places of alarms of the caller, each once.
    ///
    /// # Errors
    /// What keeps the store from answering.
    pub async fn of(call: &Call<'_>, names: &[crate::shapes::AlarmName]) -> Result<Self> {
        let mut places = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            if !names[..index].contains(name) {
                places.push(Place::of(call, &name.0).await?);
            }
        }
        Ok(Self { places, account: call.caller.account().to_owned() })
    }
}

impl Several {
    /// The permission `action` on each of them.
    #[must_use]
    pub fn demand(&self, action: &'static str) -> Demands<'_> {
        if self.places.is_empty() {
            return std::iter::once(Demand::of(action, self)).collect();
        }
        self.places.iter().map(|place| Demand::of(action, place)).collect()
    }
}

impl Found {
    /// An alarm of the caller.
    ///
    /// # Errors
    /// ResourceNotFound.
    pub async fn of(call: &Call<'_>, name: &str) -> Result<Self> {
        let home = home(call);
        let missing = || error::no_such_alarm(alarm::arn(home.account, home.region, name));
        call.service.alarm(home, name).await?.map(Self).ok_or_else(missing)
    }

    /// The alarm with this ARN, for operations on tags.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub async fn with_arn(call: &Call<'_>, arn: &str) -> Result<Self> {
        let home = home(call);
        let name = alarm::name_in(arn, home.account, home.region);
        let found = match name == arn {
            true => None,
            false => call.service.alarm(home, name).await?,
        };
        found.map(Self).ok_or_else(|| error::no_such_resource(arn))
    }
}

impl Cloudwatch {
    /// An alarm.
    ///
    /// # Errors
    /// What keeps the store from answering.
    pub(crate) async fn alarm(
        &self,
        home: Home<'_>,
        name: &str,
    ) -> Result<Option<Arc<Stored<Alarm>>>> {
        self.records.get(&home.alarm(name)).await.map_err(error::of_record)
    }
}

impl Cloudwatch {
    /// The names of the composite alarms whose rules name this alarm.
    ///
    /// # Errors
    /// What keeps the store from answering.
    pub(crate) async fn parents_of(&self, home: Home<'_>, name: &str) -> Result<Vec<String>> {
        let names = |alarm: &Alarm| match &alarm.watches {
            Watched::Alarms(composite) => Rule::parse(&composite.rule).is_ok_and(|rule| {
                let plain = |named| alarm::name_in(named, home.account, home.region);
                rule.alarms().into_iter().any(|named| plain(named) == name)
            }),
            Watched::Figures(_) => false,
        };
        let mut parents = Vec::new();
        let mut range = home.alarms("");
        loop {
            let page = self.records.scan::<Alarm>(range.clone(), Direction::Forward, 200).await;
            let page = page.map_err(error::of_record)?;
            let found = page.records.iter().filter(|alarm| names(alarm));
            parents.extend(found.map(|alarm| alarm.name.clone()));
            match page.records.last() {
                Some(last) if page.more => range = range.after(&last.key),
                _ => return Ok(parents),
            }
        }
    }
}

fn tag<'a>(alarm: &'a Alarm, key: &str) -> Option<&'a str> {
    let tag = alarm.tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
    Some(tag.1)
}

impl Target for Found {
    fn arn(&self) -> Cow<'_, str> {
        self.0.arn().into()
    }

    fn account(&self) -> &str {
        &self.0.account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        tag(&self.0, key)
    }
}

impl Target for Place {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        tag(self.found.as_ref()?, key)
    }
}

impl Target for Several {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed("*")
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Target for Alarms {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}
