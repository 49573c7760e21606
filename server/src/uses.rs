//! When access keys and roles were used last: noted by requests, written down off their path.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use strongroom_api::{Credential, PrincipalKind, Result, Timestamp};

use crate::complaints::cause_of;
use crate::ports::Identities;

/// Uses that wait to be written down.
#[derive(Debug, Default)]
pub struct Uses(Mutex<Vec<Use>>);

/// That something was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The id of the access key, or of the role behind a session.
    pub id: String,
    /// The service that was called.
    pub service: String,
    /// Where.
    pub region: String,
    /// When.
    pub at: Timestamp,
}

/// A credential's use is noted again after so long: AWS, too, tells it coarsely.
const COARSE_MILLIS: i64 = 60_000;
/// No more wait at a time. What is left out is noted a minute later.
const MOST: usize = 4_096;
const PULSE: Duration = Duration::from_millis(500);

impl Uses {
    /// Notes that a request was signed with `credential`. Nearly always one comparison.
    pub fn note(&self, credential: &Credential, service: &str, region: &str, at: Timestamp) {
        if !credential.used.is_news(at, COARSE_MILLIS) {
            return;
        }
        let Some(id) = subject(credential) else { return };
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST {
            waiting.push(Use {
                id: id.to_owned(),
                service: service.to_owned(),
                region: region.to_owned(),
                at,
            });
        }
    }

    /// Writes down what was noted. Never returns.
    pub async fn keep(&self, identities: Arc<dyn Identities>) {
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pulse.tick().await;
            if let Err(error) = self.write_down(&*identities).await {
                let cause = cause_of(&error);
                tracing::warn!("the last use of access keys was not kept: {cause}");
            }
        }
    }

    async fn write_down(&self, identities: &dyn Identities) -> Result<()> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for one in &noted {
            identities.note_use(one).await?;
        }
        Ok(())
    }
}

/// What is said to be used: the role for its sessions, else the access key. Of the sessions of users
/// AWS keeps nothing.
fn subject(credential: &Credential) -> Option<&str> {
    let caller = &credential.caller;
    match (&caller.details.session, caller.kind()) {
        (Some(session), PrincipalKind::AssumedRole) => Some(&session.issuer_id),
        (Some(_), _) => None,
        (None, _) => Some(&credential.access_key_id),
    }
}
