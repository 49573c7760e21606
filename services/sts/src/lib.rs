//! AWS Security Token Service.
//!
//! [`operations`] is the table of contents.

pub mod operations;

use strongroom_api::service::{Facts, NotOffered, Query, Service};

pub use operations::OPERATIONS;

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Sts>;

/// The service.
#[derive(Default)]
pub struct Sts {}

impl Service for Sts {
    const FACTS: Facts = Facts {
        name: "sts",
        event_source: "sts.amazonaws.com",
        target_prefix: None,
        query: Some(Query {
            version: "2011-06-15",
            namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
        }),
        echoes_values: false,
        capital_message: false,
        global: true,
        not_offered: &[
            NotOffered { name: "AssumeRoleWithSAML", reason: "SAML is not offered" },
            NotOffered { name: "AssumeRoot", reason: "member accounts keep their root users" },
            NotOffered { name: "GetDelegatedAccessToken", reason: "delegation is not offered" },
            NotOffered { name: "GetWebIdentityToken", reason: "no tokens are issued to others" },
        ],
    };
}
