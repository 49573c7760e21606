//! What AWS's model has and we do not, with the reasons.

use strongroom_api::NotOffered;

const NO_LAKE: &str = "there is no CloudTrail Lake here; the trail is one stream of JSON lines, which \
     LookupEvents, `strongroom trail tail` and any sink read";
const NO_INSIGHTS: &str = "nothing here compares call rates with those of other days; metric filters \
     and alarms watch for what is known to be unusual";
const NO_DELEGATION: &str = "every account reads its own events; there is nothing to delegate";

pub const NOT_OFFERED: &[NotOffered] = &[
    NotOffered { name: "CancelQuery", reason: NO_LAKE },
    NotOffered { name: "CreateChannel", reason: NO_LAKE },
    NotOffered { name: "CreateDashboard", reason: NO_LAKE },
    NotOffered { name: "CreateEventDataStore", reason: NO_LAKE },
    NotOffered { name: "DeleteChannel", reason: NO_LAKE },
    NotOffered { name: "DeleteDashboard", reason: NO_LAKE },
    NotOffered { name: "DeleteEventDataStore", reason: NO_LAKE },
    NotOffered { name: "DeleteResourcePolicy", reason: NO_LAKE },
    NotOffered { name: "DeregisterOrganizationDelegatedAdmin", reason: NO_DELEGATION },
    NotOffered { name: "DescribeQuery", reason: NO_LAKE },
    NotOffered { name: "DisableFederation", reason: NO_LAKE },
    NotOffered { name: "EnableFederation", reason: NO_LAKE },
    NotOffered { name: "GenerateQuery", reason: NO_LAKE },
    NotOffered { name: "GetChannel", reason: NO_LAKE },
    NotOffered { name: "GetDashboard", reason: NO_LAKE },
    NotOffered { name: "GetEventConfiguration", reason: NO_LAKE },
    NotOffered { name: "GetEventDataStore", reason: NO_LAKE },
    NotOffered { name: "GetImport", reason: NO_LAKE },
    NotOffered { name: "GetQueryResults", reason: NO_LAKE },
    NotOffered { name: "GetResourcePolicy", reason: NO_LAKE },
    NotOffered { name: "ListChannels", reason: NO_LAKE },
    NotOffered { name: "ListDashboards", reason: NO_LAKE },
    NotOffered { name: "ListEventDataStores", reason: NO_LAKE },
    NotOffered { name: "ListImportFailures", reason: NO_LAKE },
    NotOffered { name: "ListImports", reason: NO_LAKE },
    NotOffered { name: "ListInsightsData", reason: NO_INSIGHTS },
    NotOffered { name: "ListInsightsMetricData", reason: NO_INSIGHTS },
    NotOffered { name: "ListQueries", reason: NO_LAKE },
    NotOffered { name: "PutEventConfiguration", reason: NO_LAKE },
    NotOffered { name: "PutInsightSelectors", reason: NO_INSIGHTS },
    NotOffered { name: "PutResourcePolicy", reason: NO_LAKE },
    NotOffered { name: "RegisterOrganizationDelegatedAdmin", reason: NO_DELEGATION },
    NotOffered { name: "RestoreEventDataStore", reason: NO_LAKE },
    NotOffered { name: "SearchSampleQueries", reason: NO_LAKE },
    NotOffered { name: "StartDashboardRefresh", reason: NO_LAKE },
    NotOffered { name: "StartEventDataStoreIngestion", reason: NO_LAKE },
    NotOffered { name: "StartImport", reason: NO_LAKE },
    NotOffered { name: "StartQuery", reason: NO_LAKE },
    NotOffered { name: "StopEventDataStoreIngestion", reason: NO_LAKE },
    NotOffered { name: "StopImport", reason: NO_LAKE },
    NotOffered { name: "UpdateChannel", reason: NO_LAKE },
    NotOffered { name: "UpdateDashboard", reason: NO_LAKE },
    NotOffered { name: "UpdateEventDataStore", reason: NO_LAKE },
];
