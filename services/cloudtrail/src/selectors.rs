//! Event selectors: which events a trail wants.

use serde::{Deserialize, Serialize};
use strongroom_wire::{Reply, Result, Shape};

use crate::error;

/// The selectors of a trail: plain ones or advanced ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selectors {
    /// Plain ones.
    pub plain: Vec<Plain>,
    /// Advanced ones.
    pub advanced: Vec<Advanced>,
}

/// A plain selector, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plain {
    /// `All`, `ReadOnly` or `WriteOnly`.
    pub read_write: String,
    /// Whether management events are wanted.
    pub management: bool,
    /// Types of data events, each with ARNs.
    pub data: Vec<(String, Vec<String>)>,
    /// Services whose management events are not wanted.
    pub without: Vec<String>,
}

/// An advanced selector, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advanced {
    /// Its name.
    pub name: Option<String>,
    /// Conditions, all of which must hold: a field, then texts for each of the six operators.
    pub fields: Vec<(String, [Option<Vec<String>>; 6])>,
}

/// Reads and writes, or one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
#[allow(missing_docs)]
pub enum ReadWriteType {
    ReadOnly,
    WriteOnly,
    All,
}

/// A plain selector on the wire.
#[derive(Clone, Debug, Shape)]
pub struct EventSelector {
    /// Reads, writes or both; both if absent.
    pub read_write_type: Option<ReadWriteType>,
    /// Whether management events are wanted; they are if absent.
    pub include_management_events: Option<bool>,
    /// Data events.
    pub data_resources: Option<Vec<DataResource>>,
    /// Services that are left out.
    pub exclude_management_event_sources: Option<Vec<String>>,
}

/// Data events of one type of resource.
#[derive(Clone, Debug, Shape)]
pub struct DataResource {
    /// The type.
    #[shape(name = "Type")]
    pub kind: Option<String>,
    /// ARNs.
    pub values: Option<Vec<String>>,
}

/// An advanced selector on the wire.
#[derive(Clone, Debug, Shape)]
pub struct AdvancedEventSelector {
    /// Its name.
    #[shape(length = 0..=1000, pattern = ".*")]
    pub name: Option<String>,
    /// Its conditions.
    #[shape(length = 1..)]
    pub field_selectors: Vec<FieldSelector>,
}

/// A condition of an advanced selector.
#[derive(Clone, Debug, Shape)]
pub struct FieldSelector {
    /// The field.
    #[shape(length = 1..=1000, pattern = "[\\w|\\d|\\.|_]+")]
    pub field: String,
    /// Is one of these.
    #[shape(length = 1..)]
    pub equals: Option<Vec<OperatorValue>>,
    /// Begins with one of these.
    #[shape(length = 1..)]
    pub starts_with: Option<Vec<OperatorValue>>,
    /// Ends with one of these.
    #[shape(length = 1..)]
    pub ends_with: Option<Vec<OperatorValue>>,
    /// Is none of these.
    #[shape(length = 1..)]
    pub not_equals: Option<Vec<OperatorValue>>,
    /// Begins with none of these.
    #[shape(length = 1..)]
    pub not_starts_with: Option<Vec<OperatorValue>>,
    /// Ends with none of these.
    #[shape(length = 1..)]
    pub not_ends_with: Option<Vec<OperatorValue>>,
}

/// What a field is compared with.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=2048, pattern = ".+")]
pub struct OperatorValue(pub String);

/// The selectors of a trail in a reply; one of the two lists is there.
#[derive(Clone, Debug, Reply)]
pub struct SelectorsView {
    /// The trail.
    #[shape(name = "TrailARN")]
    pub trail_arn: String,
    /// Plain ones.
    pub event_selectors: Option<Vec<EventSelector>>,
    /// Advanced ones.
    pub advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
}

/// AWS's quota of selectors of a trail, and of values in them.
const MOST: usize = 5;
const MOST_ADVANCED: usize = 500;
const MOST_VALUES: usize = 250;
const EXCLUDABLE: &[&str] = &["kms.amazonaws.com", "rdsdata.amazonaws.com"];
const FIELDS: &[&str] = &[
    "eventCategory",
    "eventName",
    "eventSource",
    "eventType",
    "readOnly",
    "resources.ARN",
    "resources.type",
    "sessionCredentialFromConsole",
    "userIdentity.arn",
    "vpcEndpointId",
    "errorCode",
];

impl Selectors {
    /// Checks selectors as they come in.
    ///
    /// # Errors
    /// InvalidEventSelectorsException.
    pub fn of(
        plain: Option<&Vec<EventSelector>>,
        advanced: Option<&Vec<AdvancedEventSelector>>,
    ) -> Result<Self> {
        let (plain, advanced) =
            (plain.map_or(&[][..], Vec::as_slice), advanced.map_or(&[][..], Vec::as_slice));
        if plain.is_empty() == advanced.is_empty() {
            return Err(error::invalid_selectors(
                "Specify either event selectors or advanced event selectors, but not both.",
            ));
        }
        if plain.len() > MOST {
            return Err(error::invalid_selectors("A trail has at most 5 event selectors."));
        }
        Ok(Self {
            plain: plain.iter().map(Plain::of).collect::<Result<_>>()?,
            advanced: checked_advanced(advanced)?,
        })
    }

    /// Shows those of the trail `arn`; AWS's default if it has none of its own.
    #[must_use]
    pub fn show(own: Option<&Self>, arn: String) -> SelectorsView {
        let default = Self { plain: vec![Plain::default()], advanced: Vec::new() };
        let shown = own.unwrap_or(&default);
        let plain: Vec<_> = shown.plain.iter().map(Plain::show).collect();
        let advanced: Vec<_> = shown.advanced.iter().map(Advanced::show).collect();
        SelectorsView {
            trail_arn: arn,
            event_selectors: (!plain.is_empty()).then_some(plain),
            advanced_event_selectors: (!advanced.is_empty()).then_some(advanced),
        }
    }
}

impl Default for Plain {
    fn default() -> Self {
        Self {
            read_write: "All".to_owned(),
            management: true,
            data: Vec::new(),
            without: Vec::new(),
        }
    }
}

impl Plain {
    fn of(selector: &EventSelector) -> Result<Self> {
        let read_write = match selector.read_write_type {
            None | Some(ReadWriteType::All) => "All",
            Some(ReadWriteType::ReadOnly) => "ReadOnly",
            Some(ReadWriteType::WriteOnly) => "WriteOnly",
        };
        let without = selector.exclude_management_event_sources.clone().unwrap_or_default();
        if let Some(other) = without.iter().find(|one| !EXCLUDABLE.contains(&one.as_str())) {
            return Err(error::invalid_selectors(&format!(
                "Event source {other} is not valid for ExcludeManagementEventSources."
            )));
        }
        let resources = selector.data_resources.iter().flatten();
        let data: Vec<_> = resources
            .map(|one| {
                (one.kind.clone().unwrap_or_default(), one.values.clone().unwrap_or_default())
            })
            .collect();
        if data.iter().map(|(_, values)| values.len()).sum::<usize>() > MOST_VALUES {
            return Err(error::invalid_selectors("A trail has at most 250 data resources."));
        }
        let management = selector.include_management_events.unwrap_or(true);
        Ok(Self { read_write: read_write.to_owned(), management, data, without })
    }

    fn show(&self) -> EventSelector {
        let read_write = match self.read_write.as_str() {
            "ReadOnly" => ReadWriteType::ReadOnly,
            "WriteOnly" => ReadWriteType::WriteOnly,
            _ => ReadWriteType::All,
        };
        let data = |(kind, values): &(String, Vec<String>)| DataResource {
            kind: Some(kind.clone()),
            values: Some(values.clone()),
        };
        EventSelector {
            read_write_type: Some(read_write),
            include_management_events: Some(self.management),
            data_resources: Some(self.data.iter().map(data).collect()),
            exclude_management_event_sources: Some(self.without.clone()),
        }
    }
}

fn checked_advanced(selectors: &[AdvancedEventSelector]) -> Result<Vec<Advanced>> {
    let fields = selectors.iter().flat_map(|one| &one.field_selectors);
    if let Some(other) = fields.clone().find(|one| !FIELDS.contains(&one.field.as_str())) {
        return Err(error::invalid_selectors(&format!("Field {} is not valid.", other.field)));
    }
    let values: usize = fields.flat_map(|one| one.operators()).flatten().map(Vec::len).sum();
    if values > MOST_ADVANCED {
        return Err(error::invalid_selectors(
            "Advanced event selectors have at most 500 conditions and values.",
        ));
    }
    for selector in selectors {
        let of_category =
            |one: &&FieldSelector| one.field == "eventCategory" && one.equals.is_some();
        if selector.field_selectors.iter().filter(of_category).count() != 1 {
            return Err(error::invalid_selectors(
                "Each advanced event selector has one field eventCategory with Equals.",
            ));
        }
    }
    Ok(selectors.iter().map(Advanced::of).collect())
}

impl Advanced {
    fn of(selector: &AdvancedEventSelector) -> Self {
        let texts = |values: &Option<Vec<OperatorValue>>| {
            values.as_ref().map(|all| all.iter().map(|one| one.0.clone()).collect())
        };
        let field = |one: &FieldSelector| (one.field.clone(), one.operators().map(texts));
        Self {
            name: selector.name.clone(),
            fields: selector.field_selectors.iter().map(field).collect(),
        }
    }

    fn show(&self) -> AdvancedEventSelector {
        let field = |(field, operators): &(String, [Option<Vec<String>>; 6])| {
            let values = |texts: Option<Vec<String>>| {
                texts.map(|all| all.into_iter().map(OperatorValue).collect::<Vec<_>>())
            };
            let [equals, starts_with, ends_with, not_equals, not_starts_with, not_ends_with] =
                operators.clone().map(values);
            FieldSelector {
                field: field.clone(),
                equals,
                starts_with,
                ends_with,
                not_equals,
                not_starts_with,
                not_ends_with,
            }
        };
        AdvancedEventSelector {
            name: self.name.clone(),
            field_selectors: self.fields.iter().map(field).collect(),
        }
    }
}

impl FieldSelector {
    fn operators(&self) -> [&Option<Vec<OperatorValue>>; 6] {
        [
            &self.equals,
            &self.starts_with,
            &self.ends_with,
            &self.not_equals,
            &self.not_starts_with,
            &self.not_ends_with,
        ]
    }
}
