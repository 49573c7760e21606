//! The engine and the plain reading of the rules give the same answers.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::generated::any_case;
use crate::oracle;

/// Enough for every change; PROPTEST_CASES asks for more.
fn cases() -> u32 {
    Config::default().cases.max(6_000)
}

proptest! {
    #![proptest_config(Config { cases: cases(), failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_engine_agrees_with_the_plain_rules(case in any_case()) {
        prop_assert_eq!(case.answer(), oracle::answer(&case));
    }
}

/// Agreement would say little if every generated case were denied for the same reason.
#[test]
fn generated_cases_reach_every_kind_of_answer() {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]),
    );
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..2_000 {
        let case = any_case().new_tree(&mut runner).unwrap().current();
        *seen.entry(case.answer()).or_default() += 1;
    }
    for types in [
        "identity-based policy",
        "permissions boundary",
        "session policy",
        "resource-based policy",
        "role trust policy",
        "service control policy",
    ] {
        for how in ["explicit", "implicit"] {
            let answer = format!("{how} {types}");
            assert!(
                seen.get(&answer).is_some_and(|count| *count >= 3),
                "{answer} is rare in {seen:?}"
            );
        }
    }
    assert!(seen["allow"] >= 100, "{seen:?}");
}
