//! A profile: which roles certificates may lead to, and what sessions may then do.

use serde::{Deserialize, Serialize};
use strongroom_api::Reply;
use strongroom_policy::{Kind, Policy};
use strongroom_records::Record;
use strongroom_wire::Result;

use crate::attributes::{self, Mapping, MappingView};
use crate::error;
use crate::resource::{Facts, Resource};

/// A profile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// What all resources have.
    pub facts: Facts,
    /// The roles.
    pub role_arns: Vec<String>,
    /// Managed policies that sessions are limited to.
    pub managed_policy_arns: Vec<String>,
    /// A policy that sessions are limited to.
    pub session_policy: Option<String>,
    /// How long sessions last at most.
    pub duration_seconds: i32,
    /// Whether requests must tell of their instance.
    pub require_instance_properties: bool,
    /// Whether requests may name their session.
    pub accept_role_session_name: bool,
    /// What policies learn of certificates.
    pub mappings: Vec<Mapping>,
}

/// How long sessions last if nobody says, in seconds.
pub const HOUR: i32 = 3_600;

impl Record for Profile {
    const KIND: &'static str = "profile";
}

impl Resource for Profile {
    const NOUN: &'static str = "profile";
    const TITLE: &'static str = "Profile";

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }
}

/// Checks a session policy.
///
/// # Errors
/// ValidationException for one with a flaw.
pub fn check_policy(document: Option<&str>) -> Result<()> {
    let Some(document) = document else { return Ok(()) };
    let parsed = Policy::parse(document, Kind::Session);
    parsed.map(drop).map_err(|flaw| error::malformed_policy(&flaw.to_string()))
}

/// A profile as replies show it.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct ProfileDetail {
    profile_id: String,
    profile_arn: String,
    name: String,
    require_instance_properties: bool,
    enabled: bool,
    created_by: String,
    session_policy: Option<String>,
    role_arns: Vec<String>,
    managed_policy_arns: Vec<String>,
    created_at: String,
    updated_at: String,
    duration_seconds: i32,
    accept_role_session_name: bool,
    attribute_mappings: Vec<MappingView>,
}

/// The usual reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct ProfileReply {
    profile: ProfileDetail,
}

impl From<&Profile> for ProfileDetail {
    fn from(profile: &Profile) -> Self {
        let facts = &profile.facts;
        Self {
            profile_id: facts.id.clone(),
            profile_arn: facts.arn(Profile::NOUN),
            name: facts.name.clone(),
            require_instance_properties: profile.require_instance_properties,
            enabled: facts.enabled,
            created_by: facts.account.clone(),
            session_policy: profile.session_policy.clone(),
            role_arns: profile.role_arns.clone(),
            managed_policy_arns: profile.managed_policy_arns.clone(),
            created_at: facts.created_at(),
            updated_at: facts.updated_at(),
            duration_seconds: profile.duration_seconds,
            accept_role_session_name: profile.accept_role_session_name,
            attribute_mappings: attributes::views(&profile.mappings),
        }
    }
}

impl From<&Profile> for ProfileReply {
    fn from(profile: &Profile) -> Self {
        Self { profile: profile.into() }
    }
}
