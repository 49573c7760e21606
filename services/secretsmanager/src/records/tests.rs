//! Where values stand: whatever happens to the labels of a secret, every value stays readable.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use crate::testing::{Room, version};

/// What a caller may do to a secret. Numbers of versions are taken modulo those there are.
#[derive(Clone, Debug)]
enum Step {
    Put { size: usize, stages: Vec<&'static str> },
    Update { size: usize },
    UpdateKey { key: Option<u8>, size: Option<usize> },
    Move { label: &'static str, to: u32 },
    Remove { label: &'static str },
    Replicate,
}

/// Sizes on both sides of what rides in the secret's own record.
fn sizes() -> impl Strategy<Value = usize> {
    prop::sample::select(vec![1, 20, 4_060, 4_096, 4_200, 20_000])
}

fn steps() -> impl Strategy<Value = Step> {
    const LABELS: [&str; 5] = ["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", "x", "y"];
    let labels = || prop::sample::select(LABELS.to_vec());
    prop_oneof![
        3 => (sizes(), prop::collection::btree_set(labels(), 0..3)).prop_map(|(size, stages)| {
            Step::Put { size, stages: stages.into_iter().collect() }
        }),
        2 => sizes().prop_map(|size| Step::Update { size }),
        1 => (prop::option::of(0_u8..2), prop::option::of(sizes()))
            .prop_map(|(key, size)| Step::UpdateKey { key, size }),
        4 => (labels(), any::<u32>()).prop_map(|(label, to)| Step::Move { label, to }),
        1 => labels().prop_map(|label| Step::Remove { label }),
        1 => Just(Step::Replicate),
    ]
}

/// What a secret should be: values by version, holders by label.
#[derive(Default)]
struct Model {
    values: BTreeMap<u32, String>,
    labels: BTreeMap<&'static str, u32>,
}

impl Model {
    fn attach(&mut self, label: &'static str, to: u32) {
        let holder = self.labels.insert(label, to);
        if label == "AWSCURRENT" && holder != Some(to) {
            match holder {
                Some(holder) => self.labels.insert("AWSPREVIOUS", holder),
                None => self.labels.remove("AWSPREVIOUS"),
            };
        }
    }

    fn add(&mut self, value: String, stages: &[&'static str]) -> u32 {
        let token = u32::try_from(self.values.len()).unwrap() + 1;
        self.values.insert(token, value);
        if stages.is_empty() || stages.contains(&"AWSCURRENT") {
            self.labels.remove("AWSPENDING");
            self.attach("AWSCURRENT", token);
        } else if !self.labels.contains_key("AWSCURRENT") {
            self.attach("AWSCURRENT", token);
        }
        for stage in stages {
            self.attach(stage, token);
        }
        token
    }
}

fn value(token: usize, size: usize) -> String {
    let mut value = format!("{token} ");
    value.extend(std::iter::repeat_n('v', size));
    value
}

async fn perform(room: &Room, model: &mut Model, step: Step) {
    let next = model.values.len() + 1;
    let mut body = json!({"SecretId": "db"});
    match step {
        Step::Put { size, stages } => {
            let value = value(next, size);
            body["SecretString"] = json!(value);
            if !stages.is_empty() {
                body["VersionStages"] = json!(stages);
            }
            body["ClientRequestToken"] = json!(version(model.add(value, &stages)));
            room.ok("PutSecretValue", body).await;
        }
        Step::Update { size } => {
            let value = value(next, size);
            body["SecretString"] = json!(value);
            body["ClientRequestToken"] = json!(version(model.add(value, &[])));
            room.ok("UpdateSecret", body).await;
        }
        Step::UpdateKey { key, size } => {
            body["KmsKeyId"] = json!(key.map_or(String::new(), |key| format!("alias/{key}")));
            if let Some(size) = size {
                let value = value(next, size);
                body["SecretString"] = json!(value);
                body["ClientRequestToken"] = json!(version(model.add(value, &[])));
            }
            room.ok("UpdateSecret", body).await;
        }
        Step::Move { label, to } => {
            let to = to % u32::try_from(model.values.len()).unwrap() + 1;
            body["VersionStage"] = json!(label);
            body["MoveToVersionId"] = json!(version(to));
            if let Some(holder) = model.labels.get(label) {
                body["RemoveFromVersionId"] = json!(version(*holder));
            }
            model.attach(label, to);
            room.ok("UpdateSecretVersionStage", body).await;
        }
        Step::Remove { label } => {
            let Some(holder) = model.labels.get(label).copied() else { return };
            body["VersionStage"] = json!(label);
            body["RemoveFromVersionId"] = json!(version(holder));
            let outcome = room.call("UpdateSecretVersionStage", &body.to_string()).await;
            assert_eq!(outcome.is_ok(), label != "AWSCURRENT");
            if label != "AWSCURRENT" {
                model.labels.remove(label);
            }
        }
        Step::Replicate => {
            body["AddReplicaRegions"] = json!([{"Region": "eu-west-1"}]);
            // The second time it has a replica there already.
            let _ = room.call("ReplicateSecretToRegions", &body.to_string()).await;
        }
    }
}

async fn check(room: &Room, model: &Model) {
    for (token, value) in &model.values {
        let body = json!({"SecretId": "db", "VersionId": version(*token)});
        assert_eq!(
            room.ok("GetSecretValue", body).await["SecretString"],
            *value,
            "version {token}"
        );
    }
    check_labels(room, model).await;
    let far = room.in_region("eu-west-1");
    if far.call("DescribeSecret", r#"{"SecretId": "db"}"#).await.is_ok() {
        check_labels(&far, model).await;
    }
}

async fn check_labels(room: &Room, model: &Model) {
    let shown = room.labels("db").await;
    let shown_labels: usize = shown.values().map(Vec::len).sum();
    assert_eq!(shown_labels, model.labels.len(), "{shown:?} are {:?}", model.labels);
    for (label, token) in &model.labels {
        assert!(shown[token].iter().any(|had| had == label), "{label} is not on version {token}");
        let body = json!({"SecretId": "db", "VersionStage": label});
        let reply = room.ok("GetSecretValue", body).await;
        assert_eq!(reply["SecretString"], model.values[token], "{label}");
    }
}

#[tokio::test]
async fn a_small_current_value_rides_in_the_record_whichever_way_it_became_current() {
    let room = Room::with_secret("db").await;
    room.put("db", 2, &value(2, 20_000)).await.unwrap();
    let apart = || async {
        let keys = room.stored_keys().await;
        let ids = keys.iter().filter(|key| key.contains("/value/"));
        ids.map(|id| id.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(apart().await, [version(1), version(2)]);
    let back = json!({
        "SecretId": "db", "VersionStage": "AWSCURRENT",
        "RemoveFromVersionId": version(2), "MoveToVersionId": version(1),
    });
    room.ok("UpdateSecretVersionStage", back).await;
    assert_eq!(apart().await, [version(2)]);
    assert_eq!(room.value("db").await.unwrap(), "hunter2");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_value_stays_readable_whatever_happens_to_the_labels(
        steps in prop::collection::vec(steps(), 1..20)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let room = Room::new();
            room.ok("CreateSecret", json!({"Name": "db"})).await;
            let mut model = Model::default();
            perform(&room, &mut model, Step::Put { size: 7, stages: Vec::new() }).await;
            for step in steps {
                perform(&room, &mut model, step).await;
                check(&room, &model).await;
            }
            // Nothing stays behind that belongs to nobody.
            let removal = json!({"SecretId": "db", "RemoveReplicaRegions": ["eu-west-1"]});
            let _ = room.call("RemoveRegionsFromReplication", &removal.to_string()).await;
            room.ok("DeleteSecret", json!({"SecretId": "db", "ForceDeleteWithoutRecovery": true})).await;
            assert_eq!(room.stored_keys().await, Vec::<String>::new());
        });
    }
}
