//! By what an event can be looked up within its account and region: pieces of text that an index turns
//! into numbers.

use crate::event::{Event, Resource};
use crate::events::{Attribute, Query};

/// Every kind of term.
const ATTRIBUTES: [Attribute; 8] = [
    Attribute::EventId,
    Attribute::EventName,
    Attribute::ReadOnly,
    Attribute::Username,
    Attribute::ResourceType,
    Attribute::ResourceName,
    Attribute::EventSource,
    Attribute::AccessKeyId,
];

/// The terms of `event` beside the one of its account and region: kinds and values.
pub fn of_event<'e>(event: &'e Event<'_>) -> impl Iterator<Item = (&'static str, &'e str)> {
    ATTRIBUTES.into_iter().flat_map(move |attribute| {
        values(event, attribute).map(move |value| (attribute.text(), value))
    })
}

/// The terms that lead to the events that `query` is about, if it asks for more than an account and region.
pub fn of_query(query: &Query) -> Option<impl Iterator<Item = (&'static str, &str)>> {
    let (attribute, value) = query.attribute.as_ref()?;
    Some(meant(*attribute, value).map(|value| (attribute.text(), value)))
}

/// What records may say where a look-up says `value`. A secret is on record as it was asked for, so
/// that whoever looks up its ARN means its name and its ARN without the suffix as well.
pub(crate) fn meant(attribute: Attribute, value: &str) -> impl Iterator<Item = &str> {
    let secret = match attribute {
        Attribute::ResourceName => secret_names(value),
        _ => None,
    };
    std::iter::once(value).chain(secret.into_iter().flatten())
}

/// ARN without suffix, and name, of the secret with this ARN.
fn secret_names(arn: &str) -> Option<[&str; 2]> {
    const SUFFIX: usize = "-AbCdEf".len();
    let rest = arn.strip_prefix("arn:aws:secretsmanager:")?;
    let (_, name) = rest.split_once(":secret:")?;
    let end = arn.len().checked_sub(SUFFIX)?;
    let name = name.get(..name.len().checked_sub(SUFFIX)?)?;
    Some([arn.get(..end)?, name])
}

/// The values of an attribute of `event`.
pub(crate) fn values<'e>(
    event: &'e Event<'_>,
    attribute: Attribute,
) -> impl Iterator<Item = &'e str> {
    let one = match attribute {
        Attribute::EventId => Some(&*event.id),
        Attribute::EventName => Some(&*event.name),
        Attribute::ReadOnly => Some(if event.read_only { "true" } else { "false" }),
        Attribute::Username => event.username.as_deref(),
        Attribute::EventSource => Some(&*event.source),
        Attribute::AccessKeyId => event.access_key_id.as_deref(),
        Attribute::ResourceType | Attribute::ResourceName => None,
    };
    let of_resource = move |resource| named(resource, attribute);
    let resources = match one {
        Some(_) => [].iter(),
        None => event.resources.iter(),
    };
    one.into_iter().chain(resources.filter_map(of_resource))
}

fn named<'e>(resource: &'e Resource<'_>, attribute: Attribute) -> Option<&'e str> {
    match attribute {
        Attribute::ResourceType => Some(&resource.kind),
        Attribute::ResourceName => Some(&resource.name),
        _ => None,
    }
}

impl Attribute {
    /// AWS's text.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::EventId => "EventId",
            Self::EventName => "EventName",
            Self::ReadOnly => "ReadOnly",
            Self::Username => "Username",
            Self::ResourceType => "ResourceType",
            Self::ResourceName => "ResourceName",
            Self::EventSource => "EventSource",
            Self::AccessKeyId => "AccessKeyId",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::meant;
    use crate::events::Attribute;

    #[test]
    fn the_arn_of_a_secret_means_its_name_too() {
        let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";
        let meant = |attribute| meant(attribute, arn).collect::<Vec<_>>();
        assert_eq!(meant(Attribute::ResourceName), [arn, &arn[..arn.len() - 7], "prod/db"]);
        assert_eq!(meant(Attribute::EventName), [arn]);
    }
}
