//! The IAM policy language: documents are parsed and compiled once, then asked about requests.
//!
//! [`decide`] is the authority over every access. It is pure: no clock, no I/O, nothing remembered.
//! It denies unless everything that must allow does, and a Deny that applies wins over every Allow.
//! Where the language leaves a case open, the doubt counts against the caller: a Deny in doubt
//! applies, an Allow in doubt does not.
//!
//! ```
//! use strongroom_policy::{Authority, Kind, Named, Policy, Principal, Request, ResourceRule, decide};
//!
//! let policy = r#"{"Version": "2012-10-17", "Statement": {
//!     "Effect": "Allow", "Action": "secretsmanager:Get*",
//!     "Resource": "arn:aws:secretsmanager:*:111122223333:secret:prod/*"}}"#;
//! let identity = [Named::inline("readers", Policy::parse(policy, Kind::Identity)?)];
//! let authority = Authority { identity: &identity, ..Authority::default() };
//! let anna = Principal::user("111122223333", "arn:aws:iam::111122223333:user/anna", "AIDAEXAMPLEANNA");
//! let request = Request {
//!     principal: &anna,
//!     action: "secretsmanager:GetSecretValue",
//!     resource: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
//!     resource_account: "111122223333",
//!     context: &(),
//! };
//! assert!(decide(&request, &authority, ResourceRule::Ordinary(None)).allowed);
//! # Ok::<(), strongroom_policy::Malformed>(())
//! ```

mod action;
mod applies;
mod arn;
mod authority;
mod certainty;
mod condition;
mod decide;
mod decision;
mod explain;
mod glob;
mod grammar;
mod grant;
mod json;
mod malformed;
mod policy;
mod principal;
mod public;
mod request;
mod resource;
mod text;

pub use authority::{Attachment, Authority, Named, ResourceRule};
pub use certainty::Certainty;
pub use decide::decide;
pub use decision::{Decision, PolicyType, Reason};
pub use explain::{
    ConditionExplanation, Explanation, Outcome, PolicyExplanation, StatementExplanation, explain,
};
pub use grant::{Constraints, Grant};
pub use malformed::{Fault, Malformed, Position};
pub use policy::{Effect, Kind, Policy, Statement, Version};
pub use principal::{PrincipalForm, PrincipalPattern};
pub use public::{Finding, is_public};
pub use request::{Context, Principal, PrincipalKind, Request, Values};
