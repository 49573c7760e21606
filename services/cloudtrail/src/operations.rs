//! Every operation of CloudTrail that is offered.

use crate::CloudTrail;

strongroom_api::operations! { CloudTrail;
    add_tags::AddTags,
    create_trail::CreateTrail,
    delete_trail::DeleteTrail,
    describe_trails::DescribeTrails,
    get_event_selectors::GetEventSelectors,
    get_insight_selectors::GetInsightSelectors,
    get_trail::GetTrail,
    get_trail_status::GetTrailStatus,
    list_public_keys::ListPublicKeys,
    list_tags::ListTags,
    list_trails::ListTrails,
    lookup_events::LookupEvents,
    put_event_selectors::PutEventSelectors,
    remove_tags::RemoveTags,
    start_logging::StartLogging,
    stop_logging::StopLogging,
    update_trail::UpdateTrail,
}
