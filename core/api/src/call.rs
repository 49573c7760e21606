//! One call, and the path it takes: find → authorize → run → record.

use std::ops::Deref;

use strongroom_seal::Entropy;
use strongroom_wire::{Error, Result, Timestamp};

use crate::authorize::{self, Authorized};
use crate::caller::Caller;
use crate::ids::{Ids, Uuid};
use crate::operation::Operation;
use crate::record::{Record, Recorder};
use crate::target::Target;

/// A call on its way through a service.
///
/// It reads as its [`Circumstances`]: `call.now`, `call.region`, `call.caller`.
#[derive(Clone, Copy)]
pub struct Call<'a, S> {
    /// The service that is called.
    pub service: &'a S,
    circumstances: &'a Circumstances<'a>,
    event_id: Uuid,
}

/// How a call came in; shared by everything that one request does.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    /// Who calls.
    pub caller: &'a Caller,
    /// The region that is addressed.
    pub region: &'a str,
    /// When.
    pub now: Timestamp,
    /// The id that the reply and the record repeat.
    pub request_id: &'a str,
    /// Where from.
    pub source: Source<'a>,
    /// The service that performs this with the caller's rights: `secretsmanager.us-east-1.amazonaws.com`.
    pub via: Option<&'a str>,
    /// Where the record goes.
    pub recorder: &'a dyn Recorder,
    /// Random bytes fit for keys.
    pub entropy: &'a dyn Entropy,
    /// Ids that need only be unique.
    pub ids: &'a Ids,
}

/// Where a call came from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Source<'a> {
    /// The peer's address, or the name of a service.
    pub address: &'a str,
    /// What the client calls itself.
    pub user_agent: &'a str,
    /// The `Referer` header.
    pub referer: Option<&'a str>,
    /// The host that the client addressed.
    pub host: Option<&'a str>,
    /// The TLS session, if there is one.
    pub tls: Option<Tls<'a>>,
}

/// What CloudTrail says of a TLS session.
#[derive(Clone, Copy, Debug)]
pub struct Tls<'a> {
    /// `TLSv1.3`.
    pub version: &'a str,
    /// `TLS_AES_256_GCM_SHA384`.
    pub cipher: &'a str,
}

/// How often a call starts anew because another writer was faster, before it gives up.
const MOST_ATTEMPTS: usize = 64;

impl<'a, S> Call<'a, S> {
    /// A call of `service` under `circumstances`.
    #[must_use]
    pub fn new(service: &'a S, circumstances: &'a Circumstances<'a>) -> Self {
        Self { service, circumstances, event_id: circumstances.ids.next() }
    }

    /// The id of the call's event in the trail, of the event that the owner of its target sees if the
    /// call comes from another account.
    #[must_use]
    pub fn event_id(&self) -> Uuid {
        self.event_id
    }

    /// How the call came in, to make another call of it.
    #[must_use]
    pub fn circumstances(&self) -> &'a Circumstances<'a> {
        self.circumstances
    }
}

impl<S: crate::Service> Call<'_, S> {
    /// Performs `O`: finds its target, authorizes the caller, runs it, and puts it on record.
    ///
    /// # Errors
    /// The operation's AWS error, `AccessDeniedException`, or an internal error when the record could
    /// not be written.
    pub async fn perform<O: Operation<Service = S>>(&self, input: &O::Input) -> Result<O::Output> {
        // What is performed twice is two events.
        let call = &Call::new(self.service, self.circumstances);
        let mut record = Record::of_call::<O>(call, Some(input))?;
        let outcome = call.attempt::<O>(input, &mut record).await;
        record.finish::<O>(call, outcome.as_ref())?;
        outcome
    }

    /// Whether the caller may do `action` to `target`, for checks beyond the operation's own demands:
    /// a policy that is about to be attached must leave its author the right to change it.
    #[must_use]
    pub fn would_allow(&self, action: &str, target: &dyn Target) -> bool {
        authorize::allows(self, action, target)
    }

    /// Whether the caller may perform `O` with `input` on `target`: [`would_allow`](Self::would_allow)
    /// with the request's own condition values.
    #[must_use]
    pub fn would_allow_again<O: Operation<Service = S>>(
        &self,
        input: &O::Input,
        target: &O::Target,
    ) -> bool {
        self.still_allows::<O>(input, target).is_ok()
    }

    /// As [`would_allow_again`](Self::would_allow_again), for changes that AWS refuses with the very
    /// error that the caller would get from then on.
    ///
    /// # Errors
    /// The caller's denial.
    pub fn still_allows<O: Operation<Service = S>>(
        &self,
        input: &O::Input,
        target: &O::Target,
    ) -> Result<()> {
        authorize::check::<O>(self, input, target)
    }

    async fn attempt<O: Operation<Service = S>>(
        &self,
        input: &O::Input,
        record: &mut Record,
    ) -> Result<O::Output> {
        for _ in 0..MOST_ATTEMPTS {
            match self.attempt_once::<O>(input, record).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        // Dozens of writers on one record: AWS throttles such callers.
        Err(Error::throttling())
    }

    async fn attempt_once<O: Operation<Service = S>>(
        &self,
        input: &O::Input,
        record: &mut Record,
    ) -> Result<O::Output> {
        let target = match O::target(self, input).await {
            Ok(target) => target,
            Err(error) => return Err(authorize::reveal::<O>(self, input, error)),
        };
        record.note(self.caller, &target);
        authorize::check::<O>(self, input, &target)?;
        O::run(self, input, Authorized::grant(target)).await
    }
}

impl<'a, S> Deref for Call<'a, S> {
    type Target = Circumstances<'a>;

    fn deref(&self) -> &Circumstances<'a> {
        self.circumstances
    }
}
