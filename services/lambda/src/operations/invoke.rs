//! Invoke: calls a function.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::IgnoredAny;
use strongroom_api::{
    Audit, Authorized, Blob, Operation, Place, Reply, Rest, Result, Sensitive, Shape,
};

use crate::find::Found;
use crate::runner::Event;
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::{Call, Lambda, error};

/// The operation.
pub struct Invoke;

texts! {
    /// Whether somebody waits for the answer.
    InvocationType { Event = "Event", RequestResponse = "RequestResponse", DryRun = "DryRun" }
}

texts! {
    /// Whether the end of the log is told.
    LogType { Never = "None", Tail = "Tail" }
}

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    invocation_type: Option<InvocationType>,
    log_type: Option<LogType>,
    client_context: Option<Sensitive<String>>,
    payload: Option<Sensitive<Blob>>,
    qualifier: Option<Qualifier>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    status_code: u16,
    /// `Unhandled` if the function failed.
    pub function_error: Option<String>,
    log_result: Option<Sensitive<String>>,
    /// What the function returned, or its error.
    pub payload: Option<Sensitive<Blob>>,
    executed_version: Option<String>,
}

/// AWS's limits in bytes.
const LARGEST_PAYLOAD: usize = 6_291_456;
const LARGEST_EVENT: usize = 1_048_576;
const LARGEST_CONTEXT: usize = 3_583;

impl Input {
    /// A call as services make it.
    pub(crate) fn of(
        function_name: NamespacedFunctionName,
        payload: Vec<u8>,
        is_event: bool,
    ) -> Self {
        let kind = if is_event { InvocationType::Event } else { InvocationType::RequestResponse };
        Self {
            function_name,
            invocation_type: Some(kind),
            log_type: None,
            client_context: None,
            payload: Some(Sensitive::new(Blob(payload))),
            qualifier: None,
        }
    }

    /// The payload, which is JSON; nothing counts as an empty object.
    fn json(&self, most: usize, kind: InvocationType) -> Result<Vec<u8>> {
        let sent = self.payload.as_ref().map(|payload| payload.reveal().0.as_slice());
        let Some(sent) = sent.filter(|sent| !sent.is_empty()) else { return Ok(b"{}".to_vec()) };
        if sent.len() > most {
            return Err(error::payload_too_large(sent.len(), kind.text(), most));
        }
        let read = serde_json::from_slice::<IgnoredAny>(sent);
        read.map_err(|cause| error::bad_payload(&cause.to_string()))?;
        Ok(sent.to_vec())
    }

    /// The client context, as JSON.
    fn context(&self) -> Result<Option<String>> {
        let Some(sent) = &self.client_context else { return Ok(None) };
        let decoded = STANDARD.decode(sent.reveal()).ok();
        let decoded = decoded.filter(|decoded| decoded.len() <= LARGEST_CONTEXT);
        let text = decoded.and_then(|decoded| String::from_utf8(decoded).ok());
        // It travels on in a header, where a line break would end it.
        let value: Option<serde_json::Map<String, serde_json::Value>> =
            text.and_then(|text| serde_json::from_str(&text).ok());
        let value = value.ok_or_else(error::bad_client_context)?;
        Ok(Some(serde_json::Value::Object(value).to_string()))
    }
}

impl Operation for Invoke {
    const NAME: &'static str = "Invoke";
    const ACTION: &'static str = "InvokeFunction";
    const IS_DATA_EVENT: bool = true;
    const AUDIT: Audit = Audit::WriteOf(&["FunctionError", "ExecutedVersion"]);
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate", "Payload": "e30="}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("POST", "/2015-03-31/functions/{FunctionName}/invocations")
            .request(&[
                ("InvocationType", Place::Header("x-amz-invocation-type")),
                ("LogType", Place::Header("x-amz-log-type")),
                ("ClientContext", Place::Header("x-amz-client-context")),
                ("Qualifier", Place::Query("Qualifier")),
                ("Payload", Place::Payload),
            ])
            .reply(&[
                ("StatusCode", Place::Status),
                ("FunctionError", Place::Header("x-amz-function-error")),
                ("LogResult", Place::Header("x-amz-log-result")),
                ("ExecutedVersion", Place::Header("x-amz-executed-version")),
                ("Payload", Place::Payload),
            ])
            .most_bytes(LARGEST_PAYLOAD + (64 << 10)),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let qualifier = input.qualifier.as_ref().map(|one| one.0.as_str());
        call.service.find_to_invoke(call, &input.function_name.0, qualifier).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<Output> {
        let kind = input.invocation_type.unwrap_or(InvocationType::RequestResponse);
        let is_event = kind == InvocationType::Event;
        let most = if is_event { LARGEST_EVENT } else { LARGEST_PAYLOAD };
        let event = Event {
            request_id: call.request_id.to_owned(),
            invoked_arn: found.named.qualified_arn(),
            payload: input.json(most, kind)?,
            client_context: input.context()?,
        };
        let configuration = call.service.version(&found, call.entropy).await?;
        let mut output = Output {
            status_code: 200,
            function_error: None,
            log_result: None,
            payload: None,
            executed_version: None,
        };
        if kind == InvocationType::DryRun {
            output.status_code = 204;
            return Ok(output);
        }
        if found.function.reserved_concurrency == Some(0) && !is_event {
            return Err(error::throttled("ReservedFunctionConcurrentInvocationLimitExceeded"));
        }
        if is_event {
            call.service.accept(&found, &configuration, event, call.now).await?;
            output.status_code = 202;
            return Ok(output);
        }
        let finished = call.service.run_now(&found, &configuration, event).await?;
        output.function_error = finished.is_error.then(|| "Unhandled".to_owned());
        output.executed_version = Some(configuration.version);
        output.payload = Some(Sensitive::new(Blob(finished.payload)));
        if input.log_type == Some(LogType::Tail) {
            output.log_result = Some(Sensitive::new(STANDARD.encode(&finished.log_tail)));
        }
        Ok(output)
    }
}
