//! How functions and layers are named.

use strongroom_wire::Result;

use crate::{Call, error};

/// A function that somebody named, with the qualifier if there was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The 12 digits of its account.
    pub account: String,
    /// Its region, which is the one that was called.
    pub region: String,
    /// Its name.
    pub name: String,
    /// A version or alias.
    pub qualifier: Option<String>,
}

/// The version that is being worked on.
pub const LATEST: &str = "$LATEST";
const LONGEST_NAME: usize = 64;

impl Named {
    /// Reads a name, a partial or a whole ARN; `qualifier` is what stands beside it.
    ///
    /// # Errors
    /// AWS's errors for other regions, two qualifiers, and names that are none.
    pub fn read(call: &Call<'_>, text: &str, qualifier: Option<&str>) -> Result<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        let (region, account, rest) = match parts.as_slice() {
            ["arn", _, "lambda", region, account, "function", rest @ ..] => {
                (Some(*region), Some(*account), rest)
            }
            [region, account, "function", rest @ ..] => (Some(*region), Some(*account), rest),
            ["function", rest @ ..] => (None, None, rest),
            [account, "function", rest @ ..] => (None, Some(*account), rest),
            rest => (None, None, rest),
        };
        let (name, within) = match rest {
            [name] => (*name, None),
            [name, qualifier] => (*name, Some(*qualifier)),
            _ => return Err(error::not_a_function(text)),
        };
        if let Some(region) = region.filter(|region| *region != call.region) {
            return Err(error::another_region(region, call.region));
        }
        if name.len() > LONGEST_NAME {
            return Err(error::name_too_long(name));
        }
        if within.is_some() && qualifier.is_some() && within != qualifier {
            return Err(error::two_qualifiers());
        }
        Ok(Self {
            account: account.unwrap_or(call.caller.account()).to_owned(),
            region: call.region.to_owned(),
            name: name.to_owned(),
            qualifier: qualifier.or(within).map(str::to_owned),
        })
    }

    /// The function's ARN without qualifier.
    #[must_use]
    pub fn arn(&self) -> String {
        function_arn(&self.region, &self.account, &self.name)
    }

    /// The ARN with the qualifier if there was one.
    #[must_use]
    pub fn qualified_arn(&self) -> String {
        match &self.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", self.arn()),
            None => self.arn(),
        }
    }
}

/// The ARN of a function.
#[must_use]
pub fn function_arn(region: &str, account: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{account}:function:{name}")
}

/// The ARN of a layer.
#[must_use]
pub fn layer_arn(region: &str, account: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{account}:layer:{name}")
}

/// Region, account, name and number of a layer version's ARN.
#[must_use]
pub fn layer_version(arn: &str) -> Option<(&str, &str, &str, u64)> {
    match arn.split(':').collect::<Vec<_>>().as_slice() {
        ["arn", _, "lambda", region, account, "layer", name, number] => {
            Some((*region, *account, *name, number.parse().ok()?))
        }
        _ => None,
    }
}

/// Whether a text is a version's number.
#[must_use]
pub fn is_number(qualifier: &str) -> bool {
    !qualifier.is_empty() && qualifier.bytes().all(|byte| byte.is_ascii_digit())
}
