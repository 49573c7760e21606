//! Reading datapoints: the samples of a metric, put together by period.

use std::collections::BTreeMap;

use strongroom_records::{RecordError, Stored};
use strongroom_store::Direction;

use crate::Cloudwatch;
use crate::block::{Block, Tier};
use crate::cell::Cell;
use crate::metric::Metric;
use crate::paths::Home;
use crate::unit::Unit;

/// What to read of a metric. Times and periods are in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The metric.
    pub metric: &'a Metric,
    /// From when, included.
    pub from: i64,
    /// Until when, excluded.
    pub to: i64,
    /// The period.
    pub period: i64,
    /// Where a period begins is counted from: 0 for periods that follow the clock.
    pub origin: i64,
    /// Only samples of this unit.
    pub unit: Option<Unit>,
}

/// Samples by unit and by the second at which their period begins.
pub type Samples = BTreeMap<(Unit, i64), Cell>;

/// As many blocks are read one by one, through the cache; more are scanned.
const FEW_BLOCKS: i64 = 4;
const PAGE: usize = 200;

impl Cloudwatch {
    /// Reads what is `wanted`.
    ///
    /// # Errors
    /// What keeps the store from answering.
    pub(crate) async fn samples(
        &self,
        home: Home<'_>,
        wanted: Wanted<'_>,
    ) -> Result<Samples, RecordError> {
        let tier = if wanted.period < 60 { Tier::Seconds } else { Tier::Hours };
        let id = wanted.metric.id();
        let first = wanted.from - wanted.from.rem_euclid(tier.span());
        let mut samples = Samples::new();
        if wanted.to - first <= FEW_BLOCKS * tier.span() {
            let mut start = first;
            while start < wanted.to {
                let key = home.points(tier == Tier::Seconds, &id, start);
                if let Some(block) = self.records.get::<Block>(&key).await? {
                    gather(&mut samples, &block, wanted);
                }
                start += tier.span();
            }
            return Ok(samples);
        }
        let mut range = home.all_points(tier == Tier::Seconds, &id);
        range.start = home.points(tier == Tier::Seconds, &id, first.max(0));
        let end = home.points(tier == Tier::Seconds, &id, wanted.to.clamp(0, LAST_SECOND));
        range.end = range.end.min(end);
        loop {
            let page = self.records.scan::<Block>(range.clone(), Direction::Forward, PAGE).await?;
            page.records.iter().for_each(|block| gather(&mut samples, block, wanted));
            match page.records.last() {
                Some(last) if page.more => range = range.after(&last.key),
                _ => return Ok(samples),
            }
        }
    }
}

/// The last second that keys can hold.
const LAST_SECOND: i64 = 999_999_999_999;

fn gather(samples: &mut Samples, block: &Stored<Block>, wanted: Wanted<'_>) {
    let in_unit = |unit: Unit| wanted.unit.is_none_or(|wanted| wanted == unit);
    for (at, unit, cell) in block.cells() {
        if at < wanted.from || at >= wanted.to || !in_unit(unit) {
            continue;
        }
        let start = at - (at - wanted.origin).rem_euclid(wanted.period.max(1));
        match samples.get_mut(&(unit, start)) {
            Some(had) => had.add(cell),
            None => {
                samples.insert((unit, start), cell.clone());
            }
        }
    }
}
