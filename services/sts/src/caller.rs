//! Callers with long-term credentials, who alone may ask for session and federation tokens.

use strongroom_api::{Error, PrincipalKind, Result};

use crate::principals::Principal;
use crate::{Call, Sts, error};

/// The usual length of their sessions, in seconds.
const HALF_A_DAY: i64 = 43_200;
/// The longest session of a root user, in seconds.
const HOUR: i64 = 3_600;

impl Sts {
    /// The user or root user who calls with a long-term access key, and how long its session is.
    pub(crate) async fn long_term_caller(
        &self,
        call: &Call<'_>,
        operation: &str,
        asked_seconds: Option<i32>,
    ) -> Result<(Principal, i64)> {
        let caller = call.caller;
        let is_user = matches!(caller.kind(), PrincipalKind::User | PrincipalKind::Root);
        if !is_user || caller.details.session.is_some() {
            return Err(error::not_with_session_credentials(operation));
        }
        let principal = self.principals.user(caller.principal_id()).await?;
        let principal = principal.ok_or_else(|| Error::internal("the caller is gone"))?;
        let seconds = asked_seconds.map_or(HALF_A_DAY, i64::from);
        Ok(match caller.kind() {
            PrincipalKind::Root => (principal, seconds.min(HOUR)),
            _ => (principal, seconds),
        })
    }
}
