//! What an operation is: one file that implements [`Operation`].

use strongroom_policy::Values;
use strongroom_wire::{Rest, Result, Shape};

use crate::authorize::{Authorized, Demand, Demands};
use crate::call::Call;
use crate::events::Events;
use crate::service::Service;
use crate::target::Target;

/// One AWS operation.
///
/// The framework calls [`target`](Self::target), authorizes the caller for every
/// [demand](Self::demands) on what was found, and hands [`run`](Self::run) the authorized target.
pub trait Operation: Sized + Send + Sync + 'static {
    /// Wire target, IAM action and event name in one: `GetSecretValue`.
    const NAME: &'static str;
    /// The IAM action, for the few operations that it is named differently for: `Invoke` needs
    /// `InvokeFunction`.
    const ACTION: &'static str = Self::NAME;
    /// The event's name on record, where CloudTrail adds the API's date: `CreateFunction20150331`.
    const EVENT: &'static str = Self::NAME;
    /// Whether CloudTrail counts the call as one on data rather than on the resource itself.
    const IS_DATA_EVENT: bool = false;
    /// The largest body that it takes, for the few operations that take more than most. Those of REST
    /// protocols say so in [`REST`](Self::REST).
    const MOST_BYTES: Option<usize> = None;
    /// How the operation appears in HTTP, for services that speak a REST protocol.
    const REST: Option<&'static Rest> = None;
    /// What of the call goes on record.
    const AUDIT: Audit;
    /// A request body (JSON) that decodes. It feeds the reference pages, the fuzzer's corpus and the
    /// tests that all operations share.
    const EXAMPLE: &'static str;

    /// The service it belongs to.
    type Service: Service;
    /// The request.
    type Input: Shape + serde_bounds::Audited;
    /// What is acted on.
    type Target: Target;
    /// The reply; `()` for operations without one.
    type Output: serde_bounds::Replied;

    /// Finds what is acted on. Changes nothing.
    ///
    /// Checks that AWS makes before it authorizes (the characters of a name, a missing token) belong
    /// here. An error that tells whether a resource exists says so with
    /// [`Error::about`](strongroom_wire::Error::about).
    fn target(
        call: &Call<'_, Self::Service>,
        input: &Self::Input,
    ) -> impl Future<Output = Result<Self::Target>> + Send;

    /// Every permission the call needs; normally just the one named as the operation.
    fn demands<'t>(input: &'t Self::Input, target: &'t Self::Target) -> Demands<'t> {
        let _ = input;
        Demands::from_iter([Demand::own::<Self>(target)])
    }

    /// The value of a condition key that only this operation knows (`secretsmanager:VersionStage`,
    /// `aws:RequestTag/…`). `key` is lower case up to its first `/`. Global keys and the target's tags
    /// are the framework's. `target` is `None` when the target does not exist.
    fn condition<'v>(
        input: &'v Self::Input,
        target: Option<&'v Self::Target>,
        key: &str,
    ) -> Option<Values<'v>> {
        let _ = (input, target, key);
        None
    }

    /// CloudTrail's `userIdentity` of a call that nobody signed: a JSON object made of what the request
    /// says of its sender, proven or not.
    fn identity(input: &Self::Input) -> Option<String> {
        let _ = input;
        None
    }

    /// Does it. May be called again from the start (with a target found and authorized anew) when
    /// another writer was faster.
    fn run(
        call: &Call<'_, Self::Service>,
        input: &Self::Input,
        target: Authorized<Self::Target>,
    ) -> impl Future<Output = Result<Self::Output>> + Send;

    /// What follows the reply, for the few operations whose reply is a stream of events.
    fn events(output: &mut Self::Output) -> Option<Box<dyn Events>> {
        let _ = output;
        None
    }
}

/// What of a call goes on record beside its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audit {
    /// It changes nothing; CloudTrail's `responseElements` is null.
    ReadOnly,
    /// It changes something; the whole reply is recorded, less its sensitive members.
    Write,
    /// It changes something; of the reply only these members (model names) are recorded.
    WriteOf(&'static [&'static str]),
}

impl Audit {
    /// CloudTrail's `readOnly`.
    #[must_use]
    pub fn is_read_only(self) -> bool {
        self == Self::ReadOnly
    }
}

/// The bounds that inputs and outputs share, named so that signatures stay readable.
pub mod serde_bounds {
    /// An input: its serialization is its audit form.
    pub trait Audited: serde::Serialize + Send + Sync {}
    impl<T: serde::Serialize + Send + Sync> Audited for T {}

    /// An output: its serialization is the reply.
    pub trait Replied: serde::Serialize + Send {}
    impl<T: serde::Serialize + Send> Replied for T {}
}
