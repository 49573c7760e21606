//! KMS's condition keys that follow from the key.

use std::borrow::Cow;

use strongroom_api::Values;

use crate::key::Key;

/// The value of a condition key for `key`.
pub fn of_key<'k>(key: &'k Key, request_alias: Option<&'k str>, name: &str) -> Option<Values<'k>> {
    Some(match name.strip_prefix("kms:")? {
        "keyspec" => Values::one(key.spec.text()),
        "keyusage" => Values::one(key.usage.text()),
        "keyorigin" => Values::one(key.origin.text()),
        "customermasterkeyspec" => Values::one(key.spec.legacy()?.text()),
        "customermasterkeyusage" => Values::one(key.usage.text()),
        "multiregion" => return truth(key.multi_region.is_some()),
        "multiregionkeytype" => Values::one(key.multi_region_type()?.text()),
        "primaryregion" => Values::one(&key.multi_region.as_ref()?.primary),
        "requestalias" => Values::one(request_alias?),
        "resourcealiases" if !key.aliases.is_empty() => Values::Many(
            key.aliases.iter().map(|name| Cow::Owned(format!("alias/{name}"))).collect(),
        ),
        _ => return None,
    })
}

/// `true` or `false`.
pub fn truth(value: bool) -> Option<Values<'static>> {
    Some(Values::one(if value { "true" } else { "false" }))
}
