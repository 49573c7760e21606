//! Events, from the trail by way of its index.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Error, Result};
use strongroom_cloudtrail::{Event, Events, Found, Query, terms};
use strongroom_trail::{Trail, TrailError};
use strongroom_trail_index::{Index, IndexError, Stem, Wanted};

use crate::aside::Aside;

/// The port `Events` of CloudTrail over the trail.
pub struct TrailEvents {
    trail: Arc<Trail>,
    index: Arc<Index>,
    /// Where files are read, which must not keep requests waiting.
    aside: Aside,
}

impl TrailEvents {
    /// Events of `trail`, found through `index`.
    #[must_use]
    pub fn new(trail: Arc<Trail>, index: Arc<Index>) -> Self {
        Self { trail, index, aside: Aside::start("look-ups") }
    }
}

impl Events for TrailEvents {
    fn newest<'a>(&'a self, query: Query, limit: usize) -> BoxFuture<'a, Result<Found>> {
        let (trail, index) = (Arc::clone(&self.trail), Arc::clone(&self.index));
        Box::pin(async move { self.aside.run(move || find(&trail, &index, &query, limit)).await? })
    }
}

fn find(trail: &Trail, index: &Index, query: &Query, limit: usize) -> Result<Found> {
    let place = Stem::of(&[&query.account, &query.region]);
    let wanted_terms = match terms::of_query(query) {
        None => vec![place.term()],
        Some(found) => found.map(|(kind, value)| place.and(kind).and(value).term()).collect(),
    };
    let wanted = Wanted {
        terms: &wanted_terms,
        before: query.before.unwrap_or(u64::MAX),
        from: query.from.unwrap_or(i64::MIN),
        to: query.to.unwrap_or(i64::MAX),
    };
    // One more than asked for tells whether there is another page.
    let sequences = index.newest(&wanted, limit + 1).map_err(Error::internal)?;
    let mut found = Found::default();
    if let [.., last, _more] = sequences.as_slice()
        && sequences.len() > limit
    {
        found.next = Some(*last);
    }
    for sequence in sequences.into_iter().take(limit) {
        let entry = trail.read_from(sequence).next().transpose().map_err(Error::internal)?;
        let entry = entry.filter(|entry| entry.sequence == sequence);
        let event = entry.and_then(|entry| Event::parse(&entry.event()).map(Event::into_owned));
        // Terms may be alike by accident: the record itself decides.
        found.events.extend(event.filter(|event| event.answers(query)));
    }
    Ok(found)
}

/// Why records could not be indexed.
#[derive(Debug, thiserror::Error)]
enum Behind {
    #[error(transparent)]
    Trail(#[from] TrailError),
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// Adds what is written to the trail to the index until the trail is closed. Takes a thread.
pub fn follow(trail: &Trail, index: &Index) {
    let mut follower = trail.follow(0);
    let mut is_told = false;
    while follower.wait().is_some() {
        match catch_up(trail, index) {
            Ok(()) => is_told = false,
            Err(error) if !is_told => {
                tracing::error!("look-ups do not see the latest records: {error}");
                is_told = true;
            }
            Err(_) => {}
        }
    }
}

fn catch_up(trail: &Trail, index: &Index) -> Result<(), Behind> {
    // A power loss took records that were indexed: others have their numbers now.
    if index.next() > trail.position().sequence + 1 {
        index.restart_at(1)?;
    }
    let mut found = Vec::new();
    let mut reader = trail.read_from(index.next());
    while let Some(read) = reader.next_line() {
        let (sequence, line) = read?;
        if sequence != index.next() {
            // What is missing in between was retired.
            index.restart_at(sequence)?;
        }
        found.clear();
        // The two members that the trail has added to the record are passed over.
        let event = Event::parse(line);
        // Look-ups show management events only.
        if let Some(event) = event.as_ref().filter(|event| event.is_management) {
            let place = Stem::of(&[&event.account, &event.region]);
            found.push(place.term());
            let terms = terms::of_event(event);
            found.extend(terms.map(|(kind, value)| place.and(kind).and(value).term()));
        }
        index.add(sequence, event.map_or(0, |event| event.seconds), &found)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use serde_json::json;
    use strongroom_cloudtrail::Attribute;
    use strongroom_trail::Options;

    use super::*;

    const ACCOUNT: &str = "123456789012";

    fn write(trail: &Trail, account: &str, secret: &str, number: u64) {
        let record = json!({
            "userIdentity": {"type": "IAMUser", "userName": "alice", "accessKeyId": "AKIA1"},
            "eventTime": format!("2026-01-31T10:{:02}:{:02}Z", number / 60, number % 60),
            "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue",
            "awsRegion": "us-east-1", "eventID": format!("event-{number}"), "readOnly": true,
            "requestParameters": {"secretId": secret}, "managementEvent": true,
            "recipientAccountId": account,
        });
        trail.append(record.to_string().as_bytes()).unwrap();
    }

    fn query(attribute: Option<(Attribute, &str)>) -> Query {
        Query {
            account: ACCOUNT.to_owned(),
            region: "us-east-1".to_owned(),
            attribute: attribute.map(|(attribute, value)| (attribute, value.to_owned())),
            from: None,
            to: None,
            before: None,
        }
    }

    fn ids(found: &Found) -> Vec<&str> {
        found.events.iter().map(|event| &*event.id).collect()
    }

    #[test]
    fn events_are_found_by_what_they_are_about_and_in_no_other_account() {
        let folder = tempfile::tempdir().unwrap();
        let trail = Trail::open(folder.path(), Options::default(), 0).unwrap();
        let index = Index::in_memory(4);
        for number in 0..6 {
            let account = if number == 4 { "222233334444" } else { ACCOUNT };
            write(&trail, account, if number % 2 == 0 { "prod/db" } else { "other" }, number);
        }
        catch_up(&trail, &index).unwrap();
        let found = |query: &Query, limit| find(&trail, &index, query, limit).unwrap();
        let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";
        for value in ["prod/db", arn] {
            let query = query(Some((Attribute::ResourceName, value)));
            assert_eq!(ids(&found(&query, 9)), ["event-2", "event-0"]);
        }
        let mut all = query(None);
        let first = found(&all, 2);
        assert_eq!(ids(&first), ["event-5", "event-3"]);
        all.before = first.next;
        let second = found(&all, 3);
        assert_eq!((ids(&second), second.next), (vec!["event-2", "event-1", "event-0"], None));
    }

    #[test]
    fn an_index_ahead_of_its_trail_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let trail = Trail::open(folder.path(), Options::default(), 0).unwrap();
        let index = Index::in_memory(4);
        (1..9).for_each(|sequence| index.add(sequence, 0, &[]).unwrap());
        write(&trail, ACCOUNT, "db", 1);
        catch_up(&trail, &index).unwrap();
        assert_eq!(ids(&find(&trail, &index, &query(None), 9).unwrap()), ["event-1"]);
    }
}
