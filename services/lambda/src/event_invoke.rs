//! What is asked of events beyond the usual: how often they are tried, how long they are kept, and who is
//! told what came of them.

use serde::{Deserialize, Serialize};
use strongroom_api::{Reply, Shape, Timestamp};
use strongroom_wire::Result;

use crate::find::Found;
use crate::function::Function;
use crate::id::LATEST;
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::{Call, error};

/// What one version or alias of a function asks for; what it leaves out is as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventInvoke {
    /// How often an event is tried again after the function has failed.
    pub retries: Option<u32>,
    /// How long an event is kept.
    pub age_seconds: Option<u32>,
    /// Who is told that it went well.
    pub on_success: Option<String>,
    /// Who is told that it did not.
    pub on_failure: Option<String>,
    /// When this was changed last.
    pub modified: Timestamp,
}

/// AWS's, where nothing is asked for.
const USUAL_RETRIES: u32 = 2;
const USUAL_AGE_SECONDS: u32 = 6 * 3_600;

/// How often an event is tried again.
#[derive(Clone, Copy, Debug, Shape)]
#[shape(range = 0..=2)]
pub struct MaximumRetryAttempts(pub i32);

/// How long an event is kept.
#[derive(Clone, Copy, Debug, Shape)]
#[shape(range = 60..=21600)]
pub struct MaximumEventAgeInSeconds(pub i32);

/// Where it is told: an ARN, or nothing.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=350, pattern = r"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)")]
pub struct DestinationArn(pub String);

/// A destination.
#[derive(Clone, Debug, Shape)]
pub struct Destination {
    /// Its ARN.
    pub destination: Option<DestinationArn>,
}

/// Who is told what.
#[derive(Clone, Debug, Shape)]
pub struct DestinationConfig {
    /// That it went well.
    pub on_success: Option<Destination>,
    /// That it did not.
    pub on_failure: Option<Destination>,
}

/// Whose events a request is about.
#[derive(Debug, Shape)]
pub struct Whose {
    function_name: NamespacedFunctionName,
    qualifier: Option<Qualifier>,
}

/// What a request asks of whose events.
#[derive(Debug, Shape)]
pub struct Wanted {
    function_name: NamespacedFunctionName,
    qualifier: Option<Qualifier>,
    maximum_retry_attempts: Option<MaximumRetryAttempts>,
    maximum_event_age_in_seconds: Option<MaximumEventAgeInSeconds>,
    destination_config: Option<DestinationConfig>,
}

/// FunctionEventInvokeConfig.
#[derive(Debug, Reply)]
pub struct FunctionEventInvokeConfig {
    last_modified: Timestamp,
    function_arn: String,
    maximum_retry_attempts: Option<u32>,
    maximum_event_age_in_seconds: Option<u32>,
    destination_config: ShownDestinations,
}

#[derive(Debug, Reply)]
struct ShownDestinations {
    on_success: ShownDestination,
    on_failure: ShownDestination,
}

#[derive(Debug, Reply)]
struct ShownDestination {
    destination: Option<String>,
}

impl EventInvoke {
    /// How often an event is tried at most.
    #[must_use]
    pub fn tries(&self) -> u32 {
        self.retries.unwrap_or(USUAL_RETRIES) + 1
    }

    /// How long an event is kept.
    #[must_use]
    pub fn age_millis(&self) -> i64 {
        i64::from(self.age_seconds.unwrap_or(USUAL_AGE_SECONDS)) * 1_000
    }

    /// Makes it what is wanted, and keeps it with its function; what a request leaves out stays.
    ///
    /// # Errors
    /// AWS's errors for a request that wants nothing, and for destinations that cannot be.
    pub async fn settle(
        mut self,
        call: &Call<'_>,
        found: &Found,
        wanted: &Wanted,
    ) -> Result<FunctionEventInvokeConfig> {
        self.apply(call, found, wanted).await?;
        let (mut function, qualifier) = (found.function.value.clone(), found.qualifier_or_latest());
        let shown = FunctionEventInvokeConfig::of(&function, qualifier, &self);
        function.event_invokes.insert(qualifier.to_owned(), self);
        call.service.replace(&found.function, &function).await?;
        Ok(shown)
    }

    async fn apply(&mut self, call: &Call<'_>, found: &Found, wanted: &Wanted) -> Result<()> {
        let Wanted { maximum_retry_attempts: retries, destination_config: destinations, .. } =
            wanted;
        let age = wanted.maximum_event_age_in_seconds;
        if retries.is_none() && age.is_none() && destinations.is_none() {
            return Err(error::nothing_asked_of_events());
        }
        self.retries = retries.map(|one| one.0.unsigned_abs()).or(self.retries);
        self.age_seconds = age.map(|one| one.0.unsigned_abs()).or(self.age_seconds);
        if let Some(destinations) = destinations {
            self.on_success = named(destinations.on_success.as_ref());
            self.on_failure = named(destinations.on_failure.as_ref());
            self.check(call, found).await?;
        }
        self.modified = call.now;
        Ok(())
    }

    async fn check(&self, call: &Call<'_>, found: &Found) -> Result<()> {
        let all =
            || error::bad_destinations(self.on_success.as_deref(), self.on_failure.as_deref());
        let both = [&self.on_success, &self.on_failure];
        for arn in both.into_iter().flatten() {
            match Receiver::of(arn) {
                Some(Receiver::Function(name)) if name == found.named.name => {
                    return Err(error::own_destination());
                }
                Some(Receiver::FifoTopic) => return Err(error::fifo_destination()),
                Some(_) => {}
                None => return Err(all()),
            }
        }
        let role = &found.function.latest.role;
        for arn in both.into_iter().flatten() {
            call.service.check_receiver(&found.named, role, arn).await?;
        }
        Ok(())
    }
}

/// Who can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver<'a> {
    /// A topic of SNS.
    Topic,
    /// One that keeps an order, which cannot be.
    FifoTopic,
    /// A function of this name.
    Function(&'a str),
}

impl<'a> Receiver<'a> {
    /// Who an ARN names; `None` if it is nobody here.
    #[must_use]
    pub fn of(arn: &'a str) -> Option<Self> {
        match arn.split(':').collect::<Vec<_>>().as_slice() {
            ["arn", _, "sns", _, _, name] if name.ends_with(".fifo") => Some(Self::FifoTopic),
            ["arn", _, "sns", _, _, _] => Some(Self::Topic),
            ["arn", _, "lambda", _, _, "function", name]
            | ["arn", _, "lambda", _, _, "function", name, _] => Some(Self::Function(name)),
            _ => None,
        }
    }
}

impl FunctionEventInvokeConfig {
    /// What the version or alias `qualifier` asks for.
    #[must_use]
    pub fn of(function: &Function, qualifier: &str, settings: &EventInvoke) -> Self {
        Self {
            last_modified: settings.modified,
            function_arn: format!("{}:{qualifier}", function.arn()),
            maximum_retry_attempts: settings.retries,
            maximum_event_age_in_seconds: settings.age_seconds,
            destination_config: ShownDestinations {
                on_success: ShownDestination { destination: settings.on_success.clone() },
                on_failure: ShownDestination { destination: settings.on_failure.clone() },
            },
        }
    }
}

impl Whose {
    /// The function, or that nothing is asked of its events.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub async fn find(&self, call: &Call<'_>) -> Result<Found> {
        let qualifier = self.qualifier.as_ref().map(|one| one.0.as_str());
        let (name, missing) = (&self.function_name.0, error::no_event_invoke);
        call.service.find_of_events(call, name, qualifier, missing).await
    }
}

impl Wanted {
    /// The function.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub async fn find(&self, call: &Call<'_>) -> Result<Found> {
        let qualifier = self.qualifier.as_ref().map(|one| one.0.as_str());
        let (name, missing) = (&self.function_name.0, error::no_function_of_events);
        call.service.find_of_events(call, name, qualifier, missing).await
    }
}

impl Found {
    /// What is asked of the events that the request is about.
    ///
    /// # Errors
    /// ResourceNotFoundException if nothing is.
    pub(crate) fn event_invoke(&self) -> Result<&EventInvoke> {
        let (function, qualifier) = (&self.function, self.qualifier_or_latest());
        let missing = || error::no_event_invoke(&format!("{}:{qualifier}", function.arn()));
        function.event_invokes.get(qualifier).ok_or_else(missing)
    }

    /// Under which name what is asked of events is kept.
    pub(crate) fn qualifier_or_latest(&self) -> &str {
        self.named.qualifier.as_deref().unwrap_or(LATEST)
    }
}

/// An empty ARN is none.
fn named(destination: Option<&Destination>) -> Option<String> {
    let arn = destination?.destination.as_ref()?;
    Some(arn.0.clone()).filter(|arn| !arn.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_and_functions_can_be_told() {
        let place = "us-east-1:123456789012";
        let of = |text: String| Receiver::of(&text).is_some();
        assert!(of(format!("arn:aws:sns:{place}:failures")));
        assert!(of(format!("arn:aws:lambda:{place}:function:f")));
        assert!(of(format!("arn:aws:lambda:{place}:function:f:live")));
        assert_eq!(
            Receiver::of("arn:aws:sns:us-east-1:123456789012:a.fifo"),
            Some(Receiver::FifoTopic)
        );
        assert!(!of(format!("arn:aws:sqs:{place}:queue")));
        assert!(!of(format!("arn:aws:events:{place}:event-bus/default")));
        assert!(!of(format!("arn:aws:sns:{place}:topic:subscription")));
        assert!(!of("kafka://topic".to_owned()));
    }
}
