//! The suite that every engine passes: plain async functions, and one macro that runs them all.
//!
//! ```ignore
//! strongroom_store::conformance!(open);
//!
//! /// A fresh, empty store that keeps about `changes` changes, and whatever must outlive it.
//! async fn open(changes: usize) -> (std::sync::Arc<dyn strongroom_store::Store>, ()) { … }
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod commits;
pub mod leases;
pub mod model;
pub mod reads;
pub mod watches;

use crate::{Direction, Page, Range, Store};

/// Changes that the store of an ordinary case keeps.
pub const CHANGES_KEPT: usize = 10_000;

/// Changes that the store of a case about lagging watches keeps, at most.
pub const FEW_CHANGES_KEPT: usize = 8;

/// Runs the whole suite against the stores that `$open` yields, one test a case.
#[macro_export]
macro_rules! conformance {
    ($open:path) => {
        $crate::conformance!(@cases $open, $crate::conformance::CHANGES_KEPT, reads {
            what_was_put_is_read
            what_is_absent_is_not_found
            what_was_deleted_is_gone_and_can_come_back
            keys_come_in_the_order_of_their_bytes
            a_range_is_half_open
            a_prefix_ends_exactly_where_it_should
            paging_forward_and_backward_meets_every_key_once
            a_page_says_whether_there_is_more
            a_page_is_bounded_in_entries_and_bytes
            any_bytes_and_any_characters_come_back_as_they_were
        });
        $crate::conformance!(@cases $open, $crate::conformance::CHANGES_KEPT, commits {
            revisions_rise_and_all_keys_of_a_transaction_carry_its_own
            a_conflict_changes_nothing
            every_compare_must_hold
            a_key_expected_absent_conflicts_once_it_is_there
            a_key_that_came_back_is_not_the_one_before
            a_transaction_that_changes_nothing_takes_no_revision
            of_many_who_write_the_same_exactly_one_wins
            counters_raised_concurrently_lose_no_step
            readers_never_see_half_a_transaction
            a_read_never_goes_back_behind_an_earlier_one
            what_is_too_large_is_refused_and_the_largest_is_not
            a_transaction_that_makes_no_sense_is_refused
            a_closed_store_says_so
        });
        $crate::conformance!(@cases $open, $crate::conformance::CHANGES_KEPT, watches {
            a_watch_yields_changes_in_order_and_only_its_range
            a_watch_from_an_earlier_revision_catches_up
            a_watch_waits_for_the_next_change
            a_watch_under_concurrent_commits_has_no_gap_and_no_duplicate
            a_scan_and_a_watch_from_its_revision_miss_nothing
            a_watch_ends_when_the_store_is_closed
        });
        $crate::conformance!(@cases $open, $crate::conformance::FEW_CHANGES_KEPT, watches {
            a_watch_that_lags_too_far_is_told
        });
        $crate::conformance!(@cases $open, $crate::conformance::CHANGES_KEPT, leases {
            a_lease_has_one_holder_until_it_runs_out
            a_released_lease_is_free
            a_renewed_lease_lasts_longer
            a_holder_who_lost_the_lease_is_fenced_out
            of_many_who_ask_one_gets_the_lease
        });

        #[test]
        fn any_sequence_of_operations_agrees_with_a_map() {
            $crate::conformance::model::any_sequence_agrees_with_a_map($open);
        }
    };
    (@cases $open:path, $changes:expr, $module:ident { $($case:ident)* }) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                let (store, _kept) = $open($changes).await;
                $crate::conformance::$module::$case(store).await;
            }
        )*
    };
}

async fn keys(store: &dyn Store, range: Range, direction: Direction, limit: usize) -> Vec<String> {
    names(&store.scan(range, direction, limit).await.unwrap())
}

fn names(page: &Page) -> Vec<String> {
    page.entries.iter().map(|entry| entry.key.clone()).collect()
}
