//! Every operation of CloudWatch Logs that is offered.

use crate::Logs;

strongroom_api::operations! { Logs;
    create_log_group::CreateLogGroup,
    create_log_stream::CreateLogStream,
    delete_log_group::DeleteLogGroup,
    delete_log_stream::DeleteLogStream,
    delete_metric_filter::DeleteMetricFilter,
    delete_resource_policy::DeleteResourcePolicy,
    delete_retention_policy::DeleteRetentionPolicy,
    describe_log_groups::DescribeLogGroups,
    describe_log_streams::DescribeLogStreams,
    describe_metric_filters::DescribeMetricFilters,
    describe_resource_policies::DescribeResourcePolicies,
    filter_log_events::FilterLogEvents,
    get_log_events::GetLogEvents,
    list_log_groups::ListLogGroups,
    list_tags_for_resource::ListTagsForResource,
    list_tags_log_group::ListTagsLogGroup,
    put_log_events::PutLogEvents,
    put_log_group_deletion_protection::PutLogGroupDeletionProtection,
    put_metric_filter::PutMetricFilter,
    put_resource_policy::PutResourcePolicy,
    put_retention_policy::PutRetentionPolicy,
    tag_log_group::TagLogGroup,
    tag_resource::TagResource,
    test_metric_filter::TestMetricFilter,
    untag_log_group::UntagLogGroup,
    untag_resource::UntagResource,
}
