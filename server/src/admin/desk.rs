//! Where the operator acts from: circumstances of calls that nobody signed.

use std::sync::Arc;

use strongroom_api::{Caller, Circumstances, Ids, Source};

use super::Office;
use crate::adapters::recorder::TrailRecorder;

/// What circumstances are made of.
pub(super) struct Desk<'o> {
    office: &'o Office,
    principal: &'o str,
    caller: Caller,
    recorder: TrailRecorder,
    ids: Ids,
    request_id: String,
}

impl<'o> Desk<'o> {
    /// A desk at which the operator acts as `principal`.
    pub(super) fn of(office: &'o Office, principal: &'o str) -> Self {
        let foundation = &office.foundation;
        let ids = Ids::new(&*foundation.entropy);
        Self {
            office,
            principal,
            caller: Caller::service(&office.config.account, principal),
            recorder: TrailRecorder::new(Arc::clone(&foundation.trail)),
            request_id: ids.next().to_string(),
            ids,
        }
    }

    /// The circumstances.
    pub(super) fn circumstances(&self) -> Circumstances<'_> {
        let foundation = &self.office.foundation;
        let address = self.principal;
        Circumstances {
            caller: &self.caller,
            region: &self.office.config.region,
            now: foundation.clock.now(),
            request_id: &self.request_id,
            source: Source { address, user_agent: address, ..Source::default() },
            via: None,
            recorder: &self.recorder,
            entropy: &*foundation.entropy,
            ids: &self.ids,
        }
    }
}
