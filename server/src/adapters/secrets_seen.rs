//! Who may be told of changes of which secrets, from Secrets Manager.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances};
use strongroom_secretsmanager::SecretsManager;

use crate::feed::SeesSecrets;

/// The port `SeesSecrets` of the feed over Secrets Manager.
pub struct SecretsSeen(pub Arc<SecretsManager>);

impl SeesSecrets for SecretsSeen {
    fn seen<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        id: &'a str,
    ) -> BoxFuture<'a, Option<String>> {
        Box::pin(self.0.seen(circumstances, id))
    }
}
