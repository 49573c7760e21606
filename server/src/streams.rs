//! Replies that are streams of events: written for as long as their readers stay.

use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use strongroom_api::{EncodedReply, Events, Protocol};
use strongroom_wire::event_stream;
use tokio::sync::{mpsc, watch};

use crate::clock::Clock;
use crate::respond::{self, Reply};

/// How often a stream is asked what has come.
const PULSE: Duration = Duration::from_secs(1);
/// Messages that a slow reader may leave unread; then its stream waits. AWS keeps as many.
const UNREAD: usize = 10;

/// Writes streams.
pub struct Streams {
    clock: Arc<dyn Clock>,
    stopped: watch::Receiver<bool>,
}

impl Streams {
    /// Streams that end when `stopped` says so.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, stopped: watch::Receiver<bool>) -> Self {
        Self { clock, stopped }
    }

    /// The response to a reply that `events` follow. The reply itself is its first message.
    #[must_use]
    pub fn open(
        &self,
        reply: &EncodedReply,
        events: Box<dyn Events>,
        protocol: Protocol,
        request_id: String,
    ) -> Response<Reply> {
        let (frames, waiting) = mpsc::channel(UNREAD);
        let first = event_stream::initial_response(protocol.content_type(), &reply.body);
        let (clock, stopped) = (Arc::clone(&self.clock), self.stopped.clone());
        tokio::spawn(write(first, events, clock, stopped, frames));
        let mut response = respond::streaming(waiting, request_id);
        let kind = HeaderValue::from_static(event_stream::CONTENT_TYPE);
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response
    }
}

/// Writes until there is nothing more to come, the reader is gone, or the server stops.
async fn write(
    first: Vec<u8>,
    mut events: Box<dyn Events>,
    clock: Arc<dyn Clock>,
    mut stopped: watch::Receiver<bool>,
    frames: mpsc::Sender<Vec<u8>>,
) {
    let writing = async {
        frames.send(first).await.ok()?;
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pulse.tick().await;
            for event in events.pulse(clock.now())? {
                let message = match event.is_exception {
                    true => event_stream::exception(event.name, &event.payload),
                    false => event_stream::event(event.name, &event.payload),
                };
                frames.send(message).await.ok()?;
            }
        }
    };
    tokio::select! {
        _ = stopped.wait_for(|stopped| *stopped) => {}
        () = frames.closed() => {}
        Option::<()>::None | Some(()) = writing => {}
    }
}
