//! `GET /_strongroom/events`: the feed as server-sent events, for callers of Secrets Manager.
//!
//! A caller sees changes of secrets of its own account that its policies let it describe, asked anew
//! for every change, with the policies and the session as they are then.

use std::sync::Arc;
use std::time::Duration;

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method, Response};
use strongroom_api::{Caller, Circumstances, Entropy, Error, Ids, Recorder, Source, Unrecorded};
use strongroom_seal::Keyring;
use strongroom_trail::Trail;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::timeout;

use crate::clock::{Clock, Stopwatch};
use crate::feed::change::Change;
use crate::feed::cursor::Cursors;
use crate::feed::{Changes, SeesSecrets};
use crate::ports::Identities;
use crate::respond::{self, Reply};

/// Where the feed is.
pub const PATH: &str = "/_strongroom/events";

/// How many streams are open at once.
const MOST_STREAMS: usize = 256;
/// How often a stream says that it is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a stream waits before it looks whether the server is to stop, or its caller is gone.
const LOOK: Duration = Duration::from_secs(1);
/// Events that a slow reader may leave unread; then its stream waits.
const UNREAD: usize = 32;

/// Serves the feed.
pub struct Feed {
    trail: Arc<Trail>,
    secrets: Arc<dyn SeesSecrets>,
    identities: Arc<dyn Identities>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    cursors: Cursors,
    ids: Ids,
    streams: Arc<Semaphore>,
    stopped: watch::Receiver<bool>,
}

/// What a feed is made of.
pub struct Sources {
    /// The trail.
    pub trail: Arc<Trail>,
    /// Who may see which secrets.
    pub secrets: Arc<dyn SeesSecrets>,
    /// Who callers are.
    pub identities: Arc<dyn Identities>,
    /// Seals cursors.
    pub keyring: Arc<Keyring>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

/// Who subscribes, as the signature proved it.
pub struct Subscriber {
    /// The access key.
    pub access_key_id: String,
    /// The session token, if there is one.
    pub session_token: Option<String>,
    /// The address it comes from.
    pub address: String,
    /// The TLS session: version and cipher.
    pub tls: Option<(String, String)>,
}

/// Whether a request asks for the feed.
#[must_use]
pub fn is_asked(head: &Parts) -> bool {
    head.uri.path() == PATH && head.method == Method::GET
}

impl Feed {
    /// A feed that ends its streams when `stopped` says so.
    #[must_use]
    pub fn new(sources: Sources, stopped: watch::Receiver<bool>) -> Self {
        Self {
            ids: Ids::new(&*sources.entropy),
            trail: sources.trail,
            secrets: sources.secrets,
            identities: sources.identities,
            clock: sources.clock,
            entropy: sources.entropy,
            cursors: Cursors::new(sources.keyring),
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
            stopped,
        }
    }

    /// Opens a stream for a subscriber whose signature was checked.
    ///
    /// # Errors
    /// A cursor that is none, or too many streams.
    pub fn open(
        self: &Arc<Self>,
        head: &Parts,
        subscriber: Subscriber,
        request_id: String,
    ) -> Result<Response<Reply>, Error> {
        let cursor = self.cursor(head)?;
        let region = parameter(head, "region").filter(|region| !region.is_empty());
        let place = Arc::clone(&self.streams).try_acquire_owned();
        let place = place.map_err(|_| Error::throttling())?;
        let (frames, waiting) = mpsc::channel(UNREAD);
        let stream = Stream { feed: Arc::clone(self), subscriber, region, frames, _place: place };
        tokio::spawn(stream.run(cursor));
        let mut response = respond::streaming(waiting, request_id);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }

    /// Where a request wants to go on: a cursor, `oldest`, or now.
    fn cursor(&self, head: &Parts) -> Result<u64, Error> {
        // Clients that lost their connection say so in a header, which is the newer word.
        let header = head.headers.get("last-event-id").and_then(|value| value.to_str().ok());
        let asked = header.map(str::to_owned).or_else(|| parameter(head, "after"));
        match asked.as_deref() {
            None | Some("") => Ok(self.trail.position().sequence),
            Some("oldest") => Ok(0),
            Some(cursor) => self.cursors.read(cursor).ok_or_else(|| {
                Error::new("InvalidParameterException", "after is no cursor of this feed")
            }),
        }
    }
}

/// The decoded value of a parameter of the query string.
fn parameter(head: &Parts, name: &str) -> Option<String> {
    let pairs = head.uri.query()?.split('&');
    let value = pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?.1;
    percent_encoding::percent_decode_str(value).decode_utf8().ok().map(Into::into)
}

/// One open stream.
struct Stream {
    feed: Arc<Feed>,
    subscriber: Subscriber,
    region: Option<String>,
    frames: mpsc::Sender<Vec<u8>>,
    _place: OwnedSemaphorePermit,
}

/// The reader is gone, or has lost its right to be here.
struct Over;

impl Stream {
    async fn run(self, cursor: u64) {
        // Over is over, whatever the reason: the connection ends with its body.
        let _over = self.follow(cursor).await;
    }

    async fn follow(&self, cursor: u64) -> Result<(), Over> {
        let mut changes = Changes::after(Arc::clone(&self.feed.trail), cursor);
        let mut follower = self.feed.trail.follow(cursor);
        let mut read_to = cursor;
        self.send(format!(": the feed begins\nid: {}\n\n", self.feed.cursors.make(cursor))).await?;
        let mut said = Stopwatch::start();
        while !*self.feed.stopped.borrow() {
            let batch = changes.next().await.map_err(|_| Over)?;
            if !batch.changes.is_empty() {
                let caller = self.caller().await?;
                for change in &batch.changes {
                    if let Some(event) = self.event(&caller, change).await {
                        self.send(event).await?;
                        said = Stopwatch::start();
                    }
                }
            }
            read_to = read_to.max(batch.read_to);
            if said.elapsed() >= HEARTBEAT {
                self.caller().await?;
                // An id without data moves the cursor on and is no event.
                let cursor = self.feed.cursors.make(read_to);
                self.send(format!(": heartbeat\nid: {cursor}\n\n")).await?;
                said = Stopwatch::start();
            }
            if batch.is_all && self.is_closed(timeout(LOOK, follower.advanced()).await.ok()) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether nothing is to come any more.
    fn is_closed(&self, told: Option<Option<u64>>) -> bool {
        self.frames.is_closed() || told == Some(None)
    }

    /// The change as a server-sent event, if the caller may see it.
    async fn event(&self, caller: &Caller, change: &Change) -> Option<Vec<u8>> {
        let is_wanted = change.account == caller.account()
            && self.region.as_ref().is_none_or(|region| *region == change.region);
        if !is_wanted {
            return None;
        }
        let tls = self.subscriber.tls.as_ref();
        let source = Source {
            address: &self.subscriber.address,
            tls: tls.map(|(version, cipher)| strongroom_api::Tls { version, cipher }),
            ..Source::default()
        };
        let request_id = self.feed.ids.next().to_string();
        let circumstances = Circumstances {
            caller,
            region: &change.region,
            now: self.feed.clock.now(),
            request_id: &request_id,
            source,
            via: None,
            recorder: &Nowhere,
            entropy: &*self.feed.entropy,
            ids: &self.feed.ids,
        };
        let arn = self.feed.secrets.seen(&circumstances, &change.secret).await?;
        let event = change.event(&arn).ok()?;
        let cursor = self.feed.cursors.make(change.sequence);
        Some(format!("id: {cursor}\ndata: {event}\n\n").into_bytes())
    }

    /// The caller as it is now.
    async fn caller(&self) -> Result<Arc<Caller>, Over> {
        let (subscriber, now) = (&self.subscriber, self.feed.clock.now());
        let id = &subscriber.access_key_id;
        let found = match &subscriber.session_token {
            None => self.feed.identities.credential(id).await,
            Some(token) => self.feed.identities.session(id, token, now).await,
        };
        let credential = found.ok().flatten().filter(|credential| credential.active);
        credential.map(|credential| Arc::clone(&credential.caller)).ok_or(Over)
    }

    async fn send(&self, frame: impl Into<Vec<u8>>) -> Result<(), Over> {
        self.frames.send(frame.into()).await.map_err(|_| Over)
    }
}

/// Asking who may see a change is no call, and leaves no record.
struct Nowhere;

impl Recorder for Nowhere {
    fn append(&self, _: &[u8]) -> Result<(), Unrecorded> {
        Ok(())
    }
}
