//! What is asked of events, and who is told what came of them.

use std::sync::Arc;

use serde_json::{Value, json};
use strongroom_api::Job as _;
use strongroom_lambda::events::DeliverEvents;
use strongroom_lambda::runner::{NotRun, Parcel, Unsent};

use crate::support::{ROLE, Room, failed, payload};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:failures";
const LETTERS: &str = "arn:aws:sns:us-east-1:123456789012:letters";
const LISTENER: &str = "arn:aws:lambda:us-east-1:123456789012:function:listener";
const LATEST: &str = "arn:aws:lambda:us-east-1:123456789012:function:rotate:$LATEST";

async fn send(room: &Room, function: &str) {
    let event = json!({
        "FunctionName": function, "InvocationType": "Event", "Payload": payload(r#"{"n": 7}"#),
    });
    room.call("Invoke", event).await.unwrap();
    room.settle().await;
}

async fn job(room: &Room) -> u64 {
    let report = DeliverEvents(Arc::clone(&room.lambda)).run(&room.stage.circumstances()).await;
    let done = report.unwrap().done;
    room.settle().await;
    done
}

async fn ask(room: &Room, more: Value) -> Value {
    let mut body = json!({ "FunctionName": "rotate" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    room.call("PutFunctionEventInvokeConfig", body).await.unwrap()
}

fn telling(on_success: &str, on_failure: &str) -> Value {
    json!({
        "OnSuccess": { "Destination": on_success }, "OnFailure": { "Destination": on_failure },
    })
}

fn sent(room: &Room) -> Vec<Parcel> {
    std::mem::take(&mut *room.told.sent.lock().unwrap())
}

fn record(parcel: &Parcel) -> Value {
    serde_json::from_str(&parcel.body).unwrap()
}

#[tokio::test]
async fn who_asked_for_it_is_told_of_success() {
    let room = Room::with_function("rotate").await;
    ask(&room, json!({ "DestinationConfig": telling(LISTENER, TOPIC) })).await;
    send(&room, "rotate").await;
    let sent = sent(&room);
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].target.as_str(), sent[0].role.as_str()), (LISTENER, ROLE));
    let record = record(&sent[0]);
    assert_eq!(record["version"], "1.0");
    assert_eq!(record["timestamp"], "2026-01-31T10:20:30.000Z");
    let context = &record["requestContext"];
    assert_eq!(context["functionArn"], LATEST);
    assert_eq!(
        (&context["condition"], &context["approximateInvokeCount"]),
        (&json!("Success"), &json!(1))
    );
    assert_eq!(record["requestPayload"], json!({ "n": 7 }));
    let response = json!({ "statusCode": 200, "executedVersion": "$LATEST" });
    assert_eq!(record["responseContext"], response);
    assert_eq!(record["responsePayload"]["version"], "$LATEST");
}

#[tokio::test]
async fn after_the_last_try_destination_and_dead_letters_are_told() {
    let room = Room::new();
    room.create("rotate", json!({ "DeadLetterConfig": { "TargetArn": LETTERS } })).await.unwrap();
    let asked = json!({ "MaximumRetryAttempts": 1, "DestinationConfig": telling("", TOPIC) });
    ask(&room, asked).await;
    for _ in 0..2 {
        room.runner.answer(Ok(failed()));
    }
    send(&room, "rotate").await;
    assert_eq!(sent(&room), []);
    room.advance_millis(60_000);
    job(&room).await;
    let mut sent = sent(&room);
    sent.sort_by(|one, other| one.target.cmp(&other.target));
    let [told, letter] = sent.as_slice() else { panic!("{sent:?}") };
    let record = record(told);
    assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 2);
    assert_eq!(record["responseContext"]["functionError"], "Unhandled");
    assert_eq!(record["responsePayload"]["errorType"], "ValueError");
    assert_eq!((letter.target.as_str(), letter.body.as_str()), (LETTERS, r#"{"n": 7}"#));
    let texts =
        |text: (&str, &str, &str)| (text.0.to_owned(), text.1.to_owned(), text.2.to_owned());
    let id = record["requestContext"]["requestId"].as_str().unwrap();
    assert_eq!(
        letter.attributes,
        [
            ("RequestID", "String", id),
            ("ErrorCode", "Number", "200"),
            ("ErrorMessage", "String", "no")
        ]
        .map(texts)
    );
    room.advance_millis(7 * 3_600_000);
    assert_eq!((job(&room).await, room.runner.count()), (0, 2));
}

#[tokio::test]
async fn without_retries_the_first_failure_is_the_last() {
    let room = Room::with_function("rotate").await;
    ask(&room, json!({ "MaximumRetryAttempts": 0, "DestinationConfig": telling("", TOPIC) })).await;
    room.runner.answer(Ok(failed()));
    send(&room, "rotate").await;
    assert_eq!(record(&sent(&room)[0])["requestContext"]["approximateInvokeCount"], 1);
}

#[tokio::test]
async fn an_event_that_grows_too_old_is_told_of_as_such() {
    let room = Room::with_function("rotate").await;
    let asked = json!({ "MaximumEventAgeInSeconds": 60, "DestinationConfig": telling("", TOPIC) });
    ask(&room, asked).await;
    // No room for it, and the server is away while it ages.
    room.runner.answer(Err(NotRun::ServerBusy));
    send(&room, "rotate").await;
    room.advance_millis(61_000);
    job(&room).await;
    let told = record(&sent(&room)[0]);
    assert_eq!(told["requestContext"]["condition"], "EventAgeExceeded");
    assert_eq!(told["requestContext"]["approximateInvokeCount"], 0);
    assert_eq!(told["responseContext"], Value::Null);
    assert_eq!(room.runner.count(), 1);
    // One that failed would be tried again only when it is too old.
    room.runner.answer(Ok(failed()));
    send(&room, "rotate").await;
    room.advance_millis(60_000);
    room.runner.answer(Ok(failed()));
    job(&room).await;
    let told = record(&sent(&room)[0]);
    assert_eq!(told["requestContext"]["condition"], "EventAgeExceeded");
    assert_eq!(told["responseContext"]["functionError"], "Unhandled");
}

#[tokio::test]
async fn a_function_that_may_not_run_at_all_passes_its_events_on_at_once() {
    let room = Room::with_function("rotate").await;
    ask(&room, json!({ "DestinationConfig": telling("", TOPIC) })).await;
    let none = json!({ "FunctionName": "rotate", "ReservedConcurrentExecutions": 0 });
    room.call("PutFunctionConcurrency", none).await.unwrap();
    send(&room, "rotate").await;
    let told = record(&sent(&room)[0]);
    assert_eq!(told["requestContext"]["condition"], "ZeroReservedConcurrency");
    assert_eq!(room.runner.count(), 0);
}

#[tokio::test]
async fn an_alias_asks_for_itself() {
    let room = Room::with_function("rotate").await;
    room.call("PublishVersion", json!({ "FunctionName": "rotate" })).await.unwrap();
    let alias = json!({ "FunctionName": "rotate", "Name": "live", "FunctionVersion": "1" });
    room.call("CreateAlias", alias).await.unwrap();
    ask(&room, json!({ "Qualifier": "live", "DestinationConfig": telling(TOPIC, "") })).await;
    send(&room, "rotate").await;
    assert_eq!(sent(&room), []);
    send(&room, "rotate:live").await;
    let told = record(&sent(&room)[0]);
    assert_eq!(told["requestContext"]["functionArn"], LATEST.replace("$LATEST", "live"));
    assert_eq!(told["responseContext"]["executedVersion"], "1");
    let gone = json!({ "FunctionName": "rotate", "Name": "live" });
    room.call("DeleteAlias", gone).await.unwrap();
    let list = room.call("ListFunctionEventInvokeConfigs", json!({ "FunctionName": "rotate" }));
    assert_eq!(list.await.unwrap()["FunctionEventInvokeConfigs"], json!([]));
}

#[tokio::test]
async fn what_is_not_sent_is_sent_later_and_what_is_refused_is_not() {
    let room = Room::with_function("rotate").await;
    ask(&room, json!({ "DestinationConfig": telling(TOPIC, "") })).await;
    room.told.answers.lock().unwrap().push(Unsent::Later("busy".to_owned()));
    send(&room, "rotate").await;
    assert_eq!((sent(&room).len(), job(&room).await), (0, 0));
    room.advance_millis(1_000);
    assert_eq!(job(&room).await, 1);
    assert_eq!(sent(&room).len(), 1);

    room.told.answers.lock().unwrap().push(Unsent::Refused("no".to_owned()));
    send(&room, "rotate").await;
    room.advance_millis(7 * 3_600_000);
    assert_eq!((job(&room).await, sent(&room).len()), (0, 0));
}

#[tokio::test]
async fn an_outcome_whose_server_died_is_taken_over() {
    let room = Room::with_function("rotate").await;
    ask(&room, json!({ "DestinationConfig": telling(TOPIC, "") })).await;
    let event = json!({ "FunctionName": "rotate", "InvocationType": "Event" });
    room.call("Invoke", event).await.unwrap();
    let work = room.runner.beside.lock().unwrap().pop().unwrap();
    work.await;
    // The function has run, and the server stops before anybody is told.
    room.runner.beside.lock().unwrap().clear();
    assert_eq!((room.runner.count(), sent(&room).len()), (1, 0));
    room.advance_millis(61_000);
    assert_eq!(job(&room).await, 1);
    assert_eq!((room.runner.count(), sent(&room).len()), (1, 1));
}

#[tokio::test]
async fn put_replaces_update_adds_and_delete_takes_away() {
    let room = Room::with_function("rotate").await;
    let put =
        ask(&room, json!({ "MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60 })).await;
    let expected = json!({
        "LastModified": 1_769_854_830, "FunctionArn": LATEST, "MaximumRetryAttempts": 1,
        "MaximumEventAgeInSeconds": 60, "DestinationConfig": { "OnSuccess": {}, "OnFailure": {} },
    });
    assert_eq!(put, expected);
    let more = json!({ "FunctionName": "rotate", "DestinationConfig": telling(TOPIC, "") });
    let updated = room.call("UpdateFunctionEventInvokeConfig", more).await.unwrap();
    assert_eq!(updated["MaximumRetryAttempts"], 1);
    assert_eq!(updated["DestinationConfig"]["OnSuccess"]["Destination"], TOPIC);
    let named = json!({ "FunctionName": "rotate", "Qualifier": "$LATEST" });
    assert_eq!(room.call("GetFunctionEventInvokeConfig", named.clone()).await.unwrap(), updated);
    let replaced = ask(&room, json!({ "MaximumRetryAttempts": 0 })).await;
    assert_eq!(replaced["MaximumEventAgeInSeconds"], Value::Null);
    assert_eq!(replaced["DestinationConfig"]["OnSuccess"], json!({}));
    room.call("DeleteFunctionEventInvokeConfig", named.clone()).await.unwrap();
    for operation in ["GetFunctionEventInvokeConfig", "DeleteFunctionEventInvokeConfig"] {
        let refusal = room.refusal(operation, named.clone()).await;
        assert_eq!(refusal.code, "ResourceNotFoundException");
        assert_eq!(
            refusal.message,
            format!("The function {LATEST} doesn't have an EventInvokeConfig")
        );
    }
    let update = json!({ "FunctionName": "rotate", "MaximumRetryAttempts": 0 });
    let refusal = room.refusal("UpdateFunctionEventInvokeConfig", update).await;
    assert_eq!(refusal.code, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_list_goes_on() {
    let room = Room::with_function("rotate").await;
    room.call("PublishVersion", json!({ "FunctionName": "rotate" })).await.unwrap();
    for qualifier in ["$LATEST", "1"] {
        ask(&room, json!({ "Qualifier": qualifier, "MaximumRetryAttempts": 1 })).await;
    }
    let mut body = json!({ "FunctionName": "rotate", "MaxItems": 1 });
    let mut found = Vec::new();
    loop {
        let page = room.call("ListFunctionEventInvokeConfigs", body.clone()).await.unwrap();
        let shown = page["FunctionEventInvokeConfigs"].as_array().unwrap();
        assert_eq!(shown.len(), 1);
        found.push(shown[0]["FunctionArn"].as_str().unwrap().to_owned());
        let Some(marker) = page["NextMarker"].as_str() else { break };
        body["Marker"] = marker.into();
    }
    assert_eq!(found, [LATEST.to_owned(), LATEST.replace("$LATEST", "1")]);
}

#[tokio::test]
async fn what_cannot_be_told_is_refused_in_aws_words() {
    let room = Room::with_function("rotate").await;
    let place = "us-east-1:123456789012";
    let queue = format!("arn:aws:sqs:{place}:queue");
    let config = "The provided destination config DestinationConfig";
    for (destinations, message) in [
        (
            telling("", &queue),
            format!("{config}(onSuccess=null, onFailure=OnFailure(destination={queue})) is invalid."),
        ),
        (
            telling(&queue, TOPIC),
            format!(
                "{config}(onSuccess=OnSuccess(destination={queue}), \
                 onFailure=OnFailure(destination={TOPIC})) is invalid."
            ),
        ),
        (
            telling("", &format!("arn:aws:lambda:{place}:function:rotate")),
            "You can't specify the function as a destination for itself.".to_owned(),
        ),
        (
            telling("", &format!("arn:aws:lambda:{place}:function:gone")),
            format!("The destination ARN arn:aws:lambda:{place}:function:gone is invalid."),
        ),
        (
            telling(&format!("arn:aws:sns:{place}:a.fifo"), ""),
            "FIFO-type Amazon SNS topics aren't supported as a destination.".to_owned(),
        ),
        (
            telling("", &format!("arn:aws:sns:{place}:closed")),
            "The provided execution role does not have permissions to call Publish on SNS".to_owned(),
        ),
        (
            telling(&format!("arn:aws:lambda:{place}:function:closed"), ""),
            "The provided execution role does not have permissions to call InvokeFunction on Lambda"
                .to_owned(),
        ),
    ] {
        let body = json!({ "FunctionName": "rotate", "DestinationConfig": destinations });
        let refusal = room.refusal("PutFunctionEventInvokeConfig", body).await;
        assert_eq!((refusal.code.as_str(), refusal.message), ("InvalidParameterValueException", message));
    }
    let nothing = room.refusal("PutFunctionEventInvokeConfig", json!({ "FunctionName": "rotate" }));
    assert_eq!(
        nothing.await.message,
        "You must specify at least one of error handling or destination setting."
    );
    for (name, qualifier) in [("none", "$LATEST"), ("rotate", "9"), ("rotate", "none")] {
        let body = json!({
            "FunctionName": name, "Qualifier": qualifier, "MaximumRetryAttempts": 1,
        });
        let refusal = room.refusal("PutFunctionEventInvokeConfig", body).await;
        assert_eq!(refusal.code, "ResourceNotFoundException", "{name}:{qualifier}");
    }
}

#[tokio::test]
async fn dead_letters_go_to_topics_that_the_role_may_publish_to() {
    let room = Room::with_function("rotate").await;
    let place = "us-east-1:123456789012";
    for (target, message) in [
        (
            format!("arn:aws:sns:{place}:closed"),
            "The provided execution role does not have permissions to call Publish on SNS",
        ),
        (
            format!("arn:aws:sns:{place}:a.fifo"),
            "Invalid dead letter queue ARN: FIFO SNS topic is not supported for dead letter configuration",
        ),
        (
            format!("arn:aws:sqs:{place}:queue"),
            "A dead-letter target other than an SNS topic is not offered by this server",
        ),
    ] {
        let letters = json!({ "TargetArn": target });
        let body = json!({ "FunctionName": "rotate", "DeadLetterConfig": letters });
        let refusal = room.refusal("UpdateFunctionConfiguration", body).await;
        assert_eq!(refusal.message, message);
        let refusal =
            room.create("other", json!({ "DeadLetterConfig": letters })).await.unwrap_err();
        assert_eq!(refusal.message, message);
    }
    let body = json!({ "FunctionName": "rotate", "DeadLetterConfig": { "TargetArn": LETTERS } });
    let shown = room.call("UpdateFunctionConfiguration", body).await.unwrap();
    assert_eq!(shown["DeadLetterConfig"]["TargetArn"], LETTERS);
    let body = json!({ "FunctionName": "rotate", "DeadLetterConfig": { "TargetArn": "" } });
    let shown = room.call("UpdateFunctionConfiguration", body).await.unwrap();
    assert_eq!(shown["DeadLetterConfig"], Value::Null);
}
