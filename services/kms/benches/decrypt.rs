//! What Decrypt costs another service that reads a secret: found, authorized, opened, put on record.
//! Run with `cargo bench -p strongroom-kms`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use strongroom_api::{Call, Caller, Circumstances, Recorder, Unrecorded};
use strongroom_kms::operations::{CreateKey, Decrypt, GenerateDataKey};
use strongroom_kms::{AsWritten, EncryptionContext, InPlace, Kms};
use strongroom_testkit::{Stage, allowed_only, nobody, records};

const ROUNDS: u32 = 100_000;
const VIA: &str = "secretsmanager.us-east-1.amazonaws.com";

/// Takes records and forgets them: what a record costs beyond its making is the trail's matter.
struct Nowhere;

impl Recorder for Nowhere {
    fn append(&self, record: &[u8]) -> Result<(), Unrecorded> {
        black_box(record);
        Ok(())
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let kms = Kms::new(records(1), Arc::new(InPlace), Arc::new(AsWritten));
        let stage = Stage::new(1);
        let root = Circumstances { recorder: &Nowhere, via: Some(VIA), ..stage.circumstances() };
        let made = Call::new(&kms, &root).perform::<CreateKey>(&CreateKey::input()).await.unwrap();
        let own = made.key_metadata.arn;
        let clerk = allowed_only("123456789012", &["kms:Decrypt"]);
        decrypts(&kms, &root, &clerk, &own, "a key of the account, allowed by IAM").await;
        let nobody = nobody("123456789012");
        let managed = "alias/aws/secretsmanager";
        decrypts(&kms, &root, &nobody, managed, "the key of Secrets Manager").await;
    });
}

async fn decrypts(kms: &Kms, root: &Circumstances<'_>, caller: &Caller, key: &str, what: &str) {
    let context = EncryptionContext::of([
        (
            "SecretARN",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/api/stripe-AbCdEf",
        ),
        ("SecretVersionId", "EXAMPLE1-90ab-cdef-fedc-ba987EXAMPLE"),
    ]);
    let input = GenerateDataKey::input(key, context.clone());
    let made = Call::new(kms, root).perform::<GenerateDataKey>(&input).await.unwrap();
    let input = Decrypt::input(made.ciphertext_blob.0, context, None);
    let circumstances = Circumstances { caller, ..*root };
    let call = Call::new(kms, &circumstances);
    let mut best = u128::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        for _ in 0..ROUNDS / 5 {
            black_box(call.perform::<Decrypt>(black_box(&input)).await.unwrap());
        }
        best = best.min((start.elapsed() / (ROUNDS / 5)).as_nanos());
    }
    println!("Decrypt with {what}: {best} ns");
}
