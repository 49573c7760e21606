//! Every operation of CloudWatch that is offered.

use crate::Cloudwatch;

strongroom_api::operations! { Cloudwatch;
    delete_alarms::DeleteAlarms,
    describe_alarm_history::DescribeAlarmHistory,
    describe_alarms::DescribeAlarms,
    describe_alarms_for_metric::DescribeAlarmsForMetric,
    disable_alarm_actions::DisableAlarmActions,
    enable_alarm_actions::EnableAlarmActions,
    get_metric_data::GetMetricData,
    get_metric_statistics::GetMetricStatistics,
    list_metrics::ListMetrics,
    list_tags_for_resource::ListTagsForResource,
    put_composite_alarm::PutCompositeAlarm,
    put_metric_alarm::PutMetricAlarm,
    put_metric_data::PutMetricData,
    set_alarm_state::SetAlarmState,
    tag_resource::TagResource,
    untag_resource::UntagResource,
}
