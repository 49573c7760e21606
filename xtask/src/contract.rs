//! The contract of a service as `conformance/models` holds it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::complaint::Complaint;
use crate::repository::Repository;

/// AWS's model of a service.
#[derive(Deserialize)]
pub struct Contract {
    /// The release of botocore that it was taken from.
    pub botocore: String,
    /// Every operation.
    pub operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

/// An operation.
#[derive(Deserialize)]
pub struct Operation {
    /// The shape of its input, unless it has none.
    pub input: Option<String>,
}

/// A shape with its constraints.
#[derive(Deserialize)]
pub struct Shape {
    /// `string`, `structure` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// Smallest length or value.
    pub min: Option<serde_json::Number>,
    /// Largest length or value.
    pub max: Option<serde_json::Number>,
    /// What a text must match.
    pub pattern: Option<String>,
    /// The texts allowed.
    #[serde(rename = "enum", default)]
    pub texts: Vec<String>,
    /// Whether it must not be printed.
    #[serde(default)]
    pub sensitive: bool,
    /// The members of a structure.
    #[serde(default)]
    pub members: BTreeMap<String, Reference>,
    /// The members that must be there.
    #[serde(default)]
    pub required: Vec<String>,
    /// What a list holds.
    pub member: Option<String>,
    /// What a map leads to.
    pub value: Option<String>,
}

/// A member's shape, by name; in an object if there is more to say of it.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Reference {
    /// Just the name.
    Plain(String),
    /// The name and more.
    Special {
        /// The name.
        shape: String,
    },
}

impl Reference {
    /// The shape's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Plain(name) | Self::Special { shape: name } => name,
        }
    }
}

impl Contract {
    /// The contract of the service with this signing name.
    ///
    /// # Errors
    /// When there is none or it cannot be read.
    pub fn read(repository: &Repository, service: &str) -> Result<Self, Complaint> {
        let path = format!("conformance/models/{service}.json");
        let text = repository.read(&path)?;
        serde_json::from_str(&text).map_err(|cause| Complaint::new(path, cause.to_string()))
    }

    /// A shape by its name.
    pub fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }
}
