//! Writing datapoints.

use std::collections::BTreeMap;

use strongroom_api::{Result, Timestamp};
use strongroom_records::RecordError;

use crate::block::{Block, Tier};
use crate::datum::Datum;
use crate::metric::{Kept, Metric};
use crate::paths::{self, DUE_POINTS, Home};
use crate::{Cloudwatch, error};

/// What is to be added to one block.
struct Addition<'d> {
    metric: Metric,
    key: String,
    tier: Tier,
    start: i64,
    samples: Vec<(i64, &'d Datum)>,
}

/// Blocks changed in one transaction: each takes up to five of a store's 128 operations.
const BLOCKS_AT_ONCE: usize = 24;
/// How often a block is tried again when somebody else was faster.
const MOST_ATTEMPTS: usize = 64;

impl Cloudwatch {
    /// Records `data` of a namespace, without asking who says so: for the server itself and for
    /// services of this server. Samples are durable when it returns.
    ///
    /// # Errors
    /// What keeps the store from taking it. Some of the data may have been taken.
    pub async fn record(
        &self,
        account: &str,
        region: &str,
        namespace: &str,
        data: &[Datum],
        now: Timestamp,
    ) -> Result<()> {
        let home = Home { account, region };
        let additions: Vec<_> = additions(home, namespace, data, now).into_values().collect();
        for together in additions.chunks(BLOCKS_AT_ONCE) {
            self.add(home, together).await?;
        }
        Ok(())
    }

    async fn add(&self, home: Home<'_>, additions: &[Addition<'_>]) -> Result<()> {
        for _ in 0..MOST_ATTEMPTS {
            match self.add_once(home, additions).await {
                Err(RecordError::Conflict) => {}
                outcome => return outcome.map_err(error::of_record),
            }
        }
        Err(strongroom_api::Error::throttling())
    }

    async fn add_once(
        &self,
        home: Home<'_>,
        additions: &[Addition<'_>],
    ) -> Result<(), RecordError> {
        let mut changes = self.records.changes();
        let mut listed: BTreeMap<String, Kept> = BTreeMap::new();
        for addition in additions {
            let Addition { metric, key, tier, start, samples } = addition;
            let found = self.records.get::<Block>(key).await?;
            let mut block = match &found {
                Some(found) => found.value.clone(),
                None => Block::new(*tier, *start),
            };
            for (at, datum) in samples {
                block.add(*at, datum.unit, &datum.samples);
            }
            if let Some(found) = found {
                changes.replace(&found, &block)?;
                continue;
            }
            changes.create(key, &block)?;
            let place = home.metric(&metric.namespace, &metric.name, &metric.id());
            let due = paths::due(DUE_POINTS, tier.due(*start, block.step), key);
            changes.index(&due, &format!("{key}\n{place}"));
            let latest = start + tier.span();
            let kept =
                listed.entry(place).or_insert_with(|| Kept { metric: metric.clone(), latest });
            kept.latest = kept.latest.max(latest);
        }
        for (place, kept) in listed {
            let known = self.records.get::<Kept>(&place).await?;
            if known.is_none_or(|known| known.latest < kept.latest) {
                changes.put(&place, &kept)?;
            }
        }
        self.records.commit(changes).await.map(drop)
    }
}

/// The data by the block that it goes to.
fn additions<'d>(
    home: Home<'_>,
    namespace: &str,
    data: &'d [Datum],
    now: Timestamp,
) -> BTreeMap<String, Addition<'d>> {
    let mut additions: BTreeMap<String, Addition<'d>> = BTreeMap::new();
    for datum in data {
        let metric = Metric::new(namespace, &datum.name, datum.dimensions.clone());
        let id = metric.id();
        let at = datum.at.unwrap_or(now).seconds();
        let tiers = [Some(Tier::Hours), datum.fine.then_some(Tier::Seconds)];
        for tier in tiers.into_iter().flatten() {
            let start = at - at.rem_euclid(tier.span());
            let key = home.points(tier == Tier::Seconds, &id, start);
            let addition = additions.entry(key.clone()).or_insert_with(|| Addition {
                metric: metric.clone(),
                key,
                tier,
                start,
                samples: Vec::new(),
            });
            addition.samples.push((at, datum));
        }
    }
    additions
}
