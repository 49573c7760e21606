//! The generations of the keyring: making them, counting what they seal, and letting go of them.

use std::collections::BTreeMap;
use std::time::Duration;

use strongroom_api::Timestamp;
use strongroom_records::Inner;
use strongroom_seal::KeyringRecord;
use strongroom_store::{CommitError, Entry, StoreError, Transaction};

use crate::failure::Failure;
use crate::foundation::{Foundation, KEYRING, millis};

/// A generation of the keyring, for the operator.
pub struct Generation {
    /// Its number.
    pub number: u32,
    /// When it was made.
    pub created: Timestamp,
    /// How many records cannot be read without it. Only the oldest one that a record needs counts.
    pub records: u64,
}

/// How long what was handed out under a generation may be in use: the longest session lasts 36 hours.
const HANDED_OUT: Duration = Duration::from_secs(48 * 3600);
/// Pages of the store that are counted before others get their turn.
const PAGES: usize = 4;

/// The records with something in them that the keyring has sealed by itself.
#[must_use]
pub fn inners() -> Vec<Inner> {
    vec![strongroom_iam::account::sealed_within()]
}

impl Foundation {
    /// Adds a generation to the keyring, which seals from now on; returns its number.
    ///
    /// # Errors
    /// For the operator; nothing has changed then.
    pub async fn rotate_keyring(&self) -> Result<u32, Failure> {
        let (entry, mut record) = self.keyring_record().await?;
        let created = millis(self.clock.now());
        let number = record.rotate(self.seal.root(), created, &*self.entropy)?;
        self.take_over(&entry, &record).await?;
        Ok(number)
    }

    /// The generations of the keyring, each with the records that need it. Reads the whole store.
    ///
    /// # Errors
    /// For the operator.
    pub async fn keyring_generations(&self) -> Result<Vec<Generation>, Failure> {
        let (_, record) = self.keyring_record().await?;
        let counted = self.count_generations().await?;
        let one = |one: &strongroom_seal::Generation| Generation {
            number: one.number,
            created: moment(one.created_ms),
            records: counted.get(&one.number).copied().unwrap_or(0),
        };
        Ok(record.generations().iter().map(one).collect())
    }

    /// Destroys a generation that nothing needs any more. What was handed out under it (sessions, page
    /// tokens) has to be over, unless `at_once`, which makes all that invalid.
    ///
    /// # Errors
    /// For the operator; nothing has changed then.
    pub async fn retire_generation(&self, number: u32, at_once: bool) -> Result<(), Failure> {
        let (entry, mut record) = self.keyring_record().await?;
        let generations = record.generations();
        record.retire(number)?;
        let next = generations.iter().find(|one| one.number > number);
        let over = next.map_or(0, |next| next.created_ms) + HANDED_OUT.as_millis() as u64;
        if !at_once && millis(self.clock.now()) < over {
            return Err(Failure::new(format!(
                "sessions made under generation {number} may be in use until {}",
                moment(over).iso8601()
            ))
            .hint("wait for that, or give --at-once: whoever holds one has to sign in anew"));
        }
        let left = self.count_generations().await?.get(&number).copied().unwrap_or(0);
        if left > 0 {
            return Err(Failure::new(format!("{left} records need generation {number}")).hint(
                "a running server seals them anew; `strongroom keyring list` shows how far it is, and \
                 its log names those that are damaged",
            ));
        }
        self.take_over(&entry, &record).await
    }

    async fn keyring_record(&self) -> Result<(Entry, KeyringRecord), Failure> {
        let Some(entry) = self.store.get(KEYRING).await? else { return Err(lost_keyring()) };
        let record = KeyringRecord::from_json(&entry.value)?;
        Ok((entry, record))
    }

    /// Stores a changed keyring and uses it from then on.
    async fn take_over(&self, read: &Entry, record: &KeyringRecord) -> Result<(), Failure> {
        let change = Transaction::new().expect(KEYRING, read.revision);
        self.store.commit(change.put(KEYRING, record.to_json()?)).await.map_err(of_commit)?;
        // Only now that it is stored may anything be sealed with it.
        let root = self.seal.root();
        Ok(self.records.change_keyring(|keyring| keyring.adopt(root, record)).await?)
    }

    async fn count_generations(&self) -> Result<BTreeMap<u32, u64>, Failure> {
        let (inners, mut all) = (inners(), BTreeMap::new());
        let mut after = Some(String::new());
        while let Some(place) = after {
            let counted = self.records.count_generations(&inners, &place, PAGES).await;
            let counted = counted.map_err(|error| Failure::new(error.to_string()))?;
            for (generation, records) in counted.by_generation {
                *all.entry(generation).or_default() += records;
            }
            after = counted.next;
            tokio::task::yield_now().await;
        }
        Ok(all)
    }
}

/// The store has records and no keyring that opens them.
pub(crate) fn lost_keyring() -> Failure {
    Failure::from(StoreError::Damaged { what: format!("record {KEYRING} is missing") })
}

/// Tells the operator that the keyring could not be stored.
pub(crate) fn of_commit(error: CommitError) -> Failure {
    match error {
        CommitError::Conflict => {
            Failure::new("the keyring was changed meanwhile").hint("try again")
        }
        CommitError::Store(error) => error.into(),
    }
}

fn moment(millis: u64) -> Timestamp {
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
