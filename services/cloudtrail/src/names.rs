//! Names: what a trail, a bucket and a topic may be called.

use strongroom_wire::Result;

use crate::error;

/// Why a trail cannot have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// It has characters that no name has.
    Characters,
    /// It does not begin with a letter or digit.
    Start,
    /// It does not end with one.
    End,
    /// It has fewer than three characters.
    Short(usize),
    /// It has more than 128.
    Long(usize),
    /// Two signs stand side by side.
    Adjacent,
    /// It looks like an IP address.
    Address,
}

/// Whether a trail can be called `name`.
///
/// # Errors
/// InvalidTrailNameException.
pub fn check_trail(name: &str) -> Result<()> {
    refusal(name).map_or(Ok(()), |why| Err(error::invalid_name(why)))
}

fn refusal(name: &str) -> Option<Name> {
    let is_sign = |c: char| matches!(c, '.' | '-' | '_');
    let length = name.chars().count();
    if length < 3 {
        return Some(Name::Short(length));
    }
    if length > 128 {
        return Some(Name::Long(length));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || is_sign(c)) {
        return Some(Name::Characters);
    }
    if name.starts_with(is_sign) {
        return Some(Name::Start);
    }
    if name.ends_with(is_sign) {
        return Some(Name::End);
    }
    let bytes = name.as_bytes();
    if bytes.windows(2).any(|pair| pair.iter().all(|byte| is_sign(char::from(*byte)))) {
        return Some(Name::Adjacent);
    }
    name.parse::<std::net::Ipv4Addr>().is_ok().then_some(Name::Address)
}

/// Whether a bucket can be called `name`.
///
/// # Errors
/// InvalidS3BucketNameException.
pub fn check_bucket(name: &str) -> Result<()> {
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    let is_outer = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_name = (3..=63).contains(&name.len())
        && name.chars().all(is_inner)
        && name.starts_with(is_outer)
        && name.ends_with(is_outer);
    if is_name { Ok(()) } else { Err(error::invalid_bucket(name)) }
}

/// The ARN of the topic that is named by its name or ARN.
///
/// # Errors
/// InvalidSnsTopicNameException.
pub fn topic(name: &str, account: &str, region: &str) -> Result<String> {
    let own = name
        .strip_prefix("arn:aws:sns:")
        .map_or(name, |rest| rest.rsplit(':').next().unwrap_or_default());
    let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if own.is_empty() || own.len() > 256 || !own.chars().all(is_inner) {
        return Err(error::invalid_topic(name));
    }
    Ok(match own.len() == name.len() {
        true => format!("arn:aws:sns:{region}:{account}:{name}"),
        false => name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Name, refusal};

    #[test]
    fn names_are_refused_as_aws_refuses_them() {
        for (name, why) in [
            ("audit", None),
            ("my-trail_1.a", None),
            ("ab", Some(Name::Short(2))),
            ("a b c", Some(Name::Characters)),
            ("-abc", Some(Name::Start)),
            ("abc-", Some(Name::End)),
            ("a..b", Some(Name::Adjacent)),
            ("a-_b", Some(Name::Adjacent)),
            ("192.168.5.4", Some(Name::Address)),
        ] {
            assert_eq!(refusal(name), why, "{name}");
        }
        assert_eq!(refusal(&"a".repeat(129)), Some(Name::Long(129)));
    }
}
