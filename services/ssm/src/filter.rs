//! Filters of lists of parameters.

use strongroom_wire::{Result, Shape};

use crate::parameter::{Parameter, Version};
use crate::shapes::{ParameterType, Tier};
use crate::{error, name};

/// A filter as requests have it.
#[derive(Clone, Debug, Shape)]
pub struct StringFilter {
    /// What is looked at.
    #[shape(length = 1..=132, pattern = "^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$")]
    pub key: String,
    /// How it is compared.
    #[shape(length = 1..=10)]
    pub option: Option<String>,
    /// With what; one that fits is enough.
    #[shape(length = 1..=50)]
    pub values: Option<Vec<FilterValue>>,
}

/// A value of a filter.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=1024)]
pub struct FilterValue(pub String);

/// A filter of the older kind.
#[derive(Clone, Debug, Shape)]
pub struct OldFilter {
    /// What is looked at.
    pub key: OldKey,
    /// What it has to be.
    #[shape(length = 1..=50)]
    pub values: Vec<FilterValue>,
}

/// What filters of the older kind look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum OldKey {
    /// The name.
    Name,
    /// The type.
    Type,
    /// The KMS key.
    KeyId,
}

/// Which list is filtered: not every key is taken for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// DescribeParameters.
    Descriptions,
    /// GetParametersByPath.
    ByPath,
}

/// Filters that have been checked; all of them have to fit.
#[derive(Debug, Default)]
pub struct Filters(Vec<Filter>);

#[derive(Debug)]
struct Filter {
    key: Key,
    how: How,
    values: Vec<String>,
}

#[derive(Debug)]
enum Key {
    Name,
    Type,
    Kms,
    Path,
    Label,
    Tier,
    DataType,
    Tag(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Equals,
    BeginsWith,
    Contains,
    OneLevel,
    Recursive,
}

impl Filters {
    /// Checks `filters` for `list`.
    ///
    /// # Errors
    /// InvalidFilterKey, InvalidFilterOption, InvalidFilterValue, ValidationException.
    pub fn check(filters: &[StringFilter], list: List) -> Result<Self> {
        let mut checked = Vec::with_capacity(filters.len());
        for (index, filter) in filters.iter().enumerate() {
            let key = Key::of(&filter.key, list)?;
            if filters[..index].iter().any(|earlier| earlier.key == filter.key) {
                return Err(error::duplicate_filter(&filter.key));
            }
            let values: Vec<_> = filter.values.iter().flatten().map(|v| v.0.clone()).collect();
            // A tag may be asked for whatever its value is.
            if values.is_empty() && !matches!(key, Key::Tag(_)) {
                return Err(error::missing_filter_values(&filter.key));
            }
            let how = key.how(filter.option.as_deref())?;
            key.check_values(&values)?;
            checked.push(Filter { key, how, values });
        }
        Ok(Self(checked))
    }

    /// Filters of the older kind.
    pub fn old(filters: &[OldFilter]) -> Self {
        let filter = |filter: &OldFilter| Filter {
            key: match filter.key {
                OldKey::Name => Key::Name,
                OldKey::Type => Key::Type,
                OldKey::KeyId => Key::Kms,
            },
            how: How::Equals,
            values: filter.values.iter().map(|value| value.0.clone()).collect(),
        };
        Self(filters.iter().map(filter).collect())
    }

    /// Whether all of them fit.
    pub fn fit(&self, parameter: &Parameter) -> bool {
        self.0.iter().all(|filter| filter.fits(parameter))
    }

    /// The version that a filter by label is after.
    pub fn labelled<'p>(&self, parameter: &'p Parameter) -> Option<&'p Version> {
        let by_label = self.0.iter().find(|filter| matches!(filter.key, Key::Label))?;
        by_label.values.iter().find_map(|label| parameter.labelled(label))
    }

    /// The only names that fit, if the filters say so.
    pub fn names(&self) -> Option<&[String]> {
        let exact = |filter: &&Filter| matches!(filter.key, Key::Name) && filter.how == How::Equals;
        self.0.iter().find(exact).map(|filter| filter.values.as_slice())
    }

    /// The only path below which anything fits, without slashes at its ends.
    pub fn path(&self) -> &str {
        let by_path = self.0.iter().find(|filter| matches!(filter.key, Key::Path));
        match by_path.map(|filter| filter.values.as_slice()) {
            Some([path]) => path.trim_matches('/'),
            _ => "",
        }
    }
}

impl Key {
    fn of(text: &str, list: List) -> Result<Self> {
        let key = match text {
            "Name" => Self::Name,
            "Type" => Self::Type,
            "KeyId" => Self::Kms,
            "Path" => Self::Path,
            "Label" => Self::Label,
            "Tier" => Self::Tier,
            "DataType" => Self::DataType,
            other => Self::Tag(other.strip_prefix("tag:").unwrap_or(other).to_owned()),
        };
        match list {
            List::Descriptions if matches!(key, Self::Label) => {
                Err(error::invalid_filter_key(text, "Path, Name, Type, KeyId, Tier"))
            }
            List::ByPath if !matches!(key, Self::Type | Self::Kms | Self::Label) => {
                Err(error::invalid_filter_key(text, "Type, KeyId"))
            }
            _ => Ok(key),
        }
    }

    fn how(&self, option: Option<&str>) -> Result<How> {
        let choices: &[(&str, How)] = match self {
            Self::Path => &[("Recursive", How::Recursive), ("OneLevel", How::OneLevel)],
            Self::Name => &[
                ("BeginsWith", How::BeginsWith),
                ("Equals", How::Equals),
                ("Contains", How::Contains),
            ],
            Self::Kms | Self::Type => &[("BeginsWith", How::BeginsWith), ("Equals", How::Equals)],
            Self::Label | Self::Tier | Self::DataType | Self::Tag(_) => &[("Equals", How::Equals)],
        };
        let Some(option) = option else {
            return Ok(if matches!(self, Self::Path) { How::OneLevel } else { How::Equals });
        };
        let chosen = choices.iter().find(|(name, _)| *name == option).map(|(_, how)| *how);
        chosen.ok_or_else(|| {
            // AWS does not tell that names can be searched for a part.
            let told = choices.iter().map(|(name, _)| *name).filter(|name| *name != "Contains");
            error::invalid_filter_option(option, &told.collect::<Vec<_>>().join(", "))
        })
    }

    fn check_values(&self, values: &[String]) -> Result<()> {
        let choices = match self {
            Self::Type => ParameterType::TEXTS,
            Self::Tier => Tier::TEXTS,
            Self::Path => return values.iter().try_for_each(|value| check_path(value)),
            _ => return Ok(()),
        };
        match values.iter().find(|value| !choices.contains(&value.as_str())) {
            Some(wrong) => Err(error::invalid_filter_choice(wrong, &choices.join(", "))),
            None => Ok(()),
        }
    }
}

impl Filter {
    fn fits(&self, parameter: &Parameter) -> bool {
        let Some(latest) = parameter.latest() else { return false };
        match &self.key {
            Key::Name => self.any(|value| self.compare(&parameter.name, value)),
            Key::Type => self.any(|value| self.compare(parameter.kind.text(), value)),
            Key::Kms => {
                let key = latest.shown_key(parameter.kind);
                self.any(|value| key.is_some_and(|key| self.compare(key, value)))
            }
            Key::Path => self.any(|path| {
                let path = path.trim_matches('/');
                below(name::bare(&parameter.name), path, self.how == How::Recursive)
            }),
            Key::Label => self.any(|label| parameter.labelled(label).is_some()),
            Key::Tier => self.any(|tier| latest.tier.text() == tier),
            Key::DataType => self.any(|kind| latest.data_type == kind),
            Key::Tag(key) => match parameter.tags.get(key) {
                Some(had) => self.values.is_empty() || self.any(|value| had == value),
                None => false,
            },
        }
    }

    fn any(&self, fits: impl Fn(&str) -> bool) -> bool {
        self.values.iter().any(|value| fits(value))
    }

    fn compare(&self, text: &str, value: &str) -> bool {
        match self.how {
            How::BeginsWith => text.starts_with(value),
            How::Contains => text.contains(value),
            How::Equals | How::OneLevel | How::Recursive => text == value,
        }
    }
}

fn check_path(path: &str) -> Result<()> {
    let inner = name::check_path(path)?.to_ascii_lowercase();
    if inner.starts_with("aws") || inner.starts_with("ssm") {
        return Err(error::reserved_path());
    }
    Ok(())
}

/// Whether the bare `name` stands below `path`.
fn below(name: &str, path: &str, recursive: bool) -> bool {
    let rest = match path {
        "" => Some(name),
        path => name.strip_prefix(path).and_then(|rest| rest.strip_prefix('/')),
    };
    rest.is_some_and(|rest| recursive || !rest.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_a_path_is_what_has_it_in_front_level_by_level() {
        assert!(below("a/b", "a", false));
        assert!(below("a/b/c", "a", true));
        assert!(below("x", "", false));
        assert!(!below("a/b/c", "a", false));
        assert!(!below("ab/c", "a", true));
        assert!(!below("a", "a", true));
    }
}
