//! ARNs of trails.

/// A trail's ARN.
#[must_use]
pub fn of_trail(account: &str, region: &str, name: &str) -> String {
    ["arn:aws:cloudtrail:", region, ":", account, ":trail/", name].concat()
}

/// What a trail's ARN says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrailArn<'a> {
    /// Its home region.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// Its name.
    pub name: &'a str,
}

/// Takes the ARN of a trail apart; nothing if it is none.
#[must_use]
pub fn parse(arn: &str) -> Option<TrailArn<'_>> {
    let mut parts = arn.strip_prefix("arn:aws:cloudtrail:")?.splitn(3, ':');
    let (region, account) = (parts.next()?, parts.next()?);
    let name = parts.next()?.strip_prefix("trail/")?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = is_account && !region.is_empty() && !name.is_empty();
    is_whole.then_some(TrailArn { region, account, name })
}

#[cfg(test)]
mod tests {
    use super::{TrailArn, of_trail, parse};

    #[test]
    fn an_arn_says_what_it_was_made_of() {
        let arn = of_trail("123456789012", "eu-west-1", "audit");
        let expected = TrailArn { region: "eu-west-1", account: "123456789012", name: "audit" };
        assert_eq!(parse(&arn), Some(expected));
        for wrong in ["audit", "arn:aws:cloudtrail:eu-west-1:1:trail/a", "arn:aws:s3:::b"] {
            assert_eq!(parse(wrong), None);
        }
    }
}
