//! What AWS's CloudWatch has and this one does not.

use strongroom_api::NotOffered;

const DASHBOARDS: &str = "dashboards are not kept";
const ANOMALIES: &str = "no anomaly detection";
const INSIGHTS: &str = "no contributor insights";
const STREAMS: &str = "no metric streams";
const MUTE: &str = "no mute rules; DisableAlarmActions keeps alarms silent";
const ENRICHMENT: &str = "no OpenTelemetry enrichment";
const DATASETS: &str = "everything stored is sealed already";
const DEFINITIONS: &str = "no stored queries";
const RESOURCE_METRICS: &str = "no metrics of AWS resources";

const fn not(name: &'static str, reason: &'static str) -> NotOffered {
    NotOffered { name, reason }
}

/// The list, with reasons.
pub const NOT_OFFERED: &[NotOffered] = &[
    not("AssociateDatasetKmsKey", DATASETS),
    not("CreateResourceMetricsConfiguration", RESOURCE_METRICS),
    not("DeleteAlarmMuteRule", MUTE),
    not("DeleteAnomalyDetector", ANOMALIES),
    not("DeleteDashboards", DASHBOARDS),
    not("DeleteInsightRules", INSIGHTS),
    not("DeleteMetricDataQueryDefinition", DEFINITIONS),
    not("DeleteMetricStream", STREAMS),
    not("DeleteResourceMetricsConfiguration", RESOURCE_METRICS),
    not("DescribeAlarmContributors", INSIGHTS),
    not("DescribeAnomalyDetectors", ANOMALIES),
    not("DescribeInsightRules", INSIGHTS),
    not("DisableInsightRules", INSIGHTS),
    not("DisassociateDatasetKmsKey", DATASETS),
    not("EnableInsightRules", INSIGHTS),
    not("GetAlarmMuteRule", MUTE),
    not("GetDashboard", DASHBOARDS),
    not("GetDataset", DATASETS),
    not("GetInsightRuleReport", INSIGHTS),
    not("GetMetricDataQueryDefinition", DEFINITIONS),
    not("GetMetricStream", STREAMS),
    not("GetMetricWidgetImage", "no pictures are drawn"),
    not("GetOTelEnrichment", ENRICHMENT),
    not("GetResourceMetricsConfiguration", RESOURCE_METRICS),
    not("ListAlarmMuteRules", MUTE),
    not("ListDashboards", DASHBOARDS),
    not("ListManagedInsightRules", INSIGHTS),
    not("ListMetricDataQueryDefinitions", DEFINITIONS),
    not("ListMetricStreams", STREAMS),
    not("PutAlarmMuteRule", MUTE),
    not("PutAnomalyDetector", ANOMALIES),
    not("PutDashboard", DASHBOARDS),
    not("PutInsightRule", INSIGHTS),
    not("PutLogAlarm", "a metric filter of the log group and a metric alarm do the same"),
    not("PutManagedInsightRules", INSIGHTS),
    not("PutMetricDataQueryDefinition", DEFINITIONS),
    not("PutMetricStream", STREAMS),
    not("StartMetricStreams", STREAMS),
    not("StartOTelEnrichment", ENRICHMENT),
    not("StopMetricStreams", STREAMS),
    not("StopOTelEnrichment", ENRICHMENT),
    not("UpdateOTelEnrichment", ENRICHMENT),
    not("UpdateResourceMetricsConfiguration", RESOURCE_METRICS),
];
