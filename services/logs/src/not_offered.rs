//! What AWS's model has and we do not, with the reasons.

use strongroom_api::NotOffered;

const NO_KMS: &str = "log data is sealed with the server's keys, and KMS keys are not used for it";
const NO_DELIVERIES: &str = "logs are not delivered to other services";
const NO_DESTINATIONS: &str = "there are no streams of other services to send logs to";
const NO_QUERIES: &str = "there is no query engine for logs; FilterLogEvents searches them";
const NO_ANOMALIES: &str = "nothing looks for anomalies in logs";
const NO_TRANSFER: &str = "there is no object store to export logs to or import them from";
const NO_INTEGRATIONS: &str = "there are no other services to integrate with";
const NO_TRANSFORMERS: &str = "log events are kept as they come";
const NO_LOOKUP: &str = "there is no query engine that would use lookup tables";
const NO_POLICIES: &str = "policies of whole accounts and data protection are not offered; what must not be read in logs must not be written there";
const NO_INDEXES: &str = "fields of events are not indexed";
const NO_TOKENS: &str = "log events are taken with signed requests only";
const NO_SUMMARIES: &str = "there are no linked accounts whose groups would be summed up";
const NO_SYSLOG: &str = "log events are taken through the API, not from syslog";
const NO_TIERS: &str = "there is one kind of storage";

pub const NOT_OFFERED: &[NotOffered] = &[
    NotOffered { name: "AssociateKmsKey", reason: NO_KMS },
    NotOffered { name: "AssociateSourceToS3TableIntegration", reason: NO_INTEGRATIONS },
    NotOffered { name: "CancelExportTask", reason: NO_TRANSFER },
    NotOffered { name: "CancelImportTask", reason: NO_TRANSFER },
    NotOffered { name: "CreateDelivery", reason: NO_DELIVERIES },
    NotOffered { name: "CreateExportTask", reason: NO_TRANSFER },
    NotOffered { name: "CreateImportTask", reason: NO_TRANSFER },
    NotOffered { name: "CreateLogAnomalyDetector", reason: NO_ANOMALIES },
    NotOffered { name: "CreateLookupTable", reason: NO_LOOKUP },
    NotOffered { name: "CreateScheduledQuery", reason: NO_QUERIES },
    NotOffered { name: "DeleteAccountPolicy", reason: NO_POLICIES },
    NotOffered { name: "DeleteDataProtectionPolicy", reason: NO_POLICIES },
    NotOffered { name: "DeleteDelivery", reason: NO_DELIVERIES },
    NotOffered { name: "DeleteDeliveryDestination", reason: NO_DELIVERIES },
    NotOffered { name: "DeleteDeliveryDestinationPolicy", reason: NO_DELIVERIES },
    NotOffered { name: "DeleteDeliverySource", reason: NO_DELIVERIES },
    NotOffered { name: "DeleteDestination", reason: NO_DESTINATIONS },
    NotOffered { name: "DeleteIndexPolicy", reason: NO_INDEXES },
    NotOffered { name: "DeleteIntegration", reason: NO_INTEGRATIONS },
    NotOffered { name: "DeleteLogAnomalyDetector", reason: NO_ANOMALIES },
    NotOffered { name: "DeleteLookupTable", reason: NO_LOOKUP },
    NotOffered { name: "DeleteQueryDefinition", reason: NO_QUERIES },
    NotOffered { name: "DeleteScheduledQuery", reason: NO_QUERIES },
    NotOffered { name: "DeleteSyslogConfiguration", reason: NO_SYSLOG },
    NotOffered { name: "DeleteTransformer", reason: NO_TRANSFORMERS },
    NotOffered { name: "DescribeAccountPolicies", reason: NO_POLICIES },
    NotOffered { name: "DescribeConfigurationTemplates", reason: NO_DELIVERIES },
    NotOffered { name: "DescribeDeliveries", reason: NO_DELIVERIES },
    NotOffered { name: "DescribeDeliveryDestinations", reason: NO_DELIVERIES },
    NotOffered { name: "DescribeDeliverySources", reason: NO_DELIVERIES },
    NotOffered { name: "DescribeDestinations", reason: NO_DESTINATIONS },
    NotOffered { name: "DescribeExportTasks", reason: NO_TRANSFER },
    NotOffered { name: "DescribeFieldIndexes", reason: NO_INDEXES },
    NotOffered { name: "DescribeImportTaskBatches", reason: NO_TRANSFER },
    NotOffered { name: "DescribeImportTasks", reason: NO_TRANSFER },
    NotOffered { name: "DescribeIndexPolicies", reason: NO_INDEXES },
    NotOffered { name: "DescribeLookupTables", reason: NO_LOOKUP },
    NotOffered { name: "DescribeQueries", reason: NO_QUERIES },
    NotOffered { name: "DescribeQueryDefinitions", reason: NO_QUERIES },
    NotOffered { name: "DisassociateKmsKey", reason: NO_KMS },
    NotOffered { name: "DisassociateSourceFromS3TableIntegration", reason: NO_INTEGRATIONS },
    NotOffered { name: "GetDataProtectionPolicy", reason: NO_POLICIES },
    NotOffered { name: "GetDelivery", reason: NO_DELIVERIES },
    NotOffered { name: "GetDeliveryDestination", reason: NO_DELIVERIES },
    NotOffered { name: "GetDeliveryDestinationPolicy", reason: NO_DELIVERIES },
    NotOffered { name: "GetDeliverySource", reason: NO_DELIVERIES },
    NotOffered { name: "GetIntegration", reason: NO_INTEGRATIONS },
    NotOffered { name: "GetLogAnomalyDetector", reason: NO_ANOMALIES },
    NotOffered { name: "GetLogFields", reason: NO_QUERIES },
    NotOffered { name: "GetLogGroupFields", reason: NO_QUERIES },
    NotOffered { name: "GetLogObject", reason: NO_TRANSFER },
    NotOffered { name: "GetLogRecord", reason: NO_QUERIES },
    NotOffered { name: "GetLookupTable", reason: NO_LOOKUP },
    NotOffered { name: "GetQueryResults", reason: NO_QUERIES },
    NotOffered { name: "GetScheduledQuery", reason: NO_QUERIES },
    NotOffered { name: "GetScheduledQueryHistory", reason: NO_QUERIES },
    NotOffered { name: "GetStorageTierPolicy", reason: NO_TIERS },
    NotOffered { name: "GetTransformer", reason: NO_TRANSFORMERS },
    NotOffered { name: "ListAggregateLogGroupSummaries", reason: NO_SUMMARIES },
    NotOffered { name: "ListAnomalies", reason: NO_ANOMALIES },
    NotOffered { name: "ListIntegrations", reason: NO_INTEGRATIONS },
    NotOffered { name: "ListLogAnomalyDetectors", reason: NO_ANOMALIES },
    NotOffered { name: "ListLogGroupsForQuery", reason: NO_QUERIES },
    NotOffered { name: "ListScheduledQueries", reason: NO_QUERIES },
    NotOffered { name: "ListSourcesForS3TableIntegration", reason: NO_INTEGRATIONS },
    NotOffered { name: "ListSyslogConfigurations", reason: NO_SYSLOG },
    NotOffered { name: "PutAccountPolicy", reason: NO_POLICIES },
    NotOffered { name: "PutBearerTokenAuthentication", reason: NO_TOKENS },
    NotOffered { name: "PutDataProtectionPolicy", reason: NO_POLICIES },
    NotOffered { name: "PutDeliveryDestination", reason: NO_DELIVERIES },
    NotOffered { name: "PutDeliveryDestinationPolicy", reason: NO_DELIVERIES },
    NotOffered { name: "PutDeliverySource", reason: NO_DELIVERIES },
    NotOffered { name: "PutDestination", reason: NO_DESTINATIONS },
    NotOffered { name: "PutDestinationPolicy", reason: NO_DESTINATIONS },
    NotOffered { name: "PutIndexPolicy", reason: NO_INDEXES },
    NotOffered { name: "PutIntegration", reason: NO_INTEGRATIONS },
    NotOffered { name: "PutQueryDefinition", reason: NO_QUERIES },
    NotOffered { name: "PutStorageTierPolicy", reason: NO_TIERS },
    NotOffered { name: "PutSyslogConfiguration", reason: NO_SYSLOG },
    NotOffered { name: "PutTransformer", reason: NO_TRANSFORMERS },
    NotOffered { name: "StartQuery", reason: NO_QUERIES },
    NotOffered { name: "StopQuery", reason: NO_QUERIES },
    NotOffered { name: "TestTransformer", reason: NO_TRANSFORMERS },
    NotOffered { name: "UpdateAnomaly", reason: NO_ANOMALIES },
    NotOffered { name: "UpdateDeliveryConfiguration", reason: NO_DELIVERIES },
    NotOffered { name: "UpdateLogAnomalyDetector", reason: NO_ANOMALIES },
    NotOffered { name: "UpdateLookupTable", reason: NO_LOOKUP },
    NotOffered { name: "UpdateScheduledQuery", reason: NO_QUERIES },
];
