//! The attributes of a subscription: which there are, what they may be, and how they are shown.

use serde_json::Value;
use strongroom_wire::Result;

use crate::delivery_policy;
use crate::endpoint::Protocol;
use crate::error;
use crate::filter_policy::{FilterPolicy, Scope};
use crate::shapes::Attributes;
use crate::subscription::Subscription;
use crate::topic::Topic;

/// What may be set.
const KNOWN: [&str; 7] = [
    "DeliveryPolicy",
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
    "ReplayPolicy",
    "SubscriptionRoleArn",
];

/// AWS's limit of filter policies on a topic.
pub const MOST_FILTERED: u32 = 200;

/// Reads what Subscribe was given.
///
/// # Errors
/// AWS's for an attribute that it does not know or a value that cannot be.
pub fn initial(protocol: Protocol, given: &Attributes) -> Result<Attributes> {
    let scope = scope(given.get("FilterPolicyScope").map(String::as_str))?;
    for (name, value) in given {
        if !KNOWN.contains(&name.as_str()) {
            return Err(error::invalid_parameter("Attributes"));
        }
        check(protocol, name, value, scope)?;
    }
    let mut kept: Attributes =
        given.iter().filter(|(_, value)| !value.is_empty()).map(owned).collect();
    default_scope(&mut kept);
    Ok(kept)
}

/// Sets one attribute.
///
/// # Errors
/// As [`initial`].
pub fn set(subscription: &mut Subscription, name: &str, value: &str) -> Result<()> {
    if !KNOWN.contains(&name) {
        return Err(error::invalid_parameter("AttributeName"));
    }
    let scope = match name {
        "FilterPolicyScope" => {
            let scope = scope(Some(value).filter(|value| !value.is_empty()))?;
            // The policy that is there has to make sense to the new scope.
            if let Some(policy) = subscription.attribute("FilterPolicy") {
                check_filter(policy, scope)?;
            }
            scope
        }
        _ => subscription.scope(),
    };
    check(subscription.protocol, name, value, scope)?;
    // AWS takes an empty policy as none.
    let value = if name == "FilterPolicy" && value.trim() == "{}" { "" } else { value };
    subscription.set(name, value);
    default_scope(&mut subscription.attributes);
    Ok(())
}

/// Everything that GetSubscriptionAttributes tells.
pub fn shown(subscription: &Subscription, topic: Option<&Topic>) -> Attributes {
    let mut shown = subscription.attributes.clone();
    let truth = |truth: bool| truth.to_string();
    for (name, value) in [
        ("SubscriptionArn", subscription.arn()),
        ("TopicArn", subscription.topic().text()),
        ("Protocol", subscription.protocol.text().to_owned()),
        ("Endpoint", subscription.endpoint.clone()),
        ("Owner", subscription.owner.clone()),
        ("SubscriptionPrincipal", subscription.principal.clone()),
        ("PendingConfirmation", truth(subscription.is_pending())),
        ("ConfirmationWasAuthenticated", truth(subscription.authenticated)),
        ("RawMessageDelivery", truth(subscription.is_raw())),
    ] {
        shown.insert(name.to_owned(), value);
    }
    if subscription.protocol.is_web() {
        let of_topic = topic.and_then(|topic| topic.attribute("DeliveryPolicy"));
        let effective = delivery_policy::effective_of_subscription(
            of_topic,
            subscription.attribute("DeliveryPolicy"),
        );
        shown.insert("EffectiveDeliveryPolicy".to_owned(), effective);
    }
    shown
}

/// Whether what Subscribe was given is what the subscription has that is there already.
pub fn agree(subscription: &Subscription, kept: &Attributes) -> bool {
    kept.iter().all(|(name, value)| subscription.attributes.get(name) == Some(value))
}

fn owned((name, value): (&String, &String)) -> (String, String) {
    (name.clone(), value.clone())
}

/// AWS shows the scope as soon as there is a policy.
fn default_scope(attributes: &mut Attributes) {
    if attributes.contains_key("FilterPolicy") {
        attributes
            .entry("FilterPolicyScope".to_owned())
            .or_insert_with(|| "MessageAttributes".to_owned());
    }
}

fn scope(text: Option<&str>) -> Result<Scope> {
    match text {
        None | Some("MessageAttributes") => Ok(Scope::MessageAttributes),
        Some("MessageBody") => Ok(Scope::MessageBody),
        Some(other) => Err(error::attribute_value(
            "FilterPolicyScope",
            other,
            "Please use either MessageBody or MessageAttributes",
        )),
    }
}

fn check(protocol: Protocol, name: &str, value: &str, scope: Scope) -> Result<()> {
    if value.is_empty() {
        return Ok(());
    }
    match name {
        "RawMessageDelivery" => match value {
            "true" | "false" if protocol.is_web() || value == "false" => Ok(()),
            "true" => Err(error::invalid_parameter(format!(
                "Attributes Reason: RawMessageDelivery is not supported for protocol {}",
                protocol.text()
            ))),
            other => {
                Err(error::attribute_value("RawMessageDelivery", other, "Must be true or false."))
            }
        },
        "FilterPolicy" => check_filter(value, scope),
        "DeliveryPolicy" if protocol.is_web() => delivery_policy::check_of_subscription(value)
            .map_err(|fault| error::attribute("DeliveryPolicy", fault)),
        "DeliveryPolicy" => Err(error::attribute(
            "DeliveryPolicy",
            format!("not supported for protocol {}", protocol.text()),
        )),
        "RedrivePolicy" => check_redrive(value),
        "ReplayPolicy" => Err(error::invalid_parameter(
            "ReplayPolicy Reason: messages are not archived, so there is nothing to replay",
        )),
        _ if value.len() > 2_048 => Err(error::invalid_parameter(name)),
        _ => Ok(()),
    }
}

fn check_filter(policy: &str, scope: Scope) -> Result<()> {
    match FilterPolicy::parse(policy, scope) {
        Ok(_) => Ok(()),
        Err(fault) => Err(error::attribute("FilterPolicy", fault)),
    }
}

/// A redrive policy names a queue. Deliveries that are given up are kept here in any case.
fn check_redrive(text: &str) -> Result<()> {
    let policy: Option<Value> = serde_json::from_str(text).ok();
    let Some(policy) = policy.filter(Value::is_object) else {
        return Err(error::attribute("RedrivePolicy", "failed to parse JSON."));
    };
    let queue = policy["deadLetterTargetArn"].as_str().unwrap_or_default();
    let parts: Vec<_> = queue.split(':').collect();
    match parts[..] {
        ["arn", _, "sqs", _, _, name] if !name.is_empty() => Ok(()),
        _ => Err(error::attribute("RedrivePolicy", "deadLetterTargetArn is an invalid ARN")),
    }
}
