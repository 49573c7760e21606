//! The dispatch table: from a name on the wire to an operation.

use std::sync::Arc;

use strongroom_wire::protocol::Envelope;
use strongroom_wire::shape::Model;
use strongroom_wire::{At, Error, Protocol, Rest, Result, Shape, Value, Violations};
use zeroize::Zeroizing;

use crate::BoxFuture;
use crate::batch::Gathering;
use crate::call::{Call, Circumstances};
use crate::events::Events;
use crate::operation::{Audit, Operation};
use crate::record::Record;
use crate::service::{Facts, Service};

/// Lists the operations of a service: module list, dispatch table and table of contents in one.
///
/// ```ignore
/// operations! { SecretsManager;
///     create_secret::CreateSecret,
///     get_secret_value::GetSecretValue,
/// }
/// ```
/// The modules are declared here and stand as files beside; names must be in alphabetical order.
#[macro_export]
macro_rules! operations {
    ($service:ty; $($module:ident :: $operation:ident),* $(,)?) => {
        $(pub(crate) mod $module;)*
        $(pub use $module::$operation;)*

        /// Every operation that is offered, in alphabetical order.
        pub static OPERATIONS: &[$crate::Entry<$service>] =
            &[$($crate::Entry::of::<$operation>()),*];
    };
}

/// A request body that has been read but not yet typed.
pub struct Body<'a> {
    /// The protocol it came in and the reply goes out.
    pub protocol: Protocol,
    /// The members, or the error of a body that could not be read (which is still put on record).
    pub members: Result<Value<'a>>,
}

/// A reply: its body, what a REST protocol says beside it, and what follows it.
#[derive(Debug, Default)]
pub struct Reply {
    /// The body; wiped when dropped, since it may hold a secret.
    pub body: Zeroizing<Vec<u8>>,
    /// The HTTP status, unless it is 200.
    pub status: Option<u16>,
    /// Headers beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
    /// What follows, if the reply is a stream of events.
    pub events: Option<Box<dyn Events>>,
}

/// Its body.
impl std::ops::Deref for Reply {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.body
    }
}

impl From<Vec<u8>> for Reply {
    fn from(body: Vec<u8>) -> Self {
        Self { body: Zeroizing::new(body), ..Self::default() }
    }
}

/// One line of a service's dispatch table.
pub struct Entry<S: Service> {
    /// The operation's name.
    pub name: &'static str,
    /// What of it goes on record.
    pub audit: Audit,
    /// A request that decodes.
    pub example: &'static str,
    /// The input as our types describe it.
    pub model: fn() -> Model,
    /// The event's name on record.
    pub event: &'static str,
    /// How it appears in HTTP, for services that speak a REST protocol.
    pub rest: Option<&'static Rest>,
    /// The largest body that it takes, if that is more than usual.
    pub most_bytes: Option<usize>,
    perform: for<'a> fn(&'a Call<'a, S>, Body<'a>) -> BoxFuture<'a, Result<Reply>>,
}

impl<S: Service> Entry<S> {
    /// The line of `O`.
    #[must_use]
    pub const fn of<O: Operation<Service = S>>() -> Self {
        Self {
            name: O::NAME,
            audit: O::AUDIT,
            example: O::EXAMPLE,
            model: <O::Input as Shape>::model,
            event: O::EVENT,
            rest: O::REST,
            most_bytes: O::MOST_BYTES,
            perform: |call, body| Box::pin(perform::<O>(call, body)),
        }
    }
}

async fn perform<O: Operation>(call: &Call<'_, O::Service>, body: Body<'_>) -> Result<Reply> {
    let input = match decode::<O>(body.members) {
        Ok(input) => input,
        Err(error) => {
            // A call that cannot be read is on record all the same.
            Record::of_call::<O>(call, None)?.finish::<O>(call, Err(&error))?;
            return Err(error);
        }
    };
    let mut output = call.perform::<O>(&input).await?;
    let events = O::events(&mut output);
    if let (Protocol::Rest, Some(rest)) = (body.protocol, O::REST) {
        let written = rest.write(&output)?;
        let body = Zeroizing::new(written.body);
        return Ok(Reply { body, status: Some(written.status), headers: written.headers, events });
    }
    let namespace = <O::Service as Service>::FACTS.query.map_or("", |query| query.namespace);
    let envelope = Envelope { operation: O::NAME, namespace, request_id: call.request_id };
    let written = body.protocol.write(&output, &envelope)?;
    Ok(Reply { events, ..Reply::from(written) })
}

fn decode<O: Operation>(members: Result<Value<'_>>) -> Result<O::Input> {
    let mut found = Violations::default();
    match O::Input::decode(members?, &At::root(), &mut found)? {
        Some(input) if found.is_empty() => Ok(input),
        _ => {
            let message = found.message(<O::Service as Service>::FACTS.echoes_values);
            let code = <O::Service as Service>::CONSTRAINT_CODE;
            Err(Error::new(code, message).query_code("ValidationError"))
        }
    }
}

/// A service with its table, as the server sees all of them alike.
pub trait Host: Send + Sync {
    /// The service's names on the wire.
    fn facts(&self) -> &'static Facts;

    /// The prefix of the service's IAM actions, which also names its shapes in errors of rpc-v2-cbor.
    fn action_prefix(&self) -> &'static str;

    /// The names of the operations offered, in alphabetical order.
    fn operations(&self) -> Vec<Described>;

    /// The position of an operation in the table.
    fn find(&self, name: &str) -> Option<usize>;

    /// The operation at `position`, as a REST protocol sees it.
    fn rest(&self, position: usize) -> Option<&'static Rest>;

    /// The largest body that the operation at `position` takes, if that is more than usual.
    fn most_bytes(&self, position: usize) -> Option<usize>;

    /// Performs the operation at `position`.
    fn perform<'a>(
        &'a self,
        position: usize,
        circumstances: &'a Circumstances<'a>,
        body: Body<'a>,
    ) -> BoxFuture<'a, Result<Reply>>;
}

/// What a table says of one operation.
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// What of it goes on record.
    pub audit: Audit,
    /// A request that decodes.
    pub example: &'static str,
    /// Its input.
    pub model: Model,
    /// The event's name on record.
    pub event: &'static str,
}

/// The [`Host`] of any service.
pub struct Hosted<S: Service> {
    service: Arc<S>,
    table: &'static [Entry<S>],
}

impl<S: Service> Hosted<S> {
    /// `service` with its `table`.
    #[must_use]
    pub fn new(service: Arc<S>, table: &'static [Entry<S>]) -> Self {
        debug_assert!(table.is_sorted_by_key(|entry| entry.name), "operations out of order");
        Self { service, table }
    }
}

impl<S: Service> Host for Hosted<S> {
    fn facts(&self) -> &'static Facts {
        &S::FACTS
    }

    fn action_prefix(&self) -> &'static str {
        S::ACTION_PREFIX
    }

    fn operations(&self) -> Vec<Described> {
        let describe = |entry: &Entry<S>| Described {
            name: entry.name,
            audit: entry.audit,
            example: entry.example,
            model: (entry.model)(),
            event: entry.event,
        };
        self.table.iter().map(describe).collect()
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.table.binary_search_by_key(&name, |entry| entry.name).ok()
    }

    fn rest(&self, position: usize) -> Option<&'static Rest> {
        self.table.get(position)?.rest
    }

    fn most_bytes(&self, position: usize) -> Option<usize> {
        self.table.get(position)?.most_bytes
    }

    fn perform<'a>(
        &'a self,
        position: usize,
        circumstances: &'a Circumstances<'a>,
        body: Body<'a>,
    ) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let gathering = Gathering::new();
            let recorder = circumstances.recorder;
            let circumstances = Circumstances { recorder: &gathering, ..*circumstances };
            let call = Call::new(&*self.service, &circumstances);
            let outcome = match self.table.get(position) {
                Some(entry) => (entry.perform)(&call, body).await,
                None => Err(Error::internal("an operation beyond the table was asked for")),
            };
            // Nothing is answered that is not on record.
            recorder.append_all(gathering.into_batch()).await.map_err(Error::internal)?;
            outcome
        })
    }
}
