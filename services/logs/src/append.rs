//! Events from within the server: output of functions, the trail.

use std::sync::Arc;

use strongroom_api::{Ids, Result, Timestamp};
use strongroom_records::Stored;

use crate::Logs;
use crate::chunk::EVENT_OVERHEAD;
use crate::group::Group;
use crate::stream::Stream;
use crate::write::{BATCH_BYTES, Batch, EVENT_BYTES};

/// Where events go.
#[derive(Clone, Copy, Debug)]
pub struct Place<'p> {
    /// The account.
    pub account: &'p str,
    /// The region.
    pub region: &'p str,
    /// The group, which is made if it is missing.
    pub group: &'p str,
    /// The stream, which is made if it is missing.
    pub stream: &'p str,
    /// For how many days a group that is made keeps its events; forever if absent.
    pub retention_days: Option<i32>,
}

/// An event with the number that its source has for it.
pub struct Numbered {
    /// The number. Numbers rise.
    pub number: u64,
    /// When it happened, in milliseconds.
    pub time: i64,
    /// What happened.
    pub message: String,
}

/// How often another writer may be faster.
const MOST_ATTEMPTS: usize = 64;

impl Logs {
    /// Adds events (times in milliseconds, texts) to a stream, durably when it returns. The group and
    /// the stream are made if they are missing, as AWS makes them for functions.
    ///
    /// Nobody is asked for permission and nothing is put on record: this is for what the server itself
    /// has to say. A text longer than an event may be is cut.
    ///
    /// # Errors
    /// Internal only. Events before a failure may have been taken.
    pub async fn append(
        &self,
        place: Place<'_>,
        events: Vec<(i64, String)>,
        now: Timestamp,
        ids: &Ids,
    ) -> Result<()> {
        let events = events.into_iter();
        let events = events.map(|(time, message)| Numbered { number: 0, time, message }).collect();
        self.append_parts(place, events, false, now, ids).await
    }

    /// The same for a source that has numbers for its events: what was taken before is not taken
    /// again, whatever happened in between.
    ///
    /// # Errors
    /// Internal only.
    pub async fn append_numbered(
        &self,
        place: Place<'_>,
        events: Vec<Numbered>,
        now: Timestamp,
        ids: &Ids,
    ) -> Result<()> {
        self.append_parts(place, events, true, now, ids).await
    }

    /// Makes sure that the group is there.
    ///
    /// # Errors
    /// Internal only.
    pub async fn ensure_group(&self, place: Place<'_>, now: Timestamp, ids: &Ids) -> Result<()> {
        self.group_at(place, now, ids).await.map(|_| ())
    }

    async fn append_parts(
        &self,
        place: Place<'_>,
        mut events: Vec<Numbered>,
        numbered: bool,
        now: Timestamp,
        ids: &Ids,
    ) -> Result<()> {
        events.retain(|event| !event.message.is_empty());
        for event in &mut events {
            cut(&mut event.message);
        }
        let mut rest = events.into_iter().peekable();
        while rest.peek().is_some() {
            let mut bytes = 0;
            let mut part = Vec::new();
            while let Some(event) = rest.next_if(|event| {
                part.is_empty() || bytes + event.message.len() + EVENT_OVERHEAD <= BATCH_BYTES
            }) {
                bytes += event.message.len() + EVENT_OVERHEAD;
                part.push(event);
            }
            self.append_part(place, part, numbered, now, ids).await?;
        }
        Ok(())
    }

    async fn append_part(
        &self,
        place: Place<'_>,
        part: Vec<Numbered>,
        numbered: bool,
        now: Timestamp,
        ids: &Ids,
    ) -> Result<()> {
        for _ in 0..MOST_ATTEMPTS {
            let group = self.group_at(place, now, ids).await?;
            let stream = self.stream_at(&group, place, now, ids).await?;
            let (group, stream) = match stream {
                Some(both) => both,
                None => continue,
            };
            let fresh = part.iter().filter(|one| !numbered || one.number > stream.taken_to);
            let mut events: Vec<_> =
                fresh.map(|one| (one.time.max(0), one.message.clone())).collect();
            if events.is_empty() {
                return Ok(());
            }
            events.sort_by_key(|(time, _)| *time);
            let taken_to = part.last().filter(|_| numbered).map(|one| one.number);
            let batch = Batch { group: &group, stream: &stream, events, taken_to };
            match self.take(batch, now).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome.map(|_| ()),
            }
        }
        Err(strongroom_api::Error::throttling())
    }

    async fn group_at(
        &self,
        place: Place<'_>,
        now: Timestamp,
        ids: &Ids,
    ) -> Result<Arc<Stored<Group>>> {
        let Place { account, region, group: name, retention_days, .. } = place;
        for _ in 0..MOST_ATTEMPTS {
            if let Some(group) = self.group(account, region, name).await? {
                return Ok(group);
            }
            let mut group = Group::new(account, region, name, ids.next().to_string(), now.millis());
            group.retention_days = retention_days;
            match self.create_group(group).await {
                Err(error) if !error.is_conflict() => return Err(error),
                _ => {}
            }
        }
        Err(strongroom_api::Error::throttling())
    }

    /// The stream with its group as they are now; `None` if it had to be made first.
    async fn stream_at(
        &self,
        group: &Arc<Stored<Group>>,
        place: Place<'_>,
        now: Timestamp,
        _: &Ids,
    ) -> Result<Option<(Arc<Stored<Group>>, Arc<Stored<Stream>>)>> {
        if let Some(stream) = self.stream(group, place.stream).await? {
            return Ok(Some((Arc::clone(group), stream)));
        }
        match self.create_stream(group, place.stream, now.millis()).await {
            Err(error) if !error.is_conflict() => Err(error),
            _ => Ok(None),
        }
    }
}

/// Cuts a text to what an event takes.
fn cut(message: &mut String) {
    message.truncate(message.floor_char_boundary(EVENT_BYTES));
}
