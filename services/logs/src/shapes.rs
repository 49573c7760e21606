//! Members that several operations share, with the constraints of AWS's model.

use strongroom_api::Shape;

/// How many entries a page of a description has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
#[shape(range = 1..=50)]
pub struct DescribeLimit(pub i32);

/// How many events a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
#[shape(range = 1..=10_000)]
pub struct EventsLimit(pub i32);

/// A moment in milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
#[shape(range = 0..)]
pub struct Millis(pub i64);

/// A page token.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..)]
pub struct NextToken(pub String);

/// A filter pattern.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 0..=1024)]
pub struct FilterPattern(pub String);

/// The name of a filter, or the beginning of one.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=512, pattern = "[^:*]*")]
pub struct FilterName(pub String);

/// The key of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=128, pattern = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$")]
pub struct TagKey(pub String);

/// The value of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 0..=256, pattern = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")]
pub struct TagValue(pub String);

/// The 12 digits of an account.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 12..=12, pattern = r"^\d{12}$")]
pub struct AccountId(pub String);

/// What a group is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum LogGroupClass {
    /// Everything.
    #[shape(name = "STANDARD")]
    Standard,
    /// Data that is seldom read.
    #[shape(name = "INFREQUENT_ACCESS")]
    InfrequentAccess,
    /// Data on its way elsewhere.
    #[shape(name = "DELIVERY")]
    Delivery,
    /// Less of everything.
    #[shape(name = "ESSENTIALS")]
    Essentials,
}

impl LogGroupClass {
    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::InfrequentAccess => "INFREQUENT_ACCESS",
            Self::Delivery => "DELIVERY",
            Self::Essentials => "ESSENTIALS",
        }
    }
}

impl DescribeLimit {
    /// The size of a page; 50 if the request does not say.
    #[must_use]
    pub fn size(limit: Option<Self>) -> usize {
        limit.and_then(|limit| usize::try_from(limit.0).ok()).unwrap_or(50)
    }
}

impl EventsLimit {
    /// The size of a page; 10,000 if the request does not say.
    #[must_use]
    pub fn size(limit: Option<Self>) -> usize {
        limit.and_then(|limit| usize::try_from(limit.0).ok()).unwrap_or(10_000)
    }
}
