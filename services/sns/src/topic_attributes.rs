//! The attributes of a topic: which there are, what they may be, and how they are shown.

use strongroom_policy::{Kind, Policy};
use strongroom_wire::Result;

use crate::arn::TopicArn;
use crate::delivery_policy;
use crate::error;
use crate::shapes::Attributes;
use crate::topic::{Attached, Topic};

/// What may be set; `true` for FIFO topics only.
const KNOWN: &[(&str, bool)] = &[
    ("ApplicationFailureFeedbackRoleArn", false),
    ("ApplicationSuccessFeedbackRoleArn", false),
    ("ApplicationSuccessFeedbackSampleRate", false),
    ("ArchivePolicy", true),
    ("ContentBasedDeduplication", true),
    ("DeliveryPolicy", false),
    ("DisplayName", false),
    ("FifoThroughputScope", true),
    ("FirehoseFailureFeedbackRoleArn", false),
    ("FirehoseSuccessFeedbackRoleArn", false),
    ("FirehoseSuccessFeedbackSampleRate", false),
    ("HTTPFailureFeedbackRoleArn", false),
    ("HTTPSuccessFeedbackRoleArn", false),
    ("HTTPSuccessFeedbackSampleRate", false),
    ("KmsMasterKeyId", false),
    ("LambdaFailureFeedbackRoleArn", false),
    ("LambdaSuccessFeedbackRoleArn", false),
    ("LambdaSuccessFeedbackSampleRate", false),
    ("Policy", false),
    ("SQSFailureFeedbackRoleArn", false),
    ("SQSSuccessFeedbackRoleArn", false),
    ("SQSSuccessFeedbackSampleRate", false),
    ("SignatureVersion", false),
    ("TracingConfig", false),
];

/// AWS's limit on the name that mails come from.
const DISPLAY_NAME_CHARS: usize = 100;

/// Reads what CreateTopic was given: the attributes to keep, and the policy if there is one.
///
/// # Errors
/// AWS's for an attribute that it does not know or a value that cannot be.
pub fn initial(topic: &TopicArn, given: &Attributes) -> Result<(Attributes, Option<Attached>)> {
    let is_fifo = topic.name.ends_with(crate::arn::FIFO);
    let mut kept = Attributes::new();
    let mut policy = None;
    match given.get("FifoTopic").map(String::as_str) {
        Some("true") if !is_fifo => {
            return Err(error::invalid_parameter(
                "Fifo Topic names must end with .fifo and must be made up of only uppercase and \
                 lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 \
                 and 256 characters long.",
            ));
        }
        None | Some("false") if is_fifo => return Err(error::invalid_parameter("Topic Name")),
        None | Some("true" | "false") => {}
        Some(other) => {
            return Err(error::attribute_value("FifoTopic", other, "Must be true or false."));
        }
    }
    if is_fifo {
        kept.insert("FifoTopic".to_owned(), "true".to_owned());
        kept.insert("ContentBasedDeduplication".to_owned(), "false".to_owned());
    }
    for (name, value) in given.iter().filter(|(name, _)| *name != "FifoTopic") {
        if !KNOWN.iter().any(|(known, _)| known == name) {
            return Err(error::invalid_parameter(format!(
                "Attributes Reason: Unknown attribute {name}"
            )));
        }
        check(topic, name, value)?;
        if name == "Policy" {
            policy = Some(Attached::new(value.clone()));
        } else if !value.is_empty() {
            kept.insert(name.clone(), value.clone());
        }
    }
    Ok((kept, policy))
}

/// Sets one attribute.
///
/// # Errors
/// As [`initial`].
pub fn set(topic: &mut Topic, name: &str, value: &str) -> Result<()> {
    let arn = topic.arn_parts();
    if !KNOWN.iter().any(|(known, _)| *known == name) {
        return Err(error::invalid_parameter("AttributeName"));
    }
    check(&arn, name, value)?;
    match name {
        "Policy" if value.is_empty() => topic.policy = Attached::default_of(&arn),
        "Policy" => topic.policy = Attached::new(value.to_owned()),
        _ if value.is_empty() => {
            topic.attributes.remove(name);
        }
        _ => {
            topic.attributes.insert(name.to_owned(), value.to_owned());
        }
    }
    Ok(())
}

/// Everything that GetTopicAttributes tells.
pub fn shown(topic: &Topic) -> Attributes {
    let mut shown = topic.attributes.clone();
    let counts = topic.counts;
    for (name, value) in [
        ("TopicArn", topic.arn()),
        ("Owner", topic.place.account.clone()),
        ("Policy", topic.policy.text().to_owned()),
        ("SubscriptionsConfirmed", counts.confirmed.to_string()),
        ("SubscriptionsPending", counts.pending.to_string()),
        ("SubscriptionsDeleted", counts.deleted.to_string()),
        (
            "EffectiveDeliveryPolicy",
            delivery_policy::effective_of_topic(topic.attribute("DeliveryPolicy")),
        ),
    ] {
        shown.insert(name.to_owned(), value);
    }
    shown.entry("DisplayName".to_owned()).or_default();
    shown
}

/// Whether the attributes that CreateTopic was given are those of the topic that is there already.
pub fn agree(topic: &Topic, given: &Attributes, kept: &Attributes) -> bool {
    let same_policy = given.get("Policy").is_none_or(|policy| policy == topic.policy.text());
    let said = |name: &String| given.contains_key(name);
    same_policy
        && kept
            .iter()
            .filter(|(name, _)| said(name))
            .all(|(name, value)| topic.attributes.get(name) == Some(value))
}

fn check(topic: &TopicArn, name: &str, value: &str) -> Result<()> {
    let fifo_only = KNOWN.iter().any(|(known, fifo)| *known == name && *fifo);
    if fifo_only && !topic.name.ends_with(crate::arn::FIFO) {
        return Err(error::invalid_parameter(format!(
            "Attributes Reason: {name} is only supported for FIFO topics"
        )));
    }
    if value.is_empty() {
        return Ok(());
    }
    let one_of = |allowed: &[&str], hint: &str| match allowed.contains(&value) {
        true => Ok(()),
        false => Err(error::attribute_value(name, value, hint)),
    };
    match name {
        "Policy" => check_policy(topic, value),
        "DeliveryPolicy" => delivery_policy::check_of_topic(value)
            .map_err(|fault| error::attribute("DeliveryPolicy", fault)),
        "DisplayName" => match value.chars().count() <= DISPLAY_NAME_CHARS
            && !value.chars().any(char::is_control)
        {
            true => Ok(()),
            false => Err(error::invalid_parameter("DisplayName")),
        },
        "SignatureVersion" => one_of(&["1", "2"], "Please use either 1 or 2"),
        "TracingConfig" => {
            one_of(&["PassThrough", "Active"], "Please use either PassThrough or Active")
        }
        "ContentBasedDeduplication" => one_of(&["true", "false"], "Must be true or false."),
        "FifoThroughputScope" => {
            one_of(&["Topic", "MessageGroup"], "Please use either Topic or MessageGroup")
        }
        _ if name.ends_with("SampleRate") => match value.parse::<u8>() {
            Ok(0..=100) => Ok(()),
            _ => Err(error::attribute_value(name, value, "Must be between 0 and 100.")),
        },
        _ if name.ends_with("RoleArn") => match value.starts_with("arn:aws:iam::") {
            true => Ok(()),
            false => Err(error::invalid_parameter(name)),
        },
        _ if value.len() > 20_480 => Err(error::invalid_parameter(name)),
        _ => Ok(()),
    }
}

/// Checks a policy as AWS does before it attaches it.
///
/// # Errors
/// `InvalidParameter` for a document that cannot be, or that speaks of other actions or topics.
pub fn check_policy(topic: &TopicArn, text: &str) -> Result<()> {
    let policy = Policy::parse(text, Kind::Resource).map_err(|malformed| {
        error::invalid_parameter(format!("Policy Error: {malformed}")).because(malformed)
    })?;
    let arn = topic.text();
    for statement in policy.statements() {
        let foreign = |action: &str| {
            let service = action.split(':').next().unwrap_or_default();
            action != "*" && !service.eq_ignore_ascii_case("sns")
        };
        if statement.actions().any(foreign) {
            return Err(error::invalid_parameter("Policy statement action out of service scope!"));
        }
        let elsewhere = |resource: &str| {
            let plain = !resource.contains(['*', '?']);
            plain && resource != arn
        };
        if !statement.has_not_resource() && statement.resources().any(elsewhere) {
            return Err(error::invalid_parameter(
                "Policy Error: Statement resources must be the topic that the policy is for",
            ));
        }
    }
    Ok(())
}
