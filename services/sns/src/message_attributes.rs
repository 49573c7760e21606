//! Attributes of messages: what they may be.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use strongroom_wire::Result;

use crate::error;
use crate::filter_policy::Attribute;
use crate::shapes::MessageAttributeValue;

/// An attribute of a message: its type, and its value as text (base64 for `Binary`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessageAttribute {
    /// `String`, `Number`, `Binary`, `String.Array`, or one of these with a label.
    pub data_type: String,
    /// The value as it is delivered.
    pub value: String,
    #[serde(skip)]
    filterable: OnceLock<Attribute>,
}

/// The longest name of an attribute, in characters.
const NAME_CHARS: usize = 256;

impl MessageAttribute {
    /// The attribute as filters see it.
    pub fn filterable(&self) -> &Attribute {
        self.filterable.get_or_init(|| self.read())
    }

    fn read(&self) -> Attribute {
        let text = || Attribute::Text(self.value.clone());
        if self.data_type == "String.Array" {
            return serde_json::from_str(&self.value).map_or_else(|_| text(), Attribute::List);
        }
        match self.data_type.split('.').next() {
            Some("Number") => self.value.trim().parse().map_or_else(|_| text(), Attribute::Number),
            Some("Binary") => Attribute::Opaque,
            _ => text(),
        }
    }
}

/// Checks the attributes of a message; also says how many bytes they have.
///
/// # Errors
/// AWS's for a name, a type or a value that cannot be.
pub fn read(
    given: Option<&BTreeMap<String, MessageAttributeValue>>,
) -> Result<(BTreeMap<String, MessageAttribute>, usize)> {
    let mut read = BTreeMap::new();
    let mut bytes = 0;
    for (name, value) in given.into_iter().flatten() {
        check_name(name)?;
        let attribute = one(name, value)?;
        bytes += name.len() + attribute.data_type.len() + attribute.value.len();
        read.insert(name.clone(), attribute);
    }
    Ok((read, bytes))
}

fn one(name: &str, given: &MessageAttributeValue) -> Result<MessageAttribute> {
    let kind = given.data_type.split('.').next().unwrap_or_default();
    if given.data_type.is_empty() {
        return refuse(format!(
            "The message attribute '{name}' must contain non-empty message attribute type."
        ));
    }
    if !["String", "Number", "Binary"].contains(&kind) || given.data_type.len() > 256 {
        return refuse(format!(
            "The message attribute '{name}' has an invalid message attribute type, the set of \
             supported type prefixes is Binary, Number, and String."
        ));
    }
    let value = match kind {
        "Binary" => given.binary_value.as_ref().map(|bytes| STANDARD.encode(&bytes.reveal().0)),
        _ => given.string_value.as_ref().map(|text| text.reveal().clone()),
    };
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return refuse(format!(
            "The message attribute '{name}' must contain non-empty message attribute value for \
             message attribute type '{}'.",
            given.data_type
        ));
    };
    if kind == "Number" && !value.trim().parse::<f64>().is_ok_and(f64::is_finite) {
        return refuse(format!("Could not cast message attribute '{name}' value to number."));
    }
    if given.data_type == "String.Array" && !is_array(&value) {
        return refuse(format!(
            "The message attribute '{name}' has an invalid String.Array value; it must be a JSON \
             array of strings, numbers, booleans and nulls."
        ));
    }
    Ok(MessageAttribute { data_type: given.data_type.clone(), value, filterable: OnceLock::new() })
}

fn is_array(text: &str) -> bool {
    let plain = |item: &serde_json::Value| !item.is_array() && !item.is_object();
    serde_json::from_str::<Vec<serde_json::Value>>(text).is_ok_and(|items| items.iter().all(plain))
}

fn check_name(name: &str) -> Result<()> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    if name.is_empty() || name.len() > NAME_CHARS || !name.bytes().all(plain) {
        return refuse("The message attribute name can contain only these characters: A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.).".to_owned());
    }
    if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        return refuse("Invalid message attribute name: it must not begin or end with a period, or have periods in succession.".to_owned());
    }
    let lower = name.to_ascii_lowercase();
    if lower.starts_with("aws.") || lower.starts_with("amazon.") {
        return refuse("Message attribute names must not begin with AWS. or Amazon.".to_owned());
    }
    Ok(())
}

fn refuse<T>(reason: String) -> Result<T> {
    Err(error::message_attribute(reason))
}
