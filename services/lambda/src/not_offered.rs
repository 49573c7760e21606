//! Operations of AWS's model that are not offered, each with the reason.

use strongroom_api::NotOffered;

const fn because(name: &'static str, reason: &'static str) -> NotOffered {
    NotOffered { name, reason }
}

const LAYER_POLICY: &str = "layers belong to their account alone";
const DURABLE: &str = "durable executions are not offered";
const CAPACITY: &str = "functions run on the server's own machine";
const SIGNING: &str = "code signing is not offered";
const SOURCES: &str = "event source mappings are not offered";
const URLS: &str = "function URLs are not offered";
const WHOLE_POLICY: &str = "policies grow by AddPermission and shrink by RemovePermission";
const PROVISIONED: &str = "instances are started when they are needed";

/// The list.
pub const NOT_OFFERED: &[NotOffered] = &[
    because("AddLayerVersionPermission", LAYER_POLICY),
    because("CheckpointDurableExecution", DURABLE),
    because("CreateCapacityProvider", CAPACITY),
    because("CreateCodeSigningConfig", SIGNING),
    because("CreateEventSourceMapping", SOURCES),
    because("CreateFunctionUrlConfig", URLS),
    because("DeleteCapacityProvider", CAPACITY),
    because("DeleteCodeSigningConfig", SIGNING),
    because("DeleteDurableExecution", DURABLE),
    because("DeleteEventSourceMapping", SOURCES),
    because("DeleteFunctionCodeSigningConfig", SIGNING),
    because("DeleteFunctionUrlConfig", URLS),
    because("DeleteProvisionedConcurrencyConfig", PROVISIONED),
    because("DeleteResourcePolicy", WHOLE_POLICY),
    because("GetCapacityProvider", CAPACITY),
    because("GetCodeSigningConfig", SIGNING),
    because("GetDurableExecution", DURABLE),
    because("GetDurableExecutionHistory", DURABLE),
    because("GetDurableExecutionState", DURABLE),
    because("GetEventSourceMapping", SOURCES),
    because("GetFunctionScalingConfig", CAPACITY),
    because("GetFunctionUrlConfig", URLS),
    because("GetLayerVersionPolicy", LAYER_POLICY),
    because("GetProvisionedConcurrencyConfig", PROVISIONED),
    because("GetResourcePolicy", WHOLE_POLICY),
    because("InvokeAsync", "it is deprecated: Invoke with the type Event does the same"),
    because("InvokeWithResponseStream", "replies are not streamed"),
    because("ListCapacityProviders", CAPACITY),
    because("ListCodeSigningConfigs", SIGNING),
    because("ListDurableExecutionsByFunction", DURABLE),
    because("ListEventSourceMappings", SOURCES),
    because("ListFunctionUrlConfigs", URLS),
    because("ListFunctionVersionsByCapacityProvider", CAPACITY),
    because("ListFunctionsByCodeSigningConfig", SIGNING),
    because("ListProvisionedConcurrencyConfigs", PROVISIONED),
    because("PauseDurableExecution", DURABLE),
    because("PutFunctionCodeSigningConfig", SIGNING),
    because("PutFunctionRecursionConfig", "loops are not looked for"),
    because("PutFunctionScalingConfig", CAPACITY),
    because("PutProvisionedConcurrencyConfig", PROVISIONED),
    because("PutResourcePolicy", WHOLE_POLICY),
    because("PutRuntimeManagementConfig", "the operator chooses the interpreters"),
    because("RemoveLayerVersionPermission", LAYER_POLICY),
    because("ResumeDurableExecution", DURABLE),
    because("SendDurableExecutionCallbackFailure", DURABLE),
    because("SendDurableExecutionCallbackHeartbeat", DURABLE),
    because("SendDurableExecutionCallbackSuccess", DURABLE),
    because("StopDurableExecution", DURABLE),
    because("UpdateCapacityProvider", CAPACITY),
    because("UpdateCodeSigningConfig", SIGNING),
    because("UpdateEventSourceMapping", SOURCES),
    because("UpdateFunctionUrlConfig", URLS),
];
