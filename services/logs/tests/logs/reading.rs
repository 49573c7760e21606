//! Reading, held against a list that is simply sorted.

use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};
use proptest::test_runner::{Config, TestCaseError};
use serde_json::{Value, json};

use crate::{Scene, messages};

const HOUR: i64 = 3_600_000;

/// A batch: which stream, when it begins, and the gaps between its events, in milliseconds.
#[derive(Clone, Debug)]
struct Batch {
    stream: usize,
    start: i64,
    gaps: Vec<i64>,
}

fn batch() -> impl Strategy<Value = Batch> {
    let gap = proptest::sample::select(vec![0, 1, 400, 20_000, 900_000]);
    (0..2_usize, -40..0_i64, proptest::collection::vec(gap, 1..12), any::<bool>()).prop_map(
        |(stream, start, gaps, aligned)| {
            let start = if aligned { start * HOUR } else { start * 61_007 };
            Batch { stream, start: start - 12 * HOUR, gaps }
        },
    )
}

/// What was put: time, stream, order of arrival, text.
type One = (i64, usize, usize, String);
type Put = Vec<One>;

async fn fill(scene: &Scene, batches: &[Batch]) -> Put {
    let mut put = Put::new();
    for batch in batches {
        let mut time = batch.start;
        let mut events = Vec::new();
        for gap in &batch.gaps {
            time += gap;
            let order = put.len();
            // Some are long enough to fill chunks.
            let text =
                format!("{order} {}", "x".repeat(if order.is_multiple_of(5) { 9_000 } else { 3 }));
            put.push((time, batch.stream, order, text.clone()));
            events.push((time, text));
        }
        let events: Vec<_> = events.iter().map(|(time, text)| (*time, text.as_str())).collect();
        scene.put(["s", "t"][batch.stream], &events).await;
    }
    put.sort();
    put
}

async fn all_pages(scene: &Scene, mut body: Value) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let page = scene.ok("FilterLogEvents", body.clone()).await;
        found.extend(messages(&page).into_iter().map(str::to_owned));
        match page.get("nextToken") {
            Some(token) => body["nextToken"] = token.clone(),
            None => return found,
        }
    }
}

/// A whole stream through the tokens of one direction; `turn` says how to join the pages.
async fn walk(scene: &Scene, limit: usize, forward: bool) -> Vec<String> {
    let token = if forward { "nextForwardToken" } else { "nextBackwardToken" };
    let mut body = json!({
        "logGroupName": "g", "logStreamName": "s", "limit": limit, "startFromHead": forward,
    });
    let mut found: Vec<String> = Vec::new();
    loop {
        let page = scene.ok("GetLogEvents", body.clone()).await;
        let texts = messages(&page).into_iter().map(str::to_owned);
        match forward {
            true => found.extend(texts),
            false => found = texts.chain(found).collect(),
        }
        if body["nextToken"] == page[token] {
            return found;
        }
        body["nextToken"] = page[token].clone();
    }
}

async fn check(batches: Vec<Batch>, limit: usize, from: i64, to: i64) -> Result<(), TestCaseError> {
    let scene = Scene::with_stream(1).await;
    scene.stream("t").await;
    let put = fill(&scene, &batches).await;
    let texts = |wanted: &dyn Fn(&One) -> bool| -> Vec<String> {
        put.iter().filter(|one| wanted(one)).map(|one| one.3.clone()).collect()
    };
    let all = all_pages(&scene, json!({"logGroupName": "g", "limit": limit})).await;
    prop_assert_eq!(all, texts(&|_| true));
    let now = scene.now();
    let body = json!({
        "logGroupName": "g", "limit": limit, "startTime": now + from, "endTime": now + to,
        "filterPattern": "1",
    });
    let some = all_pages(&scene, body).await;
    prop_assert_eq!(some, texts(&|one| (from..=to).contains(&one.0) && one.3.contains('1')));
    let body = json!({
        "logGroupName": "g", "limit": limit, "startTime": now - 70 * HOUR, "filterPattern": "1",
        "startFromHead": false,
    });
    let mut backward = all_pages(&scene, body).await;
    backward.reverse();
    prop_assert_eq!(backward, texts(&|one| one.3.contains('1')));
    let of_s = texts(&|one| one.1 == 0);
    prop_assert_eq!(walk(&scene, limit, true).await, of_s.clone());
    prop_assert_eq!(walk(&scene, limit, false).await, of_s);
    Ok(())
}

proptest! {
    #![proptest_config(Config { cases: 48, ..Config::default() })]

    #[test]
    fn every_way_of_reading_agrees_with_a_sorted_list(
        batches in proptest::collection::vec(batch(), 0..14),
        limit in 1..9_usize,
        from in -60 * HOUR..0,
        length in 0..40 * HOUR,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(batches, limit, from, from + length))?;
    }
}
