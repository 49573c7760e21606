//! Resources: patterns over ARNs, and the rules by which a document may write them.

use crate::arn::{self, Parts};
use crate::certainty::Certainty;
use crate::glob::{self, Piece};
use crate::malformed::Fault;
use crate::text::{Reading, Text};
use crate::{Context, Kind};

/// An entry of `Resource` or `NotResource`.
#[derive(Debug)]
pub(crate) struct ResourcePattern {
    text: Box<str>,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Any,
    Arn {
        /// The parts before the fifth colon.
        head: Box<[Box<[Piece<'static>]>; 5]>,
        rest: Text,
        /// What a match is worth: less than certainty for some patterns of too few parts.
        worth: Certainty,
    },
}

/// The resource of a request.
pub(crate) struct Target<'a> {
    parts: Option<Parts<'a>>,
}

impl<'a> Target<'a> {
    pub(crate) fn read(text: &'a str) -> Target<'a> {
        Target { parts: arn::parts(text) }
    }
}

impl ResourcePattern {
    pub(crate) fn parse(text: &str, kind: Kind, variables: bool) -> Result<ResourcePattern, Fault> {
        let form = if text == "*" { Form::Any } else { parse_arn(text, kind, variables)? };
        Ok(ResourcePattern { text: text.into(), form })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the resource is meant; `unresolved` if that hangs on a variable without a value.
    pub(crate) fn matches(
        &self,
        target: &Target<'_>,
        context: &dyn Context,
        unresolved: Certainty,
    ) -> Certainty {
        let Form::Arn { head, rest, worth } = &self.form else {
            return Certainty::Yes;
        };
        // Only `*` means an action without a resource.
        let Some(parts) = &target.parts else {
            return Certainty::No;
        };
        if !head.iter().zip(parts).all(|(pattern, part)| glob::matches(pattern, part)) {
            return Certainty::No;
        }
        match rest.matches(parts[5], context) {
            Some(true) => *worth,
            Some(false) => Certainty::No,
            None => unresolved,
        }
    }
}

fn parse_arn(text: &str, kind: Kind, variables: bool) -> Result<Form, Fault> {
    let given: Vec<&str> = text.splitn(6, ':').collect();
    if variables && let Some(part) = given.iter().take(5).find(|part| part.contains("${")) {
        return Err(Fault::Variable((*part).into()));
    }
    check(text, &given, kind)?;
    let (filler, worth) =
        if given.len() == 6 { ("*", Certainty::Yes) } else { incomplete(text, kind)? };
    let mut head: [Box<[Piece<'static>]>; 5] = Default::default();
    for (index, part) in head.iter_mut().enumerate() {
        *part = glob::compile(given.get(index).copied().unwrap_or(filler)).into();
    }
    let rest = given.get(5).copied().unwrap_or(filler);
    let rest =
        Text::compile(rest, Reading { wildcards: true, variables }).map_err(Fault::Variable)?;
    Ok(Form::Arn { head: Box::new(head), rest, worth })
}

/// What stands for the missing parts of an ARN, and what a match is then worth.
fn incomplete(text: &str, kind: Kind) -> Result<(&'static str, Certainty), Fault> {
    match kind {
        Kind::Identity | Kind::Session | Kind::Boundary => Ok(("*", Certainty::Yes)),
        Kind::ServiceControl => Err(Fault::IncompleteArn(text.into())),
        // In a resource policy such an ARN matches only by a wildcard. It is certain that one at the
        // end is meant to reach over what is missing.
        _ if text.ends_with('*') => Ok(("*", Certainty::Yes)),
        _ if text.contains(['*', '?']) => Ok(("*", Certainty::Doubt)),
        _ => Ok(("", Certainty::No)),
    }
}

fn check(text: &str, given: &[&str], kind: Kind) -> Result<(), Fault> {
    let [prefix, tail @ ..] = given else {
        return Err(Fault::ResourceNotArn(text.into()));
    };
    if *prefix != "arn" || tail.is_empty() {
        return Err(Fault::ResourceNotArn(text.into()));
    }
    if !is_partition(tail[0]) {
        return Err(Fault::Partition(tail[0].into(), text.into()));
    }
    match tail.get(1) {
        None | Some(&"") => return Err(Fault::ResourceVendor(text.into())),
        Some(vendor) if vendor.contains(['*', '?']) => {
            return Err(Fault::ResourceVendor(text.into()));
        }
        Some(_) => {}
    }
    if given.len() == 6
        && matches!(kind, Kind::Identity | Kind::Session | Kind::Boundary | Kind::ServiceControl)
    {
        check_global_service(text, given)?;
    }
    Ok(())
}

/// IAM refuses ARNs of global services that no resource can have.
fn check_global_service(text: &str, given: &[&str]) -> Result<(), Fault> {
    let (service, region, resource) = (given[2], given[3], given[5]);
    if matches!(service, "iam" | "s3") && !region.is_empty() {
        return Err(Fault::ResourceRegion(service.into(), text.into()));
    }
    let known = |start: &&str| resource.starts_with(*start);
    if service == "iam" && !matches!(resource, "*" | "root") && !IAM_RESOURCES.iter().any(known) {
        return Err(Fault::ResourcePath(text.into()));
    }
    Ok(())
}

const IAM_RESOURCES: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

fn is_partition(text: &str) -> bool {
    text.contains(['*', '?'])
        || matches!(
            text,
            "aws"
                | "aws-cn"
                | "aws-us-gov"
                | "aws-iso"
                | "aws-iso-b"
                | "aws-iso-e"
                | "aws-iso-f"
                | "aws-eusc"
        )
}
