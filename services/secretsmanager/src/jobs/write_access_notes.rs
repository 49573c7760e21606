//! Writes the days of last access into the records, a bounded number at a time.

use std::sync::Arc;

use futures_util::future::join_all;
use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result};

use super::PRINCIPAL;
use crate::access::Note;
use crate::secret::{Found, Secret};
use crate::{SecretsManager, error};

/// The job.
pub struct WriteAccessNotes(pub Arc<SecretsManager>);

/// Secrets written in one run. With one run a second this stays far below what reads cost, however many
/// secrets are read for the first time of a day.
const BATCH: usize = 250;

impl Job for WriteAccessNotes {
    fn name(&self) -> &'static str {
        "write_access_notes"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        1_000
    }

    fn run<'a>(&'a self, _: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let notes = self.0.access.take(BATCH);
            let done = notes.len() as u64;
            // All at once, so that they share a few commits: after each, whoever reads begins with cold pages.
            let writes = notes.iter().map(|(key, note)| self.write(key, note));
            join_all(writes).await.into_iter().collect::<Result<()>>()?;
            // The rest waits for the next second, so that reads are not made to wait for these writes.
            Ok(Report { done, more: false })
        })
    }
}

impl WriteAccessNotes {
    async fn write(&self, key: &str, note: &Note) -> Result<()> {
        let service = &self.0;
        let Some(stored) = service.records.get::<Secret>(key).await.map_err(error::storage)? else {
            return Ok(());
        };
        let mut secret = stored.value.clone();
        if !note.apply(&mut secret) {
            return Ok(());
        }
        match service.save(Some(&Found(stored)), secret, Vec::new()).await {
            // Somebody changed the secret meanwhile; the next read leaves another note.
            Err(error) if error.is_conflict() => Ok(()),
            outcome => outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Room;

    #[tokio::test]
    async fn a_read_shows_in_the_description_at_once_and_stays_when_it_is_written() {
        let room = Room::with_secret("db").await;
        let described =
            || async { room.call("DescribeSecret", r#"{"SecretId": "db"}"#).await.unwrap() };
        assert_eq!(described().await.get("LastAccessedDate"), None);
        room.call("GetSecretValue", r#"{"SecretId": "db"}"#).await.unwrap();
        let midnight = serde_json::json!(1_769_817_600);
        assert_eq!(described().await["LastAccessedDate"], midnight);
        assert_eq!(room.write_notes().await, 1);
        assert_eq!(described().await["LastAccessedDate"], midnight);
        room.call("GetSecretValue", r#"{"SecretId": "db"}"#).await.unwrap();
        assert_eq!(room.write_notes().await, 0);
    }
}
