//! What holds for every plaintext and every context.

use std::collections::BTreeMap;

use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert_eq, proptest};
use proptest::strategy::ValueTree;
use serde_json::json;

use crate::{Scene, base64, bytes};

fn contexts() -> impl Strategy<Value = BTreeMap<String, String>> {
    // Few distinct names and values, so that contexts are often nearly the same.
    proptest::collection::btree_map("[aAb]{0,2}", "[aAb]{0,2}", 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_plaintext_comes_back_with_its_context_and_with_no_other(
        plaintext in proptest::collection::vec(any::<u8>(), 1..200),
        own in contexts(),
        other in contexts(),
        moved in contexts(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let scene = Scene::new(1);
            let (first, second) = (scene.key().await, scene.key().await);
            let open = |blob: &serde_json::Value, context: &BTreeMap<String, String>| {
                json!({"CiphertextBlob": blob, "EncryptionContext": context})
            };
            let sealed = scene
                .ok(
                    "Encrypt",
                    json!({
                        "KeyId": first,
                        "Plaintext": base64(&plaintext),
                        "EncryptionContext": own,
                    }),
                )
                .await;
            let blob = &sealed["CiphertextBlob"];
            let opened = scene.ok("Decrypt", open(blob, &own)).await;
            prop_assert_eq!(bytes(&opened["Plaintext"]), plaintext.clone());
            prop_assert_eq!(scene.call("Decrypt", open(blob, &other)).await.is_ok(), own == other);
            let again = scene
                .ok(
                    "ReEncrypt",
                    json!({
                        "CiphertextBlob": blob,
                        "SourceEncryptionContext": own,
                        "DestinationKeyId": second,
                        "DestinationEncryptionContext": moved,
                    }),
                )
                .await;
            let again = &again["CiphertextBlob"];
            let opened = scene.ok("Decrypt", open(again, &moved)).await;
            prop_assert_eq!(bytes(&opened["Plaintext"]), plaintext);
            prop_assert_eq!(&opened["KeyId"], &json!(second));
            prop_assert_eq!(scene.call("Decrypt", open(again, &own)).await.is_ok(), own == moved);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn bytes_that_are_no_ciphertext_are_refused_and_nothing_worse() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let blobs = proptest::collection::vec(any::<u8>(), 1..300);
    for _ in 0..200 {
        let mut blob = blobs.new_tree(&mut runner).unwrap().current();
        for beginning in [&[][..], &[1, 2, 2, 0, 0x78, 1]] {
            let length = beginning.len().min(blob.len());
            blob[..length].copy_from_slice(&beginning[..length]);
            let body = json!({"CiphertextBlob": base64(&blob), "KeyId": key});
            let (code, _) = scene.refused("Decrypt", body).await;
            assert_eq!(code, "InvalidCiphertextException");
        }
    }
}
